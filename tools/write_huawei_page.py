#!/usr/bin/env python3
"""Writes the tables of docs/platforms/huawei.md: constructs with their templates, modules and samples; models.

Template, modules, revisions and status are those of the templates' own headers, the samples those of tests/data/huawei;
what is not built is said with its reason, and with what the pack's model knows of it.

    .venv/bin/python tools/write_huawei_page.py           write
    .venv/bin/python tools/write_huawei_page.py --check   exit 1 when the page is older than the templates
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import generated_page

from netwright.platforms.base import Status
from netwright.platforms.huawei import HUAWEI
from netwright.platforms.huawei.models import QUESTIONS, default_model, module_of
from netwright.render.templates import library

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "platforms" / "huawei.md"
SAMPLES = ROOT / "tests" / "data" / "huawei"


@dataclass(frozen=True, slots=True)
class Row:
    """What a construct is for, and what no check of ours has seen of it. `sample`: the start of a document's name."""

    what: str
    sample: str
    asked_by: str
    unseen: str = "whether the device obeys"


CONSTRUCTS: Mapping[str, Row] = {
    "loopback": Row("loopback, router id", "00", "Fabric `loopbacks`, `router_ids`"),
    "core_interface": Row("interfaces of links", "00", "Fabric `links`"),
    "locator": Row("SRv6 locator, End SID (opcode)", "03", "Fabric `srv6`"),
    "isis": Row("IS-IS with SRv6", "03", "Fabric `igp`"),
    "isis_circuit": Row(
        "IS-IS on a link",
        "03",
        "Fabric `igp`",
        "the metric is the delay that inventory/topology.yaml says: the modules have no leaf to state a delay, and "
        "what IS-IS floods is measured (next row)",
    ),
    "flex_algorithm": Row(
        "Flex-Algo by delay: definition, locator, binding to IS-IS, flooding of the links' delays",
        "13",
        "Fabric `igp.flex_algo`; DeterministicService rides it where its policy is down",
        "how large a change of delay must be before it is flooded (the modules' defaults: 10 %, 1000 us, 120 s)",
    ),
    "bgp": Row("BGP", "04", "Fabric `asn`"),
    "bgp_neighbor": Row("BGP EVPN, VPNv4 and VPNv6 over SRv6", "04", "Fabric `route_reflectors`"),
    "vrf": Row("VPN instance: RD, RT, EVPN or VPN over SRv6, default colour, End.DT SID", "01", "every service"),
    "tunnel_policy": Row("tunnel policy: routes ride the policy of their colour", "02", "every service"),
    "attachment": Row("sub-interface in a VPN", "06", "`sites`, `endpoints`"),
    "static_route": Row("static route in a VPN", "", "`routes` of an attachment"),
    "sr_policy": Row(
        "SR policy: candidate paths, weighted segment lists, backup path, binding SID, slice id, iFIT",
        "05",
        "every service between two routers; `protection`; binding SID: Fabric `srv6.binding_sids`",
        "how fast it switches: seamless BFD is not configured",
    ),
    "slice": Row("network slice, colour to slice", "10", "`isolation`"),
    "slice_channel": Row("flex-channel of a slice, exclusive or shared", "10", "`isolation`, `bandwidth`"),
    "flexe_client": Row("FlexE client, and its slice", "11", "`isolation: hard` over links with FlexE"),
    "channel_interface": Row(
        "channelised sub-interface of a slice, and the slice of its port",
        "10b",
        "`isolation: hard` without FlexE: models without `exclusive`, or Fabric `links.hard: channelised`",
        "whether the device obeys; the module calls `mode-channel` deprecated, and names nothing in its place",
    ),
    "macsec": Row(
        "MACsec: key name, key (named, never written) and cipher suite of an interface",
        "",
        "`encryption: required` where the baseline has none, FlexE clients among it; Fabric `links.macsec`",
        "whether the port has a licence; how long a link is silent while one end has a new key and the other not",
    ),
    "access_rate": Row("HQoS user-queue, CAR, shaping of an attachment", "09", "`bandwidth`"),
    "queue_profile": Row(
        "HQoS flow-queue, WRED",
        "08",
        "`sub_slices`, LosslessRdmaPath, DeterministicService",
        "whether a queue of the depth asked for fits the card",
    ),
    "traffic_class": Row("classifier on DSCP and UDP port (4791), behaviour, policy", "07", "`dscp`, `udp_port`"),
    "trust_list": Row(
        "ACL trust list: only the tenant's own prefixes may send",
        "07",
        "`isolation` (whatever has a slice)",
        "whether the device drops what it should; who may call whom inside a VPN is not asked by any intent",
    ),
    "access_window": Row(
        "time range, and the list that closes an attachment from its end on",
        "09b",
        "`schedule`, where the Fabric has `time_ranges: true`",
        "whether the router's clock is right: what it closes, it closes by its own",
    ),
    "core_queue": Row("queue, WRED and trust on ports of links", "08", "LosslessRdmaPath, DeterministicService"),
    "measurement": Row("iFIT: loss and delay of a flow", "12", "LosslessRdmaPath, DeterministicService"),
    "twamp_session": Row(
        "TWAMP light, sending end: jitter between two attachments; delay of a link, told its interface",
        "",
        "DeterministicService with `slo.jitter_ms`; Fabric `igp.flex_algo`",
        "whether the device sends its own probes by the queue and the policy of the tenant's packets",
    ),
    "twamp_responder": Row(
        "TWAMP light, reflecting end",
        "",
        "DeterministicService with `slo.jitter_ms`; Fabric `igp.flex_algo`",
        "whose end `source-ip` is: the module does not say; taken as the reflector's own, as the CLI names `local-ip` "
        "first. If it is the other one, no probe comes back and the jitter is reported as not measured",
    ),
}


