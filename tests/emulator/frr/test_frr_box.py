"""The emulated box on its own: it prints what FRR 10.7.1 printed, says no as Linux does, and means what it holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netwright.drivers import frr_batch, frr_box, frr_state
from netwright.emulator.device import Setting
from netwright.emulator.facts import NeighborFact, SegmentRouteFact, SidFact
from netwright.emulator.frr.box import ETC, RUN, Box
from netwright.emulator.frr.kernel import Answer
from netwright.emulator.world import Operational
from netwright.platforms.base import join_parts
from netwright.platforms.frr import FRR, FRR_10_3, steps
from netwright.tree import Delta, between, tree_of
from netwright.tree import Path as TreePath

HERE = Path(__file__).parent
GOLDEN = HERE.parents[1] / "platforms" / "frr" / "golden"
PORTS = "".join(f"ip link set dev {port} mtu 9216\nip link set dev {port} up\n" for port in ("eth1", "eth3"))
BASELINE = f"!<cfg>\nfrr defaults traditional\nhostname leaf1\n!</cfg>\n!<linux>\n{PORTS}!</linux>\n"
CFG = (
    "loopback", "core_interface", "isis", "isis_circuit", "isis_circuit-loopback", "locator", "bgp", "bgp_neighbor",
    "vrf", "static_route", "segment_route", "segment_route-ipv6",
)  # fmt: skip
LINUX = (
    "core_interface", "locator", "vrf", "attachment", "slice_channel", "slice_channel-soft", "slice_channel-queues",
    "access_rate", "traffic_class", "traffic_class-dscp", "traffic_class-port", "traffic_class-all", "core_queue",
    "core_queue-strict", "access_rate-queues", "trust_list",
)  # fmt: skip


def made() -> Box:
    return Box(Setting("leaf1", BASELINE, None, lambda _: Operational()))


def leaves(part: str, names: Sequence[str]) -> dict[TreePath, str]:
    return tree_of(line for name in names for line in FRR.parse((GOLDEN / f"{name}.{part}").read_text(), part))


FULL = {**leaves("cfg", CFG), **leaves("linux", LINUX)}


def ask(box: Box, words: Sequence[str]) -> str:
    answer = box.execute(words, b"")
    return "" if answer.code else answer.out


def running(box: Box) -> dict[TreePath, str]:
    cfg = tree_of(FRR.parse(ask(box, ("vtysh", "-c", "show running-config")), "cfg"))
    return {**cfg, **tree_of(FRR.parse(frr_state.read(lambda words: ask(box, words)), "linux"))}


def send(box: Box, delta: Delta) -> list[str]:
    """Send one transaction; what was refused comes back."""
    refused = []
    for part, _, text in steps.in_order({part: FRR.change(delta, part) for part in FRR.parts}):
        box.files["/tmp/step"] = text.encode()
        answers = [box.execute(("vtysh", "-f", "/tmp/step"), b"")] if part == "cfg" else sent(box, text)
        refused += [answer.err for answer in answers if answer.code]
    return refused


def sent(box: Box, text: str) -> Iterator[Answer]:
    """The Linux side of a step, as the driver sends it."""
    for group in frr_batch.groups(frr_batch.commands(text)):
        box.files["/tmp/step"] = group.text.encode()
        yield box.execute((*group.words, *(["/tmp/step"] if group.text else [])), b"")


def change(box: Box, after: dict[TreePath, str]) -> None:
    for delta in FRR.sequence(between(running(box), after)):
        assert send(box, delta) == []


def everything(box: Box) -> str:
    return box.show_running() + box.linux_lines()


def test_it_prints_what_frr_printed() -> None:
    box = made()
    box.routing.apply("".join((GOLDEN / f"{name}.cfg").read_text() for name in CFG if name != "attachment"))
    box.routing.apply((GOLDEN / "attachment.cfg").read_text())
    real = (HERE / "golden" / "running-10.7.1.cfg").read_text()
    assert box.show_running() == real.partition("\n")[2]


def old() -> Box:
    """A box with FRR 10.3: its baseline says so."""
    baseline = BASELINE.replace("<cfg>\n", "<cfg>\nfrr version 10.3\n")
    return Box(Setting("leaf1", baseline, None, lambda _: Operational()))


def test_it_prints_what_frr_10_3_printed() -> None:
    box = old()
    box.routing.apply("hostname vm\nservice integrated-vtysh-config\n")
    for name in (*CFG, "attachment"):
        found = tree_of(FRR_10_3.parse((GOLDEN / f"{name}.cfg").read_text(), "cfg"))
        assert box.routing.apply(FRR_10_3.text(found, "cfg")) == []
    real = (HERE / "golden" / "running-10.3.cfg").read_text()
    assert box.show_running() == real.partition("\n")[2]


def test_10_3_is_driven_in_its_own_words_and_all_of_it_goes_again() -> None:
    box, wanted = old(), dict[TreePath, str]()
    for part, names in (("cfg", CFG), ("linux", LINUX)):
        for name in names:
            wanted |= tree_of(FRR_10_3.parse((GOLDEN / f"{name}.{part}").read_text(), part))
    before, base = everything(box), running(box)
    change(box, {**base, **wanted})
    assert running(box) == {**base, **wanted}
    facts = box.facts()
    assert facts.vrfs["hospital-a"].sid == "fd00:1:5:fe00::"
    sids = ("fd00:1:1::", "fd00:1:2:fe01::")
    assert SegmentRouteFact("hospital-a", "10.22.0.0/24", sids, "sr0", 0) in facts.segment_routes
    change(box, base)
    assert everything(box) == before


def test_10_3_does_not_know_the_words_of_10_7() -> None:
    box = old()
    texts = [(GOLDEN / f"{name}.cfg").read_text() for name in ("vrf", "segment_route")]
    assert [one.line for text in texts for one in box.routing.apply(text)] == [
        "sid vpn per-vrf export explicit fd00:1:5:fe00::",
        "ip route 10.22.0.0/24 sr0 segments fd00:1:1::/fd00:1:2:fe01:: nexthop-vrf default",
    ]
    assert box.execute(("vtysh", "-c", "show segment-routing srv6 sid json"), b"").code == 1


@pytest.mark.parametrize(
    ("up", "first"),
    [({"eth1", "eth2"}, "fd00:1:1::"), ({"eth2"}, "fd00:1:3::"), ({"eth1"}, "fd00:1:1::"), (set(), None)],
)
def test_a_protected_route_takes_its_other_way_when_its_port_is_down(up: set[str], first: str | None) -> None:
    box = Box(Setting("leaf1", BASELINE, None, lambda _: Operational(interfaces_up=frozenset(up))))
    for name in ("vrf", "segment_route-protected"):
        box.routing.apply((GOLDEN / f"{name}.cfg").read_text())
    shown = json.loads(ask(box, ("vtysh", "-c", "show ip route vrf all json")))
    found = [route["nexthops"][0]["seg6"][0] for route in shown.get("hospital-a", {}).get("10.23.0.0/24", ())]
    assert found == ([first] if first else [])


def test_what_was_sent_is_what_it_runs_and_all_of_it_goes_again() -> None:
    box = made()
    before, base = everything(box), running(box)
    change(box, {**base, **FULL})
    assert running(box) == {**base, **FULL}
    change(box, base)
    assert everything(box) == before


NEEDED = {"loopback", "locator", "isis", "bgp", "vrf", "attachment"}
CONSTRUCTS = st.sets(st.sampled_from(sorted({*CFG, *LINUX} - NEEDED)))


def chosen(names: set[str]) -> dict[TreePath, str]:
    """Some constructs, with those that every other needs."""
    needed = NEEDED | names
    cfg = leaves("cfg", sorted(needed & {*CFG, "attachment"}))
    return {**cfg, **leaves("linux", sorted(needed & set(LINUX)))}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CONSTRUCTS, CONSTRUCTS)
def test_any_change_and_its_reverse_close_the_circle(first: set[str], second: set[str]) -> None:
    box = made()
    base = running(box)
    change(box, {**base, **chosen(first)})
    before = everything(box)
    delta = between(running(box), {**base, **chosen(second)})
    change(box, delta.after())
    assert running(box) == delta.after()
    change(box, delta.reverse().after())
    assert everything(box) == before


def prepared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Box, dict[TreePath, str]]:
    """A box whose own restoring program runs here, against it, with a snapshot of its fabric."""
    box = made()
    change(box, {**running(box), **leaves("cfg", CFG[:8]), **leaves("linux", ("core_interface", "locator"))})

    def run(words: Sequence[str], stdin: str = "") -> tuple[int, str]:
        if words[:2] == ("vtysh", "-f"):
            box.files[words[2]] = Path(words[2]).read_bytes()
        answer = box.execute(words, stdin.encode())
        return answer.code, answer.out

    def run_batch(group: frr_batch.Group) -> tuple[int, str]:
        box.files["-"] = group.text.encode()
        answer = box.execute((*group.words, *(["-"] if group.text else [])), b"")
        return answer.code, answer.err

    monkeypatch.setattr(frr_box, "run", run)
    monkeypatch.setattr(frr_box, "run_batch", run_batch)
    monkeypatch.setattr(frr_box, "VOLATILE", tmp_path)
    (tmp_path / frr_box.CFG).write_text(box.show_running())
    (tmp_path / frr_box.LINUX).write_text(frr_state.read(lambda words: ask(box, words)))
    (tmp_path / frr_box.APPLY_ID).write_text("old")
    return box, running(box)


@pytest.mark.parametrize("half", ["cfg", "linux", "all", "less"])
def test_the_restoring_program_undoes_any_half(half: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    box, before = prepared(monkeypatch, tmp_path)
    seen = everything(box)
    part = {
        "cfg": leaves("cfg", CFG),
        "linux": leaves("linux", ("vrf", "attachment", "slice_channel")),
        "all": FULL,
        "less": {},
    }[half]
    send(box, between(before, {**before, **part} if part else {("hostname",): "hostname leaf1"}))
    assert everything(box) != seen
    assert frr_box.restore(tmp_path) == 0
    assert everything(box) == seen
    assert (tmp_path / "apply-id").read_text() == "old"


def test_the_restoring_program_says_when_it_did_not_succeed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    box, _ = prepared(monkeypatch, tmp_path)
    box.kernel.links["eth1"].up = False
    monkeypatch.setattr(frr_box, "send", lambda delta: None)
    assert frr_box.restore(tmp_path) == 1
    assert capsys.readouterr().out == "missing: linux / ip link eth1 up\n"


REFUSALS = [
    ("ip link add name eth1 type dummy", "File exists"),
    ("ip link add name a-name-too-long-for-linux type dummy", "not a valid ifname"),
    ("ip link del dev nope", 'Cannot find device "nope"'),
    ("ip link del dev eth1", "Operation not supported"),
    ("ip link set dev nope up", 'Cannot find device "nope"'),
    ("ip link set dev eth1 master nope", "Device does not exist"),
    ("ip link set dev eth1 master eth3", "Operation not supported"),
    ("ip address del 10.0.0.1/24 dev eth1", "Address not found"),
    ("sysctl -w net/vrf/strict_mode=1", "cannot stat"),
    ("sysctl -w net/ipv6/conf/nope/seg6_enabled=1", "cannot stat"),
    ("tc class replace dev eth1 parent 1: classid 1:1 htb rate 8bit ceil 8bit", "No such file or directory"),
    ("tc class del dev eth1 classid 1:1", "No such file or directory"),
    ("tc qdisc del dev eth1 root", "handle of zero"),
    ("nft add chain inet nope c { type filter hook prerouting priority 0 ; }", "No such file or directory"),
    ("ip -4 route del unreachable default table 7 metric 1", "No such process"),
    ("ip link add name x type bridge", "not a command that it knows"),
    ("reboot", "not found"),
]


@pytest.mark.parametrize(("line", "said"), REFUSALS)
def test_the_kernel_says_no(line: str, said: str) -> None:
    box = made()
    before = everything(box)
    words = ["nft", line.removeprefix("nft ")] if line.startswith("nft") else line.split()
    answer = box.execute(words, b"")
    assert answer.code != 0
    assert said in answer.err
    assert everything(box) == before


def test_nft_does_all_of_a_text_or_nothing() -> None:
    box = made()
    box.execute(["nft", "add table inet netwright"], b"")
    before = everything(box)
    answer = box.execute(
        ["nft", "add map inet netwright m { type ifname : mark ; } ; delete map inet netwright n"], b""
    )
    assert answer.code == 1
    assert everything(box) == before


def test_a_map_in_use_is_busy() -> None:
    box = made()
    for line in (GOLDEN / "slice_channel.linux").read_text().splitlines():
        assert box.execute(next(frr_batch.commands(line)), b"").code == 0
    answer = box.execute(["nft", "delete", "map", "inet", "netwright", "slice"], b"")
    assert "Device or resource busy" in answer.err


def test_an_unknown_line_is_told_and_the_others_are_taken() -> None:
    box = made()
    box.files["/f"] = b"interface eth1\n description x\n frobnicate\n isis metric 20\nexit\n"
    answer = box.execute(("vtysh", "-f", "/f"), b"")
    assert (answer.code, answer.err.splitlines()[0]) == (2, "line 3: % Unknown command[21]: frobnicate")
    assert " description x\n isis metric 20\n" in box.show_running()
    assert box.execute(("vtysh", "-C", "-f", "/f"), b"").code == 2


def test_a_vrf_is_shown_with_its_device_and_stays_while_that_is_there() -> None:
    box = made()
    box.execute(("ip", "link", "add", "name", "v", "type", "vrf", "table", "7"), b"")
    assert "vrf v\nexit-vrf\n" in box.show_running()
    assert box.routing.apply("vrf v\nexit-vrf\n") == []
    assert "inactive VRFs" in box.routing.apply("no vrf v\n")[0].message
    box.execute(("ip", "link", "del", "dev", "v"), b"")
    assert "vrf v\n" in box.show_running()
    assert box.routing.apply("no vrf v\n") == []
    assert "vrf v\n" not in box.show_running()


def test_a_second_sid_is_ignored_without_a_word() -> None:
    box = made()
    sid = "sid vpn per-vrf export explicit fd00:1:5"
    text = f"router bgp 1 vrf v\n{sid}:fe00::\n{sid}:fe01::\n"
    assert box.routing.apply(text) == []
    assert "fe01" not in box.show_running()


def test_what_it_means() -> None:
    box = made()
    change(box, {**running(box), **FULL})
    facts = box.facts()
    assert (facts.hostname, facts.asn, facts.router_id) == ("leaf1", 65000, "10.255.0.5")
    assert (facts.system_id, facts.isis_area, facts.isis_level) == ("0102.5500.0005", "49.0001", 2)
    assert facts.isis == {"eth1": 100, "lo": 10}
    assert facts.isis_passive == {"lo"}
    assert facts.locators == {"MAIN": "fd00:1:5::/48"}
    assert facts.sids == (SidFact("fd00:1:5::", "uN"), SidFact("fd00:1:5:fe00::", "uDT46", "hospital-a"))
    families = frozenset({"vpnv4", "vpnv6"})
    assert facts.neighbors == (
        NeighborFact("2001:db8:0:ffff::1", 65000, "2001:db8:0:ffff::5", families, reflector_client=True),
    )
    vrf = facts.vrfs["hospital-a"]
    assert (vrf.rd, vrf.families, vrf.signalling) == ("65000:1001", {"ipv4", "ipv6"}, {"vpn"})
    assert vrf.import_targets == vrf.export_targets == {("vpn", "65000:1001"), ("vpn", "65000:1010")}
    assert vrf.redistributes == {"connected", "static"}
    assert vrf.static_routes == (("10.99.0.0/24", "10.41.0.9"),)
    sids = ("fd00:1:1::", "fd00:1:2:fe01::")
    assert SegmentRouteFact("hospital-a", "10.22.0.0/24", sids, "sr0", 1) in facts.segment_routes
    assert facts.interfaces["eth3.300"].vrf == "hospital-a"
    assert facts.interfaces["eth1"].addresses == ("2001:db8:0:1000::1/127",)
    rates = {17: 105_334_000, 18: 105_334_008, 19: 105_334_000}
    assert {one.slice_id: one.rate_bps for one in facts.channels} == rates
    assert {(one.direction, one.rate_bps) for one in facts.rates} == {("in", 105_334_000), ("out", 105_334_000)}
    queues = {(one.slice_id, one.service_class): one.depth_bytes for one in facts.queues if one.port == "eth1"}
    assert queues == {
        (0, "be"): 2_500_000, (0, "af3"): 3_000_000, (0, "ef"): 60_000,
        (19, "af3"): 3_000_000, (19, "ef"): 0, (19, "be"): 0,
    }  # fmt: skip


def classified(box: Box, **packet: str) -> str:
    """The class that a packet leaves in: each chain of postrouting in turn, as the kernel walks them."""
    table = box.kernel.nft.tables["netwright"]
    chains = sorted(
        (chain for chain in table.chains.values() if " postrouting " in chain.hook),
        key=lambda chain: int(chain.hook.split()[-1]),
    )
    priority = ""
    for rule in (rule for chain in chains for rule in chain.rules):
        match = re.fullmatch(r"meta priority set (.+) map @(\w+)", rule)
        if match:
            facts = {**packet, "meta priority": priority}
            keys = [facts.get(word.replace("ip6 ", "").replace("ip ", "").replace(" ", "_"), facts.get(word, "-"))
                    for word in match[1].split(" . ")]  # fmt: skip
            priority = table.maps[match[2]].elements.get(" . ".join(keys), priority)
    return priority


@pytest.mark.parametrize(
    ("daddr", "dscp", "classid", "kind"),
    [
        ("fd00:1:2:fe02::", "26", "1:9088", "red"),  # of the slice, of its lossless class
        ("fd00:1:2:fe02::", "0", "1:9085", None),  # of the slice, all other
        ("fd00:1:2:fe01::", "26", "1:1011", None),  # of a slice without queues
        ("fd00:1:2:fe09::", "26", "1:8003", "red"),  # of no slice
    ],
)
def test_a_packet_of_a_slice_finds_the_queue_of_its_class_inside_the_slice(
    daddr: str, dscp: str, classid: str, kind: str | None
) -> None:
    box = made()
    change(box, {**running(box), **FULL})
    assert classified(box, oifname='"eth1"', daddr=daddr, dscp=dscp) == classid
    leaf = box.kernel.qdiscs.get(("eth1", classid))
    assert (leaf.kind if leaf else None) == kind


@pytest.mark.parametrize(
    ("dscp", "dport", "classid"), [("26", "4791", "1:8003"), ("26", "80", "1:8003"), ("0", "80", "1:8005")]
)
def test_a_packet_to_a_tenant_finds_the_queue_of_its_class(dscp: str, dport: str, classid: str) -> None:
    box = made()
    change(box, {**running(box), **FULL})
    assert classified(box, oifname='"eth3.300"', dscp=dscp, udp_dport=dport) == classid
    assert ("eth3.300", classid) in box.kernel.classes


def test_without_strict_mode_there_is_no_sid() -> None:
    box = made()
    change(box, {**running(box), **FULL})
    box.execute(["sysctl", "-w", "net/vrf/strict_mode=0"], b"")
    assert box.facts().vrfs["hospital-a"].sid == ""


def test_a_baseline_that_the_box_cannot_run_is_told() -> None:
    with pytest.raises(ValueError, match="leaf1: line 1: % Unknown command"):
        Box(Setting("leaf1", "frobnicate\n", None, lambda _: Operational()))


def test_parts_are_joined_as_drivers_give_them() -> None:
    assert join_parts({"cfg": "a\n", "linux": "b\n"}) == "!<cfg>\na\n!</cfg>\n!<linux>\nb\n!</linux>\n"
    assert (ETC, RUN) == ("/etc/netwright", "/run/netwright")
