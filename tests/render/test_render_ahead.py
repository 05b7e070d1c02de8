"""The same bytes for any number of processes."""

from __future__ import annotations

import pytest

from netwright.platforms.registry import PLATFORMS
from netwright.render.ahead import processes, word_all
from netwright.render.engine import word
from netwright.render.templates import MissingTemplate, library
from netwright.services.model import Construct, Fragment, Loopback, StaticRoute, Vrf

NAMES = [f"r{number:02}" for number in range(21)]  # more than two batches
PLATFORM = dict(zip(NAMES, [PLATFORMS[name] for name in ("huawei", "zte", "frr")] * 7, strict=True))


def vrf(number: int) -> Vrf:
    facts = {"rd": f"65000:{number}", "route_targets": ("65000:1",), "signalling": "evpn", "asn": 65000}
    names = {"name": f"ts-{number}", "description": "TenantSlice/a", "locator": "MAIN", "tunnel_policy": ""}
    numbers = {"table": 1000 + number, "router_id": "10.255.0.1", "sid": "fd00:1:1:fe00::", "colour": 0}
    return Vrf(families=("ipv4",), **facts, **names, **numbers)


def fragments(extra: Construct | None = None) -> dict[str, list[Fragment]]:
    made = {}
    for number, name in enumerate(NAMES):
        things = [
            Loopback(f"2001:db8::{number:x}", "10.255.0.1"),
            vrf(number),
            StaticRoute("a", "10.0.0.0/8", "10.1.1.1"),
        ]
        made[name] = [Fragment(name, "TenantSlice/a", thing) for thing in things]
    if extra is not None:
        made["r09"].append(Fragment("r09", "TenantSlice/a", extra))
    return made


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if nobody had left a thread behind: sessions of other tests may end a little later."""
    monkeypatch.setattr("netwright.render.ahead.threading.active_count", lambda: 1)


@pytest.mark.usefixtures("no_threads")
def test_two_processes_word_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETWRIGHT_PROCESSES", "1")
    alone = list(word_all(fragments(), PLATFORM, library()))
    monkeypatch.setenv("NETWRIGHT_PROCESSES", "3")
    assert processes(1) == 2
    assert list(word_all(fragments(), PLATFORM, library())) == alone
    assert [name for name, _ in alone] == NAMES
    assert dict(alone)["r05"] == word(fragments()["r05"], PLATFORM["r05"], library())


@pytest.mark.usefixtures("no_threads")
def test_a_mistake_elsewhere_is_said_here(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unheard(Construct):
        """What no platform has a wording for."""

    monkeypatch.setenv("NETWRIGHT_PROCESSES", "2")
    with pytest.raises(MissingTemplate, match="no template templates/huawei/unheard"):
        list(word_all(fragments(Unheard()), PLATFORM, library()))


def test_a_small_network_is_worth_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NETWRIGHT_PROCESSES", raising=False)
    assert processes(100) == 0
