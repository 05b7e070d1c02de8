"""Whatever goes wrong on one device is that device's answer; what is our own bug is raised."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from netwright.drivers.base import Driver
from netwright.drivers.fleet import Answer, _attempt
from netwright.errors import DeviceRefused, DeviceUnreachable


def attempt(step: Callable[[Driver], object]) -> Answer[object]:
    host = SimpleNamespace(name="r1", get_connection=lambda *_: SimpleNamespace(name="r1"))
    task = SimpleNamespace(host=host, nornir=SimpleNamespace(config=None))
    answer: Answer[object] = _attempt(task, step).result  # type: ignore[arg-type]
    return answer


def raising(error: Exception) -> Callable[[Driver], object]:
    def step(_driver: Driver) -> object:
        raise error

    return step


def test_a_value_is_the_answer() -> None:
    assert attempt(lambda driver: driver.name) == Answer("r1", value="r1")


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (DeviceRefused("r1", "bad line"), DeviceRefused),
        (DeviceUnreachable("r1", "gone"), DeviceUnreachable),
        (ConnectionResetError("reset"), DeviceUnreachable),
        (EOFError(), DeviceUnreachable),
    ],
)
def test_a_device_in_trouble_is_an_answer(raised: Exception, kind: type[Exception]) -> None:
    answer = attempt(raising(raised))
    assert isinstance(answer.error, kind)
    assert not answer.ok


def test_a_bug_of_ours_is_no_answer() -> None:
    with pytest.raises(ZeroDivisionError):
        attempt(raising(ZeroDivisionError()))
