"""The stage `yang`: everything that netwright writes, judged by libyang with Huawei's own modules and deviations.

Right things are accepted: all reference intents on twenty Huawei routers, and what `init` writes for networks of the
Topology Zoo. Wrong things are refused, each at its line: templates, baselines and documents with one mistake each.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
import yang_support as support
from yang_support import SAMPLES, TOPOLOGIES, all_huawei, planned

from netwright.app import conforming
from netwright.app.conforming import conform
from netwright.cli import run
from netwright.diagnostics import Diagnostic
from netwright.platforms.huawei.yang import VENDOR
from netwright.secret import names_in, reference
from netwright.workspace import Network, open_network
from netwright.yang.judge import Judge, judge, program
from netwright.yang.model import Judged

pytestmark = [pytest.mark.yang, pytest.mark.timeout(600)]

TEMPLATES = "templates/huawei"
SATURDAY = datetime.fromisoformat("2026-12-05T02:00:00+08:00")
"""A night on which the banks of scenario 5.6 meet."""


@pytest.fixture(scope="module")
def libyang() -> Iterator[Judge]:
    """One libyang with the vendor's modules, for all tests of this file."""
    folder = support.modules()
    with judge(program(support.yanglint()), [folder], VENDOR, frozenset()) as loaded:
        yield loaded


@pytest.fixture(autouse=True)
def one_libyang(libyang: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading takes seconds: every judgment with the modules as they are uses the one that is there."""

    @contextmanager
    def loaded(found: object, folders: Sequence[Path], *rest: object) -> Iterator[Judge]:
        if list(folders) == [support.modules()]:
            yield libyang
        else:
            with judge(found, folders, *rest) as own:  # type: ignore[arg-type]
                yield own

    monkeypatch.setattr(conforming, "judge", loaded)


def judged(network: Network) -> Judged:
    again, made = planned(network)
    return conform(again, made, support.modules(), support.yanglint())


def say(name: str, found: Judged, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n   {name}: {found.summary}\n")


# ---- right things


def test_the_modules_are_all_loaded(libyang: Judge) -> None:
    """Also the two modules of deviations that cannot be loaded alone."""
    assert libyang.not_loaded == {}
    assert {"huawei-srpolicy", "huawei-bras-cu-controller-deviations-OC-NE-X8X16"} <= set(libyang.loaded)
    assert len(libyang.loaded) > 80


def test_all_reference_intents_on_routers_of_huawei_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = all_huawei(tmp_path / "network")
    found = judged(network)
    say(f"reference network, {len(network.intents.all)} intents", found, capsys)
    assert [str(finding) for finding in found.findings] == []
    assert (found.devices, found.without, found.datastores) == (20, 0, 20)
    assert (found.edits, found.reverses) == (20, 20)
    assert found.leaves > 15_000
    assert found.left_out == {}


def test_a_fabric_that_asks_for_all_there_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Binding SIDs, paths by measured delay, channelised sub-interfaces, time ranges: on every router they are for."""
    network = all_huawei(tmp_path / "network")
    (file,) = (file for file in (network.root / "intents").rglob("*.yaml") if "kind: Fabric" in file.read_text())
    text, asked = file.read_text(encoding="utf-8"), 0
    for old, new in (
        ("encoding: usid}", "encoding: usid, binding_sids: true}"),
        ("  quarantine: P7D", "  time_ranges: true\n  quarantine: P7D"),
        ("mtu: 9216}", "mtu: 9216, hard: channelised}"),
        ("hello: PT3S}", 'hello: PT3S, flex_algo: {block: "fd00:2::/32"}}'),
    ):
        asked += text.count(old)
        text = text.replace(old, new)
    assert asked == 4
    file.write_text(text, encoding="utf-8")
    again, made = planned(open_network(network.root), SATURDAY)
    wanted = [leaf for device in made.devices.values() for leaf in device.wanted.values()]
    kinds = {origin.construct for leaf in wanted for origin in leaf.origins}
    assert {"flex_algorithm", "channel_interface", "twamp_session", "sr_policy", "access_window", "macsec"} <= kinds
    found = conform(again, made, support.modules(), support.yanglint())
    say("a Fabric that asks for all there is", found, capsys)
    assert [str(finding) for finding in found.findings] == []
    assert found.left_out == {}


@pytest.mark.parametrize("file", TOPOLOGIES, ids=lambda file: file.stem)
def test_a_network_of_the_zoo(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "n"), "--from", str(file), "--platform", "huawei", "--quiet"]) == 0
    network = open_network(tmp_path / "n")
    found = judged(network)
    say(file.stem, found, capsys)
    assert [str(finding) for finding in found.findings] == []
    assert found.devices == found.edits == found.datastores == len(network.topology.nodes)
    assert found.left_out == {}


