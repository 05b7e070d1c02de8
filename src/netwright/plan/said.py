"""What an intent says and is promised, in words that can be kept; and how two such sayings differ. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from netwright.intents.fields import fields_of
from netwright.intents.schema import Intent
from netwright.plan.record import Said
from netwright.services import words
from netwright.services.design import Design, Served, said

UNDERLAY = "the underlay: loopbacks, links, IS-IS with SRv6, BGP"
"""What a Fabric is, in a plan's words."""

_PROMISES = {"goodput": "goodput >=", "delay": "delay <="}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that says something else than when it was applied; "" where it said nothing, or says nothing now."""

    field: str
    was: str
    now: str

    def __str__(self) -> str:
        """`spec.bandwidth.base: 1G -> 10G`."""
        if self.field.endswith("]"):
            return f"{self.field}: {f'added, {self.now}' if self.now else f'taken out, {self.was}'}"
        return f"{self.field}: {self.was or 'default'} -> {self.now or 'default'}"


class Sayings(Mapping[str, Said]):
    """What every intent of a design says: worked out for those that are looked at."""

    def __init__(self, design: Design) -> None:
        fabric = design.numbers.fabric if design.numbers else None
        self._served = design.served
        self._fabric = {fabric.address: fabric} if fabric else {}
        self._say = cache(self._said)

    def __getitem__(self, address: str) -> Said:
        return self._say(address)

    def __iter__(self) -> Iterator[str]:
        yield from self._fabric
        yield from self._served

    def __len__(self) -> int:
        return len(self._fabric) + len(self._served)

    def _said(self, address: str) -> Said:
        if address in self._fabric:
            return Said(fields_of(self._fabric[address]), {}, said(self._fabric[address]))
        served = self._served[address]
        service: Intent = served.profile.service
        return Said(fields_of(service), told(served), said(service))


def told(served: Served) -> dict[str, str]:
    """The figures of one line: what is sold, over which way (the longest where there are several), what is promised.

    Length and links are those of the working way: a standby way is told beside it.
    """
    if not served.profile.active:
        return {}
    profile, contract = served.profile, served.contract
    said = {"rate": words.rate(profile.bandwidth_bps)}
    longest = max((pair.there.path for pair in served.ways), key=lambda path: path.delay_us, default=None)
    if longest is not None:
        up_to = "up to " if len(served.ways) > 1 else ""
        said |= {
            "length": f"{up_to}{round(longest.delay_us / 5)} km",
            "links": words.count(len(longest.hops), "link"),
        }
    goodput = contract.figure("goodput_ratio")
    if goodput is not None:
        said["goodput"] = words.rate(goodput.value * profile.bandwidth_bps)
    delay = contract.figure("one_way_delay")
    if delay is not None:
        said["delay"] = words.delay(delay.value)
    return said


def sentence(now: Mapping[str, str], was: Mapping[str, str] | None = None) -> str:
    """The figures as one line, old and new where they differ: `1 G -> 10 G, 118 km, 3 links`."""
    text = {name: _turned(value, (was or {}).get(name, value)) for name, value in now.items()}
    sold = ", ".join(text[name] for name in ("rate", "length", "links") if name in text)
    promises = ", ".join(f"{sign} {text[name]}" for name, sign in _PROMISES.items() if name in text)
    return sold + (f"; promises {promises}" if promises else "")


def _turned(now: str, was: str) -> str:
    return now if now == was else f"{was} -> {now}"


def differences(was: Mapping[str, str], now: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of the document; an item of a list that came or went is one change."""
    found: dict[str, FieldChange] = {}
    for name in dict.fromkeys((*now, *was)):
        if was.get(name) == now.get(name):
            continue
        item = _whole_item(name, was, now)
        if item:
            found.setdefault(item, FieldChange(item, _inside(item, was), _inside(item, now)))
        else:
            found[name] = FieldChange(name, was.get(name, ""), now.get(name, ""))
    return tuple(found.values())


def _whole_item(name: str, was: Mapping[str, str], now: Mapping[str, str]) -> str:
    """The item of a list that the field is in, when only one of the two has that item."""
    ends = [place for place, letter in enumerate(name, 1) if letter == "]"]
    return next((name[:end] for end in ends if not (_inside(name[:end], was) and _inside(name[:end], now))), "")


def _inside(item: str, fields: Mapping[str, str]) -> str:
    """What the fields of an item say, by the last words of their paths."""
    inner = {name.removeprefix(item).lstrip("."): text for name, text in fields.items() if name.startswith(item)}
    return ", ".join(f"{name} {text}" for name, text in inner.items())
