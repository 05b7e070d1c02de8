"""The README's first round by hand, as it is typed: programs of their own, a terminal that answers."""

from __future__ import annotations

import os
import pty
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from docs_support import README, indented, section, text_of

TYPED = ".venv/bin/netwright"
EXIT = {"init": 0, "plan": 2, "apply": 0, "explain": 0}
PATIENCE_S = 300


def typed() -> list[list[str]]:
    """The command lines, each without its program."""
    lines = [shlex.split(line) for line in indented(section(text_of(README), "The first round by hand"))]
    assert all(line[0] == TYPED for line in lines)
    return [line[1:] for line in lines]


def verb_of(line: Sequence[str]) -> str:
    return line[2] if line[0] == "-C" else line[0]


def program(line: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "netwright", *line]


@contextmanager
def emulator(line: Sequence[str], folder: Path) -> Iterator[None]:
    """In one terminal: until it says that its devices are up; ended as with Ctrl-C, by its own pid."""
    process = subprocess.Popen(program(line), cwd=folder, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert any("devices up" in said for said in process.stdout), "the emulator ended"
        yield
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0


def in_a_terminal(line: Sequence[str], folder: Path) -> tuple[int, str, str]:
    """Run a command whose questions somebody answers with yes: its exit code, its result, and what was shown beside."""
    ours, theirs = pty.openpty()
    shown: list[bytes] = []
    process = subprocess.Popen(
        program(line), cwd=folder, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, text=True
    )
    os.close(theirs)  # only the program has it now: its end is the end of what is shown
    reader = threading.Thread(target=_read, args=(ours, shown), daemon=True)
    reader.start()
    os.write(ours, b"y\n")
    said, _ = process.communicate(timeout=PATIENCE_S)
    reader.join(timeout=10)
    os.close(ours)
    return process.returncode, said, b"".join(shown).decode()


def _read(terminal: int, shown: list[bytes]) -> None:
    """All that is shown, so that nobody waits for a full terminal."""
    try:
        while part := os.read(terminal, 4096):
            shown.append(part)
    except OSError:  # how a terminal says that nobody is there any more
        pass


def test_the_round_has_these_steps() -> None:
    assert [verb_of(line) for line in typed()] == ["init", "emulate", "plan", "apply", "explain"]


@pytest.mark.slow
@pytest.mark.timeout(PATIENCE_S)
def test_the_first_round_works_as_it_is_typed(tmp_path: Path) -> None:
    lines = {verb_of(line): line for line in typed()}
    said: dict[str, str] = {}

    def do(verb: str) -> None:
        code, said[verb], shown = in_a_terminal(lines[verb], tmp_path)
        assert code == EXIT[verb], shown

    do("init")
    with emulator(lines["emulate"], tmp_path):
        do("plan")
        do("apply")
        do("explain")
    assert "5 intents on 12 devices" in said["apply"]
    assert "flex-channel" in said["explain"]
    assert "templates/huawei/" in said["explain"]
