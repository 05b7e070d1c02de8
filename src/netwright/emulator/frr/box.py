"""The emulated Linux box around FRR: files, the commands of a login, and the restoring program.

It takes commands in the forms that an automation over SSH uses, and refuses every other by name with exit code 127, as
a shell does with a command that it does not find.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from netwright.emulator.device import Setting
from netwright.emulator.facts import Facts
from netwright.emulator.frr import shows
from netwright.emulator.frr.kernel import OK, Answer, Kernel, failed
from netwright.emulator.frr.meaning import facts_of
from netwright.emulator.frr.routing import Refusal, Routing

ETC, RUN = "/etc/netwright", "/run/netwright"
_UNITS = "/etc/systemd/system"
_PROGRAMS = ("ip", "tc", "sysctl", "nft")


class Box:
    """Everything that one emulated box is, apart from its SSH server."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.version = 0
        self.files: dict[str, bytes] = {}
        self.folders: set[str] = {"/run/systemd/system", _UNITS}
        self.enabled: set[str] = set()  # units of systemd
        self.saved = ""  # what `write memory` wrote
        self.kernel = Kernel()
        version = re.search(r"^frr version (\S+)$", setting.baseline, re.MULTILINE)
        self.release = version[1] if version else "10.7.1"
        self.routing = Routing(self.kernel.exists, self.release)
        self.seen: tuple[int, Facts] | None = None
        self._boot()

    # ---- power ----

    def _boot(self) -> None:
        """Come up with the baseline, or with what was saved: a reboot forgets what was not."""
        parts = _parts(self.setting.baseline)
        ports = re.findall(r"^ip (?:link set|address add \S+) dev ([\w-]+)", parts["linux"], re.MULTILINE)
        made = set(re.findall(r" name (\S+) type ", parts["linux"]))
        for port in ports:
            if port not in made:
                self.kernel.port(port)
        self._load_state()
        linux = self._run_by_units() or parts["linux"]
        self._load(self.saved or parts["cfg"], linux)
        self.saved = self.saved or self.show_running()

    def _load(self, cfg: str, linux: str) -> None:
        """Put a whole configuration in place of what runs; ValueError when it cannot be."""
        ports = [link.name for link in self.kernel.links.values() if link.kind == "veth"]
        self.kernel = Kernel()
        for port in ports:
            self.kernel.port(port)
        self.routing = Routing(self.kernel.exists, self.release)
        for line in _lines(linux):
            answer = self.kernel.run(shlex.split(line))
            if answer.code:
                raise ValueError(f"{self.setting.name}: {line}: {answer.err.strip()}")
        for refusal in self.routing.apply(_without_frame(cfg)):
            raise ValueError(f"{self.setting.name}: line {refusal.number}: {refusal.message}")
        self.version += 1

    def _run_by_units(self) -> str:
        """What the units that are enabled run before FRR."""
        texts = (self.files[f"{_UNITS}/{name}"].decode() for name in sorted(self.enabled))
        started = (run for text in texts for run in re.findall(r"^ExecStart=/bin/sh (\S+)$", text, re.MULTILINE))
        return "".join(self.files.get(path, b"").decode() for path in started)

    def _state_file(self) -> Path | None:
        return self.setting.state / f"{self.setting.name}.json" if self.setting.state else None

    def _load_state(self) -> None:
        file = self._state_file()
        if file and file.exists():
            state = json.loads(file.read_text(encoding="utf-8"))
            self.saved = state["saved"]
            self.files = {path: bytes.fromhex(content) for path, content in state["files"].items()}
            self.enabled = set(state.get("enabled", ()))

    def _keep_state(self) -> None:
        """To disk goes what a real box has there: the saved configuration and /etc."""
        if file := self._state_file():
            kept = {path: data.hex() for path, data in self.files.items() if path.startswith("/etc/")}
            file.parent.mkdir(parents=True, exist_ok=True)
            state = {"saved": self.saved, "files": kept, "enabled": sorted(self.enabled)}
            file.write_text(json.dumps(state), encoding="utf-8")

    # ---- what it runs ----

    def facts(self) -> Facts:
        """What the running configuration means."""
        if self.seen is None or self.seen[0] != self.version:
            self.seen = (self.version, facts_of(self.routing, self.kernel))
        return self.seen[1]

    def show_running(self) -> str:
        """`show running-config`, frame and all."""
        devices = [link.name for link in self.kernel.links.values() if link.kind == "vrf"]
        body = "".join(f"{line}\n" for line in self.routing.lines(devices))
        body = _as_10_3(body) if self.release == "10.3" else body
        return f"Building configuration...\n\nCurrent configuration:\n!\nfrr version {self.release}\n{body}!\nend\n"

    def linux_lines(self) -> str:
        """The kernel's objects, in an order of their own: for eyes and for comparing."""
        kernel = self.kernel
        return "".join(
            f"{line}\n"
            for line in (
                *(repr(link) for link in sorted(kernel.links.values(), key=lambda link: link.name)),
                *(repr(route) for route in sorted(kernel.routes)),
                *(f"{key}={value}" for key, value in sorted(kernel.sysctls.items()) if value),
                *(f"{key} {value!r}" for key, value in sorted(kernel.qdiscs.items())),
                *(f"{key} {value!r}" for key, value in sorted(kernel.classes.items())),
                *(f"clsact {key} {value}" for key, value in sorted(kernel.clsact.items())),
                *_nft_lines(kernel),
                *(f"seg6local {locator}: left behind" for locator in sorted(self.routing.ghosts)),
            )
        )

    # ---- commands ----

    def execute(self, words: Sequence[str], stdin: bytes) -> Answer:
        """Run one command to its end."""
        known = _COMMANDS.get(words[0]) if words else None
        if known is None:
            return Answer(127, "", f"sh: 1: {words[0] if words else ''}: not found (emulated box)\n")
        return known(self, list(words), stdin)

    def vtysh(self, words: Sequence[str], _stdin: bytes) -> Answer:
        """`vtysh -c COMMAND ...`, `vtysh -f FILE`, `vtysh -C -f FILE`."""
        if words[1:2] == ["-f"] or words[1:3] == ["-C", "-f"]:
            content = self.files.get(words[-1])
            if content is None:
                return Answer(1, "", f"can't open configuration file {words[-1]}: No such file or directory\n")
            return self._file(content.decode(), check=words[1] == "-C")
        commands = [word for flag, word in zip(words[1::2], words[2::2], strict=False) if flag == "-c"]
        if len(commands) == 1:
            return self._show(commands[0])
        if commands[:1] == ["configure terminal"]:
            return self._file("\n".join(commands[1:]), check=False)
        return Answer(1, "", f"% Unknown command: {' '.join(words[1:])}\n")

    def _file(self, text: str, *, check: bool) -> Answer:
        """A syntax check looks for unknown words; an application takes every line that it can."""
        target = Routing(self.kernel.exists, self.release) if check else self.routing
        refused = [one for one in target.apply(text) if one.unknown or not check]
        if not check:
            self.version += 1
        if all(one.rejected for one in refused):
            return Answer(0, "".join(f"{one.message}\n" for one in refused))
        return Answer(2, "", "".join(_complaint(one) for one in refused) + "Configuration file processing failure: 2\n")

    def _show(self, command: str) -> Answer:
        world = self.setting.operational(self.setting.name) if command != "show running-config" else None
        if world is None:
            return Answer(0, self.show_running())
        if command == "write memory":
            self.saved = self.show_running()
            self._keep_state()
            return Answer(0, "Building Configuration...\nIntegrated configuration saved to /etc/frr/frr.conf\n[OK]\n")
        facts = self.facts()
        shown = {
            "show isis neighbor json": lambda: shows.isis_neighbors(facts, world),
            "show bgp summary json": lambda: shows.bgp_summary(facts, world),
            "show segment-routing srv6 locator json": lambda: shows.locators(facts),
            "show segment-routing srv6 sid json": None if self.release == "10.3" else lambda: shows.sids(facts),
            "show ip route vrf all json": lambda: shows.routes(facts, world, "ip"),
            "show ipv6 route vrf all json": lambda: shows.routes(facts, world, "ipv6"),
        }.get(command)
        return Answer(0, f"{shown()}\n") if shown else Answer(1, f"% Unknown command: {command}\n")

    def kernel_command(self, words: Sequence[str], _stdin: bytes) -> Answer:
        """`ip`, `tc`, `sysctl`, `nft`: what they show, and what they change."""
        shown = self._kernel_show(" ".join(words))
        if shown is not None:
            return Answer(0, shown)
        if words[-2] in ("-batch", "-f"):
            content = self.files.get(words[-1])
            if content is None:
                return failed(f"Cannot open file {words[-1]!r} for reading: No such file or directory", 255)
            answer = self.kernel.batch(words, content.decode())
            self.version += 1
            return answer
        answer = self.kernel.run(words)
        self.version += not answer.code
        return answer

    def _kernel_show(self, line: str) -> str | None:
        """What one of the showing forms prints; None for every other command."""
        if line == "ip -s -j link show":
            return shows.statistics(self.kernel, self.setting.operational(self.setting.name))
        if line == "ip -j -6 route show":
            return shows.installed_sids(self.facts())
        if line == "ip -j -d address show":
            return shows.addresses(self.kernel, self.facts(), self.setting.operational(self.setting.name))
        for pattern, show in _KERNEL_SHOWS:
            if match := pattern.fullmatch(line):
                return show(self.kernel, *match.groups())
        return None

    def shell(self, words: Sequence[str], _stdin: bytes) -> Answer:
        """`sh -c` with showing commands, each followed by its exit code; other scripts are the device's, or not run."""
        if words[1] != "-c":
            return Answer(127, "", "sh: this emulated box runs no such script\n")
        return self._several(words[2])

    def _several(self, script: str) -> Answer:
        r"""Lines of `COMMAND 2>/dev/null; printf '\\036%d\\n' $?`."""
        out = ""
        for line in script.splitlines():
            command, end, rest = line.partition(" 2>/dev/null; printf '\\036%d\\n' $?")
            if not end or rest:
                return failed(f"sh: {line}: this emulated box runs no such script", 127)
            answer = self.execute(shlex.split(command), b"")
            out += f"{answer.out}\x1e{answer.code}\n"
        return Answer(0, out)

    def mkdir(self, words: Sequence[str], _stdin: bytes) -> Answer:
        """`mkdir -p -m MODE FOLDER ...`."""
        self.folders |= {word for word in words[1:] if word.startswith("/")}
        return OK

    def dd(self, words: Sequence[str], stdin: bytes) -> Answer:
        """`dd of=FILE ... status=none`: a file from standard input."""
        path = words[1].removeprefix("of=")
        if path.rpartition("/")[0] not in self.folders | {ETC if self.files else ""}:
            return failed(f"dd: failed to open '{path}': No such file or directory", 1)
        self.files[path] = stdin
        if path.startswith("/etc/"):
            self._keep_state()
        return OK

    def cat(self, words: Sequence[str], _stdin: bytes) -> Answer:
        """`cat FILE`."""
        if words[1] not in self.files:
            return failed(f"cat: {words[1]}: No such file or directory", 1)
        return Answer(0, self.files[words[1]].decode(errors="replace"))

    def rm(self, words: Sequence[str], _stdin: bytes) -> Answer:
        """`rm -f FILE ...`."""
        for path in words[2:]:
            self.files.pop(path, None)
        if any(path.startswith("/etc/") for path in words[2:]):
            self._keep_state()
        return OK

    def mv(self, words: Sequence[str], _stdin: bytes) -> Answer:
        """`mv FROM TO`."""
        content = self.files.pop(words[1], None)
        if content is None:
            return failed(f"mv: cannot stat '{words[1]}': No such file or directory", 1)
        self.files[words[2]] = content
        if words[2].startswith("/etc/"):
            self._keep_state()
        return OK

    def grep(self, words: Sequence[str], _stdin: bytes) -> Answer:
        """`grep -qx WORD FILE`."""
        return OK if words[2] in self.files.get(words[3], b"").decode().splitlines() else Answer(1)

    def ls(self, words: Sequence[str], _stdin: bytes) -> Answer:
        """`ls [-d] PATH`."""
        if words[-1] in self.folders or words[-1] in self.files:
            return Answer(0, f"{words[-1]}\n")
        return failed(f"ls: cannot access '{words[-1]}': No such file or directory")

    def test(self, words: Sequence[str], _stdin: bytes) -> Answer:
        """`test -d FOLDER`."""
        return OK if words[1] == "-d" and words[2] in self.folders else Answer(1)

    def systemctl(self, words: Sequence[str], _stdin: bytes) -> Answer:
        """`systemctl enable|disable UNIT`."""
        verb, unit = words[1], words[2]
        if verb not in ("enable", "disable") or f"{_UNITS}/{unit}" not in self.files:
            return failed(f"Failed to {verb} unit: Unit file {unit} does not exist.", 1)
        (self.enabled.add if verb == "enable" else self.enabled.discard)(unit)
        self._keep_state()
        return OK

    def python(self, words: Sequence[str], _stdin: bytes) -> Answer:
        """`python3 --version`, and the restoring program, which this box understands without running it."""
        if words[1:] == ["--version"]:
            return Answer(0, "Python 3.13.5\n")
        if words[1:] != [f"{ETC}/restore.pyz", ETC] or not self.files.get(words[1], b"").startswith(b"PK"):
            return failed("python3: can't open file", 2)
        return self.restore()

    def restore(self, *, partial: bool = False) -> Answer:
        """Put back what the snapshot on the box holds; `partial` forgets the kernel's half."""
        cfg, linux = (self.files.get(f"{ETC}/before.{part}") for part in ("cfg", "linux"))
        if cfg is None or linux is None:
            return failed("FileNotFoundError: before.cfg", 1)
        self.files[f"{RUN}/apply-id"] = self.files.get(f"{ETC}/before.apply-id", b"")
        if partial:
            self.routing = Routing(self.kernel.exists, self.release)
            self.routing.apply(_without_frame(cfg.decode()))
            self.version += 1
        else:
            self._load(cfg.decode(), linux.decode())
        return OK


