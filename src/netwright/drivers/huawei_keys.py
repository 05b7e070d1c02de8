"""Keys, put into an edit in the moment in which it is sent: until then it holds references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netwright import secret
from netwright.errors import DeviceRefused

if TYPE_CHECKING:
    from lxml import etree

_CAK = "{urn:huawei:yang:huawei-macsec}cak"


def put_in(device: str, edit: etree._Element, secrets: Any) -> frozenset[str]:
    """Put its key into every leaf that is made for one and names one; returns them. `DeviceRefused` without one."""
    keys = set()
    for leaf in edit.iter(_CAK):
        if name := secret.name_of(leaf.text or ""):
            leaf.text = secrets.value(device, name) if secrets is not None else ""
            if not leaf.text:
                raise DeviceRefused(device, f"nothing has the secret `{name}`, which would have to be sent")
            keys.add(leaf.text)
    return frozenset(keys)
