"""What runs on the box itself: put back what ran before, without a controller.

The driver carries this module, with the few of netwright that it needs, to the box as one archive (`frr_carry.py`).
It reads what runs now, compares it with the saved configuration, and sends the difference, the same way as a change is
sent: so it also undoes a push that stopped half-way. Standard library only.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from netwright.drivers import frr_batch, frr_state
from netwright.platforms.frr import cfg, changing, linux, steps
from netwright.tree import Delta, Tree, between, tree_of

ROUNDS = 3
"""A second round sends each leaf on its own: mgmtd rejects lines in groups, and one bad line must not spoil others."""

VOLATILE = Path("/run/netwright")
CFG, LINUX, APPLY_ID = "before.cfg", "before.linux", "before.apply-id"


def run(words: Sequence[str], stdin: str = "") -> tuple[int, str]:
    """Run a command without a shell: its exit code and what it printed."""
    done = subprocess.run(list(words), input=stdin, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def ask(words: Sequence[str]) -> str:
    """What a command printed; `""` when it failed."""
    code, out = run(words)
    return out if code == 0 else ""


def running() -> dict[tuple[str, ...], str]:
    """The whole configuration of this box as a tree."""
    return _tree(ask(("vtysh", "-c", "show running-config")), frr_state.read(ask))


def _tree(cfg_text: str, linux_text: str) -> dict[tuple[str, ...], str]:
    return {**tree_of(cfg.parse(cfg_text)), **tree_of(linux.parse(linux_text))}


def send(delta: Delta) -> None:
    """Send one transaction, step by step. What is refused is seen at the next comparison."""
    parts = {"cfg": changing.cfg_change(delta), "linux": changing.linux_change(delta)}
    for part, _, text in steps.in_order(parts):
        if part == "cfg":
            file = VOLATILE / "restore-step.cfg"
            file.write_text(text)
            run(("vtysh", "-f", str(file)))
        else:
            send_linux(text)


def send_linux(text: str) -> None:
    """The commands of one step, neighbours together; a group that stops goes on behind the line that failed."""
    ours = [words for words in frr_batch.commands(text) if words[0] in frr_batch.PROGRAMS]
    for group in frr_batch.groups(ours):
        send_group(group)


def send_group(group: frr_batch.Group) -> None:
    """One group, as far as it can be had."""
    while group.lines:
        code, said = run_batch(group)
        place = group.stopped(said)
        if not code or group.words[0] == "sysctl":  # which takes every pair that it can
            return
        if place is None or group.words[0] == "nft":  # nobody knows what was taken, or nothing was
            one_by_one(group.lines)
            return
        group = group.behind(place)


def run_batch(group: frr_batch.Group) -> tuple[int, str]:
    """One group: its exit code and its complaints."""
    file = () if group.words[0] == "sysctl" else ("-",)
    done = subprocess.run([*group.words, *file], input=group.text, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def one_by_one(lines: Sequence[str]) -> None:
    """Each line on its own, as far as it can be had; a policer that is there already would be there twice."""
    for line in lines:
        command = linux.understand(line) if line.startswith("tc filter add ") else None
        if command:
            run(shlex.split(command.undo))
        run(shlex.split(line))


def single(delta: Delta) -> Iterator[Delta]:
    """The same difference, leaf by leaf: first what goes, deepest first."""
    for path, value in sorted(delta.remove.items(), key=lambda item: -len(item[0])):
        yield Delta(delta.before, {}, {}, {path: value})
    for path, value in sorted({**delta.replace, **delta.add}.items()):
        yield Delta(delta.before, {path: value}, {}, {})


def restore(folder: Path) -> int:
    """Put back what the folder holds. 0 when the box runs it again, 1 when it does not."""
    wanted = _tree((folder / CFG).read_text(), (folder / LINUX).read_text())
    for attempt in range(ROUNDS):
        delta = between(running(), wanted)
        if not delta:
            break
        for transaction in single(delta) if attempt else changing.sequence(delta):
            send(transaction)
    apply_id = (folder / APPLY_ID).read_text() if (folder / APPLY_ID).exists() else ""
    (VOLATILE / "apply-id").write_text(apply_id)
    return report(between(running(), wanted))


def report(delta: Delta) -> int:
    """Print what is still different, for the log on the box."""
    for word, leaves in (("missing", delta.add), ("other", delta.replace), ("left over", delta.remove)):
        show(word, leaves)
    return 1 if delta else 0


def show(word: str, leaves: Tree) -> None:
    """One line a leaf."""
    for path in leaves:
        sys.stdout.write(f"{word}: {' / '.join(path)}\n")


def main() -> int:
    """`python3 restore.pyz FOLDER`."""
    return restore(Path(sys.argv[1]))
