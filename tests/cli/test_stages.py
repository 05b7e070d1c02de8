"""A stage is one line, however many steps it took."""

import pytest

from netwright.apply.model import Event
from netwright.cli.screen import Screen
from netwright.cli.stages import stages


@pytest.mark.parametrize(
    ("events", "lines"),
    [
        ([Event("lock", 2, 2), Event("stage", 2, 2)], ["locked       2/2", "staged       2/2"]),
        ([Event("rollback", 1, 3), Event("rollback", 2, 3), Event("rollback", 3, 3)], ["rolled back  3/3"]),
        ([Event("verify", 1, 3), Event("verify", 1, 3), Event("lock", 2, 2)], ["verified     1/3", "locked       2/2"]),
        ([Event("commit", 3, 3), Event("commit", 2, 2)], ["committed    3/3", "committed    2/2"]),
        ([Event("commit", 1, 3)], ["committed    1/3"]),
        ([Event("commit", 1, 3, "r1"), Event("commit", 2, 3)], ["committed    1/3   r1", "committed    2/3"]),
        ([], []),
    ],
)  # fmt: skip
def test_a_stage_is_told_when_it_is_over(
    events: list[Event], lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with stages(Screen.of(), "working") as observe:
        for event in events:
            observe(event)
    assert capsys.readouterr().out.splitlines() == lines


def interrupted(*events: Event) -> None:
    with stages(Screen.of(), "working") as observe:
        for event in events:
            observe(event)
        raise KeyboardInterrupt


def test_an_interrupted_work_says_how_far_it_came(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(Event("lock", 2, 2), Event("stage", 1, 2))
    assert capsys.readouterr().out.splitlines() == ["locked       2/2", "staged       1/2"]
