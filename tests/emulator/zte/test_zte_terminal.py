"""The emulated ROSng command line, typed at without a wire, and its terminal over one."""

import asyncio
import sys
from pathlib import Path

import asyncssh
import pytest

from netwright.emulator.device import Setting
from netwright.emulator.world import Operational
from netwright.emulator.zte import ZteDevice

sys.path.insert(0, str(Path(__file__).parent))
from zte_support import BASELINE, router, session, type_

ENTER = "%Info 20272: Enter configuration commands, one per line. End with CTRL/Z."
RATE = "rate-limit input cir 1 mbps cbs 1 pir 1 mbps pbs 1 "
RATE += "conform-action transmit exceed-action drop violate-action drop"
VRF = ("ip vrf A", "rd 65000:1", "evpn tunnel-encapsulation srv6", "address-family ipv4", "$", "$")


@pytest.mark.parametrize(
    ("typed", "prompt", "said"),
    [
        ("show ver", "leaf7#", ["netwright emulator of a ZTE ROSng router: not ZTE software"]),
        ("foo", "leaf7#", ["      ^", "%Error 140303: Invalid input detected at '^' marker."]),
        ("show foo", "leaf7#", ["           ^", "%Error 140303: Invalid input detected at '^' marker."]),
        ("show ip", "leaf7#", ["%Error 140305: Incomplete command."]),
        ("e", "leaf7#", ["%Error 140301: Ambiguous command"]),
        ("commit", "leaf7#", ["      ^", "%Error 140303: Invalid input detected at '^' marker."]),
        ("terminal length 600", "leaf7#", [" " * 22 + "^", "%Error 140303: Invalid input detected at '^' marker."]),
        ("show commit-mode", "leaf7#", ["Automatic commit mode."]),
        ("rollback-configuration last 1", "leaf7#", ["%Error 24070: The rollback point does not exist."]),
        ("configure terminal", "leaf7(config)#", [ENTER]),
    ],
)  # fmt: skip
def test_what_the_command_line_answers(typed: str, prompt: str, said: list[str]) -> None:
    at = session(router())
    assert type_(at, typed) == said
    assert at.prompt == prompt


def test_prompts_carry_the_object() -> None:
    at = session(router())
    prompts = [at.prompt for line in ("conf t m", "ip vrf A", "address-family ipv4", "exit", "$", "$", "end")
               if type_(at, line) is not None]  # fmt: skip
    assert prompts == [
        "leaf7(config)#", "leaf7(config-vrf-A)#", "leaf7(config-vrf-A-af-ipv4)#", "leaf7(config-vrf-A)#",
        "leaf7(config)#", "leaf7(config)#", "leaf7#",
    ]  # fmt: skip


def test_automatic_mode_applies_each_line_at_once_and_manual_mode_none() -> None:
    at = session(router())
    type_(at, "configure terminal", "ip vrf A", "end")
    assert "ip vrf A" in at.router.config.render()
    type_(at, "configure terminal manual", "ip vrf B", "end")
    assert "ip vrf B" not in at.router.config.render()
    assert type_(at, "show configuration candidate") == ["ip vrf B"]
    type_(at, "configure terminal manual", "discard configuration candidate", "commit")
    assert "ip vrf B" not in at.router.config.render()


