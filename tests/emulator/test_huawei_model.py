"""The emulated router judges configurations by the vendor's schema: what it takes, what it refuses, and when."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from netwright.emulator.huawei.datastore import parsed
from netwright.emulator.huawei.edit import edited
from netwright.emulator.huawei.errors import NC, Problem, RpcError
from netwright.emulator.huawei.tree import empty, text_of
from netwright.emulator.huawei.validate import objections

ORDER = (
    "00-",
    "02-",
    "01-",
    "03-",
    "04-",
    "04b-",
    "10-",
    "05-",
    "06-",
    "07-",
    "08-",
    "09-",
    "09b-",
    "11-",
    "12-",
    "13-",
    "14-",
)


def preferring(*entries: str) -> etree._Element:
    """An edit of a tunnel policy with these entries of a list whose order is the user's."""
    types = "".join(entries)
    chosen = f"<select-sequence><select-tunnel-types>{types}</select-tunnel-types></select-sequence>"
    policy = (
        f"<tunnel-policys><tunnel-policy><name>x</name><ipv4-set>{chosen}</ipv4-set></tunnel-policy></tunnel-policys>"
    )
    space = "urn:huawei:yang:huawei-tunnel-management"
    return etree.fromstring(
        f'<config xmlns="{NC}" xmlns:y="urn:ietf:params:xml:ns:yang:1" xmlns:t="{space}">'
        f'<tunnel-management xmlns="{space}">{policy}</tunnel-management></config>'
    )


def entry(kind: str, said: str = "") -> str:
    return f"<select-tunnel-type{said}><type>{kind}</type></select-tunnel-type>"


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ("", ["gre", "ldp", "te", "lsp"]),
        (' y:insert="first"', ["lsp", "gre", "ldp", "te"]),
        (' y:insert="last"', ["gre", "ldp", "te", "lsp"]),
        (""" y:insert="after" y:key="[t:type='gre']" """, ["gre", "lsp", "ldp", "te"]),
        (""" y:insert="before" y:key="[type='te']" """, ["gre", "ldp", "lsp", "te"]),
    ],
)
def test_an_entry_goes_where_it_is_wished(said: str, order: list[str]) -> None:
    """Whether it is new or moves (RFC 7950, section 7.8.6)."""
    three = edited(empty(), preferring(entry("gre"), entry("ldp"), entry("te")))
    for tree in (three, edited(three, preferring(entry("lsp", ' y:insert="first"')))):
        wish = preferring(entry("lsp", said or ' y:insert="last"'))
        found = text_of(edited(tree, wish if said or tree is not three else preferring(entry("lsp"))))
        assert [piece.partition("<")[0] for piece in found.split("<type>")[1:]] == order


def test_an_entry_beside_one_that_is_not_there_is_refused() -> None:
    wish = preferring(entry("lsp", """ y:insert="after" y:key="[t:type='bgp']" """))
    with pytest.raises(RpcError):
        edited(empty(), wish)


def load(file: Path) -> etree._Element:
    return etree.fromstring(f'<config xmlns="{NC}" xmlns:nc="{NC}">{file.read_text()}</config>')


def sample(samples: Path, start: str) -> etree._Element:
    return load(next(file for file in samples.glob("*.xml") if file.name.startswith(start)))


def built(samples: Path, upto: str) -> etree._Element:
    """The samples in a sensible order, as far as `upto`."""
    tree = empty()
    for start in ORDER[: ORDER.index(upto) + 1]:
        tree = edited(tree, sample(samples, start))
    return tree


def test_every_sample_is_accepted_in_a_sensible_order(samples: Path) -> None:
    tree = empty()
    for start in ORDER:
        after = edited(tree, sample(samples, start))
        assert objections(after, tree) == [], start
        tree = after


def test_the_alternative_slice_on_a_channel_is_accepted(samples: Path) -> None:
    before = built(samples, "00-")
    assert objections(edited(before, sample(samples, "10b-")), before) == []


