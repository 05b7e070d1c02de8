"""Derive what one Huawei router model can do from a folder of its YANG modules, deviations included.

python tools/derive_huawei_model.py FOLDER [FOLDER ...] NAME > inventory/models/NAME.json

Needs pyang. What is kept are the answers to the questions of netwright/platforms/huawei/models.py: which nodes the
model has, and how far their numbers go; no vendor text. The host's `data.model` then names the model. A later folder
adds to the former: a model that is another one with some deviations more is a folder of these.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from derive_huawei_schema import TRANSPARENT, load
from pyang.statements import Statement

from netwright.platforms.huawei.models import QUESTIONS, module_of


def below(statement: Statement, module: str, name: str) -> Statement | None:
    """The data node of this module and name below a statement; choices and cases are no nodes of the data."""
    for child in getattr(statement, "i_children", []):
        if child.keyword in TRANSPARENT:
            found = below(child, module, name)
            if found is not None:
                return found
        elif child.arg == name and child.i_module.i_modulename == module and getattr(child, "i_config", True):
            return child
    return None


def find(modules: Mapping[str, Statement], path: str) -> Statement | None:
    """The node at a path; None when the model has no such node."""
    here: Statement | None = None
    module = ""
    for step in path.strip("/").split("/"):
        prefix, _, name = step.rpartition(":")
        module = prefix or module
        here = modules.get(module) if here is None else here
        here = below(here, module, name) if here is not None else None
        if here is None:
            return None
    return here


TYPES = re.compile(r"(\.\./ifm:type\s*=\s*'[^']*'\s*(or\s+)?)+")
"""A condition that only lists types of interfaces."""


def answer(node: Statement) -> dict[str, int | list[str]]:
    """What the modules say of a node."""
    found: dict[str, int | list[str]] = {}
    when = node.search_one("when")
    if when is not None and TYPES.fullmatch(when.arg.strip()):
        found["types"] = re.findall(r"'([^']*)'", when.arg)
    most = node.search_one("max-elements")
    if most is not None and most.arg != "unbounded":
        found["most"] = int(most.arg)
    kind = node.search_one("type")
    spec = getattr(kind, "i_type_spec", None)
    ranges = [pair for pair in getattr(spec, "ranges", None) or () if isinstance(pair[0], int)]
    if ranges:
        found |= {"low": ranges[0][0], "high": ranges[-1][1] or ranges[-1][0]}
    elif isinstance(getattr(spec, "max", None), int):
        found |= {"low": spec.min, "high": spec.max}
    return found


def revision(module: Statement) -> str:
    """The newest revision of a module."""
    found = module.search_one("revision")
    return found.arg if found is not None else ""


def main() -> None:
    """Print the answers."""
    *folders, name = sys.argv[1:]
    with TemporaryDirectory() as merged:
        for file in (file for folder in folders for file in Path(folder).glob("*.yang")):
            link = Path(merged) / file.name
            link.unlink(missing_ok=True)
            link.symlink_to(file.resolve())
        modules = {module.arg: module for module in load(Path(merged))}
    nodes = {question: find(modules, path) for question, path in QUESTIONS.items()}
    table = {
        "model": name,
        "date": max(revision(module) for name, module in modules.items() if name.startswith("huawei-")),
        "modules": {name: revision(modules[name]) for name in sorted({*map(module_of, QUESTIONS)}) if name in modules},
        "answers": {question: answer(node) for question, node in nodes.items() if node is not None},
    }
    json.dump(table, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
