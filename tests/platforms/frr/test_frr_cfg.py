"""FRR's configuration as a tree: reading, writing, and what is sent to change it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwright.errors import ConfigParseError
from netwright.platforms.frr import FRR, changing, steps
from netwright.tree import PRESENT, between, tree_of
from netwright.tree import Path as TreePath

GOLDEN = Path(__file__).parent / "golden"
SID: TreePath = ("router bgp 65000 vrf v", "sid vpn per-vrf export")

RUNNING = """\
Building configuration...

Current configuration:
!
frr version 10.7.1
frr defaults traditional
hostname leaf1
!
ip route 10.0.0.0/8 eth0 10
!
vrf v
 ip route 10.9.0.0/24 sr0 segments fd00:1:1::/fd00:1:2:fe01:: nexthop-vrf default
exit-vrf
!
interface eth1
 description a b c
 ipv6 address 2001:db8::1/127
exit
!
router bgp 65000
 no bgp default ipv4-unicast
 neighbor 2001:db8::2 remote-as 65000
 neighbor 2001:db8::2 password hidden
 !
 segment-routing srv6
  locator MAIN
 exit
 !
 address-family ipv4 vpn
  neighbor 2001:db8::2 activate
 exit-address-family
exit
!
router isis 1
 segment-routing srv6
 exit
exit
!
segment-routing
 srv6
  locators
   locator MAIN
    prefix fd00:1:5::/48 block-len 32 node-len 16
   exit
   !
  exit
  !
 exit
 !
