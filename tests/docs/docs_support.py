"""Reading the documents: their code blocks, their links, their headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
_INDENTED = re.compile(r"(?:^ {4}[^\n]*\n)+", re.MULTILINE)
_HEADING = re.compile(r"^(?P<level>#+) (?P<title>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: what it says it is, and what is in it."""

    info: str
    body: str


def text_of(page: Path) -> str:
    """A page's text."""
    return page.read_text(encoding="utf-8")


def blocks(text: str, info: str) -> list[Block]:
    """The fenced blocks of one sort, in order; `""` is every sort."""
    found = (Block(match["info"], match["body"]) for match in _FENCE.finditer(text))
    return [block for block in found if not info or block.info == info]


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next of its level or above."""
    headings = list(_HEADING.finditer(text))
    start = next(match for match in headings if match["title"] == title)
    ends = (one.start() for one in headings if one.start() > start.start() and len(one["level"]) <= len(start["level"]))
    return text[start.end() : next(ends, len(text))]


def indented(text: str) -> list[str]:
    """The lines of the indented blocks, without what a `#` comment says."""
    lines = (line for block in _INDENTED.findall(_FENCE.sub("", text)) for line in block.splitlines())
    return [line.partition(" #")[0].strip() for line in lines]


def anchors(text: str) -> Iterator[str]:
    """The anchors that a forge makes of the headings."""
    for match in _HEADING.finditer(text):
        yield re.sub(r"[^\w\- ]", "", match["title"].lower()).replace(" ", "-")
