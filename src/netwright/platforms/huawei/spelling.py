"""One value, one spelling: what a device prints in another way than we wrote it is no difference.

RFC 7950 (sections 9.1 and 9.2.2) and RFC 6991 give addresses and integers a canonical form; servers answer in theirs,
and people write as they like: `2001:DB8:0::1` is `2001:db8::1`, a prefix has no host bits, `+5` is `5`. Only leaves of
such a type are touched: a description may say `FD00::1`.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable, Iterator
from functools import lru_cache

from netwright.platforms.huawei import keys
from netwright.tree import Line, Path

_SUSPECT = re.compile(r">([0-9A-Fa-f.]*[:/][0-9A-Fa-f:./]*|\+[0-9]+)<")


def is_plain(text: str) -> bool:
    """Whether nothing in a text can be spelled in another way: nearly always, and found out at little cost."""
    return all(address(value) == value and value[0] != "+" for value in set(_SUSPECT.findall(text)))


def canonical(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines with every value, keys of entries too, in its canonical form."""
    for line in lines:
        path = tuple(_step(line.path[:depth]) for depth in range(1, len(line.path) + 1))
        yield Line(path, _value(line.value, keys.node(line.path).spelling), line.number)


def _step(path: Path) -> str:
    name, predicates = keys.split(path[-1])
    if not predicates:
        return path[-1]
    node = keys.node(path)
    spelled = {
        key: _value(value, (node if key == "." else node.child(key)).spelling) for key, value in predicates.items()
    }
    return keys.entry(name, spelled)


def _value(value: str, spelling: str) -> str:
    if spelling == "n":
        return value.removeprefix("+")
    return address(value) if spelling == "a" else value


@lru_cache(maxsize=10_000)
def address(value: str) -> str:
    """An address or prefix in its canonical form (RFC 5952); whatever is neither as it is."""
    try:
        if "/" in value:
            network = ipaddress.ip_network(value, strict=False)
            return f"{address(str(network.network_address))}/{network.prefixlen}"
        return socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, value)) if ":" in value else value
    except (ValueError, OSError):
        return value
