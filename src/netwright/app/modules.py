"""Which YANG modules a router is judged by: those that its inventory names, or those in a folder of the user.

What is wrong with the ones that the inventory names is told at the line that names them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from netwright.diagnostics import Diagnostic, Severity, Source
from netwright.errors import Refused
from netwright.platforms.registry import YANG
from netwright.topology.inventory import Host, Inventory
from netwright.topology.model import Topology
from netwright.yang.judge import NoJudge, check_folders


def modules_of(root: Path, host: Host) -> tuple[Path, ...]:
    """The folders of modules that the inventory names for a device (`data.yang`); none where it names none."""
    said = host.data.get("yang")
    names = [said] if isinstance(said, str) else said
    if not names:
        return ()
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        message = "data.yang is the folder of the router's YANG modules, or a list of folders"
        raise Refused([Diagnostic(Severity.ERROR, "bad-value", f"Host/{host.name}", message, host.source("yang"))])
    return tuple(root / str(name) for name in names)


def modules_below(folder: Path, host: Host) -> tuple[Path, ...]:
    """The modules of a device in a folder of the user: all that is in it, or in the one named after its model."""
    if next(folder.glob("*.yang"), None) is not None:
        return (folder,)
    model = str(host.data.get("model") or "")
    if model and (folder / model).is_dir():
        return (folder / model,)
    message = f"{folder} has neither modules nor a folder {model or 'of a model'} for {host.name}"
    hint = "one folder of *.yang files for all, or one a model, named as data.model of the inventory says"
    raise NoJudge("yang-no-modules", message, hint)


def no_judge(none: NoJudge, folders: Sequence[Path] = (), host: Host | None = None) -> Diagnostic:
    """What stands in the way of judging; told at the line of the inventory, where `host` got its folders from there."""
    if host is None or none.code != "yang-no-modules":
        return Diagnostic(Severity.ERROR, none.code, "YANG", none.message, hint=none.hint)
    at = (folders.index(none.folder),) if none.folder in folders and isinstance(host.data.get("yang"), list) else ()
    source = host.source("yang", *at)
    return Diagnostic(
        Severity.ERROR, none.code, f"Host/{host.name}", f"data.yang: {none.message}", source, hint=none.hint
    )


def wrong_modules(root: Path, topology: Topology, inventory: Inventory) -> tuple[Diagnostic, ...]:
    """What is wrong with the folders that the inventory names, each line of it once."""
    known: dict[tuple[Path, ...], NoJudge | None] = {}
    found: dict[Source | None, Diagnostic] = {}
    for name, node in sorted(topology.nodes.items()):
        if node.platform in YANG and name in inventory.hosts:
            for finding in _wrong(root, inventory.hosts[name], YANG[node.platform].prefix, known):
                found.setdefault(finding.source, finding)
    return tuple(found.values())


def _wrong(root: Path, host: Host, prefix: str, known: dict[tuple[Path, ...], NoJudge | None]) -> Sequence[Diagnostic]:
    try:
        folders = modules_of(root, host)
    except Refused as refused:
        return refused.diagnostics
    if folders not in known:
        known[folders] = _fault(folders, prefix) if folders else None
    none = known[folders]
    return [no_judge(none, folders, host)] if none else []


def _fault(folders: Sequence[Path], prefix: str) -> NoJudge | None:
    try:
        check_folders(folders, prefix)
    except NoJudge as none:
        return none
    return None
