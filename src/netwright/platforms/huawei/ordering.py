"""Lists whose order means something and is the user's (`ordered-by user`, RFC 7950, section 7.7.8).

A tree is a dictionary and has no order, so a list that is not in the order of its keys has a leaf more, which says
which entries come first: `select-tunnel-type[#='order']` -> `[type='srv6-te-policy'] [type='gre6']`. The others follow
by their keys. A list in the order of its keys has no such leaf, and an entry that is added to one keeps it so: the
change says where it goes (`yang:insert`, section 7.8.6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final, TypeAlias

from netwright.platforms.huawei import keys
from netwright.platforms.huawei.keys import Node
from netwright.tree import Line, Path, Tree

MARK: Final = "[#='order']"
"""What follows a list's name in the step of the leaf that says its order: no key is called so."""

_ENTRY = re.compile(r"(?:\[[^=\]]+='(?:[^']|'')*'\])+", re.DOTALL)

Place: TypeAlias = tuple[Path, str]
"""A list: what holds it, and its name."""


def is_order(path: Path) -> bool:
    """Whether a leaf says the order of a list."""
    return path[-1].endswith(MARK)


@cache
def names() -> frozenset[str]:
    """The names of all lists with an order, as steps have them."""
    return frozenset(_named(keys.schema().root))


@cache
def _beginnings() -> tuple[str, ...]:
    return tuple(names())


def _named(node: Node) -> Iterator[str]:
    for name, child in node.children.items():
        if child.ordered:
            yield name
        yield from _named(child)


def lines_of(text: str, lines: Sequence[Line]) -> list[Line]:
    """The leaves that say an order, for a text whose leaves are `lines`, as they stand in it."""
    if not any(name.rpartition(":")[2] in text for name in names()):
        return []
    found: dict[Place, dict[str, int]] = {}
    for line in lines:
        for place, step in _lists(line.path):
            found.setdefault(place, {}).setdefault(step, line.number)
    said = ((place, _value(place[1], list(steps)), min(steps.values())) for place, steps in found.items())
    return [Line((*above, name + MARK), value, number) for (above, name), value, number in said if value]


def _lists(path: Path) -> Iterator[tuple[Place, str]]:
    """The lists with an order that a leaf stands in, each with the step of its entry."""
    if not any(step.startswith(_beginnings()) for step in path):
        return
    for depth, step in enumerate(path):
        name = step.partition("[")[0]
        if name in names() and not step.endswith(MARK) and keys.node(path[: depth + 1]).ordered:
            yield (path[:depth], name), step


def _value(name: str, steps: Sequence[str]) -> str:
    """The fewest entries that have to be named, so that the others may follow by their keys."""
    first = next(n for n in range(len(steps)) if list(steps[n:]) == sorted(steps[n:], key=keys.rank))
    return " ".join(step.removeprefix(name) for step in steps[:first])


def arranged(siblings: Mapping[str, str]) -> list[str]:
    """Steps of siblings in their order; values are asked only of those that say one, which are left out."""
    said = {step.removesuffix(MARK): value for step, value in siblings.items() if step.endswith(MARK)}
    first = [name + entry for name, value in said.items() for entry in _ENTRY.findall(value)]
    places = {step: number for number, step in enumerate(first)}
    steps = (step for step in siblings if not step.endswith(MARK))
    return sorted(steps, key=lambda step: (places.get(step, len(first)), keys.rank(step)))


def touched(paths: Iterable[Path]) -> set[Place]:
    """The lists with an order that leaves stand in, or say the order of."""
    found = set[Place]()
    for path in paths:
        found.update(place for place, _ in _lists(path))
        if is_order(path):
            found.add((path[:-1], path[-1].removesuffix(MARK)))
    return found


def entries(tree: Tree, place: Place) -> list[str]:
    """The steps of a list's entries in a tree, in their order."""
    above, name = place
    depth, siblings = len(above), dict[str, str]()
    for path, value in tree.items():
        if len(path) > depth and path[:depth] == above and path[depth].partition("[")[0] == name:
            siblings.setdefault(path[depth], value)
    return arranged(siblings)


def moves(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What has to be said so that a list in the order `before` comes to be `after`: a step, and which one it follows.

    "" is the front. A new entry goes to the end by itself.
    """
    now = [step for step in before if step in after]
    for number, step in enumerate(after):
        if now[number : number + 1] == [step]:
            continue
        fresh = step not in now
        if not fresh:
            now.remove(step)
        if not fresh or number < len(now):
            yield step, after[number - 1] if number else ""
        now.insert(number, step)
