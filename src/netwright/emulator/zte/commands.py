"""What the commands of an emulated ROSng router do, outside the configuration itself.

A handler yields the lines to show. The table says of each command whether it exists outside configuration mode only,
and which step of a transaction it is to the faults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from netwright.emulator.zte import shows
from netwright.emulator.zte.history import Point
from netwright.emulator.zte.router import Holder, Router
from netwright.emulator.zte.words import INVALID, Match, Mistake, explain

if TYPE_CHECKING:
    from netwright.emulator.zte.session import Session

Handler: TypeAlias = "Callable[[Session, Match], Iterator[str]]"

COMMANDS: dict[str, tuple[Handler, bool, str]] = {}
"""Command -> what it does, whether only in exec mode, fault step."""


def _command(*specs: str, exec_only: bool = False, step: str = "") -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        for spec in specs:
            COMMANDS[spec] = (handler, exec_only, step)
            if spec.startswith("show"):
                COMMANDS[f"{spec} one-line"] = (handler, exec_only, step)
        return handler

    return register


@_command("terminal length <lines:int(0-512)>", exec_only=True)
def _length(session: Session, found: Match) -> Iterator[str]:
    session.page = int(found.words["lines"])
    yield from ()


@_command("configure terminal", "configure terminal how:{manual|automatic}", exec_only=True)
def _enter(session: Session, found: Match) -> Iterator[str]:
    default = session.router.config.find(("mim", "commit-mode"))
    session.manual = found.words.get("how", default.line.split()[-1] if default else "automatic") == "manual"
    session.enter()
    yield "%Info 20272: Enter configuration commands, one per line. End with CTRL/Z."


@_command("exit", "$", "!")
def _exit(session: Session, found: Match) -> Iterator[str]:
    if session.modes:
        if len(session.modes) > 1 or found.line == "exit":
            session.modes.pop()
    else:
        session.closing = found.line == "exit"
    yield from ()


@_command("end")
def _end(session: Session, _found: Match) -> Iterator[str]:
    session.modes = []
    yield from ()


@_command("configure exclusive", exec_only=True, step="lock")
def _exclusive(session: Session, _found: Match) -> Iterator[str]:
    if barred := session.router.barred(session.number):
        yield barred
        return
    session.router.exclusive = Holder(session.number, session.user, session.location)


@_command("no configure exclusive", exec_only=True)
def _no_exclusive(session: Session, _found: Match) -> Iterator[str]:
    holder = session.router.exclusive
    if holder is None or holder.session != session.number:
        yield "%Error 24065: The configuration is not locked by this terminal."
        return
    session.router.exclusive = None


@_command("show configure exclusive")
def _show_exclusive(session: Session, _found: Match) -> Iterator[str]:
    yield f"{'Line':<8}{'User':<18}{'Location':<20}Release Lock Time"
    holder = session.router.exclusive
    if holder is not None:
        yield f"{holder.session:<8}{holder.user:<18}{holder.location:<20}never"


@_command("lock configuration", exec_only=True)
def _lock(session: Session, _found: Match) -> Iterator[str]:
    if session.router.exclusive is not None:
        yield "%Error 24066: Configuration is locked exclusively."
        return
    session.question = "Lock the configuration of all terminals? [yes/no]:"


@_command("unlock configuration", exec_only=True)
def _unlock(session: Session, _found: Match) -> Iterator[str]:
    session.router.locked = None  # by any user
    yield from ()


@_command("show lock configuration")
def _show_lock(session: Session, _found: Match) -> Iterator[str]:
    yield f"{'User':<18}Lock Time"
    if session.router.locked is not None:
        yield f"{session.router.locked[0]:<18}{session.router.locked[1]}"


@_command("show commit-mode")
def _commit_mode(session: Session, _found: Match) -> Iterator[str]:
    yield f"{'Manual' if session.manual else 'Automatic'} commit mode."


@_command("show configuration candidate", step="validate")
def _candidate(session: Session, _found: Match) -> Iterator[str]:
    yield from session.typed


@_command("discard configuration candidate")
def _discard(session: Session, _found: Match) -> Iterator[str]:
    session.candidate, session.typed = [], []
    session.modes = session.modes[:1]
    yield from ()


@_command("commit", "commit comment <comment:rest(64)>", step="commit")
def _commit(session: Session, found: Match) -> Iterator[str]:
    barred = session.router.barred(session.number)
    if not session.modes:
        yield from explain(Mistake(INVALID, 0), len(session.prompt))
    elif not session.manual:
        yield "%Info 24020: The commit mode is automatic."
    elif barred:
        yield barred
    elif not session.candidate:
        yield "%Info 24021: No configuration to commit."
    else:
        yield from _committed(session, found.words.get("comment", ""))


def _committed(session: Session, comment: str) -> Iterator[str]:
    if session.based_on != session.router.version:
        yield "%Info 24022: The configuration was changed by the system or other terminals. Resolving ... 100%"
    before = session.router.config.render()
    session.failed = session.router.commit(session.candidate, session.user, comment)
    if session.failed:
        yield f"%Error 30001: {session.failed.text}"
        return
    session.candidate, session.typed = [], []
    session.committed = session.committed or session.router.config.render() != before


@_command("show commit-failed")
def _commit_failed(session: Session, _found: Match) -> Iterator[str]:
    if session.failed:
        yield session.failed.line
        yield f"%Error 30001: {session.failed.text}"


@_command("write", exec_only=True, step="confirm")
def _write(session: Session, _found: Match) -> Iterator[str]:
    session.router.save()
    yield "Building configuration..."
    yield "..[OK]"


@_command("rollback-configuration state:{enable|disable}", exec_only=True)
def _rollback_state(session: Session, found: Match) -> Iterator[str]:
    session.router.enable_rollback(on=found.words["state"] == "enable")
    yield from ()


@_command(
    "rollback-configuration last <steps:int(1-50)>",
    "rollback-configuration to <point:int(1000000001-1999999999)>",
    exec_only=True,
    step="rollback",
)
def _rollback(session: Session, found: Match) -> Iterator[str]:
    if barred := session.router.barred(session.number):
        yield barred
        return
    text = _earlier(session.router, found)
    if text is None:
        yield "%Error 24070: The rollback point does not exist."
    elif not session.sabotage.lies():
        session.router.go_back(text, session.user, found.line, session.sabotage.partial)


def _earlier(router: Router, found: Match) -> str | None:
    if "point" in found.words:
        point = router.rollback_point(int(found.words["point"]))
        return point.text if point else None
    steps = int(found.words["steps"])
    return router.memory.points[steps - 1].before if steps <= len(router.memory.points) else None


@_command("show configuration commit list")
def _commit_list(session: Session, _found: Match) -> Iterator[str]:
    yield f"{'No.':<5}{'CommitID':<12}{'User':<17}{'Access':<8}{'DateTime':<19}  Comment"
    for number, point in enumerate(session.router.memory.points, 1):
        yield f"{number:<5}{point.number:<12}{point.user:<17}{'CLI':<8}{point.time:<19}  {point.comment}".rstrip()


@_command(
    "show configuration commit changes last <steps:int(1-50)>",
    "show configuration commit changes how:{since|at} <point:int(1000000001-1999999999)>",
)
def _commit_changes(session: Session, found: Match) -> Iterator[str]:
    for point in _asked_points(session.router.memory.points, found):
        yield f"CommitID: {point.number}  DateTime: {point.time}"
        yield f"Comment: {point.comment}"
        yield "Command String:"
        yield from (f"  {command}" for command in point.commands)


def _asked_points(points: Sequence[Point], found: Match) -> Sequence[Point]:
    if "steps" in found.words:
        return points[: int(found.words["steps"])]
    number = int(found.words["point"])
    if found.words["how"] == "at":
        return [point for point in points if point.number == number]
    return [point for point in points if point.number >= number]


@_command("clear configuration commit", exec_only=True)
def _clear(session: Session, _found: Match) -> Iterator[str]:
    session.router.forget_points()
    yield from ()


@_command("show running-config", "show running-config <section:word>", step="snapshot")
def _running(session: Session, found: Match) -> Iterator[str]:
    yield from session.router.config.render(found.words.get("section", "")).splitlines()


@_command("show running-config-interface <name:port>")
def _running_interface(session: Session, found: Match) -> Iterator[str]:
    header = f"interface {found.words['name']}"
    for section, lines in _by_section(session.router.config.render()):
        inside: list[str] = []
        for line in lines:
            if inside or line.strip() == header:
                inside.append(line)
            if inside and line.strip() == "$" and _indent(line) == _indent(inside[0]):
                yield from (f"!<{section}>", *inside, f"!</{section}>")
                inside = []


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _by_section(text: str) -> Iterator[tuple[str, list[str]]]:
    name, lines = "", list[str]()
    for line in text.splitlines():
        if line.startswith("!</"):
            yield name, lines
        elif line.startswith("!<"):
            name, lines = line[2:-1], []
        else:
            lines.append(line)


# ---- operational shows ----------------------------------------------------------------------------------------------


@_command("show ip vrf", "show ip vrf brief", step="verify")
def _vrf(session: Session, _found: Match) -> Iterator[str]:
    yield from shows.vrf_table(session.router.facts(), session.router.memory.vrf_ids)


@_command("show ip vrf detail", "show ip vrf detail <name:name(32)>", step="verify")
def _vrf_detail(session: Session, found: Match) -> Iterator[str]:
    router = session.router
    yield from shows.vrf_detail(router.facts(), router.memory.vrf_ids, found.words.get("name", ""))


@_command("show isis adjacency", step="verify")
def _adjacency(session: Session, _found: Match) -> Iterator[str]:
    yield from shows.isis_adjacency(session.operational(session.router.name), whole=session.whole)


@_command("show bgp l2vpn evpn summary", step="verify")
def _bgp(session: Session, _found: Match) -> Iterator[str]:
    seen = session.operational(session.router.name)
    yield from shows.evpn_summary(session.router.facts(), seen, whole=session.whole)


@_command("show interface brief", step="verify")
def _brief(session: Session, _found: Match) -> Iterator[str]:
    yield from shows.interface_brief(session.router.config, session.operational(session.router.name))


@_command("show ip forwarding route", "show ip forwarding route vrf <vrf:name(32)>", step="verify")
def _routes(session: Session, found: Match) -> Iterator[str]:
    yield from shows.ipv4_routes(session.operational(session.router.name), found.words.get("vrf", ""))


@_command("show ipv6 forwarding route", "show ipv6 forwarding route vrf <vrf:name(32)>", step="verify")
def _routes6(session: Session, found: Match) -> Iterator[str]:
    yield from shows.ipv6_routes(session.operational(session.router.name), found.words.get("vrf", ""))


@_command("show version")
def _version(_session: Session, _found: Match) -> Iterator[str]:
    yield "netwright emulator of a ZTE ROSng router: not ZTE software"
