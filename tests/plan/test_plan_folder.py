"""The plan's folder: its layout, its texts, and that a pipeline applies what was reviewed and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from plan_networks import KINDS, A, B, done, plan

from netwright.errors import Refused
from netwright.plan import folder
from netwright.plan.ground import Seen
from netwright.plan.masked import masked
from netwright.plan.model import Plan
from netwright.plan.record import Applied, Owned
from netwright.platforms.base import Platform, join_parts, read_tree
from netwright.platforms.frr import FrrPlatform
from netwright.platforms.registry import PLATFORMS
from netwright.secret import name_of
from netwright.tree import PRESENT, Delta, Leaf, Origin, Tree
from netwright.workspace import Network

PACKS: Mapping[str, Platform] = {name: PLATFORMS[kind] for name, kind in KINDS.items()}
BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"


@pytest.fixture(scope="module")
def first() -> Plan:
    return plan(A, B)


@pytest.fixture(scope="module")
def second(first: Plan) -> Plan:
    """One slice withdrawn: nothing changes on z1."""
    return plan(A, **done(first))


def written(made: Plan, to: Path) -> set[str]:
    folder.write(made, PACKS, to, {"plan.json": "{}\n", "plan.md": "# Plan\n"})
    return {str(path.relative_to(to)) for path in to.rglob("*") if path.is_file()}


def test_the_layout(first: Plan, tmp_path: Path) -> None:
    assert written(first, tmp_path) == {
        "plan.json",
        "plan.md",
        "digest",
        *(f"devices/{name}/{what}.{ext}" for name, ext in (("h1", "xml"), ("z1", "cfg"), ("f1", "cfg"), ("f1", "linux"))
          for what in ("wanted", "change-1", "reverse-1", "after")),
    }  # fmt: skip
    assert (tmp_path / "digest").read_text(encoding="utf-8") == f"{first.digest}\n"


def test_a_device_without_a_change_has_no_change_and_no_reverse(second: Plan, tmp_path: Path) -> None:
    files = written(second, tmp_path)
    assert {file for file in files if "/z1/" in file} == {"devices/z1/wanted.cfg", "devices/z1/after.cfg"}
    assert "devices/h1/change-1.xml" in files


def test_what_an_older_plan_left_there_goes(first: Plan, second: Plan, tmp_path: Path) -> None:
    written(first, tmp_path)
    (tmp_path / "devices" / "z1" / "notes.txt").write_text("mine", encoding="utf-8")
    files = written(second, tmp_path)
    assert "devices/z1/change-1.cfg" not in files
    assert "devices/z1/notes.txt" in files
    folder.check(second, PACKS, tmp_path)


def test_wanted_is_what_we_own_and_nothing_else(second: Plan, tmp_path: Path) -> None:
    state = {"f1": Seen({("hostname",): "hostname x"})}
    made = plan(A, seen=state)
    written(made, tmp_path)
    for name, pack in PACKS.items():
        parts = {part: _read(tmp_path / "devices" / name / f"wanted.{part}") for part in pack.parts}
        assert read_tree(pack, join_parts(parts)) == {
            path: leaf.value for path, leaf in made.devices[name].wanted.items()
        }
        after = {part: _read(tmp_path / "devices" / name / f"after.{part}") for part in pack.parts}
        assert read_tree(pack, join_parts(after)) == made.devices[name].after
    assert "hostname x" in _read(tmp_path / "devices" / "f1" / "after.cfg")
    assert "hostname x" not in _read(tmp_path / "devices" / "f1" / "wanted.cfg")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


class _Says(FrrPlatform):
    """Writes one word for a change that adds, and undoes it."""

    parts = ("cfg",)

    def __init__(self, word: str) -> None:
        self.word = word

    def change(self, delta: Delta, part: str) -> str:
        return f"{self.word}\n" if delta.add else f"undo {self.word}\n"


def test_reverses_are_numbered_in_the_order_in_which_they_undo(first: Plan, tmp_path: Path) -> None:
    one = first.devices["z1"].transactions[0]
    earlier, later = replace(one, platform=_Says("first")), replace(one, platform=_Says("second"))
    trees = replace(first.devices["z1"].trees, transactions=(earlier, later))
    device = replace(first.devices["z1"], make=lambda: trees, commits=2)
    written(replace(first, devices={**first.devices, "z1": device}), tmp_path)
    at = tmp_path / "devices" / "z1"
    assert [_read(at / f"change-{n}.cfg") for n in (1, 2)] == ["first\n", "second\n"]
    assert [_read(at / f"reverse-{n}.cfg") for n in (1, 2)] == ["undo second\n", "undo first\n"]


# ---- XML that stands alone ------------------------------------------------------------------------------------------


def test_every_child_of_an_xml_file_declares_its_namespaces(first: Plan, second: Plan, tmp_path: Path) -> None:
    for number, made in enumerate((first, second)):
        written(made, tmp_path / str(number))
        for file in sorted((tmp_path / str(number)).rglob("*.xml")):
            text = file.read_text(encoding="utf-8")
            root = etree.fromstring(text.encode())
            assert root.tag == f"{{{BASE}}}config"
            assert set(root.nsmap.values()) <= {BASE}, "what the root declares its children could lean on"
            for child in root:
                alone = etree.fromstring(etree.tostring(child))
                assert etree.QName(alone).namespace not in {None, BASE}
                assert _in_text(child, text), f"{file.name}: {child.tag} leans on the root"


def _in_text(child: etree._Element, text: str) -> bool:
    """Whether the child's own opening tag, as it is written, says its namespace."""
    name = etree.QName(child)
    return f'<{name.localname} xmlns="{name.namespace}"' in text or f":{name.localname} xmlns:" in text


