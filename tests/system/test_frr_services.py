"""FRR through the whole chain: an older release of it, and a path that is protected, changes over and comes back."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import cast

import pytest
import yaml
from system_support import POOL, Lab, booted, impatient, somebody

from netwright.drivers.base import Topic
from netwright.emulator.frr import FrrDevice

FAR = "10.203.2.0/24"
PROTECTED = (
    POOL["line"]
    .text.replace("name: line", "name: safe")
    .replace("minimum_grade: emulated}", "minimum_grade: emulated, diversity: link}\n  protection: hot-standby")
)


def older(template: Path, folder: Path) -> Path:
    """The network with an FRR 10.3: its host says so, and its box runs it."""
    shutil.copytree(template, folder)
    baseline, hosts = folder / "inventory" / "baseline" / "r2.cfg", folder / "inventory" / "hosts.yaml"
    baseline.write_text(f"frr version 10.3\n{baseline.read_text(encoding='utf-8')}", encoding="utf-8")
    said = yaml.safe_load(hosts.read_text(encoding="utf-8"))
    said["r2"].setdefault("data", {})["model"] = "frr-10.3"
    hosts.write_text(yaml.safe_dump(said), encoding="utf-8")
    return folder


def test_an_older_release_is_driven_in_its_words(
    small_network: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch)
    with booted(older(small_network, tmp_path / "older"), tmp_path / "net") as lab:
        lab.applied("hf", "line")
        text = lab.running()["r2"]
        assert "frr version 10.3" in text
        assert "sid vpn per-vrf export 65024" in text
        assert " explicit " not in text
        assert not lab.plan().changes
        lab.applied()
        assert lab.differing(lab.baseline) == []


def test_a_protected_path_changes_over_and_comes_back(lab: Lab) -> None:
    lab.want("fabric")
    (lab.root / "intents" / "safe.yaml").write_text(PROTECTED, encoding="utf-8")
    done = lab.apply()
    assert done.outcome.exit_code == 0, done.outcome
    working, port = way(lab), first_port(lab)
    pull(lab, port, up=False)
    standby = way(lab)
    assert len({working, standby, ""}) == 3
    pull(lab, port, up=True)
    assert way(lab) == working
    lab.applied()
    assert lab.differing(lab.baseline) == []


def way(lab: Lab) -> str:
    """The segments that packets to the far end get now."""
    with somebody(lab, "r2") as driver:
        rows = driver.collect(Topic.ROUTES)
    return next((str(row["sids"]) for row in rows if row["prefix"] == FAR and row["protocol"] == "static"), "")


def first_port(lab: Lab) -> str:
    """The interface of the nearer route."""
    found = re.search(rf"ip route {FAR} (\S+) segments", lab.running()["r2"])
    assert found
    return found[1]


def pull(lab: Lab, port: str, *, up: bool) -> None:
    """A cable is pulled, or plugged in again."""
    box = cast("FrrDevice", lab.emulated.devices["r2"]).box
    box.kernel.links[port].up = up
    box.version += 1
