"""The kernel's own words, as Linux 6.18 with iproute2 7.2 and nftables 1.1.7 printed them, in netwright's normal form."""

# ruff: noqa: E101, E501 - tools print as they do
from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwright.drivers import frr_carry, frr_state
from netwright.platforms.frr import FRR
from netwright.platforms.frr.wording import police_burst, police_rate, rate

NFT = """\
table inet netwright {
	limit eth3.300 {
		rate over 12500000 bytes/second burst 64000 bytes
	}

	map class_port {
		type ifname . dscp . inet_service : mark
		elements = { "eth3.300" . 0x1a . 4791 : 0x0000001a }
	}

	map slice {
		type ifname . ipv6_addr : classid
		flags interval
		elements = { "eth1" . fd00:1:2:fe01::/64 : 1:1011,
			     "eth1" . fd00:1:7:fe01:: : 1:1012 }
	}

	chain slice {
		type filter hook postrouting priority -149; policy accept;
		meta priority set oifname . ip6 daddr map @slice
	}

	chain outer_26 {
		type filter hook postrouting priority -150; policy accept;
		meta mark 0x0000001a ip6 dscp set 0x1a
	}
}
"""

POLICER = """\
filter protocol all pref 1 u32 chain 0
filter protocol all pref 1 u32 chain 0 fh 800: ht divisor 1
filter protocol all pref 1 u32 chain 0 fh 800::800 order 2048 key ht 800 bkt 0 terminal flowid not_in_hw
  match 00000000/00000000 at 0
	action order 1:  police 0x1 rate 105334Kbit burst {burst} mtu 64Kb action drop overhead 0b
	ref 1 bind 1
"""

ADDRESSES = [
    {"ifname": "lo", "flags": ["LOOPBACK", "UP", "LOWER_UP"], "mtu": 65536, "operstate": "UNKNOWN"},
    {"ifname": "eth0", "flags": ["UP"], "mtu": 1500, "addr_info": [{"local": "192.0.2.1", "prefixlen": 24, "scope": "global"}]},
    {"ifname": "eth1", "flags": ["UP"], "mtu": 9216, "linkinfo": {"info_kind": "veth"}},
    {"ifname": "a", "flags": ["UP"], "mtu": 65575, "linkinfo": {"info_kind": "vrf", "info_data": {"table": 1001}}},
    {
        "ifname": "eth1.300", "link": "eth1", "flags": ["UP"], "mtu": 1500, "master": "a",
        "linkinfo": {"info_kind": "vlan", "info_data": {"protocol": "802.1Q", "id": 300}},
        "addr_info": [
            {"local": "10.41.0.1", "prefixlen": 24, "scope": "global"},
            {"local": "fe80::1", "prefixlen": 64, "scope": "link"},
        ],
    },
    {"ifname": "br0", "flags": [], "mtu": 1500, "linkinfo": {"info_kind": "bridge"}},
    {"ifname": "veth@odd", "flags": ["UP"], "mtu": 1500, "master": "br0"},
]  # fmt: skip
SYSCTLS = """\
net.ipv4.ip_forward = 0
net.ipv6.conf.all.forwarding = 1
net.ipv6.conf.eth1/300.seg6_enabled = 1
net.vrf.strict_mode = 1
"""
QDISCS = [
    {"kind": "noqueue", "handle": "0:", "dev": "lo", "root": True, "options": {}},
    {"kind": "htb", "handle": "1:", "dev": "eth1", "root": True, "options": {"r2q": 10, "default": "0xffff"}},
    {"kind": "bfifo", "handle": "8005:", "dev": "eth1", "parent": "1:8005", "options": {"limit": 60000}},
    {"kind": "red", "handle": "8003:", "dev": "eth1", "parent": "1:8003", "options": {"limit": 9, "min": 1, "max": 3, "ecn": True}},
    {"kind": "clsact", "handle": "ffff:", "dev": "eth1", "parent": "ffff:fff1", "options": {}},
]  # fmt: skip
CLASSES = [
    {"class": "htb", "handle": "1:1011", "parent": "1:1", "prio": 0, "rate": 13166750, "ceil": 13166750, "burst": 1600},
    {"class": "htb", "handle": "1:ffff", "parent": "1:1", "prio": 7, "rate": 125000, "ceil": 1250000000},
    {"class": "htb", "handle": "1:1", "root": True, "rate": 1250000000, "ceil": 1250000000},
]
ROUTES = [{"type": "unreachable", "dst": "default", "table": "1001", "metric": 4278198272, "flags": []}]
SEGMENTS = [
    {
        "dst": "10.22.0.0/24", "dev": "sr0", "table": "1001", "scope": "link", "metric": 10, "flags": [],
        "encap": {"encap_type": "seg6", "mode": "encap", "segs": ["fd00:1:1::", "fd00:1:2:fe01::"]},
    },
    {"dst": "192.0.2.0/24", "dev": "eth0", "flags": []},
]  # fmt: skip
THROWN = [{"type": "throw", "dst": "fd00:1::/32", "dev": "lo", "table": "1001", "metric": 1024, "flags": []}]


