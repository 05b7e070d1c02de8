"""The files of a new network (`netwright init`): an inventory, a fabric, and one example of each kind of intent.

Pure: a topology goes in, texts come out, by their paths relative to the new folder. The examples are chosen so that
their promises hold on this network, and each says in a comment what was chosen and why. Baselines are rendered
elsewhere, from the platforms' templates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from netwright.intents.words import counted
from netwright.topology.choose import Choice, can_protect, can_steer, chooser, route_reflectors, share_signalling
from netwright.topology.dialects import DIALECTS
from netwright.topology.graph import degrees
from netwright.topology.model import Topology
from netwright.topology.write import text, topology_text

MANAGEMENT = IPv4Address("198.18.0.0")
"""Where the made-up management addresses start (RFC 2544's range, which is nobody's)."""


def starter_files(
    topology: Topology,
    *,
    name: str,
    source: str,
    consents: Mapping[str, Sequence[str]] | None = None,
    changes: Sequence[str] = (),
) -> dict[str, str]:
    """The files of a new network called `name`, drawn from `source`.

    `topology` is connected and dealt out (`netwright.topology.deal`). `consents` are, by platform, the constructs whose
    syntax is unverified: they are recorded, with a comment, since without consent such lines are not sent. `changes` is
    what is otherwise than in the source: it stands in a comment above the network.
    """
    header = (
        f"The network, drawn from {source}. Capacities in bit/s, lengths in km of fibre (5 us each), buffers in MB.\n"
        "Lengths that nobody measured are the air line x 1.3. Correct what you know better."
    )
    if changes:
        header += "\n\nOtherwise than in the source:\n" + "\n".join(f"* {change}" for change in changes)
    files = {
        "inventory/topology.yaml": topology_text(topology, header),
        "inventory/hosts.yaml": _hosts(topology),
        "inventory/groups.yaml": _groups(topology, consents or {}),
        "inventory/defaults.yaml": _DEFAULTS,
        "intents/fabric.yaml": _fabric(topology, name),
    }
    return files | _examples(topology)


# ---- the inventory --------------------------------------------------------------------------------------------------


def _hosts(topology: Topology) -> str:
    lines = [
        "# The routers, in Nornir's own format (SimpleInventory): where each one answers, and its group.",
        "# The addresses are made up: put in those of your management network. No secrets here: see defaults.yaml.",
    ]
    for number, node in enumerate(topology.nodes.values(), start=1):
        lines += [f"{text(node.name)}:", f"  hostname: {MANAGEMENT + number}", f"  groups: [{node.platform}]"]
    return "\n".join(lines) + "\n"


def _groups(topology: Topology, consents: Mapping[str, Sequence[str]]) -> str:
    lines = ["# What the routers of one platform have in common, in Nornir's own format (SimpleInventory)."]
    for platform in sorted({node.platform for node in topology.nodes.values()}):
        lines += [f"{platform}:", f"  platform: {platform}", f"  port: {DIALECTS[platform].management_port}"]
        lines += _consent(consents.get(platform, ()))
    return "\n".join(lines) + "\n"


def _consent(constructs: Sequence[str]) -> list[str]:
    if not constructs:
        return []
    return [
        "  data:",
        "    # No public document shows the syntax of these constructs on this platform; their templates say what they",
        "    # rest on. netwright sends such lines only with consent. This is yours: take out what you will not have.",
        f"    allow_unverified: [{', '.join(sorted(constructs))}]",
    ]


_DEFAULTS = """\
# What holds for every router unless its host or its group says otherwise (Nornir's SimpleInventory).
data:
  # Where the name and the password of the devices come from; the first way that is there is taken.
  #   env: PREFIX          PREFIX_USERNAME and PREFIX_PASSWORD in the environment
  #   file: PATH           two lines, `username: ...` and `password: ...`; readable by its owner only
  #   command: [a, b, c]   a program that prints such two lines: a password store, a vault
  credentials:
    env: NETWRIGHT
"""


# ---- the intents ----------------------------------------------------------------------------------------------------


def _fabric(topology: Topology, name: str) -> str:
    reflectors, degree = route_reflectors(topology), degrees(topology)
    named = ", ".join(f"{node} ({counted(degree[node], 'neighbour')})" for node in reflectors)
    return f"""\
