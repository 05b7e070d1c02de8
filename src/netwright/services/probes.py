"""The probes that measure a service's jitter: one TWAMP light session between its two ends (RFC 5357, appendix I).

iFIT measures delay and loss in the traffic itself, while there is any. Probes measure the variation of the delay, each
way by itself, also while the tenant is silent and whatever the two clocks say.
"""

from __future__ import annotations

from dataclasses import dataclass

from netwright.services.claims import claim_probe
from netwright.services.model import TwampResponder, TwampSession
from netwright.services.numbers import Numbers
from netwright.services.profile import Member, Profile

TEST_PORT = 862
"""The UDP port of TWAMP test packets (RFC 8545), here at both ends: each VRF has one session at most."""

PERIOD_MS = 100
"""Between two probes, milliseconds."""


@dataclass(frozen=True, slots=True)
class Probe:
    """The session: `a` sends to `z`, which sends back. `sender` and `reflector` are their addresses in the VPN."""

    profile: Profile
    numbers: Numbers
    a: Member
    z: Member
    sender: str
    reflector: str

    def end(self, node: str, vrf: str) -> tuple[TwampSession | TwampResponder, dict[str, str]]:
        """What one of the two routers is told, and why."""
        service = self.profile.service
        session = self.numbers.probe(service, node)
        because = {
            "session": claim_probe(service, node),
            "sender": f"{self.a.field}.addresses",
            "reflector": f"{self.z.field}.addresses",
        }
        if node == self.z.node:
            return TwampResponder(session, vrf, self.reflector, self.sender, TEST_PORT), because
        dscp = self.profile.markings[0].outer_dscp
        made = TwampSession(session, vrf, self.sender, self.reflector, TEST_PORT, dscp, PERIOD_MS)
        return made, {**because, "dscp": "spec.traffic.dscp"}


def ends(profile: Profile) -> tuple[Member, Member]:
    """The end that sends what was promised, and the other one."""
    a, z = profile.members
    return (a, z) if profile.carries(a.node) else (z, a)


def probe_of(profile: Profile, numbers: Numbers) -> Probe | None:
    """The session of a service whose ends have numbers for it and addresses of one IP version; else None."""
    nodes = {member.node for member in profile.members}
    if len(nodes) != 2 or not all(numbers.probe(profile.service, node) for node in nodes):
        return None
    a, z = ends(profile)
    own, far = _first_addresses(a), _first_addresses(z)
    shared = [version for version in own if version in far and own[version] != far[version]]
    return Probe(profile, numbers, a, z, own[shared[0]], far[shared[0]]) if shared else None


def _first_addresses(member: Member) -> dict[int, str]:
    """The router's own first address of each IP version at an attachment, IPv4 first."""
    found: dict[int, str] = {}
    for one in sorted(member.attachment.addresses, key=lambda one: (one.version, one)):
        found.setdefault(one.version, str(one.ip))
    return found
