"""Networks from containerlab files: who is a router, how its ports are called, what is left out and said."""

from pathlib import Path

import pytest

from netwright.app.starting import start_network
from netwright.diagnostics import Diagnostic, Diagnostics
from netwright.topology.clab import import_clab
from netwright.topology.deal import deal
from netwright.topology.draw import draw
from netwright.topology.model import Topology

LAB = """\
name: metro
topology:
  defaults: {kind: linux}
  kinds:
    linux: {image: quay.io/frrouting/frr:10.3.0}
  groups:
    hosts: {image: alpine}
  nodes:
    leaf1:
    leaf2: {image: frrouting/frr}
    core1: {kind: huawei_vrp, image: huawei:ne40e}
    core2: {kind: nokia_srlinux, labels: {netwright-platform: zte}}
    host1: {group: hosts}
    br0: {kind: bridge}
  links:
    - endpoints: ["leaf1:eth1", "core1:eth1"]
    - endpoints: ["leaf1:eth2", "core2:e1-1"]
    - endpoints: ["leaf2:eth3", "core2:e1-2"]
    - {type: veth, endpoints: [{node: core1, interface: eth2}, {node: core2, interface: e1-3}]}
    - endpoints: ["core1:eth3", "core2:e1-4"]
    - endpoints: ["leaf1:eth9", "host1:eth1"]
    - endpoints: ["core1:eth7", "br0:eth1"]
    - {type: host, endpoint: {node: leaf2, interface: eth8}}
"""


def imported(text: str) -> tuple[Topology, Diagnostics]:
    found = Diagnostics()
    return import_clab(text, "lab.clab.yml", found), found


def test_routers_are_known_by_kind_image_or_label_and_the_rest_is_left_out_with_a_word() -> None:
    topology, found = imported(LAB)
    assert {name: node.platform for name, node in topology.nodes.items()} == {
        "leaf1": "frr", "leaf2": "frr", "core1": "huawei", "core2": "zte"}  # fmt: skip
    assert [(finding.severity, finding.address) for finding in found.found] == [
        ("warning", "Node/host1"),
        ("warning", "Node/br0"),
    ]


def test_links_keep_frr_s_ports_and_towards_a_host_there_is_an_access_port() -> None:
    topology, _ = imported(LAB)
    assert list(topology.links) == ["core1-core2", "core1-core2-2", "leaf1-core1", "leaf1-core2", "leaf2-core2"]
    assert (topology.links["leaf2-core2"].a_port, topology.links["leaf2-core2"].z_port) == ("eth3", "")
    assert {name: list(node.ports) for name, node in topology.nodes.items()} == {
        "leaf1": ["eth9"], "leaf2": ["eth8"], "core1": [], "core2": []}  # fmt: skip
    assert {link.length_km for link in topology.links.values()} == {1.0}


def test_dealing_names_the_ports_that_have_no_name_and_leaves_the_others() -> None:
    topology = deal(imported(LAB)[0], ["frr"])
    assert [topology.links[name].port_of("core1") for name in ("core1-core2", "core1-core2-2", "leaf1-core1")] == [
        "100GE0/1/0", "100GE0/1/1", "100GE0/1/2"]  # fmt: skip
    assert topology.links["leaf1-core2"].z_port == "cgei-0/1/0/3"
    assert topology.links["leaf1-core1"].a_port == "eth1"
    assert list(topology.nodes["leaf1"].ports) == ["eth9"]


def test_a_node_s_own_setting_comes_before_its_group_s_kind_s_and_the_file_s() -> None:
    own = LAB.replace("host1: {group: hosts}", "host1: {group: hosts, image: frrouting/frr}")
    assert imported(own)[0].nodes["host1"].platform == "frr"
    labelled = LAB.replace("hosts: {image: alpine}", "hosts: {image: alpine, labels: {netwright-platform: zte}}")
    assert imported(labelled)[0].nodes["host1"].platform == "zte"


MISTAKES = [
    ("kind: huawei_vrp", "kind: ceos", "unknown-node-kind", "Node/core1", "ceos"),
    ("netwright-platform: zte", "netwright-platform: zet", "unknown-platform", "Node/core2", "did you mean `zte`?"),
    ("leaf2:eth3", "laef2:eth3", "unknown-node", "lab.clab.yml", "did you mean `leaf2`?"),
    ('"leaf1:eth2", "core2:e1-1"', '"leaf1:eth2"', "bad-clab", "lab.clab.yml", "two endpoints"),
    ('"leaf1:eth2"', '"leaf1 eth2"', "bad-clab", "lab.clab.yml", "two endpoints"),
    ("topology:", "topologie:", "bad-clab", "lab.clab.yml", "no topology.nodes"),
    ("name: metro", "name: [", "yaml-syntax", "lab.clab.yml", ""),
]


@pytest.mark.parametrize(("old", "new", "code", "address", "words"), MISTAKES)
def test_a_mistake_is_refused_with_its_place(old: str, new: str, code: str, address: str, words: str) -> None:
    assert LAB.count(old) == 1
    errors = imported(LAB.replace(old, new))[1].errors
    assert [(finding.code, finding.address) for finding in errors] == [(code, address)]
    assert errors[0].source is not None
    assert words in str(errors[0])


def told(tmp_path: Path) -> list[Diagnostic]:
    file = tmp_path / "lab.clab.yml"
    file.write_text(LAB, encoding="utf-8")
    found = Diagnostics()
    draw(file, [], found, shown="lab.clab.yml")
    return found.found


def test_every_change_to_the_file_is_told_with_its_place(tmp_path: Path) -> None:
    findings = told(tmp_path)
    assert all(finding.source and finding.source.line > 1 and finding.severity == "warning" for finding in findings)
    by_code = {code: [f for f in findings if f.code == code] for code in {f.code for f in findings}}
    assert len(by_code["port-renamed"]) == 7  # three links of core1's, four of core2's
    assert len(by_code["link-left-out"]) == 3
    assert [f.hint for f in by_code["link-left-out"] if f.hint] == [
        "eth9 of leaf1 is an access port now", "eth8 of leaf2 is an access port now"]  # fmt: skip
    assert [f.address for f in by_code["model-assumed"]] == ["Node/leaf1", "Node/leaf2", "Node/core1", "Node/core2"]
    assert len(by_code["link-assumed"]) == 1


def test_a_renamed_port_names_both_names_and_its_own_line(tmp_path: Path) -> None:
    [one] = [f for f in told(tmp_path) if f.code == "port-renamed" and f.address == "Link/leaf1-core2"]
    assert one.message == "calls the port of core2 cgei-0/1/0/3, which is e1-1 in the file"
    assert one.source is not None
    assert LAB.splitlines()[one.source.line - 1] == one.source.text
    assert "core2:e1-1" in one.source.text


def test_what_was_changed_stands_in_the_written_file(tmp_path: Path) -> None:
    file = tmp_path / "lab.clab.yml"
    file.write_text(LAB, encoding="utf-8")
    found = Diagnostics()
    start_network(tmp_path / "net", file, [], found)
    written = (tmp_path / "net" / "inventory" / "topology.yaml").read_text(encoding="utf-8")
    assert (
        "# * Link/leaf1-core2 calls the port of core2 cgei-0/1/0/3, which is e1-1 in the file (lab.clab.yml:" in written
    )
    assert written.count("\n# * ") == len(found.found)


def test_an_empty_file_is_shown_empty() -> None:
    [error] = imported("")[1].errors
    assert str(error) == (
        "error[bad-clab] lab.clab.yml has no topology.nodes: is it a containerlab file?\n  --> lab.clab.yml:1:1"
    )