def test_examples_that_require_encryption_on_links_that_have_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file,) = (file for file in TOPOLOGIES if file.stem == "Abilene")
    assert run(["init", str(tmp_path / "n"), "--from", str(file), "--platform", "huawei", "--quiet"]) == 0
    for text in (tmp_path / "n" / "intents").rglob("*.yaml"):
        asked = text.read_text(encoding="utf-8").replace("constraints: {", "constraints: {encryption: required, ")
        text.write_text(asked.replace("mtu: 9216}", "mtu: 9216, macsec: {}}"), encoding="utf-8")
    network, made = planned(open_network(tmp_path / "n"), SATURDAY)
    keys = {value for device in made.devices.values() for path, value in device.after.items() if path[-1] == "cak"}
    assert len(keys) > 2
    assert keys == {reference(name) for name in names_in(keys)}
    found = conform(network, made, support.modules(), support.yanglint())
    say("Abilene, encrypted", found, capsys)
    assert [str(finding) for finding in found.findings] == []


def test_the_samples(libyang: Judge) -> None:
    base = (SAMPLES / "00-base.xml").read_text()
    for file in sorted(SAMPLES.glob("*.xml")):
        verdict = libyang.edit(enveloped(file.read_text()))
        assert verdict.valid, f"{file.name}: {verdict.faults}"
    assert libyang.datastore(enveloped(base)).valid


def enveloped(text: str) -> str:
    """In the envelope that netwright's documents have, each line where it was."""
    return f'<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">{text.strip()}</config>\n'


# ---- wrong templates: found at the template line

UNREADABLE: Mapping[str, tuple[str, str, str, str]] = {
    # what is wrong: template, the line's words, the mistake, what libyang says
    "an MTU out of range": ("attachment", "<mtu>{{ mtu }}<", "<mtu>99999999<", "Unsatisfied range"),
    "a VLAN out of range": ("attachment", "vid>{{ vlan }}<", "vid>4095<", "Unsatisfied range"),
    "no boolean": ("attachment", "statistic-enable>true<", "statistic-enable>yes<", "Invalid boolean"),
    "a kind of address": ("attachment", '"main" if loop.first else "sub"', '"primary"', "Invalid enumeration"),
    "a state": ("core_interface", "admin-status>up<", "admin-status>upp<", "Invalid enumeration"),
    "a long prefix": ("loopback", "prefix-length>128<", "prefix-length>129<", "Unsatisfied range"),
    "a cost style": ("isis", "cost-style>wide<", "cost-style>wider<", "Invalid enumeration"),
    "a negative timer": ("isis", "<incr>200<", "<incr>-5<", "out of type"),
    "an unknown element": ("isis_circuit", "<p2p-enable>true</p2p-enable>", "<p2p-on>true</p2p-on>", 'Node "p2p-on"'),
    "no SID": ("sr_policy", "<sid-value-2>{{ sid }}<", "<sid-value-2>::z<", ""),
    "an interval of its own": ("sr_policy", "<ifit-interval>10<", "<ifit-interval>7<", ""),
    "a switch": ("sr_policy", "<hsb-enable>enable<", "<hsb-enable>true<", "Invalid enumeration"),
    "more than all": ("core_queue", "low-limit-percentage>95<", "low-limit-percentage>195<", "Unsatisfied range"),
    "an action": ("access_rate", "red-action>discard<", "red-action>drop<", "Invalid enumeration"),
    "a mode": ("traffic_class", "<operator>or<", "<operator>xor<", "Invalid enumeration"),
    "no number": ("measurement", "interval_s | ifit_interval }}<", "interval_s }} s<", "Invalid"),
    "no truth": ("vrf", 'huawei-l3vpn">true<', 'huawei-l3vpn">perhaps<', "Invalid boolean"),
    "taken away by this model's deviations": (
        "sr_policy",
        "<traffic-statistics-enable>enable</traffic-statistics-enable>",
        "<mtu>1500</mtu>",
        'Node "mtu" not found',
    ),
}
"""Mistakes that are seen in the edit already."""

