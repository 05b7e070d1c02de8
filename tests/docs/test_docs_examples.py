"""What the pages show works: documents load and compile, refusals are said in these words, tables are of today."""

from __future__ import annotations

import re
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docs_support import README, ROOT, blocks, text_of

from netwright.cli import run
from netwright.intents.schema import KINDS
from netwright.platforms.registry import PLATFORMS
from netwright.services.compile import compile_design
from netwright.workspace import open_network

sys.path.insert(0, str(ROOT / "tools"))
import write_intents_page as page_writer

INTENTS = ROOT / "docs" / "intents.md"
AT = datetime(2026, 12, 2, 15, tzinfo=UTC)
_REFUSED = re.compile(r"^```yaml refused\n(?P<yaml>.*?)^```\n\n```text\n(?P<said>.*?)^```", re.DOTALL | re.MULTILINE)
REFUSALS = [
    pytest.param(match["yaml"], match["said"], id=re.split(r"[\[\]]", match["said"])[1])
    for match in _REFUSED.finditer(text_of(INTENTS))
]


@pytest.fixture
def reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The reference topology with its Fabric and no service; the current folder."""
    shutil.copytree(ROOT / "inventory", tmp_path / "inventory")
    (tmp_path / "intents").mkdir()
    shutil.copy(ROOT / "intents" / "fabric.yaml", tmp_path / "intents")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def served(root: Path) -> set[str]:
    """The services that compile; `Refused` when anything is wrong."""
    network = open_network(root)
    return set(compile_design(network.intents, network.topology, PLATFORMS, network.ledger, AT).served)


def test_the_readme_s_intent_is_the_one_of_the_file_that_it_names() -> None:
    text = text_of(README)
    (block,) = blocks(text, "yaml")
    (name,) = re.findall(r"`(intents/[^`]+\.yaml)`", text)
    assert block.body in text_of(ROOT / name)
    assert block.body.count("\nkind: ") == 1


def test_the_readme_s_intent_is_kept_by_the_reference_network(reference: Path) -> None:
    (block,) = blocks(text_of(README), "yaml")
    (reference / "intents" / "example.yaml").write_text(block.body, encoding="utf-8")
    assert served(reference) == {"LosslessRdmaPath/clinic-images"}


def test_the_documents_of_the_page_make_a_network(reference: Path) -> None:
    """The page has a Fabric of its own, and at least one document of every kind."""
    shown = [block.body for block in blocks(text_of(INTENTS), "yaml")]
    (reference / "intents" / "fabric.yaml").write_text("---\n".join(shown), encoding="utf-8")
    kinds = [re.search(r"^kind: (\w+)$", text, re.MULTILINE) for text in shown]
    assert {found[1] for found in kinds if found} == set(KINDS)
    assert len(served(reference)) == len(shown) - 1


@pytest.mark.parametrize(("asked", "said"), REFUSALS)
def test_a_refusal_is_said_in_these_words(
    asked: str, said: str, reference: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (reference / "intents" / "example.yaml").write_text(asked, encoding="utf-8")
    assert run(["validate"]) == 1
    assert capsys.readouterr().err == said


def test_there_are_refusals_of_files_and_of_the_network() -> None:
    codes = {
        code for refusal in REFUSALS for code in re.findall(r"^error\[([\w-]+)\]", str(refusal.values[1]), re.MULTILINE)
    }
    assert {"unknown-field", "delay-exceeds-slo", "grade-below-minimum", "bandwidth-exceeds-link"} <= codes


def test_the_tables_of_the_page_are_of_today() -> None:
    page = text_of(INTENTS)
    assert page_writer.renewed(page) == page, "run tools/write_intents_page.py"


def test_every_field_of_every_kind_has_a_row() -> None:
    page = text_of(INTENTS)
    for kind in KINDS:
        assert f"<!-- generated: kind {kind} -->" in page
    for word in (
        "`lossless.max_subflows`",
        "`elasticity[].when.for`",
        "`sub_slices[].share`",
        "`pools.sid_function.usid`",
    ):
        assert page.count(f"| {word} |") == 1
