"""A tree to Huawei XML: a whole configuration, or the change that leads from one to another (RFC 6241, section 7.2)."""

from __future__ import annotations

from collections.abc import Iterable

from netwright.errors import NetwrightError
from netwright.platforms.huawei import keys
from netwright.platforms.huawei.document import Element, write
from netwright.platforms.huawei.keys import Kind
from netwright.tree import Delta, Path, Tree, show_path


class HalfEntry(NetwrightError):
    """A list entry would stay without its keys, or go and leave something behind: a bug of whoever made the delta."""


def text(tree: Tree) -> str:
    """Write a tree as one `<config>` in the model's order; `""` for an empty tree."""
    root = Element()
    for path, value in tree.items():
        root.at(path).value = value
    return write(root)


def change(delta: Delta) -> str:
    """Write the content of an edit-config whose default operation is merge.

    What must not exist is created (the device refuses when somebody else was faster); what goes is removed, and not
    deleted: when the device takes a dependent away by itself, the edit still means the same, and the caller reads
    back and compares anyway. Containers without presence are never removed: they exist only by what they hold.
    """
    root, after = Element(), delta.after()
    for path, value in delta.add.items():
        root.at(path).value = value
        _create(root, path, _outermost_missing(path, delta.before))
    for path, value in delta.replace.items():
        root.at(path).value = value
    gone = {_outermost_missing(path, after) for path in delta.remove}
    _refuse_halves(gone, after)
    _refuse_orphans(delta.add, after)
    for path in gone:
        _remove(root, path, delta.remove)
    return write(root)


def _create(root: Element, path: Path, missing: Path) -> None:
    """Say that what is missing is created, down to what the device makes by itself (`operation-exclude create`).

    That is merged into.
    """
    for depth, node in enumerate(keys.nodes(path), start=1):
        if depth < len(missing):
            continue
        if "c" in node.excluded:
            root.at(path[:depth]).operation = "merge" if depth > len(missing) else ""
            return
        if depth == len(missing):
            root.at(missing).operation = "create"


def _remove(root: Element, path: Path, removed: Tree) -> None:
    """Say that the element at `path` goes; a leaf names its old value, because its type may not know an empty one."""
    element = root.at(path)
    element.operation, element.value = "remove", removed.get(path)
    element.children.clear()


def _outermost_missing(path: Path, tree: Tree) -> Path:
    """The outermost list entry, presence container or leaf on the way to `path` that `tree` lacks."""
    for depth, node in enumerate(keys.nodes(path), start=1):
        here = path[:depth]
        if node.kind is Kind.LIST and (*here, node.keys[0]) not in tree:
            return here
        if node.kind is Kind.PRESENCE and here not in tree:
            return here
    return path


def _refuse_halves(gone: Iterable[Path], after: Tree) -> None:
    """Whoever removes an entry removes all of it."""
    entries = set(gone)
    depths = sorted({len(path) for path in entries})
    for path in after:
        for depth in depths:
            if path[:depth] in entries:
                raise HalfEntry(f"{show_path(path[:depth])} goes, but {show_path(path)} stays")


def _refuse_orphans(added: Tree, after: Tree) -> None:
    """Whoever adds to an entry has it: with its keys."""
    for path in added:
        missing = _outermost_missing(path, after)
        if missing != path:
            raise HalfEntry(f"{show_path(path)} is added, but {show_path(missing)} has no keys")
