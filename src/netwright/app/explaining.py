"""`explain`: which intent, field, number and template line made a line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from netwright.app.ground import design_of, ground_of
from netwright.app.site import network_of, now, offline_view
from netwright.intents.loader import no_garbage_collection
from netwright.intents.schema import Intent
from netwright.plan.build import build_plan
from netwright.plan.explain import Match, explain_line, line_of
from netwright.plan.model import Plan
from netwright.platforms.base import Provenance, Status
from netwright.render.engine import Row, construct_name, word
from netwright.services.claims import claim_vlan
from netwright.services.design import Design
from netwright.services.grounds import ATTRIBUTES, CONSTRUCTS
from netwright.services.lower import Lowering
from netwright.services.model import Fragment
from netwright.services.sums import Sums, link_at
from netwright.topology.names import check_nodes
from netwright.tree import Origin, Path, show_path
from netwright.wish import Explanation, Reason, Wish
from netwright.workspace import Network

_UNKNOWN = Provenance(Status.UNVERIFIED, "unknown")
_FIELD = ("spec", "metadata")


def explain(wish: Wish, device: str, line: str) -> Sequence[Explanation]:
    """Who wants the lines of a device that contain `line`; from the files alone, no device is asked."""
    network = network_of(wish)
    check_nodes(network.topology.nodes, [device])
    quiet = Wish(wish.network, wish.at, offline=True, allow_unverified=True)
    with no_garbage_collection():
        design = design_of(network, wish.at or now())
        made = build_plan(design, ground_of(network, quiet, offline_view(network)))
    why = _Why(network, design, made, device)
    return tuple(one for match in explain_line(made.devices[device], line) for one in why.explanations(match))


def why(network: Network, made: Plan, device: str, path: Path) -> Sequence[Explanation]:
    """Who wants the leaf of a device at `path`, and because of what."""
    leaf, owned = made.devices[device].wanted[path], made.devices[device].record.get(path)
    match = Match(path, line_of(path, leaf.value), leaf, owned.shared if owned else False)
    design = made.design or design_of(network, now())
    return tuple(_Why(network, design, made, device).explanations(match))


@dataclass(frozen=True)
class _Why:
    """Answers for the lines of one device."""

    network: Network
    design: Design
    made: Plan
    device: str

    def explanations(self, match: Match) -> Iterator[Explanation]:
        """A line, for each intent that wants it."""
        owners = [origin.owner for origin in match.origins]
        for origin in match.origins:
            yield Explanation(
                device=self.device,
                line=f"{match.line}   in {show_path(match.path[:-1])}" if len(match.path) > 1 else match.line,
                intent=origin.owner,
                reasons=tuple(dict.fromkeys(self._reasons(match, origin))),
                template=f"{origin.template}:{origin.line}",
                provenance=self.made.provenance.get((origin.template, origin.line), _UNKNOWN),
                also=tuple(owner for owner in owners if owner != origin.owner),
                shared=match.shared,
            )

    def _reasons(self, match: Match, origin: Origin) -> Iterator[Reason]:
        """Of every attribute that the template line names; of the construct itself where none decides."""
        fragment = self._fragment(match, origin)
        because = dict(fragment.because if fragment else origin.because)
        decided = False
        used = sorted(self._used(origin) | {attribute for attribute, _ in origin.because})
        sums = self._sums(fragment, match.leaf.value)
        for attribute in used:
            ground = because.get(attribute) or ATTRIBUTES[origin.construct].get(attribute, "")
            if ground.startswith("as "):
                ground = because.get(ground.removeprefix("as "), "")
            if ground:
                yield self._reason(origin.owner, attribute, ground, fragment)
                decided |= self._decides(ground)
            if sums and (sum_ := sums.of(attribute)):
                yield Reason(f"{attribute}: {sum_}")
        if not decided:
            yield self._reason(origin.owner, origin.construct, CONSTRUCTS[origin.construct], fragment)

    def _sums(self, fragment: Fragment | None, said: str) -> Sums | None:
        if fragment is None:
            return None
        served = self.design.served.get(fragment.owner)
        own = served.lowering if served else None
        return Sums(fragment.construct, self.device, self.network.topology, own, said, self._lowerings)

    @cached_property
    def _lowerings(self) -> Sequence[Lowering]:
        return [served.lowering for served in self.design.served.values() if served.profile.active]

    def _used(self, origin: Origin) -> frozenset[str]:
        """The attributes of the construct that the template line names."""
        platform = self.network.platforms[self.device]
        for wording in self.network.templates.wordings(platform.name, origin.construct, platform.parts):
            if wording.path == origin.template:
                known = ATTRIBUTES[origin.construct].keys() | {attribute for attribute, _ in origin.because}
                return wording.uses.get(origin.line, frozenset()) & known
        return frozenset()

    def _fragment(self, match: Match, origin: Origin) -> Fragment | None:
        """The construct that wrote the line: worded again, since a plan keeps only what was written."""
        row = match.path, match.leaf.value, origin.line
        for fragment, rows in self._worded.get((origin.owner, origin.construct), ()):
            if row in rows:
                return fragment
        return None

    @cached_property
    def _worded(self) -> Mapping[tuple[str, str], Sequence[tuple[Fragment, frozenset[Row]]]]:
        """Every construct of the device with the lines that it wrote, by owner and construct."""
        platform, templates = self.network.platforms[self.device], self.network.templates
        fragments = self.design.fragments.get(self.device, ())
        found: dict[tuple[str, str], list[tuple[Fragment, frozenset[Row]]]] = defaultdict(list)
        for fragment, reads in zip(fragments, word(fragments, platform, templates), strict=True):
            rows = frozenset(row for _, rows in reads for row in rows)
            found[fragment.owner, construct_name(type(fragment.construct))].append((fragment, rows))
        return found

    def _decides(self, ground: str) -> bool:
        """Whether a ground is a field, a claim or the platform's design, and not only a fact of the network."""
        named = ground in self.made.ledger.pool_of or ground.rpartition(" ")[2].startswith(_FIELD)
        return named or ground.startswith(("claim ", "site ", "design: "))

    # ---- one reason

    def _reason(self, owner: str, attribute: str, ground: str, fragment: Fragment | None) -> Reason:
        ground = ground.format(fabric=self._fabric, device=self.device, owner=owner) if "{" in ground else ground
        if ground.startswith("design: "):
            return Reason(f"{attribute}: by the platform's design, because {ground.removeprefix('design: ')}")
        if ground == "link":
            return self._link(attribute, fragment)
        if ground.startswith("site "):
            return self._site(owner, attribute, ground.removeprefix("site "), fragment)
        ground = ground.removeprefix("claim ")
        number = self._number(attribute, ground)
        return number or self._field(owner, attribute, ground)

    @cached_property
    def _fabric(self) -> str:
        fabric = self.network.intents.fabric
        return fabric.address if fabric else ""

    def _number(self, attribute: str, claim: str) -> Reason | None:
        """A claim of the ledger with its number."""
        book = self.made.ledger.pool_of.get(claim)
        if book is None:
            return None
        held = self.made.ledger.books[book].held[claim]
        since = "provisional" if held.provisional else f"since {held.since:%Y-%m-%dT%H:%MZ}"
        fact = f"{attribute}: number {held.number} of pool {book} (ledger, {since}), claimed as {claim}"
        return Reason(fact, "state/ledger.yaml")

    def _field(self, owner: str, attribute: str, ground: str) -> Reason:
        """A field of the intent, or of another: `fabric spec.asn`, `Fabric/metro spec.asn`."""
        whose, _, field = ground.rpartition(" ")
        owner = (self._fabric if whose == "fabric" else whose) or owner
        if not field.startswith(_FIELD):
            file = whose if whose.endswith(".yaml") else ""
            return Reason(f"{attribute}: {f'link {field}' if file else ground}", file)
        source = self.network.intents.source(owner, field)
        intent = self.network.intents.get(owner)
        name = f"{owner} {field}" if whose else field
        if source is None or intent is None:
            return Reason(f"{attribute}: {name}")
        place = f"{source.file}:{source.line}"
        if not self.network.intents.sources.written(owner, field):
            return Reason(f"{attribute}: {name} is not written, {_default(intent, field)}", place)
        return Reason(f"{attribute}: {name} ({source.text.strip()})", place)

    def _site(self, owner: str, attribute: str, field: str, fragment: Fragment | None) -> Reason:
        """A field of the attachment whose port and VLAN the construct has; a VLAN may be a claim."""
        served = self.design.served.get(owner)
        made = fragment.construct if fragment else None
        place = getattr(made, "port", ""), getattr(made, "vlan", 0)
        for member in served.profile.members if served else ():
            if served and (member.node, member.port, member.vlan) == (self.device, *place):
                chosen = field == "vlan" and member.attachment.vlan is None
                claim = claim_vlan(served.profile.service, member.node, member.field)
                ground = claim if chosen else f"{member.field}.{field}"
                return self._number(attribute, ground) or self._field(owner, attribute, ground)
        return Reason(f"{attribute}: by the platform's design, because it is the attachment's {field}")

    def _link(self, attribute: str, fragment: Fragment | None) -> Reason:
        """The link whose port it is; the loopback has none."""
        port = str(getattr(fragment.construct, "port", "")) if fragment else ""
        link = link_at(self.network.topology, self.device, port)
        if link is None:
            return Reason(f"{attribute}: by the platform's design, because {port or 'it'} belongs to no link")
        return Reason(f"{attribute}: {port} of link {link.name}", "inventory/topology.yaml")


def _default(intent: Intent, field: str) -> str:
    """The value that a field has where nobody wrote it."""
    value: object = intent
    for step in field.split("."):
        if not hasattr(value, step):
            return f"{intent.kind} has no such field"
        value = getattr(value, step)
    return f"its default is {value}" if isinstance(value, (str, int, float)) else "its default holds"
