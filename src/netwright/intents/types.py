"""The scalars of the intents: rates, durations, instants, addresses, names; and the types of fields.

People write text; after loading there are only numbers and typed values. Each parser takes what YAML made of the
field (text, or a number) and either returns the value or raises `PydanticCustomError`, whose type is a diagnostic's
code (see `codes.py`), whose message completes the sentence "spec.bandwidth ...", and whose context may carry a
`note` (beside the caret) and a `hint` (the way out).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network, ip_network
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from netwright.intents.pools import NUMBER, AdminPool, NumberPool, check_admin_number, parse_admin_pool, parse_pool
from netwright.intents.words import did_you_mean, lowered, refuse, shown

Address: TypeAlias = IPv4Interface | IPv6Interface
Prefix: TypeAlias = IPv4Network | IPv6Network

_SUFFIXES = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_RATE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<suffix>[kMGT]?)")
_LOOSE_RATE = re.compile(
    r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<suffix>[kmgt]?)(?:b|bps|bit|bits|bit/s|b/s|bits/s)?", re.IGNORECASE
)
_DURATION = re.compile(
    r"P(?:(?P<weeks>[0-9]+)W)?(?:(?P<days>[0-9]+)D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]+)H)?(?:(?P<minutes>[0-9]+)M)?(?:(?P<seconds>[0-9]+(?:\.[0-9]+)?)S)?)?"
)
_LOOSE_DURATION = re.compile(r"P?T?(?P<number>[0-9]+)\s*(?P<unit>s|sec|m|min|h|d|days?|w|weeks?)", re.IGNORECASE)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_PORT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,62}")
_AREA = re.compile(r"[0-9A-Fa-f]{2}(?:\.[0-9A-Fa-f]{4}){0,6}")
_LONGEST = timedelta(days=36600)  # a century: nobody means more, and dates stay inside the calendar


# ---- rates ----------------------------------------------------------------------------------------------------------


def parse_rate(value: object) -> int:
    """Return bit/s: `100M`, `2.5G`, `40000`; suffixes k, M, G, T are powers of 1000."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise _bad_rate(value)
    found = _RATE.fullmatch(value)
    if not found:
        raise _bad_rate(value)
    rate = Decimal(found["number"]) * _SUFFIXES[found["suffix"]]
    if not rate or rate != int(rate):
        raise refuse("bad-rate", f"is {shown(value)}; a rate is a whole number of bit/s, and at least 1")
    return int(rate)


def _bad_rate(value: object) -> PydanticCustomError:
    loose = _LOOSE_RATE.fullmatch(value.strip()) if isinstance(value, str) else None
    meant = f"{loose['number']}{loose['suffix'].upper().replace('K', 'k')}" if loose else ""
    message = f"is {shown(value)}; a rate is a number and k, M, G or T (bit/s): 100M, 2.5G"
    return refuse("bad-rate", message, note=f"did you mean `{meant}`?" if meant else "")


def format_rate(rate: int) -> str:
    """Return the shortest text that `parse_rate` reads as `rate`: 101905000000 -> `101.905G`."""
    texts = (f"{(Decimal(rate) / size).normalize():f}{suffix}" for suffix, size in _SUFFIXES.items())
    return min((text for text in texts if parse_rate(text) == rate), key=len) if rate > 0 else "0"


# ---- times ----------------------------------------------------------------------------------------------------------


