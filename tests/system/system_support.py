"""What the system tests share: a lab, and intents for it, each as it is first asked for, and changed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from netwright import app
from netwright.app.site import site
from netwright.apply.journal import unfinished
from netwright.apply.model import Outcome, silent
from netwright.drivers.base import Driver, Endpoint
from netwright.drivers.connection import driver_class
from netwright.emulator.faults import Sabotage, parse_faults
from netwright.emulator.network import EmulatedNetwork
from netwright.plan.model import Plan
from netwright.platforms.base import change_parts, join_parts
from netwright.tree import Path as Path_
from netwright.tree import Tree, between
from netwright.wish import Done, Wish
from netwright.workspace import Network, open_network

FABRIC = """\
apiVersion: netwright/v1
kind: Fabric
metadata: {name: small}
spec:
  asn: 65000
  route_reflectors: [r0, r3]
  igp: {protocol: isis, instance: 1, area: "49.0001", level: 2, hello: PT3S}
  srv6: {locator: MAIN, block: "fd00:1::/32", locator_length: 48, static_length: 16, encoding: usid}
  loopbacks: "2001:db8:0:ffff::/64"
  router_ids: 10.255.0.0/16
  links: {prefix: "2001:db8:0:1000::/52", prefix_length: 127, mtu: 9216}
  pools:
    rd: "65000:1000-9999"
    rt: "65000:1000-9999"
    slice_id: 1-4000
    colour: 100-4095
    vlan: 2-4000
    node_id: 0x1-0x3fff
    sid_function: {usid: 0xfe00-0xfeff, classic: 0x4000-0x7fff}
  quarantine: P7D
"""

SLICE = """\
apiVersion: netwright/v1
kind: TenantSlice
metadata: {name: hh, tenant: example}
spec:
  sites:
    - {name: one, node: r0, port: 100GE0/2/0, vlan: 120, addresses: ["10.220.1.1/24"]}
    - {name: two, node: r3, port: 100GE0/2/0, vlan: 120, addresses: ["10.220.2.1/24"]}
  service: l3vpn
  bandwidth: 2G
  constraints: {isolation: hard}
"""
"""A slice with something of its own on every link between the two Huawei routers."""

PORTS = {"r0": "100GE0/2/0", "r1": "cgei-0/2/0/1", "r2": "eth3", "r3": "100GE0/2/0"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One intent, as first asked for and after a change of mind."""

    text: str
    changed: str


def _slice(name: str, one: str, two: str, vlan: int, rate: str) -> str:
    return f"""\
apiVersion: netwright/v1
kind: TenantSlice
metadata: {{name: {name}, tenant: example}}
spec:
  sites:
    - {{name: one, node: {one}, port: {PORTS[one]}, vlan: {vlan}, addresses: ["10.{vlan}.1.1/24"]}}
    - {{name: two, node: {two}, port: {PORTS[two]}, vlan: {vlan}, addresses: ["10.{vlan}.2.1/24"]}}
  service: l3vpn
  bandwidth: {rate}
  constraints: {{isolation: soft, minimum_grade: emulated}}
"""


def _line(name: str, base: str) -> str:
    return f"""\
apiVersion: netwright/v1
kind: ElasticLine
metadata: {{name: {name}, tenant: example}}
spec:
  endpoints:
    a: {{node: r2, port: eth3, vlan: 103, addresses: ["10.203.1.1/24"]}}
    z: {{node: r3, port: 100GE0/2/0, vlan: 103, addresses: ["10.203.2.1/24"]}}
  service: l3vpn
  bandwidth: {{base: {base}, max: 5G, step: 100M}}
  constraints: {{isolation: soft, minimum_grade: emulated}}
"""


def _rdma(name: str, rate: str) -> str:
    return f"""\
apiVersion: netwright/v1
kind: LosslessRdmaPath
metadata: {{name: {name}, tenant: example}}
spec:
  endpoints:
    a: {{node: r0, port: 100GE0/2/0, vlan: 102, addresses: ["10.202.1.1/24"]}}
    z: {{node: r3, port: 100GE0/2/0, vlan: 102, addresses: ["10.202.2.1/24"]}}
  service: l3vpn
  traffic: {{bandwidth: {rate}, direction: both, mtu: 4200, dscp: 26, udp_port: 4791}}
  slo: {{loss: 1e-5, goodput_ratio: 0.95, one_way_delay_ms: 2.5}}
  lossless: {{granularity: queue, max_subflows: 4}}
  constraints: {{isolation: hard, minimum_grade: emulated, diversity: node}}
  protection: hot-standby
"""


