"""Whose line a device refused: from the place that it names to the intent, its field and the template line.

A NETCONF server names a place by an instance path (RFC 6241, error-path), in whatever prefixes it likes; a command line
names the line itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from netwright.tree import Leaf, Wanted

_PREFIX = re.compile(r"(?<=/)[A-Za-z_][\w.-]*:|(?<=\[)[A-Za-z_][\w.-]*:")
_ENVELOPE = re.compile(r"^/rpc/edit-config/config(?=/)")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_FIELD = ("spec", "metadata")


Where = Callable[[str, str], str]
"""The place of an intent's field in the files, by address and field: `intents/a.yaml:12`; "" when unknown."""


def nowhere(_address: str, _field: str) -> str:
    """Nobody knows the files."""
    return ""


def origin_of(wanted: Wanted, said: str, where: Where = nowhere) -> str:
    """`template:line, intent, field (file:line)` behind the place that a device `said`; "" when it is none of ours."""
    leaf = _leaf(wanted, said.strip())
    if leaf is None:
        return ""
    origin = leaf.origins[0]
    fields = list(dict.fromkeys(reason for _, reason in origin.because if reason.startswith(_FIELD)))
    places = dict.fromkeys(filter(None, (where(origin.owner, field) for field in fields or [""])))
    told = ", ".join((f"{origin.template}:{origin.line}", origin.owner, *fields))
    return f"{told} ({', '.join(places)})" if places else told


def _leaf(wanted: Wanted, said: str) -> Leaf | None:
    if not said:
        return None
    if not said.startswith("/"):
        return _line(wanted, said)
    places = {_plain("/" + "/".join(path)): leaf for path, leaf in wanted.items()}
    for place in _outwards(_plain(said)):
        inside = (leaf for path, leaf in places.items() if path == place or path.startswith((f"{place}/", f"{place}[")))
        if found := next(inside, None):
            return found
    return None


def _line(wanted: Wanted, said: str) -> Leaf | None:
    """The leaf that says the line; else the one whose identity is most of it, as whole words."""
    same = next((leaf for leaf in wanted.values() if leaf.value.strip() == said), None)
    if same is not None:
        return same
    words = f" {' '.join(said.split())} "
    inside = [(path[-1], leaf) for path, leaf in wanted.items() if path and f" {path[-1]} " in words]
    return max(inside, key=lambda found: len(found[0]))[1] if inside else None


def _outwards(place: str) -> Iterator[str]:
    """A place, then the list entry that it is in: what is missing in an entry of ours is ours too."""
    yield place
    last = place.rfind("]/")
    if last >= 0:
        yield place[: last + 1]


def _plain(place: str) -> str:
    """An instance path without prefixes and in one kind of quotes; what stands in quotes stays."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0][1:-1])
        return f"'{len(kept) - 1}'"

    bare = _ENVELOPE.sub("", _PREFIX.sub("", _QUOTED.sub(keep, place)))
    return re.sub(r"'(\d+)'", lambda found: f"'{kept[int(found[1])]}'", bare)
