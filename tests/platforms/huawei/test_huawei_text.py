"""A tree written as XML and read back is the same tree, and what cannot be read is refused with its line."""

from __future__ import annotations

import pytest
from huawei_trees import trees
from hypothesis import given, settings
from lxml import etree

from netwright.errors import ConfigParseError
from netwright.platforms.huawei import HUAWEI
from netwright.tree import PRESENT, Path, tree_of

IFM = '<ifm xmlns="urn:huawei:yang:huawei-ifm"><interfaces>{}</interfaces></ifm>'
PORT = ("huawei-ifm:ifm", "interfaces", "interface[name='100GE0/1/0']")


def parsed(text: str) -> dict[Path, str]:
    return tree_of(HUAWEI.parse(text, "xml"))


@given(trees())
@settings(max_examples=100, deadline=None)
def test_round_trip(tree: dict[Path, str]) -> None:
    text = HUAWEI.text(tree, "xml")
    assert parsed(text) == tree
    assert HUAWEI.text(dict(reversed(tree.items())), "xml") == text
    if text:
        assert etree.fromstring(text).tag == "{urn:ietf:params:xml:ns:netconf:base:1.0}config"


def test_keys_first_then_the_models_order() -> None:
    tree = {(*PORT, "description"): "x", (*PORT, "class"): "main-interface", (*PORT, "name"): "100GE0/1/0"}
    assert HUAWEI.text(tree, "xml") == (
        '<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">\n'
        '  <ifm xmlns="urn:huawei:yang:huawei-ifm">\n'
        "    <interfaces>\n"
        "      <interface>\n"
        "        <name>100GE0/1/0</name>\n"
        "        <class>main-interface</class>\n"
        "        <description>x</description>\n"
        "      </interface>\n"
        "    </interfaces>\n"
        "  </ifm>\n"
        "</config>\n"
    )


def test_entries_stand_in_the_order_of_their_numbers() -> None:
    tree = {}
    for name in ("100GE0/1/10", "100GE0/1/9", "100GE0/1/9.2"):
        tree[(*PORT[:2], f"interface[name='{name}']", "name")] = name
    names = etree.fromstring(HUAWEI.text(tree, "xml")).findall(".//{*}name")
    assert [name.text for name in names] == ["100GE0/1/9", "100GE0/1/9.2", "100GE0/1/10"]


NC = "urn:ietf:params:xml:ns:netconf:base:1.0"
ENVELOPES = [
    "{}",
    f'<?xml version="1.0"?>\n<config xmlns="{NC}">{{}}</config>',
    f'<data xmlns="{NC}">{{}}</data>',
    "<config>{}</config>",
    "<!-- first -->{}<!-- last -->",
]


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_envelopes(envelope: str) -> None:
    text = envelope.format(IFM.format("<interface><name>100GE0/1/0</name><!-- no --><mtu>9<?no?>216</mtu></interface>"))
    assert parsed(text) == {(*PORT, "name"): "100GE0/1/0", (*PORT, "mtu"): "9216"}


def test_lines_are_those_of_the_text() -> None:
    text = '<?xml version="1.0"?>\n' + IFM.format(
        "\n<interface>\n<name>100GE0/1/0</name>\n\n<mtu>9216</mtu></interface>"
    )
    assert [(line.path[-1], line.number) for line in HUAWEI.parse(text, "xml")] == [("name", 4), ("mtu", 6)]


def test_a_module_change_is_in_the_step_and_presence_is_a_leaf() -> None:
    text = IFM.format('<interface><name>100GE0/1/0</name><ipv6 xmlns="urn:huawei:yang:huawei-ip"/></interface>')
    assert parsed(text) == {(*PORT, "name"): "100GE0/1/0", (*PORT, "huawei-ip:ipv6"): PRESENT}


def test_values_are_kept_as_they_are() -> None:
    description = "<description> ACME &amp; Sons &lt;x&gt; <![CDATA[&]]></description>"
    text = IFM.format(f"<interface><name>100GE0/1/0</name>{description}</interface>")
    assert parsed(text)[(*PORT, "description")] == " ACME & Sons <x> &"


def test_an_empty_text_is_an_empty_configuration() -> None:
    assert parsed("") == parsed(" \n") == parsed("<config/>") == {}
    assert HUAWEI.text({}, "xml") == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<ifm", "line 1"),
        ("hello", "text where elements belong"),
        (IFM.format("\n<interface><mtu>1</mtu></interface>"), "line 2: an entry of interface without its key name"),
        (IFM.format("<interface><name>x</name><mtu>1</mtu><mtu>2</mtu></interface>"), "mtu is said twice"),
        (IFM.format("<interface><name>x</name><mtu><a/></mtu></interface>"), "mtu is a leaf and holds elements"),
        (IFM.format("<interface>words<name>x</name></interface>"), "text where elements belong"),
        (IFM.format('<interface operation="create"><name>x</name></interface>'), "unexpected attribute operation"),
        ("<a xmlns='urn:other'/>", "in no known namespace: urn:other"),
        ("<a/>", "in no known namespace: None"),
        (
            "<a xmlns='urn:huawei:yang:huawei-new'><b><c>1</c></b><b><c>2</c></b></a>",
            "b is a list whose keys are unknown",
        ),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "line 1"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigParseError, match=message):
        parsed(text)


def test_unknown_modules_survive() -> None:
    text = "<a xmlns='urn:huawei:yang:huawei-new'><b><c>1</c><d/></b></a>"
    tree = {("huawei-new:a", "b", "c"): "1", ("huawei-new:a", "b", "d"): ""}
    assert parsed(text) == tree == parsed(HUAWEI.text(tree, "xml"))


PEER = ("huawei-network-instance:network-instance", "instances", "instance[name='_public_']")
PEER += ("huawei-bgp:bgp", "base-process", "peers", "peer[address='::1']")


@pytest.mark.parametrize(
    ("path", "secret"),
    [
        ((*PEER, "password-text"), True),
        ((*PEER, "password-type"), False),
        (("huawei-new:users", "user", "password"), True),
        ((*PORT, "description"), False),
    ],
)
def test_secrets(path: Path, secret: bool) -> None:
    assert HUAWEI.is_secret(path) is secret
