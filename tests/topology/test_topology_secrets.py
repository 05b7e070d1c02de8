"""Keys that are only named: where they are looked for, and what is refused before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from netwright.errors import Refused
from netwright.topology.inventory import Host, Inventory
from netwright.topology.secrets import Secrets, variable

KEY, OTHER = "0123456789abcdef" * 4, "00112233445566778899aabbccddeeff"
ENVIRON = {"NETWRIGHT_SECRET_R1_R2_1": KEY, "LAB_R1_R2_1": OTHER, "NETWRIGHT_SECRET_SHORT": "abc"}


def secrets(ways: Mapping[str, object] | None = None, others: Mapping[str, object] | None = None) -> Secrets:
    """Those of two routers, which name where keys come from."""
    data = {"r1": ways, "r2": others if others is not None else ways}
    hosts = {name: Host(name, "h", 22, "huawei", "", (), {"secrets": of} if of else {}) for name, of in data.items()}
    return Secrets(Inventory(hosts), environ=ENVIRON, run=lambda command: f"r1-r2.1: {OTHER}\n" * (command == ("v",)))


def refused(needed: Mapping[str, list[str]], **more: Mapping[str, object]) -> list[tuple[str, str, str]]:
    with pytest.raises(Refused) as caught:
        secrets(**more).refuse_missing(needed)
    assert not any(value in str(caught.value) for value in (KEY, OTHER, "abc,"))
    return [(one.code, one.address, one.message) for one in caught.value.diagnostics]


def test_a_key_comes_from_the_environment_a_file_or_a_command(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"# ours\nr1-r2.1: {OTHER}\n", encoding="utf-8")
    assert secrets().value("r1", "r1-r2.1") == KEY
    for ways in ({"env": "LAB"}, {"file": str(file)}, {"command": ["v"]}, {"env": "NOBODY", "command": ["v"]}):
        assert secrets(ways).value("r1", "r1-r2.1") == OTHER
        assert secrets(ways).value("r1", "r1-r2.2") == ""


def test_an_emulated_device_practises_with_a_key_of_its_own() -> None:
    made = secrets()
    made.practice = True
    made.refuse_missing({"r1": ["x.1"], "r2": ["x.1"]})
    assert made.value("r1", "x.1") == made.value("r2", "x.1") != made.value("r1", "x.2")
    assert made.value("r1", "r1-r2.1") == KEY  # where there is one, that one


def test_what_is_missing_is_told_once_for_both_ends_and_with_every_way() -> None:
    needed = {"r1": ["r1-r2.1", "r1-r2.2"], "r2": ["r1-r2.2"]}
    ((code, address, said),) = refused(needed)
    assert (code, address) == ("no-secret", "Host/r1")
    assert "and 1 more device have no secret `r1-r2.2`" in said
    assert variable("NETWRIGHT_SECRET", "r1-r2.2") in said
    ((_, _, said),) = refused({"r1": ["q"]}, ways={"file": "keys.txt", "command": ["vault", "get"]})
    assert "the line `q: ...` in the file keys.txt; the same line from the command vault get" in said


def test_what_is_no_key_and_two_keys_of_one_name_are_refused() -> None:
    assert [code for code, _, _ in refused({"r1": ["short"]})] == ["bad-secret"]
    ((code, address, said),) = refused({"r1": ["r1-r2.1"], "r2": ["r1-r2.1"]}, others={"env": "LAB"})
    assert (code, address) == ("bad-secret", "Host/r1")
    assert "another secret `r1-r2.1` than r2" in said


@pytest.mark.parametrize("ways", [{"env": 7}, {"command": "vault"}, {"keyring": "x"}])
def test_a_way_that_makes_no_sense_is_refused(ways: dict[str, object]) -> None:
    assert [code for code, _, _ in refused({"r1": ["x"]}, ways=ways)] == ["bad-secrets"]


def test_nothing_needed_is_nothing_looked_for() -> None:
    secrets({"env": 7}).refuse_missing({"r1": []})


def test_no_key_is_in_the_text_of_the_value() -> None:
    made = secrets({"command": ["v"]})
    made.value("r1", "r1-r2.1")
    assert not any(key in repr(made) for key in (KEY, OTHER))
