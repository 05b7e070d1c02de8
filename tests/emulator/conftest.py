"""One emulated Huawei router in a loop of its own, and ncclient sessions to it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from huawei_support import BASELINE
from ncclient import manager
from ncclient.transport import session as transport_session

from looped import Loop
from netwright.emulator.device import Setting
from netwright.emulator.huawei.device import HuaweiDevice
from netwright.emulator.world import Operational

transport_session.TICK = 0.002


@pytest.fixture(scope="session")
def samples() -> Path:
    """Documents in the vendor's YANG, one a construct."""
    return Path(__file__).parents[1] / "data" / "huawei"


@pytest.fixture
def run() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    loop = Loop()
    yield loop.run
    loop.close()


@pytest.fixture
def device(run: Callable[..., Any]) -> Iterator[HuaweiDevice]:
    router = HuaweiDevice(Setting("pe1", BASELINE, None, lambda _: Operational()))
    router.test_port = run(router.start("127.0.0.1", 0))  # type: ignore[attr-defined]
    yield router
    run(router.stop())


@pytest.fixture
def connect(device: HuaweiDevice) -> Iterator[Callable[[], Any]]:
    opened: list[Any] = []

    def open_session() -> Any:
        session = manager.connect_ssh(
            host="127.0.0.1", port=device.test_port, username="netwright", password="netwright", hostkey_verify=False,  # type: ignore[attr-defined]
            allow_agent=False, look_for_keys=False, device_params={"name": "huaweiyang"}, timeout=10,
        )  # fmt: skip
        opened.append(session)
        return session

    yield open_session
    for session in opened:
        session._session.close()
