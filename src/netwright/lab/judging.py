"""Facts -> verdicts. Pure: what was promised and what was seen come in, one of five states goes out.

Three rules. What was not seen is not judged: a sender that could not offer what was asked, or a sample too small for
the ratio, is no success. Silence proves something only about a host that was heard elsewhere. And every verdict says
its sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, exp, lgamma, log, sqrt
from typing import Final

from netwright.lab.facts import Echoes, Flow, Received, Session
from netwright.services.checks import Check
from netwright.verify.model import State, Verdict

OFFERED: Final = 0.98
"""Which part of a rate a sender must have offered for anything to be said about that rate."""

FLOODED: Final = 0.95
"""Which part of its rate a flood must have come to: 142 % of a share is a flood, too."""

CONFIDENCE: Final = 0.95


def judged(check: Check, state: State, observed: str, message: str = "") -> Verdict:
    """A verdict; the time is written where the facts were gathered."""
    return Verdict(check, state, observed, message)


def unasked(check: Check, why: str) -> Verdict:
    """What could not be measured."""
    return judged(check, State.ERROR, "not measured", why)


# ---- reachability


def reaches(check: Check, echoes: Echoes) -> Verdict:
    """A member must answer."""
    seen = _echoes(echoes)
    if echoes.times_us:
        return judged(check, State.SUCCESS, seen)
    if echoes.error:
        return judged(check, State.FAILURE, seen, f"its own kernel would not send: {echoes.error}")
    return judged(check, State.FAILURE, seen, "no answer")


def is_apart(check: Check, echoes: Echoes, *, heard_elsewhere: bool) -> Verdict:
    """A host of another tenant must not answer; silence counts only where the asker was heard by its own."""
    seen = _echoes(echoes)
    if echoes.times_us:
        return judged(check, State.FAILURE, seen, "another tenant's host answered")
    if not heard_elsewhere:
        return judged(check, State.SKIPPED, seen, "nobody answers this host at all: its silence proves nothing")
    return judged(check, State.SUCCESS, seen)


def carries(check: Check, echoes: Echoes) -> Verdict:
    """A packet of the promised size must cross in one piece, both ways."""
    seen = _echoes(echoes)
    if echoes.times_us:
        return judged(check, State.SUCCESS, seen)
    return judged(check, State.FAILURE, seen, echoes.error or "no answer: a packet of this size does not cross whole")


def _echoes(echoes: Echoes) -> str:
    version = "IPv6" if ":" in echoes.target else "IPv4"
    answered = f"{len(echoes.times_us)} of {echoes.sent} answered, {version} packets of {echoes.size} B, unfragmented"
    return f"{answered}; fastest {min(echoes.times_us) / 1000:.1f} ms" if echoes.times_us else answered


# ---- rates


def rate(bps: float) -> str:
    """A rate as people write it."""
    for unit, size in (("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3)):
        if bps >= size:
            return f"{bps / size:.3g} {unit}" if bps < 100 * size else f"{bps / size:.0f} {unit}"
    return f"{bps:.0f} bit/s"


def _offered_less(flow: Flow, wanted_bps: float) -> str:
    """Why nothing can be said about a rate: the sender, or the receiver itself, fell behind; "" when neither did."""
    if flow.sent.rate_bps < OFFERED * wanted_bps:
        return f"the sender offered {rate(flow.sent.rate_bps)} of {rate(wanted_bps)}: too busy a machine"
    if flow.received.overflow:
        return f"the receiver itself had no room for {flow.received.overflow} packets: too busy a machine"
    return ""


def _flow(flow: Flow) -> str:
    return (
        f"{rate(flow.goodput_bps)} of {rate(flow.sent.rate_bps)} offered arrived; {flow.sent.sent} packets of "
        f"{flow.sent.size} B in {flow.sent.seconds:.0f} s, {flow.lost} lost"
    )


def keeps_its_share(check: Check, own: Flow, own_bps: int, flood: Flow, flood_bps: int, least: float) -> Verdict:
    """A tenant's own traffic at its full rate, while another floods."""
    seen = f"{_flow(own)}; beside a flood of {rate(flood.sent.rate_bps)}, of which {rate(flood.goodput_bps)} arrived"
    if why := _offered_less(own, own_bps):
        return judged(check, State.ERROR, seen, why)
    if flood.sent.rate_bps < FLOODED * flood_bps:
        return judged(check, State.ERROR, seen, f"the flood came to less than {rate(flood_bps)}: too busy a machine")
    if own.goodput_bps < least * own.sent.rate_bps:
        return judged(check, State.FAILURE, seen, f"less than {least:.0%} of its own arrived")
    return judged(check, State.SUCCESS, seen)


