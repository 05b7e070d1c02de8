"""What this machine has for a lab, what it lacks, and how to get it. Tried wherever trying is cheap, never assumed.

`gather` is the edge: it runs programs. `judge` is pure: facts in, findings and the way that the lab will take out.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from netwright.lab import images, qemu

FEATURES: Final[Mapping[str, str]] = {
    "vrf": "ip link add nwt type vrf table 10",
    "dummy": "ip link add nwt type dummy",
    "veth": "ip link add nwt type veth peer name nwu",
    "802.1Q": "ip link add nwd type veth peer name nwe && ip link add link nwd name nwt type vlan id 2",
    "SRv6": "ip link set lo up && ip -6 route add fc00:1::/64 encap seg6 mode encap segs fc00::1 dev lo",
    "htb": "tc qdisc add dev lo root handle 1: htb",
    "red": "tc qdisc add dev lo root red limit 100000 min 20000 max 60000 avpkt 1500 bandwidth 10mbit ecn",
    "netem": "tc qdisc add dev lo root netem delay 1ms rate 1mbit",
    "police": "tc qdisc add dev lo clsact && tc filter add dev lo ingress protocol all prio 1 u32 match u32 0 0"
    " action police rate 1mbit burst 16Kb drop",
    "mirred": "tc qdisc add dev lo clsact && tc filter add dev lo ingress protocol all matchall action mirred"
    " egress redirect dev lo",
    "nftables": "nft add table inet nwt",
}
"""What the routers of a lab need of the kernel under them -> how it is tried, in a network namespace of its own."""

SECONDS: Final = 20


class Way(StrEnum):
    """How a lab can run here."""

    NATIVE = "native"  # containers of this machine's docker
    MACHINE = "machine"  # in a virtual machine that is built and started for it
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found. Versions are "" where there is none."""

    root: bool = False
    kernel: str = ""
    docker: str = ""  # of the engine that answered
    containerlab: str = ""
    qemu: str = ""
    kvm_device: bool = False
    accel: str = "tcg"
    tools: frozenset[str] = frozenset()
    features: Mapping[str, bool] = field(default_factory=dict)
    machine_built: bool = False
    router_built: bool = False


TOOLS: Final[Mapping[str, str]] = {
    "ssh": "openssh-client", "ssh-keygen": "openssh-client", "debootstrap": "debootstrap", "mke2fs": "e2fsprogs",
    "unshare": "util-linux",
}  # fmt: skip
"""Program -> the Debian package that has it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One finding. `remedy` is what to do about it, where something can be done."""

    what: str
    good: bool
    said: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The way that `lab up` takes here, and why."""

    way: Way
    why: str
    items: tuple[Item, ...]


# ---- pure


def judge(facts: Facts, *, machine: bool = False) -> Judgement:
    """What the facts mean. `machine`: the user wants the virtual machine, whatever there is."""
    items = tuple(_items(facts))
    native, build = _native_lacks(facts), _machine_lacks(facts)
    if not native and not machine:
        return Judgement(Way.NATIVE, "docker answers, and this kernel has what the routers need", items)
    if not build:
        why = "asked for" if machine else f"not on this machine itself: {', '.join(native)}"
        return Judgement(Way.MACHINE, why, items)
    return Judgement(Way.NONE, f"lacks {', '.join(dict.fromkeys([*([] if machine else native), *build]))}", items)


def _native_lacks(facts: Facts) -> list[str]:
    lacks = [] if facts.root else ["root"]
    lacks += [] if facts.docker else ["a docker engine"]
    lacks += [f"{name} in this kernel" for name, works in facts.features.items() if not works]
    return lacks if facts.features else [*lacks, "a look at this kernel"]


def _machine_lacks(facts: Facts) -> list[str]:
    needed = ["ssh", "ssh-keygen"] if facts.machine_built else list(TOOLS)
    lacks = [] if facts.qemu else [qemu.QEMU]
    lacks += [tool for tool in needed if tool not in facts.tools]
    return lacks if facts.machine_built or facts.root else [*lacks, "root, to build the machine once"]


def _items(facts: Facts) -> list[Item]:
    sudo = "run it with sudo -E" if not facts.root else ""
    install = "sudo apt-get install"
    engine = f"{install} docker.io docker-cli; or leave it: the virtual machine has its own"
    items = [
        Item("root", facts.root, "yes" if facts.root else "no", sudo),
        Item("docker", bool(facts.docker), facts.docker or "no engine answers", "" if facts.docker else engine),
        Item("containerlab", bool(facts.containerlab), facts.containerlab or "not on the PATH: the small deployer does"
             " its work", "" if facts.containerlab else "containerlab.dev, Installation"),
    ]  # fmt: skip
    for name, works in facts.features.items():
        remedy = "" if works else "a kernel with this module; or leave it: the virtual machine's has it"
        items.append(Item(f"kernel {name}", works, f"works on {facts.kernel}" if works else "does not work", remedy))
    fast = facts.accel == "kvm"
    dead = "is there, and no guest runs under it" if facts.kvm_device else "no device"
    tried = "a guest ran under it" if fast else dead
    slow = "" if fast else "leave it: the machine is emulated (TCG), about ten times slower"
    items += [
        Item(
            "qemu", bool(facts.qemu), facts.qemu or "not installed", "" if facts.qemu else f"{install} qemu-system-x86"
        ),
        Item("/dev/kvm", fast, tried, slow),
    ]
    for tool, package in TOOLS.items():
        there = tool in facts.tools
        items.append(Item(tool, there, "there" if there else "not installed", "" if there else f"{install} {package}"))
    built = "built" if facts.machine_built else "not built yet: lab up does it, once"
    items.append(Item("machine image", facts.machine_built, built))
    built = "built" if facts.router_built else "not built yet: lab up does it, once"
    items.append(Item("router image", facts.router_built, built))
    return items


# ---- the edge


def gather(recipe: images.Recipe) -> Facts:
    """Look around. Takes some seconds, and changes nothing that outlives it."""
    return Facts(
        root=os.geteuid() == 0,
        kernel=platform.release(),
        docker=_out("docker", "version", "--format", "{{.Server.Version}}"),
        containerlab=_containerlab(),
        qemu=_out(qemu.QEMU, "--version").partition("\n")[0],
        kvm_device=os.path.exists("/dev/kvm"),  # noqa: PTH110 - a device, not a file
        accel=qemu.accelerator() if shutil.which(qemu.QEMU) else "tcg",
        tools=frozenset(tool for tool in TOOLS if shutil.which(tool) or shutil.which(tool, path="/usr/sbin:/sbin")),
        features={name: _works(command) for name, command in FEATURES.items()},
        machine_built=images.find("machine", recipe.machine) is not None,
        router_built=images.find("router", recipe.router) is not None,
    )


def _containerlab() -> str:
    text = _out("containerlab", "version")
    return next(
        (row.split(":", 1)[1].strip() for row in text.splitlines() if "version:" in row), "there" if text else ""
    )


def _works(command: str) -> bool:
    """Whether the kernel takes it, in a namespace that is gone afterwards. A missing module is loaded by this."""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    return _code("unshare", *user, "--net", "sh", "-c", command) == 0


def _out(*words: str) -> str:
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _code(*words: str) -> int:
    try:
        return subprocess.run(words, capture_output=True, timeout=SECONDS, check=False).returncode
    except (OSError, subprocess.SubprocessError):
        return -1