def test_a_tenant_goes_without_a_trace(samples: Path) -> None:
    before = built(samples, "04b-")
    tree = before
    for start in ("10-", "05-", "06-"):
        tree = edited(tree, sample(samples, start))
    undo = edited(tree, sample(samples, "99-"))
    assert objections(undo, tree) == []
    undo = edited(undo, sample(samples, "01-"))  # the tenant was there before
    undo = edited(undo, sample(samples, "04-"))
    undo = edited(undo, sample(samples, "04b-"))
    undo = edited(undo, etree.fromstring(REST))
    assert text_of(undo) == text_of(before)


REST = f"""<config xmlns="{NC}" xmlns:nc="{NC}">
<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances><instance><name>_public_</name>
<srv6 xmlns="urn:huawei:yang:huawei-srv6"><srpolicy xmlns="urn:huawei:yang:huawei-srpolicy"><policy-attributes>
<locator nc:operation="remove"/></policy-attributes></srpolicy></srv6></instance></instances></network-instance>
<net-slice xmlns="urn:huawei:yang:huawei-net-slice"><network-slice-color-mapping nc:operation="remove"/></net-slice>
</config>"""
"""What the teardown leaves: the policies' locator, and a container whose presence means something."""


@pytest.mark.parametrize(
    ("number", "base", "tag", "where"),
    [
        (1, "03-", "data-missing", "locators/locator[name='NOPE']/name"),
        (2, "02-", "operation-failed", ""),
        (3, "03-", "operation-failed", "advertise-encap-type"),
        (4, "10-", "operation-failed", "candidate-path[protocol-origin='configuration']"),
        (5, "00-", "data-missing", "network-slice-id"),
        (6, "00-", "operation-failed", ""),
    ],
)
def test_negative_samples_are_refused(samples: Path, number: int, base: str, tag: str, where: str) -> None:
    before = built(samples, base)
    found = objections(edited(before, load(samples / "negative" / f"neg{number}.xml")), before)
    assert tag in {problem.tag for problem in found}
    assert any(where in problem.path for problem in found)


IFM = "urn:huawei:yang:huawei-ifm"


def edit(body: str) -> etree._Element:
    return etree.fromstring(f'<config xmlns="{NC}" xmlns:nc="{NC}">{body}</config>')


def interface(inside: str, operation: str = "") -> etree._Element:
    wish = f' nc:operation="{operation}"' if operation else ""
    return edit(f'<ifm xmlns="{IFM}"><interfaces><interface{wish}>{inside}</interface></interfaces></ifm>')


NAME = "<name>100GE0/1/0</name>"
THERE = f"{NAME}<class>main-interface</class><type>100GE</type><mtu>9000</mtu>"


def refusal(before: etree._Element, change: etree._Element, default: str = "merge") -> Problem:
    with pytest.raises(RpcError) as caught:
        edited(before, change, default)
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("change", "tag", "bad"),
    [
        (edit('<ifm xmlns="urn:nobody"/>'), "unknown-namespace", "ifm"),
        (interface(f"{NAME}<colour>red</colour>"), "unknown-element", "colour"),
        (interface(f"{NAME}<mtu>many</mtu>"), "invalid-value", "mtu"),
        (interface(f"{NAME}<mtu>70000</mtu>"), "invalid-value", "mtu"),
        (interface(f"{NAME}<type>Bicycle</type>"), "invalid-value", "type"),
        (interface("<mtu>9000</mtu>"), "missing-element", "name"),
        (interface(f"{NAME}<index>5</index>"), "invalid-value", "index"),
        (interface(NAME, "explode"), "bad-attribute", ""),
        (interface(NAME, "create"), "data-exists", ""),
        (interface("<name>100GE9/9/9</name>", "delete"), "data-missing", ""),
    ],
)
def test_refused_at_the_edit(change: etree._Element, tag: str, bad: str) -> None:
    before = edited(empty(), interface(THERE))
    problem = refusal(before, change)
    assert problem.tag == tag
    assert ("bad-element", bad) in problem.info or not bad


def test_default_operation_none_needs_what_it_walks_over() -> None:
    before = edited(empty(), interface(THERE))
    assert refusal(before, interface("<name>100GE9/9/9</name>"), "none").tag == "data-missing"
    inside = interface(f'{NAME}<mtu nc:operation="remove"/>')
    assert "mtu" not in text_of(edited(before, inside, "none"))


