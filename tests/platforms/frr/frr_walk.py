"""A walk through configurations on FRR's own daemons: `frr_walk.py ROOT SEED STEPS`, inside `daemons.sh`.

Each step wants something else, sends what the pack says, and reads back. It ends where it began. Whatever is refused or
not as wanted is printed, and the exit code is 1. VPNs have no device here, so that only what FRR holds is looked at.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[2]))
from frr_golden import FABRIC, GOLDEN
from netwright.platforms.base import Platform
from netwright.platforms.frr import FRR, FRR_10_3, steps
from netwright.tree import Path as TreePath
from netwright.tree import Tree, between, tree_of

OTHERS = (
    ("to spine1", "somewhere else"),
    ("metric 100", "metric 7"),
    ("hello-interval 1", "hello-interval 2"),
    ("fd00:1:5::", "fd00:1:6::"),
    ("description core1", "description core2"),
    ("65000:1001", "65000:1005"),
    ("explicit fd00:1:5:fe00::", "explicit fd00:1:5:fe0b::"),
    ("10.41.0.9", "10.41.0.8"),
    ("fd00:1:2:fe01::", "fd00:1:3:fe01::"),
)
"""What is said, and what may be said instead."""
PROTECTED = """\
vrf hospital-a
 ipv6 route 2001:db8:33::/64 {0} segments fd00:1:1::/fd00:1:2:fe01:: nexthop-vrf default
 ipv6 route 2001:db8:33::/64 {1} 2 segments fd00:1:3::/fd00:1:2:fe01:: nexthop-vrf default
exit-vrf
"""
BY_ITSELF = ("hostname", "frr", "service", "log")


class Walk:
    """The daemons under one root folder."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root, self.random = root, Random(seed)
        self.pack: Platform = FRR_10_3 if "FRRouting 10.3" in self.vtysh("-c", "show version")[1] else FRR
        self.wrong = 0

    def vtysh(self, *words: str) -> tuple[int, str]:
        """A command, its exit code and what it said."""
        done = subprocess.run(["chroot", str(self.root), "vtysh", *words], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def running(self) -> dict[TreePath, str]:
        """What FRR runs, less what it says of itself."""
        found = tree_of(self.pack.parse(self.vtysh("-c", "show running-config")[1], "cfg"))
        return {path: value for path, value in found.items() if path[0].split()[0] not in BY_ITSELF}

    def wanted(self) -> dict[TreePath, str]:
        """Somewhere to go."""
        text = "".join(self.texts())
        for said, other in OTHERS:
            text = text.replace(said, self.random.choice((said, other)))
        return {path: value for path, value in tree_of(self.pack.parse(text, "cfg")).items() if path[0] != "linux"}

    def texts(self) -> Iterator[str]:
        """The fabric mostly, then VPNs and routes of them."""
        for name in FABRIC if self.random.random() < 0.8 else ():
            yield (GOLDEN / f"{name}.cfg").read_text()
        for vrf, sid in (("hospital-a", "fe00"), ("bank", "fe01")):
            chosen = [
                name for name in ("static_route", "segment_route", "segment_route-ipv6") if self.random.random() < 0.5
            ]
            for name in ("vrf", *chosen) if self.random.random() < 0.6 else ():
                yield (GOLDEN / f"{name}.cfg").read_text().replace("hospital-a", vrf).replace(":fe00::", f":{sid}::")
        if self.random.random() < 0.5:
            yield PROTECTED.format(*self.random.sample(("eth1", "eth2"), 2))

    def go(self, wanted: Tree) -> None:
        """From what runs to what is wanted, as the driver goes."""
        for delta in self.pack.sequence(between(self.running(), wanted)):
            for part, step, text in steps.in_order({part: self.pack.change(delta, part) for part in self.pack.parts}):
                if part == "cfg":
                    self.send(step, text)
        if rest := between(self.running(), wanted):
            self.complain(f"not as wanted: {rest.add} {rest.replace} {list(rest.remove)}")

    def send(self, step: str, text: str) -> None:
        """One file."""
        (self.root / "tmp" / "step.cfg").write_text(text)
        code, said = self.vtysh("-f", "/tmp/step.cfg")
        if code or "% Configuration failed" in said:
            self.complain(f"{step} refused ({code}): {said}\n{text}")

    def complain(self, what: str) -> None:
        """Something is wrong."""
        self.wrong += 1
        sys.stdout.write(f"{what}\n")


def main(root: str, seed: str, count: str) -> int:
    """There and back again."""
    walk = Walk(Path(root), int(seed))
    start = walk.running()
    for _ in range(int(count)):
        walk.go({**start, **walk.wanted()})
    walk.go(start)
    left = subprocess.run(["ip", "-6", "route", "show"], capture_output=True, text=True, check=False).stdout
    if "seg6" in left:
        walk.complain(f"left in the FIB: {left}")
    return bool(walk.wrong)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
