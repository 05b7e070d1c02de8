"""The emulated Linux below FRR: links, addresses, routes, sysctls and queueing, with the kernel's own refusals.

It understands the command forms listed here and refuses every other by name; what it prints is JSON as iproute2 7.2
prints it, as far as somebody could ask for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_interface
from typing import Final

from netwright.emulator.frr.nft import Nft


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int = 0
    out: str = ""
    err: str = ""


OK: Final = Answer()


def failed(message: str, code: int = 2) -> Answer:
    """A refusal in the kernel's words."""
    return Answer(code, "", f"{message}\n")


@dataclass(slots=True)
class Link:
    """A network interface."""

    name: str
    kind: str = "veth"  # veth | vrf | vlan | dummy | loopback
    index: int = 0
    parent: str = ""
    number: int = 0  # VLAN id, or the VRF's table
    mtu: int = 1500
    up: bool = False
    master: str = ""
    addresses: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Qdisc:
    """A queueing discipline with its options, as JSON prints them."""

    kind: str
    handle: str
    parent: str  # "root" or a class
    options: dict[str, int | str | bool]


@dataclass(slots=True)
class HtbClass:
    """An HTB class; rates in byte/s, as the kernel counts."""

    classid: str
    parent: str
    prio: int
    rate: int
    ceil: int


_SYSCTL_KEY = re.compile(
    r"net/(vrf/strict_mode|ipv4/ip_forward|ipv6/conf/(?P<dev>[^/]+)/(?P<leaf>seg6_enabled|forwarding))"
)


