"""The circle closes on a router that is not ours: what is typed leads from tree to tree, and back to the byte."""

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwright.platforms.zte import ZTE
from netwright.tree import Path as TreePath
from netwright.tree import between, tree_of

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "emulator" / "zte")]

from test_zte_wording import CONSTRUCTS, worded  # noqa: E402
from zte_support import router, session, type_  # noqa: E402

PACK = ZTE()
BASE = router().config.render()
WANTED = {name: worded(name, construct) for name, construct in CONSTRUCTS.items()}
NEEDS = {
    "isis_circuit": ["isis", "core_interface"],
    "isis_circuit-loopback": ["isis", "loopback"],
    "bgp_neighbor": ["bgp", "loopback"],
    "vrf": ["bgp"],
    "attachment": ["vrf"],
    "static_route": ["vrf"],
    "static_route-v6": ["vrf"],
    "access_rate": ["attachment"],
    "access_rate-queued": ["attachment", "queue_profile"],
    "traffic_class": ["attachment"],
}


def read(text: str) -> dict[TreePath, str]:
    return tree_of(PACK.parse(text, "cfg"))


def needed(names: set[str]) -> set[str]:
    while more := {need for name in names for need in NEEDS.get(name, ())} - names:
        names = names | more
    return names - ({"access_rate"} if "access_rate-queued" in names else set())


def tree(names: set[str]) -> dict[TreePath, str]:
    found = read(BASE)
    for name in sorted(needed(names)):
        found |= WANTED[name]
    return found


def go(at, after: dict[TreePath, str]) -> None:
    """Send every transaction of a change; each must be taken without a word."""
    before = read(at.router.config.render())
    for delta in PACK.sequence(between(before, after)):
        lines = PACK.change(delta, "cfg").splitlines()
        said = type_(at, "configure terminal manual", *lines, "commit comment t", "end")
        assert [row for row in said if "%Info 20272" not in row and row.strip()] == []
        assert read(at.router.config.render()) == delta.after()


names = st.sets(st.sampled_from(sorted(CONSTRUCTS)))


@settings(deadline=None, max_examples=40)
@given(names, names)
def test_any_change_and_its_reverse(first: set[str], second: set[str]) -> None:
    at = session(router())
    go(at, tree(first))
    text = at.router.config.render()
    go(at, tree(second))
    go(at, tree(first))
    assert at.router.config.render() == text
    go(at, read(BASE))
    assert at.router.config.render() == BASE


VRF = "ip vrf hospital-a"
PORT = "interface xgei-0/1/0/1.100"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("vrf", VRF, "rd"), "rd 65000:7"),
        (("vrf", VRF, "description"), "description other words"),
        (("if-intf", PORT, "ip address"), "ip address 10.1.2.1 255.255.255.0"),
        (("vlan", "vlan-configuration", PORT, "encapsulation-dot1q"), "encapsulation-dot1q 200"),
        (("isis", "router isis 1", "interface cgei-0/1/0/1", "metric"), "metric 77"),
        (("hqos", "policy-map NW-Q", "class NW-BE", "bandwidth-remaining percent"), "bandwidth-remaining percent 10"),
    ],
)
def test_another_value_in_place(path: TreePath, value: str) -> None:
    at = session(router())
    start = tree(set(CONSTRUCTS))
    assert path in start
    go(at, start)
    text = at.router.config.render()
    go(at, start | {path: value})
    go(at, start)
    assert at.router.config.render() == text


def test_another_policy_in_place_of_one_that_goes() -> None:
    text = "!<hqos>\npolicy-map {0}\n$\npolicy-map OUTER\n$\nservice-policy xgei-0/1/0/1 output {0}\n!</hqos>\n"
    one, two = (read(BASE) | read(text.format(name)) for name in ("P1", "P2"))
    at = session(router())
    for after in (one, two, one, read(BASE)):
        go(at, after)


def test_a_parent_policy_comes_after_its_child_whatever_their_names() -> None:
    child = "policy-map Z\n$\n"
    parent = "policy-map A\n  class C\n    service-policy Z\n  $\n$\n"
    at = session(router())
    go(at, read(BASE) | read(f"!<hqos>\nclass-map C match-any\n  match child\n$\n{child}{parent}!</hqos>\n"))
    go(at, read(BASE))


def test_a_rate_is_taken_away_before_the_new_one_comes() -> None:
    start = tree({"access_rate"})
    path = next(path for path in start if path[-1] == "rate-limit input cir")
    change = PACK.change(between(start, start | {path: start[path].replace("100 mbps", "200 mbps")}), "cfg")
    typed = [line.strip() for line in change.splitlines()]
    assert typed.index("no rate-limit input") < next(i for i, line in enumerate(typed) if "200 mbps" in line)


def test_moving_an_interface_to_another_vrf_takes_two_transactions() -> None:
    start = tree({"attachment"})
    other = dict(start)
    for path, value in start.items():
        if path[0] == "vrf":
            other[("vrf", "ip vrf b", *path[2:])] = value.replace(":1001", ":1002")
    moved = other | {("if-intf", PORT, "ip vrf forwarding"): "ip vrf forwarding b"}
    assert len(PACK.sequence(between(other, moved))) == 2
    at = session(router())
    for after in (other, moved, start, read(BASE)):
        go(at, after)
    assert at.router.config.render() == BASE


def test_a_binding_that_comes_late_brings_the_addresses_back() -> None:
    bound = tree({"attachment"})
    free = {path: value for path, value in bound.items() if path[-1] != "ip vrf forwarding"}
    at = session(router())
    for after in (free, bound, free):
        go(at, after)
