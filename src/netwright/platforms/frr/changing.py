"""From a difference of trees to what is sent: everything is taken back before anything is given, users first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from netwright.platforms.frr import cfg, grammar, linux, steps
from netwright.platforms.frr.cfg import Node
from netwright.tree import PRESENT, Delta, Path, Tree

_REMOVAL_ORDER = ("bgp", "vrf", "isis", "interface", "route-map", "segment-routing")
"""Who uses whom: a VPN uses BGP's locator, an interface IS-IS, all of them the locators (FRR #18628, #23383)."""


def cfg_change(delta: Delta) -> str:
    """The `cfg` part of a change, in its steps."""
    gone = {path: value for path, value in delta.remove.items() if path[0] != linux.ROOT}
    new = {path: value for path, value in delta.replace.items() if path[0] != linux.ROOT}
    add = {path: value for path, value in delta.add.items() if path[0] != linux.ROOT}
    gone |= {path: delta.before[path] for path in new if _cycles(path, delta.before[path])}
    gone = without_the_swallowed(gone)
    locators, others = _split(gone, lambda path: path[0] == "segment-routing")
    vrfs, users = _split(others, lambda path: len(path) == 1 and gone[path] == PRESENT and path[0].startswith("vrf "))
    new_locators, rest = _split({**new, **add}, lambda path: path[0] == "segment-routing")
    return steps.write(
        "cfg",
        (
            (steps.REMOVE_SIDS, removals(_sids_of_isis(gone, delta.before))),
            (steps.REMOVE_USERS, removals(users)),
            (steps.REMOVE_LOCATORS, removals(locators)),
            (steps.REMOVE_VRFS, removals(vrfs)),
            (steps.ADD_LOCATORS, additions(new_locators)),
            (steps.ADD, additions(rest)),
        ),
    )


def _sids_of_isis(gone: Tree, before: Tree) -> dict[Path, str]:
    """The SRv6 of an IS-IS that goes, to be taken back before it and in a transaction of its own.

    Quirk: isisd that goes with its SRv6 leaves its SIDs in the FIB, of 10.3 and of 10.7.1, in one file, too (RUN).
    """
    inside = ((path[0], "segment-routing srv6") for path in gone if len(path) == 1 and kind_of(path) == "isis")
    return {path: PRESENT for path in inside if path in before}


def _split(tree: Tree, first: object) -> tuple[dict[Path, str], dict[Path, str]]:
    assert callable(first)  # noqa: S101 - for the type checker
    chosen = {path: value for path, value in tree.items() if first(path)}
    return chosen, {path: value for path, value in tree.items() if path not in chosen}


def _cycles(path: Path, value: str) -> bool:
    """Whether the old value must go before a new one is taken."""
    rule = grammar.rule_of(kind_of(path[:-1]), value.removeprefix("no "))
    return bool(rule and rule.cycle)


def kind_of(blocks: Path) -> str:
    """The kind of the innermost of nested blocks."""
    kind = ""
    for step in blocks:
        block = grammar.block_of(kind, step)
        kind = block.kind if block else grammar.UNKNOWN
    return kind


def without_the_swallowed(gone: Tree) -> dict[Path, str]:
    """Leave out what goes by itself: the lines of a block that goes, and of a BGP neighbour that goes."""
    return {path: value for path, value in gone.items() if not any(_swallows(path, gone, cut) for cut in _cuts(path))}


def _cuts(path: Path) -> range:
    return range(1, len(path))


def _swallows(path: Path, gone: Tree, cut: int) -> bool:
    if gone.get(path[:cut]) == PRESENT and path[:cut] in gone and not path[0].startswith("vrf "):
        return True  # the static routes of a VRF go by themselves only with its device, which goes later
    words = path[-1].split()
    head = (*path[:1], " ".join([*words[:2], "remote-as"]))
    return words[:1] == ["neighbor"] and head in gone and path != head


def removals(gone: Tree) -> str:
    """The lines that take leaves back, block by block, users first."""
    root = cfg.grow(without_present(gone))
    blocks = [path for path, value in gone.items() if value == PRESENT]
    lines: list[str] = []
    for step in sorted({path[0] for path in gone}, key=removal_rank):
        whole = [path for path in blocks if path[0] == step]
        child = root.blocks.get(step)
        if (step,) in whole:
            lines += _inside({step: child}) if child else []
            lines.append(f"no {step}")
        elif child or whole:
            lines += _removal_block((step,), child, whole)
    lines += [grammar.undo("", line) for line in root.lines]
    return "".join(f"{line}\n" for line in lines)


