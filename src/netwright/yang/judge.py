"""A judge of documents: the modules of one router model, loaded into a libyang that may die.

Everything that libyang reads lies in one temporary folder: copies of the modules (the user's are never touched), some
of them mended, and one document at a time.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from netwright.errors import NetwrightError
from netwright.yang.documents import Gap, prepared
from netwright.yang.messages import FIRST_SOUND, Fault, faults_of, version_of
from netwright.yang.modules import Mend, Module, Vendor, bundle, by_namespace, chosen, deviated, mended, module_of
from netwright.yang.worker import Worker, WorkerGone

LOAD_TIMEOUT_S = 300.0
DOCUMENT_TIMEOUT_S = 120.0
MOST_CRASHES = 3
"""After so many crashes over modules a libyang is given up: each costs another load, and no end is in sight."""
_NAME = "name one of libyang 3.13 or newer with --yanglint or NETWRIGHT_YANGLINT: docs/platforms/huawei.md"
TAKE_ALL = "take all modules of the router with get-schema: docs/platforms/huawei.md shows how"
_NOT_FOUND = re.compile(r'Loading "[^"]+" module failed')
MOST_NAMED = 20
"""So many modules are named where more may be meant."""
_OWN_MODULES = ("share/yang/modules/libyang", "usr/share/yang/modules/libyang", "*/usr/share/yang/modules/libyang")


class NoJudge(NetwrightError):
    """There is no libyang that could judge. `code` is that of the diagnostic, `hint` the way out, `folder` at fault."""

    exit_code = 1

    def __init__(self, code: str, message: str, hint: str, folder: Path | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.folder = code, message, hint, folder


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one document. `gone` says how libyang ended over it; "" when it came to an end."""

    faults: tuple[Fault, ...]
    leaves: int  # judged: none, when libyang did not come to an end
    left_out: Mapping[Gap, int]  # leaves that no loaded module describes
    gone: str = ""

    @property
    def valid(self) -> bool:
        """Whether libyang found no fault, in what it was given."""
        return not self.faults and not self.gone


@dataclass(frozen=True, slots=True)
class Program:
    """A yanglint that is fit for the work."""

    command: tuple[str, ...]
    version: tuple[int, int, int]

    def __str__(self) -> str:
        return "libyang " + ".".join(map(str, self.version))