# The underlay, and the pools that numbers come from. One per network; without it no service is valid.
# Route reflectors: {named}.
# Of the routers that speak all VPN signalling of this network they have the most neighbours; where none speaks all, of
# those that speak each.
apiVersion: netwright/v1
kind: Fabric
metadata: {{name: {text(name)}}}
spec:
  asn: 65000
  route_reflectors: [{", ".join(text(node) for node in reflectors)}]
  igp: {{protocol: isis, instance: 1, area: "49.0001", level: 2, hello: PT3S}}
  srv6: {{locator: MAIN, block: "fd00:1::/32", locator_length: 48, static_length: 16, encoding: usid}}
  loopbacks: "2001:db8:0:ffff::/64"
  router_ids: 10.255.0.0/16
  links: {{prefix: "2001:db8:0:1000::/52", prefix_length: 127, mtu: 9216}}
  pools:
    rd: "65000:1000-9999"
    rt: "65000:1000-9999"
    slice_id: 1-4000
    colour: 100-4095
    vlan: 2-4000
    node_id: 0x1-0x3fff
    sid_function: {{usid: 0xfe00-0xfeff, classic: 0x4000-0x7fff}}
  quarantine: P7D
"""


@dataclass(frozen=True, slots=True)
class _Plot:
    """One example's own VLAN and subnets: `10.201.A.1/24`."""

    topology: Topology
    number: int

    def attachment(self, node: str, side: int) -> str:
        """The end of a service on the first access port of `node`."""
        port = next(iter(self.topology.nodes[node].ports))
        address = f"10.{200 + self.number}.{side}.1/24"
        return f'node: {text(node)}, port: {text(port)}, vlan: {100 + self.number}, addresses: ["{address}"]'

    def ends(self, choice: Choice) -> str:
        """Both ends of a point-to-point service."""
        a, z = choice.ends
        return f"a: {{{self.attachment(a, 1)}}}\n    z: {{{self.attachment(z, 2)}}}"


def _examples(topology: Topology) -> dict[str, str]:
    """One file per kind; a kind for which no two nodes suit is left out, and the fabric alone remains."""
    choose = chooser(topology)
    lossless = choose.pick(can_protect, can_steer, share_signalling)
    if lossless is None:
        return {}
    taken = frozenset(lossless.ends)
    steady = choose.pick(can_protect, can_steer, share_signalling, taken=taken) or lossless
    taken |= frozenset(steady.ends)
    slice_ = choose.pick(share_signalling, taken=taken, fewest_links=2) or lossless
    taken |= frozenset(slice_.ends)
    elastic = choose.pick(share_signalling, taken=taken, fewest_links=2) or lossless
    return {
        "intents/examples/tenant-slice.yaml": _tenant_slice(_Plot(topology, 1), slice_),
        "intents/examples/lossless-rdma-path.yaml": _lossless(_Plot(topology, 2), lossless),
        "intents/examples/elastic-line.yaml": _elastic(_Plot(topology, 3), elastic),
        "intents/examples/deterministic-service.yaml": _deterministic(_Plot(topology, 4), steady),
    }


def _why(plot: _Plot, choice: Choice) -> str:
    """What was chosen and why, as comment lines."""
    a, z = choice.ends
    platforms = [plot.topology.nodes[end].platform for end in choice.ends]
    families = DIALECTS[platforms[0]].signalling & DIALECTS[platforms[1]].signalling
    spoken = " and ".join({"evpn": "EVPN", "vpn": "VPNv4"}[family] for family in sorted(families))
    lines = [
        f"# {a} ({platforms[0]}) and {z} ({platforms[1]}) both speak {spoken} over SRv6 and are near each other:",
        f"# {counted(len(choice.way.links), 'link')}, {choice.way.length_km:.1f} km of fibre.",
    ]
    return "\n".join([*lines, *_why_standby(choice, platforms)])


def _why_standby(choice: Choice, platforms: Sequence[str]) -> list[str]:
    if choice.standby:
        shares = "node between the ends" if choice.diversity == "node" else "link"
        length = f"{counted(len(choice.standby.links), 'link')}, {choice.standby.length_km:.1f} km"
        return [f"# The standby ({length}) shares no {shares} with it."]
    if all(DIALECTS[platform].protection for platform in platforms):
        return ["# No standby is asked for: the graph has no second way that is short enough and shares no link."]
    return ["# No standby is asked for: these platforms cannot hold one as head-ends."]


