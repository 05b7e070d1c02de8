"""What is wrong, where, and what to do about it.

Rooms collect diagnostics and show them together; `Diagnostics.close` is the door of a room: it raises
when there is an error among them, so that no later room runs on broken input.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from netwright.errors import Refused


class Severity(StrEnum):
    """How bad it is. Only an error closes the door of a room."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Source:
    """A place in a file: 1-based line and column, `length` characters of the line `text`."""

    file: str
    line: int
    column: int
    length: int = 1
    text: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `note` stands beside the caret (`did you mean ...`), `hint` is the way out."""

    severity: Severity
    code: str
    address: str
    message: str
    source: Source | None = None
    note: str = ""
    hint: str = ""

    def __str__(self) -> str:
        lines = [f"{self.severity}[{self.code}] {self.address} {self.message}"]
        if self.source:
            lines += _excerpt(self.source, self.note)
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, str | int | None]:
        """The stable keys of `--json`."""
        place = self.source
        return {
            "severity": str(self.severity),
            "code": self.code,
            "address": self.address,
            "message": self.message,
            "file": place.file if place else None,
            "line": place.line if place else None,
            "column": place.column if place else None,
            "hint": self.hint or self.note or None,
        }


def _excerpt(source: Source, note: str) -> list[str]:
    lines = [f"  --> {source.file}:{source.line}:{source.column}"]
    if source.text:
        number = f"{source.line:5d}"
        lines.append(f"{number} | {source.text}")
        caret = " " * (source.column - 1) + "^" * max(1, source.length)
        lines.append(f"{'':5s} | {caret}{' ' + note if note else ''}")
    return lines


@dataclass(slots=True)
class Diagnostics:
    """A room's findings, in the order they were made."""

    found: list[Diagnostic] = field(default_factory=list)

    def error(  # the six facts of a finding, not a configuration
        self, code: str, address: str, message: str, source: Source | None = None, *, note: str = "", hint: str = ""
    ) -> None:
        """Record an error."""
        self.found.append(Diagnostic(Severity.ERROR, code, address, message, source, note, hint))

    def warning(
        self, code: str, address: str, message: str, source: Source | None = None, *, note: str = "", hint: str = ""
    ) -> None:
        """Record a warning."""
        self.found.append(Diagnostic(Severity.WARNING, code, address, message, source, note, hint))

    @property
    def errors(self) -> list[Diagnostic]:
        """The findings that close the door."""
        return [finding for finding in self.found if finding.severity is Severity.ERROR]

    def close(self) -> None:
        """Raise `Refused` with everything found when one of the findings is an error."""
        if self.errors:
            raise Refused(self.found)
