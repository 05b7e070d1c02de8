"""What each proof by packets is called, and what it expects: checks, as a reader of the evidence sees them."""

from __future__ import annotations

from typing import Final

from netwright.address import address
from netwright.lab.proof import Host, goodput_least, standby
from netwright.services.checks import AtLeast, AtMost, Check, Expected, Rung
from netwright.services.design import Served
from netwright.services.ways import Way

TOPIC: Final = "packets"
"""What these checks look at; no driver is asked for it."""

OWN_LEAST: Final = 0.99
"""Which part of its share a tenant keeps beside one that floods."""

BACK_WITHIN_S: Final = 1.0
"""How long traffic may be away before it rides the protection path."""

CHANGE_S: Final = 60.0
"""How long a change of a sold rate may take, verified."""


def check(intent: str, node: str, thing: str, what: str, rung: Rung, **expect: Expected) -> Check:
    """One proof by packets; what it expects is what a reader sees, the judgement is `judging`'s."""
    where = address(intent, node, TOPIC, thing)
    return Check(where, intent, node, rung, what, TOPIC, {}, expect, negative=rung is Rung.NEGATIVE)


# ---- who reaches whom


def reaches(one: Host, target: str, other: Host) -> Check:
    """A member's echo request to another member of the same intent."""
    what = f"{one.name} reaches {other.name} at {target}"
    return check(
        one.intent, one.node, f"reach:{one.seat.namespace}:{target}", what, Rung.MEASUREMENT, answers=AtLeast(1)
    )


def is_apart(one: Host, target: str, other: Host) -> Check:
    """A member's echo request to another tenant's member."""
    what = f"{one.name} does not reach {other.intent} at {target}"
    return check(one.intent, one.node, f"apart:{one.seat.namespace}:{target}", what, Rung.NEGATIVE, answers=AtMost(0))


def carries(one: Host, target: str, other: Host) -> Check:
    """A packet of the largest size from a member to another, unfragmented."""
    size = min(one.mtu, other.mtu)
    what = f"{size} B cross whole from {one.name} to {target}"
    return check(one.intent, one.node, f"size:{one.seat.namespace}:{target}", what, Rung.MEASUREMENT, bytes=size)


# ---- rates, loss, delay


def share(name: str, way: Way, rate: str, other: str) -> Check:
    """A tenant's full rate beside another that floods."""
    what = f"{name} keeps its {rate} from {way.a} to {way.z} while {other} floods"
    return check(name, way.a, f"share:{way.z}", what, Rung.MEASUREMENT, of_its_own=AtLeast(OWN_LEAST))


def lossless(name: str, served: Served, way: Way) -> tuple[Check, ...]:
    """Loss, goodput and marks of a lossless path under congestion, and the control."""
    between, look = f"from {way.a} to {way.z} under congestion", Rung.MEASUREMENT
    loss, ratio = AtMost(served.profile.max_loss or 0.0), AtLeast(goodput_least(served))
    control = "the control: as best effort the same stream collapses"
    return (
        check(name, way.a, f"loss:{way.z}", f"loss {between}", look, loss=loss),
        check(name, way.a, f"goodput:{way.z}", f"goodput {between}", look, ratio=ratio),
        check(name, way.a, f"ecn:{way.z}", f"ECN marks {between}", look, marked=AtLeast(1)),
        check(name, way.a, f"control:{way.z}", control, Rung.NEGATIVE),
    )


def delay(name: str, served: Served, way: Way) -> Check:
    """The promised bound, under load."""
    figure = served.contract.figure("one_way_delay")
    bound, what = AtMost(figure.value if figure else 0.0), f"delay from {way.a} to {way.z} under load"
    return check(name, way.a, f"delay:{way.z}", what, Rung.MEASUREMENT, delay_us=bound)


# ---- ways


def path(name: str, way: Way) -> Check:
    """The hops that packets take."""
    what = f"the way taken from {way.a} to {way.z} is the computed one"
    return check(name, way.a, f"path:{way.z}", what, Rung.PATH)


def cut(name: str, served: Served, way: Way) -> tuple[Check, ...]:
    """How long traffic is away when the first link of its way is cut, and the hops of its protection path."""
    link = way.path.links[0]
    between = f"from {way.a} to {way.z} while {link} is cut"
    away = check(name, way.a, f"cut:{link}", f"traffic {between}", Rung.MEASUREMENT, away_s=AtMost(BACK_WITHIN_S))
    if standby(served, way) is None:
        return (away,)
    return (away, check(name, way.a, f"standby:{link}", f"the way taken {between} is the computed one", Rung.PATH))


# ---- what changes the lab


def steps(name: str, served: Served) -> tuple[Check, ...]:
    """A line that grows and shrinks while a session runs: three rates, two changes, one session."""
    node, look = served.profile.members[0].node, Rung.MEASUREMENT
    return (
        check(name, node, "step:base", "TCP goodput at the base rate", look),
        check(name, node, "step:largest", "TCP goodput at the largest rate", look),
        check(name, node, "step:back", "TCP goodput back at the base rate", look),
        check(name, node, "step:up", "the change to the largest rate", look, seconds=AtMost(CHANGE_S)),
        check(name, node, "step:down", "the change back", look, seconds=AtMost(CHANGE_S)),
        check(name, node, "step:session", "the session lives through both changes", look),
    )


def removed(fabric: str, router: str) -> Check:
    """Nothing is left on a router."""
    return check(f"Fabric/{fabric}", router, "removed", "as before the first apply", Rung.NEGATIVE)
