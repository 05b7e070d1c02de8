"""Where the name and the password of a device come from: environment, a file, or a program's output.

They are asked for when a session is opened, held in one short-lived value whose text never shows the password, and go
into no plan, no diff, no log and no journal.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from pydantic import JsonValue

from netwright.diagnostics import Diagnostic, Diagnostics
from netwright.topology.inventory import Host

DEFAULT_PREFIX = "NETWRIGHT"
_WAYS = ("env", "file", "command")
_COMMAND_SECONDS = 30
_WHO = frozenset({"username", "password"})

Way: TypeAlias = str | tuple[str, ...]
"""An environment prefix, a file, or a command."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are to a device."""

    username: str
    password: str = field(repr=False)


Run: TypeAlias = Callable[[tuple[str, ...]], str]


def credentials(host: Host, *, environ: Mapping[str, str] | None = None, run: Run | None = None) -> Credentials:
    """The credentials of `host` by the first of its ways that yields any, or `Refused` naming all of them.

    `data.credentials` of the host holds the ways: `env: PREFIX`, `file: PATH`, `command: [PROGRAM, ARGUMENT ...]`.
    Without it: `env: NETWRIGHT`. A relative file is looked up from the working directory.
    """
    found = Diagnostics()
    ways = ways_of(host, "credentials", DEFAULT_PREFIX)
    for way, value in ways.items():
        pair = _ask(way, value, os.environ if environ is None else environ, run or output_of)
        if "password" in pair and (pair.get("username") or host.username):
            return Credentials(pair.get("username") or host.username, pair["password"])
    tried = "; ".join(_describe(way, value) for way, value in ways.items())
    hint = (
        "set them, or name another way in inventory/defaults.yaml: data.credentials with env, file or command; "
        "with --emulated none are needed"
    )
    found.error("no-credentials", f"Host/{host.name}", f"has no name and password; looked for {tried}", hint=hint)
    found.close()
    raise AssertionError("closed above")


def together(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """One finding for all hosts that miss the same: twenty routers that share a way miss it once."""
    alike: dict[tuple[str, str], list[Diagnostic]] = {}
    for finding in found:
        alike.setdefault((finding.code, finding.message), []).append(finding)
    return [_of_all(group) for group in alike.values()]


def _of_all(group: list[Diagnostic]) -> Diagnostic:
    first, more = group[0], len(group) - 1
    if not more or not first.message.startswith("has "):
        return first
    others = f"and {more} more device{'s' if more > 1 else ''} have {first.message.removeprefix('has ')}"
    return replace(first, message=others)


def ways_of(host: Host, what: str, prefix: str) -> dict[str, Way]:
    """The ways that the inventory names for `credentials` or `secrets`, in the order env, file, command; or `Refused`.

    `prefix` is that of the environment where it names none.
    """
    found = Diagnostics()
    ways = _ways(host, what, host.data.get(what, {"env": prefix}), found)
    found.close()
    return ways


def _ways(host: Host, what: str, named: JsonValue, found: Diagnostics) -> dict[str, Way]:
    if not isinstance(named, dict) or not named or set(named) - set(_WAYS):
        _bad(host, what, "is a mapping of env, file or command", (), found)
        return {}
    ways: dict[str, Way] = {}
    for way in (way for way in _WAYS if way in named):
        value = named[way]
        if way == "command" and isinstance(value, list) and value and all(isinstance(word, str) for word in value):
            ways[way] = tuple(str(word) for word in value)
        elif way != "command" and isinstance(value, str) and value:
            ways[way] = value
        else:
            shape = "a list of words" if way == "command" else "a text"
            _bad(host, what, f"is {shape}", (way,), found)
    return ways


def _bad(host: Host, what: str, message: str, place: tuple[str, ...], found: Diagnostics) -> None:
    said = f"{'.'.join(('data', what, *place))} {message}"
    source = host.source(what, *place)
    found.error("bad-secrets" if what == "secrets" else "bad-credentials", f"Host/{host.name}", said, source)


def _describe(way: str, value: Way) -> str:
    match way:
        case "env":
            return f"{value}_USERNAME and {value}_PASSWORD in the environment"
        case "file":
            return f"the lines `username: ...` and `password: ...` in the file {value}"
        case _:
            return f"the same two lines from the command {' '.join(value)}"


def _ask(way: str, value: Way, environ: Mapping[str, str], run: Run) -> dict[str, str]:
    if isinstance(value, tuple) or way == "file":
        return {key: said for key, said in said_by(value, run).items() if key in _WHO}
    names = {what: f"{value}_{what.upper()}" for what in sorted(_WHO)}
    return {what: environ[name] for what, name in names.items() if environ.get(name)}


def said_by(value: Way, run: Run) -> dict[str, str]:
    """The lines `name: ...` of a file or of a command's output; everything after the first colon and one space counts.

    A file that is missing says nothing.
    """
    if isinstance(value, tuple):
        text = run(value)
    else:
        path = Path(value).expanduser()
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
    pairs = (line.partition(": ") for line in text.splitlines())
    return {key.strip(): said for key, _, said in pairs if said}


def output_of(command: tuple[str, ...]) -> str:
    """The output of a program the user named; one that fails, hangs or is missing yields nothing."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_COMMAND_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
