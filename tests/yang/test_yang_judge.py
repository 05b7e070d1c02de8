"""libyang at the other end of a pipe: it may refuse, die, hang, be old or be missing, and never takes us with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from yang_support import Fake, write_module

from netwright.platforms.huawei.yang import VENDOR
from netwright.yang import judge as judging
from netwright.yang.judge import Judge, NoJudge, judge, program

NOTHING = frozenset[str]()


def document(word: str, namespace: str = "urn:huawei:yang:huawei-ifm") -> str:
    inside = f'<ifm xmlns="{namespace}"><a>{word}</a></ifm>'
    return f'<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">\n{inside}\n</config>\n'


def test_a_fault_comes_back_with_its_place(fake: Fake, modules: Path) -> None:
    fake.says(documents={"bad": ["libyang[0]: Wrong. (data path: /huawei-ifm:ifm/a, line: 2)", "YANGLINT[E]: Failed."]})
    with judge(program(fake.command), [modules], VENDOR, NOTHING) as libyang:
        verdict = libyang.edit(document("bad"))
        assert [(fault.message, fault.path, fault.line) for fault in verdict.faults] == [
            ("Wrong.", "/huawei-ifm:ifm/a", 2)
        ]
        assert libyang.datastore(document("good")).valid
    assert [line.split()[:3] for line in fake.asked if line.startswith("data")] == [
        ["data", "-t", "edit"],
        ["data", "-e", "-t"],
    ]


@pytest.mark.parametrize(("act", "how"), [("CRASH", "was ended by SIGSEGV"), ("HANG", "did not answer within 1 s")])
def test_over_one_document_it_dies_and_the_others_are_judged(
    fake: Fake, modules: Path, monkeypatch: pytest.MonkeyPatch, act: str, how: str
) -> None:
    monkeypatch.setattr(judging, "DOCUMENT_TIMEOUT_S", 1.0)
    fake.says(documents={"deadly": [act], "bad": ["libyang[0]: Wrong. (line: 2)"]})
    with judge(program(fake.command), [modules], VENDOR, NOTHING) as libyang:
        verdicts = [libyang.edit(document(word)) for word in ("good", "deadly", "bad", "good")]
    assert [verdict.gone for verdict in verdicts] == ["", how, "", ""]
    assert [verdict.valid for verdict in verdicts] == [True, False, False, True]
    assert [verdict.leaves for verdict in verdicts] == [1, 0, 1, 1], "of what it died over nothing is known"
    assert libyang.restarts == 1


def test_the_context_is_loaded_once(fake: Fake, modules: Path) -> None:
    with judge(program(fake.command), [modules], VENDOR, NOTHING) as libyang:
        for _ in range(5):
            libyang.edit(document("good"))
    assert sum(line.startswith("add") for line in fake.asked) == 1


def test_a_module_that_cannot_be_loaded_is_found_and_the_others_are_loaded(fake: Fake, modules: Path) -> None:
    fake.says(modules={"huawei-qos": ["libyang[0]: Regular expression is too large. (schemadata path: /x)"]})
    with judge(program(fake.command), [modules], VENDOR, NOTHING) as libyang:
        assert libyang.not_loaded == {"huawei-qos": "Regular expression is too large."}
        assert "huawei-ifm" in libyang.loaded
        assert "huawei-qos" not in libyang.loaded
        verdict = libyang.edit(document("x", "urn:huawei:yang:huawei-qos"))
        assert (verdict.leaves, verdict.left_out) == (0, {("urn:huawei:yang:huawei-qos", "/ifm"): 1})


def test_a_deviation_that_is_not_heeded_is_known_with_the_modules_that_it_is_about(fake: Fake, modules: Path) -> None:
    """Of a module that is not loaded itself nothing is judged anyhow: its deviations are missed by nobody."""
    body = "  import {0} {{ prefix x; }}\n  deviation /x:a/x:b {{ deviate not-supported; }}\n"
    for name in ("huawei-ifm", "huawei-qos"):
        write_module(modules, f"{name}-deviations", f"urn:{name}-deviations", body.format(name))
    fake.says(
        modules={name: ["libyang[0]: No."] for name in ("huawei-qos", "huawei-ifm-deviations", "huawei-qos-deviations")}
    )
    with judge(program(fake.command), [modules], VENDOR, NOTHING) as libyang:
        assert sorted(libyang.not_loaded) == ["huawei-ifm-deviations", "huawei-qos", "huawei-qos-deviations"]
        assert libyang.unheeded == {"huawei-ifm-deviations": ("huawei-ifm",)}


def test_a_module_over_which_it_dies_once_is_one_that_cannot_be_loaded(fake: Fake, tmp_path: Path) -> None:
    for name in ("huawei-qos", "ietf-netconf"):
        write_module(tmp_path / "few", name, f"urn:huawei:yang:{name}")
    fake.says(modules={"huawei-qos": ["CRASH"]})
    with judge(program(fake.command), [tmp_path / "few"], VENDOR, NOTHING) as libyang:
        assert libyang.not_loaded == {"huawei-qos": "libyang was ended by SIGSEGV while it was loaded"}
        assert libyang.loaded == ["ietf-netconf"]


@pytest.mark.parametrize(
    ("act", "starts", "said"),
    [
        ("CRASH", 3, r"^libyang 6\.4\.13 was ended by SIGSEGV 3 times while it loaded modules, the last time \d+: "),
        ("HANG", 1, r"^libyang 6\.4\.13 did not answer within 1 s while it loaded modules, the last time \d+: "),
    ],
)
def test_a_libyang_that_dies_over_modules_again_and_again_is_given_up(
    fake: Fake, modules: Path, monkeypatch: pytest.MonkeyPatch, act: str, starts: int, said: str
) -> None:
    monkeypatch.setattr(judging, "LOAD_TIMEOUT_S", 1.0)
    fake.says(modules={"huawei-qos": [act]})
    with pytest.raises(NoJudge, match=said) as none, judge(program(fake.command), [modules], VENDOR, NOTHING):
        pass
    assert none.value.code == "yang-crash"
    assert sum(line.startswith("searchpath") for line in fake.asked) == starts


@pytest.mark.parametrize(
    ("said", "reason", "hint"),
    [
        ("YANGLINT[E]: Missing <schema> to process.\nExample usage:\n  yanglint", "Missing <schema> to pro", "wrapper"),
        ('libyang[0]: Loading "a@2026-03-03" module failed, not found.', 'Loading "a@2026', "own modules"),
        ("no such root", "ended with exit code 1 and says: no such root", "by hand"),
        ("", "ended with exit code 1", "by hand"),
    ],
)
def test_a_wrapper_that_hides_yanglint_is_told_what_it_did(
    fake: Fake, modules: Path, said: str, reason: str, hint: str
) -> None:
    wrapper = fake.folder / "wrapper"
    wrapper.write_text(f"#!/bin/sh\n[ $# -eq 0 ] || exec {fake.command} $@\nprintf '%s\\n' '{said}' >&2\nexit 1\n")
    wrapper.chmod(0o755)
    with pytest.raises(NoJudge) as none, judge(program(str(wrapper)), [modules], VENDOR, NOTHING):
        pass
    assert none.value.message.startswith(f"{wrapper} does not start: {reason}")
    assert "\n" not in none.value.message
    assert hint in none.value.hint


@pytest.mark.parametrize("version", ["2.1.30", "3.0.11", "3.12.2"])
def test_a_libyang_that_is_known_to_crash_is_refused_by_name(fake: Fake, version: str) -> None:
    fake.says(version=version)
    with pytest.raises(NoJudge, match=f"yanglint {version} crashes") as refused:
        program(fake.command)
    assert refused.value.code == "yang-old-libyang"


@pytest.mark.parametrize("version", ["3.13.6", "4.0.0", "6.4.13"])
def test_a_libyang_that_is_not_known_to_crash_is_taken(fake: Fake, version: str) -> None:
    fake.says(version=version)
    assert str(program(fake.command)) == f"libyang {version}"


@pytest.mark.parametrize("command", ["/nowhere/yanglint", "true", "false", "yanglint 'half"])
def test_what_is_no_yanglint(command: str) -> None:
    with pytest.raises(NoJudge) as refused:
        program(command)
    assert refused.value.code == "yang-no-libyang"


@pytest.mark.parametrize(("make", "said"), [(False, "is no folder"), (True, r"holds no module \(\*\.yang\)")])
def test_a_further_folder_that_adds_nothing_is_no_folder_of_modules(
    fake: Fake, modules: Path, tmp_path: Path, make: bool, said: str
) -> None:
    second = tmp_path / "second"
    if make:
        second.mkdir()
    with (
        pytest.raises(NoJudge, match=said) as refused,
        judge(program(fake.command), [modules, second], VENDOR, NOTHING),
    ):
        pass
    assert refused.value.code == "yang-no-modules"


def test_the_command_is_the_option_then_the_environment_then_path(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    assert program().command == program(fake.command).command  # NETWRIGHT_YANGLINT
    monkeypatch.setenv("NETWRIGHT_YANGLINT", "/nowhere/of/the/environment")
    assert program(fake.command).version == (6, 4, 13)
    with pytest.raises(NoJudge, match="/nowhere/of/the/environment"):
        program()
    monkeypatch.delenv("NETWRIGHT_YANGLINT")
    monkeypatch.setenv("PATH", str(fake.folder))
    with pytest.raises(NoJudge, match="yanglint cannot be run"):
        program()


def without_all(folder: Path) -> None:
    for file in folder.glob("huawei-*"):
        file.unlink()


def without_netconf(folder: Path) -> None:
    (folder / "ietf-netconf.yang").unlink()


@pytest.mark.parametrize(("damage", "word"), [(without_all, "no module whose name"), (without_netconf, "ietf-netconf")])
def test_a_folder_without_what_is_needed(fake: Fake, modules: Path, damage: Callable[[Path], None], word: str) -> None:
    damage(modules)
    with pytest.raises(NoJudge, match=word) as refused, judge(program(), [modules], VENDOR, NOTHING):
        pass
    assert refused.value.code == "yang-no-modules"


def test_the_modules_of_the_user_are_not_touched_and_the_copies_are_mended(fake: Fake, modules: Path) -> None:
    body = '  must "not(../../qos:qos/qos:soft-pipe-alarms)";\n'
    write_module(modules, "huawei-deterministic-ip", "urn:huawei:yang:huawei-deterministic-ip", body)
    before = {file.name: file.read_bytes() for file in modules.iterdir()}
    with judge(program(), [modules], VENDOR, NOTHING) as libyang:
        copy = (libyang.folder / "huawei-deterministic-ip.yang").read_text()
        assert [mend.module for mend in libyang.mends] == ["huawei-deterministic-ip"]
    assert "soft-pipe-alarms/qos:soft-pipe-alarm" in copy
    assert {file.name: file.read_bytes() for file in modules.iterdir()} == before
    assert not libyang.folder.exists()


def test_a_later_folder_adds_to_the_former_and_wins(fake: Fake, modules: Path, tmp_path: Path) -> None:
    narrower = tmp_path / "narrower"
    write_module(narrower, "huawei-narrower-deviations", "urn:huawei:yang:huawei-narrower-deviations")
    write_module(narrower, "huawei-ifm", "urn:huawei:yang:huawei-ifm", "  // the narrower one\n")
    with judge(program(), [modules, narrower], VENDOR, NOTHING) as libyang:
        assert "huawei-narrower-deviations" in libyang.loaded
        assert "the narrower one" in (libyang.folder / "huawei-ifm.yang").read_text()


def ended(libyang: Judge) -> bool:
    return libyang._worker is None


def test_no_process_stays(fake: Fake, modules: Path) -> None:
    with pytest.raises(ZeroDivisionError), judge(program(), [modules], VENDOR, NOTHING) as libyang:
        _ = 1 / 0
    assert ended(libyang)
