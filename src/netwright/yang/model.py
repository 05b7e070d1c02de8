"""What came of judging a network's documents: counts, what could not be judged and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netwright.diagnostics import Diagnostic, Severity


@dataclass(frozen=True, slots=True)
class Judged:
    """The documents of a plan, held against the vendors' own models."""

    by: str  # `libyang 6.4.13`; "" where nothing could judge
    devices: int = 0  # judged
    without: int = 0  # of platforms that publish no modules: not judged
    edits: int = 0
    datastores: int = 0
    leaves: int = 0  # in all documents together
    left_out: Mapping[str, int] = field(default_factory=dict)  # namespace -> leaves without a loaded module
    modules: int = 0  # loaded
    not_loaded: Mapping[str, str] = field(default_factory=dict)  # module -> why
    mends: tuple[str, ...] = ()  # `module: why`, of copies that were changed
    seconds: float = 0.0
    findings: tuple[Diagnostic, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What is wrong, or could not be judged."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def summary(self) -> str:
        """One line for people."""
        if not self.by:
            reason = f": {_count(self.without, 'device')}, none of a vendor whose modules netwright knows"
            return f"YANG: nothing was checked{'' if self.findings else reason}"
        documents = f"{_count(self.edits, 'edit')} and {_count(self.datastores, 'datastore')}"
        others = f" (not on {self.without} without modules)" if self.without else ""
        where = f"on {_count(self.devices, 'device')}{others}"
        lacking = sum(self.left_out.values())
        spaces = _count(len(self.left_out), "namespace")
        modules = f", {_count(lacking, 'leaf', 'leaves')} in {spaces} without a loaded module"
        sound = "valid as far as there are modules" if lacking or self.not_loaded else "valid"
        verdict = _count(len(self.errors), "error") if self.errors else sound
        return (
            f"YANG: {verdict}: {documents} {where}, {_count(self.leaves, 'leaf', 'leaves')} checked{modules} "
            f"({self.by}, {_count(self.modules, 'module')}, {self.seconds:.1f} s)"
        )

    def as_dict(self) -> dict[str, object]:
        """The stable keys of `--json`."""
        return {
            "by": self.by,
            "devices": self.devices,
            "devices_without_yang": self.without,
            "edits": self.edits,
            "datastores": self.datastores,
            "leaves": self.leaves,
            "leaves_without_module": dict(sorted(self.left_out.items())),
            "modules": self.modules,
            "modules_not_loaded": dict(sorted(self.not_loaded.items())),
            "mends": list(self.mends),
            "seconds": round(self.seconds, 3),
            "errors": len(self.errors),
        }


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
