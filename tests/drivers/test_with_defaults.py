"""What was set and what is a default (RFC 6243): how a server is asked, and what counts as there."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from lxml import etree

from netwright.drivers.defaults import EVERYTHING, asking, merge_leaves, running
from netwright.platforms.huawei import HUAWEI
from netwright.tree import Path

URN = "urn:ietf:params:netconf:capability:with-defaults:1.0"
PORT = '<ifm xmlns="urn:huawei:yang:huawei-ifm"><interfaces><interface><name>x</name>{}</interface></interfaces></ifm>'
AT: Path = ("huawei-ifm:ifm", "interfaces", "interface[name='x']")
MTU, STATUS, NAME = ((*AT, leaf) for leaf in ("mtu", "admin-status", "name"))


@dataclass
class Said:
    """A driver whose device says these."""

    plain: str
    everything: str = ""
    name: str = "r1"

    def get_config(self, retrieve: str) -> dict[str, str]:
        assert retrieve == "running"
        return {"running": self.plain} | ({EVERYTHING: self.everything} if self.everything else {})


@pytest.mark.parametrize(
    ("capability", "mode"),
    [
        ("", ""),
        ("?basic-mode=explicit&also-supported=trim,report-all", ""),
        ("?basic-mode=report-all&also-supported=explicit,trim", "explicit"),
        ("?basic-mode=report-all&also-supported=report-all-tagged,trim", "trim"),
        ("?basic-mode=trim&also-supported=report-all", "trim"),
    ],
)
def test_a_server_is_asked_for_what_was_set(capability: str, mode: str) -> None:
    found = asking(["urn:ietf:params:netconf:base:1.1", *([URN + capability] if capability else [])])
    assert (found.mode, found.refusal) == (mode, "")


@pytest.mark.parametrize("words", ["basic-mode=report-all", "basic-mode=trim", "basic-mode=report-all-tagged"])
def test_a_server_that_cannot_tell_is_refused_and_not_guessed_at(words: str) -> None:
    found = asking([f"{URN}?{words}"])
    assert found.mode == ""
    assert "cannot be told from a default" in found.refusal
    assert f"it offers {words.partition('=')[2]}" in found.refusal


def test_a_default_is_there_where_somebody_knows_of_a_value_and_nowhere_else() -> None:
    device = Said(PORT.format(""), PORT.format("<mtu>1500</mtu><admin-status>up</admin-status>"))
    for known in ((), (MTU,), (MTU, STATUS, (*AT, "description"))):
        tree, defaults = running(HUAWEI, device, known)  # type: ignore[arg-type]
        there = {MTU: "1500", STATUS: "up"}
        assert tree == {NAME: "x", **{path: value for path, value in there.items() if path in known}}
        assert defaults == {path: value for path, value in there.items() if path not in known}


def test_who_tells_what_was_set_is_believed() -> None:
    assert running(HUAWEI, Said(PORT.format("<mtu>1500</mtu>")), ()) == ({NAME: "x", MTU: "1500"}, {})  # type: ignore[arg-type]


def test_creating_a_leaf_becomes_a_merge_and_creating_an_entry_stays() -> None:
    wish = 'xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" nc:operation="create"'
    edit = etree.fromstring(f"<a {wish}><b {wish}>1</b><c {wish}/></a>")
    merge_leaves(edit)
    assert [one.tag for one in edit.iter() if one.attrib] == ["a", "c"]
