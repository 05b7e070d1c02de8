"""One printable address for each thing: `KIND/NAME[/DEVICE[/THING[/FIELD]]]`.

The same text stands in claims, diagnostics, plans, the journal and the evidence, so that one search
finds all that happened to a thing. Addresses are plain `str` inside (they are dictionary keys by the
hundred thousand); these functions are the only place that knows how they are put together.
"""

from __future__ import annotations


def address(kind: str, name: str, *more: str) -> str:
    """Return the address of a thing, for example `address("TenantSlice", "a", "pe1", "vrf", "rd")`."""
    return "/".join((kind, name, *more))


def intent_of(address_: str) -> str:
    """Return the intent part of an address: `TenantSlice/a/pe1/vrf/rd` -> `TenantSlice/a`."""
    return "/".join(address_.split("/", 2)[:2])


def device_of(address_: str) -> str:
    """Return the device part of an address, or `""` where it names none."""
    parts = address_.split("/", 3)
    return parts[2] if len(parts) > 2 else ""


def within(address_: str, prefix: str) -> bool:
    """Whether `address_` is `prefix` or lies under it."""
    return address_ == prefix or address_.startswith(prefix + "/")
