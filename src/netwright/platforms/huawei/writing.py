"""A tree to Huawei XML: a whole configuration, or the change that leads from one to another (RFC 6241, section 7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from netwright.errors import NetwrightError
from netwright.platforms.huawei import keys, ordering
from netwright.platforms.huawei.document import Element, Sheet, write
from netwright.platforms.huawei.keys import Kind
from netwright.tree import Delta, Path, Tree, show_path


class HalfEntry(NetwrightError):
    """A list entry would stay without its keys, or go and leave something behind: a bug of whoever made the delta."""


def text(tree: Tree) -> str:
    """Write a tree as one `<config>` in the model's order; `""` for an empty tree."""
    sheet = Sheet()
    for path, value in tree.items():
        sheet.at(path).value = value
    return write(sheet.root)


def change(delta: Delta) -> str:
    """Write the content of an edit-config whose default operation is merge.

    What must not exist is created (the device refuses when somebody else was faster); what goes is removed, and not
    deleted: when the device takes a dependent away by itself, the edit still means the same, and the caller reads
    back and compares anyway. Containers without presence are never removed: they exist only by what they hold.
    """
    sheet, after = Sheet(), delta.after()
    before, afterwards = Lack(delta.before), Lack(after)
    creation = _Creation(sheet, before)
    for path, value in delta.add.items():
        if not ordering.is_order(path):
            sheet.at(path).value = value
            creation.mark(path)
    for path, value in delta.replace.items():
        if not ordering.is_order(path):
            sheet.at(path).value = value
    gone = {afterwards.outermost(path) for path in delta.remove if not ordering.is_order(path)}
    _refuse_halves(gone, after)
    _refuse_orphans(delta.add, afterwards)
    for path in gone:
        _remove(sheet.root, path, delta.remove)
    for place in ordering.touched((*delta.add, *delta.replace, *delta.remove)):
        _arrange(sheet, place, ordering.entries(delta.before, place), ordering.entries(after, place))
    return write(sheet.root)


def _arrange(sheet: Sheet, place: ordering.Place, before: Sequence[str], after: Sequence[str]) -> None:
    """Say where entries go that are not where they shall be, and write all in that order."""
    above, name = place
    for step, follows in ordering.moves(before, after):
        sheet.at((*above, step)).follows = follows
    if len(after) > 1:
        sheet.at((*above, name + ordering.MARK)).value = " ".join(step.removeprefix(name) for step in after)


@dataclass(slots=True)
class Lack:
    """What a tree lacks, remembered by container: the leaves of one entry share the answer."""

    tree: Tree
    _known: dict[Path, Path | None] = field(default_factory=lambda: {(): None})

    def outermost(self, path: Path) -> Path:
        """The outermost list entry, presence container or leaf on the way to `path` that the tree lacks."""
        return self._container(path[:-1]) or path

    def _container(self, path: Path) -> Path | None:
        if path not in self._known:
            self._known[path] = self._container(path[:-1]) or (path if self._lacks(path) else None)
        return self._known[path]

    def _lacks(self, path: Path) -> bool:
        node = keys.node(path)
        if node.kind is Kind.LIST:
            return (*path, node.keys[0]) not in self.tree
        return node.kind is Kind.PRESENCE and path not in self.tree


@dataclass(slots=True)
class _Creation:
    """Says that what is missing is created, down to what the device makes by itself (`operation-exclude create`).

    That is merged into.
    """

    sheet: Sheet
    before: Lack
    _known: dict[Path, bool] = field(default_factory=dict)  # container -> whether the device makes it, or one above

    def mark(self, path: Path) -> None:
        """Mark what is created for a new leaf."""
        missing = len(self.before.outermost(path))
        if not self._made(path[:-1], missing):
            self._mark(path, missing)

    def _made(self, path: Path, missing: int) -> bool:
        if len(path) < missing:
            return False
        if path not in self._known:
            self._known[path] = self._made(path[:-1], missing) or self._mark(path, missing)
        return self._known[path]

    def _mark(self, path: Path, missing: int) -> bool:
        """Mark one element at or below the outermost missing one; whether the device makes it by itself."""
        if "c" in keys.node(path).excluded:
            self.sheet.at(path).operation = "merge" if len(path) > missing else ""
            return True
        if len(path) == missing:
            self.sheet.at(path).operation = "create"
        return False


def _remove(root: Element, path: Path, removed: Tree) -> None:
    """Say that the element at `path` goes; a leaf names its old value, because its type may not know an empty one."""
    element = root.at(path)
    element.operation, element.value = "remove", removed.get(path)
    element.children.clear()


def _refuse_halves(gone: Iterable[Path], after: Tree) -> None:
    """Whoever removes an entry removes all of it."""
    entries = set(gone)
    depths = sorted({len(path) for path in entries})
    for path in after:
        for depth in depths:
            if path[:depth] in entries:
                raise HalfEntry(f"{show_path(path[:depth])} goes, but {show_path(path)} stays")


def _refuse_orphans(added: Tree, after: Lack) -> None:
    """Whoever adds to an entry has it: with its keys."""
    for path in added:
        missing = after.outermost(path)
        if missing != path:
            raise HalfEntry(f"{show_path(path)} is added, but {show_path(missing)} has no keys")
