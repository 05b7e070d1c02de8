"""Every mistake has its text: errors/NAME.yaml is the file, errors/NAME.txt what the user reads.

A case stands beside the Fabric of good/ unless it brings its own (or its name says that there is none). To write the
texts anew after a change of wording: NETWRIGHT_GOLDEN=write pytest tests/intents/test_errors.py, then read the diff.
"""

import ast
import os
import re
from pathlib import Path

import pytest

from netwright.diagnostics import Diagnostic
from netwright.errors import Refused
from netwright.intents.codes import CODES
from netwright.intents.loader import load_intents, read_intents

HERE = Path(__file__).parent
CASES = sorted((HERE / "errors").glob("*.yaml"))
SOURCE = HERE.parents[1] / "src" / "netwright" / "intents"
FOUND_BY_OTHER_TESTS = {"no-such-file", "unreadable-file"}  # no file can hold these two


def findings_of(case: Path) -> list[Diagnostic]:
    text = case.read_bytes()
    alone = b"kind: Fabric" in text or case.stem.startswith("no-fabric")
    paths = [case] if alone else [case, HERE / "good" / "fabric.yaml"]
    _, findings = read_intents(paths, case.parent)
    return findings.found


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_mistake_is_told_like_this(case: Path) -> None:
    findings = findings_of(case)
    text = "\n".join(map(str, findings)).replace(str(HERE), "..") + "\n"
    golden = case.with_suffix(".txt")
    if os.environ.get("NETWRIGHT_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_case_shows_the_code_it_is_named_after(case: Path) -> None:
    codes = {finding.code for finding in findings_of(case)}
    named = [code for code in CODES if case.stem == code or case.stem.startswith(f"{code}-")]
    assert not named or max(named, key=len) in codes
    assert codes


def test_every_text_belongs_to_a_case() -> None:
    assert {path.stem for path in (HERE / "errors").glob("*.txt")} == {case.stem for case in CASES}


def codes_in_source() -> set[str]:
    """The first text argument of every call that makes a finding."""
    makers = {
        "refuse",
        "Problem",
        "warning",
        "YamlError",
        "Diagnostic",
        "_error",
        "_check_administrator",
        "overlap_problems",
    }
    found = set()
    for module in SOURCE.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            words += [
                branch.value
                for arg in node.args[:1]
                if isinstance(arg, ast.IfExp)
                for branch in (arg.body, arg.orelse)
                if isinstance(branch, ast.Constant)
            ]
            if name in makers and words and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", words[0]):
                found.add(words[0])
    return found | {"unknown-version", "unknown-value"}  # chosen by an expression in problems.py


def test_every_code_is_explained_and_every_explanation_is_of_a_code() -> None:
    assert codes_in_source() == set(CODES)


def test_every_code_has_a_case() -> None:
    shown = {finding.code for case in CASES for finding in findings_of(case)}
    assert set(CODES) - shown == FOUND_BY_OTHER_TESTS


def test_every_error_has_a_place_in_its_file() -> None:
    for case in CASES:
        for finding in findings_of(case):
            if finding.code == "empty-file":
                continue
            assert finding.source, case
            if "\t" not in (text := finding.source.text):
                assert finding.source.column - 1 + finding.source.length <= max(len(text), finding.source.column), case


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        load_intents([tmp_path / "none.yaml"], tmp_path)
    assert [str(finding) for finding in refused.value.diagnostics] == ["error[no-such-file] none.yaml does not exist"]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.yaml").write_text("")
    monkeypatch.setattr(Path, "read_bytes", forbidden)
    _, findings = read_intents([tmp_path / "a.yaml"], tmp_path)
    assert [str(finding) for finding in findings.found] == [
        "error[unreadable-file] a.yaml cannot be read: Permission denied"
    ]
