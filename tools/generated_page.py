"""A page whose tables are generated, each between `<!-- generated: NAME -->` and `<!-- end -->`; the rest is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

_SECTION = re.compile(r"(?P<open><!-- generated: (?P<name>[\w -]+) -->\n).*?(?P<close><!-- end -->)", re.DOTALL)


def renewed(page: str, table: Callable[[str], str]) -> str:
    """The page with every table as it has to be now."""
    return _SECTION.sub(lambda found: found["open"] + table(found["name"]) + found["close"], page)


def write(file: Path, renew: Callable[[str], str], arguments: Sequence[str]) -> int:
    """Write the page; with `--check` only say, by the exit code, whether it would change."""
    page = file.read_text(encoding="utf-8")
    new = renew(page)
    if "--check" in arguments:
        return int(new != page)
    file.write_text(new, encoding="utf-8")
    return 0