def ask(words: Sequence[str]) -> str:
    return {
        frr_state.ADDRESSES: json.dumps(ADDRESSES),
        frr_state.ROUTES_4: json.dumps(ROUTES),
        frr_state.SEGMENTS_4: json.dumps(SEGMENTS),
        frr_state.ROUTES_6: "[]",
        frr_state.THROWN_6: json.dumps(THROWN),
        next(iter(frr_state.sysctls_of([str(row["ifname"]) for row in ADDRESSES]))): SYSCTLS,
        frr_state.QDISCS: json.dumps(QDISCS),
        frr_state.classes_of("eth1"): json.dumps(CLASSES),
        frr_state.ingress_of("eth1"): POLICER.format(burst="64Kb"),
        frr_state.NFT: NFT,
    }[tuple(words)]


def test_what_the_kernel_says_in_normal_form() -> None:
    assert frr_state.read(ask) == """\
ip link add name a type vrf table 1001
ip link add link eth1 name eth1.300 type vlan id 300
sysctl -w net/ipv6/conf/all/forwarding=1
sysctl -w net/ipv6/conf/eth1.300/seg6_enabled=1
sysctl -w net/vrf/strict_mode=1
ip link set dev eth1 mtu 9216
ip link set dev eth1.300 mtu 1500
ip link set dev eth1.300 master a
ip link set dev a up
ip link set dev eth0 up
ip link set dev eth1 up
ip link set dev eth1.300 up
ip link set dev veth@odd up
ip address add 10.41.0.1/24 dev eth1.300
ip -4 route add unreachable default table 1001 metric 4278198272
ip -6 route add throw fd00:1::/32 table 1001 metric 1024
ip -4 route add 10.22.0.0/24 encap seg6 mode encap segs fd00:1:1::,fd00:1:2:fe01:: dev sr0 vrf a metric 10
tc qdisc replace dev eth1 root handle 1: htb default 0xffff
tc class replace dev eth1 parent 1: classid 1:1 htb rate 10000000000bit ceil 10000000000bit
tc class replace dev eth1 parent 1:1 classid 1:1011 htb rate 105334000bit ceil 105334000bit
tc class replace dev eth1 parent 1:1 classid 1:ffff htb prio 7 rate 1000000bit ceil 10000000000bit
tc qdisc replace dev eth1 parent 1:8003 handle 8003: red limit 9 min 1 max 3 avpkt 1500 bandwidth 10gbit ecn
tc qdisc replace dev eth1 parent 1:8005 handle 8005: bfifo limit 60000
tc qdisc replace dev eth1 clsact
tc filter add dev eth1 ingress protocol all prio 1 u32 match u32 0 0 action police rate 105334Kbit burst 64Kb mtu 65535 drop
nft add table inet netwright
nft 'add map inet netwright class_port { type ifname . dscp . inet_service : mark ; }'
nft 'add map inet netwright slice { type ifname . ipv6_addr : classid ; flags interval ; }'
nft 'add chain inet netwright outer_26 { type filter hook postrouting priority -150 ; }'
nft 'add chain inet netwright slice { type filter hook postrouting priority -149 ; }'
nft 'add rule inet netwright outer_26 meta mark 26 ip6 dscp set 26'
nft 'add rule inet netwright slice meta priority set oifname . ip6 daddr map @slice'
nft 'add element inet netwright class_port { "eth3.300" . 26 . 4791 : 26 }'
nft 'add element inet netwright slice { "eth1" . fd00:1:2:fe01::/64 : 1:1011 }'
nft 'add element inet netwright slice { "eth1" . fd00:1:7:fe01:: : 1:1012 }'
"""  # fmt: skip


def test_only_the_sysctls_that_are_needed_are_read_a_packet_of_ssh_at_a_time() -> None:
    asked: list[tuple[str, ...]] = []
    many = json.dumps([{"ifname": f"eth{number}.7", "flags": [], "mtu": 1500} for number in range(300)])

    def bare(words: Sequence[str]) -> str:
        asked.append(tuple(words))
        return many if tuple(words) == frr_state.ADDRESSES else ""

    frr_state.read(bare)
    keys = [key for words in asked if words[0] == "sysctl" for key in words[2:]]
    assert "-a" not in {word for words in asked if words[0] == "sysctl" for word in words}
    assert keys[4:] == [f"net/ipv6/conf/eth{number}.7/seg6_enabled" for number in range(300)]
    assert all(len(" ".join(words)) < 30_000 for words in asked)