exit
!
end
"""

TREE: dict[TreePath, str] = {
    ("frr defaults",): "frr defaults traditional",
    ("hostname",): "hostname leaf1",
    ("ip route 10.0.0.0/8 eth0",): "ip route 10.0.0.0/8 eth0 10",
    ("vrf v",): PRESENT,
    (
        "vrf v",
        "ip route 10.9.0.0/24 sr0",
    ): "ip route 10.9.0.0/24 sr0 segments fd00:1:1::/fd00:1:2:fe01:: nexthop-vrf default",
    ("interface eth1", "description"): "description a b c",
    ("interface eth1", "ipv6 address 2001:db8::1/127"): "ipv6 address 2001:db8::1/127",
    ("router bgp 65000",): PRESENT,
    ("router bgp 65000", "bgp default ipv4-unicast"): "no bgp default ipv4-unicast",
    ("router bgp 65000", "neighbor 2001:db8::2 remote-as"): "neighbor 2001:db8::2 remote-as 65000",
    ("router bgp 65000", "neighbor 2001:db8::2 password"): "neighbor 2001:db8::2 password hidden",
    ("router bgp 65000", "segment-routing srv6", "locator"): "locator MAIN",
    ("router bgp 65000", "address-family ipv4 vpn", "neighbor 2001:db8::2 activate"): "neighbor 2001:db8::2 activate",
    ("router isis 1",): PRESENT,
    ("router isis 1", "segment-routing srv6"): PRESENT,
    ("segment-routing", "srv6", "locators", "locator MAIN"): PRESENT,
    (
        "segment-routing",
        "srv6",
        "locators",
        "locator MAIN",
        "prefix",
    ): "prefix fd00:1:5::/48 block-len 32 node-len 16",
}


def parsed(text: str) -> dict[TreePath, str]:
    return tree_of(FRR.parse(text, "cfg"))


def test_a_running_configuration_becomes_this_tree() -> None:
    assert parsed(RUNNING) == TREE


def test_indentation_does_not_matter_where_blocks_are_closed() -> None:
    assert parsed("\n".join(line.strip() for line in RUNNING.splitlines())) == TREE


def test_closing_words_do_not_matter_where_blocks_are_indented() -> None:
    open_ended = [line for line in RUNNING.splitlines() if not line.strip().startswith("exit")]
    assert parsed("\n".join(open_ended)) == TREE


def test_lines_know_where_they_stood() -> None:
    numbers = {line.path: line.number for line in FRR.parse(RUNNING, "cfg")}
    assert numbers["hostname",] == 7
    assert numbers["interface eth1", "description"] == 16


def test_an_exit_too_many_is_told_with_its_line() -> None:
    with pytest.raises(ConfigParseError, match="line 3: nothing is open here"):
        parsed("interface eth1\nexit\nexit\n")


def test_a_block_that_nobody_knows_is_kept_by_its_indentation() -> None:
    tree = parsed("bfd\n profile x\n  detect-multiplier 5\n exit\nexit\nhostname y\n")
    assert tree["bfd", "profile x", "detect-multiplier 5"] == "detect-multiplier 5"
    assert tree["hostname",] == "hostname y"
    assert parsed(FRR.text(tree, "cfg")) == tree


def test_a_later_neighbour_block_does_not_swallow_top_level_lines() -> None:
    assert parsed("router bgp 1\naddress-family ipv4 vpn\nneighbor ::1 activate\ninterface lo\ndescription x\n") == {
        ("router bgp 1",): PRESENT,
        ("router bgp 1", "address-family ipv4 vpn", "neighbor ::1 activate"): "neighbor ::1 activate",
        ("interface lo", "description"): "description x",
    }


NAMES = st.text("abcxyz019-", min_size=1, max_size=8).filter(lambda name: name[0].isalpha())
WORDS = st.text("abc xyz09", min_size=1, max_size=20).map(lambda text: " ".join(text.split()) or "x")
NUMBERS = st.integers(1, 4_000_000_000)
LEAVES = st.one_of(
    st.builds(lambda name, text: ((f"interface {name}", "description"), f"description {text}"), NAMES, WORDS),
    st.builds(lambda name, n: ((f"interface {name}", "isis metric"), f"isis metric {n}"), NAMES, NUMBERS),
    st.builds(lambda name: ((f"vrf {name}",), PRESENT), NAMES),
    st.builds(
        lambda name, n: ((f"vrf {name}", f"ip route 10.{n % 256}.0.0/16 sr0"),
                         f"ip route 10.{n % 256}.0.0/16 sr0 segments fd00:1:{n % 999}:: nexthop-vrf default"),
        NAMES, NUMBERS,
    ),
    st.builds(lambda n: ((f"router bgp {n}",), PRESENT), NUMBERS),
    st.builds(
        lambda n, name, m: ((f"router bgp {n} vrf {name}", "address-family ipv4 unicast", "rd vpn export"),
                            f"rd vpn export {n}:{m}"),
        NUMBERS, NAMES, NUMBERS,
    ),
    st.builds(lambda name: (("segment-routing", "srv6", "locators", f"locator {name}"), PRESENT), NAMES),
)  # fmt: skip


def closed(leaves: list[tuple[TreePath, str]]) -> dict[TreePath, str]:
    """A tree in which every block that stands alone is there when something is inside it."""
    tree = dict(leaves)
    for path in list(tree):
        if path[0].startswith(("router ", "vrf ")):
            tree[path[:1]] = PRESENT
    return tree


TREES = st.lists(LEAVES, max_size=12).map(closed)


@given(TREES)
def test_what_is_written_reads_back(tree: dict[TreePath, str]) -> None:
    assert parsed(FRR.text(tree, "cfg")) == tree


@given(TREES)
def test_nothing_to_do_is_nothing_to_send(tree: dict[TreePath, str]) -> None:
    assert FRR.change(between(tree, tree), "cfg") == ""
    assert FRR.sequence(between(tree, tree)) == ()


REMOVALS = [
    ({("interface eth1", "description"): "description x"}, "interface eth1\n no description\nexit\n"),
    ({("hostname",): "hostname x"}, "no hostname x\n"),
    (
        {("router bgp 65000", "bgp default ipv4-unicast"): "no bgp default ipv4-unicast"},
        "router bgp 65000\n bgp default ipv4-unicast\nexit\n",
    ),
    (
        {
            ("router bgp 65000", "neighbor ::2 remote-as"): "neighbor ::2 remote-as 65000",
            ("router bgp 65000", "neighbor ::2 description"): "neighbor ::2 description x",
            ("router bgp 65000", "address-family ipv4 vpn", "neighbor ::2 activate"): "neighbor ::2 activate",
        },
        "router bgp 65000\n no neighbor ::2\nexit\n",
    ),
    (
        {("router isis 1",): PRESENT, ("router isis 1", "is-type"): "is-type level-1"},
        "no router isis 1\n",
    ),
    (
        {("segment-routing", "srv6", "locators", "locator A"): PRESENT},
        "segment-routing\n srv6\n  locators\n   no locator A\n  exit\n exit\nexit\n",
    ),
    (
        {("router bgp 1", "segment-routing srv6", "locator"): "locator A"},
        "router bgp 1\n segment-routing srv6\n  no locator A\n exit\nexit\n",
    ),
    (
        {("router isis 1", "segment-routing srv6"): PRESENT},
        "router isis 1\n no segment-routing srv6\nexit\n",
    ),
]


@pytest.mark.parametrize(("gone", "sent"), REMOVALS)
def test_how_a_line_is_taken_back(gone: dict[TreePath, str], sent: str) -> None:
    text = FRR.change(between(gone, {}), "cfg")
    assert "".join(line for line in text.splitlines(keepends=True) if not line.startswith("!")) == sent


def test_a_vrf_goes_after_its_device_and_its_users_before() -> None:
    before = parsed("vrf v\n ip route 10.0.0.0/8 10.1.1.1\nexit-vrf\nrouter bgp 1 vrf v\nexit\nrouter bgp 1\nexit\n")
    linux = tree_of(FRR.parse("ip link add name v type vrf table 7\n", "linux"))
    delta = between({**before, **linux}, {})
    sent = steps.in_order({part: FRR.change(delta, part) for part in FRR.parts})
    route = "vrf v\n no ip route 10.0.0.0/8 10.1.1.1\nexit-vrf\n"
    assert sent == [
        ("cfg", steps.REMOVE_USERS, f"no router bgp 1 vrf v\nno router bgp 1\n{route}"),
        ("linux", steps.REMOVE, "ip link del dev v\n"),
        ("cfg", steps.REMOVE_VRFS, "no vrf v\n"),
    ]  # fmt: skip


def test_a_new_sid_is_given_after_the_old_one_was_taken_back() -> None:
    before = {SID[:1]: PRESENT, SID: "sid vpn per-vrf export explicit fd00:1:5:fe00::"}
    after = {SID[:1]: PRESENT, SID: "sid vpn per-vrf export explicit fd00:1:5:fe01::"}
    sent = [line.strip() for line in FRR.change(between(before, after), "cfg").splitlines()]
    gone, new = f"no {before[SID]}", after[SID]
    assert sent.index(gone) < sent.index(new)


def test_another_value_is_simply_given_where_frr_takes_it() -> None:
    before = {("interface eth1", "description"): "description a"}
    after = {("interface eth1", "description"): "description b"}
    assert "no" not in FRR.change(between(before, after), "cfg").split()


def test_a_locator_moves_in_two_transactions_with_its_users() -> None:
    before = parsed(RUNNING) | {SID[:1]: PRESENT, SID: "sid vpn per-vrf export explicit fd00:1:5:fe00::"}
    prefix: TreePath = ("segment-routing", "srv6", "locators", "locator MAIN", "prefix")
    after = {**before, prefix: "prefix fd00:1:6::/48 block-len 32 node-len 16"}
    first, second = FRR.sequence(between(before, after))
    assert set(first.remove) == {prefix, prefix[:-1], SID, ("router bgp 65000", "segment-routing srv6", "locator")}
    assert second.before == first.after()
    assert second.after() == after


@given(TREES, TREES)
def test_transactions_end_where_they_should(before: dict[TreePath, str], after: dict[TreePath, str]) -> None:
    now = before
    for delta in FRR.sequence(between(before, after)):
        assert delta.before == now
        now = delta.after()
    assert now == after


@pytest.mark.parametrize(
    ("path", "secret"),
    [
        (("router bgp 1", "neighbor ::2 password"), True),
        (("interface eth1", "isis password md5 x"), True),
        (("interface eth1", "description"), False),
        (("linux", "sysctl net/ipv4/ip_forward"), False),
    ],
)
def test_secrets(path: TreePath, secret: bool) -> None:
    assert FRR.is_secret(path) is secret


def test_steps_read_what_they_write() -> None:
    text = steps.write("cfg", [(steps.REMOVE_USERS, "a\n"), (steps.ADD_LOCATORS, ""), (steps.ADD, "b\n")])
    assert steps.read("cfg", text) == {steps.REMOVE_USERS: "a\n", steps.ADD: "b\n"}
    assert steps.read("cfg", "plain\n") == {steps.ADD: "plain\n"}


def test_kinds_of_nested_blocks() -> None:
    assert changing.kind_of(("router bgp 1", "address-family ipv4 vpn")) == "address-family"
    assert changing.kind_of(("router isis 1", "segment-routing srv6")) == "isis-srv6"


def test_the_sids_of_an_is_is_that_goes_are_taken_back_first_and_alone() -> None:
    """isisd that goes with its SRv6 leaves its SIDs in the FIB (RUN 10.3, 10.7.1)."""
    head = "router isis 1\n net 49.0001.0102.5500.0005.00\n"
    before = tree_of(FRR.parse(f"{head} segment-routing srv6\n  locator MAIN\n exit\nexit\n", "cfg"))
    assert steps.in_order({"cfg": FRR.change(between(before, {}), "cfg")}) == [
        ("cfg", steps.REMOVE_SIDS, "router isis 1\n no segment-routing srv6\nexit\n"),
        ("cfg", steps.REMOVE_USERS, "no router isis 1\n"),
    ]
    kept = tree_of(FRR.parse(f"{head}exit\n", "cfg"))
    assert [step for _, step, _ in steps.in_order({"cfg": FRR.change(between(before, kept), "cfg")})] == [
        steps.REMOVE_USERS
    ]
