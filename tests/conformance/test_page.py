"""docs/conformance.md knows every case, and no other; the matrix says what reports say."""

from __future__ import annotations

import ast
import re
from types import SimpleNamespace

import conformance_matrix
import pytest
from conformance_support import HERE

PAGE = HERE.parents[1] / "docs" / "conformance.md"


def cases() -> set[str]:
    found = set()
    for file in sorted(HERE.glob("test_*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.decorator_list and node.name.startswith("test_"):
                if "server" not in {one.arg for one in node.args.args}:
                    continue
                found.add(node.name.removeprefix("test_"))
    return found


def test_the_page_has_every_case() -> None:
    block = PAGE.read_text(encoding="utf-8").partition(conformance_matrix.BEGIN)[2]
    assert set(re.findall(r"^\| `(\w+)` \|", block, re.MULTILINE)) == cases(), (
        "NETWRIGHT_CONFORMANCE_PAGE=write scripts/test tests/conformance -m ''"
    )


def report(case: str, server: str, when: str = "call", **facts: object) -> SimpleNamespace:
    return SimpleNamespace(user_properties=[("case", (case, "it is so", server))], when=when, **facts)


@pytest.mark.parametrize(
    ("outcome", "one", "cell"),
    [
        ("passed", report("test_a", "emulator"), ("ok", "")),
        ("failed", report("test_a", "emulator"), ("FAILED", "")),
        ("error", report("test_a", "emulator", "teardown"), ("FAILED", "")),
        ("xfailed", report("test_a", "emulator", wasxfail="it lies"), ("deviates", "it lies")),
        ("skipped", report("test_a", "emulator", "setup", longrepr=("f", 1, "Skipped: no lock")), ("n/a", "no lock")),
    ],
)
def test_a_report_is_a_cell(outcome: str, one: SimpleNamespace, cell: tuple[str, str]) -> None:
    matrix = conformance_matrix.of_reports({outcome: [one], "": [report("test_a", "emulator", "setup")]})
    assert matrix.cells == {("test_a", "emulator"): cell}


def test_what_is_worse_stays() -> None:
    stats = {"passed": [report("test_a", "emulator")], "error": [report("test_a", "emulator", "teardown")]}
    assert conformance_matrix.of_reports(stats).cells["test_a", "emulator"][0] == "FAILED"