def test_a_box_without_our_things_reads_as_what_is_up() -> None:
    bare = json.dumps([{"ifname": "eth0", "flags": ["UP"], "mtu": 1500}])
    assert (
        frr_state.read(lambda words: bare if tuple(words) == frr_state.ADDRESSES else "") == "ip link set dev eth0 up\n"
    )


@pytest.mark.parametrize(
    ("printed", "kept"), [("64Kb", "64Kb"), ("65520b", "64Kb"), ("1Mb", "1024Kb"), ("1.04857e+06b", "1024Kb")]
)
def test_a_burst_that_lost_some_bytes_in_the_kernel_is_the_same_burst(printed: str, kept: str) -> None:
    def other(words: Sequence[str]) -> str:
        return POLICER.format(burst=printed) if tuple(words) == frr_state.ingress_of("eth1") else ask(words)

    assert f"burst {kept} mtu" in frr_state.read(other)


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        (100_000_000, "100Mbit"), (105_334_000, "105334Kbit"), (105_334_001, "105335Kbit"), (1_000_000_000, "1Gbit"),
        (1_234_567_890, "1235Mbit"), (64_000, "64Kbit"), (10_000_000_000, "10Gbit"), (400_000_000_000, "400Gbit"),
    ],
)  # fmt: skip
def test_a_policers_rate_is_said_as_tc_says_it(bits: int, text: str) -> None:
    assert police_rate(bits) == text


@given(st.integers(1000, 10**12))
def test_a_policed_rate_is_never_less_than_asked_and_hardly_more(bits: int) -> None:
    number, unit = int(police_rate(bits)[:-3].rstrip("KMGT")), police_rate(bits)[:-3].lstrip("0123456789")
    said = number * {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}[unit]
    assert bits <= said < bits + max(1000, bits / 1000)


def test_buckets_and_shaped_rates_round_up() -> None:
    assert [police_burst(octets) for octets in (1, 4096, 4097)] == ["4Kb", "4Kb", "8Kb"]
    assert [rate(bits) for bits in (8, 9)] == ["8bit", "16bit"]


def test_what_is_carried_to_a_box_needs_nothing_but_python() -> None:
    pack = zipfile.ZipFile(BytesIO(frr_carry.archive()))
    names = set(pack.namelist())
    assert {"__main__.py", "netwright/tree.py", "netwright/platforms/frr/changing.py"} <= names
    for name in names:
        for line in pack.read(name).decode().splitlines():
            if line.startswith(("from netwright", "import netwright")):
                module, _, rest = line.split(maxsplit=1)[1].partition(" import ")
                path = f"netwright/{'/'.join(module.split('.')[1:])}"
                wanted = [f"{path}/{part.strip()}.py" for part in rest.split(",")]
                assert f"{path}.py" in names or all(each in names for each in wanted), f"{name}: {line}"
            assert not line.startswith(("import paramiko", "import napalm", "from napalm", "import jinja2"))


@pytest.mark.parametrize(
    ("token", "held", "after"),
    [("A", False, {"restored"}), ("A", True, {"restored"}), ("B", False, {"pending"})],
    ids=["fires", "a hung controller holds the lock", "another commit waits"],
)
def test_the_timer_on_the_box(tmp_path: Path, token: str, *, held: bool, after: set[str]) -> None:
    """The script as it is, its two folders elsewhere: it restores what waits for it, and lets nobody in meanwhile."""
    (tmp_path / "pending").write_text("A")
    locked = (
        f"import subprocess\nopen('{tmp_path}/seen', 'w').write(str(subprocess.call(['flock', '-n', 'lock', 'true'])))"
    )
    (tmp_path / "restore.pyz").write_text(locked)
    script = frr_carry.TIMER.replace("/run/netwright", str(tmp_path)).replace("/etc/netwright", str(tmp_path))
    (tmp_path / "timer.sh").write_text(script)
    controller = "exec 8>lock; flock -n 8; " if held else ""
    subprocess.run(["sh", "-c", f"{controller}sh timer.sh 0 {token}"], cwd=tmp_path, check=False, timeout=20)
    assert {"pending", "restoring", "restored"} & {file.name for file in tmp_path.iterdir()} == after
    if after == {"restored"}:
        assert (tmp_path / "seen").read_text() == "1"
        assert (tmp_path / "holder").exists() != held


def test_the_archive_is_the_same_every_time() -> None:
    first = frr_carry.archive()
    frr_carry.archive.cache_clear()
    assert frr_carry.archive() == first


def test_every_kind_of_line_is_read_back_by_the_platform() -> None:
    text = frr_state.read(ask)
    assert FRR.text({line.path: line.value for line in FRR.parse(text, "linux")}, "linux") == text
