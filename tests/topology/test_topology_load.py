"""Every mistake in topology.yaml is found, all of a run at once, with the place and the way out."""

from pathlib import Path

import pytest

from netwright.diagnostics import Diagnostics, Severity
from netwright.errors import Refused
from netwright.topology.load import load_topology, parse_topology

GOOD = """\
sites:
  - {name: here, latitude: 31.7, longitude: 112.8}
  - {name: there, latitude: 31.8, longitude: 112.9}
nodes:
  - name: core1
    platform: huawei
    site: here
    node_id: 0x101
    loopback: "2001:db8:0:ffff::101"
    ports: {100GE0/2/0: 100G, 100GE0/2/1: {capacity: 10G, buffer_mb: 1.5}}
  - {name: core2, platform: frr, site: there}
links:
  - a: {node: core1, port: FlexE0/1/129, physical: 100GE0/1/0, address: "2001:db8::/127"}
    z: {node: core2, port: flexe1, physical: eth1, address: "2001:db8::1/127"}
    capacity: 100G
    length_km: 20
    srlgs: [duct-b, duct-a]
    buffer_mb: 250
    encrypted: true
    flexe: {group: 1, slots: 20, granularity: 5G, base_slots: 10}
  - {name: second, a: {node: core1, port: 100GE0/1/1}, z: {node: core2, port: eth2}, capacity: 100G, length_km: 20.5}
compute_pools:
  - {name: pool, nodes: [core2, core1], gpus: 8}
"""


def findings(text: str) -> Diagnostics:
    found = Diagnostics()
    parse_topology(text, "t.yaml", found)
    return found


def test_a_sound_file_is_read_as_it_stands() -> None:
    found = Diagnostics()
    topology = parse_topology(GOOD, "t.yaml", found)
    assert found.found == []
    link, node = topology.links["core1-core2"], topology.nodes["core1"]
    assert (node.node_id, node.loopback) == (257, "2001:db8:0:ffff::101")
    assert (node.ports["100GE0/2/1"].capacity_bps, node.ports["100GE0/2/1"].buffer_bytes) == (10**10, 1_500_000)
    assert node.ports["100GE0/2/0"].capacity_bps == 10**11
    assert (link.capacity_bps, link.length_km, link.buffer_bytes, link.encrypted) == (10**11, 20.0, 250 * 10**6, True)
    assert link.srlgs == {"duct-a", "duct-b"}
    assert link.flexe is not None
    assert (link.flexe.slots, link.flexe.granularity_bps, link.flexe.base_slots) == (20, 5 * 10**9, 10)
    assert (link.base_bps, topology.links["second"].base_bps) == (50 * 10**9, 10**11)
    assert (link.physical_of("core1"), link.physical_of("core2")) == ("100GE0/1/0", "eth1")
    assert topology.links["second"].physical_of("core1") == ""
    assert (link.a_address, link.z_address) == ("2001:db8::/127", "2001:db8::1/127")
    assert topology.pools["pool"].nodes == ("core1", "core2")
    assert list(topology.links) == ["core1-core2", "second"]
    assert link.delay_us == 100.0


MISTAKES = [
    ("platform: huawei", "platform: hauwei", "unknown-platform", "Node/core1", (6, "hauwei"), "did you mean `huawei`?"),
    ("site: here\n", "site: heer\n", "unknown-site", "Node/core1", (7, "heer"), "did you mean `here`?"),
    (
        "{node: core2, port: flexe1,",
        "{node: cor2, port: flexe1,",
        "unknown-node",
        "Link/core1-cor2",
        (14, "cor2"),
        "did you mean `core2`?",
    ),
    ("port: eth2}", "port: eth1}", "port-used-twice", "Link/second", (21, "eth1"), "first used in t.yaml:14"),
    ("100GE0/1/1}", "100GE0/2/1}", "port-used-twice", "Link/second", (21, "100GE0/2/1"), "first used in t.yaml:10"),
    ("name: there", "name: here", "duplicate-name", "Site/here", (3, "here"), "first defined in t.yaml:2"),
    ("name: core2,", "name: core1,", "duplicate-name", "Node/core1", (11, "core1"), "first defined in t.yaml:5"),
    ("name: second, ", "", "duplicate-name", "Link/core1-core2", (21, "{"), "parallel links need a `name` each"),
    (
        "capacity: 100G, length_km: 20.5",
        "length_km: 20.5",
        "missing-field",
        "Link/second",
        (21, "{"),
        "needs `capacity`",
    ),
    (", length_km: 20.5", "", "missing-field", "Link/second", (21, "{"), "needs `length_km`"),
    (
        "z: {node: core2, port: eth2}",
        "z: {node: core1, port: eth2}",
        "self-loop",
        "Link/second",
        (21, "core1"),
        "begins and ends at core1",
    ),
    (
        "platform: frr,",
        "platform: frr, node_id: 257,",
        "pinned-twice",
        "Node/core2",
        (11, "257"),
        "0x101, which Node/core1",
    ),
    (
        "platform: frr,",
        "platform: frr, loopback: '2001:db8:0:ffff::101',",
        "pinned-twice",
        "Node/core2",
        (11, "'2001:db8:0:ffff::101'"),
        "first used in t.yaml:9",
    ),
    ("platform: frr,", "platform: frr, node_id: 0x10000,", "bad-value", "Node/core2", (11, "0x10000"), "65535"),
    (
        'eth1, address: "2001:db8::1/127"',
        "eth1",
        "half-pinned-link",
        "Link/core1-core2",
        (13, '"2001:db8::/127"'),
        "of core1 only",
    ),
    (
        "2001:db8::1/127",
        "2001:db8::3/127",
        "prefix-mismatch",
        "Link/core1-core2",
        (14, '"2001:db8::3/127"'),
        "two prefixes",
    ),
    (
        "2001:db8::1/127",
        "2001:db8::/127",
        "pinned-twice",
        "Link/core1-core2",
        (14, '"2001:db8::/127"'),
        "first used in t.yaml:13",
    ),
    ("2001:db8::1/127", "10.0.0.300/31", "bad-value", "Link/core1-core2", (14, '"10.0.0.300/31"'), ""),
    ("slots: 20", "slots: 80", "flexe-exceeds-link", "Link/core1-core2", (20, "80"), "400G on a link of 100G"),
    ("base_slots: 10", "base_slots: 20", "flexe-no-slot", "Link/core1-core2", (20, "20"), "20 of 20"),
    (
        "nodes: [core2, core1]",
        "nodes: [core2, core9]",
        "unknown-node",
        "ComputePool/pool",
        (23, "core9"),
        "did you mean",
    ),
    (
        "length_km: 20\n",
        "length_mk: 20\n    length_km: 20\n",
        "unknown-field",
        "Link/core1-core2",
        (16, "length_mk"),
        "did you mean `length_km`?",
    ),
    ("encrypted: true", "encrypted: yes", "bad-value", "Link/core1-core2", (19, "yes"), ""),
    (
        "capacity: 100G, length",
        "capacity: 100g, length",
        "bad-rate",
        "Link/second",
        (21, "100g"),
        "did you mean `100G`?",
    ),
    ("length_km: 20\n", "length_km: 0\n", "bad-value", "Link/core1-core2", (16, "0"), "greater than 0"),
    ("site: there}", "site: there, role: cores}", "bad-value", "Node/core2", (11, "cores"), "did you mean `core`?"),
    (
        "    capacity: 100G\n",
        "    capacity: 100G\n    capacity: 100G\n",
        "duplicate-key",
        "t.yaml",
        (16, "capacity"),
        "",
    ),
]


