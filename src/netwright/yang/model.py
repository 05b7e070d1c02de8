"""What came of judging a network's documents: counts, what could not be judged and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from netwright.diagnostics import Diagnostic, Severity


@dataclass(frozen=True, slots=True)
class Unjudged:
    """What of the documents no loaded module describes, by namespace: of it nothing is known."""

    namespace: str
    leaves: int
    devices: tuple[str, ...]
    paths: tuple[str, ...]  # where it hangs in a document: names without keys

    @property
    def summary(self) -> str:
        """One line for people, without where the modules are."""
        leaves = _count(self.leaves, "leaf", "leaves")
        are = "was" if self.leaves == 1 else "were"
        return f"{leaves} in {self.namespace} {are} not checked, on {_some(self.devices)}: {_some(self.paths)}"


@dataclass(frozen=True, slots=True)
class Judged:
    """The documents of a plan, held against the vendors' own models."""

    by: str  # `libyang 6.4.13`; "" where nothing could judge
    devices: int = 0  # judged
    without: int = 0  # of platforms that publish no modules: not judged
    edits: int = 0
    reverses: int = 0  # edits that would take those back
    datastores: int = 0
    leaves: int = 0  # in all documents together
    gaps: tuple[Unjudged, ...] = ()
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
    def left_out(self) -> Mapping[str, int]:
        """The leaves without a loaded module, by namespace."""
        found: Counter[str] = Counter()
        for gap in self.gaps:
            found[gap.namespace] += gap.leaves
        return dict(found)

    @property
    def summary(self) -> str:
        """One line for people."""
        if not self.by:
            reason = f": {_count(self.without, 'device')}, none of a vendor whose modules netwright knows"
            return f"YANG: nothing was checked{'' if self.findings else reason}"
        back = f", {_count(self.reverses, 'edit')} back" if self.reverses else ""
        documents = f"{_count(self.edits, 'edit')}{back} and {_count(self.datastores, 'datastore')}"
        others = f" (not on {self.without} without modules)" if self.without else ""
        where = f"on {_count(self.devices, 'device')}{others}"
        lacking = sum(self.left_out.values())
        spaces = _count(len(self.left_out), "namespace")
        modules = f", {_count(lacking, 'leaf', 'leaves')} in {spaces} without a loaded module"
        verdict = _count(len(self.errors), "error") if self.errors else self._sound(lacking)
        return (
            f"YANG: {verdict}: {documents} {where}, {_count(self.leaves, 'leaf', 'leaves')} checked{modules} "
            f"({self.by}, {_count(self.modules, 'module')}, {self.seconds:.1f} s)"
        )

    def _sound(self, lacking: int) -> str:
        """`valid` is said of everything that is sent and would run, or of nothing."""
        if lacking:
            partly = {device for gap in self.gaps for device in gap.devices}
            return f"no fault in what was judged, and {_count(len(partly), 'device')} judged in part"
        return "valid"

    def as_dict(self) -> dict[str, object]:
        """The stable keys of `--json`."""
        return {
            "by": self.by,
            "devices": self.devices,
            "devices_without_yang": self.without,
            "edits": self.edits,
            "reverses": self.reverses,
            "datastores": self.datastores,
            "leaves": self.leaves,
            "leaves_without_module": dict(sorted(self.left_out.items())),
            "not_judged": [
                {"namespace": gap.namespace, "leaves": gap.leaves, "devices": [*gap.devices], "paths": [*gap.paths]}
                for gap in self.gaps
            ],
            "modules": self.modules,
            "modules_not_loaded": dict(sorted(self.not_loaded.items())),
            "mends": list(self.mends),
            "seconds": round(self.seconds, 3),
            "errors": len(self.errors),
        }


def _some(names: Sequence[str], most: int = 3) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
