"""Configurations for eyes and files: secrets masked by a fingerprint: a change shows, the value does not."""

from __future__ import annotations

from hashlib import sha256

from netwright.platforms.base import Platform, write_parts
from netwright.tree import Tree


def masked(platform: Platform, tree: Tree) -> Tree:
    """The tree with the last word of every secret line replaced by a fingerprint."""
    return {path: _mask(value) if platform.is_secret(path) else value for path, value in tree.items()}


def masked_parts(platform: Platform, tree: Tree) -> dict[str, str]:
    """The masked tree as text, by part."""
    return write_parts(platform, masked(platform, tree))


def _mask(value: str) -> str:
    head, space, secret = value.rpartition(" ")
    return f"{head}{space}secret-{sha256(secret.encode()).hexdigest()[:12]}"
