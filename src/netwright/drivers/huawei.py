"""Huawei routers with VRP8, over NETCONF: candidate, locks, confirmed commit, labels of checkpoints.

The label of a huawei-cfg checkpoint carries the apply id. It is set when a change is confirmed, not before: a
change that the device takes back by itself leaves no label that lies.
"""

from __future__ import annotations

import difflib
import time
from typing import Any, ClassVar

from lxml import etree

from netwright.drivers.base import Driver, Row, SwitchKind, Topic, loaded
from netwright.drivers.defaults import EVERYTHING, asking, merge_leaves
from netwright.drivers.huawei_keys import put_in
from netwright.drivers.huawei_state import filter_for, rows_of
from netwright.drivers.model import SWITCHES
from netwright.drivers.netconf import (
    NC,
    NetconfSession,
    RpcRefused,
    config_text,
    connect_ssh,
    default_namespace,
    element,
    parse_xml,
)
from netwright.errors import CandidateDirty, DeviceError, DeviceLocked, DeviceRefused, DeviceUnreachable, RollbackFailed

CFG = "urn:huawei:yang:huawei-cfg"
_LABEL = "netwright-"
_BEFORE = "netwright-before-"
_UNSUPPORTED = frozenset({"operation-not-supported", "unknown-namespace", "unknown-element"})
_NO_PENDING = frozenset({"invalid-value", "operation-failed"})
_NOT_THERE = frozenset({"invalid-value"})