def without_present(gone: Tree) -> list[tuple[Path, str]]:
    """The plain lines among leaves."""
    return [(path, value) for path, value in sorted(gone.items()) if value != PRESENT]


def removal_rank(step: str) -> tuple[int, bool, str]:
    """VPN instances of BGP before BGP, both before what they use."""
    kind = kind_of((step,))
    rank = _REMOVAL_ORDER.index(kind) if kind in _REMOVAL_ORDER else len(_REMOVAL_ORDER)
    return rank, kind == "bgp" and " vrf " not in step, step


def _inside(blocks: Mapping[str, Node]) -> Iterator[str]:
    for step, node in blocks.items():
        yield from _removal_block((step,), node, [])


def _removal_block(path: Path, node: Node | None, whole: list[Path]) -> Iterator[str]:
    """Enter a block, take back what is gone in it, leave it."""
    indent = " " * (len(path) - 1)
    kind = kind_of(path)
    yield f"{indent}{path[-1]}"
    deeper = {block[: len(path) + 1] for block in whole if len(block) > len(path)}
    children = {(*path, step): child for step, child in node.blocks.items()} if node else {}
    for child_path in sorted(deeper | children.keys()):
        if child_path in whole:
            yield f"{indent} no {child_path[-1]}"
        else:
            yield from _removal_block(
                child_path, children.get(child_path), [b for b in whole if b[: len(child_path)] == child_path]
            )
    for line in sorted(node.lines, key=lambda words: cfg.line_order(kind, words), reverse=True) if node else ():
        yield f"{indent} {grammar.undo(kind, line)}"
    block = grammar.block_of(kind_of(path[:-1]), path[-1])
    yield f"{indent}{block.closing if block else 'exit'}"


def additions(new: Tree) -> str:
    """The lines that give leaves, in FRR's own order."""
    return cfg.text(new)


def linux_change(delta: Delta) -> str:
    """The `linux` part of a change, in its steps."""
    gone = [linux.understand(value) for value in linux.of_part(delta.remove).values()]
    devices = {command.device for command in gone if command.kind.name == "link"}
    new = [linux.understand(value) for value in linux.of_part(delta.add).values()]
    new += [linux.understand(value) for value in linux.of_part(delta.replace).values()]
    new += list(_below(delta, new))
    given = (_given(delta, command) for command in sorted(new, key=linux.order))
    taken = (command.undo for command in sorted(gone, key=linux.order, reverse=True) if not vanishes(command, devices))
    return steps.write("linux", ((steps.REMOVE, _lines(taken)), (steps.ADD, _lines(given))))


def _below(delta: Delta, new: Sequence[linux.Command]) -> Iterator[linux.Command]:
    """What stands below a root discipline that has to go to be changed, and is to stay: it went with its root."""
    roots = {one.device for one in new if one.kind.name == "root-qdisc" and (linux.ROOT, one.identity) in delta.replace}
    said = {command.identity for command in new}
    for value in linux.of_part(delta.after()).values() if roots else ():
        command = linux.understand(value)
        below = command.kind.name in ("class", "leaf-qdisc") and command.device in roots
        if below and command.identity not in said:
            yield command


def _given(delta: Delta, command: linux.Command) -> str:
    """The command, or in place of another value those that replace it."""
    path = (linux.ROOT, command.identity)
    if path not in delta.replace:
        return command.line
    before = linux.understand(delta.before[path])
    if command.kind.name == "leaf-qdisc" and _discipline(before) != _discipline(command):
        return f"{before.undo}\n{command.line}"  # the kernel changes the options of a discipline, not its kind
    return command.replacement


def _discipline(command: linux.Command) -> str:
    return command.facts["options"].partition(" ")[0]


def vanishes(command: linux.Command, devices: set[str]) -> bool:
    """Whether the object goes with an interface of `devices`; or, as a rule, with its chain."""
    on_link = command.kind.name in linux.VANISH_WITH_LINK or (
        command.kind.name == "sysctl" and "/conf/" in command.facts["key"]
    )
    return on_link and command.device in devices


