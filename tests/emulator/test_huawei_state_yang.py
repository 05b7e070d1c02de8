"""What is asked of a Huawei router and what the emulated one answers, judged by libyang and the vendor's own modules.

Stage `yang`: needs `NETWRIGHT_HUAWEI_YANG` (the folder of the modules) and `NETWRIGHT_YANGLINT` (libyang from 3.13 on).
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from test_huawei_model import built
from test_huawei_state import POINTS, WORLD

import brought
from netwright.drivers.base import Topic
from netwright.drivers.huawei_state import filter_for, reported
from netwright.emulator.huawei.filters import selected
from netwright.emulator.huawei.meaning import facts_of
from netwright.emulator.huawei.state import operational_tree

pytestmark = [pytest.mark.yang, pytest.mark.timeout(300)]  # loading all modules takes seconds, on a busy machine more


def modules_of(*trees: etree._Element) -> set[str]:
    """The modules whose elements these trees hold."""
    spaces = {etree.QName(item).namespace or "" for tree in trees for item in tree.iter("{*}*")}
    return {space.rpartition(":")[2] for space in spaces if space.startswith("urn:huawei:")}


class Yanglint:
    """libyang's own program, a process a question, with these modules and the deviations of the router's model."""

    def __init__(self) -> None:
        self.command = shlex.split(brought.program("NETWRIGHT_YANGLINT", "yanglint"))
        self.folder = brought.modules()

    def ask(self, modules: set[str], *words: str, documents: tuple[Path, ...] = ()) -> subprocess.CompletedProcess[str]:
        files = [
            file
            for name in sorted(modules)
            for file in (self.folder / f"{name}.yang", *sorted(self.folder.glob(f"{name}-deviations-*.yang")))
        ]
        command = [*self.command, "-Q", "-p", self.folder, "-i", "-i", *words, *files, *documents]
        return subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def yanglint() -> Yanglint:
    return Yanglint()


@pytest.fixture(scope="module")
def nodes(yanglint: Yanglint) -> dict[str, str]:
    """Every data node of the modules by its path, and whether it is configuration (`rw`) or state (`ro`)."""
    done = yanglint.ask(modules_of(*map(filter_for, reported())), "-f", "tree")
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(listed(done.stdout))


TARGET = re.compile(r"  augment (\S+):")
NODE = re.compile(r"(?P<bars>[ |]*)[+x]--(?P<kind>rw|ro) (?P<name>[^\s*?!]+)")


def listed(tree: str) -> Iterator[tuple[str, str]]:
    """The nodes of a printed tree (RFC 8340), by their names without prefixes; choices are not in data."""
    above: list[str] = []
    base, start = "", 2
    for line in tree.splitlines():
        if target := TARGET.match(line):
            base, start = bare(target[1]), 4
        elif line.startswith("module:"):
            base, start = "", 2
        elif found := NODE.match(line):
            depth = (len(found["bars"]) - start) // 3
            del above[depth:]
            above += [""] * (depth - len(above))
            if not found["name"].startswith("("):
                above.append(found["name"].rpartition(":")[2])
                yield f"{base}/{'/'.join(filter(None, above))}", found["kind"]
        elif case := re.match(r"([ |]*)[+x]--(?:rw |ro )?(?::?\()", line):
            del above[(len(case[1]) - start) // 3 :]


def bare(path: str) -> str:
    return re.sub(r"/[\w-]+:", "/", path)


def leaves(item: etree._Element, path: str = "") -> Iterator[str]:
    here = f"{path}/{etree.QName(item).localname}" if path or item.tag.rpartition("}")[2] != "filter" else ""
    below = list(item)
    if not below:
        yield here
    for child in below:
        yield from leaves(child, here)


@pytest.mark.parametrize("topic", sorted(reported()))
def test_every_node_that_is_asked_for_is_of_the_modules(topic: Topic, nodes: dict[str, str]) -> None:
    asked = list(leaves(filter_for(topic)))
    assert asked
    assert [path for path in asked if path not in nodes] == []


def has_state(path: str, nodes: dict[str, str]) -> bool:
    return any(kind == "ro" for node, kind in nodes.items() if node == path or node.startswith(f"{path}/"))


@pytest.mark.parametrize("topic", sorted(reported()))
def test_every_topic_has_something_that_is_not_configuration(topic: Topic, nodes: dict[str, str]) -> None:
    """Most say state of the router's own; rates are what it holds: configuration that it took."""
    asked = leaves(filter_for(topic))
    states = [path for path in asked if has_state(path, nodes)]
    assert bool(states) or topic == Topic.RATES


PROBE = (
    '<twamp-controller xmlns="urn:huawei:yang:huawei-twamp-controller"><client><sessions><session><id>7</id>'
    "<send-ip-addr>192.0.2.1</send-ip-addr><ref-ip-addr>198.51.100.1</ref-ip-addr><send-port>862</send-port>"
    "<ref-port>862</ref-port><vrf-name>TENANT-A</vrf-name></session></sessions></client>"
    "<sender><sessions><session><id>7</id></session></sessions></sender></twamp-controller>"
)


def probing(running: etree._Element) -> etree._Element:
    """The samples have no TWAMP session: with one."""
    running.append(etree.fromstring(PROBE))
    return running


def test_the_answers_are_what_a_get_may_return(yanglint: Yanglint, samples: Path, tmp_path: Path) -> None:
    running = probing(built(samples, "14-"))
    whole = operational_tree(running, POINTS, lambda: facts_of(running, "pe1"), lambda: WORLD)
    documents, replies = [], []
    for topic in sorted(reported()):
        reply = selected(whole, filter_for(topic))
        assert len(reply), topic
        replies.append(reply)
        documents.append(tmp_path / f"{topic}.xml")
        documents[-1].write_bytes(b"".join(etree.tostring(child) for child in reply))
    done = yanglint.ask(modules_of(*replies), "-t", "get", documents=tuple(documents))
    assert done.returncode == 0, done.stderr[-2000:]


def test_all_that_is_reported_is_a_valid_operational_datastore(
    yanglint: Yanglint, samples: Path, tmp_path: Path
) -> None:
    """References, conditions and mandatory nodes included: `data` is the strictest that libyang knows for state."""
    running = probing(built(samples, "14-"))
    whole = operational_tree(running, POINTS, lambda: facts_of(running, "pe1"), lambda: WORLD)
    document = tmp_path / "operational.xml"
    document.write_bytes(b"".join(etree.tostring(child) for child in whole))
    done = yanglint.ask(modules_of(whole), "-e", "-t", "data", documents=(document,))
    assert done.returncode == 0, done.stderr[-3000:]


def test_a_reply_that_is_wrong_is_refused(yanglint: Yanglint, tmp_path: Path) -> None:
    """The judge judges: a value that is no status."""
    document = tmp_path / "reply.xml"
    document.write_text(
        '<ifm xmlns="urn:huawei:yang:huawei-ifm"><interfaces><interface><name>LoopBack0</name>'
        "<dynamic><oper-status>sideways</oper-status></dynamic></interface></interfaces></ifm>",
        encoding="utf-8",
    )
    done = yanglint.ask({"huawei-ifm"}, "-t", "get", documents=(document,))
    assert done.returncode != 0
    assert "sideways" in done.stderr
