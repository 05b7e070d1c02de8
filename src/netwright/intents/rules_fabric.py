"""How the numbers of a Fabric must fit together."""

from __future__ import annotations

from collections.abc import Iterator

from netwright.intents.fabric import FabricSpec, Pools
from netwright.intents.places import FieldPath, field_text
from netwright.intents.pools import NumberPool
from netwright.intents.problems import Problem

_LIMITS: tuple[tuple[FieldPath, int, int, str], ...] = (
    (("slice_id",), 1, 0xFFFFFFFF, "0 is the default slice"),
    (("colour",), 1, 0xFFFFFFFF, "RFC 9256"),
    (("vlan",), 1, 4094, "IEEE 802.1Q"),
)


def fabric_problems(spec: FabricSpec) -> Iterator[Problem]:
    """Everything that does not fit."""
    yield from _reflector_problems(spec)
    yield from _locator_problems(spec)
    yield from _pool_problems(spec.pools)
    yield from _prefix_problems(spec)
    yield from _key_problems(spec)
    if spec.igp.hello.total_seconds() % 1:
        yield Problem("bad-duration", ("spec", "igp", "hello"), "must be whole seconds")


def _key_problems(spec: FabricSpec) -> Iterator[Problem]:
    """The name of a key has one placeholder."""
    macsec = spec.links.macsec
    if macsec and set("{}") & set(macsec.key.replace("{link}", "")):
        yield Problem("bad-key-name", ("spec", "links", "macsec", "key"), "may hold no other braces than {link}")


def _reflector_problems(spec: FabricSpec) -> Iterator[Problem]:
    for index, node in enumerate(spec.route_reflectors):
        if node in spec.route_reflectors[:index]:
            yield Problem(
                "listed-twice", ("spec", "route_reflectors", index), f"is `{node}`, which the list has already"
            )


def _locator_problems(spec: FabricSpec) -> Iterator[Problem]:
    """RFC 8986, section 3.1: block, node, function and argument share 128 bits."""
    srv6, pools = spec.srv6, spec.pools
    node_bits = srv6.locator_length - srv6.block.prefixlen
    if node_bits < 1:
        message = f"is {srv6.locator_length}: no bits are left for nodes behind a block of /{srv6.block.prefixlen}"
        yield Problem("bad-locator", ("spec", "srv6", "locator_length"), message)
        return
    if srv6.locator_length + srv6.static_length > 128:
        message = (
            f"is {srv6.static_length}: with a locator of /{srv6.locator_length} at most {128 - srv6.locator_length} fit"
        )
        yield Problem("bad-locator", ("spec", "srv6", "static_length"), message)
    yield from _flexible_problems(spec)
    yield from _fits(pools.node_id, 1, node_bits, ("spec", "pools", "node_id"), "node bits of the locator")
    place: FieldPath = ("spec", "pools", "sid_function")
    yield from _fits(pools.sid_function.usid, 1, 16, (*place, "usid"), "bits of a compressed SID")
    yield from _fits(
        pools.sid_function.classic,
        2,
        srv6.static_length,
        (*place, "classic"),
        "bits of srv6.static_length; 1 is the node's own SID",
    )


def _flexible_problems(spec: FabricSpec) -> Iterator[Problem]:
    """The locators of an algorithm are those of the nodes in another block: as long, and of another name."""
    flexible, srv6 = spec.igp.flex_algo, spec.srv6
    if flexible and flexible.block.prefixlen != srv6.block.prefixlen:
        message = f"is `{flexible.block}`; the block of srv6 is a /{srv6.block.prefixlen}, and this one must be as long"
        yield Problem("bad-locator", ("spec", "igp", "flex_algo", "block"), message)
    if flexible and flexible.locator == srv6.locator:
        message = f"is `{flexible.locator}`, which is the locator of srv6 already"
        yield Problem("bad-locator", ("spec", "igp", "flex_algo", "locator"), message)


def _fits(pool: NumberPool, least: int, bits: int, path: FieldPath, what: str) -> Iterator[Problem]:
    if pool.first < least or pool.last >= 1 << bits:
        message = f"is {pool.first:#x}-{pool.last:#x}; allowed: {least:#x}-{(1 << bits) - 1:#x}, the {bits} {what}"
        yield Problem("pool-outside", path, message)


def _pool_problems(pools: Pools) -> Iterator[Problem]:
    for path, least, most, why in _LIMITS:
        pool: NumberPool = getattr(pools, str(path[0]))
        if pool.first < least or pool.last > most:
            yield Problem("pool-outside", ("spec", "pools", *path), f"is {pool}; allowed: {least}-{most} ({why})")


def _prefix_problems(spec: FabricSpec) -> Iterator[Problem]:
    named: list[tuple[FieldPath, object]] = []
    flexible = spec.igp.flex_algo
    for path, prefix in (
        (("spec", "srv6", "block"), spec.srv6.block),
        *(((("spec", "igp", "flex_algo", "block"), flexible.block),) if flexible else ()),
        (("spec", "loopbacks"), spec.loopbacks),
        (("spec", "links", "prefix"), spec.links.prefix),
    ):
        for other_path, other in named:
            if prefix.overlaps(other):
                message = f"is `{prefix}`, which overlaps `{other}`"
                yield Problem("overlapping-prefixes", path, message, hint=f"that is {field_text(other_path)}")
        named.append((path, prefix))
    yield from _room_problems(spec)


def _room_problems(spec: FabricSpec) -> Iterator[Problem]:
    if spec.links.prefix.prefixlen >= spec.links.prefix_length:
        message = f"is `{spec.links.prefix}`, which holds no two prefixes of /{spec.links.prefix_length}"
        yield Problem("prefix-too-small", ("spec", "links", "prefix"), message)
    if spec.loopbacks.prefixlen > 126:
        yield Problem("prefix-too-small", ("spec", "loopbacks"), f"is `{spec.loopbacks}`, which holds no two loopbacks")
    if spec.router_ids.prefixlen > 30:
        yield Problem(
            "prefix-too-small", ("spec", "router_ids"), f"is `{spec.router_ids}`, which holds no two router ids"
        )