@pytest.mark.parametrize(
    ("lines", "failing"),
    [
        (["ip vrf A", "evpn tunnel-encapsulation srv6"], "evpn tunnel-encapsulation srv6"),
        (["ip vrf A", "route-target import 1:1"], "route-target import 1:1"),
        ([*VRF, "ip vrf B", "rd 65000:1"], "rd 65000:1"),
        ([*VRF, "ip vrf A", "rd 65000:2"], "rd 65000:2"),
        (["interface loopback1", "ip vrf forwarding A"], "ip vrf forwarding A"),
        (["ip route vrf A 10.0.0.0 255.0.0.0 10.1.1.1"], "ip route vrf A 10.0.0.0 255.0.0.0 10.1.1.1"),
        (["router bgp 1", "address-family ipv4 vrf A"], "address-family ipv4 vrf A"),
        ([*VRF, "router bgp 1", "address-family ipv6 vrf A"], "address-family ipv6 vrf A"),
        (["router bgp 1", "neighbor fd00::1 update-source loopback1"], "neighbor fd00::1 update-source loopback1"),
        (["router bgp 1", "address-family l2vpn evpn", "neighbor fd00::1 activate"], "neighbor fd00::1 activate"),
        (["router isis 1", "interface xgei-0/1/0/9"], "interface xgei-0/1/0/9"),
        (["router isis 1", "address-family ipv6", "segment-routing srv6 locator X"], "segment-routing srv6 locator X"),
        (["vlan-configuration", "interface xgei-0/1/0/1.7"], "interface xgei-0/1/0/1.7"),
        (
            ["interface xgei-0/1/0/1.1", "$", "interface xgei-0/1/0/1.2", "$", "vlan-configuration",
             "interface xgei-0/1/0/1.1", "encapsulation-dot1q 7", "$", "interface xgei-0/1/0/1.2",
             "encapsulation-dot1q 7"],
            "encapsulation-dot1q 7",
        ),
        (
            ["interface loopback1", "ip address 10.0.0.1 255.0.0.0", "$", "interface loopback2",
             "ip address 10.1.0.1 255.255.0.0"],
            "ip address 10.1.0.1 255.255.0.0",
        ),
        (["policy-map P", "class NONE"], "class NONE"),
        (["service-policy xgei-0/1/0/1 output NONE"], "service-policy xgei-0/1/0/1 output NONE"),
        (
            ["policy-map P", "$", "service-policy xgei-0/1/0/1 input P", "qos", "interface xgei-0/1/0/1",
             RATE],
            RATE,
        ),
        (["no ip vrf A"], "no ip vrf A"),
        (["no interface xgei-0/1/0/1"], "no interface xgei-0/1/0/1"),
        ([*VRF, "interface loopback1", "ip vrf forwarding A", "$", "no ip vrf A"], "no ip vrf A"),
        (["interface loopback1", "$", "router isis 1", "interface loopback1", "$", "$", "no interface loopback1"],
         "no interface loopback1"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_the_commit_and_changes_nothing(lines: list[str], failing: str) -> None:
    at = session(router())
    before = at.router.config.render()
    assert type_(at, "configure terminal manual", *lines)[1:] == []
    assert type_(at, "commit")[0].startswith("%Error 30001: ")
    assert type_(at, "show commit-failed")[0] == failing
    assert at.router.config.render() == before


@pytest.mark.parametrize(
    ("line", "mode"),
    [
        ("rd 65000", "ip vrf A"),
        ("rd 70000000:1", "ip vrf A"),
        ("ip address 10.0.0.1 255.0.255.0", "interface loopback1"),
        ("ipv6 address fd00::1", "interface loopback1"),
        ("ip vrf " + "x" * 33, ""),
        ("interface loopback-1", ""),
        ("interface xgei-0/1", ""),
        ("router bgp 0", ""),
        ("system-id 1.2.3", "router isis 1"),
    ],
)
def test_what_is_no_command_is_refused_while_typing(line: str, mode: str) -> None:
    at = session(router())
    said = type_(at, "configure terminal manual", *([mode] if mode else []), line)
    assert said[-1] == "%Error 140303: Invalid input detected at '^' marker."


def test_a_new_binding_drops_the_addresses() -> None:
    at = session(router())
    type_(at, "configure terminal", *VRF, "interface loopback1", "ip address 10.0.0.1 255.255.255.255", "ipv6 enable",
          "ip vrf forwarding A", "end")  # fmt: skip
    assert type_(at, "show running-config-interface loopback1") == [
        "!<if-intf>", "interface loopback1", "  ip vrf forwarding A", "  ipv6 enable", "$", "!</if-intf>",
    ]  # fmt: skip


def test_the_end_of_a_binding_drops_the_addresses() -> None:
    at = session(router())
    type_(at, "configure terminal", *VRF, "interface loopback1", "ip vrf forwarding A",
          "ip address 10.0.0.1 255.255.255.255", "no ip vrf forwarding", "end")  # fmt: skip
    assert type_(at, "show running-config-interface loopback1") == [
        "!<if-intf>",
        "interface loopback1",
        "$",
        "!</if-intf>",
    ]


def test_a_mode_without_an_object_cannot_be_removed_and_shows_only_what_is_in_it() -> None:
    at = session(router())
    before = at.router.config.render()
    assert type_(at, "configure terminal", "qos", "end")[1:] == []
    assert at.router.config.render() == before
    assert "%Error" in type_(at, "configure terminal", "no qos")[-1]


def test_the_lock_lets_others_type_but_not_commit() -> None:
    of = router()
    first, second = session(of, "ann"), session(of, "bob")
    type_(first, "configure exclusive")
    assert type_(second, "configure exclusive") == ["%Error 24064: Configuration is locked by user ann from 127.0.0.1."]
    assert type_(second, "conf t m", "ip vrf B", "commit")[-1].startswith("%Error 24064")
    assert "ann" in type_(second, "show configure exclusive")[1]
    assert type_(second, "end", "no configure exclusive")[0].startswith("%Error")
    first.leave()
    assert type_(second, "conf t m", "commit")[1:] == []
    assert "ip vrf B" in of.config.render()


def test_locking_every_terminal_asks_and_holds_for_its_own_too() -> None:
    at = session(router())
    type_(at, "lock configuration")
    assert at.prompt.endswith("[yes/no]:")
    type_(at, "no")
    assert type_(at, "conf t m", "ip vrf A", "end", "show lock configuration") == [ENTER, "User              Lock Time"]
    type_(at, "lock configuration", "yes")
    assert type_(at, "conf t m", "commit", "end")[1].startswith("%Error 24067")
    assert type_(at, "configure exclusive")[0].startswith("%Error 24067")
    assert type_(at, "show lock configuration")[1].startswith("op ")
    type_(at, "unlock configuration", "conf t m", "commit", "end")
    assert "ip vrf A" in at.router.config.render()


def test_a_commit_in_between_is_told_and_does_not_fail() -> None:
    of = router()
    first, second = session(of), session(of)
    type_(first, "conf t m", "ip vrf A")
    type_(second, "conf t m", "ip vrf B", "commit")
    assert type_(first, "commit")[0].startswith("%Info 24022")
    assert {"ip vrf A", "ip vrf B"} <= of.config.section("vrf").keys()


def test_rollback_points_are_off_until_enabled_and_lead_both_ways() -> None:
    at = session(router())
    start = at.router.config.render()
    type_(at, "conf t m", "ip vrf A", "commit comment one", "end")
    assert len(type_(at, "show configuration commit list")) == 1, "a header and no point"
    type_(at, "rollback-configuration enable", "conf t m", "ip vrf B", "commit comment two and more", "end")
    after = at.router.config.render()
    rows = type_(at, "show configuration commit list")
    assert rows[1].split()[:2] == ["1", "1000000001"]
    assert rows[1].endswith("two and more")
    assert type_(at, "show configuration commit changes last 1")[-2:] == ["Command String:", "  ip vrf B"]
    type_(at, "rollback-configuration last 1")
    assert at.router.config.render() != after
    type_(at, "rollback-configuration to 1000000001")
    assert at.router.config.render() == after
    assert at.router.config.render() != start


def test_what_was_not_written_is_gone_after_a_restart(tmp_path: Path) -> None:
    first = session(router(tmp_path))
    type_(first, "rollback-configuration enable", "conf t m", "ip vrf A", "commit comment kept", "end", "write")
    saved = first.router.config.render()
    type_(first, "conf t m", "ip vrf B", "commit comment lost", "end")
    again = router(tmp_path)
    assert again.config.render() == saved
    assert [point.comment for point in again.memory.points] == ["kept"]
    assert again.memory.rollback_enabled


def test_show_can_be_narrowed() -> None:
    at = session(router())
    assert type_(at, "show running-config system-config") == ["!<system-config>", "hostname leaf7", "!</system-config>"]
    assert type_(at, "show running-config | include hostname") == ["hostname leaf7"]
    assert type_(at, "show running-config | begin password")[0] == "    password encrypted abcdef"


def test_long_lines_break_at_eighty_columns_unless_wanted_whole() -> None:
    at = session(router())
    type_(at, "conf t", "interface loopback1", f"description {'d' * 100}", "end")
    assert max(map(len, type_(at, "show running-config"))) == 80
    assert max(map(len, type_(at, "show running-config | one-line"))) == 114


def test_what_the_grammar_does_not_know_in_a_baseline_is_kept_and_shown() -> None:
    text = router().config.render()
    assert "    password encrypted abcdef\n  $\n$\n!</AAA>" in text
    assert "stand-in" not in text, "a locator is a fact of the world, not configuration"
    assert router().locators == {"MAIN": "fd00:1:7::/48"}


def test_the_pager_waits_for_a_key() -> None:
    async def run() -> str:
        device = ZteDevice(Setting("leaf7", BASELINE, None, lambda _: Operational()))
        port = await device.start("127.0.0.1", 0)
        try:
            async with asyncssh.connect("127.0.0.1", port, username="netwright", password="netwright",
                                        known_hosts=None) as wire:  # fmt: skip
                shell = await wire.create_process(term_type="vt100")
                shell.stdin.write("terminal length 10\nshow running-config\n")
                seen = await shell.stdout.readuntil(" --More--")
                shell.stdin.write(" ")
                seen += await shell.stdout.readuntil(" --More--")
                shell.stdin.write("qx\x7fexit\n")
                return seen + await shell.stdout.read()
        finally:
            await device.stop()

    seen = asyncio.run(asyncio.wait_for(run(), 20))
    assert seen.count("--More--") == 2
    assert "\b" * 9 in seen
    assert "leaf7#x\b \bexit\r\n" in seen
    assert seen.count("!<AAA>") <= 1
