"""An edit says what changes and nothing else: no leaf that both configurations have alike, and no operation twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from huawei_constructs import CONSTRUCTS, baseline, worded
from huawei_edit import MODULES, NC, TABLE
from huawei_trees import trees
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from netwright.platforms.huawei import HUAWEI
from netwright.platforms.huawei.transactions import Immovable
from netwright.tree import Delta, Path, Tree, between, tree_of

LEAVES = {name: tree_of(HUAWEI.parse(worded(construct), "xml")) for name, construct in CONSTRUCTS.items()}
BASE = tree_of(HUAWEI.parse(baseline(), "xml"))


def touched(edit: str) -> Iterator[Path]:
    """What an edit-config says something about: each leaf, and what is removed as a whole."""
    if edit:
        yield from _inside(etree.fromstring(edit), TABLE["tree"], "", ())


def _inside(element: etree._Element, below: dict, module: str, path: Path) -> Iterator[Path]:
    for child in element:
        name = etree.QName(child)
        own = MODULES[name.namespace]
        step = name.localname if own == module else f"{own}:{name.localname}"
        node, operation = below[step], child.get(f"{NC}operation", "")
        if not isinstance(node, dict):
            key = step in below.get("$keys", ())
            assert not (key and operation), f"an operation on the key {step}"
            if not key or element.get(f"{NC}operation") == "create":
                yield (*path, _item(step, child.text or "") if node[0] == "L" else step)
            continue
        here = (*path, step + _predicates(child, node.get("$keys", ()), name.namespace))
        if operation == "remove" or ("$presence" in node and (operation == "create" or not len(child))):
            yield here
        yield from () if operation == "remove" else _inside(child, node, own, here)


def _item(step: str, value: str) -> str:
    return f"{step}[.='{_quoted(value)}']"


def _predicates(element: etree._Element, names: Sequence[str], namespace: str | None) -> str:
    values = [element.findtext(f"{{{namespace}}}{name}") or "" for name in names]
    return "".join(f"[{name}='{_quoted(value)}']" for name, value in zip(names, values, strict=True))


def _quoted(value: str) -> str:
    return value.replace("'", "''")


def alike(path: Path, before: Tree, after: Tree) -> bool:
    """Whether nothing at or below a path differs."""
    if path in before or path in after:
        return before.get(path) == after.get(path)
    depth = len(path)
    return {p: v for p, v in before.items() if p[:depth] == path} == {
        p: v for p, v in after.items() if p[:depth] == path
    }


def check(delta: Delta) -> None:
    """Every transaction touches only what it changes, and each thing once."""
    for step in HUAWEI.sequence(delta):
        after = step.after()
        said = list(touched(HUAWEI.change(step, "xml")))
        assert len(said) == len(set(said))
        assert [path for path in said if alike(path, step.before, after)] == []
        for path in said:
            assert not any(path[:depth] in said and path[:depth] in step.remove for depth in range(1, len(path)))


@st.composite
def configurations(draw: st.DrawFn) -> dict[Path, str]:
    """The baseline with some constructs."""
    tree = dict(BASE)
    for name in draw(st.lists(st.sampled_from(sorted(LEAVES)), unique=True)):
        tree |= LEAVES[name]
    return tree


@given(configurations(), configurations())
@settings(max_examples=40)
def test_an_edit_of_constructs_touches_only_what_differs(before: dict[Path, str], after: dict[Path, str]) -> None:
    check(between(before, after))


@given(trees(), trees(), trees())
@settings(max_examples=60)
def test_any_edit_touches_only_what_differs(
    common: dict[Path, str], one: dict[Path, str], other: dict[Path, str]
) -> None:
    with suppress(Immovable):  # a walk through the whole model meets what is fixed for good
        check(between({**one, **common}, {**other, **common}))


def test_the_same_configuration_is_no_edit() -> None:
    tree = {**BASE, **LEAVES["bgp"]}
    assert HUAWEI.change(between(tree, dict(reversed(tree.items()))), "xml") == ""


def test_the_check_notices_a_leaf_that_did_not_change() -> None:
    tree = {**BASE, **LEAVES["bgp"]}
    path = next(path for path in tree if path[-1] == "as")
    assert alike(path, tree, tree)
    assert path in set(touched(HUAWEI.change(Delta(tree, {}, {path: tree[path]}, {}), "xml")))
