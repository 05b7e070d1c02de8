"""Derive the compact schema table of the Huawei pack from a folder of the vendor's YANG modules.

python tools/derive_huawei_schema.py FOLDER LABEL > src/netwright/platforms/huawei/schema.json

Needs pyang, a tool of the developer. The modules stay with the vendor: the project carries only names, which of
them are keys, and which operations the vendor excludes. Configuration only; what the model's deviations do not
support is left out. The format is described in netwright/platforms/huawei/keys.py, which reads it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from pyang.context import Context
from pyang.repository import FileRepository
from pyang.statements import Statement

Node: TypeAlias = "str | dict[str, Node | list[str] | str | bool]"

DATA = {"container", "list", "leaf", "leaf-list"}
TRANSPARENT = {"choice", "case"}
# Deviations of modules that do not load: they name nodes which the modules lack.
BROKEN = {"huawei-bras-cu-controller", "huawei-bras-ipv4-address-manage"}
# Lists whose entries the router makes by itself, which the modules say in words only: merged into, never created.
MADE_BY_DEVICE = {("huawei-routing", "topology")}
EXCLUDE = ("huawei-extension", "operation-exclude")
SECRET = {
    "password",
    "password-extend",
    "one-input-password-extend",
    "ssl-password-type",
}  # types of huawei-pub-type and huawei-ssl
EXISTS = re.compile(r"(\.\./)+[\w:.-]+(/[\w:.-]+)*")  # a location path upwards and down again, without any comparison
ADDRESSES = {"ip-address", "ip-address-no-zone", "ipv6-address", "ipv6-address-no-zone", "ip-prefix", "ipv6-prefix"}
INTEGERS = {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
LETTERS = {"create": "c", "update": "u", "delete": "d"}


def load(folder: Path) -> list[Statement]:
    """Parse and validate all modules, deviations last, and what they import."""
    context = Context(FileRepository(str(folder), use_env=False))
    files = sorted(folder.glob("*.yang"), key=lambda file: ("-deviations-" in file.stem, file.stem))
    files = [
        file for file in files if not ("-deviations-" in file.stem and file.stem.split("-deviations-")[0] in BROKEN)
    ]
    for file in files:
        context.add_module(str(file), file.read_text(encoding="utf-8"))
    context.validate()
    return [module for _, module in sorted(context.modules.items()) if module.keyword == "module"]


def children(statement: Statement) -> Iterator[Statement]:
    """The configuration nodes below a statement; choices and cases are no nodes of the data."""
    for child in getattr(statement, "i_children", []):
        if child.keyword in TRANSPARENT:
            yield from children(child)
        elif child.keyword in DATA and getattr(child, "i_config", True):
            yield child


def excluded(statement: Statement) -> str:
    """The operations that the vendor excludes, as letters: `ud`; `?ud:/a/b,/c` are excluded while there is b or c.

    An exclusion of create that holds only sometimes is taken as holding (merging is always allowed). One of update or
    delete is carried over when its condition is that something exists; other conditions are left to the device, as is a
    filter, which names one instance among many.
    """
    found, conditional = set(), ""
    for clause in statement.search(EXCLUDE):
        conditions = {
            "when" if sub.keyword == "when" else "filter" for sub in clause.substmts if sub.keyword != "description"
        }
        letters = {letter for word, letter in LETTERS.items() if word in clause.arg}
        found |= letters & ({"c"} if conditions == {"when"} else set("" if conditions else "cdu"))
        if conditions == {"when"} and letters - {"c"}:
            conditional += _while(statement, letters - {"c"}, clause.search_one("when").arg)
    return "".join(sorted(found)) + conditional


def _while(statement: Statement, letters: set[str], condition: str) -> str:
    """A condition that only asks whether nodes exist, with their paths; `""` for any other."""
    words = [word.strip(" ()\n") for word in condition.split(" or ")]
    if not all(EXISTS.fullmatch(word) for word in words):
        return ""
    found = [_target(statement, word) for word in words]
    return f"?{''.join(sorted(letters))}:{','.join(sorted(path_of(node) for node in found if node is not None))}"


def _target(statement: Statement, location: str) -> Statement | None:
    """The node at a relative location path; None where the model lacks it."""
    here: Statement | None = statement
    for step in location.split("/"):
        if here is not None and step == "..":
            here = here.parent
            while here.keyword in TRANSPARENT:
                here = here.parent
        elif here is not None:
            name = step.rpartition(":")[2]
            here = next((child for child in children(here) if child.arg == name), None)
    return here


def leaf(statement: Statement) -> str:
    """A leaf as text: its kind, then `!` and the operations excluded."""
    kind = {"leaf": "l", "leaf-list": "L"}[statement.keyword]
    type_ = statement.search_one("type")
    if statement.keyword == "leaf" and type_ is not None and type_.arg == "empty":
        kind = "e"
    mandatory = statement.search_one("mandatory")
    kind += spelling(type_) if kind != "e" else ""
    kind += "m" if mandatory is not None and mandatory.arg == "true" else ""
    kind += "s" if type_ is not None and type_.arg.rpartition(":")[2] in SECRET else ""
    return kind + (f"!{letters}" if (letters := excluded(statement)) else "")


def spelling(type_: Statement | None) -> str:
    """`a` for a value that may be an IPv6 address, `n` for an integer: both can be spelled in several ways."""
    names = list(type_names(type_)) if type_ is not None else []
    if ADDRESSES & set(names):
        return "a"
    return "n" if names and names[-1] in INTEGERS else ""


def type_names(type_: Statement) -> Iterator[str]:
    """The names of a type, of what it is derived from, of a union's members, and of what a leafref points to."""
    yield type_.arg.rpartition(":")[2]
    typedef = getattr(type_, "i_typedef", None)
    inside = typedef.search_one("type") if typedef is not None else None
    pointed = getattr(getattr(type_, "i_type_spec", None), "i_target_node", None)
    for found in (inside, pointed.search_one("type") if pointed is not None else None, *type_.search("type")):
        if found is not None:
            yield from type_names(found)