def program(command: str = "") -> Program:
    """Find yanglint: `command`, or NETWRIGHT_YANGLINT, or PATH. `NoJudge` when it is missing or known to crash."""
    wanted = command or os.environ.get("NETWRIGHT_YANGLINT", "") or "yanglint"
    try:
        words = tuple(shlex.split(wanted))
        done = subprocess.run([*words, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, ValueError, subprocess.SubprocessError) as error:  # ValueError: an open quotation
        raise NoJudge("yang-no-libyang", f"{wanted} cannot be run: {error}", _NAME) from error
    version = version_of(done.stdout + done.stderr)
    if version is None:
        said = " ".join((done.stdout + done.stderr).split())[:200]
        raise NoJudge("yang-no-libyang", f"{wanted} is no yanglint: it says {said!r}", _NAME)
    if version[:2] < FIRST_SOUND:
        name = ".".join(map(str, version))
        message = f"yanglint {name} crashes on complete configurations of large vendor modules: nothing was checked"
        raise NoJudge("yang-old-libyang", message, _NAME)
    return Program(words, version)


@dataclass(slots=True)
class Judge:
    """A loaded libyang. Made by `judge`."""

    program: Program
    folder: Path
    modules: Mapping[str, Module]  # by name, all that the folders have
    mends: tuple[Mend, ...]
    not_loaded: dict[str, str] = field(default_factory=dict)  # module -> libyang's reason
    loaded: list[str] = field(default_factory=list)
    unheeded: dict[str, tuple[str, ...]] = field(default_factory=dict)  # deviations not loaded -> from which modules
    restarts: int = 0
    document_timeout_s: float = field(default_factory=lambda: DOCUMENT_TIMEOUT_S)
    _bundles: list[str] = field(default_factory=list)
    _namespaces: Mapping[str, str] = field(default_factory=dict)
    _worker: Worker | None = None
    _crashes: int = 0  # while modules were loaded

    # ---- loading

    def load(self, names: Sequence[str]) -> None:
        """Load modules, all at once if they let themselves. Who cannot be loaded is found by halving, and kept out.

        `NoJudge` when libyang crashes over them again and again, or does not answer: it is no judge then.
        """
        self._start()
        waiting = [list(names)] if names else []
        while waiting:
            group = waiting.pop()
            if faults := self._add(group):
                if len(group) == 1:
                    self.not_loaded[group[0]] = faults[0].message
                else:
                    middle = len(group) // 2
                    waiting += [group[middle:], group[:middle]]
        self._namespaces = by_namespace(self.modules[name] for name in self.loaded)
        for name in self.not_loaded:
            if kept := sorted(set(self.loaded) & deviated(self._text(name))):
                self.unheeded[name] = tuple(kept)

    def _text(self, module: str) -> str:
        """The copy of a module, whatever its file is called: `NAME.yang` or `NAME@REVISION.yang`."""
        files = sorted(self.folder.glob(f"{module}.yang")) + sorted(self.folder.glob(f"{module}@*.yang"))
        return "".join(file.read_text(encoding="utf-8") for file in files)

    def _add(self, group: Sequence[str]) -> tuple[Fault, ...]:
        name = f"netwright-bundle-{len(list(self.folder.glob('netwright-bundle-*')))}"
        file = self.folder / f"{name}.yang"
        file.write_text(bundle(name, group), encoding="utf-8")
        try:
            faults = faults_of(self._ask(f"add -i -i {file}", LOAD_TIMEOUT_S))
        except WorkerGone as gone:
            self._crashes += 1
            if gone.hung or self._crashes == MOST_CRASHES:
                raise self._given_up(gone, group) from gone
            self._start()
            return (Fault(f"libyang {gone.how} while it was loaded"),)
        if not faults:
            self._bundles.append(str(file))
            self.loaded += group
        return faults

    def _given_up(self, gone: WorkerGone, group: Sequence[str]) -> NoJudge:
        times = "" if gone.hung else f" {self._crashes} times" if self._crashes > 1 else ""
        among = ", ".join(group) if len(group) <= MOST_NAMED else f"{', '.join(group[:MOST_NAMED])} ..."
        message = f"{self.program} {gone.how}{times} while it loaded modules, the last time {len(group)}: {among}"
        hint = "nothing was checked; try a newer libyang, or leave out modules that the router does not need"
        return NoJudge("yang-crash", message, hint)

    # ---- judging

    @property
    def namespaces(self) -> Mapping[str, str]:
        """The namespaces that can be judged, with their modules."""
        return self._namespaces

    def edit(self, text: str) -> Verdict:
        """Judge the content of an edit-config: names, types, ranges, keys, what the model does not have."""
        return self._judge(text, "-t edit")

    def datastore(self, text: str) -> Verdict:
        """Judge a complete configuration: also leafref, when, must, mandatory and unique."""
        return self._judge(text, "-e -t config")

    def _judge(self, text: str, how: str) -> Verdict:
        document = prepared(text, self._namespaces)
        if not document.leaves:
            return Verdict((), 0, document.left_out)
        file = self.folder / "document.xml"
        file.write_text(document.text, encoding="utf-8")
        try:
            faults = faults_of(self._ask(f"data {how} {file}", self.document_timeout_s))
        except WorkerGone as gone:
            self.restarts += 1
            self._start()
            return Verdict((), 0, document.left_out, gone.how)
        finally:
            file.unlink()
        return Verdict(faults, document.leaves, document.left_out)

    # ---- the process

    def _start(self) -> None:
        """A new process that knows what the last one knew."""
        self.close()
        environment = {**os.environ, "HOME": str(self.folder)}  # yanglint keeps a history there
        self._worker = Worker(self.program.command, self.folder, environment)
        try:
            said = self._worker.ask(f"searchpath {self.folder}", 30.0)
            for file in self._bundles:
                said += self._worker.ask(f"add -i -i {file}", LOAD_TIMEOUT_S)
        except WorkerGone as gone:
            raise _not_started(self.program.command, gone) from gone
        if faults := faults_of(said):
            message, hint = f"yanglint cannot be prepared: {faults[0].message}", "it has to see this machine's files"
            raise NoJudge("yang-no-libyang", message, hint)

    def _ask(self, command: str, timeout_s: float) -> str:
        assert self._worker is not None  # noqa: S101 - `load` started it
        return self._worker.ask(command, timeout_s)

    def close(self) -> None:
        """End libyang."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None


def _not_started(command: Sequence[str], gone: WorkerGone) -> NoJudge:
    """Why a yanglint that tells its version does not take commands; most often a wrapper is around it."""
    faults = faults_of(gone.said)
    said = gone.said.strip().splitlines()
    reason = faults[0].message.splitlines()[0] if faults else gone.how + (f" and says: {said[-1]}" if said else "")
    if "Example usage" in gone.said:
        hint = "it takes commands only when it is called without any option: a wrapper must not add one of its own then"
    elif _NOT_FOUND.search(reason):
        hint = (
            "it does not find libyang's own modules: copy them (share/yang/modules/libyang of its package) into the "
            "folder of modules, or name the yanglint that stands beside them, without a wrapper"
        )
    else:
        hint = "called without options it has to take commands: try it by hand, `help` and `quit`"
    return NoJudge("yang-no-libyang", f"{shlex.join(command)} does not start: {reason}", hint)


@contextmanager
def judge(found: Program, folders: Sequence[Path], vendor: Vendor, namespaces: frozenset[str]) -> Iterator[Judge]:
    """A judge with the modules of `folders` (a later one adds to the former), ready for documents in `namespaces`."""
    with tempfile.TemporaryDirectory(prefix="netwright-yang-") as name:
        folder = Path(name)
        if " " in name:
            message = f"yanglint takes no path with a space: {name}"
            raise NoJudge("yang-no-libyang", message, "set TMPDIR to another folder")
        modules, mends = _copied(folders, folder, vendor)
        _own_modules(found.command, folder)
        made = Judge(found, folder, modules, mends)
        try:
            made.load(chosen(modules.values(), vendor.prefix, namespaces))
            yield made
        finally:
            made.close()


def _copied(folders: Sequence[Path], to: Path, vendor: Vendor) -> tuple[dict[str, Module], tuple[Mend, ...]]:
    """Copy every module and submodule, mended where that is needed."""
    modules: dict[str, Module] = {}
    mends: list[Mend] = []
    check_folders(folders, vendor.prefix)
    for file in (file for folder in folders for file in sorted(folder.glob("*.yang"))):
        text, needed = mended(file.name.partition("@")[0].removesuffix(".yang"), _read(file), vendor.mends)
        (to / file.name).write_text(text, encoding="utf-8")
        mends += needed
        if module := module_of(text):
            modules[module.name] = module
    return modules, tuple(mends)


def check_folders(folders: Sequence[Path], prefix: str) -> None:
    """`NoJudge` unless each folder holds modules, and all of them together what is needed.

    One that is missing may be the deviations that make this model another one.
    """
    for folder in folders:
        if next(folder.glob("*.yang"), None) is None:
            message = f"{folder} holds no module (*.yang)" if folder.is_dir() else f"{folder} is no folder"
            raise NoJudge("yang-no-modules", message, TAKE_ALL, folder)
    names = {file.name.partition("@")[0].removesuffix(".yang") for folder in folders for file in folder.glob("*.yang")}
    shown = ", ".join(map(str, folders))
    if not any(name.startswith(prefix) for name in names):
        raise NoJudge("yang-no-modules", f"{shown} holds no module whose name begins with {prefix}", TAKE_ALL)
    if "ietf-netconf" not in names:
        message = f"{shown} lacks ietf-netconf.yang, which defines the operations of an edit"
        raise NoJudge("yang-no-modules", message, TAKE_ALL)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise NoJudge("yang-no-modules", f"{file} cannot be read: {error.strerror}", "") from error


def _own_modules(command: Sequence[str], to: Path) -> None:
    """Bring libyang's own modules: one that runs out of another system's root looks for them in this one's."""
    found = [Path(where) for word in command if (where := shutil.which(word))]
    for above in (file.resolve().parent.parent for file in found):
        for inside in _OWN_MODULES:
            for file in above.glob(f"{inside}/*.yang"):
                if not (to / file.name).exists():
                    shutil.copyfile(file, to / file.name)