def _deterministic(name: str, burst: int) -> str:
    return f"""\
apiVersion: netwright/v1
kind: DeterministicService
metadata: {{name: {name}, tenant: example}}
spec:
  endpoints:
    a: {{node: r0, port: 100GE0/2/0, vlan: 104, addresses: ["10.204.1.1/24"]}}
    z: {{node: r3, port: 100GE0/2/0, vlan: 104, addresses: ["10.204.2.1/24"]}}
  service: l3vpn
  traffic: {{bandwidth: 50M, direction: both, burst_bytes: {burst}, max_packet_bytes: 1500, dscp: 46}}
  slo: {{one_way_delay_ms: 10.0, jitter_ms: 0.5, loss: 1e-5}}
  constraints: {{isolation: soft, minimum_grade: emulated}}
"""


POOL = {
    "hz": Asked(_slice("hz", "r0", "r1", 111, "2G"), _slice("hz", "r0", "r1", 111, "3G")),
    "hf": Asked(_slice("hf", "r2", "r3", 112, "1G"), _slice("hf", "r2", "r3", 113, "1G")),
    "zh": Asked(_slice("zh", "r1", "r3", 114, "1G"), _slice("zh", "r1", "r3", 114, "500M")),
    "line": Asked(_line("line", "100M"), _line("line", "300M")),
    "rdma": Asked(_rdma("rdma", "10G"), _rdma("rdma", "20G")),
    "det": Asked(_deterministic("det", 15000), _deterministic("det", 30000)),
}
"""Intents over all platforms: hz and zh end on ZTE, hf and line on FRR, rdma crosses Huawei with a standby."""


DEVICE_OF = {"huawei": "r0", "zte": "r1", "frr": "r2"}
"""The device that each platform's faults are tried on; r3 is the healthy one beside it."""


PLATFORMS = ("huawei", "zte", "frr")
PATIENCE_S = 5
"""How long tests wait for a device that does not answer, seconds."""


