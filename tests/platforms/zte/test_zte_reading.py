"""Reading a running configuration, writing it again, and what the rules say of single lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwright.errors import ConfigParseError
from netwright.platforms.zte import ZTE
from netwright.platforms.zte.reading import WIDTH
from netwright.platforms.zte.rules import recognise, removal
from netwright.tree import PRESENT, Delta, between, tree_of

PACK = ZTE()
SAMPLE = """!<mim>
!configuration saved at 10:00:00 Sat Nov 21 2026 by write zdb
commit-mode default manual
!</mim>
!<vrf>
ip vrf zte vpnid 100
  rd 65000:1
  route-target export 65000:1 evpn
  address-family ipv4
  $
$
!</vrf>
!<AAA>
system-user
  user-name op
    password encrypted abcdef
  $
$
!</AAA>
"""


def read(text: str) -> dict[tuple[str, ...], str]:
    return tree_of(PACK.parse(text, "cfg"))


def test_paths_and_values_of_a_configuration() -> None:
    assert read(SAMPLE) == {
        ("mim", "commit-mode default manual"): "commit-mode default manual",
        ("vrf", "ip vrf zte"): "ip vrf zte vpnid 100",
        ("vrf", "ip vrf zte", "rd"): "rd 65000:1",
        ("vrf", "ip vrf zte", "route-target export 65000:1 evpn"): "route-target export 65000:1 evpn",
        ("vrf", "ip vrf zte", "address-family ipv4"): PRESENT,
        ("AAA", "system-user"): PRESENT,
        ("AAA", "system-user", "user-name op"): PRESENT,
        ("AAA", "system-user", "user-name op", "password #e4efc260cc05"): "password encrypted abcdef",
    }


def test_a_secret_shows_in_no_path_and_is_known_as_one() -> None:
    secrets = [path for path in read(SAMPLE) if PACK.is_secret(path)]
    assert secrets == [("AAA", "system-user", "user-name op", "password #e4efc260cc05")]
    assert PACK.is_secret(("bgp", "router bgp 1", "neighbor 10.0.0.1 password"))
    assert not PACK.is_secret(("vrf", "ip vrf a", "address-family ipv4"))


def test_numbers_are_those_of_the_text() -> None:
    assert [line.number for line in PACK.parse(SAMPLE, "cfg")] == [3, 6, 7, 8, 9, 14, 15, 16]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("ip vrf a\n", 1, "outside any section"),
        ("!<vrf>\nip vrf a\n  rd 1:1\n!</vrf>\n", 2, "never closed with"),
        ("!<vrf>\nip vrf a\n", 1, "this section is never closed"),
        ("!<vrf>\n!<bgp>\n!</bgp>\n!</vrf>\n", 1, "this section is never closed"),
        ("!</vrf>\n", 1, "never opened"),
        ("!<vrf>\n$\n!</vrf>\n", 2, "closes no mode"),
    ],
)
def test_what_is_no_configuration_says_where(text: str, line: int, message: str) -> None:
    with pytest.raises(ConfigParseError, match=message) as error:
        read(text)
    assert error.value.line == line


def wrapped(text: str) -> str:
    """As a terminal of 80 columns shows it."""
    lines = [line[at : at + WIDTH] for line in text.splitlines() for at in range(0, max(len(line), 1), WIDTH)]
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("length", [66, 67, 68, 69, 147, 148, 149, 200])
@pytest.mark.parametrize("words", ["x", "x "])
def test_a_line_that_the_terminal_broke_is_whole_again(length: int, words: str) -> None:
    said = (words * length)[: length - 1] + "y"
    port = f"interface gei-0/1/0/1\n  description {said}\n  no shutdown\n$\n"
    text = f"!<if-intf>\n{port}interface loopback1\n$\n!</if-intf>\n"
    assert read(wrapped(text)) == read(text)
    assert read(text)["if-intf", "interface gei-0/1/0/1", "description"] == f"description {said}"


def test_a_line_of_just_the_terminals_width_is_not_taken_on() -> None:
    tree = {("something", "x" * WIDTH): "x" * WIDTH, ("something", "y"): "y"}
    assert read(PACK.text(tree, "cfg")) == tree


def test_a_long_line_at_the_top_is_whole_again() -> None:
    line = f"ipv6 route vrf {'v' * 32} 2001:db8:1111:2222::/64 2001:db8:1111:2222:3333:4444:5555:6666"
    text = f"!<ipv6-static-route>\n{line}\n{line}1\n!</ipv6-static-route>\n"
    assert set(read(wrapped(text)).values()) == {line, f"{line}1"}


word = st.text("abcdef0123456789-./", min_size=1, max_size=8).filter(lambda text: text not in {"no", "$"})
lines = st.lists(word, min_size=1, max_size=3).map(" ".join)
known = st.sampled_from(
    ["rd 65000:1", "description a b", "route-target export 1:1 evpn", "shutdown", "no shutdown", "mtu 9000",
     "ip address 10.0.0.1 255.0.0.0", "ip address 10.0.0.2 255.0.0.0 secondary", "metric 3", "password secret"]
)  # fmt: skip
header = st.sampled_from(
    ["ip vrf a", "ip vrf b vpnid 7", "interface gei-0/1/0/1", "router bgp 1", "router isis 1", "address-family ipv4",
     "class-map x match-any", "policy-map p", "class x", "vlan-configuration", "qos"]
) | lines.map(lambda text: f"m{text}")  # fmt: skip
blocks = st.recursive(
    st.dictionaries(known | lines.map(lambda text: f"l{text}"), st.none(), max_size=4),
    lambda inner: st.dictionaries(header, inner, max_size=3) | st.dictionaries(known, st.none(), max_size=3),
    max_leaves=12,
)
sections = st.dictionaries(
    st.sampled_from(["vrf", "if-intf", "bgp", "isis", "hqos", "vlan", "car", "something"]), blocks, max_size=4
)


def write(block: dict, depth: int) -> list[str]:
    found = []
    for line, inside in block.items():
        found.append("  " * depth + line)
        if inside is not None:
            found += [*write(inside, depth + 1), "  " * depth + "$"]
    return found


def document(tree: dict) -> str:
    found = [line for name, block in tree.items() for line in (f"!<{name}>", *write(block, 0), f"!</{name}>")]
    return "".join(f"{line}\n" for line in found)


@given(sections)
def test_text_is_read_back_as_the_same_tree(tree: dict) -> None:
    first = read(document(tree))
    text = PACK.text(first, "cfg")
    assert read(text) == first
    assert PACK.text(read(text), "cfg") == text, "canonical text is a fixed point"
    assert read(wrapped(text)) == first


@pytest.mark.parametrize(
    ("mode", "line", "identity", "goes_by"),
    [
        ("vrf", "rd 65000:1", "rd", "no rd"),
        ("vrf", "description a tenant", "description", "no description"),
        ("vrf", "evpn tunnel-encapsulation srv6", "evpn tunnel-encapsulation", "no evpn tunnel-encapsulation"),
        ("vrf", "route-target both 65000:1", "route-target both 65000:1", "no route-target both 65000:1"),
        ("vrf", "route-target import 6:1 evpn", "route-target import 6:1 evpn", "no route-target import 6:1"),
        ("!vrf", "ip vrf a vpnid 100", "ip vrf a", "no ip vrf a"),
        ("interface", "ip address 10.0.0.1 255.255.255.0", "ip address", "no ip address 10.0.0.1 255.255.255.0"),
        ("interface", "ip address 10.0.0.2 255.255.255.0 secondary", "ip address 10.0.0.2 secondary",
         "no ip address 10.0.0.2 255.255.255.0"),
        ("interface", "no shutdown", "shutdown", "shutdown"),
        ("interface", "shutdown", "shutdown", "no shutdown"),
        ("bgp", "neighbor 10.0.0.1 remote-as 65000", "neighbor 10.0.0.1 remote-as", "no neighbor 10.0.0.1"),
        ("bgp", "neighbor fd::1 route-map RM in", "neighbor fd::1 route-map in", "no neighbor fd::1 route-map in"),
        ("bgp-af", "neighbor 10.0.0.1 activate", "neighbor 10.0.0.1 activate", "no neighbor 10.0.0.1 activate"),
        ("bgp-af", "redistribute connected metric 3", "redistribute connected", "no redistribute connected"),
        ("car-interface", "rate-limit input cir 1 mbps cbs 1", "rate-limit input cir", "no rate-limit input"),
        ("car-interface", "rate-limit input qos-group 1 cir 1 mbps cbs 1", "rate-limit input qos-group 1 cir",
         "no rate-limit input qos-group 1"),
        ("!hqos", "traffic-policy interface x input P", "traffic-policy interface x input",
         "no traffic-policy interface x input"),
        ("!static", "ip route 0.0.0.0 0.0.0.0 10.0.0.1", "ip route 0.0.0.0 0.0.0.0 10.0.0.1",
         "no ip route 0.0.0.0 0.0.0.0 10.0.0.1"),
    ],
)  # fmt: skip
def test_what_a_line_is_and_how_it_goes(mode: str, line: str, identity: str, goes_by: str) -> None:
    kind = recognise(mode, line)
    assert kind.identity == identity
    assert removal(kind, line) == goes_by


def test_nothing_to_do_types_nothing() -> None:
    tree = read(SAMPLE)
    assert PACK.change(Delta(tree, {}, {}, {}), "cfg") == ""
    assert list(PACK.sequence(between(tree, tree))) == []


def test_a_foreign_block_around_a_removed_line_stays() -> None:
    tree = read(SAMPLE)
    without = {path: value for path, value in tree.items() if path[-1] != "rd"}
    assert PACK.change(between(tree, without), "cfg") == "ip vrf zte vpnid 100\n  no rd\n$\n"
