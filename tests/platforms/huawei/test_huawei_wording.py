"""What each construct becomes on a Huawei router, and that two services fit side by side.

The golden files are written by UPDATE_GOLDEN=1.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from huawei_constructs import CONSTRUCTS, TEMPLATES, baseline, composed, worded
from jinja2 import UndefinedError
from lxml import etree

from netwright.platforms.base import Status
from netwright.platforms.huawei import HUAWEI, keys, wording
from netwright.services import model
from netwright.tree import between, tree_of

GOLDEN = Path(__file__).parent / "golden"
ALL = CONSTRUCTS
NOT_ON_HUAWEI = {
    "apply_mark",
    "segment_route",
    "fragment",
    "construct",
}  # the label carries the mark; policies, not routes
SAMPLES = Path(__file__).parents[2] / "data" / "huawei"
MODULES = Path(os.environ.get("NETWRIGHT_HUAWEI_YANG", "no such folder"))


@pytest.mark.parametrize("name", [*ALL, "baseline"])
def test_golden(name: str) -> None:
    text = baseline() if name == "baseline" else worded(ALL[name])
    golden = GOLDEN / f"{name}.xml"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
    tree = tree_of(HUAWEI.parse(text, "xml"))
    assert tree_of(HUAWEI.parse(HUAWEI.text(tree, "xml"), "xml")) == tree


def test_every_element_is_known_to_the_model() -> None:
    for path in composed():
        assert keys.Kind.UNKNOWN not in {node.kind for node in keys.nodes(path)}, path


def test_every_construct_has_a_template_and_every_template_a_golden_file() -> None:
    kinds = {kind.__name__ for kind in model.Construct.__subclasses__()}
    snakes = {re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower() for kind in kinds} - NOT_ON_HUAWEI
    templates = {path.name.removesuffix(".xml.j2") for path in TEMPLATES.glob("*.j2")} - {"baseline"}
    assert templates == snakes == {name.partition("-")[0] for name in ALL}


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.j2")), ids=lambda path: path.name)
def test_a_header_names_the_modules_that_the_template_uses_in_their_revision(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    header = dict(re.findall(r"(?m)^(\w+): (.*)$", text.partition("-#}")[0]))
    assert header["construct"] == template.name.removesuffix(".xml.j2")
    assert Status(header["status"]) is Status.VALIDATED
    named = dict(one.split("@") for one in header["source"].split(", "))
    used = {keys.schema().module(space) for space in re.findall(r'xmlns="(urn:huawei:[^"]+)"', text)}
    assert used == named.keys()
    assert named == {module: keys.schema().modules[module].revision for module in used}


def test_two_services_compose_and_everything_goes_again() -> None:
    before = tree_of(HUAWEI.parse(baseline(), "xml"))
    delta = between(before, composed())
    assert len(HUAWEI.sequence(delta)) == len(HUAWEI.sequence(delta.reverse())) == 1
    assert delta.reverse().after() == before
    policies = [
        path[-1] for path in composed() if path[-1] == "policy-name" and path[-2].startswith("traffic-policy-apply")
    ]
    assert len(policies) == 2


def test_names_and_descriptions_are_escaped() -> None:
    text = worded(model.Attachment("100GE0/1/1", 1, "a&b", ("10.0.0.1/24",), 0, "<x>"))
    values = tree_of(HUAWEI.parse(text, "xml")).values()
    assert {"a&b", "<x>"} <= set(values)


def test_a_long_name_stays_unique() -> None:
    one, other = (wording.short(f"{'x' * 40}-{letter}") for letter in "ab")
    assert one != other
    assert len(one) == len(other) == 31


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (wording.opcode("fd00:1:1::4001"), "::4001"),
        (wording.kbit(100_000_001), 100_001),
        (wording.mbit(1), 1),
        (wording.kbyte(8_000_001), 8_001),
        (wording.gbit(1_250_000_000), "1.25"),
        (wording.gbit(10_000_000_000), "10"),
        (wording.interface_type("50|100GE0/1/0"), "50|100GE"),
        (wording.interface_type("FlexE0/1/129"), "FlexE"),
        (wording.position("400GE0/2/0"), "0/2/0"),
        (wording.decap(("ipv4",)), "end-dt4"),
        (wording.decap(("ipv4", "ipv6")), "end-dt46"),
        (wording.burst(0, 8_000), 100),
        (wording.burst(7, 8_000), 7),
        (wording.ifit_interval(2), 10),
        (wording.ifit_interval(45), 30),
    ],
)
def test_units_and_names(found: object, wanted: object) -> None:
    assert found == wanted


def test_the_best_class_is_asked_first_and_a_port_before_none() -> None:
    places = [
        wording.node_priority("cs6", "a", 0),
        wording.node_priority("af4", "a", 4791),
        wording.node_priority("af4", "a", 0),
        wording.node_priority("be", "a", 0),
    ]
    assert places == sorted(places)
    assert 1 <= places[0] < places[-1] <= 5119


@pytest.mark.parametrize("port", ["eth3", "xgei-0/1/0/1", ""])
def test_a_port_of_another_platform_is_refused(port: str) -> None:
    with pytest.raises(wording.NoWording, match="no name of a Huawei port"):
        worded(model.Attachment(port, 1, "a", ("10.0.0.1/24",), 0, ""))


def test_a_missing_fact_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        worded(_broken())


def _broken() -> model.Construct:
    found = type("Slice", (), {"__dataclass_fields__": {}})
    return found()  # type: ignore[return-value]


def test_documents_of_others_can_be_read() -> None:
    for sample in sorted(SAMPLES.glob("*.xml")):
        text = sample.read_text(encoding="utf-8")
        if "operation=" in text:
            continue
        tree = tree_of(HUAWEI.parse(text, "xml"))
        assert tree
        assert tree_of(HUAWEI.parse(HUAWEI.text(tree, "xml"), "xml")) == tree


def _yanglint() -> tuple[list[str], tuple[int, ...]]:
    """The command (NETWRIGHT_YANGLINT, else the one in PATH) and its version; nothing where there is none."""
    words = shlex.split(os.environ.get("NETWRIGHT_YANGLINT", "yanglint"))
    if not shutil.which(words[0]):
        return [], ()
    said = subprocess.run([*words, "--version"], capture_output=True, text=True, check=False).stdout
    return words, tuple(map(int, said.split()[-1].split(".")))


@pytest.mark.skipif(not MODULES.is_dir(), reason="needs NETWRIGHT_HUAWEI_YANG: the vendor's modules")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("what", ["edit", "undo", "config"])
def test_the_vendors_modules_accept_it(tmp_path: Path, what: str) -> None:
    """Every construct at once: as an edit of the baseline, as the edit that takes it all back, and as a datastore."""
    words, version = _yanglint()
    if not words or (what == "config" and version < (3, 13)):
        pytest.skip("needs yanglint; for a datastore one of libyang 3.13 or newer: older ones crash")
    delta = between(tree_of(HUAWEI.parse(baseline(), "xml")), composed())
    text = HUAWEI.text(composed(), "xml")
    if what != "config":
        text = HUAWEI.change(delta.reverse() if what == "undo" else delta, "xml")
    document = tmp_path / "document.xml"
    document.write_bytes(b"".join(etree.tostring(child) for child in etree.fromstring(text)))
    broken = ("huawei-bras-cu-controller-dev", "huawei-bras-ipv4-address-manage-dev")
    modules = [path for path in sorted(MODULES.glob("huawei-*.yang")) if not path.name.startswith(broken)]
    modules = [path for path in modules if re.search(r"(?m)^ *module ", path.read_text(encoding="utf-8"))]
    kind = ["-e", "-t", "config"] if what == "config" else ["-t", "edit"]
    arguments = ["-p", str(MODULES), "-i", "-i", *kind, *map(str, modules), str(MODULES / "ietf-netconf.yang")]
    done = subprocess.run([*words, *arguments, str(document)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
