"""Words of messages: how values are shown, lists are joined, and slips of the pen are recognised."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from pydantic_core import PydanticCustomError

_LONGEST = 60


def shown(value: object) -> str:
    """A value as the user wrote it, in backquotes, shortened; collections by what they are."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    text = "null" if value is None else str(value).lower() if isinstance(value, bool) else printable(str(value))
    return f"`{text if len(text) <= _LONGEST else text[:_LONGEST] + '...'}`"


def printable(text: str) -> str:
    """`text` without control characters: a file must not be able to steer the reader's terminal."""
    return text if text.isprintable() else "".join(char if char.isprintable() else "?" for char in text)


def lowered(error: ValueError) -> str:
    """What a library says, to go on in the middle of a sentence."""
    text = printable(str(error)).replace("'", "`")
    return text[:1].lower() + text[1:]


def listed(words: Iterable[str]) -> str:
    """`a, b, c`."""
    return ", ".join(words)


def counted(number: int, noun: str) -> str:
    """`1 node`, `2 nodes`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def closest(word: str, allowed: Iterable[str], *, ignore_case: bool = False) -> str:
    """The allowed word that was probably meant, or `""`."""
    words = {allowed_word.lower() if ignore_case else allowed_word: allowed_word for allowed_word in sorted(allowed)}
    found = difflib.get_close_matches(word.lower() if ignore_case else word, words, n=1, cutoff=0.6)
    return words[found[0]] if found else ""


def did_you_mean(word: str, allowed: Iterable[str], *, ignore_case: bool = False) -> str:
    """The note beside the caret, or `""` when nothing is near."""
    found = closest(word, allowed, ignore_case=ignore_case)
    return f"did you mean `{found}`?" if found else ""


def refuse(code: str, message: str, *, note: str = "", hint: str = "") -> PydanticCustomError:
    """The error of a scalar; `message` completes "FIELD ..." and is taken literally."""
    return PydanticCustomError(code, "{message}", {"message": message, "note": note, "hint": hint})
