"""MACsec whose key is named and never written: there, another key, back, and gone; and the key stands nowhere."""

from __future__ import annotations

import io
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from system_support import FABRIC, SLICE, Lab, booted, impatient

from netwright import app
from netwright.apply.model import silent
from netwright.cli import run
from netwright.errors import Refused
from netwright.secret import reference
from netwright.topology.secrets import Secrets
from netwright.verify.model import State

ENCRYPTED = SLICE.replace("isolation: hard", "isolation: hard, encryption: required")
OLD, NEW = "0123456789abcdef" * 4, "fedcba9876543210" * 4


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that anybody logs, at any level."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(stream), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def lab(small_network: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """The small network with ports that can have MACsec: those of 400 Gbit/s have none."""
    impatient(monkeypatch)
    template = tmp_path / "template"
    shutil.copytree(small_network, template)
    for file in [template / "inventory" / "topology.yaml", *(template / "inventory" / "baseline").glob("*.xml")]:
        file.write_text(file.read_text(encoding="utf-8").replace("400GE", "100GE"), encoding="utf-8")
    with booted(template, tmp_path / "net") as booted_lab:
        yield booted_lab


@pytest.fixture
def link(lab: Lab) -> str:
    """The link between the two Huawei routers."""
    return next(name for name, link in lab.network.topology.links.items() if {link.a, link.z} == {"r0", "r3"})


def ask(lab: Lab, key: str) -> None:
    """A slice that requires encryption, with keys of this name."""
    fabric = FABRIC.replace("mtu: 9216}", f'mtu: 9216, macsec: {{key: "{key}"}}}}')
    assert fabric != FABRIC
    (lab.root / "intents" / "fabric.yaml").write_text(fabric, encoding="utf-8")
    (lab.root / "intents" / "secret.yaml").write_text(ENCRYPTED, encoding="utf-8")


def variable(link: str, version: int) -> str:
    return f"NETWRIGHT_SECRET_{link.upper().replace('-', '_')}_{version}"


def files_with(root: Path, word: str) -> list[str]:
    """The files below a folder that hold a word, in whatever case."""
    files = (path for path in root.rglob("*") if path.is_file())
    return [str(path.relative_to(root)) for path in files if word in path.read_bytes().decode(errors="replace").lower()]


@pytest.mark.slow
def test_a_key_is_sent_and_stands_nowhere(
    lab: Lab, link: str, log: io.StringIO, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.applied("fabric")
    plain = lab.running()
    for version, key in ((1, OLD), (2, NEW)):
        monkeypatch.setenv(variable(link, version), key.upper() if version == 2 else key)
    ask(lab, "{link}.1")
    folder = lab.root / "plan"
    assert run(["-C", str(lab.root), "plan", "--emulated", "--out", str(folder), "--format", "cli"]) == 2, (
        capsys.readouterr()
    )
    assert reference(f"{link}.1") in (folder / "devices" / "r0" / "change-1.xml").read_text(encoding="utf-8")
    done = lab.apply()
    assert done.outcome.exit_code == 0, done.outcome
    first = lab.running()
    assert all("%^%#" in first[name] for name in ("r0", "r3"))
    states = encryption(lab)
    assert states == {("r0", "up, suite GCM-AES-XPN-256"), ("r3", "up, suite GCM-AES-XPN-256")}
    assert not lab.plan().changes  # a router answers with a cipher text: nothing to change all the same

    ask(lab, "{link}.2")
    made = lab.plan()
    assert {name for name, device in made.devices.items() if device.changes} == {"r0", "r3"}
    assert lab.apply().outcome.exit_code == 0
    assert lab.running()["r0"] != first["r0"]
    assert encryption(lab) == states
    assert run(["-C", str(lab.root), "explain", "r0", "cak>", "--emulated"]) == 0
    assert run(["-C", str(lab.root), "rollback", "--emulated", "--yes"]) == 0
    ask(lab, "{link}.1")
    assert not lab.plan().changes

    (lab.root / "intents" / "secret.yaml").unlink()
    assert lab.apply().outcome.exit_code == 0
    assert lab.running() == plain

    out = capsys.readouterr()
    for key in (OLD, NEW):
        assert files_with(lab.root, key) == []
        assert key not in (out.out + out.err + log.getvalue()).lower()
    assert reference(f"{link}.1") in out.out


@pytest.mark.slow
def test_a_missing_key_is_refused_before_anything_is_sent(lab: Lab, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.applied("fabric")
    plain, ledger = lab.running(), lab.ledger
    ask(lab, "{link}.1")
    monkeypatch.setattr("netwright.app.site.Secrets", lambda inventory, practice: Secrets(inventory))
    made = lab.plan()
    with pytest.raises(Refused) as refused:
        app.apply(lab.wish, made)
    ((code, said),) = [(one.code, one.message) for one in refused.value.diagnostics]
    assert code == "no-secret"
    assert f"`{link}.1`" in said
    assert "1 more device" in said
    assert variable(link, 1) in said
    assert run(["help", code]) == 0
    assert (lab.running(), lab.ledger, lab.journal_open) == (plain, ledger, False)


@pytest.mark.slow
def test_a_router_that_lies_about_going_back_is_sent_its_old_key(
    lab: Lab, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version, key in ((1, OLD), (2, NEW)):
        monkeypatch.setenv(variable(link, version), key)
    lab.applied("fabric")
    ask(lab, "{link}.1")
    assert lab.apply().outcome.exit_code == 0
    up = encryption(lab)
    ask(lab, "{link}.2")
    lab.break_("r0:lie", "r3:refuse@commit")
    outcome = lab.apply().outcome
    assert outcome.exit_code != 0
    assert "pushing the difference" in outcome.devices["r0"].message
    assert NEW not in str(outcome)
    lab.heal()
    ask(lab, "{link}.1")
    assert not lab.plan().changes
    assert encryption(lab) == up  # both ends have the old key again, and not only its name


def encryption(lab: Lab) -> set[tuple[str, str]]:
    """What is seen of MACsec, by device."""
    verdicts = app.verify(lab.wish, ["TenantSlice/hh"], silent).findings.verdicts
    assert {one.state for one in verdicts} <= {State.SUCCESS, State.SKIPPED}
    return {
        (one.check.device, one.observed.removeprefix("state ")) for one in verdicts if one.check.topic == "encryption"
    }
