"""Asking: each topic once a device, and what a device does not say is told apart from what it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from netwright.drivers.base import NotReported, Topic
from netwright.drivers.fleet import Answer
from netwright.errors import DeviceRefused, DeviceUnreachable
from netwright.services.checks import Check, Rung
from netwright.verify.collect import collect, topics_of
from netwright.verify.model import Collected

ROW = {"port": "eth1", "state": "up"}


@dataclass
class FakeDriver:
    name: str
    says: Mapping[str, object]
    platform: str = "zte"
    asked: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @contextmanager
    def together(self, topics: Iterable[Topic]) -> Iterator[None]:
        self.told += map(str, topics)
        yield

    def collect(self, topic: Topic) -> list[Mapping[str, object]]:
        self.asked.append(str(topic))
        answer = self.says[str(topic)]
        if isinstance(answer, Exception):
            raise answer
        return [ROW] if answer else []


@dataclass
class FakeFleet:
    drivers: Mapping[str, FakeDriver]

    def run(self, names: Iterable[str], task: Callable[[Any], Any]) -> dict[str, Answer[Any]]:
        return {name: self._one(name, task) for name in names}

    def _one(self, name: str, task: Callable[[Any], Any]) -> Answer[Any]:
        if name not in self.drivers:
            return Answer(name, None, DeviceUnreachable(name, "no route"))
        return Answer(name, task(self.drivers[name]), None)


def check(device: str, topic: str, number: int = 0) -> Check:
    return Check(f"A/b/{device}/{topic}{number}", "A/b", device, Rung.CONTROL_PLANE, "", topic, {}, {})


def test_a_topic_is_asked_once_however_many_checks_need_it() -> None:
    driver = FakeDriver("pe1", {"isis": True, "bgp": False})
    checks = [check("pe1", "isis"), check("pe1", "isis", 1), check("pe1", "bgp")]
    book = collect(checks, FakeFleet({"pe1": driver}))  # type: ignore[arg-type]
    assert sorted(driver.asked) == driver.told == ["bgp", "isis"]
    assert book == {("pe1", "isis"): Collected((ROW,)), ("pe1", "bgp"): Collected(())}
    assert topics_of(checks) == {"pe1": frozenset({"isis", "bgp"})}


def test_one_topic_that_fails_does_not_silence_the_others() -> None:
    says = {"isis": DeviceRefused("pe1", "unknown command"), "flexe": NotReported("no public way"), "bgp": True}
    driver = FakeDriver("pe1", says)
    book = collect([check("pe1", topic) for topic in says], FakeFleet({"pe1": driver}))  # type: ignore[arg-type]
    assert book["pe1", "isis"] == Collected(error="pe1: unknown command")
    assert book["pe1", "flexe"] == Collected(not_reported="no public way")
    assert book["pe1", "bgp"] == Collected((ROW,))


def test_a_device_that_cannot_say_why_gets_a_reason() -> None:
    book = collect([check("pe1", "flexe")], FakeFleet({"pe1": FakeDriver("pe1", {"flexe": NotReported()})}))  # type: ignore[arg-type]
    assert book["pe1", "flexe"].not_reported == "zte has no public way to report flexe"


def test_a_device_that_does_not_answer_is_an_error_on_each_of_its_topics() -> None:
    book = collect([check("pe9", "isis"), check("pe9", "bgp")], FakeFleet({}))  # type: ignore[arg-type]
    assert {said.error for said in book.values()} == {"pe9: no route"}
    assert len(book) == 2
