"""How each number of the ledger is written in configurations, and how it is read back from there. Pure.

A claim's number stands on devices in its pool's own form (`65000:1000`) or in a text derived from it: a node id in the
locator, its SIDs and the names of policies; a router id in the IS-IS system id; the function of a VPN's SID with or
without the locator in front.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from netwright.alloc.pool import Pool, Subnets
from netwright.services.claims import ALL, claim_node_id
from netwright.services.fabric import system_id_of
from netwright.services.numbers import Numbers, pinned_end_sid, pinned_locator

Reading = Mapping[str, int]
"""What a text says: claim -> number."""

_DECIMAL, _HEX, _V4, _V6 = "[0-9]+", "[0-9a-f]+", "[0-9.]+", "[0-9a-f:]+"


@dataclass(frozen=True, slots=True)
class Word:
    """A text that follows from numbers. `key`: which text of which claims; `read` inverts it or raises ValueError."""

    key: str
    text: str
    shape: str  # a regular expression that every such text matches
    read: Callable[[str], Reading]


def words(numbers: Numbers, device: str, sought: Mapping[str, int]) -> Iterator[Word]:
    """Every text by which the numbers of the claims that are sought can be known on a device."""
    pool_of = numbers.assignment.ledger.pool_of
    for claim, number in sought.items():
        pool = numbers.pools[pool_of[claim].partition("/")[0]]
        here = claim.split("/")[2] in {device, ALL}
        if pool.name.startswith("sid_"):
            yield from _sid(numbers, pool, claim, number, here=here)
        elif pool.name == "node_id":
            yield from _node_id(numbers, claim, number)
        elif pool.name == "router_id":
            yield _word("address", claim, pool.text(number), _V4, pool.number)
            yield from _system_id(numbers, pool, claim, number)
        elif isinstance(pool.form, Subnets):
            yield from _ends(pool.form, claim, number)
        elif pool.name == "loopback":
            yield _word("address", claim, pool.text(number), f"{_V6}|{_V4}", pool.number)
        elif here:
            yield from _own(pool, claim, number)


def _word(form: str, claim: str, text: str, shape: str, number: Callable[[str], int]) -> Word:
    return Word(f"{form} {claim}", text, shape, lambda found: {claim: number(found)})


def _own(pool: Pool, claim: str, number: int) -> Iterator[Word]:
    """The pool's form. Plain numbers may be padded to four digits, as in the name of a VPN."""
    text = pool.text(number)
    if text != str(number):
        yield _word("own", claim, text, "[0-9.]+:[0-9]+", pool.number)
        return
    yield _word("own", claim, text, _DECIMAL, int)
    if number < 1000:
        yield _word("padded", claim, f"{number:04d}", "[0-9]{4}", int)


def _node_id(numbers: Numbers, claim: str, number: int) -> Iterator[Word]:
    locator = pinned_locator(numbers.fabric, number)
    yield _word("locator", claim, locator.partition("/")[0], _V6, partial(_exact_node, numbers, 0))
    yield _word("end", claim, pinned_end_sid(locator), _V6, partial(_exact_node, numbers, 1))
    yield _word("hex", claim, f"{number:x}", _HEX, partial(int, base=16))
    yield _word("own", claim, str(number), _DECIMAL, int)


def _exact_node(numbers: Numbers, function: int, text: str) -> int:
    node, found = _split(numbers, text)
    if found != function:
        raise ValueError(f"{text} is no SID of a node")
    return node


def _split(numbers: Numbers, text: str) -> tuple[int, int]:
    """The node id of a SID and everything behind its locator."""
    srv6 = numbers.fabric.spec.srv6
    value = int(IPv6Address(text))
    if IPv6Address(value) not in ip_network(str(srv6.block)):
        raise ValueError(f"{text} is not in {srv6.block}")
    rest = 128 - srv6.locator_length
    within = value - int(srv6.block.network_address)
    return within >> rest, within & ((1 << rest) - 1)


def _sid(numbers: Numbers, pool: Pool, claim: str, number: int, *, here: bool) -> Iterator[Word]:
    node = claim_node_id(numbers.fabric, claim.split("/")[2])
    encoding = pool.name.removeprefix("sid_")
    locator = ip_network(pinned_locator(numbers.fabric, numbers.number(node))).network_address
    shift = 128 - numbers.fabric.spec.srv6.locator_length - 16 if encoding == "usid" else 0
    read = partial(_read_sid, numbers, node, claim, shift)
    yield Word(f"sid {claim}", str(locator + (number << shift)), _V6, read)
    if here:
        yield _word("opcode", claim, str(IPv6Address(number)), f"::{_HEX}", lambda text: int(IPv6Address(text)))


def _read_sid(numbers: Numbers, node: str, claim: str, shift: int, text: str) -> Reading:
    node_id, function = _split(numbers, text)
    if function & ((1 << shift) - 1) or not function:
        raise ValueError(f"{text} is no SID of a VPN")
    return {node: node_id, claim: function >> shift}


def _system_id(numbers: Numbers, pool: Pool, claim: str, number: int) -> Iterator[Word]:
    system_id, area = system_id_of(pool.text(number)), numbers.fabric.spec.igp.area
    yield _word("system", claim, system_id, _V4, partial(_from_system_id, pool, "", ""))
    yield _word("net", claim, f"{area}.{system_id}.00", _V4, partial(_from_system_id, pool, f"{area}.", ".00"))


def _from_system_id(pool: Pool, before: str, after: str, text: str) -> int:
    digits = text.removeprefix(before).removesuffix(after).replace(".", "")
    if before + _dotted(digits) + after != text or len(digits) != 12:
        raise ValueError(f"{text} is no system id of ours")
    return pool.number(str(IPv4Address(".".join(str(int(digits[at : at + 3])) for at in range(0, 12, 3)))))


def _dotted(digits: str) -> str:
    return ".".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _ends(form: Subnets, claim: str, number: int) -> Iterator[Word]:
    for end, text in enumerate(form.ends(number)):
        yield _word(f"end{end}", claim, text.partition("/")[0], f"{_V6}|{_V4}", partial(_from_end, form, end))


def _from_end(form: Subnets, end: int, text: str) -> int:
    number = form.number(text)
    if ip_address(form.ends(number)[end].partition("/")[0]) != ip_address(text):
        raise ValueError(f"{text} is not this end of its link")
    return number