def parse_duration(value: object) -> timedelta:
    """Return the length of an ISO 8601 duration: `PT5M`, `P7D`, `P1DT12H`. Years and months have no fixed length."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    parts = {unit: float(number) for unit, number in found.groupdict().items() if number} if found else {}
    if not parts:
        message = f"is {shown(value)}; a duration is ISO 8601 in weeks to seconds: PT5M, PT6H, P7D"
        raise refuse("bad-duration", message, note=_meant_duration(value))
    if parts.get("weeks", 0) * 7 + parts.get("days", 0) > _LONGEST.days or max(parts.values()) > 1e9:
        raise refuse("bad-duration", f"is {shown(value)}; the longest duration is P{_LONGEST.days}D")
    return timedelta(**parts)


def _meant_duration(value: object) -> str:
    loose = _LOOSE_DURATION.fullmatch(value) if isinstance(value, str) else None
    if not loose:
        return ""
    unit = loose["unit"][0].upper()
    return f"did you mean `P{'T' if unit in 'HMS' else ''}{loose['number']}{unit}`?"


def _more_than_zero(value: timedelta) -> timedelta:
    if not value:
        raise refuse("bad-duration", "is zero; it must be longer")
    return value


def parse_instant(value: object) -> datetime:
    """Return a moment: ISO 8601 date and time; with an offset or Z, or local to the `time_zone` beside it."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError as error:
            raise refuse("bad-instant", f"is {shown(value)}; {error}") from error
    with_t = value.replace(" ", "T", 1) if isinstance(value, str) else ""
    note = f"did you mean `{with_t}`?" if _INSTANT.fullmatch(with_t) else ""
    raise refuse("bad-instant", f"is {shown(value)}; a moment is date and time: 2026-12-01T22:00:00+08:00", note=note)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def check_zone(value: str) -> str:
    """Return the name of an IANA time zone."""
    if value in _zones():
        return value
    raise refuse(
        "unknown-time-zone",
        f"is {shown(value)}, which is not an IANA time zone",
        note=did_you_mean(value, _zones(), ignore_case=True),
        hint="zones are named by area and city, for example Asia/Shanghai or Europe/Berlin",
    )


zone_of = lru_cache(ZoneInfo)


# ---- addresses ------------------------------------------------------------------------------------------------------


def parse_address(value: object) -> Address:
    """Return a router's own address with the length of its subnet: `10.21.0.1/24`, `2001:db8:21::1/64`."""
    if not isinstance(value, str) or "/" not in value:
        hint = "write the length of the subnet too, for example 10.21.0.1/24" if isinstance(value, str) else ""
        raise refuse("bad-address", f"is {shown(value)}; an address is ADDRESS/LENGTH", hint=hint)
    try:
        found = _interface(value)
    except ValueError as error:
        raise refuse("bad-address", f"is {shown(value)}; {lowered(error)}") from error
    _refuse_unusable(found)
    return found


@lru_cache(maxsize=1 << 16)
def _interface(text: str) -> Address:
    return IPv6Interface(text) if ":" in text else IPv4Interface(text)


@lru_cache(maxsize=1 << 16)
def _network(text: str) -> Prefix:
    return IPv6Network(text) if ":" in text else IPv4Network(text)


def _refuse_unusable(found: Address) -> None:
    plain, network = found.ip, found.network
    long_enough = network.max_prefixlen - network.prefixlen <= 1  # /31, /32, /127, /128: RFC 3021, RFC 6164
    if plain.is_multicast or plain.is_loopback or plain.is_unspecified or plain.is_link_local:
        what = "not a unicast address that can be routed"
        network = ip_network("10.20.1.0/24" if plain.version == 4 else "fd00:20:1::/64")
    elif plain == network.network_address and not long_enough:
        what = "the network's own address" if plain.version == 4 else "the subnet-router anycast address (RFC 4291)"
    elif plain.version == 4 and plain == network.broadcast_address and not long_enough:
        what = "the broadcast address"
    else:
        return
    example = f"{network.network_address + 1}/{network.prefixlen}"
    raise refuse("bad-address", f"is `{found}`, {what}", hint=f"a router's own address, for example {example}")


def parse_prefix(value: object) -> Prefix:
    """Return a prefix without host bits: `10.9.0.0/16`, `fd00:1::/32`."""
    if not isinstance(value, str) or "/" not in value:
        raise refuse("bad-prefix", f"is {shown(value)}; a prefix is ADDRESS/LENGTH")
    try:
        return _network(value)
    except ValueError as error:
        note = _without_host_bits(value)
        reason = "it has host bits set" if note else lowered(error)
        raise refuse("bad-prefix", f"is {shown(value)}; {reason}", note=note) from error


