"""A libyang to order, networks whose routers are all Huawei's, and what the stage `yang` needs from its user."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

import brought
from netwright.app.planning import plan_of
from netwright.app.site import network_of, offline_view
from netwright.plan.model import Plan
from netwright.render.baseline import baseline
from netwright.wish import Wish
from netwright.workspace import Network, open_network

ROOT = Path(__file__).parents[2]
FAKE = Path(__file__).with_name("fake_yanglint.py")
SAMPLES = ROOT / "tests" / "data" / "huawei"
TOPOLOGIES = sorted((ROOT / "tests" / "data" / "topologies").glob("*.gml"))

PORTS = {r"\beth(\d+)\b": r"100GE0/9/\1", r"\bcd?gei-0/(\d)/0/(\d+)": r"100GE0/1\1/\2"}
"""What the ports of the other platforms are called on a Huawei."""


modules = brought.modules
"""The folder of the vendor's modules."""


def yanglint() -> str:
    """The command of a libyang that is fit."""
    return brought.program("NETWRIGHT_YANGLINT", "yanglint")


def all_huawei(to: Path) -> Network:
    """The reference network, with every router one of Huawei's: ports renamed, baselines made as `init` makes them."""
    for part in ("intents", "inventory"):
        shutil.copytree(ROOT / part, to / part)
    for file in (to / "inventory" / "topology.yaml", *(to / "intents").rglob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        for pattern, name in PORTS.items():
            text = re.sub(pattern, name, text)
        text = re.sub(r"(?m)^(\s+platform: )(?:zte|frr)$", r"\1huawei", text)
        text = re.sub(r"(?m)^(\s+model: )\"(?:ZXCTN|FRR).*$", r'\1"NE40E-X8A V800R022C00"', text)
        file.write_text(text, encoding="utf-8")
    hosts = to / "inventory" / "hosts.yaml"
    hosts.write_text(re.sub(r"groups: \[(?:zte|frr)\]", "groups: [huawei]", hosts.read_text(encoding="utf-8")))
    for file in (to / "inventory" / "baseline").iterdir():
        if file.suffix != ".xml":
            file.unlink()
    _write_baselines(open_network(to))
    return open_network(to)


def _write_baselines(network: Network) -> None:
    fabric = network.intents.fabric
    assert fabric is not None
    for name, node in network.topology.nodes.items():
        if name not in network.baseline_texts:
            parts = baseline(node, network.topology, fabric, network.platforms[name], network.templates)
            (network.root / "inventory" / "baseline" / f"{name}.xml").write_text(parts["xml"], encoding="utf-8")


def planned(network: Network, at: datetime | None = None) -> tuple[Network, Plan]:
    """The offline plan from the baselines to everything that the intents ask for, now or at an instant."""
    wish = Wish(network.root, at=at, offline=True, allow_unverified=True)
    again = network_of(wish)
    return again, plan_of(again, wish, offline_view(again))


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to a file of a network: `old` is found exactly once."""

    file: str
    old: str
    new: str

    def make(self, root: Path) -> None:
        """Make it."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, f"{self.file}: {self.old!r} is there {text.count(self.old)} times"
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


def inventory_names(root: Path, folders: Mapping[str, str]) -> None:
    """Let the inventory name the modules of some hosts."""
    path = root / "inventory" / "hosts.yaml"
    hosts = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name, folder in folders.items():
        hosts[name].setdefault("data", {})["yang"] = folder
    path.write_text(yaml.safe_dump(hosts), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Fake:
    """What the fake yanglint says."""

    folder: Path

    @property
    def command(self) -> str:
        """The command line that starts it."""
        return shlex.join([sys.executable, str(FAKE)])

    def says(self, **what: object) -> None:
        """Let it say this: `version`, `documents` (PATTERN -> lines) or `modules` (NAME -> lines)."""
        (self.folder / "says.json").write_text(json.dumps(what))

    @property
    def asked(self) -> list[str]:
        """What it was asked."""
        return (self.folder / "log").read_text().splitlines()


def write_module(folder: Path, name: str, namespace: str, body: str = "") -> None:
    """Write a module."""
    folder.mkdir(parents=True, exist_ok=True)
    text = f'module {name} {{\n  namespace "{namespace}";\n  prefix p;\n  revision 2022-01-01;\n{body}}}\n'
    (folder / f"{name}.yang").write_text(text)
