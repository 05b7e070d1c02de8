"""FlexE calendar slots (OIF FlexE 2.1): which slots of a group a client has, and when.

A client has whole slots: its bandwidth divided by the group's granularity, rounded up. The first `base_slots` slots of
a group carry the base client and are nobody's. Lowest free slots first; a slot must be free in all
windows of its client.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netwright.paths.admission import ALWAYS, Window, overlap
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
        self._held: dict[str, dict[int, list[tuple[str, Window]]]] = {
            link: {slot: [] for slot in range(group.base_slots, group.slots)} for link, group in groups.items()
        }

    def free(self, link: str, windows: Sequence[Window] = ALWAYS) -> tuple[int, ...]:
        """The slots of `link` that nobody has in any of `windows`, lowest first."""
        return tuple(
            slot
            for slot, held in self._held[link].items()
            if not any(overlap(taken, window) for _, taken in held for window in windows)
        )

    def admit(
        self, owner: str, link: str, rate_bps: int, windows: Sequence[Window] = ALWAYS
    ) -> tuple[int, ...] | SlotRefusal:
        """Take and return the lowest slots that carry `rate_bps` in all of `windows`, or take none and say why."""
        group = self.groups[link]
        needed, free = slots_needed(rate_bps, group), self.free(link, windows)
        if len(free) < needed:
            return SlotRefusal(owner, link, needed, len(free), group.granularity_bps, self._holders(link, windows))
        for slot in free[:needed]:
            self._held[link][slot] += [(owner, window) for window in windows]
        return free[:needed]

    def release(self, owner: str) -> None:
        """Give back all slots of `owner`."""
        for slots in self._held.values():
            for held in slots.values():
                held[:] = [entry for entry in held if entry[0] != owner]

    def _holders(self, link: str, windows: Sequence[Window]) -> tuple[str, ...]:
        entries = (entry for held in self._held[link].values() for entry in held)
        return tuple(sorted({who for who, taken in entries if any(overlap(taken, window) for window in windows)}))