def goodput(check: Check, flow: Flow, promised_bps: int, least: float) -> Verdict:
    """What arrives is at least that part of the promise."""
    if why := _offered_less(flow, promised_bps):
        return judged(check, State.ERROR, _flow(flow), why)
    if flow.goodput_bps < least * promised_bps:
        return judged(check, State.FAILURE, _flow(flow), f"less than {least:.0%} of {rate(promised_bps)} arrived")
    return judged(check, State.SUCCESS, _flow(flow))


def collapses(check: Check, flow: Flow, promised_bps: int, least: float) -> Verdict:
    """The control: the same stream without the intent must do worse, or the congestion was none."""
    if why := _offered_less(flow, promised_bps):
        return judged(check, State.ERROR, _flow(flow), why)
    if flow.goodput_bps >= least * promised_bps and not flow.lost:
        why = "the control kept its rate without the intent: there was no congestion, and nothing is shown"
        return judged(check, State.FAILURE, _flow(flow), why)
    return judged(check, State.SUCCESS, _flow(flow))


# ---- loss


def most_likely_at_most(lost: int, confidence: float = CONFIDENCE) -> float:
    """The upper bound of the mean of which `lost` were seen, by Poisson: 3.0 for none (the rule of three, 3/n)."""
    low, high = float(lost), lost + 10.0 + 5.0 * sqrt(lost + 1)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(lost, middle) > 1 - confidence else (low, middle)
    return high


def sample_for(ratio: float, lost: int = 0) -> int:
    """How many packets, so many of them lost, show that no more than this ratio (above 0) is: the rule of three."""
    return ceil(most_likely_at_most(lost) / ratio)


def _at_most(lost: int, mean: float) -> float:
    """The probability of seeing no more than `lost` where the mean is `mean` (which is not 0)."""
    terms: list[float] = [exp(-mean + k * log(mean) - lgamma(k + 1)) for k in range(lost + 1)]
    return sum(terms)


def loses_at_most(check: Check, flow: Flow, promised: float) -> Verdict:
    """The ratio of lost packets, by gaps in their numbers: kept, broken, or a sample too small to say, at 95 % each.

    Broken is what a network that keeps the promise would show in one of twenty samples at most: one lost of 265 is not
    more than 1e-3, nor is it less.
    """
    sent, lost = flow.sent.sent, flow.lost
    if not sent or flow.received.overflow:
        return judged(check, State.ERROR, _flow(flow), "nothing sent, or the receiver itself had no room")
    bound = most_likely_at_most(lost) / sent
    gaps = f"{flow.received.missing} in gaps of the sequence, {lost - flow.received.missing} behind its end"
    seen = f"{lost} of {sent} lost ({gaps}): at most {bound:.1e} with {CONFIDENCE:.0%} confidence (3/p rule)"
    if is_broken(lost, promised * sent):
        return judged(check, State.FAILURE, seen, f"more than {promised:g}")
    if bound > promised:
        needed = sample_for(promised, lost) if promised else "more than any number of"
        why = f"{promised:g} is neither kept nor broken by so few: that takes {needed} packets, and {sent} were sent"
        return judged(check, State.SKIPPED, seen, why)
    return judged(check, State.SUCCESS, seen)


