"""How libyang spells a path, and which copies of Huawei's modules are mended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwright.platforms.huawei import keys
from netwright.platforms.huawei.yang import MENDS, VENDOR, line_in, path_of
from netwright.tree import Path
from netwright.yang.modules import Mend, mended

PATHS = {
    "/huawei-ifm:ifm/interfaces/interface[name='100GE0/1/0.100']/huawei-qos:qos/cars/car[direction='inbound']"
    "[begin-vlan='0']/cir-value": (
        "huawei-ifm:ifm",
        "interfaces",
        "interface[name='100GE0/1/0.100']",
        "huawei-qos:qos",
        "cars",
        "car[direction='inbound'][begin-vlan='0']",
        "cir-value",
    ),
    "/m:a/user[.='it\"s']": ("m:a", "user[.='it\"s']"),
    '/m:a/b[name="it\'s"]/c': ("m:a", "b[name='it''s']", "c"),
    "/m:a/b[name='x]/y']/c": ("m:a", "b[name='x]/y']", "c"),
    "/m:a/notification[2]/c": ("m:a", "notification", "c"),
    "": (),
}


@pytest.mark.parametrize(("said", "path"), PATHS.items())
def test_a_path_as_libyang_spells_it(said: str, path: Path) -> None:
    assert path_of(said) == path


@given(st.lists(st.text(st.characters(exclude_characters="'", exclude_categories=["Cs"]), max_size=8), max_size=4))
def test_every_key_comes_through(values: list[str]) -> None:
    steps = [f"list[name='{value}']" for value in values]
    assert path_of("".join(f"/{step}" for step in steps)) == tuple(keys.entry("list", {"name": v}) for v in values)


@pytest.mark.parametrize("mend", MENDS, ids=lambda mend: mend.module)
def test_each_mend_says_why_and_changes_its_module_only(mend: Mend) -> None:
    text = f"before {mend.old} after"
    assert mend.why
    assert mended(mend.module, text, MENDS) == (f"before {mend.new} after", (mend,))
    assert mended("huawei-other", text, MENDS) == (text, ())


def test_the_vendor() -> None:
    assert VENDOR.prefix == "huawei-"
    assert VENDOR.path is path_of


DOCUMENT = """\
<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
  <ifm xmlns="urn:huawei:yang:huawei-ifm">
    <interfaces>
      <interface>
        <name>a</name>
      </interface>
      <interface>
        <name>b</name>
        <qos xmlns="urn:huawei:yang:huawei-qos">
          <user>x</user>
          <user>y</user>
        </qos>
      </interface>
    </interfaces>
  </ifm>
</config>
"""
LINES: dict[Path, int] = {
    ("huawei-ifm:ifm", "interfaces", "interface[name='b']", "name"): 8,
    ("huawei-ifm:ifm", "interfaces", "interface[name='b']", "huawei-qos:qos", "user[.='y']"): 11,
    ("huawei-ifm:ifm", "interfaces", "interface[name='b']", "mtu"): 7,
    ("huawei-ifm:ifm", "interfaces", "interface[name='c']", "mtu"): 3,
    ("huawei-bgp:bgp",): 0,
}


@pytest.mark.parametrize(("path", "line"), LINES.items())
def test_the_line_of_a_path(path: Path, line: int) -> None:
    assert line_in(DOCUMENT, path) == line