# ---- secrets --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "tree", "shown"),
    [
        ("frr", {("router bgp 1", "neighbor x password"): "neighbor x password s3cret"}, "neighbor x password secret-"),
        ("frr", {("password s3cret",): "password s3cret"}, "password secret-"),
        ("zte", {("a", "snmp community"): "snmp community s3cret view all ro"}, "snmp community secret-"),
        ("zte", {("a", "user u password"): "user u password s3cret privilege 15"}, "user u password secret-"),
    ],
)  # fmt: skip
def test_a_secret_is_masked_however_long_it_is(platform: str, tree: Tree, shown: str) -> None:
    (value,) = masked(PLATFORMS[platform], tree).values()
    assert value.startswith(shown)
    assert "s3cret" not in value.removeprefix(shown)
    assert "privilege" not in value


def test_masks_of_different_secrets_differ_and_of_equal_ones_do_not() -> None:
    def mask(secret: str) -> str:
        path = ("router bgp 1", "neighbor x password")
        return masked(PLATFORMS["frr"], {path: f"neighbor x password {secret}"})[path]

    assert mask("a") == mask("a") != mask("b")


def test_a_block_whose_name_sounds_secret_stays_a_block() -> None:
    tree = {("key chain k",): PRESENT, ("key chain k", "key 1"): PRESENT}
    assert masked(PLATFORMS["frr"], tree) == tree


def test_after_shows_no_secret(tmp_path: Path) -> None:
    runs = {("router bgp 65000", "neighbor 192.0.2.9 password"): "neighbor 192.0.2.9 password s3cret"}
    made = plan(A, seen={"f1": Seen(runs)})
    written(made, tmp_path)
    assert made.devices["f1"].after.items() >= runs.items()
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or "s3cret" not in file.read_text(encoding="utf-8")


SECRET = ("router bgp 65000", "neighbor 192.0.2.9 password")


def with_secret(secret: str) -> dict[str, object]:
    """A network on which we left a password, and somebody wrote another since."""
    first = plan(A)
    after = done(first)
    applied, seen = after["applied"], after["seen"]
    assert isinstance(applied, Applied)
    assert isinstance(seen, dict)
    leaf = Owned("neighbor 192.0.2.9 password ours", frozenset({"TenantSlice/a"}))
    record = replace(applied.devices["f1"], leaves={**applied.devices["f1"].leaves, SECRET: leaf})
    tree = {**seen["f1"].tree, SECRET: f"neighbor 192.0.2.9 password {secret}"}
    return {
        **after,
        "applied": replace(applied, devices={**applied.devices, "f1": record}),
        "seen": {**seen, "f1": replace(seen["f1"], tree=tree)},
    }