_KERNEL_SHOWS: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = (
    (re.compile(r"ip -j (-4|-6) route show table all type (unreachable|throw)"), shows.typed),
    (re.compile(r"ip -j -4 route show table all type unicast proto boot"), shows.segment_routes),
    (re.compile(r"sysctl -e ([^=]+)"), shows.sysctls),
    (re.compile(r"tc (?:-s )?-j qdisc show"), shows.qdiscs),
    (re.compile(r"tc -j class show dev (\S+)"), shows.classes),
    (re.compile(r"tc filter show dev (\S+) ingress"), shows.ingress),
)

_Command = Callable[[Box, Sequence[str], bytes], Answer]
_COMMANDS: dict[str, _Command] = {
    "vtysh": Box.vtysh,
    "sh": Box.shell,
    "mkdir": Box.mkdir,
    "dd": Box.dd,
    "cat": Box.cat,
    "rm": Box.rm,
    "mv": Box.mv,
    "python3": Box.python,
    "test": Box.test,
    "grep": Box.grep,
    "ls": Box.ls,
    "systemctl": Box.systemctl,
    **dict.fromkeys(_PROGRAMS, Box.kernel_command),
}


_FORMATS = """\
  formats
   format usid-f3216
   exit
   !
   format uncompressed-f4024
   exit
   !
  exit
  !
"""


