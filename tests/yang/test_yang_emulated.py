"""Emulated routers whose commits libyang judges: who is judged by what, a libyang that fails, and an apply refused.

The last part is of the stage `yang`: the real libyang, the vendor's modules, and a router that allows less than its
vendor's schema says, which the emulated router's own eyes cannot see.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yang_support as support
from yang_support import Fake, inventory_names

from netwright.app import judging as judges
from netwright.app import starting
from netwright.app.judging import Judging, judging
from netwright.cli import run
from netwright.diagnostics import Diagnostics
from netwright.emulator.device import JudgeGone, Objection, Paper
from netwright.emulator.network import EmulatedNetwork
from netwright.errors import Refused
from netwright.topology.generate import generate
from netwright.workspace import open_network
from netwright.yang.judge import NoJudge

IFM = '<ifm xmlns="urn:huawei:yang:huawei-ifm"><a>%s</a></ifm>'
EDIT = f'<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">{IFM}</config>'
UNKNOWN = EDIT.replace("huawei-ifm", "nobody")  # no module has it
PLACE = "/huawei-ifm:ifm/interfaces/interface[name='LoopBack0']/mtu"


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Make a network of four routers of some platforms, with an intent."""

    def make(*platforms: str) -> Path:
        root = tmp_path / "network"
        monkeypatch.setattr(starting, "draw", lambda *_: generate(4, 1, platforms))
        starting.start_network(root, None, platforms, Diagnostics())
        return root

    return make


@contextmanager
def judged(root: Path, given: Path | None = None, command: str = "") -> Iterator[Judging]:
    network = open_network(root)
    with judging(root, network.topology, network.baseline_texts, given, command) as made:
        yield made


# ---- who is judged


def test_the_routers_whose_vendor_publishes_modules(started: Callable[..., Path], fake: Fake, modules: Path) -> None:
    with judged(started("huawei", "zte"), modules) as made:
        assert (made.by, sorted(made.judges)) == ("libyang 6.4.13", ["r0", "r2"])
        assert made.judges["r0"] is made.judges["r2"]  # one libyang for both
        assert made.gaps == ()
        assert made.modules > 50