def _without_host_bits(value: str) -> str:
    try:
        return f"did you mean `{_interface(value).network}`?"
    except ValueError:
        return ""


def _parse_prefix4(value: object) -> Prefix:
    found = parse_prefix(value)
    if found.version != 4:
        raise refuse("bad-prefix", f"is {shown(value)}; an IPv4 prefix is needed")
    return found


def _parse_prefix6(value: object) -> Prefix:
    found = parse_prefix(value)
    if found.version != 6:
        raise refuse("bad-prefix", f"is {shown(value)}; an IPv6 prefix is needed")
    return found


def parse_host(value: object) -> IPv4Address | IPv6Address:
    """Return the address of a host, without a length."""
    try:
        if isinstance(value, str):
            return IPv6Address(value) if ":" in value else IPv4Address(value)
    except ValueError as error:
        raise refuse("bad-address", f"is {shown(value)}; {lowered(error)}") from error
    raise refuse("bad-address", f"is {shown(value)}; an address without length is needed")


# ---- names ----------------------------------------------------------------------------------------------------------


def check_label(value: str) -> str:
    """Return a name of ours: a DNS label, for it stands in addresses, VRF names and file names."""
    if _LABEL.fullmatch(value):
        return value
    meant = re.sub(r"[^a-z0-9]+", "-", value.lower())[:63].strip("-")
    raise refuse(
        "bad-name",
        f"is {shown(value)}; a name is 1 to 63 of a-z, 0-9 and -, with a letter or digit at both ends",
        note=f"did you mean `{meant}`?" if meant else "",
    )


def check_node(value: str) -> str:
    """Return the name of a node, as the inventory spells it."""
    if _NODE.fullmatch(value):
        return value
    raise refuse(
        "bad-name", f"is {shown(value)}; a node's name is 1 to 63 letters, digits, dots, hyphens and underscores"
    )


def check_port(value: str) -> str:
    """Return the name of a port, as its device spells it."""
    if _PORT.fullmatch(value):
        return value
    raise refuse("bad-name", f"is {shown(value)}; a port is named as on its device: 100GE0/2/1, cgei-0/1/0/3, eth3")


def check_area(value: str) -> str:
    """Return an IS-IS area address: `49.0001` (ISO 10589)."""
    if _AREA.fullmatch(value):
        return value
    raise refuse("bad-area", f"is {shown(value)}; an area is two hex digits and groups of four: 49.0001")


# ---- the types of fields --------------------------------------------------------------------------------------------


def _text(description: str, *examples: object, pattern: re.Pattern[str] | None = None) -> WithJsonSchema:
    schema: dict[str, object] = {"type": "string", "description": description, "examples": list(examples)}
    return WithJsonSchema(schema | ({"pattern": f"^(?:{pattern.pattern})$"} if pattern else {}))


def _rate_schema() -> WithJsonSchema:
    text = {"type": "string", "pattern": f"^{_RATE.pattern.replace('?P<number>', '?:').replace('?P<suffix>', '?:')}$"}
    number = {"type": "integer", "minimum": 1}
    description = "A rate in bit/s: a number and k, M, G or T."
    return WithJsonSchema({"anyOf": [text, number], "description": description, "examples": ["100M", "2.5G"]})


def _pool_schema() -> WithJsonSchema:
    text = {"type": "string", "pattern": f"^{NUMBER}-{NUMBER}$"}
    description = "A pool of numbers, both ends included; hexadecimal with 0x."
    return WithJsonSchema(
        {"anyOf": [text, {"type": "integer"}], "description": description, "examples": ["1-4000", "0xfe00-0xfeff"]}
    )


