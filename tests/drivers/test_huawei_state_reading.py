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


PROBE = (
    f'<twamp-controller xmlns="{SPACE}twamp-controller"><client><sessions><session><id>7</id>'
    "<send-ip-addr>10.1.1.1</send-ip-addr><ref-ip-addr>10.1.2.1</ref-ip-addr><vrf-name>ds-a</vrf-name>{inside}"
    "</session></sessions></client></twamp-controller>"
)
ACTIVE = "<session-detail><state>active</state></session-detail>"
DELAYS_OF_PROBES = (
    "<twoway-delay-result><average-delay>900</average-delay><maximum-delay>950</maximum-delay>"
    "<average-jitter>7</average-jitter><maximum-jitter>70</maximum-jitter>"
    "<average-tx-jitter>3</average-tx-jitter><maximum-tx-jitter>30</maximum-tx-jitter>{back}</twoway-delay-result>"
)
BACK = "<average-rx-jitter>4</average-rx-jitter><maximum-rx-jitter>40</maximum-rx-jitter>"


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("", {"state": "down"}),
        (ACTIVE, {"state": "up"}),
        ("<session-detail><state>inconsistent</state></session-detail>", {"state": "down"}),
        (ACTIVE + DELAYS_OF_PROBES.format(back=""), {"state": "up", "delay_us": 900, "jitter_us": 30}),
        (
            ACTIVE + DELAYS_OF_PROBES.format(back=BACK),
            {"state": "up", "delay_us": 900, "jitter_us": 30, "jitter_back_us": 40},
        ),
    ],
)
def test_a_session_says_the_largest_jitter_of_each_way_and_what_has_no_result_is_not_0(
    inside: str, said: dict[str, object]
) -> None:
    row = {"vrf": "ds-a", "reflector": "10.1.2.1", **said}
    assert rows_of(Topic.PROBES, data(PROBE.replace("{inside}", inside))) == [row]