def is_broken(lost: int, most: float, confidence: float = CONFIDENCE) -> bool:
    """Whether so many are lost as hardly ever where `most` is the mean (Poisson)."""
    return lost > 0 and (most <= 0 or _at_most(lost - 1, most) >= confidence)


def marks(check: Check, flow: Flow) -> Verdict:
    """Congestion in the queue of the class is told by marks that arrive at the receiver."""
    received = flow.received
    seen = f"{received.marked} of {received.packets} packets carry CE, {flow.lost} of {flow.sent.sent} were lost"
    if received.marked:
        return judged(check, State.SUCCESS, seen)
    if not received.packets:
        return judged(check, State.ERROR, seen, "nothing arrived that could carry a mark")
    return judged(check, State.FAILURE, seen, "the queue was filled, and nothing was marked")


# ---- delay


def delays(check: Check, idle: Received, loaded: Received, share_us: float) -> Verdict:
    """The delay under load above the idle one, against `share_us`: what the promised bound leaves for queues.

    Each is taken at the same percentile, for an emulated machine is late by itself: what it adds at a percentile when
    idle it adds under load, too, and more than the queues' share above that is the queues' own.
    """
    if not idle.delay_us or not loaded.delay_us:
        return judged(check, State.ERROR, "no packet arrived", "nothing to judge")
    percentile = percentile_of(min(idle.packets, loaded.packets))
    above = loaded.delay_us[percentile] - idle.delay_us[percentile]
    noise = idle.delay_us[percentile] - idle.delay_us["50"]
    seen = (
        f"p{percentile} {_ms(above)} above p{percentile} idle; share for queues {_ms(share_us)}; under load "
        f"{_percentiles(loaded)}; idle {_percentiles(idle)}; {loaded.packets} packets, one clock, under emulation"
    )
    if above <= share_us:
        return judged(check, State.SUCCESS, seen)
    if noise > share_us:
        why = f"idle, the machine itself is {_ms(noise)} late at p{percentile}: it cannot show {_ms(share_us)}"
        return judged(check, State.SKIPPED, seen, why)
    return judged(check, State.FAILURE, seen, "more than the queues' share of the bound")


def percentile_of(packets: int) -> str:
    """The highest percentile that at least five packets of a sample are above."""
    return next((name for name, part in (("99", 0.01), ("95", 0.05), ("90", 0.1)) if packets * part >= 5), "50")


def _percentiles(seen: Received) -> str:
    return f"p50 {_ms(seen.delay_us['50'])}, p99 {_ms(seen.delay_us['99'])}, longest {_ms(seen.delay_us['100'])}"


def _ms(microseconds: float) -> str:
    return f"{microseconds / 1000:.2f} ms"


# ---- ways


def takes(check: Check, counted: Mapping[str, int], computed: Sequence[str], packets: int) -> Verdict:
    """The hops whose counters grew by the stream are the hops that were computed. `counted`: hop -> packets."""
    if packets <= 0:
        return judged(check, State.ERROR, "no packet was sent", "nothing to judge")
    taken = {hop for hop, number in counted.items() if number >= 0.9 * packets}
    some = {hop for hop, number in counted.items() if 0.3 * packets <= number < 0.9 * packets}
    seen = f"{packets} packets over {', '.join(sorted(taken)) or 'no hop'}"
    if some:
        return judged(check, State.FAILURE, seen, f"a part of them over {', '.join(sorted(some))}")
    if taken != set(computed):
        return judged(check, State.FAILURE, seen, f"computed: {', '.join(computed)}")
    return judged(check, State.SUCCESS, seen)