def _lines(commands: Iterable[str]) -> str:
    return "".join(f"{command}\n" for command in commands)


def sequence(delta: Delta) -> tuple[Delta, ...]:
    """One transaction, or two where something cannot change in place: what has to go goes first, with its users."""
    first = frozenset(_must_go_first(delta))
    if not delta:
        return ()
    if not first:
        return (delta,)
    gone = {path: value for path, value in delta.before.items() if path in first}
    rest = {path: value for path, value in delta.before.items() if path not in first}
    after = delta.after()
    back = {path: value for path, value in after.items() if path not in rest}
    replace = {path: value for path, value in delta.replace.items() if path in rest}
    remove = {path: value for path, value in delta.remove.items() if path in rest}
    return (
        Delta(before=delta.before, add={}, replace={}, remove=gone),
        Delta(before=rest, add=back, replace=replace, remove=remove),
    )


def _must_go_first(delta: Delta) -> Iterator[Path]:
    changed = {*delta.replace, *(path for path in (*delta.add, *delta.remove) if len(path) > 1)}
    for path in delta.before:
        if _is_locator(path) and any(other[: len(path)] == path for other in changed) and path not in delta.remove:
            yield from locator_and_users(delta.before, path)
        elif path in delta.replace and delta.before[path].startswith("ip link add"):
            yield from link_and_users(delta.before, path)
        elif path in delta.replace and " master " in delta.before[path]:
            yield from membership(delta.before, path)
        elif path in delta.replace and delta.before[path].startswith(_TABLES):
            yield from table_and_users(delta.before, path)


def _is_locator(path: Path) -> bool:
    return len(path) == 4 and path[:3] == ("segment-routing", "srv6", "locators")


def locator_and_users(tree: Tree, locator: Path) -> Iterator[Path]:
    """A locator with all that uses it.

    Quirk: zebra 10.7.1 crashed on `no prefix` in a locator that BGP used, and bgpd keeps SIDs of an old prefix
    (FRR #23383, #18628): the locator goes as a whole, after IS-IS, BGP and the SIDs of the VRFs let go of it.
    """
    name = locator[-1].split()[1]
    for path, value in tree.items():
        user = len(path) > 1 and path[0].startswith("router ")
        if path[: len(locator)] == locator or (user and (value == f"locator {name}" or "sid vpn" in value)):
            yield path


def membership(tree: Tree, master: Path) -> Iterator[Path]:
    """An interface's VRF with the addresses: Linux takes the interface down to move it, and IPv6 forgets its own."""
    device = linux.understand(tree[master]).device
    for path, value in linux.of_part(tree).items():
        if path == master or (value.startswith("ip address ") and linux.understand(value).device == device):
            yield path


_TABLES = ("nft 'add map ", "nft 'add set ", "nft 'add chain ")


def table_and_users(tree: Tree, table: Path) -> Iterator[Path]:
    """A map or set with its elements and the chains that look things up in it, or a chain with its rule."""
    facts = linux.understand(tree[table]).facts
    name = facts.get("map", facts.get("set", ""))
    said = {path: linux.understand(value) for path, value in linux.of_part(tree).items()}
    chains = {facts.get("chain", "")}
    chains |= {one.facts["chain"] for one in said.values() if name and f"@{name}" in one.facts.get("rule", "").split()}
    for path, one in said.items():
        of_table = name and name in (one.facts.get("map"), one.facts.get("set"))
        if path == table or of_table or one.facts.get("chain") in chains - {""}:
            yield path


def link_and_users(tree: Tree, link: Path) -> Iterator[Path]:
    """An interface of ours with what lives on it; for a VRF also its members, its table and its BGP instance."""
    name = linux.understand(tree[link]).facts["dev"]
    for path, value in tree.items():
        if path == link or path[0] in (f"vrf {name}", f"interface {name}") or path[0].endswith(f" vrf {name}"):
            yield path
        elif path[0] == linux.ROOT:
            command = linux.understand(value)
            if name in (command.device, command.facts.get("parent"), command.facts.get("vrf")):
                yield path
            elif command.facts.get("master") == name:
                yield from membership(tree, path)
