"""The texts that a lab is started from, held against golden files: containerlab's file, scripts, inventory.

To write them anew after a change: NETWRIGHT_GOLDEN=write pytest tests/lab/test_lab_texts.py, and read the difference.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from lab_networks import RING, drawn

from netwright.diagnostics import Diagnostics
from netwright.errors import Refused
from netwright.lab.clabfile import clab_text, wires_script
from netwright.lab.deploy import (
    container_body,
    down_script,
    ends_elsewhere,
    network_body,
    plug_again_script,
    plug_script,
    read_clab,
)
from netwright.lab.folder import Door, baselines, box_files, network_files, release
from netwright.lab.hosts import script, tenants
from netwright.services.model import Attachment, StaticRoute
from netwright.topology.inventory import load_inventory, match
from netwright.topology.load import load_topology
from netwright.workspace import open_network

GOLDEN = Path(__file__).parent / "golden"


def held(name: str, text: str) -> None:
    """The text is the golden one."""
    file = GOLDEN / name
    if os.environ.get("NETWRIGHT_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def lab_files() -> dict[str, str]:
    network, lab = open_network(RING), drawn()
    assert network.intents.fabric is not None
    texts = baselines(lab, network.intents.fabric, network.templates)
    return {**box_files(lab, texts), **network_files(lab, texts, Door("/secret/place", "ssh -W %h:%p lab"))}


CONSTRUCTS = {
    "pe1": [
        Attachment("eth3", 210, "hospital", ("10.21.0.1/24", "2001:db8:21::1/64"), 1500, ""),
        Attachment("eth3", 211, "shop", ("10.21.0.2/30",), 1500, ""),
        StaticRoute("hospital", "10.99.0.0/16", "10.21.0.9"),
        StaticRoute("shop", "10.98.0.0/16", "10.21.0.1"),
    ],
    "pe2": [Attachment("eth9", 0, "hospital", ("10.22.0.0/31",), 9000, ""), Attachment("eth8", 1, "x", (), 1500, "")],
}


def test_an_older_frr_is_named_so_that_plans_are_in_its_words() -> None:
    network, lab = open_network(RING), drawn()
    assert network.intents.fabric is not None
    texts = baselines(lab, network.intents.fabric, network.templates)
    found = {
        frr: yaml.safe_load(network_files(lab, texts, Door("x", frr=release(frr)))["inventory/groups.yaml"])["frr"]
        for frr in ("10.3", "10.7")
    }
    assert found["10.3"]["data"] == {"model": "frr-10.3"}
    assert "data" not in found["10.7"]


def test_the_containerlab_file() -> None:
    held("ring.clab.yml", clab_text(drawn(), "the-password"))


def test_the_wires() -> None:
    held("wires.sh", wires_script(drawn()))


def test_the_wires_of_a_router_that_was_started_again_are_made_anew_and_no_others(tmp_path: Path) -> None:
    done, bin_ = tmp_path / "done", tmp_path / "bin"
    bin_.mkdir()
    for name in ("ip", "tc", "ethtool"):
        (bin_ / name).write_text(f'#!/bin/sh\necho {name} "$@" >>{done}\n')
        (bin_ / name).chmod(0o755)
    for end in ("w1z", "w2z"):
        (tmp_path / "ipv6" / "conf" / end).mkdir(parents=True)
        (tmp_path / "net" / end).mkdir(parents=True)
    text = wires_script(drawn()).replace("/sys/class/net", f"{tmp_path}/net").replace("/proc/sys/net", str(tmp_path))
    (tmp_path / "wires.sh").write_text(text)
    words = ("sh", str(tmp_path / "wires.sh"), "w1z", "w2z")
    subprocess.run(words, env={"PATH": f"{bin_}:{os.environ['PATH']}"}, check=True)
    said = done.read_text()
    assert re.findall(r"egress redirect dev (\S+)", said) == ["w1z", "w1a", "w2z", "w2a"]
    assert re.findall(r"qdisc (?:del|add) dev \S+ clsact", said)[:2] == [
        "qdisc del dev w1a clsact",
        "qdisc add dev w1a clsact",
    ]


@pytest.mark.parametrize("name", ["inventory/topology.yaml", "inventory/hosts.yaml", "inventory/groups.yaml"])
def test_the_inventory(name: str) -> None:
    held(Path(name).name, lab_files()[name])


def test_what_the_small_deployer_does() -> None:
    clab = read_clab(clab_text(drawn(), "the-password"), "ring.clab.yml")
    bodies = [
        network_body(clab),
        *(container_body(clab, name, "/lab/ring/ring.clab.yml") for name in clab.topology.nodes),
    ]
    held("containers.json", json.dumps(bodies, indent=1) + "\n")
    held("up.sh", plug_script(clab, {name: number for number, name in enumerate(clab.topology.nodes, 100)}))
    held("down.sh", down_script("ring", "netwright-ring"))
    held("up-again.sh", plug_again_script(clab, "pe2", 200))
    assert list(ends_elsewhere(clab, "pe2")) == [("wires", "w1z"), ("wires", "w2z"), ("pe2-hosts", "eth1")]


def test_the_hosts_of_two_tenants_in_one_box() -> None:
    found = tenants(drawn(), CONSTRUCTS)
    held("hosts.sh", script(found))
    assert [(one.box, one.namespace) for one in found] == [
        ("pe1-hosts", "eth3.210"),
        ("pe1-hosts", "eth3.211"),
        ("pe2-hosts", "eth9.0"),
    ]
    assert found[0].addresses == ("10.21.0.2/24", "2001:db8:21::2/64", "10.21.0.9/24")
    assert found[0].behind == ("10.99.0.1/32",)
    assert (found[1].addresses, found[2].addresses) == (("10.21.0.1/30",), ("10.22.0.1/31",))


def test_the_inventory_reads_back_as_the_lab(tmp_path: Path) -> None:
    for name, text in lab_files().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = Diagnostics()
    topology = load_topology(tmp_path / "inventory" / "topology.yaml")
    inventory = load_inventory(tmp_path / "inventory", found)
    match(topology, inventory, found)
    assert found.found == []
    assert topology == drawn().topology
    host = inventory.hosts["pe1"]
    assert host.options == {"hostkey_verify": False, "timeout": 300, "proxy_command": "ssh -W %h:%p lab"}
    assert host.hostname == drawn().addresses["pe1"]


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("topology", "nodes", "p1", "kind"), "nokia_srlinux", "topology.nodes.p1.kind"),
        (("topology", "nodes", "p1", "startup-config"), "x.cfg", "topology.nodes.p1.startup-config"),
        (("topology", "kinds"), {}, "topology.kinds"),
        (("prefix",), "x", "prefix"),
        (("mgmt", "ipv6-subnet"), "fd00::/64", "mgmt.ipv6-subnet"),
    ],
)
def test_what_the_small_deployer_does_not_know_it_refuses_by_name(
    place: tuple[str, ...], value: object, said: str
) -> None:
    document = yaml.safe_load(clab_text(drawn(), "x"))
    where = document
    for step in place[:-1]:
        where = where[step]
    where[place[-1]] = value
    with pytest.raises(Refused) as refused:
        read_clab(yaml.safe_dump(document), "ring.clab.yml")
    assert any(said in finding.message for finding in refused.value.diagnostics)


@pytest.mark.parametrize("end", ["nobody:eth1", "p1", "p1:", "p1:a-name-of-sixteen"])
def test_a_cable_must_end_somewhere(end: str) -> None:
    document = yaml.safe_load(clab_text(drawn(), "x"))
    document["topology"]["links"][0]["endpoints"][0] = end
    with pytest.raises(Refused, match="is no NODE:INTERFACE"):
        read_clab(yaml.safe_dump(document), "ring.clab.yml")


def test_text_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(Refused, match="cannot be read"):
        read_clab("a: [", "ring.clab.yml")