INVALID: Mapping[str, tuple[str, str, str, str]] = {
    "a tunnel policy that is not there": (
        "vrf",
        "{{ tunnel_policy | e }}</tunnel-policy-name",
        "NOPE</tunnel-policy-name",
        "leafref",
    ),
    "a VRF that is not there": ("attachment", "<vrf-name>{{ vrf | e }}<", "<vrf-name>NOPE<", "leafref"),
    "a locator that is not there": ("isis", "<locator-name>{{ locator | e }}<", "<locator-name>NOPE<", "leafref"),
    "a profile that is not there": (
        "access_rate",
        "<profile-name>{{ name | short | e }}<",
        "<profile-name>NOPE<",
        "leafref",
    ),
    "a behaviour that is not there": (
        "traffic_class",
        "<behavior-name>{{ name | short | e }}<",
        "<behavior-name>NOPE<",
        "leafref",
    ),
    "a queue's depth that is not there": (
        "core_queue",
        "<port-wred-name>{{ queue | wred_name }}<",
        "<port-wred-name>NOPE<",
        "leafref",
    ),
    "another discriminator": (
        "sr_policy",
        "<discriminator>{{ path.preference }}<",
        "<discriminator>{{ path.preference + 1 }}<",
        "Must",
    ),
    "another originator": ("sr_policy", "<originator>0,0.0.0.0<", "<originator>1,1.1.1.1<", "Must"),
    "no AS of the neighbour": ("bgp_neighbor", "<remote-as>{{ asn }}</remote-as>", "", "Mandatory"),
    "a flow outside of all VRFs": ("measurement", "<ni-name>{{ vrf | e }}<", "<ni-name>_public_<", "Must"),
    "an outer queue that is not there": (
        "queue_profile",
        '<flow-wred-name>{{ (name ~ "-" ~ queue.service_class) | short | e }}<',
        "<flow-wred-name>NOPE<",
        "leafref",
    ),
}
"""Mistakes that only show in the whole datastore: leafref, when, must, mandatory."""


def broken_templates(root: Path, cases: Mapping[str, tuple[str, str, str, str]]) -> Judged:
    """The reference network with templates of its own, each with all the mistakes about it."""
    network = all_huawei(root)
    folder = root / TEMPLATES
    folder.mkdir(parents=True)
    for template, old, new, _ in cases.values():
        file = folder / f"{template}.xml.j2"
        if not file.exists():
            file.write_text((support.ROOT / TEMPLATES / file.name).read_text())
        text = file.read_text()
        assert old in text, f"{template}: {old}"
        file.write_text(text.replace(old, new, 1))
    return judged(open_network(network.root))


@pytest.fixture(scope="module")
def unreadable(tmp_path_factory: pytest.TempPathFactory, libyang: Judge) -> Judged:
    return broken_templates(tmp_path_factory.mktemp("unreadable") / "network", UNREADABLE)


@pytest.fixture(scope="module")
def invalid(tmp_path_factory: pytest.TempPathFactory, libyang: Judge) -> Judged:
    return broken_templates(tmp_path_factory.mktemp("invalid") / "network", INVALID)


def line_of(template: str, old: str) -> int:
    text = (support.ROOT / TEMPLATES / f"{template}.xml.j2").read_text()
    return text[: text.index(old)].count("\n") + 1


