"""Where the keys come from that a configuration only names: environment, a file, or a program's output.

They are looked for before anything is sent, and put into a text by the driver that sends it. Nothing here is kept on
a disk, and nothing that is raised, said or shown holds a key.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from netwright.diagnostics import Diagnostics
from netwright.topology.credentials import Run, Way, output_of, said_by, together, ways_of
from netwright.topology.inventory import Inventory

DEFAULT_PREFIX = "NETWRIGHT_SECRET"
_CAK = re.compile(r"[0-9A-Fa-f]{32}|[0-9A-Fa-f]{64}")  # 128 or 256 bits (IEEE 802.1X-2020, 6.2.2)


@dataclass
class Secrets:
    """The secrets of a network's devices. `practice`: an emulated device takes a key of its own where there is none."""

    inventory: Inventory
    practice: bool = False
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    run: Run = field(default=output_of, repr=False)
    _said: dict[Way, dict[str, str]] = field(default_factory=dict, repr=False)  # of files and commands: asked once

    def value(self, host: str, name: str) -> str:
        """The secret `name` of a host by the first of its ways that has it; "" where none has."""
        for way, where in self._ways(host).items():
            if found := self._ask(way, where, name):
                return found
        return sha256(f"practice {name}".encode()).hexdigest() if self.practice else ""

    def refuse_missing(self, needed: Mapping[str, Iterable[str]]) -> None:
        """`Refused` with all that is missing, no key, or not the same at all devices. `needed`: names by host."""
        found, missing = Diagnostics(), Diagnostics()
        values: dict[str, dict[str, str]] = defaultdict(dict)
        for host, name in sorted((host, name) for host, names in needed.items() for name in names):
            value = self.value(host, name)
            self._check(host, name, value, missing)
            values[name].setdefault(value, host)
        found.found += together(missing.found)
        for name, hosts in values.items():
            if len(hosts) > 1 and not found.found:
                a, z = list(hosts.values())[:2]
                message = f"has another secret `{name}` than {z}, and the two ends of a link share one"
                found.error("bad-secret", f"Host/{a}", message)
        found.close()

    def _check(self, host: str, name: str, value: str, found: Diagnostics) -> None:
        if not value:
            tried = "; ".join(_describe(way, where, name) for way, where in self._ways(host).items())
            hint = "set it, or name another way in inventory/defaults.yaml: data.secrets with env, file or command"
            found.error("no-secret", f"Host/{host}", f"has no secret `{name}`; looked for {tried}", hint=hint)
        elif not _CAK.fullmatch(value):
            message = f"has a secret `{name}` that is no MACsec key: 32 or 64 hexadecimal digits"
            found.error("bad-secret", f"Host/{host}", message, hint="openssl rand -hex 32 makes one")

    def _ways(self, host: str) -> dict[str, Way]:
        return ways_of(self.inventory.hosts[host], "secrets", DEFAULT_PREFIX)

    def _ask(self, way: str, where: Way, name: str) -> str:
        if way == "env":
            return self.environ.get(variable(str(where), name), "")
        if where not in self._said:
            self._said[where] = said_by(where, self.run)
        return self._said[where].get(name, "")


def variable(prefix: str, name: str) -> str:
    """The environment variable of a secret: NETWRIGHT_SECRET_CORE1_CORE2_1 for `core1-core2.1`."""
    return f"{prefix}_{re.sub('[^A-Z0-9]', '_', name.upper())}"


def _describe(way: str, where: Way, name: str) -> str:
    match way:
        case "env":
            return f"{variable(str(where), name)} in the environment"
        case "file":
            return f"the line `{name}: ...` in the file {where}"
        case _:
            return f"the same line from the command {' '.join(where)}"
