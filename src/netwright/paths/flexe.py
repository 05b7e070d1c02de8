"""FlexE calendar slots (OIF FlexE 2.1): which slots of a group a client has, and when.

A client has whole slots: its bandwidth divided by the group's granularity, rounded up. `base_slots` of a group carry
the base client and are nobody's. Which slots a client has is the routers' choice (they are told a bandwidth, and agree
on the slots between them), so only their number counts here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netwright.paths.admission import ALWAYS, Calendar, Refusal, Window
from netwright.paths.graph import DirectedLink
from netwright.topology.model import FlexeGroup


@dataclass(frozen=True, slots=True)
class SlotRefusal:
    """Not enough slots: `needed` against `free` slots of `granularity_bps`, and who has the others."""

    owner: str
    link: str
    needed: int
    free: int
    granularity_bps: int
    holders: tuple[str, ...]

    @property
    def free_bps(self) -> int:
        """The largest client that would fit."""
        return self.free * self.granularity_bps


def slots_needed(rate_bps: int, group: FlexeGroup) -> int:
    """How many slots carry `rate_bps`: rounded up."""
    return -(-rate_bps // group.granularity_bps)


class SlotCalendar:
    """The slots of all FlexE groups, by the link they are on (a client has the same slots in both directions)."""

    def __init__(self, groups: Mapping[str, FlexeGroup]) -> None:
        self.groups = dict(groups)
        self._taken = Calendar({_slots(link): group.slots - group.base_slots for link, group in groups.items()})

    def free(self, link: str, windows: Sequence[Window] = ALWAYS) -> int:
        """How many slots of `link` can still be had in each of `windows`."""
        return self._taken.free(_slots(link), windows)

    def admit(self, owner: str, link: str, rate_bps: int, windows: Sequence[Window] = ALWAYS) -> int | SlotRefusal:
        """Take the slots that carry `rate_bps` in all of `windows`, and say how many, or take none and say why."""
        group = self.groups[link]
        needed = slots_needed(rate_bps, group)
        refusal = self._taken.admit(owner, [_slots(link)], needed, windows)
        if isinstance(refusal, Refusal):
            return SlotRefusal(owner, link, needed, refusal.free_bps, group.granularity_bps, refusal.holders)
        return needed

    def release(self, owner: str) -> None:
        """Give back all slots of `owner`."""
        self._taken.release(owner)


def _slots(link: str) -> DirectedLink:
    """A link's slots as the calendar of reservations knows them: one lot for both directions, counted in slots."""
    return DirectedLink(link, "")
