"""What the conformance cases share: the servers, what is configured on them, and the case mark with its needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from lxml import etree

from netwright.drivers.huawei import HuaweiDriver
from netwright.drivers.netconf import NC, RpcRefused, element, parse_xml
from netwright.errors import DeviceError

HERE = Path(__file__).parent
OWN_MODULE = "netwright-conformance"
VENDOR = "huawei-network-instance", "huawei-ifm", "huawei-l3vpn"
PREFIX = "nw-conformance-"
"""Everything that a case configures is named so, and nothing else is ever touched."""

TOKEN = "nw-conformance"


# ---- what is configured ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Content:
    """Words for edits: things with names, and things that refer to one that does not exist."""

    modules: tuple[str, ...]
    one: str  # an entry with a name, and what more is in it
    around: str  # what stands around entries
    refers: str  # an entry that refers to something by name
    refers_around: str
    reference: str  # how the path of that reference ends
    bad_value: str
    note: str  # a leaf of an entry that takes any text

    def things(self, *names: str, operation: str = "", inside: str = "") -> str:
        """An edit with an entry for each name."""
        wish = f' nc:operation="{operation}"' if operation else ""
        return config(self.around % "".join(self.one % (wish, PREFIX + name, inside) for name in names))

    def dangling(self, *names: str) -> str:
        """An edit with references to things that are not there."""
        return config(self.refers_around % "".join(self.refers % (number, name) for number, name in enumerate(names)))


MANY = 60
_NI = '<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances>%s</instances></network-instance>'
_IFM = '<ifm xmlns="urn:huawei:yang:huawei-ifm"><interfaces>%s</interfaces></ifm>'

ROUTER = Content(
    modules=VENDOR,
    one="<instance%s><name>%s</name>%s</instance>",
    around=_NI,
    refers="<interface><name>LoopBack107%d</name><class>main-interface</class><type>LoopBack</type>"
    "<vrf-name>%s</vrf-name></interface>",
    refers_around=_IFM,
    reference="vrf-name",
    bad_value="<instance><name>nw-conformance-a-name-that-is-longer-than-any-router-takes</name></instance>",
    note="description",
)
OWN = Content(
    modules=(OWN_MODULE,),
    one="<thing%s><name>%s</name>%s</thing>",
    around='<things xmlns="urn:netwright:conformance">%s</things>',
    refers="<thing><name>nw-conformance-user%d</name><uses>%s</uses></thing>",
    refers_around='<things xmlns="urn:netwright:conformance">%s</things>',
    reference="uses",
    bad_value="<thing><name>nw-conformance-a</name><number>300</number></thing>",
    note="note",
)


def config(body: str) -> str:
    """A `<config>` around the content of an edit."""
    return f'<config xmlns="{NC}" xmlns:nc="{NC}">{body}</config>'


# ---- servers --------------------------------------------------------------------------------------------------------


@dataclass
class Server:
    """A NETCONF server that is judged. What it can is what its hello says; what we can do to it is in `can`."""

    name: str
    host: str
    port: int
    username: str
    password: str
    can: dict[str, Callable[..., Any]] = field(default_factory=dict)  # restart, lie, report all
    idle_s: float = 0.0  # after which it closes a silent session; 0: not known
    cannot: dict[str, str] = field(default_factory=dict)  # need -> why not, where the hello does not say
    deviations: dict[str, str] = field(default_factory=dict)  # case -> what it does instead, seen and written down
    capabilities: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()

    def greet(self) -> None:
        """Read the hello."""
        with self.session() as driver:
            said = list(driver._session.call(lambda m: m).server_capabilities)
        quiet = [one for one in said if "capability:" in one]
        self.capabilities = frozenset(one.partition("capability:")[2].partition("?")[0] for one in quiet)
        self.modules = frozenset(one.partition("module=")[2].partition("&")[0] for one in said if "module=" in one)

    @property
    def content(self) -> Content | None:
        """What can be configured on it."""
        return next((one for one in (ROUTER, OWN) if self.modules.issuperset(one.modules)), None)

    def lacks(self, needs: Sequence[str]) -> str:
        """Why a case with these needs cannot be tried; "" when it can."""
        if self.content is None:
            return f"the server has neither {', '.join(VENDOR)} nor {OWN_MODULE}"
        for need in needs:
            kind, _, name = need.partition("=")
            if kind == "capability" and not any(one.startswith(name) for one in self.capabilities):
                return f"the server does not announce :{name}"
            if kind == "module" and name not in self.modules:
                return f"the server does not have {name}"
            if kind == "can" and name not in self.can:
                return _CANNOT[name]
            if kind == "idle" and not self.idle_s:
                return (
                    self.cannot.get("idle")
                    or "it is not known when the server closes an idle session (say ?idle=SECONDS)"
                )
        return ""

    def driver(self, **options: object) -> HuaweiDriver:
        """A driver with an open session."""
        given = {"port": self.port, "name": self.name, "hostkey_verify": False, **options}
        driver = HuaweiDriver(self.host, self.username, self.password, 20, given)
        driver.open()
        return driver

    @contextmanager
    def session(self) -> Iterator[HuaweiDriver]:
        """A driver that is closed at the end."""
        driver = self.driver()
        try:
            yield driver
        finally:
            driver.close()

    def running(self) -> str:
        """What it runs, over a session of its own."""
        with self.session() as driver:
            tree = parse_xml(driver.get_config("running")["running"])
        while hollow := [one for one in tree.iter() if not len(one) and not one.text and one is not tree]:
            for one in hollow:  # a container that holds nothing means nothing
                one.getparent().remove(one)
        return etree.tostring(tree, encoding="unicode")

    def clean(self) -> None:
        """Take away what a case left: a commit that waits, a dirty candidate, and everything that is named as ours."""
        with self.session() as driver:
            quietly(lambda: driver._session.request(element(NC, "cancel-commit", ("persist-id", TOKEN))))
            driver.discard_config()
            if left := names_in(driver):  # only what is there: see the case about remove
                driver.load_merge_candidate(config=self.content.things(*left, operation="delete"))
                driver.commit_config()


_CANNOT = {
    "idle": "it is not known when the server closes an idle session (say ?idle=SECONDS)",
    "restart": "the suite cannot take this server's power away",
    "lie": "this server cannot be told to lie",
    "report all": "this server cannot be told to report all defaults",
}


def quietly(action: Callable[[], object]) -> None:
    try:
        action()
    except DeviceError:
        return


def external(address: str) -> Server:
    """The server of `netconf://user:password@host:port[?idle=SECONDS]`."""
    parts = urlsplit(address)
    if parts.scheme != "netconf" or not parts.hostname:
        raise pytest.UsageError(f"NETWRIGHT_CONFORMANCE={address}: not netconf://user:password@host:port")
    idle = float(parse_qs(parts.query).get("idle", ["0"])[0])
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server("external", parts.hostname, parts.port or 830, user, password, idle_s=idle)


ENDS = ("unlock", "close", "kill", "cut")


def leave(server: Server, driver: HuaweiDriver, end: str) -> None:
    if end == "unlock":
        driver.unlock()
    elif end == "close":
        driver.close()
    elif end == "kill":
        number = driver._session.call(lambda m: m).session_id
        with server.session() as other:
            other._session.call(lambda m: m.kill_session(number))
    else:
        cut(driver)


# ---- cases ----------------------------------------------------------------------------------------------------------


def case(sentence: str, *needs: str) -> pytest.MarkDecorator:
    """A case of the matrix: what must be so, and what it needs (`capability=`, `module=`, `can=`, `idle`)."""
    return pytest.mark.case(sentence, needs)


CANDIDATE = "capability=candidate"
CONFIRMED = "capability=confirmed-commit:1.1"
VALIDATE = "capability=validate:1.1"
WRITABLE = "capability=writable-running"
MODULES = tuple(f"module={name}" for name in VENDOR)


# ---- words ----------------------------------------------------------------------------------------------------------


def commit(driver: HuaweiDriver, *parts: tuple[str, str | None]) -> None:
    """A commit as it is."""
    driver._session.request(element(NC, "commit", *parts))


def confirmed(seconds: int, **more: str) -> tuple[tuple[str, str | None], ...]:
    """The parts of a confirmed commit."""
    extra = tuple((name.replace("_", "-"), value) for name, value in more.items())
    return (("confirmed", None), ("confirm-timeout", str(seconds)), *extra)


def refused(action: Callable[[], object]) -> RpcRefused:
    """What the server said no with."""
    with pytest.raises(RpcRefused) as caught:
        action()
    return caught.value


def cut(driver: HuaweiDriver) -> None:
    """The line is cut: no goodbye."""
    transport = driver._session._manager._session.transport
    transport.sock.close()


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def gone_back(driver: HuaweiDriver, name: str, seconds: float) -> bool:
    """Whether a thing is gone when its time is over. Quiet meanwhile: netconfd's clock stands while one speaks."""
    time.sleep(seconds)
    for _ in range(4):
        time.sleep(1.2)
        if not has(driver, name):
            return True
    return False


def names_in(driver: HuaweiDriver, source: str = "running") -> list[str]:
    """The things of ours that are there."""
    data = driver._session.call(lambda m: m.get_config(source)).data_ele
    texts = ((one.text or "").strip() for one in data.iter() if isinstance(one.tag, str))
    return sorted({text.removeprefix(PREFIX) for text in texts if text.startswith(PREFIX)})


def has(driver: HuaweiDriver, name: str, source: str = "running") -> bool:
    """Whether a thing of ours is there."""
    return name in names_in(driver, source)
