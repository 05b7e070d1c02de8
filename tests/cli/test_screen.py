"""Results on stdout, the rest on stderr; colour only for a terminal."""

import io
import json

import pytest
from rich.console import Console

from netwright.cli.screen import THEME, Colours, Screen
from netwright.diagnostics import Diagnostic, Severity
from netwright.errors import Refused

WARNING = Diagnostic(Severity.WARNING, "odd", "A/b", "is odd")


def painted(text: str) -> str:
    file = io.StringIO()
    Console(
        file=file, force_terminal=True, color_system="standard", theme=THEME, highlighter=Colours(), markup=False
    ).print(text)
    return file.getvalue().rstrip("\n")


@pytest.mark.parametrize(
    ("text", "colour"),
    [("+ new", "32"), ("- old", "31"), ("~ other", "33"), ("error[x] A/b no", "1;31"), ("  hint: do", "36")],
)
def test_a_line_is_coloured_by_what_it_is(text: str, colour: str) -> None:
    assert f"\x1b[{colour}m" in painted(text)


def test_a_line_that_is_broken_is_coloured_in_all_its_parts() -> None:
    file = io.StringIO()
    out = Console(file=file, force_terminal=True, color_system="standard", theme=THEME, width=24, soft_wrap=True)
    Screen(out, out).show("+ ElasticLine/branch-7   1 G, 118 km, 3 links\n    standby way\n- gone", None)
    assert file.getvalue().splitlines() == [
        "\x1b[32m+ ElasticLine/branch-7\x1b[0m",
        "\x1b[32m  1 G, 118 km, 3 links\x1b[0m",
        "    standby way",
        "\x1b[31m- gone\x1b[0m",
    ]


def test_plain_words_are_left_alone() -> None:
    assert painted("a plain line [with] 'quotes' 10.0.0.1") == "a plain line [with] 'quotes' 10.0.0.1"


def test_a_pipe_gets_no_colour_and_no_broken_lines(capsys: pytest.CaptureFixture[str]) -> None:
    line = "+ " + "x" * 500
    Screen.of().show(line, None)
    assert capsys.readouterr().out == line + "\n"


def test_json_silences_commentary(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen.of(json=True)
    screen.say("next: do this")
    screen.show("text", {"a": ["ü", 1]})
    assert json.loads(capsys.readouterr().out) == {"a": ["ü", 1]}


def test_quiet_keeps_the_result_and_drops_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen.of(quiet=True)
    screen.say("next: do this")
    screen.findings([WARNING])
    screen.show("result", None)
    assert capsys.readouterr() == ("result\n", "")


@pytest.mark.parametrize("screen", [Screen.of(), Screen.of(json=True)])
def test_without_a_terminal_nobody_is_asked(screen: Screen) -> None:
    with pytest.raises(Refused) as refused:
        screen.ask("apply?", yes=False)
    [finding] = refused.value.diagnostics
    assert (finding.code, finding.address, finding.hint) == ("no-terminal", "apply", "--yes agrees beforehand")
    screen.ask("apply?", yes=True)


def test_progress_needs_a_terminal() -> None:
    assert not Screen.of().progress