def survives_cut(check: Check, flow: Flow, *, protected: bool, within_s: float) -> Verdict:
    """A link on the way is cut in the middle of a stream."""
    gap = flow.received.longest_gap_us / 1e6
    back = flow.sent.sent - 1 - flow.received.highest < 0.1 * flow.sent.sent
    seen = f"{flow.lost} of {flow.sent.sent} packets lost, longest silence {gap:.2f} s"
    if not back:
        seen = f"{flow.lost} of {flow.sent.sent} packets lost, none came back after the cut"
    if not protected:
        how = "traffic came back by the IGP" if back else "traffic did not come back while the link was down"
        return judged(check, State.SKIPPED, seen, f"no protection path was asked for: {how}")
    if not back or gap > within_s:
        return judged(check, State.FAILURE, seen, f"not on the protection path within {within_s:g} s")
    return judged(check, State.SUCCESS, seen)


# ---- a line that grows


def sells(check: Check, session: Session, window: tuple[float, float], sold_bps: float, within: float) -> Verdict:
    """Goodput of a TCP session over a window of time (seconds of the lab's clock) against what the sold rate gives."""
    tenths = [octets for at, octets in session.tenths if window[0] <= at / 10 and (at + 1) / 10 <= window[1]]
    seconds = int(window[1] * 10) / 10 - window[0]
    if seconds < 1 or not tenths:
        return judged(check, State.ERROR, "no second of it was seen", "the session did not carry on for long enough")
    got = sum(tenths) * 8 / seconds
    seen = f"{rate(got)} of TCP payload over {seconds:.0f} s; {rate(sold_bps)} is what the sold rate leaves of it"
    if abs(got - sold_bps) > within * sold_bps:
        return judged(check, State.FAILURE, seen, f"{(got - sold_bps) / sold_bps:+.1%}, more than {within:.0%} off")
    return judged(check, State.SUCCESS, seen)


def is_unbroken(check: Check, session: Session) -> Verdict:
    """One session from the first step to the last."""
    seen = f"one TCP session, {session.octets} B, ended: {session.ended}"
    if session.ended != "closed":
        return judged(check, State.FAILURE, seen, "the session did not live to its end")
    return judged(check, State.SUCCESS, seen)


def is_within(check: Check, seconds: float, most: float, what: str, *, emulated: bool) -> Verdict:
    """A change that takes no longer than it may. How long it takes an emulated machine is told, and shows nothing."""
    seen = f"{what} took {seconds:.1f} s"
    if seconds > most and emulated:
        return judged(check, State.SKIPPED, seen, f"longer than {most:g} s, where even the processor is emulated")
    if seconds > most:
        return judged(check, State.FAILURE, seen, f"longer than {most:g} s")
    return judged(check, State.SUCCESS, seen)


# ---- nothing left


def leftovers(check: Check, before: Sequence[str], after: Sequence[str]) -> Verdict:
    """What a router says of itself is line for line what it said before the first apply, and nothing is seg6's."""
    extra, gone = _more(after, before), _more(before, after)
    seg6 = [line for line in after if "encap seg6" in line]  # seg6local, too
    seen = f"{len(after)} lines of configuration, routes, links, rules and queues; {len(seg6)} routes with seg6"
    if extra or gone:
        said = [*(f"+ {line.strip()}" for line in extra), *(f"- {line.strip()}" for line in gone)]
        return judged(check, State.FAILURE, seen, "; ".join(said[:10]) + ("; ..." if len(said) > 10 else ""))
    if seg6:
        return judged(check, State.FAILURE, seen, f"there before the first apply, too: {seg6[0].strip()}")
    if not after:
        return judged(check, State.ERROR, seen, "the router said nothing")
    return judged(check, State.SUCCESS, seen)


def _more(these: Iterable[str], those: Iterable[str]) -> list[str]:
    """The lines of these that are not among those, as often as they are more."""
    left: dict[str, int] = {}
    for line in those:
        left[line] = left.get(line, 0) + 1
    found = []
    for line in these:
        if left.get(line, 0):
            left[line] -= 1
        else:
            found.append(line)
    return found
