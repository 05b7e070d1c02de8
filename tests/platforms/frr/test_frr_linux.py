"""The Linux side as a tree: one command a line, what identifies it, how it is taken back and replaced."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwright.errors import ConfigParseError
from netwright.platforms.frr import FRR, linux, steps
from netwright.tree import Path as TreePath
from netwright.tree import between, tree_of

GOLDEN = Path(__file__).parent / "golden"
ALL = sorted({line for file in GOLDEN.glob("*.linux") for line in file.read_text().splitlines() if line[0] != "#"})


def tree(*lines: str) -> dict[TreePath, str]:
    return tree_of(FRR.parse("\n".join(lines), "linux"))


def sent(before: dict[TreePath, str], after: dict[TreePath, str]) -> list[str]:
    text = FRR.change(between(before, after), "linux")
    return [line for line in text.splitlines() if not line.startswith("#")]


@given(st.sets(st.sampled_from(ALL)))
def test_what_is_written_reads_back(lines: set[str]) -> None:
    found = tree(*sorted(lines))
    assert tree(*FRR.text(found, "linux").splitlines()) == found


UNDONE = [
    ("ip link add link eth3 name eth3.300 type vlan id 300", "ip link del dev eth3.300"),
    ("ip link set dev eth3.300 mtu 9000", "ip link set dev eth3.300 mtu 1500"),
    ("ip link set dev eth3.300 master v", "ip link set dev eth3.300 nomaster"),
    ("ip link set dev eth3.300 up", "ip link set dev eth3.300 down"),
    ("ip address add 10.0.0.1/24 dev eth3.300", "ip address del 10.0.0.1/24 dev eth3.300"),
    (
        "ip -6 route add unreachable default table 7 metric 4278198272",
        "ip -6 route del unreachable default table 7 metric 4278198272",
    ),
    (
        "ip -6 route add throw fd00:1::/32 table 7 metric 1024",
        "ip -6 route del throw fd00:1::/32 table 7 metric 1024",
    ),
    ("sysctl -w net/vrf/strict_mode=1", "sysctl -w net/vrf/strict_mode=0"),
    ("tc qdisc replace dev eth1 root handle 1: htb default 0xffff", "tc qdisc del dev eth1 root"),
    (
        "tc class replace dev eth1 parent 1:1 classid 1:1011 htb rate 8000bit ceil 8000bit",
        "tc class del dev eth1 classid 1:1011",
    ),
    ("tc qdisc replace dev eth1 parent 1:8005 handle 8005: bfifo limit 60000", "tc qdisc del dev eth1 parent 1:8005"),
    ("nft add table inet netwright", "nft delete table inet netwright"),
    (
        "nft 'add chain inet netwright slice { type filter hook postrouting priority -148 ; }'",
        "nft delete chain inet netwright slice",
    ),
    (
        "nft 'add rule inet netwright slice meta priority set oifname . ip6 daddr map @slice'",
        "nft flush chain inet netwright slice",
    ),
    (
        "nft 'add element inet netwright slice { \"eth1\" . fd00:1:2:fe01:: : 1:1011 }'",
        "nft 'delete element inet netwright slice { \"eth1\" . fd00:1:2:fe01:: }'",
    ),
    (
        "nft 'add map inet netwright class_all { type ifname : mark ; }'",
        "nft delete map inet netwright class_all",
    ),
]


@pytest.mark.parametrize(("line", "undo"), UNDONE)
def test_how_an_object_is_taken_back(line: str, undo: str) -> None:
    assert sent(tree(line), {}) == [undo]
    assert sent({}, tree(line)) == [line]


REPLACED = [
    (
        "tc class replace dev eth1 parent 1:1 classid 1:1011 htb rate 8000bit ceil 8000bit",
        "tc class replace dev eth1 parent 1:1 classid 1:1011 htb rate 16000bit ceil 16000bit",
        ["tc class replace dev eth1 parent 1:1 classid 1:1011 htb rate 16000bit ceil 16000bit"],
    ),
    (
        "nft 'add element inet netwright m { \"eth1\" : 1 }'",
        "nft 'add element inet netwright m { \"eth1\" : 2 }'",
        ['nft \'delete element inet netwright m { "eth1" } ; add element inet netwright m { "eth1" : 2 }\''],
    ),
    (
        "nft 'add rule inet netwright c meta mark 1 drop'",
        "nft 'add rule inet netwright c meta mark 2 drop'",
        ["nft 'flush chain inet netwright c ; add rule inet netwright c meta mark 2 drop'"],
    ),
    (
        "tc qdisc replace dev eth1 root handle 1: htb default 0x1",
        "tc qdisc replace dev eth1 root handle 1: htb default 0xffff",
        ["tc qdisc del dev eth1 root", "tc qdisc replace dev eth1 root handle 1: htb default 0xffff"],
    ),
]


@pytest.mark.parametrize(("old", "new", "commands"), REPLACED)
def test_how_an_object_gets_another_value(old: str, new: str, commands: list[str]) -> None:
    assert tree(old).keys() == tree(new).keys()
    assert sent(tree(old), tree(new)) == commands


def test_a_resized_access_changes_in_place() -> None:
    """No queue is emptied and no root goes while the line grows: classes and thresholds take their new numbers."""
    before = (GOLDEN / "access_rate-queues.linux").read_text()
    after = before.replace("105334", "205334").replace("42133600", "82133600").replace("limit 64000", "limit 128000")
    commands = sent(tree(*before.splitlines()), tree(*after.splitlines()))
    assert {" ".join(command.split()[:3]) for command in commands} == {
        "tc class replace", "tc qdisc replace", "tc filter del", "tc filter add",
    }  # fmt: skip
    assert not any(" root " in command for command in commands)


def test_a_new_root_discipline_takes_what_stands_below_it_along() -> None:
    queued = (GOLDEN / "access_rate-queues.linux").read_text().splitlines()
    before = tree(*(line.replace("default 0x8000", "default 0x1") for line in queued))
    commands = sent(before, tree(*queued))
    assert commands[0] == "tc qdisc del dev eth3.300 root"
    assert commands[1:] == [line for line in FRR.text(tree(*queued), "linux").splitlines() if "root" in line
                            or " class " in line or " parent " in line]  # fmt: skip


def test_a_table_that_changes_goes_with_those_who_look_into_it() -> None:
    """A chain takes its rule along, a map cannot go while a rule names it: they go first and come back."""
    before = tree(*(GOLDEN / "slice_channel.linux").read_text().splitlines())
    for old, new in (("priority -148", "priority -140"), ("flags interval", "flags interval ; size 9")):
        after = {path: value.replace(old, new) for path, value in before.items()}
        first, second = FRR.sequence(between(before, after))
        assert {path[1] for path in first.remove} >= {"nft chain slice", "nft rule slice"}
        assert ("linux", "nft map slice") in first.remove or old == "priority -148"
        assert {**first.after(), **second.add} == after
        assert not second.remove


def test_a_port_is_guarded_after_its_sources_are_let_in_and_free_before_they_go() -> None:
    listed = tree(*(GOLDEN / "trust_list.linux").read_text().splitlines())
    empty = tree()
    come = [line for line in sent(empty, listed) if " add element " in line or "'add element" in line]
    gone = [line for line in sent(listed, empty) if "'delete element" in line]
    assert "trust_port" in come[-1]
    assert "trust_port" in gone[0]


def test_a_queue_of_another_kind_goes_before_it_comes() -> None:
    head = "tc qdisc replace dev eth1 parent 1:8003 handle 8003:"
    assert sent(
        tree(f"{head} bfifo limit 9000"),
        tree(f"{head} red limit 24000 min 2000 max 6000 avpkt 1500 bandwidth 10gbit ecn"),
    ) == [
        "tc qdisc del dev eth1 parent 1:8003",
        f"{head} red limit 24000 min 2000 max 6000 avpkt 1500 bandwidth 10gbit ecn",
    ]
    assert sent(tree(f"{head} bfifo limit 9000"), tree(f"{head} bfifo limit 9001")) == [f"{head} bfifo limit 9001"]


def test_what_lives_on_a_link_goes_with_it() -> None:
    lines = (GOLDEN / "attachment.linux").read_text().splitlines()
    assert sent(tree(*lines), {}) == ["ip link del dev eth3.300"]


def test_a_class_comes_after_its_parent_and_goes_before_it() -> None:
    lines = [line for line in (GOLDEN / "slice_channel.linux").read_text().splitlines() if line.startswith("tc")]
    assert [line.split(" htb")[0] for line in sent({}, tree(*reversed(lines)))] == [
        "tc qdisc replace dev eth1 root handle 1:",
        "tc class replace dev eth1 parent 1: classid 1:1",
        "tc class replace dev eth1 parent 1:1 classid 1:1011",
        "tc class replace dev eth1 parent 1:1 classid 1:8000",
        "tc class replace dev eth1 parent 1:1 classid 1:ffff",
        "tc qdisc replace dev eth1 parent 1:8000 handle 8000: bfifo limit 2500000",
    ]
    assert sent(tree(*lines), {}) == [
        "tc qdisc del dev eth1 parent 1:8000",
        "tc class del dev eth1 classid 1:ffff",
        "tc class del dev eth1 classid 1:8000",
        "tc class del dev eth1 classid 1:1011",
        "tc class del dev eth1 classid 1:1",
        "tc qdisc del dev eth1 root",
    ]


def test_a_core_port_of_an_older_recipe_gets_a_class_for_best_effort_in_place() -> None:
    """The class that took everything becomes the control class where it stands: HTB cannot change its default."""
    now = tree(*(GOLDEN / "core_queue.linux").read_text().splitlines())
    control = "tc class replace dev eth1 parent 1:1 classid 1:ffff htb rate 100000000bit ceil 10000000000bit"
    best_effort = ("best_effort", "control", "neighbours", "1:8000")
    before = {
        path: value.replace(" htb rate", " htb prio 7 rate") if value == control else value
        for path, value in now.items()
        if not any(word in value for word in best_effort)
    }
    commands = sent(before, now)
    assert not any(" del " in command or " root " in command for command in commands)
    assert commands.index(control) < commands.index(
        "nft 'add element inet netwright best_effort { \"eth1\" : 1:8000 }'"
    )


def test_a_vrf_with_another_table_goes_with_its_members_first() -> None:
    before = {
        **tree(*(GOLDEN / "vrf.linux").read_text().splitlines()),
        **tree(*(GOLDEN / "attachment.linux").read_text().splitlines()),
        **tree_of(FRR.parse((GOLDEN / "vrf.cfg").read_text(), "cfg")),
    }
    link: TreePath = ("linux", "ip link hospital-a")
    after = {**before, link: "ip link add name hospital-a type vrf table 1002"}
    first, second = FRR.sequence(between(before, after))
    assert link in first.remove
    assert ("linux", "ip link eth3.300 master") in first.remove
    assert ("linux", "ip address 2001:db8:41::1/64 dev eth3.300") in first.remove  # IPv6 forgets it on the way
    assert ("router bgp 65000 vrf hospital-a",) in first.remove
    assert second.after() == after


BAD = ["reboot", "ip link set dev eth1 promisc on", "nft flush ruleset", "ip link add name x type bridge", "rm -rf /"]


@pytest.mark.parametrize("line", BAD)
def test_other_commands_are_refused_with_their_line(line: str) -> None:
    with pytest.raises(ConfigParseError, match="line 2: not a command"):
        list(FRR.parse(f"# a comment\n{line}\n", "linux"))


def test_devices_of_sysctls() -> None:
    assert linux.understand("sysctl -w net/ipv6/conf/eth3.300/seg6_enabled=1").device == "eth3.300"
    assert linux.understand("sysctl -w net/ipv4/ip_forward=1").device == ""


def test_removals_come_before_additions() -> None:
    text = FRR.change(between(tree("ip link set dev a up"), tree("ip link set dev b up")), "linux")
    assert list(steps.read("linux", text)) == [steps.REMOVE, steps.ADD]


def test_an_interface_changes_its_vrf_in_two_transactions_because_ipv6_forgets() -> None:
    before = tree(*(GOLDEN / "attachment.linux").read_text().splitlines())
    master: TreePath = ("linux", "ip link eth3.300 master")
    first, second = FRR.sequence(between(before, {**before, master: "ip link set dev eth3.300 master other"}))
    assert set(first.remove) == {
        master,
        ("linux", "ip address 10.41.0.1/24 dev eth3.300"),
        ("linux", "ip address 2001:db8:41::1/64 dev eth3.300"),
    }
    assert set(second.add) == set(first.remove)
