"""The plan's folder: what a reviewer reads and a pipeline hands to `apply`.

plan.json  plan.md  digest
devices/NAME/wanted.EXT  change-1.EXT ...  reverse-1.EXT ...  after.EXT
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from netwright.diagnostics import Diagnostics
from netwright.errors import Refused
from netwright.folders import write_files
from netwright.plan.masked import masked_parts
from netwright.plan.model import DeviceChange, Plan
from netwright.platforms.base import Platform


def files(plan: Plan, platforms: Mapping[str, Platform]) -> Iterator[tuple[str, str]]:
    """The device files of the folder: relative path and text."""
    for name, device in sorted(plan.devices.items()):
        for file, text in _device_files(device, platforms[name]):
            if text:
                yield f"devices/{name}/{file}", text


def _device_files(device: DeviceChange, platform: Platform) -> Iterator[tuple[str, str]]:
    for part, text in masked_parts(platform, {path: leaf.value for path, leaf in device.wanted.items()}).items():
        yield f"wanted.{part}", text
    for number, transaction in enumerate(device.transactions, 1):
        for part, text in transaction.change.items():
            yield f"change-{number}.{part}", text
    for number, transaction in enumerate(reversed(device.transactions), 1):
        for part, text in transaction.reverse.items():
            yield f"reverse-{number}.{part}", text
    for part, text in masked_parts(platform, device.after).items():
        yield f"after.{part}", text


def write(plan: Plan, platforms: Mapping[str, Platform], folder: Path, reports: Mapping[str, str]) -> None:
    """Write the folder. `reports` are plan.json and plan.md. What an older plan left there goes."""
    _clear(folder)
    write_files(folder, (*reports.items(), ("digest", plan.digest + "\n"), *files(plan, platforms)))


def check(plan: Plan, platforms: Mapping[str, Platform], folder: Path) -> None:
    """Raise `Refused` unless every `change-N` of `plan` is the one that was reviewed, no more and no fewer."""
    found = Diagnostics()
    now = {name: text for name, text in files(plan, platforms) if "/change-" in name}
    then = {str(path.relative_to(folder)): path for path in sorted(folder.glob("devices/*/change-*"))}
    if not (folder / "digest").exists():
        message = "is no plan's folder: it has no digest"
        found.error("stale-plan", str(folder), message, hint="netwright plan --out DIR writes one")
        raise Refused(found.found)
    if not _applicable(folder):
        message = "was made offline or for another instant: it can only be read"
        found.error("read-only-plan", str(folder), message, hint="netwright plan --out DIR, without --offline and --at")
        raise Refused(found.found)
    for name in sorted(now.keys() | then.keys()):
        reviewed = then[name].read_text(encoding="utf-8", errors="replace") if name in then else None
        if now.get(name) != reviewed:
            what = (
                "was not reviewed"
                if reviewed is None
                else "is no longer needed"
                if name not in now
                else "is different now"
            )
            hint = "plan again, review again"
            found.error("stale-plan", f"{folder}/{name}", f"{what}: the network or its files have changed", hint=hint)
    found.close()


def _applicable(folder: Path) -> bool:
    """What the plan says of itself; a folder without its document is judged by its changes alone."""
    try:
        document = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    return not isinstance(document, dict) or document.get("applicable") is not False


def _clear(folder: Path) -> None:
    for path in folder.glob("devices/*/*"):
        if path.is_file() and path.name.partition("-")[0].partition(".")[0] in {"wanted", "change", "reverse", "after"}:
            path.unlink()
