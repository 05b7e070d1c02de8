"""A yanglint as far as it is asked: it says what FAKE_SAYS tells it to, and dies or hangs on a word in the document.

FAKE_SAYS is a JSON file: {"version": "6.4.13", "documents": {PATTERN: [LINE, ...]}, "modules": {MODULE: [LINE, ...]}}.
What it was asked goes to the file FAKE_LOG.
"""

import json
import os
import re
import signal
import sys
import time
from pathlib import Path

said = json.loads(Path(os.environ["FAKE_SAYS"]).read_text())


def say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def answer(words: list[str]) -> None:
    text = Path(words[-1]).read_text() if words[0] in {"add", "data"} else ""
    if words[0] == "data":
        for word, lines in said.get("documents", {}).items():
            if re.search(word, text):
                act(lines)
    elif words[0] == "add":
        for module, lines in said.get("modules", {}).items():
            if f"import {module} " in text:
                act(lines)
    elif words[0] != "searchpath":
        say(f"YANGLINT[E]: Unknown command \"{words[0]}\", type 'help' for more information.")


def act(lines: list[str]) -> None:
    for line in lines:
        if line == "CRASH":
            os.kill(os.getpid(), signal.SIGSEGV)
        if line == "HANG":
            time.sleep(60)
        say(line)


if "--version" in sys.argv:
    sys.stdout.write(f"yanglint {said.get('version', '6.4.13')}\n")
    sys.exit()
say("YANGLINT[W]: No saved history.")
for asked in sys.stdin:
    with Path(os.environ["FAKE_LOG"]).open("a") as log:
        log.write(asked)
    answer(asked.split())