@dataclass
class Lab:
    """A network's folder with the emulated devices that serve it."""

    root: Path
    emulated: EmulatedNetwork
    baseline: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.baseline = self.running()

    # ---- files

    @property
    def network(self) -> Network:
        """The folder, read anew."""
        return open_network(self.root)

    def want(self, *names: str, changed: Sequence[str] = ()) -> None:
        """Make the intents exactly these of the pool (and the Fabric, when there are any)."""
        folder = self.root / "intents"
        shutil.rmtree(folder)
        folder.mkdir()
        if names:
            (folder / "fabric.yaml").write_text(FABRIC, encoding="utf-8")
        for name in names:
            if name != "fabric":
                text = POOL[name].changed if name in changed else POOL[name].text
                (folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    @property
    def ledger(self) -> str:
        """The ledger's text."""
        path = self.root / "state" / "ledger.yaml"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @property
    def journal_open(self) -> bool:
        """Whether a run is unfinished."""
        return unfinished(self.root / "state" / "journal") is not None

    # ---- verbs

    @property
    def wish(self) -> Wish:
        """What most tests wish for."""
        return Wish(self.root, emulated=True)

    def plan(self, wish: Wish | None = None) -> Plan:
        """Plan."""
        return app.plan(wish or self.wish)

    def apply(self, wish: Wish | None = None, confirm_timeout_s: int = 120) -> Done:
        """Plan and apply."""
        return app.apply(wish or self.wish, self.plan(wish), confirm_timeout_s)

    def applied(self, *names: str, changed: Sequence[str] = ()) -> Done:
        """Want these and apply; it has to succeed."""
        self.want(*names, changed=changed)
        done = self.apply()
        assert done.outcome.exit_code == 0, done.outcome
        return done

    def recover(self) -> Outcome | None:
        """What every apply and rollback begins with."""
        return app.recover(self.wish)

    # ---- devices

    def break_(self, *faults: str) -> None:
        """From now on these go wrong (`DEVICE:KIND[@STEP]`)."""
        for device, found in parse_faults(faults, self.emulated.devices).items():
            sabotage = self.emulated.devices[device]._sabotage
            sabotage._faults += Sabotage(found)._faults

    def heal(self) -> None:
        """Nothing goes wrong any more, and what had died is up again."""
        for name, device in self.emulated.devices.items():
            device._sabotage._faults.clear()
            self.emulated.restart(name)

    def running(self) -> dict[str, str]:
        """What every device runs, read behind its back."""
        return {name: self.emulated.running(name) for name in self.emulated.devices}

    def trees(self) -> dict[str, Tree]:
        """What every device runs, as netwright reads it."""
        with site(self.wish) as here:
            return {name: seen.tree for name, seen in here.look(silent).items()}

    def differing(self, before: Mapping[str, str]) -> list[str]:
        """The devices that do not run `before`, byte for byte."""
        return [name for name, text in self.running().items() if text != before[name]]


class booted:  # noqa: N801 - reads as a sentence
    """A context: a copy of `template` in `root`, emulated."""

    def __init__(self, template: Path, root: Path, faults: Sequence[str] = ()) -> None:
        shutil.copytree(template, root)
        network = open_network(root)
        state = root / "state" / "emulator"
        self._emulated = EmulatedNetwork(network.topology, network.baseline_texts, state, faults, keep=False)
        self._root = root

    def __enter__(self) -> Lab:
        return Lab(self._root, self._emulated.__enter__())

    def __exit__(self, *reason: object) -> None:
        self._emulated.__exit__(None, None, None)


def impatient(patch: pytest.MonkeyPatch) -> None:
    """Devices that do not answer are given up soon; a promise that is not kept is not waited for long."""
    read = Network.endpoints

    def quick(network: Network, emulated: Mapping[str, Endpoint] | None = None) -> dict[str, Endpoint]:
        found = read(network, emulated)
        return {
            name: Endpoint(end.hostname, end.port, end.username, end.password, PATIENCE_S)
            for name, end in found.items()
        }

    patch.setattr(Network, "endpoints", quick)
    patch.setattr("netwright.app.verifying.CONVERGENCE_S", 3.0)


Boot = Callable[..., Lab]


@contextmanager
def somebody(lab: Lab, device: str) -> Iterator[Driver]:
    """Another person's session to a device."""
    end = lab.emulated.endpoints[device]
    options = {"port": end.port, "name": device, "hostkey_verify": False}
    made = driver_class(lab.network.topology.nodes[device].platform)
    driver = made(end.hostname, end.username, end.password, 10, options)
    driver.open()
    try:
        yield driver
    finally:
        driver.close()


def typed(driver: Driver, lab: Lab, path: Path_, value: str | None) -> None:
    """Somebody writes a leaf (None: deletes it) into the candidate."""
    platform = lab.network.platforms[driver.name]
    tree = lab.trees()[driver.name]
    after = {key: old for key, old in tree.items() if key != path} | ({} if value is None else {path: value})
    text = join_parts(change_parts(platform, between(tree, after)))
    if driver.platform != "zte":
        driver.load_merge_candidate(config=text)
        return
    driver._session.configure()
    for line in filter(str.strip, text.splitlines()):
        driver._session.must(line)


COMMIT = {
    "huawei": lambda driver: driver._commit(),
    "zte": lambda driver: (driver._session.must("commit"), driver._session.leave()),
    "frr": lambda driver: (driver.validate(), driver._push()),
}
"""How a person makes a change last, with no mark of netwright's on it."""


def changed_by_hand(lab: Lab, device: str, path: Path_, value: str | None) -> None:
    """Somebody changes a leaf on a device, by its own protocol."""
    with somebody(lab, device) as driver:
        typed(driver, lab, path, value)
        COMMIT[driver.platform](driver)


def trunk_description(lab: Lab, device: str) -> tuple[Path_, str]:
    """A leaf that the Fabric wants on every platform, with its value."""
    wanted = lab.plan().devices[device].wanted
    return next((path, leaf.value) for path, leaf in wanted.items() if path[-1] == "description")


class Controller:
    """Runs the verbs in processes of their own (`controller.py`)."""

    def __init__(self, out: Path) -> None:
        self.out = out
        program = Path(__file__).with_name("controller.py")
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([sys.executable, str(program)], stdin=pipe, stdout=pipe, text=True)

    def run(self, **job: object) -> int:
        """The exit code, or minus the signal that ended it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({**job, "out": str(self.out)}) + "\n")
        self._process.stdin.flush()
        return int(json.loads(self._process.stdout.readline())["code"])

    def apply(self, lab: Lab, kill: tuple[str, int] | None = None) -> int:
        """`netwright apply --emulated --yes`."""
        return self.run(argv=["-C", str(lab.root), "apply", "--emulated", "--yes"], kill=kill)

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
