"""The configurations of an emulated router and the rules between sessions: locks, candidate, confirmed commit.

Everything is synchronous and all-or-nothing; who asks is named by his session id. The rules are those that the
reference server shows (netopeer2 on the same modules): see the table in the tests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lxml import etree

from netwright.emulator.device import Paper
from netwright.emulator.huawei.cipher import enciphered
from netwright.emulator.huawei.defaults import filled, trimmed
from netwright.emulator.huawei.edit import edited
from netwright.emulator.huawei.errors import Problem, RpcError
from netwright.emulator.huawei.judging import Bench, edit_text, news
from netwright.emulator.huawei.store import CHECKPOINTS, Checkpoint, Store
from netwright.emulator.huawei.tree import empty, text_of, tidy
from netwright.emulator.huawei.validate import objections

_FIRST_COMMIT = 1000000001


@dataclass(slots=True)
class Pending:
    """A confirmed commit that waits: what to go back to, who may confirm, and the timer."""

    before: etree._Element
    session: int
    persist: str | None
    timer: asyncio.TimerHandle | None


class Datastore:
    """Running, candidate and startup of one router. `candidate` is None as long as it equals running."""

    def __init__(self, store: Store, baseline: str, bench: Bench | None = None) -> None:
        self._store = store
        self.bench = bench or Bench()
        self.version = 1
        self.locks: dict[str, int] = {}
        self.candidate: etree._Element | None = None
        self.pending: Pending | None = None
        self.partial: Callable[[], bool] = lambda: False  # whether a rollback restores only a part
        self.reports_all: Callable[[], bool] = lambda: False  # whether a default is as good as set
        self.checkpoints = store.checkpoints()
        self._points: dict[str, str] = {}
        self._judged: tuple[etree._Element, etree._Element] | None = (
            None  # a tree, and the running it was judged against
        )
        kept = store.read("pending") or store.read("running")
        self.running = parsed(kept if kept is not None else baseline)
        self.startup = parsed(store.read("startup") or baseline)
        store.write("running", text_of(self.running))
        store.forget("pending")
        if not self.checkpoints:
            self._checkpoint("system", "system")

    # ---- reading ----

    def tree(self, name: str) -> etree._Element:
        """One of running, candidate, startup."""
        if name == "candidate":
            return self.running if self.candidate is None else self.candidate
        return self.running if name == "running" else self.startup

    # ---- locks ----

    def lock(self, name: str, session: int) -> None:
        """Give a lock, or lock-denied with the holder."""
        holder = self.locks.get(name)
        if holder == session:
            raise RpcError(
                Problem("operation-failed", f"The {name} datastore is already locked by this session.", "protocol")
            )
        if holder is not None:
            raise _denied("lock-denied", holder)
        if name == "candidate" and self.candidate is not None:
            message = "The candidate datastore holds changes that were neither committed nor discarded."
            raise RpcError(Problem("lock-denied", message, "protocol", info=(("session-id", "0"),)))
        self.locks[name] = session

    def unlock(self, name: str, session: int) -> None:
        """Take a lock back; what the candidate held goes with its lock."""
        if self.locks.get(name) != session:
            raise RpcError(
                Problem("operation-failed", f"The {name} datastore is not locked by this session.", "protocol")
            )
        self._release(name)

    def _release(self, name: str) -> None:
        del self.locks[name]
        if name == "candidate":
            self.candidate = None

    def _free(self, name: str, session: int, tag: str = "lock-denied") -> None:
        holder = self.locks.get(name)
        if holder is not None and holder != session:
            raise _denied(tag, holder)

    # ---- changing ----

    def edit(self, name: str, session: int, edit: etree._Element, default: str, test: str, user: str) -> None:
        """edit-config: on candidate structure alone is judged, on running everything."""
        self._free(name, session)
        target = self.tree(name)
        if self.reports_all():
            result = enciphered(trimmed(edited(filled(target), edit, default)))
        else:
            result = enciphered(edited(target, edit, default))
        if found := self.bench.objections(Paper.EDIT, lambda: edit_text(edit)):
            raise RpcError(*found)
        if name == "running" or test == "test-only":
            self._judge(result)
        if test == "test-only":
            return
        if name == "candidate":
            self.candidate = result
        elif name == "running":
            self._run(result, user, "netconf")
        else:
            raise RpcError(Problem("operation-not-supported", f"edit-config on {name} is not supported.", "protocol"))

    def copy(self, source: etree._Element, name: str, session: int, user: str) -> None:
        """copy-config into a datastore."""
        self._free(name, session)
        if name == "startup":
            self.startup = source
            self._store.write("startup", text_of(source))
        elif name == "candidate":
            self.candidate = source
        else:
            self._judge(source)
            self._run(source, user, "netconf")

    def discard(self, session: int) -> None:
        """discard-changes."""
        self._free("candidate", session)
        self.candidate = None

    def validate(self, tree: etree._Element) -> None:
        """All objections in one error."""
        self._judge(tree)

    def _judge(self, tree: etree._Element) -> None:
        if tree is self.running or self._judged == (tree, self.running):
            return
        found = objections(tree, self.running)
        found += news(self.bench.objections(Paper.DATASTORE, lambda: text_of(tree)), found)
        if found:
            raise RpcError(*found)
        self._judged = (tree, self.running)

    # ---- commit ----

    def commit(
        self,
        session: int,
        user: str,
        *,
        confirmed: bool = False,
        timeout: float = 600.0,
        persist: str | None = None,
        persist_id: str | None = None,
    ) -> None:
        """Commit; while a confirmed commit waits, this confirms it or (confirmed again) winds its timer up anew."""
        self._free("running", session, "in-use")
        self._free("candidate", session, "in-use")
        self._may_confirm(session, persist_id)
        tree = self.tree("candidate")
        self._judge(tree)
        before = self.running if self.pending is None else self.pending.before
        if confirmed:
            self._store.write("pending", text_of(before))
        if tree is not self.running:
            self._run(tree, user, "netconf")
        self.candidate = None
        if confirmed:
            self._arm(before, session, timeout, persist or (self.pending.persist if self.pending else None))
        else:
            self._settle()

    def _may_confirm(self, session: int, persist_id: str | None) -> None:
        token = None if self.pending is None else self.pending.persist
        if persist_id != token:
            raise RpcError(
                Problem(
                    "invalid-value",
                    "Commit session persist-id does not match.",
                    "protocol",
                    info=(("bad-element", "persist-id"),),
                )
            )
        if self.pending is not None and token is None and self.pending.session != session:
            raise _denied("in-use", self.pending.session)

    def _arm(self, before: etree._Element, session: int, timeout: float, persist: str | None) -> None:
        self._stop_timer()
        timer = asyncio.get_running_loop().call_later(timeout, self.revert)
        self.pending = Pending(before, session, persist, timer)

    def _settle(self) -> None:
        """The confirmation came, or there was nothing to confirm."""
        self._stop_timer()
        self.pending = None
        self._store.forget("pending")

    def _stop_timer(self) -> None:
        if self.pending is not None and self.pending.timer is not None:
            self.pending.timer.cancel()

    def cancel(self, session: int, persist_id: str | None) -> None:
        """cancel-commit."""
        if self.pending is None:
            raise RpcError(Problem("operation-failed", "There is no confirmed commit to cancel.", "protocol"))
        self._may_confirm(session, persist_id)
        self.revert()

    def forget_pending(self) -> None:
        """Pretend to have gone back (a fault): the timer is gone, what runs stays."""
        self._settle()

    def revert(self) -> None:
        """Go back to what ran before the confirmed commit."""
        if self.pending is not None:
            self._run(self.pending.before, "", "rollback")
            self._settle()

    def end_session(self, session: int) -> None:
        """What a closed, killed or lost session leaves behind."""
        if self.pending is not None and self.pending.persist is None and self.pending.session == session:
            self.revert()
        for name in [name for name, holder in self.locks.items() if holder == session]:
            self._release(name)

    # ---- checkpoints (huawei-cfg) ----

    def label(self, label: str, description: str, user: str) -> None:
        """Make a checkpoint with a label of what runs now."""
        if any(one.label == label for one in self.checkpoints):
            raise RpcError(
                Problem(
                    "operation-failed", f"The user label {label} already exists.", info=(("bad-element", "user-label"),)
                )
            )
        self._checkpoint(user, "netconf", label, description)

    def relabel(self, commit_id: str, label: str) -> None:
        """Set or delete (empty) the label of a checkpoint."""
        point = self.find(commit_id=commit_id)
        if label and any(one.label == label for one in self.checkpoints):
            raise RpcError(
                Problem(
                    "operation-failed", f"The user label {label} already exists.", info=(("bad-element", "user-label"),)
                )
            )
        self.checkpoints[self.checkpoints.index(point)] = replace(point, label=label)
        self._store.write_checkpoints(self.checkpoints)

    def find(self, *, commit_id: str = "", label: str = "") -> Checkpoint:
        """A checkpoint by its id or label."""
        for one in self.checkpoints:
            if (commit_id and one.commit_id == commit_id) or (label and one.label == label):
                return one
        element = "commit-id" if commit_id else "user-label"
        raise RpcError(
            Problem(
                "data-missing", f"The checkpoint {commit_id or label} does not exist.", info=(("bad-element", element),)
            )
        )

    def rollback(self, point: Checkpoint, session: int, user: str) -> None:
        """Go back to what ran at a checkpoint."""
        self._free("running", session, "in-use")
        text = self._points.get(point.commit_id) or self._store.read(f"checkpoint-{point.commit_id}")
        if text is None:
            raise RpcError(
                Problem("operation-failed", f"The configuration of checkpoint {point.commit_id} is not available.")
            )
        self._run(parsed(text), user, "rollback")

    def _checkpoint(self, user: str, client: str, label: str = "", description: str = "") -> None:
        number = int(self.checkpoints[-1].commit_id) + 1 if self.checkpoints else _FIRST_COMMIT
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        point = Checkpoint(str(number), user, client, now, label, description)
        text = text_of(self.running)
        self._points[point.commit_id] = text
        self._store.write(f"checkpoint-{point.commit_id}", text)
        self.checkpoints.append(point)
        while len(self.checkpoints) > CHECKPOINTS:
            old = self.checkpoints.pop(0)
            self._points.pop(old.commit_id, None)
            self._store.forget(f"checkpoint-{old.commit_id}")
        self._store.write_checkpoints(self.checkpoints)

    def _run(self, tree: etree._Element, user: str, client: str) -> None:
        """Make a tree the running configuration: on disk first, then in memory."""
        if client == "rollback" and self.partial():
            tree = _half(self.running, tree)
        self._store.write("running", text_of(tree))
        self.running = tree
        self.version += 1
        self._checkpoint(user, client)


def parsed(text: str) -> etree._Element:
    """Read a whole configuration: `<config>` or, as the samples have it, the bare top-level nodes."""
    body = text.strip()
    if not body:
        return empty()
    if not body.startswith("<config") and not body.startswith("<?xml"):
        body = f'<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">{body}</config>'
    return tidy(edited(empty(), etree.fromstring(body.encode())))


def _half(now: etree._Element, before: etree._Element) -> etree._Element:
    """Every other module of `before`, the rest as now: a rollback module by module that stops half-way."""
    mixed = empty()
    tags = sorted({child.tag for child in (*now, *before)})
    changed = [tag for tag in tags if _text(now, tag) != _text(before, tag)]
    kept = set(changed[::2])
    for tag in tags:
        source = now if tag in kept else before
        for child in source.findall(tag):
            mixed.append(parsed(text_of(_only(child)))[0])
    return tidy(mixed)


def _only(child: etree._Element) -> etree._Element:
    alone = empty()
    alone.append(etree.fromstring(etree.tostring(child)))
    return alone


def _text(config: etree._Element, tag: str) -> bytes:
    return b"".join(etree.tostring(child) for child in config.findall(tag))


def _denied(tag: str, holder: int) -> RpcError:
    message = f"Access to the requested lock is denied because the lock is currently held by session {holder}."
    return RpcError(Problem(tag, message, "protocol", info=(("session-id", str(holder)),)))