def test_nobody_where_nobody_names_modules(started: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Then libyang is not even looked for."""
    monkeypatch.setenv("NETWRIGHT_YANGLINT", "/nowhere/yanglint")
    root = started("huawei")
    with judged(root) as made:
        assert (made.by, made.judges) == ("", {})
    (root / "inventory" / "hosts.yaml").unlink()  # a topology is enough to emulate
    with judging(root, generate(4, 1, ("huawei",)), {}) as made:
        assert made.judges == {}


def test_those_whose_modules_the_inventory_names(started: Callable[..., Path], fake: Fake, modules: Path) -> None:
    root = started("huawei")
    inventory_names(root, {"r1": str(modules), "r3": str(modules)})
    with judged(root) as made:
        assert sorted(made.judges) == ["r1", "r3"]


def test_without_a_libyang_nothing_starts(started: Callable[..., Path], modules: Path) -> None:
    with pytest.raises(Refused) as refused, judged(started("huawei"), modules, "/nowhere/yanglint"):
        pytest.fail("what was asked to be judged is not passed unjudged")
    assert [finding.code for finding in refused.value.diagnostics] == ["yang-no-libyang"]


def test_what_cannot_be_loaded_is_told(started: Callable[..., Path], fake: Fake, modules: Path) -> None:
    fake.says(modules={"huawei-flexe": ["libyang[0]: Not found node. (schemadata path: /m:a)"]})
    with judged(started("huawei"), modules) as made:
        assert made.gaps == ("huawei-flexe: Not found node.",)


# ---- what he says


def test_what_libyang_finds_and_what_is_counted(started: Callable[..., Path], fake: Fake, modules: Path) -> None:
    fake.says(documents={">wrong<": [f"libyang[0]: Unsatisfied range. (data path: {PLACE}, line: 2)"]})
    with judged(started("huawei"), modules) as made:
        judge = made.judges["r0"]
        assert judge(Paper.EDIT, EDIT % "wrong") == [Objection("Unsatisfied range.", PLACE)]
        assert judge(Paper.DATASTORE, EDIT % "right") == []
        assert judge(Paper.DATASTORE, UNKNOWN % "x") == []
        assert (made.asked(Paper.EDIT), made.asked(Paper.DATASTORE), made.refused, made.unseen) == (1, 2, 1, 1)
    asked = [line.split() for line in fake.asked if line.startswith("data")]
    assert [words[1:-1] for words in asked] == [["-t", "edit"], ["-e", "-t", "config"]]


def test_a_crash_is_told_and_the_next_is_judged(started: Callable[..., Path], fake: Fake, modules: Path) -> None:
    fake.says(documents={">evil<": ["CRASH"], ">wrong<": ["libyang[0]: Wrong."]})
    with judged(started("huawei"), modules) as made:
        with pytest.raises(JudgeGone, match=r"^libyang 6\.4\.13 was ended by SIGSEGV$"):
            made.judges["r0"](Paper.DATASTORE, EDIT % "evil")
        assert made.judges["r0"](Paper.DATASTORE, EDIT % "wrong") == [Objection("Wrong.")]


def test_who_does_not_answer_is_not_waited_for(
    started: Callable[..., Path], fake: Fake, modules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judges, "PATIENCE_S", 0.5)
    fake.says(documents={">slow<": ["HANG"]})
    with judged(started("huawei"), modules) as made, pytest.raises(JudgeGone, match="did not answer within"):
        made.judges["r0"](Paper.DATASTORE, EDIT % "slow")


def test_who_does_not_come_back_judges_no_more(
    started: Callable[..., Path], fake: Fake, modules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.says(documents={">evil<": ["CRASH"]})
    with judged(started("huawei"), modules) as made:

        def lost(*_: object) -> None:
            raise NoJudge("yang-no-libyang", "it is gone", "")

        monkeypatch.setattr("netwright.yang.judge.Judge._start", lost)
        for text in ("evil", "right"):
            with pytest.raises(JudgeGone, match="could not be started again"):
                made.judges["r0"](Paper.DATASTORE, EDIT % text)


# ---- on the screen


def test_the_screen_says_who_judges(started: Callable[..., Path], fake: Fake, modules: Path) -> None:
    root = started("huawei", "zte")
    command = [sys.executable, "-m", "netwright", "-C", str(root), "emulate", "--yang", str(modules)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = ""
        try:
            while "Ctrl-C ends" not in said:
                line = process.stdout.readline()
                assert line, said
                said += line
        finally:
            process.send_signal(signal.SIGINT)
        said = " ".join((said + process.stdout.read()).split())
        assert process.wait(20) == 0
    assert "libyang 6.4.13 judges every edit and commit of 2 devices" in said
    assert "; 2 devices have no such judge" in said
    assert "libyang 6.4.13 judged 0 edits and 0 datastores, and refused 0" in said


def test_a_rollback_is_judged_and_not_held_up(
    started: Callable[..., Path], fake: Fake, modules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = started("huawei")
    network, state = open_network(root), root / "state" / "emulator"
    with EmulatedNetwork(network.topology, network.baseline_texts, state, keep=False) as emulated:
        before = {name: emulated.running(name) for name in network.topology.nodes}
        assert run(["-C", str(root), "apply", "--emulated", "--yes"]) == 0
        inventory_names(root, dict.fromkeys(network.topology.nodes, str(modules)))
        fake.says(documents={r'operation="remove"': ["libyang[0]: Nonsense. (data path: /huawei-ifm:ifm)"]})
        capsys.readouterr()
        assert run(["-C", str(root), "rollback", "--emulated", "--yes"]) == 0
        said = capsys.readouterr()
        assert {name: emulated.running(name) for name in before} == before
    assert len(re.findall(r"warning\[yang-invalid\] \S+ change-1\.xml line \d+: Nonsense", said.err)) == len(before)
    assert "YANG: 4 errors: 4 edits, 4 edits back and 4 datastores" in said.out + said.err


# ---- an apply, end to end, with the real one

STRICTER = """\
module huawei-netwright-stricter-deviations {
  namespace "urn:huawei:yang:huawei-netwright-stricter-deviations";
  prefix d;
  import huawei-ifm { prefix ifm; }
  import huawei-network-instance { prefix ni; }
  deviation "/ni:network-instance/ni:instances/ni:instance/ni:description" {
    deviate replace { type leafref { path "/ifm:ifm/ifm:interfaces/ifm:interface/ifm:name"; } }
  }
}
"""
"""A router on which the description of a VPN has to be the name of an interface: a reference that netwright breaks."""


@pytest.mark.yang
@pytest.mark.timeout(300)
@pytest.mark.parametrize("stricter", [False, True], ids=["the vendor's modules", "a router that allows less"])
def test_apply_against_routers_that_libyang_judges(
    started: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], stricter: bool
) -> None:
    folder = tmp_path / "modules"
    shutil.copytree(support.modules(), folder)
    if stricter:
        (folder / "huawei-netwright-stricter-deviations.yang").write_text(STRICTER)
    root = started("huawei")
    for example in (root / "intents" / "examples").glob("*.yaml"):
        shutil.move(example, root / "intents" / example.name)
    network = open_network(root)
    with judged(root, folder, support.yanglint()) as made:
        state = root / "state" / "emulator"
        with EmulatedNetwork(
            network.topology, network.baseline_texts, state, keep=False, judges=made.judges
        ) as emulated:
            before = {name: emulated.running(name) for name in network.topology.nodes}
            code = run(["-C", str(root), "apply", "--emulated", "--yes", "--json"])
            said = capsys.readouterr()
            changed = [name for name in before if emulated.running(name) != before[name]]
    document = json.loads(said.out)
    assert made.unseen == 0
    if not stricter:
        assert (code, made.refused, changed) == (0, 0, list(before))
        assert (made.asked(Paper.EDIT), made.asked(Paper.DATASTORE)) == (4, 4)
        return
    assert (code, made.refused, changed) == (4, 4, [])
    for told in document["devices"].values():
        assert told["state"] == "refused"
        assert re.match(r'Invalid leafref value "\w+/example-', told["message"])
        assert re.search(r"/instance\[name='[\w-]+'\]/description$", told["line"])
        assert re.match(r"templates/huawei/vrf\.xml\.j2:11, \w+/example-[\w-]+ \(.*\.yaml:\d+\)$", told["origin"])