def told_at(found: Judged, template: str, line: int, said: str, document: str) -> list[Diagnostic]:
    """The findings about a template line in a kind of document, with libyang's words."""
    return [
        finding
        for finding in found.errors
        if re.match(rf"written by templates/huawei/{template}\.xml\.j2:{line}\b", finding.hint)
        and said in finding.message
        and finding.message.startswith(document)
    ]


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_wrong_template_is_found_in_the_edit_at_its_line(unreadable: Judged, name: str) -> None:
    template, old, _, said = UNREADABLE[name]
    found = told_at(unreadable, template, line_of(template, old), said, "change-1.xml line ")
    assert found, [finding.message for finding in unreadable.errors if template in finding.hint][:5]
    assert all(re.fullmatch(r"\w+/[\w-]+/[\w-]+", finding.address) for finding in found)  # intent and device


@pytest.mark.parametrize("name", INVALID)
def test_a_wrong_template_is_found_in_the_datastore_at_its_line(invalid: Judged, name: str) -> None:
    template, old, new, said = INVALID[name]
    line = line_of(template, old)
    where = line if new else line - 1  # of what is missing: at the key beside it
    found = told_at(invalid, template, where, said, "after.xml line ")
    assert found, [str(finding) for finding in invalid.errors if template in finding.hint or said in finding.message][
        :3
    ]
    assert all(finding.source is not None and "intents/" in finding.source.file for finding in found if finding.source)


# ---- wrong baselines: found at the baseline's line

BASELINES = {
    "no type of interface": ("edge1", "<type>100GE<", "<type>100XE<", "Invalid enumeration"),
    "an unknown element": (
        "core3",
        "<l2-mode-enable>false</l2-mode-enable>",
        "<l3-mode>true</l3-mode>",
        'Node "l3-mode"',
    ),
    "a VRF that is not there": ("core2", "<vrf-name>_public_<", "<vrf-name>NOPE<", "leafref"),
    "a FlexE group that is not there": ("pop2-gw1", "<group-index>7<", "<group-index>99<", "leafref"),
    "no switch of FlexE": ("core4", "<mode-enable>true<", "<mode-enable>maybe<", "Invalid boolean"),
}


@pytest.fixture(scope="module")
def baselines(tmp_path_factory: pytest.TempPathFactory, libyang: Judge) -> tuple[Network, Judged]:
    """The reference network with a mistake in some baselines, and without services that would trip over it."""
    root = tmp_path_factory.mktemp("baselines") / "network"
    all_huawei(root)
    for device, old, new, _ in BASELINES.values():
        file = root / "inventory" / "baseline" / f"{device}.xml"
        file.write_text(file.read_text().replace(old, new, 1))
    again = open_network(root)
    return again, judged(again)


@pytest.mark.parametrize("name", BASELINES)
def test_a_wrong_baseline_is_found_at_its_line(baselines: tuple[Network, Judged], name: str) -> None:
    network, found = baselines
    device, _, new, said = BASELINES[name]
    file = f"inventory/baseline/{device}.xml"
    here = [finding for finding in found.errors if finding.source and finding.source.file == file]
    text = (network.root / file).read_text().splitlines()
    lines = {finding.source.line for finding in here if finding.source and said in finding.message}
    assert any(new in text[line - 1] for line in lines), [str(finding) for finding in here]
    assert all(finding.address == device for finding in here)


# ---- wrong documents: found at their line

