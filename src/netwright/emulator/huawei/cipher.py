"""Keys as the emulated router keeps them: as cipher texts, another one each time that a key is written.

Nobody can read a key out of one, not even the router: what is kept is a digest, enough to tell two keys apart.
"""

from __future__ import annotations

from hashlib import sha256
from secrets import token_hex

from lxml import etree

from netwright.emulator.huawei.schema import NAMESPACE

_CAK = f"{{{NAMESPACE}huawei-macsec}}cak"
_FENCE = "%^%#"
_SALT_BYTES = 4


def enciphered(tree: etree._Element) -> etree._Element:
    """The same tree, in which no key stands as it was sent."""
    for key in tree.iter(_CAK):
        text = (key.text or "").strip()
        if not text.startswith(_FENCE):
            digest = sha256(f"emulated {text.lower()}".encode()).hexdigest()
            key.text = f"{_FENCE}{token_hex(_SALT_BYTES)}{digest}{_FENCE}"
    return tree


def digest_of(cipher: str) -> str:
    """What tells whether two cipher texts are of one key."""
    return cipher.strip().removeprefix(_FENCE).removesuffix(_FENCE)[2 * _SALT_BYTES :]