_DURATION_TEXT = _text("An ISO 8601 duration in weeks to seconds.", "PT5M", "PT6H", "P7D")
_LENGTH = BeforeValidator(parse_duration)

Rate: TypeAlias = Annotated[int, BeforeValidator(parse_rate), _rate_schema()]
Duration: TypeAlias = Annotated[timedelta, _LENGTH, _DURATION_TEXT]
PositiveDuration: TypeAlias = Annotated[timedelta, AfterValidator(_more_than_zero), _LENGTH, _DURATION_TEXT]
Instant: TypeAlias = Annotated[
    datetime,
    BeforeValidator(parse_instant),
    _text(
        "Date and time, with an offset or Z; or local, with a time_zone beside it.",
        "2026-12-01T22:00:00+08:00",
        pattern=_INSTANT,
    ),
]
Zone: TypeAlias = Annotated[str, AfterValidator(check_zone), _text("An IANA time zone.", "Asia/Shanghai")]
InterfaceAddress: TypeAlias = Annotated[
    IPv4Interface | IPv6Interface,
    BeforeValidator(parse_address),
    _text("The router's own address, with the length of the subnet.", "10.21.0.1/24", "2001:db8:21::1/64"),
]
NetworkPrefix: TypeAlias = Annotated[
    IPv4Network | IPv6Network,
    BeforeValidator(parse_prefix),
    _text("A prefix without host bits.", "10.9.0.0/16", "2001:db8:9::/48"),
]
Prefix4: TypeAlias = Annotated[IPv4Network, BeforeValidator(_parse_prefix4), _text("An IPv4 prefix.", "10.255.0.0/16")]
Prefix6: TypeAlias = Annotated[IPv6Network, BeforeValidator(_parse_prefix6), _text("An IPv6 prefix.", "fd00:1::/32")]
HostAddress: TypeAlias = Annotated[
    IPv4Address | IPv6Address,
    BeforeValidator(parse_host),
    _text("The address of a host, without a length.", "10.21.0.2"),
]
Numbers: TypeAlias = Annotated[NumberPool, BeforeValidator(parse_pool), _pool_schema()]
AdminNumbers: TypeAlias = Annotated[
    AdminPool,
    BeforeValidator(parse_admin_pool),
    _text("A pool of route distinguishers or targets: ADMINISTRATOR:FIRST-LAST.", "65000:1000-9999"),
]
AdminNumber: TypeAlias = Annotated[
    str,
    AfterValidator(check_admin_number),
    _text("A route distinguisher or target: ADMINISTRATOR:NUMBER.", "65000:1000"),
]
Name: TypeAlias = Annotated[str, AfterValidator(check_label), _text("A DNS label.", "hospital-a", pattern=_LABEL)]
NodeName: TypeAlias = Annotated[
    str, AfterValidator(check_node), _text("A node of the inventory.", "pop1-gw1", pattern=_NODE)
]
PortName: TypeAlias = Annotated[
    str, AfterValidator(check_port), _text("A port, as its device spells it.", "100GE0/2/1", pattern=_PORT)
]
Area: TypeAlias = Annotated[
    str, AfterValidator(check_area), _text("An IS-IS area address; in quotes.", "49.0001", pattern=_AREA)
]

Vlan: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=4094)]
Dscp: TypeAlias = Annotated[int, Field(strict=True, ge=0, le=63)]
Mtu: TypeAlias = Annotated[
    int, Field(strict=True, ge=1280, le=9600)
]  # RFC 8200's least; path-mtu's most on the routers
Identifier: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=0xFFFFFFFF)]
Ratio: TypeAlias = Annotated[float, Field(strict=True, gt=0, le=1)]
Milliseconds: TypeAlias = Annotated[float, Field(strict=True, gt=0, le=10_000)]
Bytes: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=1 << 32)]

Isolation: TypeAlias = Literal["hard", "soft", "none"]
MinimumGrade: TypeAlias = Literal["hard", "soft", "emulated"]