class Kernel:
    """The state of one Linux network stack."""

    def __init__(self) -> None:
        self.links: dict[str, Link] = {"lo": Link("lo", "loopback", 1, mtu=65536, up=True)}
        self.routes: set[tuple[str, str, int, int]] = set()  # (family, TYPE PREFIX, table, metric)
        self.segment_routes: dict[tuple[str, str], tuple[tuple[str, ...], str]] = {}  # (VRF, prefix): SIDs, interface
        self.sysctls: dict[str, int] = {}
        self.qdiscs: dict[tuple[str, str], Qdisc] = {}
        self.classes: dict[tuple[str, str], HtbClass] = {}
        self.clsact: dict[str, tuple[int, int] | None] = {}  # device -> (rate in bit/s, burst in bytes) of its policer
        self.nft = Nft()

    def port(self, name: str) -> None:
        """Plug in a physical port."""
        self.links.setdefault(name, Link(name, index=len(self.links) + 1))

    def exists(self, name: str) -> bool:
        """Whether there is such an interface."""
        return name in self.links

    def run(self, words: Sequence[str]) -> Answer:
        """Run a command that changes something; None of these prints."""
        if words[0] == "nft":
            return Answer(*self.nft.run(" ".join(words[1:])))
        if words[:2] == ["sysctl", "-w"] and len(words) > 3:
            found = [self.run(["sysctl", "-w", pair]) for pair in words[2:]]
            out, err = ("".join(said) for said in zip(*((one.out, one.err) for one in found), strict=True))
            return Answer(max(one.code for one in found), out, err)
        line = " ".join(words)
        for pattern, action in _ACTIONS:
            if match := pattern.fullmatch(line):
                return action(self, *match.groups())
        return Answer(127, "", f"emulated box: {line!r} is not a command that it knows\n")

    def batch(self, words: Sequence[str], text: str) -> Answer:
        """`ip [-4|-6] -batch FILE`, `tc -batch FILE`: up to the first that fails; `nft -f FILE`: all, or none."""
        program, *options, _, path = words
        if program == "nft":
            return Answer(*self.nft.run_file(path, text))
        for number, line in enumerate(text.splitlines(), 1):
            answer = self.run([program, *options, *line.split()])
            if answer.code:  # what is no argument at all ends the program before it says where
                at = "" if answer.code == 255 else f"Command failed {path}:{number}\n"
                return Answer(255 if answer.code == 255 else 1, "", answer.err + at)
        return OK

    # ---- links ----

    def add_link(self, parent: str | None, name: str, kind: str, number: str | None) -> Answer:
        """`ip link add`."""
        if name in self.links:
            return failed("RTNETLINK answers: File exists")
        if parent is not None and parent not in self.links:
            return failed(f'Cannot find device "{parent}"', 1)
        if len(name) > 15:
            return failed(f'Error: argument "{name}" is wrong: "name" not a valid ifname', 255)
        tables = {link.number for link in self.links.values() if link.kind == "vrf"}
        if kind == "vrf" and int(number or 0) in tables and self.sysctls.get("net/vrf/strict_mode"):
            return failed("Error: VRF table is already in use (strict mode).")
        mtu = self.links[parent].mtu if parent else {"vrf": 65575}.get(kind, 1500)
        self.links[name] = Link(name, kind, len(self.links) + 1, parent or "", int(number or 0), mtu)
        return OK

    def del_link(self, name: str) -> Answer:
        """`ip link del`: what lives on the link goes with it."""
        if name not in self.links:
            return failed(f'Cannot find device "{name}"', 1)
        if self.links[name].kind in ("veth", "loopback"):
            return failed("RTNETLINK answers: Operation not supported")
        for child in [link.name for link in self.links.values() if link.parent == name]:
            self.del_link(child)
        for link in self.links.values():
            link.master = "" if link.master == name else link.master
        del self.links[name]
        self.drop_queueing(name)
        self.clsact.pop(name, None)
        self.sysctls = {key: value for key, value in self.sysctls.items() if f"/conf/{name}/" not in key}
        return OK

    def set_mtu(self, name: str, mtu: str) -> Answer:
        """`ip link set ... mtu`: a VLAN is never larger than its parent."""
        if name not in self.links:
            return failed(f'Cannot find device "{name}"', 1)
        link = self.links[name]
        if link.parent and int(mtu) > self.links[link.parent].mtu:
            return failed("RTNETLINK answers: Numerical result out of range")
        link.mtu = int(mtu)
        return OK

    def set_up(self, name: str, state: str) -> Answer:
        """`ip link set ... up|down`."""
        if name not in self.links:
            return failed(f'Cannot find device "{name}"', 1)
        self.links[name].up = state == "up"
        return OK

    def set_master(self, name: str, master: str | None) -> Answer:
        """`ip link set ... master NAME | nomaster`."""
        if name not in self.links:
            return failed(f'Cannot find device "{name}"', 1)
        if master is not None and master not in self.links:
            return failed(f'Error: argument "{master}" is wrong: Device does not exist', 255)
        if master is not None and self.links[master].kind != "vrf":
            return failed("RTNETLINK answers: Operation not supported")
        link = self.links[name]
        if link.up and link.master != (master or ""):  # the kernel takes it down and up again, and IPv6 forgets
            link.addresses = [address for address in link.addresses if ":" not in address]
        link.master = master or ""
        return OK

    def add_address(self, address: str, name: str) -> Answer:
        """`ip address add`."""
        if name not in self.links:
            return failed(f'Cannot find device "{name}"', 1)
        shown = str(ip_interface(address))
        if shown in self.links[name].addresses:
            return failed(
                "Error: ipv4: Address already assigned." if "." in shown else "RTNETLINK answers: File exists"
            )
        self.links[name].addresses.append(shown)
        return OK

    def del_address(self, address: str, name: str) -> Answer:
        """`ip address del`."""
        if name not in self.links:
            return failed(f'Cannot find device "{name}"', 1)
        shown = str(ip_interface(address))
        if shown not in self.links[name].addresses:
            return failed(
                "Error: ipv4: Address not found."
                if "." in shown
                else "RTNETLINK answers: Cannot assign requested address"
            )
        self.links[name].addresses.remove(shown)
        return OK

    # ---- routes and sysctls ----

    def route(self, family: str, verb: str, what: str, table: str, metric: str) -> Answer:
        """`ip -4|-6 route add|del unreachable default|throw PREFIX table T metric M`."""
        route = (family, what, int(table), int(metric))
        if verb == "add" and route in self.routes:
            return failed("RTNETLINK answers: File exists")
        if verb == "del" and route not in self.routes:
            return failed("RTNETLINK answers: No such process")
        (self.routes.add if verb == "add" else self.routes.remove)(route)
        return OK

    def segment_route(self, verb: str, prefix: str, segs: str | None, port: str | None, vrf: str) -> Answer:
        """`ip -4 route add|replace|del PREFIX [encap seg6 ...] vrf NAME metric 10`."""
        if vrf not in self.links or self.links[vrf].kind != "vrf":
            return failed(f'Error: argument "{vrf}" is wrong: Invalid VRF', 255)
        if port is not None and port not in self.links:
            return failed(f'Cannot find device "{port}"', 1)
        if verb == "add" and (vrf, prefix) in self.segment_routes:
            return failed("RTNETLINK answers: File exists")
        if verb == "del" and self.segment_routes.pop((vrf, prefix), None) is None:
            return failed("RTNETLINK answers: No such process")
        if segs is not None and port is not None:
            self.segment_routes[vrf, prefix] = tuple(segs.split(",")), port
        return OK

    def sysctl(self, key: str, value: str) -> Answer:
        """`sysctl -w KEY=VALUE`."""
        if not self.has_sysctl(key):
            return failed(f"sysctl: cannot stat /proc/sys/{key}: No such file or directory", 1)
        self.sysctls[key] = int(value)
        return Answer(0, f"{key.replace('/', '.')} = {value}\n")

    def has_sysctl(self, key: str) -> bool:
        """Keys outside the few that matter are not there, nor those of a module that nobody has loaded."""
        match = _SYSCTL_KEY.fullmatch(key)
        device = match["dev"] if match else None
        no_vrf = key == "net/vrf/strict_mode" and not any(link.kind == "vrf" for link in self.links.values())
        return bool(match) and (not no_vrf or key in self.sysctls) and device in (None, "all", *self.links)

    # ---- queueing ----

    def add_root(self, name: str, handle: str, default: str) -> Answer:
        """`tc qdisc replace ... root ... htb`: HTB cannot be changed in place."""
        if name not in self.links:
            return failed(f'Cannot find device "{name}"', 1)
        if (name, "root") in self.qdiscs:
            return failed("Error: Change operation not supported by specified qdisc.")
        self.qdiscs[name, "root"] = Qdisc("htb", handle, "root", {"r2q": 10, "default": f"0x{int(default, 16):x}"})
        return OK

    def del_root(self, name: str) -> Answer:
        """`tc qdisc del ... root`: classes and leaves go with it."""
        if name not in self.links:
            return failed(f'Cannot find device "{name}"', 1)
        if (name, "root") not in self.qdiscs:
            return failed("Error: Cannot delete qdisc with handle of zero.")
        self.drop_queueing(name)
        return OK

    def drop_queueing(self, name: str) -> None:
        """Forget all queueing of an interface."""
        self.qdiscs = {key: value for key, value in self.qdiscs.items() if key[0] != name}
        self.classes = {key: value for key, value in self.classes.items() if key[0] != name}

    def add_clsact(self, name: str) -> Answer:
        """`tc qdisc replace ... clsact`."""
        if name not in self.links:
            return failed(f'Cannot find device "{name}"', 1)
        self.clsact.setdefault(name, None)
        return OK

    def del_clsact(self, name: str) -> Answer:
        """`tc qdisc del ... clsact`: its filters go with it."""
        if name not in self.clsact:
            return failed("Error: Invalid handle.")
        del self.clsact[name]
        return OK

    def add_policer(self, name: str, rate: str, unit: str, burst: str) -> Answer:
        """`tc filter add ... ingress ... u32 ... action police`."""
        if name not in self.clsact:
            return failed("Error: Parent Qdisc doesn't exists.")
        self.clsact[name] = (int(rate) * 1000 ** " KMGT".index(unit or " "), int(burst) * 1024)
        return OK

    def del_policer(self, name: str) -> Answer:
        """`tc filter del ... ingress prio 1`."""
        if self.clsact.get(name) is None:
            return failed("Error: Cannot find specified filter chain.")
        self.clsact[name] = None
        return OK

    def add_class(self, name: str, parent: str, classid: str, prio: str | None, rate: str, ceil: str) -> Answer:
        """`tc class replace ... htb`."""
        if name not in self.links:
            return failed(f'Cannot find device "{name}"', 1)
        root = self.qdiscs.get((name, "root"))
        if root is None or not classid.startswith(root.handle):
            return failed("RTNETLINK answers: No such file or directory")
        if parent != root.handle and (name, parent) not in self.classes:
            return failed("Error: Failed to find specified parent class.")
        self.qdiscs.pop((name, parent), None)  # a class with a child is no leaf: the discipline that it had goes
        self.classes[name, classid] = HtbClass(classid, parent, int(prio or 0), int(rate) // 8, int(ceil) // 8)
        return OK

    def del_class(self, name: str, classid: str) -> Answer:
        """`tc class del`: not while it has children."""
        if name not in self.links:
            return failed(f'Cannot find device "{name}"', 1)
        if (name, classid) not in self.classes:
            return failed("RTNETLINK answers: No such file or directory")
        if any(key[0] == name and one.parent == classid for key, one in self.classes.items()):
            return failed("Error: HTB class in use.")
        del self.classes[name, classid]
        self.qdiscs.pop((name, classid), None)
        return OK

    def add_leaf(self, name: str, classid: str, handle: str, kind: str, options: str) -> Answer:
        """`tc qdisc replace ... parent CLASS ... bfifo|red`."""
        if name not in self.links:
            return failed(f'Cannot find device "{name}"', 1)
        if (name, classid) not in self.classes:
            return failed("Error: Failed to find specified qdisc.")
        if any(key[0] == name and one.parent == classid for key, one in self.classes.items()):
            return failed("RTNETLINK answers: Invalid argument")
        if (there := self.qdiscs.get((name, classid))) and there.kind != kind:
            return failed("Error: Invalid qdisc name: must match existing qdisc.")
        words = options.split()
        numbers = dict(zip(words[::2], words[1::2], strict=False))
        kept: dict[str, int | str | bool] = {
            word: int(numbers[word]) for word in ("limit", "min", "max") if word in numbers
        }
        if kind == "red":
            kept |= {"ecn": "ecn" in words, "harddrop": False, "adaptive": False, "nodrop": False}
        self.qdiscs[name, classid] = Qdisc(kind, handle, classid, kept)
        return OK

    def del_leaf(self, name: str, classid: str) -> Answer:
        """`tc qdisc del ... parent CLASS`."""
        if self.qdiscs.pop((name, classid), None) is None:
            return failed("Error: Failed to find qdisc with specified parent.")
        return OK


_Action = Callable[..., Answer]


def _action(pattern: str, action: _Action) -> tuple[re.Pattern[str], _Action]:
    return re.compile(pattern), action


_ACTIONS: Final = (
    _action(r"ip link add(?: link (\S+))? name (\S+) type (vrf|dummy|vlan)(?: (?:table|id) (\d+))?", Kernel.add_link),
    _action(r"ip link del dev (\S+)", Kernel.del_link),
    _action(r"ip link set dev (\S+) mtu (\d+)", Kernel.set_mtu),
    _action(r"ip link set dev (\S+) (up|down)", Kernel.set_up),
    _action(r"ip link set dev (\S+) (?:master (\S+)|nomaster)", Kernel.set_master),
    _action(r"ip address add (\S+) dev (\S+)", Kernel.add_address),
    _action(r"ip address del (\S+) dev (\S+)", Kernel.del_address),
    _action(r"ip (-4|-6) route (add|del) (unreachable default|throw \S+) table (\d+) metric (\d+)", Kernel.route),
    _action(
        r"ip -4 route (add|replace|del) ([0-9.]+/\d+)(?: encap seg6 mode encap segs (\S+) dev (\S+))? vrf (\S+) "
        r"metric 10",
        Kernel.segment_route,
    ),
    _action(r"sysctl -w ([\w./-]+)=(-?\d+)", Kernel.sysctl),
    _action(r"tc qdisc replace dev (\S+) root handle ([0-9a-f]+:) htb default (\w+)", Kernel.add_root),
    _action(r"tc qdisc del dev (\S+) root", Kernel.del_root),
    _action(
        r"tc class replace dev (\S+) parent (\S+) classid (\S+) htb(?: prio (\d+))? rate (\d+)bit ceil (\d+)bit",
        Kernel.add_class,
    ),
    _action(r"tc class del dev (\S+) classid (\S+)", Kernel.del_class),
    _action(r"tc qdisc replace dev (\S+) parent (\S+) handle ([0-9a-f]+:) (bfifo|red) (.+)", Kernel.add_leaf),
    _action(r"tc qdisc del dev (\S+) parent (\S+)", Kernel.del_leaf),
    _action(r"tc qdisc replace dev (\S+) clsact", Kernel.add_clsact),
    _action(r"tc qdisc del dev (\S+) clsact", Kernel.del_clsact),
    _action(
        r"tc filter add dev (\S+) ingress protocol all prio 1 u32 match u32 0 0 action police "
        r"rate (\d+)([KMGT]?)bit burst (\d+)Kb mtu 65535 drop",
        Kernel.add_policer,
    ),
    _action(r"tc filter del dev (\S+) ingress prio 1", Kernel.del_policer),
)
