"""What the emulated router refuses for its meaning, and what it does by itself.

The rules are those of the ROSng references where they say one (a route distinguisher before route targets and EVPN
lines; CAR excludes HQoS), and else what every router of this kind does: nothing may name what is not there, nothing
goes while it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from ipaddress import ip_interface
from itertools import pairwise

from netwright.emulator.zte.store import Action, Config, ConfigError, Node

_NEEDS_INTERFACE = frozenset({"vlan", "statistics", "isis", "car"})


def apply(config: Config, action: Action, locators: Collection[str]) -> None:
    """Do what the line says, or raise ConfigError."""
    if action.negated and action.key != "shutdown":
        _check_removal(config, action)
        config.remove(action)
        _after_removal(config, action)
    elif action.negated:
        config.remove(action)
    else:
        _check(config, action, locators)
        config.put(action)


# ---- adding ---------------------------------------------------------------------------------------------------------


def _check(config: Config, action: Action, locators: Collection[str]) -> None:
    words = action.match.words
    if action.mode in _NEEDS_INTERFACE and action.command.enters and "name" in words:
        _needs_interface(config, action)
    if action.command.spec.startswith("segment-routing srv6 locator") and words["name"] not in locators:
        raise ConfigError(f"The SRv6 locator {words['name']} does not exist.")
    check = _CHECKS.get(action.key.split(" ")[0] if action.mode != "config" else action.command.spec.split(" <")[0])
    if check is not None:
        check(config, action)


def _needs_interface(config: Config, action: Action) -> None:
    if action.match.words["name"] not in config.interfaces():
        raise ConfigError(f"The interface {action.match.words['name']} does not exist.")


def _needs_vrf(config: Config, action: Action) -> None:
    name = action.match.words.get("vrf")
    if name is not None and f"ip vrf {name}" not in config.section("vrf"):
        raise ConfigError(f"The VRF {name} does not exist.")


def _rd(config: Config, action: Action) -> None:
    mine = config.find(action.context)
    have = mine.children.get("rd") if mine else None
    if have is not None and have.line != action.match.line:
        raise ConfigError("The RD cannot be modified. Delete it first.")
    for vrf in config.section("vrf").values():
        other = vrf.children.get("rd")
        if vrf is not mine and other is not None and other.line == action.match.line:
            raise ConfigError("The RD is already used by another VRF.")


def _needs_rd(config: Config, action: Action) -> None:
    vrf = config.find(action.context[:2])
    if action.context[0] == "vrf" and (vrf is None or "rd" not in vrf.children):
        raise ConfigError("Please configure the RD first.")


def _ip(config: Config, action: Action) -> None:
    if action.mode != "interface":
        return
    if action.key == "ip vrf forwarding":
        _needs_vrf(config, action)
        _bind(config, action)
    elif action.key.startswith("ip address"):
        words = action.match.words
        _free(config, action, f"{words['address']}/{words['mask']}")


def _ipv6(config: Config, action: Action) -> None:
    if action.mode == "interface" and action.key.startswith("ipv6 address"):
        _free(config, action, action.match.words["prefix"])


def _bind(config: Config, action: Action) -> None:
    interface = config.find(action.context)
    if interface is None:
        return
    have = interface.children.get("ip vrf forwarding")
    if have is None or have.line != action.match.line:
        _wipe_addresses(interface)


def _wipe_addresses(interface: Node) -> None:
    for key in [key for key in interface.children if key.startswith(("ip address", "ipv6 address"))]:
        del interface.children[key]


def _free(config: Config, action: Action, prefix: str) -> None:
    """Two interfaces of one VRF must not share a network."""
    mine = action.context[-1].removeprefix("interface ")
    wanted = ip_interface(prefix)
    table = vrf_of(config.interfaces()[mine])
    for name, node in config.interfaces().items():
        if name == mine or vrf_of(node) != table:
            continue
        for other in addresses_of(node):
            if ip_interface(other).network.overlaps(wanted.network):
                raise ConfigError(f"The address conflicts with that of interface {name}.")


def _vlan(config: Config, action: Action) -> None:
    mine = action.context[-1]
    port = mine.partition(".")[0]
    container = config.find(action.context[:-1])
    for key, node in container.children.items() if container else ():
        if key != mine and key.partition(".")[0] == port and action.match.line in _lines(node):
            raise ConfigError(f"The VLAN ID is already used by {key}.")


def _neighbor(config: Config, action: Action) -> None:
    process = config.find(action.context[:2])
    if action.mode == "bgp-af" and process is not None:
        known = process.children
    else:
        node = config.find(action.context)
        known = node.children if node else {}
    address = action.match.words["a"]
    if not action.key.endswith("remote-as") and f"neighbor {address} remote-as" not in known:
        raise ConfigError(f"The neighbor {address} does not exist.")


def _class(config: Config, action: Action) -> None:
    if action.mode == "policy-map" and f"class-map {action.match.words['name']}" not in config.section("hqos"):
        raise ConfigError(f"The class-map {action.match.words['name']} does not exist.")


def _policy(config: Config, action: Action) -> None:
    words = action.match.words
    if f"policy-map {words['policy']}" not in config.section("hqos"):
        raise ConfigError(f"The policy-map {words['policy']} does not exist.")
    if "port" not in words:
        return
    if words["port"] not in config.interfaces():
        raise ConfigError(f"The interface {words['port']} does not exist.")
    car = config.find(("car", "qos", f"interface {words['port']}"))
    if action.key.startswith("service-policy") and car and f"rate-limit {words['direction']}" in car.children:
        raise ConfigError("CAR is configured in this direction of the interface.")


def _rate(config: Config, action: Action) -> None:
    port = action.context[-1].removeprefix("interface ")
    if f"service-policy {port} {action.match.words['direction']}" in config.section("hqos"):
        raise ConfigError("HQoS is configured in this direction of the interface.")


def _family(config: Config, action: Action) -> None:
    if action.mode != "bgp" or "vrf" not in action.match.words:
        return
    _needs_vrf(config, action)
    words = action.match.words
    vrf = config.section("vrf")[f"ip vrf {words['vrf']}"]
    if f"address-family {words['family']}" not in vrf.children:
        raise ConfigError(f"The address family is not activated in the VRF {words['vrf']}.")


def _one_process(config: Config, action: Action) -> None:
    """A locator belongs to one IS-IS process here: more than the emulator needs is refused, not half done."""
    if action.key not in config.section("isis") and config.section("isis"):
        raise ConfigError("Only one IS-IS process is supported.")


_CHECKS: Mapping[str, Callable[[Config, Action], None]] = {
    "rd": _rd,
    "evpn": _needs_rd,
    "route-target": _needs_rd,
    "ip": _ip,
    "ipv6": _ipv6,
    "encapsulation-dot1q": _vlan,
    "neighbor": _neighbor,
    "class": _class,
    "service-policy": _policy,
    "traffic-policy interface": _policy,
    "rate-limit": _rate,
    "address-family": _family,
    "ip route vrf": _needs_vrf,
    "ipv6 route vrf": _needs_vrf,
    "router isis": _one_process,
}


# ---- taking away ----------------------------------------------------------------------------------------------------


def _check_removal(config: Config, action: Action) -> None:
    user = next(_users(config, action.key), "") if action.mode == "config" else ""
    if user:
        raise ConfigError(f"It is used by {user}.")


def _users(config: Config, key: str) -> Iterator[str]:
    kind, _, name = key.rpartition(" ")
    if kind == "ip vrf":
        yield from (f"interface {port}" for port, node in config.interfaces().items() if vrf_of(node) == name)
        yield from _named(config, name, ("bgp", "static", "ipv6-static-route"), "vrf")
    elif kind == "interface":
        yield from _named(config, name, ("vlan", "interface-performance", "car", "isis"), "interface")
        yield from _named(config, name, ("hqos",), "service-policy")
        yield from _named(config, name, ("hqos",), "interface")
    elif kind == "class-map":
        yield from _named(config, name, ("hqos",), "class")
    elif kind == "policy-map":
        yield from (node.line for node in _all(config.section("hqos")) if _attaches(node, name))


def _attaches(node: Node, policy: str) -> bool:
    return node.line.startswith(("service-policy", "traffic-policy")) and node.line.split()[-1] == policy


def _named(config: Config, name: str, sections: tuple[str, ...], word: str) -> Iterator[str]:
    for section in sections:
        for node in _all(config.section(section)):
            words = node.line.split()
            if (word, name) in pairwise(words):
                yield node.line


def _all(nodes: Mapping[str, Node]) -> Iterator[Node]:
    for node in nodes.values():
        yield node
        yield from _all(node.children)


def _after_removal(config: Config, action: Action) -> None:
    if action.key == "ip vrf forwarding":
        interface = config.find(action.context)
        if interface is not None:
            _wipe_addresses(interface)
    elif action.key == "rd":
        _drop(config.find(action.context), "route-target", "evpn")
    elif action.key.startswith("neighbor") and action.key.endswith("remote-as"):
        process = config.find(action.context)
        _drop(process, f"neighbor {action.match.words['a']} ")
        for family in process.children.values() if process else ():
            _drop(family, f"neighbor {action.match.words['a']} ")


def _drop(node: Node | None, *beginnings: str) -> None:
    for key in [key for key in node.children if key.startswith(beginnings)] if node else ():
        del node.children[key]  # type: ignore[union-attr]  # the list is empty without a node


def _lines(node: Node) -> set[str]:
    return {child.line for child in node.children.values()}


# ---- what lines say -------------------------------------------------------------------------------------------------


def vrf_of(interface: Node) -> str:
    """The VRF an interface is bound to, "" for the public instance."""
    bound = interface.children.get("ip vrf forwarding")
    return bound.line.split()[-1] if bound else ""


def addresses_of(interface: Node) -> list[str]:
    """The addresses of an interface as ADDRESS/LENGTH."""
    found = []
    for node in interface.children.values():
        words = node.line.split()
        if words[:2] == ["ip", "address"]:
            found.append(str(ip_interface(f"{words[2]}/{words[3]}")))
        elif words[:2] == ["ipv6", "address"]:
            found.append(words[2])
    return sorted(found)
