"""The judge: sysrepo with the vendor's modules and deviations, as a program of its own behind pipes.

`NETWRIGHT_SYSREPO` names a program that runs others where sysrepo is (`scripts/judges` makes one; `/usr/bin/env` where
this machine has sysrepo itself), `NETWRIGHT_HUAWEI_YANG` the folder of modules.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import brought

ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).with_name("datastore_worker.py")
BROKEN = ("huawei-bras-cu-controller-deviations", "huawei-bras-ipv4-address-manage-deviations")
"""Deviations that name what their modules lack."""
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_UNIQUE = re.compile(r"""^\s*unique\s+("[^"]*"|[^\s;"]+)\s*;""", re.MULTILINE)
"""Left out of the judge's copy: libyang 6.4 crashes over a list with two of them and three entries (ifit's flows)."""
_ENVELOPE = re.compile(r"</?config[^>]*>")


class Refused(Exception):
    """What the datastore said."""


@dataclass
class Datastore:
    """Somebody else's datastore. Documents are ours as they are sent: one `<config>`."""

    process: subprocess.Popen[str]

    def put(self, text: str) -> None:
        """Run this configuration and nothing else; `Refused` when it is not valid."""
        self._ask("put", _inside(text))

    def edit(self, text: str) -> None:
        """Apply an edit-config of the default operation merge, and commit; `Refused` changes nothing."""
        self._ask("edit", _inside(text))

    def running(self) -> str:
        """What runs, in the datastore's own words."""
        return self._ask("running")

    def holds(self, xpath: str) -> bool:
        """Whether an XPath (prefixes are names of modules) is true of what runs."""
        return bool(self._ask("holds", xpath))

    def _ask(self, *words: str) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the judge died"
        answer = json.loads(line)
        if "refused" in answer:
            raise Refused(answer["refused"])
        return str(answer["ok"])


def _inside(text: str) -> str:
    return _ENVELOPE.sub("", text)


def modules() -> Mapping[str, str]:
    """The vendor's modules by file name; without them: failure in CI, a skip elsewhere."""
    files = sorted(brought.modules().glob("*.yang"))
    return {file.name: _UNIQUE.sub("", file.read_text(encoding="utf-8")) for file in files}


@contextmanager
def datastore() -> Iterator[Datastore]:
    """A datastore of our own, empty; it ends with the block."""
    inside = brought.program("NETWRIGHT_SYSREPO", "sysrepo")
    found = modules()
    install = [name for name, text in found.items() if _is_wanted(name, text)]
    command = [inside, "python3", "-c", WORKER.read_text(encoding="utf-8")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps({"modules": found, "install": install}) + "\n")
        process.stdin.flush()
        assert process.stdout.readline(), "the judge does not start"
        try:
            yield Datastore(process)
        finally:
            process.stdin.close()


def _is_wanted(name: str, text: str) -> bool:
    words = _COMMENT.sub("", text).lstrip("\ufeff").split(maxsplit=1)
    return name.startswith("huawei-") and words[0] == "module" and not name.startswith(BROKEN)
