"""Every exit code of the command line, reached by the real program on devices."""

from __future__ import annotations

import json

import pytest
from system_support import Controller, Lab, somebody

from netwright.app.site import now
from netwright.apply.lock import network_lock
from netwright.emulator.world import Operational


def netwright(controller: Controller, lab: Lab, *words: str, kill: tuple[str, int] | None = None) -> tuple[int, str]:
    """Run a verb; its exit code and what it said."""
    code = controller.run(argv=["-C", str(lab.root), *words], kill=kill)
    return code, controller.out.read_text(encoding="utf-8")


def test_the_codes_of_a_life(lab: Lab, controller: Controller) -> None:
    """0, 1, 2, 64, 70, 75 and 130, in the order in which somebody might meet them."""

    def ended(code: int, said: str, *words: str, kill: tuple[str, int] | None = None) -> None:
        got, output = netwright(controller, lab, *words, kill=kill)
        assert got == code, output
        assert said in output

    ended(0, "", "plan", "--emulated")
    ended(64, "no verb", "frobnicate")
    ended(64, "", "apply", "--wrong")
    lab.want("zh", "hf")
    ended(0, "", "validate")
    ended(2, "", "plan", "--emulated")
    ended(1, "error[no-terminal]", "apply", "--emulated")  # and no --yes
    ended(1, "is not the plan of now", "apply", "--emulated", "--yes", "--plan", "deadbeef")
    ended(70, "a bug of netwright", "plan", "--emulated", kill=("bug", 1))
    ended(130, "interrupted", "apply", "--emulated", "--yes", kill=("interrupt", 7))
    assert lab.differing(lab.baseline) == []
    assert not lab.journal_open
    with network_lock(lab.network.journal, "bob@host", now()):
        ended(75, "bob@host", "apply", "--emulated", "--yes")
    with somebody(lab, "r2") as other:
        other.lock()
        ended(75, "r2", "apply", "--emulated", "--yes")
    ended(0, "applied plan", "apply", "--emulated", "--yes")
    ended(0, "", "plan", "--emulated")
    ended(0, "", "drift", "--emulated")
    ended(0, "", "verify", "--emulated")
    (lab.root / "state" / "applied.json").rename(lab.root / "state" / "lost.json")
    ended(1, "state-behind", "plan", "--emulated")
    (lab.root / "state" / "lost.json").rename(lab.root / "state" / "applied.json")
    (lab.root / "intents" / "bad.yaml").write_text("kind: Nothing\n", encoding="utf-8")
    ended(1, "bad.yaml", "validate")
    ended(1, "bad.yaml", "apply", "--emulated", "--yes")


def test_1_a_name_that_is_not_there_and_a_plan_that_can_only_be_read(lab: Lab, controller: Controller) -> None:
    lab.want("hf")

    def refused(said: str, *words: str) -> None:
        code, output = netwright(controller, lab, *words, "--emulated")
        assert code == 1, output
        assert said in output

    refused("error[unknown-node] r9", "plan", "r9")
    refused("error[unknown-node] r9", "drift", "r9")
    refused("error[unknown-node] r9", "explain", "r9", "vrf")
    refused("error[unknown-intent] TenantSlice/no", "verify", "TenantSlice/no")
    refused("error[no-such-apply] nw-never", "rollback", "--to", "nw-never")
    later = str(lab.root / "later")
    assert netwright(controller, lab, "plan", "--emulated", "--at", "2030-01-01T00:00+00:00", "--out", later)[0] == 2
    refused("can only be read", "apply", "--yes", "--plan", later)


def goes_dark(lab: Lab, device: str) -> None:
    """A device's ports lose their light: it runs what it ran, and has no neighbour, session or route any more."""
    healthy = lab.emulated.world.operational
    lab.emulated.world.operational = lambda name: Operational() if name == device else healthy(name)


def test_3_a_broken_promise_is_found(lab: Lab, controller: Controller) -> None:
    lab.applied("hf")
    goes_dark(lab, "r2")
    code, said = netwright(controller, lab, "verify", "--emulated")
    assert code == 3, said
    assert "TenantSlice/hf" in said


def test_3_a_promise_that_is_not_kept_rolls_back(lab: Lab, controller: Controller) -> None:
    lab.want("hf")
    goes_dark(lab, "r2")
    code, said = netwright(controller, lab, "apply", "--emulated", "--yes")
    assert code == 3, said
    assert "a promise is not kept; every device runs what it ran before (compared)" in said
    assert lab.differing(lab.baseline) == []
    assert not lab.journal_open


def test_4_a_dead_device(lab: Lab, controller: Controller) -> None:
    lab.want("zh")
    lab.emulated.do(lab.emulated.devices["r3"].stop())
    code, said = netwright(controller, lab, "apply", "--emulated", "--yes", "--json")
    assert code == 4, said
    assert "r3" in json.loads(said[said.index("{") :])["error"]
    assert lab.differing(lab.baseline) == []


@pytest.mark.parametrize("device", ["r0", "r1", "r2"])
def test_5_a_liar_that_refuses_the_repair(lab: Lab, controller: Controller, device: str) -> None:
    """It says that it went back, has not, and refuses the difference: a person is needed, and the output says where."""
    lab.want("zh", "hz", "hf")
    healthy = [name for name in lab.baseline if name != device]
    lab.break_(f"{device}:lie", "r3:refuse@confirm" if device == "r1" else "r1:refuse@commit")
    refuse_later(lab, device)
    code, said = netwright(controller, lab, "apply", "--emulated", "--yes")
    assert code == 5, said
    assert f"{device} does not run what it ran before: a person is needed" in said
    assert not set(lab.differing(lab.baseline)) & set(healthy)
    assert lab.journal_open
    lab.heal()
    assert netwright(controller, lab, "rollback", "--emulated", "--yes")[0] in {0, 1}  # recovered; nothing before it
    assert lab.differing(lab.baseline) == []
    assert not lab.journal_open


def refuse_later(lab: Lab, device: str) -> None:
    """Every edit and commit is refused from the first rollback on."""
    sabotage = lab.emulated.devices[device]._sabotage
    lies = sabotage.lies

    def lies_and_hardens() -> bool:
        sabotage.lies = lies
        lab.break_(*[f"{device}:refuse@{step}" for step in ("stage", "validate", "commit")])
        return lies()

    sabotage.lies = lies_and_hardens
