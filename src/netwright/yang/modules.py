"""YANG modules as files say they are, which of them are loaded, and how: all in one go. Pure.

A *bundle* is a module of ours that only imports: with every import implemented, libyang compiles all of them at once.
That is ten times faster than one after the other, and it is right where one after the other is wrong: deviations that
take two modules away which refer to each other are only consistent together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

_NOISE = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'|(?P<comment>//[^\n]*|/\*.*?\*/)""", re.DOTALL)
_HEAD = re.compile(r"\A\s*(?P<kind>module|submodule)\s+[\"']?(?P<name>[\w.-]+)")
_NAMESPACE = re.compile(r"\bnamespace\s+[\"']?(?P<namespace>[^\"';\s]+)")
_REVISION = re.compile(r"\brevision\s+[\"']?(\d{4}-\d{2}-\d{2})")
_HEAD_LENGTH = 50_000
_IMPORT = re.compile(r"""\bimport\s+["']?(?P<module>[\w.-]+)["']?\s*\{\s*prefix\s+["']?(?P<prefix>[\w.-]+)""")
_DEVIATION = re.compile(
    r"""(?<![\w-])deviation\s+["']?\s*(?P<target>/[^"'\s{]+)["']?"""
    r"""|"(?:[^"\\]|\\.)*"|'[^']*'|//[^\n]*|/\*.*?\*/""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Module:
    """One main module: what its file says about itself."""

    name: str
    namespace: str
    revision: str


@dataclass(frozen=True, slots=True)
class Mend:
    """A change to a copy of a vendor's module without which libyang cannot use it. `old` is found exactly, or not."""

    module: str
    old: str
    new: str
    why: str


@dataclass(frozen=True, slots=True)
class Vendor:
    """What is particular to the modules of one vendor, and to how its platform pack spells a path.

    `path` turns a path of libyang's into one of the tree, `line` finds that in a document (0: it is not there).
    `mends` say what is changed in copies of the modules.
    """

    prefix: str  # of the names of its modules
    path: Callable[[str], tuple[str, ...]]
    line: Callable[[str, tuple[str, ...]], int]
    mends: tuple[Mend, ...] = ()


def module_of(text: str) -> Module | None:
    """What a file says it is; None for a submodule, and for what is no module."""
    bare = _NOISE.sub(lambda found: " " if found["comment"] else found[0], text[:_HEAD_LENGTH])
    head = _HEAD.match(bare.removeprefix("\ufeff"))
    namespace = _NAMESPACE.search(bare)
    if head is None or namespace is None or head["kind"] == "submodule":
        return None
    revisions = _REVISION.findall(bare)
    return Module(head["name"], namespace["namespace"], max(revisions, default=""))


def deviated(text: str) -> frozenset[str]:
    """The modules from which a module's text deviates: what this model does not have of them, or has otherwise."""
    imports = {row["prefix"]: row["module"] for row in _IMPORT.finditer(text)}
    lasts = {row["target"].rpartition("/")[2] for row in _DEVIATION.finditer(text) if row["target"]}
    return frozenset(imports[prefix] for last in lasts if (prefix := last.partition(":")[0]) in imports)


def chosen(modules: Iterable[Module], prefix: str, namespaces: frozenset[str]) -> list[str]:
    """The names of the modules to load: the vendor's own, NETCONF's, and whose namespace a document uses."""
    return sorted(
        module.name
        for module in modules
        if module.name.startswith(prefix) or module.name == "ietf-netconf" or module.namespace in namespaces
    )


def bundle(name: str, modules: Sequence[str]) -> str:
    """A module that imports `modules`."""
    imports = "\n".join(f"  import {module} {{ prefix i{number}; }}" for number, module in enumerate(modules))
    return f'module {name} {{\n  yang-version 1.1;\n  namespace "urn:netwright:{name}";\n  prefix b;\n{imports}\n}}\n'


def mended(module: str, text: str, mends: Iterable[Mend]) -> tuple[str, tuple[Mend, ...]]:
    """A module's text with the mends that it needs, and which those are."""
    needed = tuple(mend for mend in mends if mend.module == module and mend.old in text)
    for mend in needed:
        text = text.replace(mend.old, mend.new)
    return text, needed


def by_namespace(modules: Iterable[Module]) -> Mapping[str, str]:
    """Namespace -> module."""
    return {module.namespace: module.name for module in modules}
