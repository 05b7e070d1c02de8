"""The edges of the rules: what is just allowed is allowed. (What is just not stands in errors/.)"""

from pathlib import Path

import pytest

from netwright.intents.loader import read_intents

HERE = Path(__file__).parent


def text_of(name: str) -> str:
    return (HERE / "good" / f"{name}.yaml").read_text(encoding="utf-8")


def codes(tmp_path: Path, *texts: str, fabric: str = "") -> list[str]:
    path = tmp_path / "all.yaml"
    path.write_text("\n---\n".join((*texts, fabric or text_of("fabric"))), encoding="utf-8")
    _, findings = read_intents([path], tmp_path)
    return [finding.code for finding in findings.found]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("robot-arm", "burst_bytes: 15000", "burst_bytes: 1500"),
        ("robot-arm", "max_packet_bytes: 1500", "max_packet_bytes: 9176"),  # 9216 less an IPv6 header
        ("robot-arm", "15000, max_packet_bytes: 1500", "64, max_packet_bytes: 64"),
        ("hosp-train-1", "mtu: 4200", "mtu: 9176"),
        ("hosp-train-1", "dscp: 26", "dscp: 0"),
        ("hosp-train-1", "dscp: 26", "dscp: 63"),
        ("branch-7", "PT6H", "PT24H"),
        (
            "branch-7",
            "recurrence: {frequency: daily}",
            'recurrence: {frequency: daily, until: "2026-12-01T22:00:00+08:00"}',
        ),
        ("hospital-a", "share: 0.7, dscp: [26]}, {name: office, share: 0.3}", "share: 1, dscp: [26]}"),
        ("hospital-a", "minimum_grade: soft", "minimum_grade: hard"),
        ("hospital-a", "isolation: hard, minimum_grade: soft", "minimum_grade: soft"),
        ("hospital-a", "2001:db8:22::1/64", "2001:db8:21:1::1/64"),
        ("hospital-a", "vlan: 210", "vlan: 4094"),
        ("hospital-a", "availability: 99.99", "availability: 100"),
    ],
)
def test_what_is_just_allowed(tmp_path: Path, name: str, old: str, new: str) -> None:
    text = text_of(name)
    assert old in text
    assert codes(tmp_path, text.replace(old, new)) == []


def test_the_grid_begins_at_the_base(tmp_path: Path) -> None:
    line = text_of("branch-7")
    assert codes(tmp_path, line.replace("base: 100M", "base: 50M")) == ["off-grid"] * 3  # max, at, up_to
    assert codes(tmp_path, line.replace("step: 100M", "step: 9.9G")) == ["off-grid"] * 2  # up_to, by
    moved = line.replace("base: 100M", "base: 50M").replace("10G", "9.95G").replace("up_to: 5G", "up_to: 4.95G")
    assert codes(tmp_path, moved) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("/32", "/47", ["pool-outside"]),  # one node bit, for the 14 of the pool
        ("0x1-0x3fff", "0x1-0xffff", []),
        ("0x1-0x3fff", "0x1-0x10000", ["pool-outside"]),
        ("0x4000-0x7fff", "0x2-0xffff", []),
        ("vlan: 2-4000", "vlan: 1-4094", []),
        ("2001:db8:0:ffff::/64", "2001:db8:0:ffff::/126", []),
        ("2001:db8:0:ffff::/64", "2001:db8:0:ffff::/127", ["prefix-too-small"]),
        ("10.255.0.0/16", "10.255.0.0/30", []),
        ("10.255.0.0/16", "10.255.0.0/31", ["prefix-too-small"]),
        ("0:1000::/52", "0:1000::/126", []),
        ('rd: "65000:1000-9999"', 'rd: "65535:1-4294967295"', []),
        ('rd: "65000:1000-9999"', 'rd: "65536:1-65535"', []),
        ('rd: "65000:1000-9999"', 'rd: "65536:1-65536"', ["bad-pool"]),
    ],
)
def test_the_edges_of_a_fabric(tmp_path: Path, old: str, new: str, expected: list[str]) -> None:
    fabric = text_of("fabric")
    assert old in fabric
    assert codes(tmp_path, fabric=fabric.replace(old, new)) == expected


def test_an_end_at_the_start_is_no_window(tmp_path: Path) -> None:
    text = text_of("robot-arm").replace('end: "2027-12-01T00:00:00+08:00"', 'end: "2026-11-30T16:00:00Z"')
    assert codes(tmp_path, text) == ["end-before-start"]


def test_a_line_may_fill_its_slice(tmp_path: Path) -> None:
    line = (
        text_of("branch-7")
        .replace("tenant: shop", "tenant: hospital-a")
        .replace("spec:\n", "spec:\n  slice: hospital-a\n")
    )
    slice_ = text_of("hospital-a")
    assert codes(tmp_path, slice_.replace("20G", "10G"), line) == []
    assert codes(tmp_path, slice_.replace("20G", "9.9G"), line) == ["bandwidth-exceeds-slice"]


def test_the_same_vlan_on_another_port_is_free(tmp_path: Path) -> None:
    other = text_of("branch-7").replace("name: branch-7", "name: branch-8")
    assert codes(tmp_path, text_of("branch-7"), other) == ["port-in-use"] * 2
    assert codes(tmp_path, text_of("branch-7"), other.replace("eth3", "eth4").replace("0/2/1", "0/2/9")) == []
    assert codes(tmp_path, text_of("branch-7"), other.replace("vlan: 300, ", "")) == []


def test_customers_may_use_the_same_addresses_in_different_vpns(tmp_path: Path) -> None:
    other = text_of("branch-7").replace("branch-7", "branch-8").replace("vlan: 300", "vlan: 301")
    assert codes(tmp_path, text_of("branch-7"), other) == []