@pytest.mark.parametrize(("old", "new", "code", "address", "place", "words"), MISTAKES)
def test_a_mistake_is_shown_where_it_is(
    old: str, new: str, code: str, address: str, place: tuple[int, str], words: str
) -> None:
    assert GOOD.count(old) == 1
    found = findings(GOOD.replace(old, new)).errors
    finding = next(finding for finding in found if finding.code == code)
    source = finding.source
    assert source is not None
    at_caret = source.text[source.column - 1 :]
    assert (finding.address, source.line) == (address, place[0])
    assert at_caret.startswith(place[1])
    assert words in str(finding)


def test_all_mistakes_of_a_run_are_shown_at_once() -> None:
    wrong = GOOD.replace("site: here\n", "site: heer\n").replace("platform: frr", "platform: ffr")
    found = findings(wrong.replace("port: eth2", "port: eth1")).errors
    assert [finding.code for finding in found] == ["unknown-site", "unknown-platform", "port-used-twice"]


def test_a_finding_looks_as_the_contract_says(tmp_path: Path) -> None:
    path = tmp_path / "topology.yaml"
    path.write_text(GOOD.replace("platform: huawei", "platform: hauwei"), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load_topology(path, shown="inventory/topology.yaml")
    assert str(refused.value.diagnostics[0]) == (
        "error[unknown-platform] Node/core1 names the platform hauwei, which does not exist\n"
        "  --> inventory/topology.yaml:6:15\n"
        "    6 |     platform: hauwei\n"
        "      |               ^^^^^^ did you mean `huawei`?"
    )


def test_a_missing_file_and_a_broken_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no such file"):
        load_topology(tmp_path / "topology.yaml")
    (tmp_path / "topology.yaml").write_text("nodes: [\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load_topology(tmp_path / "topology.yaml", shown="t.yaml")
    assert refused.value.diagnostics[0].code == "yaml-syntax"


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        (
            "length_km: 20\n",
            "length_km: 14\n",
            "shorter-than-air",
            "14 km long, and its sites here and there are 14.6 km",
        ),
        (
            "site: there}\n",
            "site: there}\n  - {name: lost, platform: zte, site: here}\n",
            "network-in-parts",
            "has no link",
        ),
    ],
)
def test_what_is_only_odd_is_a_warning(old: str, new: str, code: str, words: str) -> None:
    found = findings(GOOD.replace(old, new)).found
    assert [(finding.severity, finding.code) for finding in found] == [(Severity.WARNING, code)]
    assert words in found[0].message


def test_a_hundred_metres_under_the_air_line_are_forgiven() -> None:
    assert findings(GOOD.replace("length_km: 20\n", "length_km: 14.5\n")).found == []


def test_one_flexe_group_number_belongs_to_one_link_of_a_node() -> None:
    second = "length_km: 20.5, flexe: {group: 1, slots: 20, granularity: 5G, base_slots: 10}"
    codes = [finding.code for finding in findings(GOOD.replace("length_km: 20.5", second)).errors]
    assert sorted(codes) == ["flexe-group-used-twice"] * 2 + ["flexe-no-physical"] * 2


def test_an_interface_of_flexe_and_its_port_are_two_names() -> None:
    twice = GOOD.replace("physical: 100GE0/1/0", "physical: 100GE0/1/1")
    assert [finding.code for finding in findings(twice).errors] == ["port-used-twice"]
    without = GOOD.replace("    flexe: {group: 1, slots: 20, granularity: 5G, base_slots: 10}\n", "")
    assert [finding.code for finding in findings(without).errors] == ["physical-without-flexe"] * 2
