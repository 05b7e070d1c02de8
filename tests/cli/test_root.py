"""The list of verbs, their help, and what completion offers."""

import json

import click
import pytest

from netwright.cli import run
from netwright.cli.root import VERBS, root
from netwright.cli.verb import VerbCommand

COMMON = {"--json", "--quiet", "--verbose", "--no-progress"}


def command_of(name: str) -> VerbCommand:
    command = root.get_command(click.Context(root), name)
    assert isinstance(command, VerbCommand)
    return command


@pytest.mark.parametrize("name", VERBS)
def test_the_table_says_what_the_verb_says(name: str) -> None:
    command = command_of(name)
    assert command.name == name
    assert (command.help or "").splitlines()[0] == VERBS[name]


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_the_common_flags_and_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = {option for parameter in command_of(name).params for option in parameter.opts}
    assert options >= COMMON
    assert run([name, "--help"]) == 0
    assert f"netwright {name}" in capsys.readouterr().out.split("Example:")[1]


@pytest.mark.parametrize("name", VERBS)
def test_help_of_a_verb_is_its_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    run([name, "--help"])
    own = capsys.readouterr().out
    run(["help", name])
    assert capsys.readouterr().out == own


def test_without_a_verb_the_verbs_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    assert set(VERBS) <= set(capsys.readouterr().out.split())


def test_completion_offers_the_verbs_that_begin_so() -> None:
    assert [item.value for item in root.shell_complete(click.Context(root), "comp")] == ["completion"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_is_the_shells_own(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert f"_NETWRIGHT_COMPLETE={shell}_complete" in script


@pytest.mark.parametrize("topic", ["exit-codes", "intents", "help"])
def test_with_json_help_is_one_document(topic: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", topic, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["topic"] == topic
