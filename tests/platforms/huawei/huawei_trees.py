"""Random trees of real paths: a walk through the vendor's own schema, with keys and values of any XML text."""

from __future__ import annotations

from hypothesis import strategies as st

from netwright.platforms.huawei import keys
from netwright.platforms.huawei.keys import Kind, Node
from netwright.platforms.huawei.spelling import address
from netwright.tree import PRESENT, Path

values = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")) | st.sampled_from("\t\n\r'\"<>&"), max_size=6
).filter(lambda value: address(value) == value and value[:1] != "+")  # one spelling each: test_huawei_spelling
_ROOTS = (
    "huawei-ifm:ifm",
    "huawei-network-instance:network-instance",
    "huawei-qos:qos",
    "huawei-net-slice:net-slice",
    "huawei-ssl:ssl",
)


@st.composite
def trees(draw: st.DrawFn) -> dict[Path, str]:
    """A tree with up to eight walks in it."""
    tree: dict[Path, str] = {}
    for _ in range(draw(st.integers(0, 8))):
        _walk(draw, tree, (), keys.schema().root)
    return tree


def _walk(draw: st.DrawFn, tree: dict[Path, str], path: Path, node: Node) -> None:
    while True:
        names = [name for name, child in node.children.items() if child.children or child.kind in _LEAVES]
        names = [name for name in names if path or name in _ROOTS]
        if not names:
            return
        name = draw(st.sampled_from(names))
        node, below = node.children[name], node
        if node.kind in _LEAVES:
            if name not in below.keys:
                _leaf(draw, tree, path, name, node.kind)
            return
        path = (*path, _step(draw, name, node))
        _entry(tree, path, node)


_LEAVES = {Kind.LEAF, Kind.EMPTY, Kind.LEAF_LIST}


def _leaf(draw: st.DrawFn, tree: dict[Path, str], path: Path, name: str, kind: Kind) -> None:
    value = PRESENT if kind is Kind.EMPTY else draw(values)
    step = keys.item(name, value) if kind is Kind.LEAF_LIST else name
    tree[(*path, step)] = value


def _step(draw: st.DrawFn, name: str, node: Node) -> str:
    if node.kind is not Kind.LIST:
        return name
    return keys.entry(name, {key: draw(st.sampled_from(["a", "b"]) | values) for key in node.keys})


def _entry(tree: dict[Path, str], path: Path, node: Node) -> None:
    if node.kind is Kind.PRESENCE:
        tree[path] = PRESENT
    for key, value in keys.split(path[-1])[1].items():
        tree[(*path, key)] = value