class HuaweiDriver(Driver):
    """The door to one Huawei router.

    Options: `port`, `name`, `hostkey_verify` (default true), `discard_candidate` (default false), `secrets` (where keys
    come from that a configuration only names: `topology.secrets.Secrets`).
    """

    platform: ClassVar[str] = "huawei"
    switch: ClassVar[SwitchKind] = SWITCHES["huawei"]
    default_port: ClassVar[int] = 830

    def _set_up(self) -> None:
        self._session: NetconfSession = NetconfSession(self.name, self._connect)
        self._token = ""  # the apply id of the confirmed commit that waits
        self._deadline = 0.0
        self._last = ""  # the apply id of the last commit of this driver, pending or not

    def _connect(self) -> Any:
        return connect_ssh(
            host=self.hostname,
            port=self.port,
            username=self.username,
            password=self.password,
            timeout=self.timeout,
            hostkey_verify=self.verify,
            device="huaweiyang",
        )

    # ---- locks ----

    def lock(self) -> None:
        """Lock running and candidate: a commit takes the whole candidate and would undo what others did to running."""
        self._lock("running")
        try:
            self._lock_candidate()
        except DeviceError:
            self._unlock("running")
            raise
        self._session.keep(alive=True)

    def _lock(self, name: str) -> None:
        self._session.call(lambda m: m.lock(name))

    def _lock_candidate(self) -> None:
        try:
            self._lock("candidate")
        except RpcRefused as refused:
            if not self._dirty():
                raise self._held(refused) from refused
            self._discard_or_refuse()
            self._lock("candidate")
            return
        if self._dirty():  # some servers give the lock all the same
            try:
                self._discard_or_refuse()
            except CandidateDirty:
                self._unlock("candidate")
                raise

    def _held(self, refused: RpcRefused) -> DeviceError:
        """A lock that no NETCONF session holds belongs to somebody on the command line (RFC 6241: session-id 0)."""
        return DeviceLocked(self.name, "another user (not NETCONF)") if "lock-denied" in refused.tags else refused

    def _discard_or_refuse(self) -> None:
        if not self.options.get("discard_candidate"):
            raise CandidateDirty(self.name, "the candidate holds changes that somebody else has not committed")
        self.discard_config()

    def _dirty(self) -> bool:
        return self._raw("candidate") != self._raw("running")

    def _raw(self, name: str) -> bytes:
        """A configuration as it came: enough to tell whether two are the same."""
        return etree.tostring(self._session.call(lambda m: m.get_config(name)).data_ele)

    def unlock(self) -> None:
        """Give both locks back; a lock that is gone is no error."""
        self._session.keep(alive=False)
        if self._session.alive:  # a lost session has lost its locks: no reason to dial again
            for name in ("candidate", "running"):
                self._unlock(name)

    def _unlock(self, name: str) -> None:
        try:
            self._session.call(lambda m: m.unlock(name))
        except (DeviceRefused, DeviceLocked, DeviceUnreachable):
            return  # gone already: that is what was wanted

    # ---- candidate ----

    def load_merge_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Send one transaction's edit into the candidate, all or nothing."""
        edit = parse_xml(loaded(filename, config))
        if self._mode == "trim":
            merge_leaves(edit)
        self._session.never_say(put_in(self.name, edit, self.options.get("secrets")))
        self._session.call(
            lambda m: m.edit_config(
                target="candidate",
                config=edit,
                default_operation="merge",
                test_option="set",
                error_option="rollback-on-error",
            )
        )

    def compare_config(self) -> str:
        """The difference that the candidate would make, as a unified diff of both configurations."""
        before, after = self._text("running").splitlines(), self._text("candidate").splitlines()
        return "\n".join(difflib.unified_diff(before, after, "running", "candidate", lineterm=""))

    def validate(self) -> None:
        """Let the device judge the candidate."""
        self._session.call(lambda m: m.validate("candidate"))

    def discard_config(self) -> None:
        """Empty the candidate."""
        self._session.call(lambda m: m.discard_changes())

    # ---- commit ----

    def commit_config(self, message: str = "", revert_in: int | None = None) -> None:
        """Commit; with `revert_in` (seconds) as a confirmed commit that outlives the session, named by `message`.

        A second one while the first waits belongs to it: one confirmation keeps both, one rollback undoes both.
        """
        if revert_in is None:
            self._mark_before(message)
            self._commit(("persist-id", self._token) if self._token else None)
            self._settle(message)
            return
        if not self.has_pending_commit():
            self._mark_before(message)
            self._commit(("confirmed", None), ("confirm-timeout", str(revert_in)), ("persist", message))
            self._token = self._last = message
        else:
            again = (
                ("confirmed", None),
                ("confirm-timeout", str(revert_in)),
                ("persist", self._token),
                ("persist-id", self._token),
            )
            self._commit(*again)
        self._deadline = time.monotonic() + revert_in

    def _commit(self, *parts: tuple[str, str | None] | None) -> None:
        self._session.request(element(NC, "commit", *(part for part in parts if part is not None)))

    def has_pending_commit(self) -> bool:
        """Whether a confirmed commit waits, as far as we know: committed or reattached here, its time not over."""
        return bool(self._token) and time.monotonic() < self._deadline

    def confirm_commit(self) -> None:
        """Keep what was committed, and label it. DeviceRefused when the device has gone back already."""
        if not self._token:
            raise DeviceRefused(self.name, "no confirmed commit waits")
        message = self._token
        try:
            self._commit(("persist-id", message))
        except RpcRefused as refused:
            if refused.tags & _NOT_THERE:
                self._token = ""  # nothing waits under this name: confirmed before, or taken back by the device
            raise
        self._settle(message)

    def _settle(self, message: str) -> None:
        """Label what runs now; without an id the label says that no apply is carried, whatever older labels say."""
        self._token, self._last = "", message
        self._label(_LABEL + message)

    def reattach(self, token: str) -> None:
        """Take over the confirmed commit that an earlier session named `token`; the device says on use if it waits."""
        self._token = self._last = token
        self._deadline = float("inf")

    def rollback(self) -> None:
        """Take back the last commit: cancel it while it waits, else go to the checkpoint from before it."""
        token, self._token = self._token, ""
        if token:
            try:
                self._session.request(element(NC, "cancel-commit", ("persist-id", token)))
            except RpcRefused as refused:
                if not refused.tags & _NO_PENDING:
                    raise RollbackFailed(self.name, refused.message) from refused
                if self.apply_id() == token:  # confirmed by now; else the device has gone back by itself
                    self._to_checkpoint(token)
            return
        self._to_checkpoint(self._last or self.apply_id())

    # ---- checkpoints ----

    def _to_checkpoint(self, message: str) -> None:
        points = self._checkpoints()
        before = next((commit_id for commit_id, label in points if label == _BEFORE + message), "")
        if not message or not before:
            raise RollbackFailed(self.name, f"no checkpoint from before {message or 'any apply'}")
        try:
            self._session.request(element(CFG, "rollback-by-commit-id", ("commit-id", before)))
        except DeviceRefused as refused:
            raise RollbackFailed(self.name, refused.message) from refused
        for commit_id, label in points:
            if label == _LABEL + message:
                self._session.request(element(CFG, "delete-user-label-checkpoint", ("commit-id", commit_id)))

    def _mark_before(self, message: str) -> None:
        if message:
            self._label(_BEFORE + message)

    def _label(self, label: str) -> None:
        """Make a checkpoint with a label; an older one of that name goes. A device without them carries none."""
        try:
            for commit_id, other in self._checkpoints():
                if other == label:
                    self._session.request(element(CFG, "delete-user-label-checkpoint", ("commit-id", commit_id)))
            self._session.request(element(CFG, "create-user-label-checkpoint", ("user-label", label)))
        except RpcRefused as refused:
            if not refused.tags & _UNSUPPORTED:
                raise

    def _checkpoints(self) -> list[tuple[str, str]]:
        """(commit id, label) of every checkpoint, newest first."""
        wanted = etree.Element(f"{{{CFG}}}cfg", nsmap=default_namespace(CFG))
        etree.SubElement(wanted, f"{{{CFG}}}checkpoints")
        data = self._session.call(lambda m: m.get(filter=("subtree", wanted))).data_ele
        points = [
            (one.findtext(f"{{{CFG}}}commit-id") or "", one.findtext(f"{{{CFG}}}user-label") or "")
            for one in data.iter(f"{{{CFG}}}checkpoint")
        ]
        return sorted(points, key=lambda point: int(point[0] or 0), reverse=True)

    def apply_id(self) -> str:
        """The id of the last apply: of the one that waits, else the newest label."""
        if self.has_pending_commit():
            return self._token
        try:
            labels = [label for _, label in self._checkpoints()]
        except RpcRefused:
            return ""
        return next(
            (
                label.removeprefix(_LABEL)
                for label in labels
                if label.startswith(_LABEL) and not label.startswith(_BEFORE)
            ),
            "",
        )

    # ---- reading ----

    def get_config(
        self,
        retrieve: str = "all",
        full: bool = False,  # noqa: ARG002, FBT001, FBT002 - NAPALM's signature
        sanitized: bool = False,  # noqa: ARG002, FBT001, FBT002 - as above
        format: str = "text",  # noqa: A002, ARG002 - as above
    ) -> dict[str, str]:
        """The configurations as `<config>` documents. The other arguments are NAPALM's and have no meaning here."""
        names = ("running", "candidate", "startup")
        mode = self._mode
        texts = {name: self._text(name, mode) if retrieve in ("all", name) else "" for name in names}
        if mode == "trim" and retrieve in ("all", "running"):
            texts[EVERYTHING] = self._text("running", "report-all")
        return texts

    def _text(self, name: str, mode: str = "") -> str:
        return config_text(self._session.call(lambda m: m.get_config(name, with_defaults=mode or None)).data_ele)

    @property
    def _mode(self) -> str:
        """How the server is asked to tell what was set from what was not; DeviceRefused when it cannot."""
        found = asking(self._session.capabilities)
        if found.refusal:
            raise DeviceRefused(self.name, found.refusal)
        return found.mode

    def collect(self, topic: Topic) -> list[Row]:
        """Operational facts, read from the vendor's state nodes."""
        wanted = filter_for(topic)
        return rows_of(topic, self._session.call(lambda m: m.get(filter=wanted)).data_ele)
