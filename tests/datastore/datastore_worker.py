"""Runs inside the judges' root, not here: sysrepo behind pipes, one JSON document a line.

It knows nothing of netwright and needs no file of the machine outside: modules and documents come in by stdin. The
functions and figures are those of sysrepo.h, libyang's parser_data.h and printer_data.h. (Debian's python3-libyang
would spare some of it, and lacks its compiled half at the time of writing.)
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import tempfile
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_uint32, c_void_p
from pathlib import Path

RUNNING = 1  # SR_DS_RUNNING
PATIENCE_MS = 60_000
XML = 1  # LYD_XML
PARSE_ONLY, STRICT, OPAQ, NO_STATE = 0x010000, 0x020000, 0x040000, 0x080000  # LYD_PARSE_...
SIBLINGS = 1  # LYD_PRINT_SIBLINGS; the rest at 0: indented, only what was said (no defaults), no empty containers


class Message(Structure):
    """sr_error_info_err_t."""

    _fields_ = (("code", c_int), ("message", c_char_p), ("format", c_char_p), ("data", c_void_p))


class Messages(Structure):
    """sr_error_info_t."""

    _fields_ = (("all", POINTER(Message)), ("count", c_uint32))


class Data(Structure):
    """sr_data_t."""

    _fields_ = (("connection", c_void_p), ("tree", c_void_p))


class Refused(Exception):
    """What the datastore said."""


class Datastore:
    """A repository of its own with the modules in it, and one session."""

    def __init__(self, folder: Path, modules: dict[str, str], install: list[str]) -> None:
        for name in ("repository", "shm", "yang"):
            (folder / name).mkdir()
        for name, text in modules.items():
            (folder / "yang" / name).write_text(text, encoding="utf-8")
        os.environ |= {
            "SYSREPO_REPOSITORY_PATH": str(folder / "repository"),
            "SYSREPO_SHM_DIR": str(folder / "shm"),
            "SYSREPO_SHM_PREFIX": folder.name,
        }
        self.sysrepo, self.libyang = _library("sysrepo"), _library("yang")
        self.sysrepo.sr_strerror.restype = self.libyang.ly_last_logmsg.restype = c_char_p
        self.sysrepo.sr_acquire_context.restype = c_void_p
        self.connection, self.session = c_void_p(), c_void_p()
        self._done(self.sysrepo.sr_connect(0, byref(self.connection)))
        paths = (c_char_p * (len(install) + 1))(*[str(folder / "yang" / name).encode() for name in install], None)
        self._done(
            self.sysrepo.sr_install_modules(self.connection, paths, c_char_p(str(folder / "yang").encode()), None)
        )
        self._done(self.sysrepo.sr_session_start(self.connection, RUNNING, byref(self.session)))
        self.context = c_void_p(self.sysrepo.sr_acquire_context(self.connection))

    def put(self, text: str) -> None:
        """Run this configuration and nothing else."""
        tree = self._parse(text, STRICT)  # the call below takes it over
        self._done(self.sysrepo.sr_replace_config(self.session, None, tree, c_uint32(PATIENCE_MS)))

    def edit(self, text: str) -> None:
        """What a server does with an edit-config of the default operation merge, and then with a commit."""
        tree = self._parse(text, OPAQ)
        try:
            self._done(self.sysrepo.sr_edit_batch(self.session, tree, c_char_p(b"merge")))
            self._done(self.sysrepo.sr_apply_changes(self.session, c_uint32(PATIENCE_MS)))
        finally:
            self.libyang.lyd_free_all(tree)

    def running(self) -> str:
        """What runs, as libyang writes it: lists in the order of their keys, values in their canonical form."""
        data = POINTER(Data)()
        everything = c_char_p(b"/*")
        code = self.sysrepo.sr_get_data(self.session, everything, c_uint32(0), c_uint32(0), c_uint32(0), byref(data))
        self._done(code)
        text = self._print(c_void_p(data.contents.tree)) if data else ""
        self.sysrepo.sr_release_data(data)
        return text

    def _parse(self, text: str, option: int) -> c_void_p:
        """The nodes of a document, nothing validated yet; NULL for none."""
        tree = c_void_p()
        options = c_uint32(PARSE_ONLY | NO_STATE | option)
        if text and self.libyang.lyd_parse_data_mem(
            self.context, c_char_p(text.encode()), XML, options, c_uint32(0), byref(tree)
        ):
            raise Refused(self.libyang.ly_last_logmsg().decode())
        return tree

    def _print(self, tree: c_void_p) -> str:
        text = c_char_p()
        if self.libyang.lyd_print_mem(byref(text), tree, XML, c_uint32(SIBLINGS)):
            raise Refused(self.libyang.ly_last_logmsg().decode())
        said = (text.value or b"").decode()
        ctypes.CDLL(None).free(text)
        return said

    def _done(self, code: int) -> None:
        """Raise what the session has to say to a code that is not zero; what was begun is forgotten."""
        if not code:
            return
        found = POINTER(Messages)()
        if self.session:
            self.sysrepo.sr_session_get_error(self.session, byref(found))
        said = [found.contents.all[n].message.decode() for n in range(found.contents.count)] if found else []
        if self.session:
            self.sysrepo.sr_discard_changes(self.session)
        raise Refused("\n".join(said) or self.sysrepo.sr_strerror(code).decode())


def _library(name: str) -> ctypes.CDLL:
    """Looked for by hand: find_library asks ldconfig, which is no part of a root without an installed system."""
    found = sorted(Path("/usr/lib").glob(f"*-linux-gnu*/lib{name}.so.*"))
    if not found:
        sys.exit(f"no lib{name} in this root")
    return ctypes.CDLL(str(found[0]))


def serve(folder: Path) -> None:
    """Load the modules that the first line brings, then answer until stdin ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    first = json.loads(sys.stdin.readline())
    store = Datastore(folder, first["modules"], first["install"])
    print(json.dumps({"ok": ""}), file=answers, flush=True)
    for line in sys.stdin:
        verb, *words = json.loads(line)
        try:
            answer = {"ok": getattr(store, verb)(*words) or ""}
        except Refused as refused:
            answer = {"refused": str(refused)}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when its stdin does
    with tempfile.TemporaryDirectory(prefix="datastore-") as made:
        serve(Path(made))