@dataclass(frozen=True, slots=True)
class Absent:
    """A construct that nothing asks for: what the modules have of it, and why it is not built."""

    what: str
    question: str
    sample: str
    why: str


ABSENT: tuple[Absent, ...] = (
    Absent(
        "a delay of a link that is stated",
        "metric-delay",
        "13",
        "no module of this model has a leaf for it (huawei-isis: `metric-delay` floods what TWAMP measures): the delay "
        "that the topology says, from kilometres of fibre, is the metric of algorithm 0",
    ),
    Absent(
        "colour to Flex-Algo",
        "flex-algo",
        "13",
        "its policies are the only ones that have colours; which algorithm a packet follows, the SID of its VPN says",
    ),
    Absent(
        "deterministic IP",
        "deterministic-ip",
        "14",
        "packets per cycle cannot be computed: no module says how long a cycle is; and the cards must be given "
        "resources for it first (`capability-state`), after a reboot",
    ),
    Absent(
        "time ranges of rates",
        "queue-time-range",
        "09b",
        "elastic rates are kept by applying at the time, core before edge: the router's clock would change the "
        "outbound queue alone, and neither the inbound rate nor the slices on the way; only a schedule's end is one",
    ),
    Absent("route policy with colours", "vpn", "01", "each VPN colours its own routes (`default-color`)"),
)


def coverage() -> str:
    """A row for each template."""
    wordings = library()
    rows = []
    for name, row in CONSTRUCTS.items():
        for one in wordings.wordings("huawei", name, HUAWEI.parts):
            modules = ", ".join(f"`{source}`" for source in one.provenance.source.split(", "))
            template = f"`{name}.xml.j2`"
            rows.append(
                (row.what, row.asked_by, template, modules, sample(row.sample), said(one.provenance.status), row.unseen)
            )
    head = ("construct", "asked by", "template", "module and revision", "sample", "status", "not verified, and why")
    return table(head, rows)


def said(status: Status) -> str:
    """How a status was come by."""
    how = {Status.VALIDATED: "libyang 6.4.13: `-t edit` there and back, `-t config` with the baseline"}
    return f"{status} ({how[status]})" if status in how else str(status)


def absent() -> str:
    """A row for each construct that is not built."""
    model = default_model()
    rows = (
        (
            row.what,
            f"`{module_of(row.question)}@{model.revision(row.question)}`" if model.has(row.question) else "-",
            sample(row.sample),
            row.why,
        )
        for row in ABSENT
    )
    return table(("construct", "the model has it in", "sample", "why there is no template"), rows)


def answers() -> str:
    """What is asked of a model's modules, and what those of the pack's model say."""
    model = default_model()
    rows = []
    for question, path in QUESTIONS.items():
        answer = model.answers.get(question)
        words = [] if answer is None else [f"{answer.low} to {answer.high}"] * (answer.high is not None)
        words += [f"at most {answer.most}"] if answer is not None and answer.most is not None else []
        words += [f"on {len(answer.types)} types of interface"] if answer is not None and answer.types else []
        steps = "/".join(step.rpartition(":")[2] for step in path.split("/")[-2:])
        rows.append((f"`{module_of(question)}`", f"`{steps}`", ", ".join(words) or ("yes" if answer else "no")))
    return table(("module", "node", model.name), rows)


def sample(start: str) -> str:
    """The documents whose name begins like this."""
    found = sorted(file.name for file in SAMPLES.glob(f"{start}-*.xml")) if start else []
    if start and not found:
        raise SystemExit(f"no sample {start}-*.xml in {SAMPLES}")
    return ", ".join(f"`{name}`" for name in found) or "-"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows)) + "\n"


_TABLES = {"coverage": coverage, "absent": absent, "answers": answers}


def renewed(page: str) -> str:
    """The page with every table as it has to be now."""
    return generated_page.renewed(page, lambda name: _TABLES[name]())


if __name__ == "__main__":
    sys.exit(generated_page.write(PAGE, renewed, sys.argv[1:]))
