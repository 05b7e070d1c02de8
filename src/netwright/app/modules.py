"""Which YANG modules a router is judged by: those that its inventory names, or those in a folder of the user."""

from __future__ import annotations

from pathlib import Path

from netwright.diagnostics import Diagnostic, Severity
from netwright.errors import Refused
from netwright.topology.inventory import Host
from netwright.yang.judge import NoJudge


def modules_of(root: Path, host: Host) -> tuple[Path, ...]:
    """The folders of modules that the inventory names for a device (`data.yang`); none where it names none."""
    said = host.data.get("yang")
    names = [said] if isinstance(said, str) else said
    if not names:
        return ()
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        message = "data.yang is the folder of the router's YANG modules, or a list of folders"
        raise Refused([Diagnostic(Severity.ERROR, "bad-value", f"Host/{host.name}", message)])
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
