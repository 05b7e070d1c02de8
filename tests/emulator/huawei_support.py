"""Small words for the tests of the emulated Huawei router."""

from __future__ import annotations

from lxml import etree

from netwright.emulator.huawei.errors import NC


def config(body: str) -> str:
    """A `<config>` around the content of an edit."""
    return f'<config xmlns="{NC}" xmlns:nc="{NC}">{body}</config>'


def element(text: str) -> etree._Element:
    return etree.fromstring(text)
