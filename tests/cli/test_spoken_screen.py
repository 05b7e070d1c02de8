"""`plan --format cli`: the CLI beside the XML, and what it is worth."""

from textwrap import wrap

import pytest

from netwright.cli.screens.plan_cli import VIEW_ONLY, WIDE, spoken_screen
from netwright.plan.model import Plan
from netwright.plan.spoken import NO_UNDO, NOT_KNOWN, Part, Said, View
from netwright.platforms.base import Provenance, Status

RATE = Part(
    "access_rate",
    Provenance(Status.DOCUMENTED, "the vendor's guide"),
    (
        Said("", 0, "interface 100GE0/1/1.210"),
        Said("~", 1, "qos car cir 20 inbound", "was: qos car cir 10 inbound", Status.DOCUMENTED),
        Said("+", 1, "ifit x", "", Status.UNVERIFIED),
    ),
    "<ifm>\n  <name>100GE0/1/1.210</name>\n</ifm>",
    leaves=5,
    unsaid=1,
)
SLICE = Part("slice", None, (Said("", 0, NOT_KNOWN),), "<net-slice/>", leaves=2, unsaid=2)
GONE = Part(
    "vrf", Provenance(Status.SEEN, "an example"), (Said("-", 0, f"{NO_UNDO}: x", "", Status.SEEN),), "", 1, 0
)  # fmt: skip
ALONG = Part("static_route", Provenance(Status.SEEN, "an example"), (), "", leaves=3, unsaid=0)
SUM = (
    "CLI: 3 constructs shown, 1 without known CLI (slice); 3 lines: 1 documented, 1 seen, 1 unverified; "
    "3 of 11 values in the XML alone; 1 line with no undo known"
)
SUM_AT_139 = wrap(SUM, WIDE - 1, subsequent_indent="  ")
VIEWS = {"gw1": (View("gw1", 1, 2, (RATE, SLICE)), View("gw1", 2, 2, (GONE, ALONG)))}


def test_narrow_the_xml_stands_below_the_cli(plan: Plan) -> None:
    assert spoken_screen(plan, VIEWS, ["gw1"], WIDE - 1).splitlines() == [
        "# gw1, transaction 1 of 2",
        VIEW_ONLY,
        "",
        "# access_rate: documented (1 line unverified), the vendor's guide",
        "  interface 100GE0/1/1.210",
        "~  qos car cir 20 inbound   # was: qos car cir 10 inbound",
        "+  ifit x   # syntax unverified",
        "# no CLI known for 1 value of it: see the XML",
        "    <ifm>",
        "      <name>100GE0/1/1.210</name>",
        "    </ifm>",
        "",
        "# slice",
        f"  {NOT_KNOWN}",
        "    <net-slice/>",
        "",
        "# gw1, transaction 2 of 2",
        VIEW_ONLY,
        "",
        "# vrf: seen, an example",
        f"- {NO_UNDO}: x",
        "",
        "# static_route: seen, an example",
        "# nothing of its own in the CLI: it goes along with what holds it",
        "",
        *SUM_AT_139,
    ]


def test_at_80_columns_only_a_command_is_longer(plan: Plan) -> None:
    """It could not be copied if it were broken; what stands around it is, XML where XML may be."""
    command = f"qos car cir 10000000 {'pir 10000000 ' * 5}inbound"
    said = (Said("~", 1, command, "was: qos car cir 5000000 inbound", Status.DOCUMENTED),)
    nc = 'xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"'
    inner = '    <traffic-statistic-enable xmlns="urn:huawei:yang:huawei-l3vpn">true</traffic-statistic-enable>'
    sent = f'<ifm xmlns="urn:huawei:yang:huawei-ifm" {nc}>\n{inner}\n</ifm>'
    source = "NE40E command reference (IS-IS, Segment Routing IPv6), NE40E configuration guide (Ethernet Interface)"
    part = Part("isis", Provenance(Status.DOCUMENTED, source), said, sent, 1, 0)
    lines = spoken_screen(plan, {"gw1": (View("gw1", 1, 1, (part,)),)}, ["gw1"], 80).splitlines()
    assert lines == [
        "# gw1, transaction 1 of 1",
        VIEW_ONLY,
        "",
        "# isis: documented, NE40E command reference (IS-IS, Segment Routing IPv6), NE40E",
        "#   configuration guide (Ethernet Interface)",
        f"~  {command}",
        "#   was: qos car cir 5000000 inbound",
        '    <ifm xmlns="urn:huawei:yang:huawei-ifm">',
        "        <traffic-statistic-enable",
        '            xmlns="urn:huawei:yang:huawei-l3vpn">true</traffic-statistic-enable>',
        "    </ifm>",
        "",
        "CLI: 1 construct shown, 0 without known CLI; 1 line: 1 documented; 0 of 1 value",
        "  in the XML alone",
    ]


def test_wide_they_stand_side_by_side(plan: Plan) -> None:
    lines = spoken_screen(plan, VIEWS, ["gw1"], WIDE).splitlines()
    left = len("~  qos car cir 20 inbound   # was: qos car cir 10 inbound")
    assert lines[4] == f"{'  interface 100GE0/1/1.210'.ljust(left)} | <ifm>"
    assert lines[6] == f"{'+  ifit x   # syntax unverified'.ljust(left)} | </ifm>"
    assert all(len(line) <= WIDE for line in lines[:-1])


def test_a_line_that_is_longer_than_its_column_is_never_cut(plan: Plan) -> None:
    long = Said("+", 0, "x" * WIDE)
    views = {"gw1": (View("gw1", 1, 1, (Part("vrf", RATE.provenance, (long, Said("+", 0, "y")), "<a>\n</a>", 1, 0),)),)}
    lines = spoken_screen(plan, views, ["gw1"], WIDE).splitlines()
    assert f"+ {'x' * WIDE}" in lines
    assert lines[5].endswith("| <a>")
    assert lines[6].endswith("| </a>")


@pytest.mark.parametrize("width", [80, 200])
def test_devices_that_are_sent_what_people_read_show_what_is_sent(plan: Plan, width: int) -> None:
    screen = spoken_screen(plan, {"gw1": ()}, (), width)
    sent = ["# gw1, transaction 1 of 2", "vrf a", "", "# gw1, transaction 2 of 2", "vrf b", ""]
    assert screen.splitlines() == [*sent, "# leaf1, transaction 1 of 1", "vrf c | d"]
    assert VIEW_ONLY not in screen
