"""The matrix of cases and servers: gathered from the reports of a run, printed, and written into the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- matrix: begin -->", "<!-- matrix: end -->"


@dataclass
class Matrix:
    """Cells by case and server: (`ok` | `FAILED` | `n/a` | `deviates`, reason)."""

    sentences: dict[str, str] = field(default_factory=dict)
    cells: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    @property
    def servers(self) -> list[str]:
        return sorted({server for _, server in self.cells}, key=["emulator", "netconfd", "external"].index)

    def put(self, case: str, sentence: str, server: str, word: str, reason: str) -> None:
        """Note a report; of the several of one test, what is worse stays."""
        self.sentences[case] = sentence
        if self.cells.get((case, server), ("ok", ""))[0] == "ok":
            self.cells[case, server] = (word, reason)

    def rows(self) -> Iterable[tuple[str, Sequence[str]]]:
        for case in sorted(self.sentences):
            yield case, [self.cells.get((case, server), ("not run", ""))[0] for server in self.servers]

    def reasons(self) -> dict[tuple[str, str, str], list[str]]:
        """Cases by (server, word, reason), for all that is not plainly ok."""
        found: dict[tuple[str, str, str], list[str]] = {}
        for (case, server), (word, reason) in sorted(self.cells.items()):
            if word != "ok":
                found.setdefault((server, word, reason), []).append(case)
        return found

    def plain(self) -> str:
        """For the terminal."""
        width = max(map(len, self.sentences), default=0)
        lines = [f"{'':{width}}  " + "  ".join(f"{server:9}" for server in self.servers)]
        lines += [f"{case:{width}}  " + "  ".join(f"{word:9}" for word in words) for case, words in self.rows()]
        for (server, word, reason), cases in self.reasons().items():
            lines.append(f"{word} on {server}: {reason or 'see above'} ({len(cases)}: {', '.join(cases)})")
        return "\n".join(lines) + "\n"

    def markdown(self) -> str:
        """For the page."""
        servers = self.servers
        lines = ["| case | what must be so | " + " | ".join(servers) + " |", "|---|---|" + "---|" * len(servers)]
        for case, words in self.rows():
            lines.append(f"| `{case.removeprefix('test_')}` | {self.sentences[case]} | " + " | ".join(words) + " |")
        lines.append("")
        for (server, word, reason), cases in self.reasons().items():
            names = ", ".join(f"`{case.removeprefix('test_')}`" for case in cases)
            lines.append(f"- **{word}** on {server}: {reason}. {names}")
        return "\n".join(lines) + "\n"


def of_reports(stats: Mapping[str, Sequence[Any]]) -> Matrix:
    """The matrix of a run, from the reports that pytest has gathered."""
    matrix = Matrix()
    for outcome in ("failed", "error", "skipped", "xfailed", "passed", ""):
        for report in stats.get(outcome, ()):
            for name, value in getattr(report, "user_properties", ()):
                if name == "case":
                    case, sentence, server = value
                    word, reason = _word(outcome, report)
                    if word:
                        matrix.put(case, sentence, server, word, reason)
    return matrix


def _word(outcome: str, report: Any) -> tuple[str, str]:
    if outcome in ("failed", "error"):
        return "FAILED", ""
    if outcome == "xfailed":
        return "deviates", report.wasxfail
    if outcome == "skipped":
        return "n/a", report.longrepr[2].removeprefix("Skipped: ")
    return ("ok", "") if report.when == "call" else ("", "")


def write_page(page: Path, matrix: Matrix) -> None:
    """Put the matrix between the marks of the page."""
    text = page.read_text(encoding="utf-8")
    block = f"{BEGIN}\n{matrix.markdown()}{END}"
    page.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: block, text, flags=re.DOTALL), encoding="utf-8")