def _spec_of_standby(choice: Choice) -> tuple[str, str]:
    """The constraint and the field that ask for the standby, or nothing."""
    if not choice.standby:
        return "", ""
    return f", diversity: {choice.diversity}", "\n  protection: hot-standby"


_GRADE = """\
# `isolation: {isolation}` with `minimum_grade: emulated`: the best that each hop can give, and the plan says which."""


def _tenant_slice(plot: _Plot, choice: Choice) -> str:
    a, z = choice.ends
    return f"""\
# A tenant's sites, joined by a VPN over resources of its own.
{_why(plot, choice).rpartition(chr(10))[0]}
{_GRADE.format(isolation="soft")}
apiVersion: netwright/v1
kind: TenantSlice
metadata: {{name: example-slice, tenant: example}}
spec:
  sites:
    - {{name: one, {plot.attachment(a, 1)}}}
    - {{name: two, {plot.attachment(z, 2)}}}
  service: l3vpn
  bandwidth: 2G
  slo: {{one_way_delay_ms: {choice.delay_ms}}}
  constraints: {{isolation: soft, minimum_grade: emulated}}
"""


def _lossless(plot: _Plot, choice: Choice) -> str:
    rate = choice.lossless_gbps
    bandwidth = f"{rate}G" if rate else "100M"
    diversity, protection = _spec_of_standby(choice)
    return f"""\
# RDMA over a distance.
{_why(plot, choice)}
# {bandwidth}: go-back-N keeps a goodput of 0.96 where rate x length stays under 12 000 Gbit/s x km (p = 1e-5,
# MTU 4096), and one example takes less than half of the weakest link on its way.
{_GRADE.format(isolation="hard")}
apiVersion: netwright/v1
kind: LosslessRdmaPath
metadata: {{name: example-rdma, tenant: example}}
spec:
  endpoints:
    {plot.ends(choice)}
  service: l3vpn
  traffic: {{bandwidth: {bandwidth}, direction: both, mtu: 4200, dscp: 26, udp_port: 4791}}
  slo: {{loss: 1e-5, goodput_ratio: 0.95, one_way_delay_ms: {choice.delay_ms}}}
  lossless: {{granularity: queue, max_subflows: 4}}
  constraints: {{isolation: hard, minimum_grade: emulated{diversity}}}{protection}
"""


def _elastic(plot: _Plot, choice: Choice) -> str:
    return f"""\
# A line whose bandwidth follows the calendar and the load.
{_why(plot, choice).rpartition(chr(10))[0]}
{_GRADE.format(isolation="soft")}
apiVersion: netwright/v1
kind: ElasticLine
metadata: {{name: example-line, tenant: example}}
spec:
  endpoints:
    {plot.ends(choice)}
  service: l3vpn
  bandwidth: {{base: 100M, max: 5G, step: 100M}}
  elasticity:
    - {{at: {{start: "2026-12-01T22:00:00+08:00", recurrence: {{frequency: daily}}, duration: PT6H}}, bandwidth: 5G}}
    - {{when: {{utilisation_above: 0.8, for: PT5M}}, grow: {{by: 1G, up_to: 3G}}, cooldown: PT5M}}
  slo: {{one_way_delay_ms: {choice.delay_ms}}}
  constraints: {{isolation: soft, minimum_grade: emulated}}
"""


def _deterministic(plot: _Plot, choice: Choice) -> str:
    diversity, protection = _spec_of_standby(choice)
    return f"""\
# A service whose delay has a bound, proven before it is applied.
{_why(plot, choice)}
# The bound asked for is the fibre's delay with a fifth on top, and a millisecond for queues.
{_GRADE.format(isolation="hard")}
apiVersion: netwright/v1
kind: DeterministicService
metadata: {{name: example-control, tenant: example}}
spec:
  endpoints:
    {plot.ends(choice)}
  service: l3vpn
  traffic: {{bandwidth: 50M, burst_bytes: 15000, max_packet_bytes: 1500, direction: both, dscp: 46}}
  slo: {{one_way_delay_ms: {choice.delay_ms}, loss: 1e-5}}
  constraints: {{isolation: hard, minimum_grade: emulated{diversity}}}{protection}
"""
