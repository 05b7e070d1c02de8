"""Which leaves must never be shown, and the keys that are only named.

A router answers with a cipher text of its own where it has a key, so that what it runs could never be compared with
what is wanted. The name of a MACsec key tells: under a name of ours, the key is read as the reference to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from netwright import secret
from netwright.platforms.huawei import keys
from netwright.tree import Line, Path

CAK: Final = ("huawei-macsec:macsec", "ckn-caks", "ckn-cak", "cak")
"""Where the key of MACsec stands below an interface."""

_OURS = "nw:"  # what the name of a key begins with that we gave

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


def ckn(name: str) -> str:
    """The name of a MACsec key as hexadecimal digits: the name of its secret, behind a mark of ours."""
    return f"{_OURS}{name}".encode().hex()


def secret_of(ckn_read: str) -> str:
    """The name of the secret that the name of a key tells; "" for a key that is not ours."""
    try:
        name = bytes.fromhex(ckn_read).decode()
    except ValueError:
        return ""
    return name.removeprefix(_OURS) if name.startswith(_OURS) else ""


def named(lines: Sequence[Line]) -> list[Line]:
    """The same lines, with a reference in the place of every key that has a name of ours."""
    names = {line.path[:-1]: secret_of(line.value) for line in lines if line.path[-1] == "ckn"}
    return [_named(line, names.get(line.path[:-1], "")) for line in lines]


def _named(line: Line, name: str) -> Line:
    ours = name and line.path[-len(CAK) :] == CAK
    return line._replace(value=secret.reference(name)) if ours else line
