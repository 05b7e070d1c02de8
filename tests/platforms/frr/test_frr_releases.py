"""FRR 10.3 beside 10.7: the rows of the table and the lines that differ, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netwright.errors import ConfigParseError
from netwright.platforms.base import Capability, Platform
from netwright.platforms.frr import FRR, FRR_10_3
from netwright.tree import Path as TreePath
from netwright.tree import Tree, tree_of

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
DIFFERENT = GOLDEN / "differs-10.3.txt"
REAL = HERE.parents[1] / "emulator" / "frr" / "golden" / "running-10.3.cfg"
CFG = (
    "loopback", "core_interface", "isis", "isis_circuit", "isis_circuit-loopback", "locator", "bgp", "bgp_neighbor",
    "vrf", "attachment", "static_route", "segment_route", "segment_route-ipv6",
)  # fmt: skip


def lines(pack: Platform, name: str, part: str) -> dict[TreePath, str]:
    return tree_of(pack.parse((GOLDEN / f"{name}.{part}").read_text(), part))


def said(before: Tree, after: Tree) -> list[str]:
    gone = [f"- {' / '.join(path[:-1])}: {value}" for path, value in before.items() if after.get(path) != value]
    come = [f"+ {' / '.join(path[:-1])}: {value}" for path, value in after.items() if before.get(path) != value]
    return [*gone, *come]


def differences() -> str:
    rows = [
        f"{sign} {row.name} {row.value}: {row.source}"
        for name in sorted(FRR.capabilities)
        for sign, row in (("-", FRR.capabilities[name]), ("+", FRR_10_3.capabilities[name]))
        if FRR.capabilities[name] != FRR_10_3.capabilities[name]
    ]
    for file in sorted(GOLDEN.glob("*.*")):
        part = file.suffix.removeprefix(".")
        if part in FRR.parts and "protected" not in file.stem:
            found = said(lines(FRR, file.stem, part), lines(FRR_10_3, file.stem, part))
            rows += [f"{file.name}:", *found] if found else []
    return "".join(f"{row}\n" for row in rows)


def test_what_differs_is_this_and_nothing_else() -> None:
    if os.environ.get("NETWRIGHT_GOLDEN") == "write":
        DIFFERENT.write_text(differences())
    assert differences() == DIFFERENT.read_text()


def test_both_have_the_same_rows() -> None:
    assert FRR_10_3.capabilities.keys() == FRR.capabilities.keys()
    assert all(isinstance(row, Capability) for row in FRR_10_3.capabilities.values())
    assert FRR_10_3.name == FRR.name == "frr"


def test_what_10_3_printed_is_what_was_wanted() -> None:
    """The real release's own listing, with its formats, its unclosed block and its 16 bits of function."""
    wanted: dict[TreePath, str] = {}
    for name in CFG:
        wanted |= lines(FRR_10_3, name, "cfg")
    ours = {path: value for path, value in wanted.items() if path[0] != "linux"}
    found = tree_of(FRR_10_3.parse(REAL.read_text(), "cfg"))
    assert {
        path: value for path, value in found.items() if path[0].split()[0] not in ("hostname", "frr", "service")
    } == ours


@pytest.mark.parametrize("pack", [FRR, FRR_10_3])
def test_what_is_written_reads_back_and_stays(pack: Platform) -> None:
    for name in CFG:
        tree = lines(pack, name, "cfg")
        again: dict[TreePath, str] = {}
        for part in pack.parts:
            again |= tree_of(pack.parse(pack.text(tree, part), part))
        assert again == tree


def test_a_protected_ipv4_route_is_none_of_10_3() -> None:
    with pytest.raises(ConfigParseError, match="protects"):
        lines(FRR_10_3, "segment_route-protected", "cfg")
