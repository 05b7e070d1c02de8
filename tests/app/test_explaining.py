"""`explain` on the reference network: every line names a field, a claim or the design, and sums are the formulas'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from netwright.app.explaining import explain
from netwright.cli.screens.explain import explain_screen
from netwright.errors import Refused
from netwright.promise.overhead import Layer, shaper_bps, srv6_overhead_bytes
from netwright.render.engine import construct_name
from netwright.services import model
from netwright.services.grounds import ATTRIBUTES, CONSTRUCTS
from netwright.wish import Explanation, Wish

ROOT = Path(__file__).parents[2]
DEVICES = {"pop1-gw1": "<", "pod2-leaf1": "r", "pod1-leaf2": "r"}  # one of each platform, and what most lines have
KINDS = {
    construct_name(kind): kind
    for kind in vars(model).values()
    if isinstance(kind, type) and issubclass(kind, model.Construct) and kind is not model.Construct
}


@cache
def explained(device: str) -> Sequence[Explanation]:
    return explain(Wish(ROOT), device, DEVICES[device])


def facts(device: str, line: str, owner: str = "") -> list[str]:
    found = [one for one in explained(device) if line in one.line and owner in one.intent]
    assert found
    return [reason.fact for reason in found[0].reasons]


@pytest.mark.parametrize("device", DEVICES)
def test_every_line_names_a_field_or_a_claim_or_the_design(device: str) -> None:
    for one in explained(device):
        named = [
            reason
            for reason in one.reasons
            if "by the platform's design, because " in reason.fact
            or ("claimed as " in reason.fact and reason.place == "state/ledger.yaml")
            or (re.search(r"\b(spec|metadata)\.", reason.fact) and reason.place)
        ]
        assert named, (one.line, one.template, one.reasons)


@pytest.mark.parametrize("device", DEVICES)
def test_nothing_is_said_twice(device: str) -> None:
    for one in explained(device):
        assert len(set(one.reasons)) == len(one.reasons)
    heads = [block.splitlines()[0] for block in explain_screen(explained(device)).split("\n\n")]
    assert len(heads) == len(set(heads))


def test_a_slice_id_names_its_claim() -> None:
    said = facts("pop1-gw1", "<slice-id>", "TenantSlice/model-delivery")
    assert any("claimed as TenantSlice/model-delivery/*/slice/id" in fact for fact in said)


def test_binding_a_port_to_a_vrf_names_what_names_the_vrf() -> None:
    for device, line in (("pop1-gw1", "<vrf-name>"), ("pod1-leaf2", "ip vrf forwarding ")):
        assert any(fact.startswith("vrf: metadata.name (") for fact in facts(device, line))


def test_the_sum_of_a_channel_is_the_shapers() -> None:
    one = next(one for one in explained("pop1-gw1") if "<flex-channel>" in one.line)
    [said] = [reason.fact for reason in one.reasons if " = " in reason.fact]
    found = re.fullmatch(
        r"rate_bps: (\d+) Mbit/s(?: \((\d+) bit/s, rounded up\))? = ([\d.]+) G of (\d+) B packets, each \+ (\d+) B of "
        r"SRv6 \(40 of IPv6, 8 \+ 16 x (\d+) SIDs of SRH\)",
        said,
    )
    assert found, said
    mbit, bps, sold, packet, over, sids = found.groups()
    assert srv6_overhead_bytes(int(sids)) == int(over)
    rate = shaper_bps(round(float(sold) * 1e9), int(packet), int(over), Layer.IP)
    assert rate == int(bps or int(mbit) * 10**6)
    assert f">{-(-rate // 10**6)}<" in one.line


@pytest.mark.parametrize("device", ["core1", "pop1-gw1"])
def test_the_depth_of_a_lossless_queue_is_what_is_under_way(device: str) -> None:
    found = explain(Wish(ROOT), device, "<queue-depth>")
    assert found
    for one in found:
        sums = [reason.fact for reason in one.reasons if " there and back " in reason.fact]
        said = re.fullmatch(
            r"queues?: (\d+) B = ([\d.]+) G with SRv6 x (\d+) us there and back over ([\d.]+) km \+ "
            r"2 packets of (\d+) B with SRv6(?:, the most that any hop needs)?",
            sums[0],
        )
        assert said, sums
        assert sums[0].startswith("queues") == sums[0].endswith("any hop needs")  # of a slice, of the underlay
        total, rate, microseconds, km, packet = (float(group) for group in said.groups())
        assert microseconds == 2 * 5 * km
        assert total == pytest.approx(rate * 1e9 * microseconds / 8e6 + 2 * packet, abs=rate * 1e9 * 1e-4)
        assert f">{-(-total // 1000):.0f}<" in one.line


def test_the_sum_on_linux_counts_ethernet() -> None:
    said = facts("pod2-leaf1", "tc class replace dev eth1 parent 1:1 classid 1:1002 htb rate")
    [sum_] = [fact for fact in said if fact.startswith("rate_bps: ") and " = " in fact]
    assert re.search(r"each \+ \d+ B of SRv6 and Ethernet \(.*, 14 of Ethernet\)", sum_)


def test_a_metric_is_the_fibre() -> None:
    said = facts("pod1-leaf2", "metric ")
    assert any(re.fullmatch(r"metric: \d+ = [\d.]+ km of fibre x 5 us/km, in units of 0.1 us", fact) for fact in said)


def test_a_field_that_nobody_wrote_is_not_quoted() -> None:
    every = [reason.fact for device in DEVICES for one in explained(device) for reason in one.reasons]
    assert not [fact for fact in every if fact.endswith("(spec:)")]


def test_an_unknown_device_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(Refused) as refused:
        explain(Wish(ROOT), "pop1-gw7", "x")
    [finding] = refused.value.diagnostics
    assert (finding.code, finding.address) == ("unknown-node", "pop1-gw7")
    assert "did you mean `pop1-gw" in finding.hint


@pytest.mark.parametrize("name", KINDS)
def test_every_construct_has_its_ground(name: str) -> None:
    assert CONSTRUCTS[name].startswith("design: ")
    assert ATTRIBUTES[name].keys() <= set(KINDS[name].__dataclass_fields__)


def test_no_ground_is_of_nothing() -> None:
    assert CONSTRUCTS.keys() == ATTRIBUTES.keys() == KINDS.keys()
