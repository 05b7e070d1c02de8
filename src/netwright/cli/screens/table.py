"""Columns of plain text: as wide as their widest cell, two spaces between them, nothing at the end of a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(rows: Iterable[Sequence[str]], indent: str = "  ") -> str:
    """Align `rows`; the first is the heading."""
    cells = [list(row) for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))] if cells else []
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    return "\n".join(f"{indent}{line}".rstrip() for line in lines)