def test_remove_of_nothing_is_fine_and_replace_replaces() -> None:
    before = edited(empty(), interface(THERE))
    assert text_of(edited(before, interface("<name>100GE9/9/9</name>", "remove"))) == text_of(before)
    after = edited(before, interface(f"{NAME}<class>main-interface</class><type>100GE</type>", "replace"))
    assert "mtu" not in text_of(after)


def test_an_edit_happens_wholly_or_not_at_all() -> None:
    before = edited(empty(), interface(THERE))
    text = text_of(before)
    with pytest.raises(RpcError):
        edited(before, interface(f"{NAME}<description>x</description><mtu>70000</mtu>"))
    assert text_of(before) == text


def test_order_of_arrival_does_not_matter() -> None:
    one, two = interface("<name>100GE0/1/2</name>"), interface("<name>100GE0/1/10</name>")
    assert text_of(edited(edited(empty(), one), two)) == text_of(edited(edited(empty(), two), one))
    assert text_of(edited(edited(empty(), two), one)).index("0/1/2<") < text_of(
        edited(edited(empty(), two), one)
    ).index("0/1/10<")


def test_a_text_reads_back_as_itself(samples: Path) -> None:
    tree = built(samples, "14-")
    assert text_of(parsed(text_of(tree))) == text_of(tree)


def test_addresses_are_kept_in_canonical_form() -> None:
    address = "<addresses><address><ip>2001:DB8:0::1</ip></address></addresses>"
    body = f'{NAME}<ipv6 xmlns="urn:huawei:yang:huawei-ip">{address}</ipv6>'
    assert "<ip>2001:db8::1</ip>" in text_of(edited(empty(), interface(body)))


def test_a_locator_prefix_cannot_be_changed_in_place(samples: Path) -> None:
    before = built(samples, "03-")
    body = """<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances><instance>
      <name>_public_</name>
      <srv6 xmlns="urn:huawei:yang:huawei-srv6"><locators><locator{}><name>LOC1</name>{}</locator></locators></srv6>
      </instance></instances></network-instance>"""
    found = objections(edited(before, edit(body.format("", "<prefix>fd00:1:9::</prefix>"))), before)
    assert [(problem.app_tag, problem.path.rpartition("/")[2]) for problem in found] == [
        ("operation-excluded", "prefix")
    ]


def test_both_cases_of_a_choice_are_refused_at_validation(samples: Path) -> None:
    before = built(samples, "10-")
    change = interface(
        f'{NAME}<net-slices xmlns="urn:huawei:yang:huawei-net-slice"><net-slice><slice-id>10</slice-id>'
        "<data-plane>true</data-plane>"
        "</net-slice></net-slices>"
    )
    found = objections(edited(before, change), before)
    assert any("Data for both cases" in problem.message for problem in found)


POLICY = """<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances><instance>
  <name>_public_</name><srv6 xmlns="urn:huawei:yang:huawei-srv6"><srpolicy xmlns="urn:huawei:yang:huawei-srpolicy">
  <policys><policy><endpoint>2001:db8::9</endpoint><color>9</color>{}</policy></policys></srpolicy></srv6>
  </instance></instances></network-instance>"""


@pytest.mark.parametrize(
    ("inside", "app_tag"),
    [("<name>OTHER</name>", []), ("<name>POL-A-1001</name>", ["data-not-unique"]), ("", ["missing-element"])],
)
def test_a_policy_has_a_name_of_its_own(samples: Path, inside: str, app_tag: list[str]) -> None:
    before = built(samples, "05-")
    found = objections(edited(before, edit(POLICY.format(inside))), before)
    assert [problem.app_tag for problem in found] == app_tag


VRF = """<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances>
  <instance{}><name>V{}</name></instance></instances></network-instance>"""


@settings(max_examples=15)
@given(order=st.permutations(range(5)), back=st.permutations(range(5)))
def test_added_and_removed_in_any_order_leaves_the_same_bytes(order: list[int], back: list[int]) -> None:
    before = edited(empty(), interface(THERE))
    tree = before
    for number in order:
        tree = edited(tree, edit(VRF.format("", number)))
        assert objections(tree, before) == []
    assert text_of(tree).index("V0") < text_of(tree).index("V4")
    for number in back:
        tree = edited(tree, edit(VRF.format(' nc:operation="delete"', number)))
    assert text_of(tree) == text_of(before)
