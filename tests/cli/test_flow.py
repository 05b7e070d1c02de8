"""Lines on a narrow terminal: broken between words, never inside of one; help that fits into 80 columns."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from netwright.cli import run, topics
from netwright.cli.flow import flow
from netwright.cli.help import _of_verb, _overview
from netwright.cli.root import VERBS
from netwright.cli.screen import Screen

PROSE = "error[usage] netwright plan cannot be called so: invalid value for '--format': 'x' is none of 'text', 'diff'"


@given(st.lists(st.text("abc-/.", min_size=1, max_size=12), max_size=30), st.integers(20, 100))
def test_no_word_is_broken_or_lost_and_no_line_is_too_long(words: list[str], width: int) -> None:
    lines = flow(" ".join(words), width).split("\n")
    assert [word for line in lines for word in line.split()] == words
    assert all(len(line) <= width for line in lines)


def test_what_hangs_over_is_indented_under_its_own_line() -> None:
    assert flow("  hint: set it here or there", 16).split("\n") == ["  hint: set it", "    here or", "    there"]


def test_a_long_path_stays_whole_and_an_excerpt_stays_as_it_is() -> None:
    path = "state/evidence/" + "x" * 100
    assert path in flow(f"evidence: {path}", 40).split("\n")[-1]
    excerpt = "   11 |   slo: {los: 1e-5, goodput_ratio: 0.95}\n      |         ^^^ did you mean `loss`?"
    assert flow(excerpt, 20) == excerpt


@pytest.mark.parametrize(("terminal", "lines"), [(True, 2), (False, 1)])
def test_only_a_terminal_gets_broken_lines(terminal: bool, lines: int) -> None:
    file = io.StringIO()
    where = Console(file=file, force_terminal=terminal, width=80, color_system=None, soft_wrap=True, markup=False)
    Screen(where, where).warn(PROSE)
    assert len(file.getvalue().splitlines()) == lines
    assert max(map(len, file.getvalue().splitlines())) <= (80 if terminal else len(PROSE))


def test_what_is_for_machines_is_never_broken() -> None:
    file = io.StringIO()
    where = Console(file=file, force_terminal=True, width=20, color_system=None, soft_wrap=True, markup=False)
    Screen(where, where).show(PROSE, None, raw=True)
    assert file.getvalue() == PROSE + "\n"


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"lab"}))
def test_the_help_of_a_verb_fits_into_80_columns(verb: str) -> None:
    assert max(map(len, _of_verb(verb).splitlines())) <= 80


@pytest.mark.parametrize("width", [60, 80, 100])
def test_lists_fit_into_their_width_and_name_every_code(width: int) -> None:
    codes, exits = topics.code_list(width), topics.exit_codes(width)
    assert max(map(len, [*codes.splitlines()[2:], *exits.splitlines()[2:]])) <= width
    assert set(topics.diagnostic_codes()) <= set(codes.split())
    assert re.findall(r"(?m)^ +(\d+)  ", exits) == ["0", "1", "2", "3", "4", "5", "64", "70", "75", "130"]


def test_the_overview_is_short_and_says_where_the_codes_are() -> None:
    text = _overview()
    assert len(text.splitlines()) < 60
    assert "netwright help codes" in text
    assert "bad-clab" not in text


def test_a_usage_error_is_one_sentence_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show"]) == 64
    said, hint = capsys.readouterr().err.splitlines()
    assert said == (
        "error[usage] netwright show cannot be called so: missing argument 'WHAT'. "
        "Choose from: intents, contracts, ledger, links, capabilities, applies"
    )
    assert hint == "  hint: netwright show --help"


def test_what_a_lab_can_do_is_said_in_whole_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    run(["lab", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "..." not in said.replace("WHAT ...", "")
    assert "Write the containerlab file and what stands beside it, and start nothing." in said
