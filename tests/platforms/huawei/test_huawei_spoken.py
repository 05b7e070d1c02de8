"""VRP8's command line beside the XML: every construct's template, what takes it back, and where its words come from.

The golden files are written by UPDATE_GOLDEN=1.
"""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest
from huawei_constructs import CONSTRUCTS, TEMPLATES, baseline, composed, worded

from netwright.plan.model import DeviceChange, Risk, Transaction, Trees
from netwright.plan.spoken import NO_UNDO, NOT_KNOWN, OTHER, Part, Said, summed, views
from netwright.platforms.base import Status
from netwright.platforms.huawei import HUAWEI, keys
from netwright.render.spoken import constructs, speak, spoken_wordings
from netwright.render.templates import Library, TemplateError, library
from netwright.services import model
from netwright.tree import Delta, Leaf, Origin, Tree, Wanted, between, tree_of
from netwright.tree import Path as TreePath

GOLDEN = Path(__file__).parent / "golden" / "cli"
CLI = TEMPLATES / "cli"
LIBRARY = library()
NAMES = sorted(path.name.removesuffix(".vrp.j2") for path in CLI.glob("*.j2"))
SOURCES = re.compile(
    r"(NE40E V800R012C10 (command reference|configuration guide)|NetEngine 8000 F1A command reference"
    r"|NE40E-M2 configuration guide)"
)
NO_FORM = {"source-ipv6", "destination-ipv6", "source-ipv6-mask", "destination-ipv6-mask", "ni-name", "ifit-interval"}
"""What the sources have no command for: a flow between IPv6 prefixes, and how often a policy is measured."""


BEFORE = tree_of(HUAWEI.parse(baseline(), "xml"))
ALONE = {name: tree_of(HUAWEI.parse(worded(construct), "xml")) for name, construct in CONSTRUCTS.items()}
COMPOSED = composed()


def wanted() -> dict[TreePath, Leaf]:
    """The constructs' leaves with the construct that wants each first."""
    leaves: dict[TreePath, Leaf] = {}
    for name, tree in ALONE.items():
        kind = name.partition("-")[0]
        origin = Origin("TenantSlice/a", kind, f"templates/huawei/{kind}.xml.j2", 1)
        for path, value in tree.items():
            leaves.setdefault(path, Leaf(value, (origin,)))
    return leaves


def parts_of(delta: Delta, leaves: Wanted | None = None, templates: Library = LIBRARY) -> dict[str, Part]:
    trees = Trees((Transaction(delta, HUAWEI),), delta.before, delta.after(), leaves or {}, {})
    change = DeviceChange.whole(
        trees, device="pe1", platform="huawei", intents=(), bystanders=(), risk=Risk.LOW, switch="device"
    )
    (view,) = views(change, HUAWEI, templates)
    return {part.construct: part for part in view.parts}


def text(said: tuple[Said, ...]) -> str:
    return "".join(
        f"{line.sign or ' '} {' ' * line.depth}{line.text}{f'   # {line.note}' if line.note else ''}\n" for line in said
    )


UP = between(BEFORE, COMPOSED)
ADDED, REMOVED = parts_of(UP, wanted()), parts_of(UP.reverse())


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str) -> None:
    """The construct's lines, what takes each of them back, and what takes back all at once."""
    alone = parts_of(between(COMPOSED, less(name)))[name]
    said = "\n".join(text(part.said) for part in (ADDED[name], alone, REMOVED[name]))
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")


def less(name: str) -> Tree:
    """What runs without the constructs of one kind; what others want too stays."""
    others = {path for one, tree in ALONE.items() if one.partition("-")[0] != name for path in tree} | set(BEFORE)
    return {path: value for path, value in COMPOSED.items() if path in others}


def test_every_construct_that_huawei_is_sent_has_a_template() -> None:
    assert set(NAMES) == {path.name.removesuffix(".xml.j2") for path in TEMPLATES.glob("*.j2")} - {"baseline"}
    assert set(NAMES) < set(constructs())


