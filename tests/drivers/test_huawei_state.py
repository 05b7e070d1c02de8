"""What a Huawei router's state nodes become: what it does not say is not said for it."""

from __future__ import annotations

import pytest
from lxml import etree

from netwright.drivers.base import Topic
from netwright.drivers.huawei_state import rows_of

SPACE = "urn:huawei:yang:huawei-"


def data(text: str) -> etree._Element:
    return etree.fromstring(f"<data>{text}</data>")


def interface(name: str, inside: str) -> str:
    return f'<ifm xmlns="{SPACE}ifm"><interfaces><interface><name>{name}</name>{inside}</interface></interfaces></ifm>'


FLOW = (
    f'<ifit xmlns="{SPACE}ifit"><ifit-common xmlns="{SPACE}ifit-common"><static-instances><static-instance>'
    "<name>a-1</name><flow><bind-ifs><bind-if><flow-id>7</flow-id></bind-if></bind-ifs></flow></static-instance>"
    "</static-instances>{results}</ifit-common></ifit>"
)
RESULTS = (
    "<flow-statistic-results><flow-statistic-result><flow-id>7</flow-id>{inside}"
    "</flow-statistic-result></flow-statistic-results>"
)
DELAYS = (
    "<one-way-delays><one-way-delay><period>1</period><local-delay>9000</local-delay></one-way-delay>"
    "<one-way-delay><period>2</period><local-delay>5000</local-delay></one-way-delay></one-way-delays>"
)
LOSSES = (
    "<one-way-losses><one-way-loss><period>2</period><local-loss>3</local-loss>"
    "<local-loss-ratio>30</local-loss-ratio></one-way-loss></one-way-losses>"
)


@pytest.mark.parametrize(
    ("results", "row"),
    [
        ("", {"name": "a-1", "state": "down"}),
        (RESULTS.format(inside=DELAYS), {"name": "a-1", "state": "up", "delay_us": 5.0}),
        (RESULTS.format(inside=DELAYS + LOSSES), {"name": "a-1", "state": "up", "loss": 3e-5, "delay_us": 5.0}),
        (RESULTS.format(inside=LOSSES), {"name": "a-1", "state": "down", "loss": 3e-5}),
    ],
)
def test_a_flow_says_what_its_newest_period_measured_and_no_more(results: str, row: dict[str, object]) -> None:
    assert rows_of(Topic.MEASUREMENTS, data(FLOW.replace("{results}", results))) == [row]


def test_drops_are_those_of_the_queue_or_unsaid() -> None:
    queues = "".join(f"<port-queue><service-class>{name}</service-class></port-queue>" for name in ("af4", "ef"))
    statistics = (
        f'<qos xmlns="{SPACE}qos"><global-query><port-queue-statisticss><port-queue-statistics>'
        "<interface-name>100GE0/1/0</interface-name><service-class>af4</service-class><drop-packets>12</drop-packets>"
        "</port-queue-statistics></port-queue-statisticss></global-query></qos>"
    )
    port = interface("100GE0/1/0", f'<qos xmlns="{SPACE}qos"><port-queues>{queues}</port-queues></qos>')
    assert rows_of(Topic.QUEUES, data(port + statistics)) == [
        {"port": "100GE0/1/0", "service_class": "af4", "depth_bytes": 0, "drops": 12},
        {"port": "100GE0/1/0", "service_class": "ef", "depth_bytes": 0},
    ]


def test_counters_are_those_that_are_reported() -> None:
    said = "<mib-statistics><receive-packet>5</receive-packet><send-drop-packet>2</send-drop-packet></mib-statistics>"
    assert rows_of(Topic.COUNTERS, data(interface("100GE0/1/0", said))) == [
        {"name": "100GE0/1/0", "in_packets": 5, "out_drops": 2}
    ]
    assert rows_of(Topic.COUNTERS, data(interface("100GE0/1/0", ""))) == []


def test_a_port_that_is_bound_to_a_slice_holds_it_as_long_as_it_is_up() -> None:
    inside = (
        "<dynamic><oper-status>down</oper-status></dynamic>"
        f'<net-slice-binding xmlns="{SPACE}net-slice"><slice-id>9</slice-id></net-slice-binding>'
        f'<net-slices xmlns="{SPACE}net-slice"><net-slice><slice-id>10</slice-id></net-slice></net-slices>'
    )
    assert rows_of(Topic.SLICES, data(interface("FlexE0/2/130", inside))) == [
        {"port": "FlexE0/2/130", "slice_id": 10, "rate_bps": 0, "state": "down"},
        {"port": "FlexE0/2/130", "slice_id": 9, "rate_bps": 0, "state": "down"},
    ]
