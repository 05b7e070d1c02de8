"""Configurations that netwright does not write itself but may meet or be asked for: single leaves changed or gone, and
the other case of a choice. Nothing here knows what is valid: the judge says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from hypothesis import strategies as st

from netwright.platforms.huawei import keys
from netwright.tree import PRESENT, Path, Tree

WORDS: Mapping[str, str] = {"true": "false", "false": "true", "enable": "disable", "disable": "enable"}
CASES: Sequence[tuple[str, frozenset[str], Mapping[str, str]]] = (
    ("rule-advance", frozenset({"dscp"}), {"precedence": "3"}),
    ("rule-advance", frozenset({"dest-port-begin", "dest-port-end"}), {"dest-port-value": "4791"}),
    ("net-slice", frozenset({"flex-channel", "exclusive"}), {"data-plane": "true"}),
    ("net-slice", frozenset({"exclusive"}), {"flex-channel-pir": "100000"}),
    ("car", frozenset({"cir-value", "pir-value"}), {"cir-percent": "10", "pir-percent": "20"}),
    ("user-queue", frozenset({"cir", "pir"}), {"cir-percent": "10", "pir-percent": "20"}),
    ("flow-wred", frozenset({"queue-depth"}), {"buffer-time": "1000"}),
    ("huawei-srv6:encapsulation", frozenset({"source-address"}), {"source-interface": "LoopBack0"}),
    ("encapsulation", frozenset({"source-address"}), {"source-interface": "LoopBack0"}),
    ("huawei-ip:ipv4", frozenset({"addresses"}), {"unnumbered-address/unnumbered-if-name": "LoopBack0"}),
)
"""The other case of a choice: below which element, what it takes the place of, and its leaves (huawei-flexe, -acl,
-net-slice, -qos, -srv6, -ip)."""


@st.composite
def twisted(draw: st.DrawFn, tree: Tree) -> dict[Path, str]:
    """The tree with up to three twists."""
    result = dict(tree)
    twists: list[Callable[[dict[Path, str], int], None]] = [change, drop, other_case]
    for _ in range(draw(st.integers(0, 3))):
        draw(st.sampled_from(twists))(result, draw(st.integers(0, 9999)))
    return result


def _leaves(tree: Tree) -> list[Path]:
    """The leaves that are neither keys nor the mark of a container's presence."""
    return [path for path in sorted(tree) if keys.node(path).kind is keys.Kind.LEAF and not _is_key(path)]


def _is_key(path: Path) -> bool:
    return len(path) > 1 and path[-1] in keys.split(path[-2])[1]


def change(tree: dict[Path, str], number: int) -> None:
    """Another value: the other word, the next number."""
    fit = [path for path in _leaves(tree) if tree[path] in WORDS or tree[path].isdecimal()]
    if fit:
        path = fit[number % len(fit)]
        tree[path] = WORDS.get(tree[path]) or str(int(tree[path]) + (1 if number % 2 else -1))


def drop(tree: dict[Path, str], number: int) -> None:
    """One leaf less."""
    if fit := _leaves(tree):
        del tree[fit[number % len(fit)]]


def other_case(tree: dict[Path, str], number: int) -> None:
    """What one case of a choice said, said by its other one."""
    fit = [
        (path[:depth], gone, instead)
        for path in sorted(tree)
        for depth in range(1, len(path))
        for name, gone, instead in CASES
        if keys.name_of(path[depth - 1]) == name and path[depth] in gone
    ]
    if not fit:
        return
    above, gone, instead = fit[number % len(fit)]
    for path in [path for path in tree if path[: len(above)] == above and path[len(above)] in gone]:
        del tree[path]
    for name, value in instead.items():
        path = (*above, *name.split("/"))
        tree[path] = PRESENT if keys.node(path).kind is keys.Kind.EMPTY else value