@pytest.mark.parametrize("template", sorted(CLI.glob("*.j2")), ids=lambda path: path.name)
def test_a_header_names_the_documents_that_the_syntax_is_from(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    header = dict(re.findall(r"(?m)^(\w+): (.*)$", source.partition("-#}")[0]))
    assert header["construct"] == template.name.removesuffix(".vrp.j2")
    assert Status(header["status"]) in {Status.DOCUMENTED, Status.SEEN, Status.UNVERIFIED}  # no device has read it
    assert SOURCES.match(header["source"])


def test_what_nobody_documents_to_be_taken_back_is_marked_and_has_a_source_of_its_own_or_its_files() -> None:
    doubtful = {}
    for name, wording in spoken_wordings(HUAWEI, LIBRARY).items():
        for number, known in wording.line_provenance.items():
            assert known.source, f"{wording.path}:{number} says a status and no source"
            doubtful[name] = known.status
    assert doubtful.keys() == {
        "locator", "bgp_neighbor", "vrf", "sr_policy", "flexe_client", "channel_interface", "access_window",
        "macsec",
    }  # fmt: skip


def test_templates_ask_for_nothing_that_the_model_does_not_have() -> None:
    """A name that is spelt wrong would be silent for ever."""
    speech = speak(COMPOSED, HUAWEI, LIBRARY)
    assert len(speech.asked) > 400
    assert [path for path in speech.asked if not known(path)] == []


def known(path: TreePath) -> bool:
    node = keys.schema().root
    for step in path:
        name = keys.name_of(step).rpartition(":")[2]
        node = next((below for key, below in node.children.items() if key.rpartition(":")[2] == name), keys.UNKNOWN)
    return node is not keys.UNKNOWN


def test_every_leaf_that_is_sent_is_said_or_counted() -> None:
    assert sum(part.leaves for part in ADDED.values()) == len(UP.add)
    assert sum(part.leaves for part in REMOVED.values()) == len(UP.add)
    said = speak(COMPOSED, HUAWEI, LIBRARY)
    silent = [path for path in UP.add if not said.reader(path)]
    assert {path[-1] for path in silent} == NO_FORM
    assert sum(part.unsaid for part in ADDED.values()) == len(silent)


def test_all_xml_stands_beside_the_cli_that_says_it() -> None:
    whole = HUAWEI.change(UP, "xml").splitlines()
    shown = {line.strip() for part in ADDED.values() for line in part.sent.splitlines()}
    assert {line.strip() for line in whole[1:-1]} == shown
    for part in ADDED.values():
        assert_nested(part.sent)


def assert_nested(document: str) -> None:
    open_elements: list[str] = []
    for line in document.splitlines():
        word = line.strip()
        if word.startswith("</"):
            assert open_elements.pop() == word[2:-1]
        elif not word.endswith("/>") and "</" not in word:
            open_elements.append(word[1:].partition(" ")[0].rstrip(">"))
    assert open_elements == []


@pytest.mark.parametrize("seed", range(6))
def test_each_construct_of_a_random_change_is_shown_or_unknown(seed: int, tmp_path: Path) -> None:
    """Some constructs stay, some go, some come; some templates are missing: nothing falls through."""
    dice = random.Random(seed)
    leaves = wanted()
    some = [{name for name in CONSTRUCTS if dice.random() < 0.6} | UNDER for _ in range(2)]
    old, new = (BEFORE | pruned(leaves, names) for names in some)
    delta = between(old, new)
    missing = set(dice.sample(sorted(set(NAMES) - {"bgp", "locator"}), 4))
    few = without(missing, tmp_path)
    parts = parts_of(delta, {path: leaf for path, leaf in leaves.items() if path in new}, few)
    assert sum(part.leaves for part in parts.values()) == len(delta.add) + len(delta.replace) + len(delta.remove)
    for path in delta.add:
        part = parts[leaves[path].origins[0].construct]
        assert part.known is (part.construct not in missing)
    for part in parts.values():
        assert part.known or part.said == (Said("", 0, NOT_KNOWN),)
        assert part.known or part.construct in missing | {OTHER}
    total = summed(views_of(delta, leaves, few))
    assert total.shown + len(total.unknown) == len(parts)


UNDER = {"loopback", "core_interface", "locator", "isis", "bgp", "core_interface-flexe", "slice-base"}


def pruned(leaves: Wanted, names: set[str]) -> Tree:
    """What these constructs alone would run; references that hang are of no interest to a view."""
    tree: dict[TreePath, str] = {}
    for name in names:
        tree |= ALONE[name]
    return {path: leaves[path].value for path in tree}


def without(missing: set[str], folder: Path) -> Library:
    """The shipped templates less some."""
    (folder / "huawei" / "cli").mkdir(parents=True)
    for path in CLI.glob("*.j2"):
        if path.name.removesuffix(".vrp.j2") not in missing:
            (folder / "huawei" / "cli" / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return Library((folder,))


def views_of(delta: Delta, leaves: Wanted, templates: Library) -> tuple[object, ...]:
    trees = Trees((Transaction(delta, HUAWEI),), delta.before, delta.after(), leaves, {})
    change = DeviceChange.whole(
        trees, device="pe1", platform="huawei", intents=(), bystanders=(), risk=Risk.LOW, switch="device"
    )
    return views(change, HUAWEI, templates)


def test_a_change_in_place_is_one_line_with_what_it_was() -> None:
    old = COMPOSED
    new = {path: "5000000" if path[-1] in ("cir", "pir") and "ts-a-210" in str(path) else v for path, v in old.items()}
    (part,) = parts_of(between(old, new)).values()
    assert text(part.said) == (
        "  qos-profile ts-a-210\n"
        "~  user-queue cir 5000000 pir 5000000 flow-queue ts-a-210 outbound"
        "   # was: user-queue cir 20000000 pir 20000000 flow-queue ts-a-210 outbound\n"
    )


def test_a_view_that_goes_takes_its_lines_along_and_users_go_first() -> None:
    old = COMPOSED
    port = "interface[name='100GE0/1/1.300']"
    new = {path: value for path, value in old.items() if port not in path}
    parts = parts_of(between(old, new))
    assert text(parts["attachment"].said) == "- undo interface 100GE0/1/1.300   # with the 8 lines in it\n"
    assert list(REMOVED).index("traffic_class") < list(REMOVED).index("attachment") < list(REMOVED).index("vrf")


def test_what_no_source_takes_back_says_so() -> None:
    assert f"- {NO_UNDO}: network-slice instance 11\n" in text(REMOVED["slice"].said)
    assert summed(views_of(UP.reverse(), {}, LIBRARY)).no_undo == 13


def test_a_line_without_its_undo_is_a_mistake_of_the_template(tmp_path: Path) -> None:
    (tmp_path / "huawei" / "cli").mkdir(parents=True)
    header = "{#-\nconstruct: slice\nsource: x\nstatus: seen\n-#}\n"
    (tmp_path / "huawei" / "cli" / "slice.vrp.j2").write_text(f"{header}network-slice instance 1\n", encoding="utf-8")
    with pytest.raises(TemplateError, match=r"cli/slice\.vrp\.j2:6"):
        speak({}, HUAWEI, Library((tmp_path,)))


def test_a_secret_is_not_said(tmp_path: Path) -> None:
    (tmp_path / "huawei" / "cli").mkdir(parents=True)
    header = "{#-\nconstruct: slice\nsource: x\nstatus: seen\n-#}\n"
    line = '{{ config["snmp/communitys/community/name"] }} // -\n'
    (tmp_path / "huawei" / "cli" / "slice.vrp.j2").write_text(header + line, encoding="utf-8")
    path = ("huawei-snmp:snmp", "communitys", "community[name='word']", "name")
    assert HUAWEI.is_secret(path)
    assert [line[-1] for line in speak({path: "word"}, HUAWEI, Library((tmp_path,))).lines] == ["***"]


def test_ports_of_a_rule() -> None:
    one = model.TrafficClass("x", "100GE0/1/1", 210, (26,), 4791, "af4", 26)
    tree = BEFORE | tree_of(HUAWEI.parse(worded(one), "xml"))
    ranged = {path: "4800" if path[-1] == "dest-port-end" else value for path, value in tree.items()}
    said = {line[-1] for line in speak(tree, HUAWEI, LIBRARY).lines} - {
        line[-1] for line in speak(ranged, HUAWEI, LIBRARY).lines
    }
    assert said == {"rule 5 name rule_5 permit udp dscp 26 destination-port eq 4791"}
    assert "rule 5 name rule_5 permit udp dscp 26 destination-port range 4791 4800" in {
        line[-1] for line in speak(ranged, HUAWEI, LIBRARY).lines
    }
