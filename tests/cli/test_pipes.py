"""The program at the head of a pipe whose reader goes away: it goes on, and its exit code is its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

VERBS = [
    (("--help",), 0),
    (("help", "codes"), 0),
    (("show", "ledger"), 0),
    (("show", "intents", "--json"), 0),
    (("schema",), 0),
    (("completion", "bash"), 0),
    (("plan", "--offline", "--format", "diff", "core1"), 2),
    (("plan", "--offline", "--json"), 2),
    (("explain", "core1", "queue-depth"), 0),
    (("explain", "core1", "no such line"), 1),
    (("validate", "--nonsense"), 64),
    (("validate",), 0),
]


def unread(words: tuple[str, ...], *, also_errors: bool = False) -> tuple[int, str]:
    """The exit code and what is on stderr when nobody reads a word of stdout."""
    errors = subprocess.STDOUT if also_errors else subprocess.PIPE
    command = [sys.executable, "-m", "netwright", "-C", str(ROOT), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
        assert process.stdout is not None
        process.stdout.close()
        said = process.stderr.read() if process.stderr else ""
        return process.wait(60), said


@pytest.mark.parametrize(("words", "code"), VERBS, ids=[" ".join(words) for words, _ in VERBS])
def test_the_exit_code_is_the_verbs_own(words: tuple[str, ...], code: int) -> None:
    ended, said = unread(words)
    assert ended == code, said
    assert "BrokenPipe" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("words", [("show", "ledger"), ("explain", "core1", "no such line")])
def test_also_when_nobody_reads_the_errors(words: tuple[str, ...]) -> None:
    assert unread(words, also_errors=True)[0] == dict(VERBS)[words]
