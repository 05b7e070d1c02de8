"""Several answers for one trip to the box: each command gets its own, also one that fails or prints nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from netwright.drivers import frr_state
from netwright.drivers.frr_ssh import Box, Done
from netwright.drivers.frr_trips import Asker


@dataclass
class Here:
    """A box whose shell is this machine's."""

    trips: list[tuple[str, ...]] = field(default_factory=list)

    def run(self, words: Sequence[str], stdin: bytes = b"", timeout_s: float = 0.0) -> Done:
        self.trips.append(tuple(words))
        done = subprocess.run(list(words), input=stdin, capture_output=True, check=False, timeout=timeout_s or 20)
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


FOUR = (("printf", "a\nb"), ("false",), ("sh", "-c", "echo half; echo no >&2; exit 3"), ("echo", "it's", "$HOME"))


def test_every_command_has_its_own_answer_for_one_trip() -> None:
    box = Here()
    ask = Asker(cast("Box", box))
    ask.ahead(FOUR)
    assert [ask(words) for words in FOUR] == ["a\nb", "", "", "it's $HOME\n"]
    assert len(box.trips) == 1


def test_who_keeps_answers_asks_once_also_for_one_that_was_not_fetched_ahead() -> None:
    box = Here()
    ask = Asker(cast("Box", box), keep=True)
    assert [ask(words) for words in (FOUR[3], FOUR[3], FOUR[1], FOUR[1])] == ["it's $HOME\n"] * 2 + [""] * 2
    assert box.trips == [FOUR[3], FOUR[1]]


def test_an_answer_is_given_once_and_then_asked_for_anew() -> None:
    box = Here()
    ask = Asker(cast("Box", box))
    ask.ahead(FOUR)
    assert [ask(("echo", "it's", "$HOME")) for _ in range(2)] == ["it's $HOME\n"] * 2
    assert len(box.trips) == 2


@pytest.mark.parametrize("commands", [(), (("true",),)])
def test_one_command_is_no_trip_ahead(commands: tuple[tuple[str, ...], ...]) -> None:
    box = Here()
    Asker(cast("Box", box)).ahead(commands)
    assert box.trips == []


def test_a_whole_box_is_read_in_two_trips() -> None:
    said = {
        frr_state.ADDRESSES: '[{"ifname": "eth1", "flags": ["UP"], "mtu": 9216}, {"ifname": "lo", "flags": []}]',
        frr_state.QDISCS: '[{"dev": "eth1", "kind": "htb", "root": true, "handle": "1:", "options": {}},'
        ' {"dev": "eth1", "kind": "clsact"}]',
    }
    trips: list[int] = []

    class Told(Asker):
        def ahead(self, commands: Sequence[Sequence[str]]) -> None:
            trips.append(len(commands))
            self._known.update({tuple(words): said.get(tuple(words), "") for words in commands})

    ask = Told(cast("Box", None))  # a command that was not told ahead would need a box
    assert "tc qdisc replace dev eth1 clsact" in frr_state.read(ask)
    assert trips == [len(frr_state.FIRST), 3]
