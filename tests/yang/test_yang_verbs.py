"""`validate --yang` and the check of `plan`, through the command line: what libyang says, told at the intent."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from yang_support import ROOT, Edit, Fake, inventory_names, write_module

from netwright.cli import run

PORT = r"<name>100GE0/2/1\.540<"
"""A sub-interface of one of the intents, as a document names it."""


@dataclass(frozen=True, slots=True)
class Netwright:
    """`netwright -C ROOT`."""

    root: Path
    captured: pytest.CaptureFixture[str]

    def __call__(self, *words: str, code: int) -> Mapping[str, Any]:
        ended, out, err = self.typed(*words, "--json")
        assert ended == code, f"{words}: exit {ended}\n{out}\n{err}"
        document: Mapping[str, Any] = json.loads(out)
        return document

    def typed(self, *words: str) -> tuple[int, str, str]:
        self.captured.readouterr()
        ended = run(["-C", str(self.root), *words])
        said = self.captured.readouterr()
        return ended, said.out, said.err


@pytest.fixture
def netwright(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Netwright:
    """The reference network with few of its intents, in a folder of its own."""
    root = tmp_path / "network"
    shutil.copytree(ROOT / "inventory", root / "inventory")
    for part in ("fabric.yaml", "5.4-cloud-edge/assembly.yaml"):
        (root / "intents" / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "intents" / part, root / "intents" / part)
    return Netwright(root, capsys)


def invalid(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [finding for finding in document["diagnostics"] if finding["code"] == "yang-invalid"]


def test_what_is_counted(netwright: Netwright, fake: Fake, modules: Path) -> None:
    yang = netwright("validate", "--yang", str(modules), code=0)["yang"]
    assert (yang["by"], yang["devices"], yang["devices_without_yang"]) == ("libyang 6.4.13", 10, 10)
    assert (yang["edits"], yang["datastores"], yang["errors"]) == (10, 10, 0)
    assert yang["reverses"] == 10
    assert yang["leaves"] > 4_000
    assert yang["leaves_without_module"] == {}
    ended, out, _ = netwright.typed("validate", "--yang", str(modules))
    assert ended == 0
    documents = "10 edits, 10 edits back and 10 datastores on 10 devices (not on 10 without modules)"
    assert f"YANG: valid: {documents}, {yang['leaves']} leaves" in out


def test_a_fault_in_an_edit_is_told_at_the_field_and_the_template_line(
    netwright: Netwright, fake: Fake, modules: Path
) -> None:
    path = "/huawei-ifm:ifm/interfaces/interface[name='100GE0/2/1.540']/mtu"
    said = f"libyang[0]: Unsatisfied range. (data path: {path}, line: 17)"
    fake.says(documents={rf'(?s)operation="create".*{PORT}': [said]})
    found = invalid(netwright("validate", "--yang", str(modules), code=1))
    assert found
    for finding in found:
        assert finding["address"].startswith("LosslessRdmaPath/assembly-activations/")
        assert re.match(r"change-1\.xml line \d+: Unsatisfied range, at /huawei-ifm:ifm", finding["message"])
        assert re.match(r"written by templates/huawei/attachment\.xml\.j2:\d+, from .*mtu", finding["hint"])
        text = Path(finding["file"]).read_text().splitlines()
        assert finding["file"].endswith("assembly.yaml")
        assert text[finding["line"] - 1].strip()


def test_the_way_back_is_judged_before_somebody_has_to_take_it(netwright: Netwright, fake: Fake, modules: Path) -> None:
    path = "/huawei-ifm:ifm/interfaces/interface[name='100GE0/2/1.540']"
    fake.says(documents={rf'(?s)operation="remove".*{PORT}': [f"libyang[0]: Nonsense. (data path: {path})"]})
    found = invalid(netwright("validate", "--yang", str(modules), code=1))
    assert found
    assert all(re.match(r"reverse-1\.xml line \d+: Nonsense, at /huawei-ifm:ifm", each["message"]) for each in found)


def test_a_fault_in_a_baseline_is_told_there(netwright: Netwright, fake: Fake, modules: Path) -> None:
    path = "/huawei-devm:devm/ports/port[position='0/3/1']/position"
    fake.says(documents={r"(?s)\A(?!.*operation).*<position>0/3/1<": [f"libyang[0]: Nonsense. (data path: {path})"]})
    found = invalid(netwright("validate", "--yang", str(modules), code=1))
    assert found
    for finding in found:
        assert finding["file"] == f"inventory/baseline/{finding['address']}.xml"
        text = (netwright.root / finding["file"]).read_text().splitlines()
        assert "<position>0/3/1</position>" in text[finding["line"] - 1]
        assert re.match(r"after\.xml line \d+: Nonsense, at /huawei-devm:devm", finding["message"])


def test_over_one_device_libyang_dies_and_the_others_are_judged(
    netwright: Netwright, fake: Fake, modules: Path
) -> None:
    fake.says(documents={rf"(?s)\A(?!.*operation).*{PORT}": ["CRASH"]})
    document = netwright("validate", "--yang", str(modules), code=1)
    found = [finding for finding in document["diagnostics"] if finding["code"] == "yang-crash"]
    assert found
    assert all("was ended by SIGSEGV over after.xml" in finding["message"] for finding in found)
    assert document["yang"]["datastores"] == 10 - len(found), "of these nothing is known"


def test_where_no_module_describes_anything_nothing_was_checked(
    netwright: Netwright, fake: Fake, modules: Path
) -> None:
    for file in modules.glob("huawei-*.yang"):
        file.unlink()
    write_module(modules, "huawei-other", "urn:huawei:yang:huawei-other")
    document = netwright("validate", "--yang", str(modules), code=1)
    assert document["yang"]["leaves"] == 0
    codes = {finding["code"] for finding in document["diagnostics"] if finding["severity"] == "error"}
    assert codes == {"yang-no-modules"}


def test_what_no_module_describes_is_told_and_is_no_error(netwright: Netwright, fake: Fake, modules: Path) -> None:
    (modules / "huawei-qos.yang").unlink()
    document = netwright("validate", "--yang", str(modules), code=0)
    left = document["yang"]["leaves_without_module"]
    assert list(left) == ["urn:huawei:yang:huawei-qos"]
    [finding] = [finding for finding in document["diagnostics"] if finding["code"] == "yang-not-covered"]
    assert finding["severity"] == "warning"
    assert (
        f"{left['urn:huawei:yang:huawei-qos']} leaves in urn:huawei:yang:huawei-qos were not checked"
        in finding["message"]
    )


def test_a_device_that_is_judged_in_part_is_not_called_valid(netwright: Netwright, fake: Fake, modules: Path) -> None:
    (modules / "huawei-qos.yang").unlink()
    yang = netwright("validate", "--yang", str(modules), code=0)["yang"]
    [gap] = yang["not_judged"]
    assert gap["leaves"] == yang["leaves_without_module"]["urn:huawei:yang:huawei-qos"]
    assert "/qos" in gap["paths"]
    assert set(gap["devices"]) <= {file.stem for file in (netwright.root / "inventory" / "baseline").glob("*.xml")}
    ended, out, err = netwright.typed("validate", "--yang", str(modules))
    assert ended == 0
    assert f"YANG: no fault in what was judged, and {len(gap['devices'])} devices judged in part: 10 edits" in out
    assert "YANG: valid" not in out
    assert f"were not checked, on {', '.join(gap['devices'][:3])}" in err


def test_a_deviation_that_is_not_heeded_is_an_error(netwright: Netwright, fake: Fake, modules: Path) -> None:
    body = "  import huawei-ifm { prefix ifm; }\n  deviation /ifm:ifm/ifm:mtu { deviate not-supported; }\n"
    write_module(modules, "huawei-ifm-deviations", "urn:d", body)
    fake.says(modules={"huawei-ifm-deviations": ["libyang[0]: Not found node."]})
    [finding] = netwright("validate", "--yang", str(modules), code=1)["diagnostics"]
    assert (finding["code"], finding["address"]) == ("yang-not-loaded", "huawei-ifm-deviations")
    assert finding["message"].endswith("Not found node; what this model lacks or narrows of huawei-ifm was not judged")
    [finding] = netwright("emulate", "--yang", str(modules), code=1)["diagnostics"]
    assert finding["message"].endswith("what this model lacks or narrows of huawei-ifm could not be judged")


def test_an_old_libyang_is_refused_by_name(netwright: Netwright, fake: Fake, modules: Path) -> None:
    fake.says(version="2.1.30")
    words = ["validate", "--yang", str(modules), "--yanglint", fake.command]
    [finding] = netwright(*words, code=1)["diagnostics"]
    assert finding["code"] == "yang-old-libyang"
    assert "2.1.30" in finding["message"]
    assert "YANG: nothing was checked" in netwright.typed(*words)[2]


def test_no_libyang_is_an_error_where_one_is_asked_for(netwright: Netwright, modules: Path) -> None:
    words = ["validate", "--yang", str(modules), "--yanglint", "/nowhere/yanglint"]
    assert [finding["code"] for finding in netwright(*words, code=1)["diagnostics"]] == ["yang-no-libyang"]


def test_files_and_modules_are_two_questions(netwright: Netwright, modules: Path) -> None:
    assert netwright.typed("validate", "intents/fabric.yaml", "--yang", str(modules))[0] == 64


# ---- plan


def test_plan_checks_where_the_inventory_names_modules(netwright: Netwright, fake: Fake, modules: Path) -> None:
    shutil.copytree(modules, netwright.root / "modules")
    inventory_names(netwright.root, {"core1": "modules", "core2": "modules"})
    yang = netwright("plan", "--offline", code=2)["yang"]
    assert (yang["devices"], yang["devices_without_yang"], yang["edits"]) == (2, 18, 2)
    ended, out, _ = netwright.typed("plan", "--offline")
    assert ended == 2
    assert "YANG: valid: 2 edits, 2 edits back and 2 datastores on 2 devices (not on 18 without modules)" in out


def test_plan_is_refused_where_the_model_does_not_allow_it(netwright: Netwright, fake: Fake, modules: Path) -> None:
    inventory_names(netwright.root, {"core1": str(modules)})
    fake.says(
        documents={'operation="create"': ["libyang[0]: Not so. (data path: /huawei-ifm:ifm/interfaces, line: 3)"]}
    )
    document = netwright("plan", "--offline", code=1)
    assert [finding["code"] for finding in document["diagnostics"]] == ["yang-invalid"]


def test_what_the_modules_cannot_say_is_a_rule_of_the_platform(netwright: Netwright) -> None:
    port = "      <physical-port>\n        <position>0/2/1</position>\n        <mode-enable>true</mode-enable>\n"
    file = "inventory/baseline/pop2-gw1.xml"
    text = (netwright.root / file).read_text().replace("    <physical-ports>\n", "    <physical-ports>\n" + port, 1)
    (netwright.root / file).write_text(text.replace(port, port + "      </physical-port>\n", 1))
    found = netwright("plan", "--offline", code=1)["diagnostics"]
    assert {finding["code"] for finding in found} == {"platform-rule"}
    messages = " ".join(finding["message"] for finding in found)
    assert "port 0/2/1 is in FlexE mode: 100GE0/2/1.540 does not exist any more; at /huawei-ifm:ifm" in messages
    assert all(re.match(r"written by templates/huawei/attachment\.xml\.j2:\d+$", finding["hint"]) for finding in found)


def test_plan_says_nothing_where_no_modules_are_named(netwright: Netwright) -> None:
    assert "yang" not in netwright("plan", "--offline", code=2)


def test_plan_fails_closed_without_a_libyang(
    netwright: Netwright, modules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETWRIGHT_YANGLINT", "/nowhere/yanglint")
    inventory_names(netwright.root, {"core1": str(modules)})
    assert [finding["code"] for finding in netwright("plan", "--offline", code=1)["diagnostics"]] == ["yang-no-libyang"]


@pytest.mark.parametrize("verb", [("plan", "--offline"), ("validate",), ("emulate",)])
@pytest.mark.parametrize(
    ("said", "broken", "words", "shown"),
    [
        ("nowhere", "", r"nowhere is no folder", r"nowhere$"),
        ("[good, nowhere]", "", r"nowhere is no folder", r"nowhere\]$"),
        ("good", "ietf-netconf.yang", r"good lacks ietf-netconf\.yang", r"good$"),
        ("[good, 7]", "", r"data\.yang is the folder", r"\[good, 7\]$"),
    ],
)
def test_wrong_modules_are_told_at_the_line_of_the_inventory(
    netwright: Netwright,
    fake: Fake,
    modules: Path,
    verb: tuple[str, ...],
    said: str,
    broken: str,
    words: str,
    shown: str,
) -> None:
    shutil.copytree(modules, netwright.root / "good")
    if broken:
        (netwright.root / "good" / broken).unlink()
    Edit("inventory/groups.yaml", "huawei:\n", f"huawei:\n  data:\n    yang: {said}\n").make(netwright.root)
    [finding] = netwright(*verb, code=1)["diagnostics"]
    assert re.search(words, finding["message"])
    assert finding["file"].endswith("inventory/groups.yaml")
    line = (netwright.root / "inventory" / "groups.yaml").read_text().splitlines()[finding["line"] - 1]
    assert line == f"    yang: {said}"
    assert re.search(shown, line[finding["column"] - 1 :])
    assert finding["address"].startswith("Host/")


def test_two_models_each_with_its_own_modules(netwright: Netwright, fake: Fake, modules: Path) -> None:
    Edit("inventory/hosts.yaml", "core1:\n", "core1:\n  data: {yang: [first, second]}\n").make(netwright.root)
    Edit("inventory/hosts.yaml", "core2:\n", "core2:\n  data: {yang: first}\n").make(netwright.root)
    shutil.copytree(modules, netwright.root / "first")
    (netwright.root / "second").mkdir()
    narrower = 'module huawei-ifm-deviations { namespace "urn:d"; prefix d; }\n'
    (netwright.root / "second" / "huawei-ifm-deviations.yang").write_text(narrower)
    assert netwright("plan", "--offline", code=2)["yang"]["devices"] == 2
    bundles = [line for line in fake.asked if line.startswith("add")]
    assert len(bundles) == 2  # two libyangs, one a set of modules


def test_a_folder_a_model(netwright: Netwright, fake: Fake, modules: Path, tmp_path: Path) -> None:
    shutil.copytree(modules, tmp_path / "models" / "other")
    [finding] = netwright("validate", "--yang", str(tmp_path / "models"), code=1)["diagnostics"]
    assert finding["code"] == "yang-no-modules"
    assert "core1" in finding["message"]
