"""Saying no: why a service cannot be routed, and the way out. Each refusal names the field that asks too much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from netwright.diagnostics import Diagnostics
from netwright.intents.loader import Intents
from netwright.paths.admission import Refusal
from netwright.paths.disjoint import NoPair
from netwright.paths.flexe import SlotRefusal
from netwright.paths.shortest import NoPath, Reason
from netwright.services import words
from netwright.services.macsec import required
from netwright.services.profile import HORIZON, Booking, Profile

_ENCRYPT = "have them encrypted: spec.links.macsec of the Fabric, between routers that can; or ask for preferred"
_FIGURES = 5  # of a rate in words


@dataclass(frozen=True, slots=True)
class Refusals:
    """Says no into `found`, with the place in the file from `intents`."""

    intents: Intents
    found: Diagnostics

    def say(self, profile: Profile, code: str, message: str, field: str, hint: str) -> None:
        """Record one refusal at a field of the intent."""
        source = self.intents.source(profile.address, field) or self.intents.source(profile.address)
        self.found.error(code, profile.address, message, source, hint=hint)

    def full(self, profile: Profile, refusal: Refusal, where: str, field: str, overhead: int = 0) -> None:
        """No bandwidth: what is free, who has the rest, and when how much would fit.

        `overhead`: bytes that each packet of the service has besides, where the calendar counts them.
        """
        share = profile.packet_bytes / (profile.packet_bytes + overhead)
        first = profile.bookings[0].start
        end = refusal.until if _known(refusal.until, first) else None
        until = f" until {words.instant(end.astimezone(first.tzinfo))}" if end else ""
        now = first if profile.active else None
        offers = [
            f"{words.rate(_whole(rate * share))} {_from(at, now, first)}"
            for at, rate in refusal.fits_at
            if rate and _known(at, first)
        ]
        holders = [holder for holder in refusal.holders if holder != profile.address]
        held = f"; {words.listed(holders)} has the rest" if holders else ""
        hint = f"{words.listed(offers) or 'nothing fits'}{held}, or raise {where}"
        asked = words.rate(refusal.asked_bps)
        if overhead:
            headers = f"{overhead} B of SRv6 on each packet of {profile.packet_bytes} B"
            asked = f"{words.rate(round(refusal.asked_bps * share))}, which is {asked} with {headers}"
        message = f"asks for {asked}; {where} has {words.rate(refusal.free_bps)} left{until}"
        self.say(profile, "bandwidth-exceeds-link", message, field, hint)

    def slice_gone(self, profile: Profile, needed: Booking, end: datetime | None) -> None:
        """A rider is on while its slice is not."""
        schedule = profile.service.spec.schedule
        zone = schedule.start.tzinfo if schedule and schedule.start else needed.start.tzinfo
        until = f"until {words.instant(needed.end.astimezone(zone))}" if needed.end else "without an end"
        ends = f"the slice ends at {words.instant(end.astimezone(zone))}" if end else "the slice is not there then"
        message = f"rides in {profile.ride} from {words.instant(needed.start.astimezone(zone))} {until}, and {ends}"
        field = "spec.schedule" if schedule else "spec.slice"
        hint = "give it a schedule within the slice's, or give the slice a longer one"
        self.say(profile, "slice-schedule-too-short", message, field, hint)

    def no_slots(self, profile: Profile, refusal: SlotRefusal, fits_bps: int, booking: Booking | None) -> None:
        """Not enough FlexE slots: what is free, who has the others, and what would fit."""
        size = words.rate(refusal.granularity_bps)
        zone = profile.bookings[0].start.tzinfo
        when = f" until {words.instant(booking.end.astimezone(zone))}" if booking and booking.end else ""
        message = (
            f"needs {words.count(refusal.needed, 'FlexE slot')} of {size} on {refusal.link}, "
            f"which has {refusal.free} free{when}"
        )
        whole = fits_bps // 10**7 * 10**7  # never more than fits, in the figures of a rate
        fits = f"{words.rate(whole)} fits" if whole else f"{words.rate(refusal.free_bps)} with its headers is free"
        holders = [holder for holder in refusal.holders if holder != profile.address]
        held = f"; {words.listed(holders)} has the rest" if holders else ""
        hint = f"{fits}{held}, or give {refusal.link} more slots beside its base client"
        self.say(profile, "flexe-slots-exceeded", message, profile.bandwidth_field, hint)

    def no_path(self, profile: Profile, no: NoPath) -> None:
        """No way that keeps to what is asked."""
        pair = f"from {no.a} to {no.z}"
        best = " - ".join(no.best.nodes) if no.best else ""
        match no.reason:
            case Reason.DELAY:
                self.too_long(
                    profile, f"the shortest way {pair} that fits, {best},", no.best.delay_us if no.best else 0
                )
            case Reason.HOPS:
                self.too_many_hops(profile, f"the way {pair} with fewest, {best},", len(no.best.hops) if no.best else 0)
            case Reason.UNCONNECTED:
                self.say(profile, "unconnected", f"has no way {pair}", "", "the network falls apart there: add a link")
            case Reason.EXCLUDED if profile.ride:
                message = f"rides in {profile.ride}, which has no way {pair}"
                self.say(
                    profile, "slice-has-no-way", message, "spec.slice", "give the slice sites there, or leave it out"
                )
            case Reason.EXCLUDED if required(profile):
                self.not_encrypted(profile, f"every way {pair} has a link without it")
            case _:
                nearest = f"; nearest: {best}" if best else ""
                message = f"has no way {pair} that keeps to its constraints{nearest}"
                self.say(
                    profile, "no-path", message, "spec.constraints", "relax avoid, affinity, max_hops or the delay"
                )

    def too_long(self, profile: Profile, what: str, took_us: float) -> None:
        """The delay asked for cannot be kept."""
        asked = words.delay(profile.max_delay_us or 0)
        message = f"asks for at most {asked}; {what} takes {words.delay(took_us)}"
        hint = f"ask for {words.delay(took_us)} or more, or attach closer"
        self.say(profile, "delay-exceeds-slo", message, "spec.slo.one_way_delay_ms", hint)

    def too_many_hops(self, profile: Profile, what: str, hops: int) -> None:
        """The number of hops cannot be kept."""
        allowed = profile.service.spec.constraints.max_hops
        message = f"allows {words.count(allowed or 0, 'hop')}; {what} has {hops}"
        self.say(profile, "too-many-hops", message, "spec.constraints.max_hops", f"allow {hops}")

    def not_encrypted(self, profile: Profile, why: str) -> None:
        """Encryption is required and not there."""
        message, field = f"requires encryption, and {why}", "spec.constraints.encryption"
        self.say(profile, "path-not-encrypted", message, field, _ENCRYPT)

    def no_pair(self, profile: Profile, no: NoPair, diversity: str) -> None:
        """No two ways that are as diverse as asked."""
        found = "there are none" if no.proven else f"none were found in {no.tried} tries"
        cuts = f"; {words.listed(no.cuts)} is on every way" if no.cuts else ""
        message = f"asks for two {diversity}-disjoint ways between {no.a} and {no.z}, and {found}{cuts}"
        hint = "ask for less diversity, or leave protection out"
        asked = str(profile.service.spec.constraints.diversity) != "none"
        field = "spec.constraints.diversity" if asked else "spec.protection"
        self.say(profile, "no-disjoint-pair", message, field, hint)

    def not_pinnable(self, profile: Profile, message: str, field: str) -> None:
        """A path that nobody can hold packets to."""
        hint = "leave it out, or attach on a platform with explicit paths"
        self.say(profile, "path-not-pinnable", message, field, hint)


def _whole(rate_bps: float) -> int:
    """A rate that fits, in the figures of a rate: never rounded up."""
    whole = int(rate_bps)
    step: int = 10 ** max(0, len(str(whole)) - _FIGURES)
    return whole // step * step


def _known(at: datetime | None, first: datetime) -> bool:
    """Whether an instant is a fact of the calendar: beyond the horizon recurring windows are no longer looked at."""
    return at is None or at - first < HORIZON - timedelta(days=1)


def _from(at: datetime | None, now: datetime | None, first: datetime) -> str:
    """From when on, in the time zone of the intent's own first window."""
    return "now" if at is None or at == now else f"from {words.instant(at.astimezone(first.tzinfo))}"