PORT = """\
<ifm xmlns="urn:huawei:yang:huawei-ifm">
  <interfaces>
    <interface>
      <name>100GE0/1/0</name>
      <class>main-interface</class>
      <type>100GE</type>
      <mtu>1500</mtu>
    </interface>
  </interfaces>
</ifm>
"""
DOCUMENTS = {
    "no key": ("      <name>100GE0/1/0</name>\n", "", 'missing its key "name"', 7),
    "a key twice": ("      <mtu>1500</mtu>\n", "      <mtu>1500</mtu>\n      <mtu>1500</mtu>\n", "Duplicate", 0),
    "a wrong namespace": ("huawei-ifm", "huawei-ip", "not found in the", 2),
    "an operation that there is not": (
        "<mtu>",
        f'<mtu xmlns:nc="{"urn:ietf:params:xml:ns:netconf:base:1.0"}" nc:operation="change">',
        "",
        7,
    ),
    "a leaf with children": ("<mtu>1500</mtu>", "<mtu><a/></mtu>", "", 7),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_wrong_document_is_found_at_its_line(libyang: Judge, name: str) -> None:
    old, new, said, line = DOCUMENTS[name]
    text = enveloped(PORT.replace(old, new, 1))
    verdict = libyang.datastore(text) if "twice" in name else libyang.edit(text)
    assert any(said in fault.message for fault in verdict.faults), verdict
    if line:
        assert line in {fault.line for fault in verdict.faults}, verdict


NEGATIVE = {
    "neg1": ("leafref", "locators/locator[name='NOPE']/name"),
    "neg2": ("When", "huawei-evpn:evpn"),
    "neg3": ("Must", "advertise-encap-type"),
    "neg4": ("", "huawei-srpolicy:srpolicy"),
    "neg5": ("leafref", "net-slice[slice-id='10']/slice-id"),
    "neg6": ("When", "opcodes"),
}


@pytest.mark.parametrize("name", NEGATIVE)
def test_a_negative_sample_is_refused_at_its_element(libyang: Judge, name: str) -> None:
    said, end = NEGATIVE[name]
    base, sample = ((SAMPLES / file).read_text() for file in ("00-base.xml", f"negative/{name}.xml"))
    verdict = libyang.datastore(enveloped(merged(base, sample)))
    assert any(said in fault.message and fault.path.endswith(end) for fault in verdict.faults), verdict


def merged(base: str, sample: str) -> str:
    """Two documents as one tree, in the pack's own hand."""
    from netwright.platforms.huawei import HUAWEI  # noqa: PLC0415
    from netwright.tree import tree_of  # noqa: PLC0415

    tree = tree_of(line for text in (base, sample) for line in HUAWEI.parse(f"<config>{text}</config>", "xml"))
    return re.sub(r"\A<config[^>]*>|</config>\s*\Z", "", HUAWEI.text(tree, "xml"))


# ---- a second model, made of the first by deviations of its own


def test_two_models_are_each_held_against_their_own(tmp_path: Path) -> None:
    network = all_huawei(tmp_path / "network")
    narrower = tmp_path / "narrower"
    body = """\
  import huawei-ifm { prefix ifm; }
  deviation "/ifm:ifm/ifm:interfaces/ifm:interface/ifm:mtu" { deviate replace { type uint32 { range "46..1500"; } } }
  deviation "/ifm:ifm/ifm:interfaces/ifm:interface/ifm:statistic-enable" { deviate not-supported; }
"""
    name = "huawei-netwright-narrower-deviations"
    narrower.mkdir()
    (narrower / f"{name}.yang").write_text(
        f'module {name} {{ namespace "urn:huawei:yang:{name}"; prefix d;\n{body}}}\n'
    )
    hosts = tmp_path / "network" / "inventory" / "hosts.yaml"
    both = json.dumps([str(support.modules()), str(narrower)])
    for device, said in (("pop1-gw1", json.dumps(str(support.modules()))), ("pop2-gw1", both)):
        text = hosts.read_text()
        hosts.write_text(text.replace(f"{device}:\n", f"{device}:\n  data: {{yang: {said}}}\n", 1))
    again, made = planned(open_network(network.root))
    found = conform(again, made, None, support.yanglint())
    assert (found.devices, found.without, found.not_loaded) == (2, 18, {})
    assert {finding.address.split("/")[-1] for finding in found.errors} == {"pop2-gw1"}
    messages = " ".join(finding.message for finding in found.errors)
    assert 'Node "statistic-enable" not found' in messages
    assert "Unsatisfied range" in messages


def test_the_count_of_wrong_things() -> None:
    """Forty, as the issue asks."""
    assert len(UNREADABLE) + len(INVALID) + len(BASELINES) + len(DOCUMENTS) + len(NEGATIVE) >= 40
