"""What `init` starts from: any of the formats, or a small metro; and clear words for everything else."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_topology_clab import LAB
from test_topology_gml import SMALL

from netwright.alloc.ledger import Ledger
from netwright.diagnostics import Diagnostics
from netwright.errors import Refused
from netwright.intents.loader import read_intents
from netwright.platforms.registry import PLATFORMS
from netwright.services.compile import compile_design
from netwright.topology.draw import draw
from netwright.topology.starter import starter_files

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def compiled(folder: Path, path: Path | None, platforms: list[str]) -> int:
    topology = draw(path, platforms, Diagnostics())
    for name, text in starter_files(topology, name="town", source="a file").items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    intents, found = read_intents([folder / "intents"], folder)
    assert found.found == []
    design = compile_design(intents, topology, PLATFORMS, Ledger(), NOW)
    assert design.warnings == ()
    return len(design.served)


@pytest.mark.parametrize("platforms", [[], ["huawei"], ["frr"], ["zte"], ["zte", "frr"]], ids="-".join)
def test_without_a_file_there_is_a_small_metro_whose_examples_compile(platforms: list[str], tmp_path: Path) -> None:
    assert compiled(tmp_path, None, platforms) == 4


def test_a_lab_file_becomes_a_network_whose_examples_compile(tmp_path: Path) -> None:
    path = tmp_path / "metro.clab.yml"
    path.write_text(LAB, encoding="utf-8")
    assert compiled(tmp_path, path, []) == 4


def test_a_gml_file_is_cut_to_its_largest_part_with_a_word(tmp_path: Path) -> None:
    path = tmp_path / "net.GML"
    path.write_bytes(SMALL.replace("nowhere", "Besançon").encode("latin-1"))
    found = Diagnostics()
    topology = draw(path, ["frr"], found, shown="net.GML")
    assert list(topology.nodes) == ["n0", "n1", "n10", "n2"]
    assert topology.nodes["n2"].description == "Besançon"
    assert [finding.code for finding in found.found] == ["no-coordinates", "network-in-parts"]
    assert {node.platform for node in topology.nodes.values()} == {"frr"}


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("net.graphml", "<graphml/>", "unknown-format"),
        ("missing.gml", None, "no-file"),
        ("net.gml", "graph [ ]", "no-nodes"),
        ("net.gml", "graph [", "bad-gml"),
        ("lab.yaml", "topology: {nodes: {h: {kind: bridge}}}", "no-nodes"),
    ],
)
def test_what_cannot_be_read_is_refused(name: str, text: str | None, code: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        draw(tmp_path / name, [], Diagnostics())
    assert code in [finding.code for finding in refused.value.diagnostics]


def test_an_unknown_platform_is_refused_before_anything_is_read() -> None:
    with pytest.raises(Refused) as refused:
        draw(Path("missing.gml"), ["huwei"], Diagnostics())
    assert [(f.code, f.hint) for f in refused.value.diagnostics] == [("unknown-platform", "did you mean `huawei`?")]
