"""What a Huawei router of one model can do, from which source, as of when.

Rows that the modules of a model can answer are read from them (`models.py`), so that a model whose deviations take
something away, or allow less, is planned for accordingly. The other rows keep the source that says them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from netwright.platforms.base import Capability, Grade
from netwright.platforms.huawei.models import QUESTIONS, Model, default_model, module_of

_UNBOUNDED = (1 << 32) - 1  # of a uint32 without a range
_KBIT, _MBIT = 1_000, 1_000_000

_SAID = (
    Capability(
        "sid_encoding",
        "classic",
        "huawei-srv6: its compression (compress-block-length) is G-SID, not uSID",
        "2022-04-21",
    ),
    Capability(
        "l2vpn",
        Grade.UNSUPPORTED,
        "EVPN VPLS over SRv6 exists (huawei-evpn-srv6); this pack has no template for it",
        "2022-09-19",
    ),
    Capability("pfc", False, "no module of a router of 8.20.0 to 8.22.0 has PFC", "2023-01-10"),  # noqa: FBT003
    Capability("ecn", False, "no module of a router of 8.20.0 to 8.22.0 has ECN marking", "2023-01-10"),  # noqa: FBT003
    Capability(
        "shaper_layer", "ip", "assumed: the modules do not say what user-queue and flex-channel count", "2022-10-20"
    ),
)
"""What no module can say. The date is the revision of the module, or of the last published set."""


@cache
def capabilities_of(model: Model) -> Mapping[str, Capability]:
    """The table of one model, by name."""
    return MappingProxyType({row.name: row for row in (*_said_by(model), *_SAID)})


def _said_by(model: Model) -> Iterator[Capability]:
    yield from _vpn(model)
    yield from _policies(model)
    yield from _resources(model)
    yield from _operation(model)


def _vpn(model: Model) -> Iterator[Capability]:
    ways = tuple(way for way in ("evpn", "vpn") if model.has(way) and model.has("locator"))
    yield _row(model, "vpn_signalling", ways, "evpn", "vpn", "locator", note="never both in one VRF")
    yield _row(model, "locator", "managed" if model.has("locator") else "baseline", "locator")
    yield _row(model, "explicit_sid", model.has("end-dt46"), "end-dt46")


def _policies(model: Model) -> Iterator[Capability]:
    way = "sr-policy" if model.has("policy") and model.has("segments") else ""
    standby = ("hot-standby",) if model.has("hot-standby") else ()
    yield _row(model, "explicit_path", way, "policy")
    yield _row(model, "max_segments", model.most("segments", 1), "segments", note="max-elements")
    yield _row(model, "weighted_paths", model.most("segment-lists", 1), "segment-lists", note="max-elements")
    yield _row(model, "binding_sid", model.has("binding-sid"), "binding-sid", note="of the locator's static range")
    yield _row(model, "protection", ("none", *standby), "hot-standby", note="there is no 1+1")


def _resources(model: Model) -> Iterator[Capability]:
    channel, exclusive = model.has("flex-channel"), model.has("exclusive")
    ids = model.has("slice") and model.has("policy-slice")
    hard = Grade.HARD if channel and exclusive else Grade.SOFT if channel else Grade.UNSUPPORTED
    soft = Grade.SOFT if channel else Grade.UNSUPPORTED
    queue = model.has("user-queue")
    yield _row(model, "slice_ids", ids, "slice", "policy-slice")
    yield _row(model, "max_slice_id", model.high("slice", _UNBOUNDED) if ids else 0, "slice", note="its range")
    yield _row(model, "slice_channel", channel, "flex-channel")
    yield _row(model, "max_channel_bps", model.high("flex-channel", _UNBOUNDED) * _MBIT, "flex-channel", note="Mbit/s")
    yield _row(model, "exclusive_channel", exclusive, "exclusive")
    channelised = ids and model.has("channel")
    yield _row(model, "channelised", channelised, "channel", note="its status is deprecated; no port-queue in it")
    yield _row(model, "flexe", model.has("flexe"), "flexe")
    yield _row(model, "isolation_hard", hard, "exclusive", "flex-channel")
    yield _row(model, "isolation_soft", soft, "flex-channel")
    yield _row(model, "bandwidth", (hard if queue else Grade.UNSUPPORTED), "flex-channel", "user-queue")
    yield _row(model, "max_rate_bps", model.high("user-queue", _UNBOUNDED) * _KBIT, "user-queue", note="kbit/s")
    deep = Grade.SOFT if model.has("flow-wred") and model.has("flow-queue") else Grade.UNSUPPORTED
    yield _row(model, "lossless", deep, "flow-queue", "flow-wred", note="neither PFC nor ECN marking")
    quick = hard if model.has("port-queue") else Grade.UNSUPPORTED
    yield _row(model, "low_latency", quick, "exclusive", "port-queue")


def _operation(model: Model) -> Iterator[Capability]:
    yield _row(model, "measurement", "ifit" if model.has("ifit") else "", "ifit")
    ends = ("twamp", "twamp-session", "twamp-responder")
    both = all(map(model.has, ends))
    most = min(model.high(end, _UNBOUNDED) for end in ends[1:])
    yield _row(model, "jitter", "twamp" if both else "", *ends)
    yield _row(model, "max_probe", most if both else 0, *ends[1:], note="the smaller of their ranges")
    flexible = ("flex-algo", "fad-binding", "locator-algorithm", "metric-delay", "twamp-interface", *ends)
    by_delay = "delay" if all(map(model.has, flexible)) else ""
    yield _row(model, "flex_algo", by_delay, *flexible, note="delays that routers measure; none can be stated")
    timed = ("time-range", "acl-time-range")
    yield _row(model, "time_range", all(map(model.has, timed)), *timed, note="by the router's own clock")
    yield _row(model, "trust_list", model.has("acl"), "acl")
    yield _row(
        model, "macsec", "managed" if model.has("macsec") else "", "macsec", note="its key is named, never written"
    )
    yield _row(model, "macsec_ports", model.types("macsec"), "macsec", note="the types of interface in its when")


def _row(model: Model, name: str, value: object, *questions: str, note: str = "") -> Capability:
    """A row that the modules answer. Its source names the nodes, and those that the model lacks first."""
    assert isinstance(value, str | int | tuple)  # noqa: S101 - what a row may hold
    lacking = [question for question in questions if not model.has(question)]
    said = ", ".join(map(_node, lacking or questions))
    lacks = f"the modules of {model.name} do not support " if lacking else ""
    source = f"{lacks}{said}{f': {note}' if note and not lacking else ''}"
    return Capability(name, value, source, max(map(model.revision, lacking or questions)))


def _node(question: str) -> str:
    """A question's node as people name it: its module, and the last two steps of its path."""
    steps = [step.rpartition(":")[2] for step in QUESTIONS[question].split("/")]
    return f"{module_of(question)} {'/'.join(steps[-2:])}"


CAPABILITIES: Mapping[str, Capability] = capabilities_of(default_model())
"""The table of the model that the templates were written for."""
