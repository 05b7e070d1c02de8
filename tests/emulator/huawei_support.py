"""Small words for the tests of the emulated Huawei router."""

from __future__ import annotations

from lxml import etree

from netwright.emulator.huawei.errors import NC

BASELINE = """
<ifm xmlns="urn:huawei:yang:huawei-ifm"><interfaces>
  <interface><name>100GE0/1/0</name><class>main-interface</class><type>100GE</type></interface>
  <interface><name>LoopBack0</name><class>main-interface</class><type>LoopBack</type></interface>
</interfaces></ifm>
<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances>
  <instance><name>_public_</name></instance>
</instances></network-instance>
"""


def config(body: str) -> str:
    """A `<config>` around the content of an edit."""
    return f'<config xmlns="{NC}" xmlns:nc="{NC}">{body}</config>'


def element(text: str) -> etree._Element:
    return etree.fromstring(text)
