"""validate, show and schema on the reference network and on broken copies of it."""

import json
import shutil
from pathlib import Path

import pytest

from netwright.cli import run
from netwright.cli.show import VIEWS
from netwright.platforms.registry import PLATFORMS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    for folder in ("intents", "inventory"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def out(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_the_reference_network_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(ROOT), "validate"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("0 errors, 0 warnings in ")
    assert captured.err == ""


def test_everything_wrong_is_told_at_once_with_its_place(network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (network / "intents" / "odd.yaml").write_text("apiVersion: netwright/v1\nkind: ElasticLien\n")
    topology = network / "inventory" / "topology.yaml"
    topology.write_text(topology.read_text().replace("latitude: 31.7799", "latitude: north", 1))
    (network / "inventory" / "hosts.yaml").unlink()
    assert run(["-C", str(network), "validate"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "odd.yaml:2:7" in captured.err
    assert "topology.yaml:" in captured.err
    assert "hosts.yaml" in captured.err
    assert captured.err.splitlines()[-1].startswith("3 errors, 0 warnings in ")


def test_the_document_of_a_validation_has_every_diagnostic(network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (network / "intents" / "odd.yaml").write_text("apiVersion: netwright/v1\nkind: ElasticLien\n")
    assert run(["-C", str(network), "validate", "--json"]) == 1
    document = json.loads(out(capsys))
    assert document["exit_code"] == 1
    assert [finding["line"] for finding in document["diagnostics"]] == [2]


def test_a_single_file_is_read_from_where_the_user_stands(
    network: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(network / "intents")
    (network / "intents" / "odd.yaml").write_text("kind: ElasticLien\n")
    assert run(["-C", "/", "validate", "fabric.yaml"]) == 0
    assert run(["-C", "/", "validate", "odd.yaml"]) == 1
    assert "--> odd.yaml:1" in capsys.readouterr().err


def test_a_folder_that_is_no_network_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(tmp_path), "validate"]) == 1
    assert "netwright init" in capsys.readouterr().err


@pytest.mark.parametrize("what", VIEWS)
def test_a_view_is_a_table_and_a_document(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(ROOT), "show", what]) == 0
    text = out(capsys)
    assert run(["-C", str(ROOT), "show", what, "--json"]) == 0
    rows = json.loads(out(capsys))
    if rows:
        assert len(text.splitlines()) == len(rows) + 1
        assert text.split()[0] == next(iter(rows[0]))
    else:
        assert text.strip() == VIEWS[what].empty


def test_every_pack_shows_the_same_capabilities() -> None:
    wanted = {"vpn_signalling", "sid_encoding", "explicit_path", "isolation_hard", "max_rate_bps"}
    assert all(wanted <= set(pack.capabilities) for pack in PLATFORMS.values())


def test_a_ledger_is_shown_by_pool_and_number(network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (network / "state").mkdir()
    (network / "state" / "ledger.yaml").write_text("version: 2\n")
    assert run(["-C", str(network), "show", "ledger"]) == 1
    assert "ledger" in capsys.readouterr().err


def test_a_broken_record_is_refused(network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (network / "state").mkdir()
    (network / "state" / "applied.json").write_text("{}")
    assert run(["-C", str(network), "show", "applies"]) == 1
    assert "broken-record" in capsys.readouterr().err


def test_schema_files_are_json_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "--out", str(tmp_path / "a" / "b")]) == 0
    written = [Path(line) for line in out(capsys).split()]
    assert "ElasticLine.schema.json" in {file.name for file in written}
    assert all(json.loads(file.read_text())["$schema"].startswith("https://json-schema.org/") for file in written)


def test_every_code_of_this_room_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for code in ("usage", "broken-record"):
        assert run(["help", code]) == 0
        assert out(capsys).startswith(code)
