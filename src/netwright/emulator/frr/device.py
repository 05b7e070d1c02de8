"""What an emulated FRR box serves over SSH: one command a channel, a lock that lives with its channel, a timer."""

from __future__ import annotations

import asyncio
import shlex

import asyncssh

from netwright.emulator.device import Setting
from netwright.emulator.facts import Facts
from netwright.emulator.faults import Dropped, Sabotage, Sabotaged
from netwright.emulator.frr.box import ETC, RUN, Box
from netwright.emulator.frr.kernel import OK, Answer, failed
from netwright.emulator.ssh import Door

_STEPS = (
    (("vtysh", "-C"), ("stage", "validate")),
    (("vtysh", "-f"), ("commit",)),
    (("sysctl", "-w"), ("commit",)),
    (("dd", f"of={ETC}/before.cfg"), ("snapshot",)),
    (("mv", f"{RUN}/pending"), ("confirm",)),
    (("python3", f"{ETC}/restore.pyz"), ("rollback",)),
    (("flock",), ("lock",)),
)
"""Which commands belong to which step of a transaction; `show ... json` is verifying."""

_FLOCK_WORDS = 5  # flock -n -E CODE LOCK, then what is run


class FrrDevice:
    """An FRR box to practise on (`netwright.emulator.device.EmulatedDevice`)."""

    def __init__(self, setting: Setting) -> None:
        self.name = setting.name
        self.box = Box(setting)
        self._sabotage = Sabotage(setting.faults)
        self._door = Door(setting, self._serve, encoding=None)
        self._locked = False
        self._timers: dict[int, asyncio.Task[None]] = {}
        self._dying: asyncio.Task[None] | None = None
        self._off = False  # stopped, and not started again: nobody hears from it

    @property
    def version(self) -> int:
        """Counts up at every change of the running configuration."""
        return self.box.version

    def facts(self) -> Facts:
        """What the running configuration means; without power, nothing."""
        return Facts(self.name) if self._off else self.box.facts()

    def running(self) -> str:
        """FRR's running configuration, and the kernel's objects below it."""
        return f"!<cfg>\n{self.box.show_running()}!</cfg>\n!<linux>\n{self.box.linux_lines()}!</linux>\n"

    async def start(self, host: str, port: int) -> int:
        """Serve on `host`; `port` 0 takes a free one. Returns the port."""
        self._power(on=True)
        return await self._door.open(host, port, dead=self._sabotage.dead())

    async def stop(self) -> None:
        """Close every session and the socket; timers end with the box."""
        self._power(on=False)
        for timer in self._timers.values():
            timer.cancel()
        await self._door.close()

    def _power(self, *, on: bool) -> None:
        self._off = not on
        self.box.version += 1

    async def _serve(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        if process.command is None:
            await self._shell(process)
            return
        try:
            words = shlex.split(process.command)
        except ValueError:
            self._answer(process, failed("sh: 1: Syntax error: Unterminated quoted string", 2))
            return
        try:
            if words[:1] == ["flock"] and len(words) > _FLOCK_WORDS:
                await self._lock(process, words)
                return
            reads = words[:1] == ["dd"] or (words[:2] == ["sh", "-exc"] and "dd " in words[2])
            stdin = await process.stdin.read() if reads else b""  # the others never look at it
            answer = await self._answer_to(words, stdin)
        except Dropped:
            process.channel.get_connection().abort()
            return
        self._answer(process, answer)

    async def _answer_to(self, words: list[str], stdin: bytes) -> Answer:
        """One command; nothing is done for an empty line, and one without its arguments is told so."""
        if not words:
            return OK
        try:
            return await self._command(words, stdin)
        except IndexError:
            return failed(f"{words[0]}: usage: an argument is missing", 1)

    def _answer(self, process: asyncssh.SSHServerProcess[bytes], answer: Answer) -> None:
        process.stdout.write(answer.out.encode())
        process.stderr.write(answer.err.encode())
        process.exit(answer.code)

    async def _shell(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        """A login for a person: a command a line."""
        process.stdout.write(f"{self.name}: an emulated FRR box\n# ".encode())
        async for line in process.stdin:
            try:
                words = shlex.split(line.decode())
                answer = await self._answer_to(words, b"")
            except (Dropped, ValueError):
                break
            if words[:1] == ["exit"]:
                break
            process.stdout.write(f"{answer.out}{answer.err}# ".encode())
        process.exit(0)

    async def _command(self, words: list[str], stdin: bytes) -> Answer:
        """One command, with what is to go wrong at its step."""
        if words[:2] == ["sh", "-exc"]:
            return await self._script(words[2], stdin)
        return await self._single(words, stdin, set())

    async def _script(self, script: str, stdin: bytes) -> Answer:
        """`sh -exc`: commands a line each, printed before they run, up to the first that fails; dd takes its bytes."""
        out = said = ""
        done: set[str] = set()  # a step is one, however many commands it takes
        for words in _lines(script):
            said += f"+ {shlex.join(words)}\n"
            size = _size(words)
            answer = await self._single(words, stdin[:size], done)
            stdin = stdin[size:]
            out, said = out + answer.out, said + answer.err
            if answer.code:
                return Answer(answer.code, out, said)
        return Answer(0, out, said)

    async def _single(self, words: list[str], stdin: bytes, done: set[str]) -> Answer:
        try:
            for step in _steps(words):
                if step not in done:
                    done.add(step)
                    await self._sabotage.before(step)
        except Sabotaged as refused:
            return self._refuse(words, str(refused))
        answer = self._run(words, stdin)
        if words[:2] == ["dd", f"of={RUN}/apply-id"] and self._sabotage.dies_after("commit"):
            self._dying = asyncio.get_running_loop().create_task(self.stop())
        return answer

    def _run(self, words: list[str], stdin: bytes) -> Answer:
        if words[:2] == ["sh", "-c"] and "kill --" in words[2]:
            return self._arm(int(words[4]), words[5]) if "timer.sh" in words[2] else self._disarm()
        if words[:2] == ["test", "-d"] and words[2].startswith("/proc/"):
            there = self._timers.get(int(words[2].removeprefix("/proc/")))
            return OK if there and not there.done() else Answer(1)
        if words[:2] == ["python3", f"{ETC}/restore.pyz"]:
            if self._sabotage.lies():
                return OK
            if self._sabotage.partial():
                return self.box.restore(partial=True)
        return self.box.execute(words, stdin)

    def _refuse(self, words: list[str], why: str) -> Answer:
        """A refusal in the tool's own words; a refused push has taken its first half, as FRR does."""
        if words[:2] == ["vtysh", "-f"]:
            lines = self.box.files.get(words[2], b"").decode().splitlines()
            self.box.routing.apply("\n".join(lines[: len(lines) // 2]))
            self.box.version += 1
            return Answer(2, "", f"line {len(lines) // 2 + 1}: % {why}\n")
        return Answer(2, "", f"line 1: % {why}\n" if words[0] == "vtysh" else f"Error: {why}\n")

    # ---- lock and timer ----

    async def _lock(self, process: asyncssh.SSHServerProcess[bytes], words: list[str]) -> None:
        """`flock -n -E CODE LOCK tee FILE`: held until standard input ends, or the connection does."""
        try:
            await self._sabotage.before("lock")
        except Sabotaged as refused:
            self._answer(process, failed(str(refused)))
            return
        if self._locked:
            process.exit(int(words[3]))
            return
        self._locked = True
        try:
            while data := await process.stdin.read(4096):
                self.box.files[words[-1]] = data
                process.stdout.write(data)
        finally:
            self._locked = False
        process.exit(0)

    def _arm(self, seconds: int, token: str) -> Answer:
        """The dead man's switch: what `timer.sh` on the box would do. One that runs already ends."""
        self._disarm()
        pid = 1000 + len(self._timers) + self.box.version
        self._timers[pid] = asyncio.get_running_loop().create_task(self._expire(seconds, token))
        self.box.files[f"{RUN}/timer.pid"] = f"{pid}\n".encode()
        return OK

    def _disarm(self) -> Answer:
        pid = self.box.files.pop(f"{RUN}/timer.pid", b"").decode().strip()
        if timer := self._timers.pop(int(pid), None) if pid else None:
            timer.cancel()
        return OK

    async def _expire(self, seconds: int, token: str) -> None:
        await asyncio.sleep(seconds)
        if self.box.files.get(f"{RUN}/pending", b"").decode() == token:
            del self.box.files[f"{RUN}/pending"]
            self.box.restore()


def _steps(words: list[str]) -> tuple[str, ...]:
    if words[:2] == ["vtysh", "-c"] and words[2].endswith(" json"):
        return ("verify",)
    if len(words) > 2 and words[-2] in ("-batch", "-f") and words[0] in ("ip", "tc", "nft"):
        return ("commit",)
    return next((steps for start, steps in _STEPS if tuple(words[: len(start)]) == start), ())


def _lines(script: str) -> list[list[str]]:
    """The commands of a script: a line each, but where quotes go on over the end of a line."""
    lexer = shlex.shlex(script, posix=True, punctuation_chars="\n")
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " ", True, ""
    found: list[list[str]] = [[]]
    for word in lexer:
        if word.strip("\n"):
            found[-1].append(word)
        else:
            found.append([])
    return [words for words in found if words]


def _size(words: list[str]) -> int:
    """How much of standard input a `dd ... bs=SIZE count=N` takes."""
    asked = dict(word.split("=", 1) for word in words[1:] if "=" in word) if words[0] == "dd" else {}
    return int(asked.get("bs", "0")) * int(asked.get("count", "0"))