def node(statement: Statement) -> Node:
    """One node of the table."""
    if statement.keyword in {"leaf", "leaf-list"}:
        return leaf(statement)
    made: dict[str, Node | list[str] | str | bool] = {}
    if statement.keyword == "list":
        made["$keys"] = [key.arg for key in getattr(statement, "i_key", [])]
        ordered = statement.search_one("ordered-by")
        if ordered is not None and ordered.arg == "user":
            made["$ordered"] = True
    elif statement.search_one("presence") is not None:
        made["$presence"] = True
    if letters := excluded(statement):
        made["$exclude"] = letters
    if statement.keyword == "list" and (statement.i_module.i_modulename, statement.arg) in MADE_BY_DEVICE:
        made["$exclude"] = "c"
    home = statement.i_module.i_modulename
    for child in children(statement):
        foreign = child.i_module.i_modulename
        made[child.arg if foreign == home else f"{foreign}:{child.arg}"] = node(child)
    return made


def path_of(statement: Statement) -> str:
    """The path of a node as the tree spells it, without keys."""
    steps: list[str] = []
    here = statement
    while here.keyword != "module":
        parent = here.parent
        while parent.keyword in TRANSPARENT:
            parent = parent.parent
        home = parent.i_modulename if parent.keyword == "module" else parent.i_module.i_modulename
        own = here.i_module.i_modulename
        steps.append(here.arg if own == home and parent.keyword != "module" else f"{own}:{here.arg}")
        here = parent
    return "/" + "/".join(reversed(steps))


def leafrefs(statement: Statement) -> Iterator[tuple[str, str]]:
    """`(target, user)` of every leafref to a list's key."""
    for child in children(statement):
        pointer = getattr(child, "i_leafref_ptr", None)
        if pointer is not None and pointer[0].parent.keyword == "list" and getattr(pointer[0], "i_is_key", False):
            yield path_of(pointer[0]), path_of(child)
        if child.keyword in {"container", "list"}:
            yield from leafrefs(child)


def references(modules: list[Statement]) -> dict[str, list[str]]:
    """Per list key that something refers to: who refers."""
    found: dict[str, set[str]] = {}
    for module in modules:
        for target, user in leafrefs(module):
            found.setdefault(target, set()).add(user)
    return {target: sorted(users) for target, users in sorted(found.items())}


def described(module: Statement) -> dict[str, str]:
    """What a hello or a document needs to know of a module."""
    revision = module.search_one("revision")
    return {
        "namespace": module.search_one("namespace").arg,
        "prefix": module.search_one("prefix").arg,
        "revision": revision.arg if revision is not None else "",
    }


def main() -> None:
    """Print the table."""
    folder, label = Path(sys.argv[1]), sys.argv[2]
    modules = load(folder)
    tree: dict[str, Node] = {}
    for module in modules:
        tree |= {f"{module.arg}:{child.arg}": node(child) for child in children(module)}
    table = {
        "model": label,
        "modules": {module.arg: described(module) for module in modules if "-deviations-" not in module.arg},
        "references": references(modules),
        "tree": tree,
    }
    json.dump(table, sys.stdout, separators=(",", ":"), ensure_ascii=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
