"""Which leaves must never be shown."""

from __future__ import annotations

from netwright.platforms.huawei import keys
from netwright.tree import Path

# Secrets that the model types as plain strings.
_NAMES = frozenset({"attribute-password-value", "auth-code", "auth-key", "authentication-key", "cipher-string"})
_NAMES |= {"community-name", "key-string", "md5-password", "monitor-key-string", "password", "password-text"}
_NAMES |= {"priv-key", "private-key", "security-key", "shared-key", "string-key"}


def is_secret(path: Path) -> bool:
    """Whether the model types the leaf as a password, or its name is known for one."""
    *_, node = keys.nodes(path)
    name = keys.name_of(path[-1]).rpartition(":")[2]
    return node.secret or name in _NAMES or (node.kind is keys.Kind.UNKNOWN and _sounds_secret(name))


def _sounds_secret(name: str) -> bool:
    return any(word in name for word in ("password", "passwd", "secret", "cipher", "private-key", "shared-key"))
