"""Configurations for eyes and files: secrets masked by a fingerprint: a change shows, the value does not."""

from __future__ import annotations

from hashlib import sha256
from itertools import takewhile

from netwright.platforms.base import Platform, write_parts
from netwright.secret import name_of
from netwright.tree import PRESENT, Path, Tree


def masked(platform: Platform, tree: Tree) -> Tree:
    """The tree with what every secret line says beyond its identity replaced by a fingerprint."""
    return {path: masked_value(platform, path, value) for path, value in tree.items()}


def masked_value(platform: Platform, path: Path, value: str) -> str:
    """What a leaf says, for eyes: the value itself unless it is a secret. What only names one is none."""
    return _mask(path, value) if platform.is_secret(path) and not name_of(value) else value


def masked_parts(platform: Platform, tree: Tree) -> dict[str, str]:
    """The masked tree as text, by part."""
    return write_parts(platform, masked(platform, tree))


def _mask(path: Path, value: str) -> str:
    """Keep the words that the line shares with its identity; where that is all of them, the last may be the secret."""
    if value == PRESENT:
        return value
    words = value.split()
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(words, path[-1].split(), strict=False)))
    kept = min(shared, len(words) - 1)
    fingerprint = sha256(" ".join(words[kept:]).encode()).hexdigest()[:12]
    return " ".join((*words[:kept], f"secret-{fingerprint}"))
