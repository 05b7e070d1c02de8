"""Every way to fail has its exit code, its words on stderr, and with --json one document on stdout."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from netwright.cli import outcome, run
from netwright.cli.screen import Screen
from netwright.diagnostics import Diagnostic, Severity, Source
from netwright.errors import (
    CandidateDirty,
    ConfigParseError,
    Declined,
    DeviceLocked,
    DeviceRefused,
    DeviceUnreachable,
    LockHeld,
    NetwrightError,
    Refused,
    RollbackFailed,
)

FINDING = Diagnostic(
    Severity.ERROR, "unknown-field", "A/b", "no such field", Source("f.yaml", 3, 2, text="los: 1"), hint="h"
)


def raising(error: BaseException) -> int:
    raise error


@pytest.fixture(autouse=True)
def _reports_stay_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refused([FINDING]), 1),
        (Declined("no"), 1),
        (DeviceRefused("r1", "bad line"), 4),
        (DeviceUnreachable("r1", "gone"), 4),
        (RollbackFailed("r1", "still there"), 5),
        (click.UsageError("what"), 64),
        (ConfigParseError("odd", 3), 70),
        (NetwrightError("odd"), 70),
        (ZeroDivisionError("odd"), 70),
        (RecursionError("deep"), 70),
        (DeviceLocked("r1", "bob"), 75),
        (CandidateDirty("r1", "changes of bob"), 75),
        (LockHeld("bob", "10:00"), 75),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (BrokenPipeError(), 70),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_an_error_has_one_exit_code(error: BaseException, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome.guarded(lambda: raising(error), Screen.of(json=True)) == code
    out, err = capsys.readouterr()
    if code:
        assert json.loads(out)["exit_code"] == code
        assert err
    assert "Traceback" not in err


def test_a_refusal_shows_every_diagnostic_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome.guarded(lambda: raising(Refused([FINDING, FINDING])), Screen.of()) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"{FINDING}\n{FINDING}\n")


def test_a_refusal_as_a_document_has_the_stable_keys(capsys: pytest.CaptureFixture[str]) -> None:
    outcome.guarded(lambda: raising(Refused([FINDING])), Screen.of(json=True))
    assert json.loads(capsys.readouterr().out)["diagnostics"] == [FINDING.as_dict()]


def test_a_bug_leaves_a_report_and_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome.guarded(lambda: raising(KeyError("lost")), Screen.of())
    (report,) = tmp_path.glob("netwright-bug-*.txt")
    assert str(report) in capsys.readouterr().err
    assert "KeyError: 'lost'" in report.read_text()


def test_verbose_shows_the_traceback_of_a_bug(capsys: pytest.CaptureFixture[str]) -> None:
    outcome.guarded(lambda: raising(KeyError("lost")), Screen.of(verbose=True))
    assert "Traceback" in capsys.readouterr().err


def test_every_code_of_an_error_is_explained() -> None:
    def tree(error: type[NetwrightError]) -> Iterator[type[NetwrightError]]:
        yield error
        for child in error.__subclasses__():
            yield from tree(child)

    assert {error.exit_code for error in tree(NetwrightError)} <= set(outcome.MEANING)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["plna"], "there is no verb `plna`"),
        (["hepl"], "did you mean `help`?"),
        (["--nonsense"], "--nonsense"),
        (["help", "exit-code"], "did you mean `exit-codes`?"),
        (["completion", "tcsh"], "tcsh"),
        (["-C", "no/such/folder", "help"], "no/such/folder"),
    ],
)
def test_a_usage_error_is_64_and_names_the_word(line: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(line) == 64
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "--help" in err
