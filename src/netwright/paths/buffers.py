"""Buffer headroom per directed link: the sum of what lossless queues need must fit behind the port.

The bytes under way when a stop is sent are caught by the receiving end of the link (see promise.lossless). Headroom is
held whenever the queue exists on the device, so it has no windows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netwright.paths.graph import DirectedLink, Graph


@dataclass(frozen=True, slots=True)
class BufferRefusal:
    """The port behind `hop` has `free_bytes` of `total_bytes` left; a total of 0: nobody declared a buffer."""

    owner: str
    hop: DirectedLink
    asked_bytes: int
    free_bytes: int
    total_bytes: int
    holders: tuple[str, ...]


class Buffers:
    """Headrooms against buffers, in bytes by directed link."""

    def __init__(self, total_bytes: Mapping[DirectedLink, int]) -> None:
        self.total_bytes = dict(total_bytes)
        self._held: dict[DirectedLink, dict[str, int]] = {hop: {} for hop in total_bytes}

    @classmethod
    def of(cls, graph: Graph) -> Buffers:
        """The buffers that the topology declares."""
        return cls({graph.directed(arc): graph.links[arc >> 1].buffer_bytes for arc in range(len(graph.head))})

    def free(self, hop: DirectedLink) -> int:
        """Bytes that are nobody's headroom yet."""
        return self.total_bytes[hop] - sum(self._held[hop].values())

    def admit(self, owner: str, headroom_bytes: Mapping[DirectedLink, int]) -> BufferRefusal | None:
        """Hold the headroom of each hop for `owner`, or nothing at all and name the first hop that lacks it."""
        for hop, asked in sorted(headroom_bytes.items()):
            if asked > self.free(hop):
                holders = tuple(sorted(self._held[hop]))
                return BufferRefusal(owner, hop, asked, self.free(hop), self.total_bytes[hop], holders)
        for hop, asked in headroom_bytes.items():
            self._held[hop][owner] = self._held[hop].get(owner, 0) + asked
        return None

    def release(self, owner: str) -> None:
        """Give back everything `owner` holds."""
        for held in self._held.values():
            held.pop(owner, None)
