"""Ask the devices: each topic that a check needs once a device, over the sessions that are open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from netwright.drivers.model import NotReported
from netwright.errors import DeviceError
from netwright.services.checks import Check, Topic
from netwright.verify.model import Collected

if TYPE_CHECKING:
    from netwright.drivers.base import Driver
    from netwright.drivers.fleet import Fleet


def topics_of(checks: Iterable[Check]) -> dict[str, frozenset[str]]:
    """Which topics each device must be asked."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for check in checks:
        wanted[check.device].add(check.topic)
    return {device: frozenset(topics) for device, topics in sorted(wanted.items())}


def collect(checks: Iterable[Check], fleet: Fleet) -> dict[tuple[str, str], Collected]:
    """Ask every device for what its checks need: the book that `judge_all` reads."""
    wanted = topics_of(checks)
    book: dict[tuple[str, str], Collected] = {}
    answers = fleet.run(wanted, lambda driver: _ask(driver, wanted[driver.name]))
    for device, topics in wanted.items():
        answer = answers[device]
        for topic in topics:
            said = (answer.value or {}).get(topic)
            book[device, topic] = said or Collected(error=str(answer.error or "no answer"))
    return book


def _ask(driver: Driver, topics: frozenset[str]) -> dict[str, Collected]:
    with driver.together([Topic(topic) for topic in sorted(topics)]):
        return {topic: _ask_one(driver, topic) for topic in sorted(topics)}


def _ask_one(driver: Driver, topic: str) -> Collected:
    try:
        return Collected(rows=tuple(driver.collect(Topic(topic))))
    except NotReported as reason:
        return Collected(not_reported=str(reason) or f"{driver.platform} has no public way to report {topic}")
    except DeviceError as error:
        return Collected(error=str(error))
