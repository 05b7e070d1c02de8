"""Every diagnostic that netwright can show is explained by `netwright help CODE`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from netwright.cli.topics import diagnostic_codes

SOURCE = Path(__file__).parents[1] / "src" / "netwright"
CODE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
SAYING = {"error", "warning", "_error", "_warning", "say", "claim", "Diagnostic", "Problem"}
"""The calls that make a diagnostic; a code is an argument of theirs that looks like one."""

FOREIGN = {"emulator", "drivers"}
"""Their codes are the devices' own words (NETCONF's error tags), not ours."""


def said(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            values = [part for part in node.args if name in SAYING]
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "code":
            values = [node.value]
        else:
            continue
        for value in values:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and CODE.fullmatch(value.value):
                yield value.value


CODES = sorted(
    {code for path in SOURCE.rglob("*.py") if path.relative_to(SOURCE).parts[0] not in FOREIGN for code in said(path)}
)


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_explained(code: str) -> None:
    assert code in diagnostic_codes()


@pytest.mark.parametrize("code", sorted(diagnostic_codes()))
def test_an_explanation_is_more_than_the_code_again(code: str) -> None:
    assert len(diagnostic_codes()[code].split()) > 6


def test_the_search_finds_codes() -> None:
    assert len(CODES) > 60