def _as_10_3(text: str) -> str:
    """10.3 prints a locator's 16 bits of function and the formats that it brings, and never closes `encapsulation`."""
    text = re.sub(r"^(  encapsulation\n(?:   .*\n)+)  exit\n", r"\1", text, flags=re.MULTILINE)
    text = re.sub(r"^(    prefix \S+/\d+ block-len \d+ node-len \d+)$", r"\1 func-bits 16", text, flags=re.MULTILINE)
    return re.sub(r"^(  locators\n(?:   .*\n)+  exit\n  !\n)", rf"\1{_FORMATS}", text, flags=re.MULTILINE)


def _complaint(one: Refusal) -> str:
    return f"line {one.number}: {one.message}\n" if one.unknown else f"{one.message}\n"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and line.strip()[0] not in "#!"]


def _without_frame(text: str) -> str:
    """`show running-config` without what is not configuration."""
    frame = re.compile(r"(Building configuration\.\.\.|Current configuration:|frr version .*|end)$")
    return "".join(f"{line}\n" for line in text.splitlines() if not frame.match(line.strip()))


def _parts(text: str) -> dict[str, str]:
    """The baseline's parts: `!<cfg>` ... `!</cfg>`, `!<linux>` ... `!</linux>`; all of it is cfg without such marks."""
    found = {
        part: "\n".join(re.findall(rf"^!<{part}>\n(.*?)^!</{part}>$", text, re.DOTALL | re.MULTILINE))
        for part in ("cfg", "linux")
    }
    return found if any(found.values()) else {"cfg": text, "linux": ""}


def _nft_lines(kernel: Kernel) -> list[str]:
    lines = []
    for name, table in sorted(kernel.nft.tables.items()):
        lines.append(f"nft {name}")
        lines += [f"{key} {one.spec} {sorted(one.elements.items())}" for key, one in sorted(table.maps.items())]
        lines += [f"{key} {one!r}" for key, one in sorted(table.chains.items())]
    return lines