def test_a_finding_about_a_secret_shows_its_fingerprint() -> None:
    made = plan(A, **with_secret("s3cret"))  # type: ignore[arg-type]
    [said] = [str(one) for one in made.warnings if one.code == "drifted"]
    assert "s3cret" not in said
    assert "password ours" not in said
    assert said.count("password secret-") == 2


def test_wanted_shows_no_secret(first: Plan, tmp_path: Path) -> None:
    device = first.devices["f1"]
    leaf = Leaf("neighbor 192.0.2.9 password s3cret", (Origin("TenantSlice/a", "vrf", "x", 1),))
    block = Leaf(PRESENT, (Origin("TenantSlice/a", "vrf", "x", 1),))
    wanted = {**device.wanted, SECRET[:1]: block, SECRET: leaf}
    trees = replace(device.trees, wanted=wanted)
    written(replace(first, devices={**first.devices, "f1": replace(device, make=lambda: trees)}), tmp_path)
    text = (tmp_path / "devices" / "f1" / "wanted.cfg").read_text(encoding="utf-8")
    assert "s3cret" not in text
    assert "neighbor 192.0.2.9 password secret-" in text


def test_the_reference_networks_secrets_are_masked(reference_plan: Plan, reference_network: Network) -> None:
    """Whatever the baselines hold: no value at a secret place comes through; what only names a secret does."""
    for name, device in reference_plan.devices.items():
        pack = reference_network.platforms[name]
        shown = masked(pack, device.after)
        for path, value in device.after.items():
            if pack.is_secret(path) and value != PRESENT and not name_of(value):
                assert shown[path] != value
            else:
                assert shown[path] == value


# ---- what was reviewed ----------------------------------------------------------------------------------------------


def complaints(made: Plan, at: Path) -> list[str]:
    try:
        folder.check(made, PACKS, at)
    except Refused as refused:
        found = refused.diagnostics
        return [f"{one.code} {one.address.removeprefix(f'{at}/')} {one.message.partition(':')[0]}" for one in found]
    return []


def test_a_folder_just_written_is_the_plan(first: Plan, second: Plan, tmp_path: Path) -> None:
    for number, made in enumerate((first, second)):
        written(made, tmp_path / str(number))
        assert not complaints(made, tmp_path / str(number))
    assert complaints(second, tmp_path / "0")


def test_an_edited_change_is_refused(first: Plan, tmp_path: Path) -> None:
    for name in ("f1/change-1.linux", "f1/change-1.cfg", "h1/change-1.xml", "z1/change-1.cfg"):
        written(first, tmp_path)
        file = tmp_path / "devices" / name
        file.write_bytes(file.read_bytes() + b" ")
        assert complaints(first, tmp_path) == [f"stale-plan devices/{name} is different now"]


def test_a_change_that_is_no_text_is_refused(first: Plan, tmp_path: Path) -> None:
    written(first, tmp_path)
    (tmp_path / "devices" / "z1" / "change-1.cfg").write_bytes(b"\xff\xfe")
    assert len(complaints(first, tmp_path)) == 1


def test_a_missing_change_is_refused(first: Plan, tmp_path: Path) -> None:
    written(first, tmp_path)
    (tmp_path / "devices" / "h1" / "change-1.xml").unlink()
    said = "stale-plan devices/h1/change-1.xml was not reviewed"
    assert complaints(first, tmp_path) == [said]


@pytest.mark.parametrize("extra", ["z1/change-2.cfg", "gone/change-1.cfg", "h1/change-1.cfg"])
def test_an_extra_change_is_refused(first: Plan, tmp_path: Path, extra: str) -> None:
    written(first, tmp_path)
    file = tmp_path / "devices" / extra
    file.parent.mkdir(exist_ok=True)
    file.write_text("x\n", encoding="utf-8")
    said = f"stale-plan devices/{extra} is no longer needed"
    assert complaints(first, tmp_path) == [said]


def test_what_is_no_change_may_differ(first: Plan, tmp_path: Path) -> None:
    """A device may run something else beside ours by now: what is sent is what was reviewed."""
    written(first, tmp_path)
    for file in tmp_path.rglob("after.*"):
        file.write_text("x", encoding="utf-8")
    assert not complaints(first, tmp_path)


def test_a_folder_that_is_no_plans_folder(first: Plan, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is no plan's folder: it has no digest"):
        folder.check(first, PACKS, tmp_path)
