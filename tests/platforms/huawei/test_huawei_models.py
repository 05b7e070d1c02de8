"""What a model can do is read from its modules: the file of the pack, and of a second model made by deviations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from netwright.platforms.base import Grade
from netwright.platforms.huawei import HUAWEI, HuaweiPlatform
from netwright.platforms.huawei.capabilities import capabilities_of
from netwright.platforms.huawei.models import QUESTIONS, Answer, BrokenModel, Model, default_model, load_model

ROOT = Path(__file__).parents[3]
SECOND = Path(__file__).parent / "second"
MODULES = Path(os.environ.get("NETWRIGHT_HUAWEI_YANG", "no such folder"))


def derived(name: str, *folders: Path) -> str:
    tool = ROOT / "tools" / "derive_huawei_model.py"
    command = [sys.executable, str(tool), *map(str, folders), name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def lacking(*questions: str) -> Model:
    usual = default_model()
    answers = {name: answer for name, answer in usual.answers.items() if name not in questions}
    return Model("lacking", usual.date, usual.modules, answers)


def test_the_pack_answers_every_question() -> None:
    assert default_model().answers.keys() == QUESTIONS.keys()


def test_the_second_model_says_less() -> None:
    second = HuaweiPlatform(model=load_model(SECOND / "second.json")).capabilities
    value = {name: (HUAWEI.capabilities[name].value, row.value) for name, row in second.items()}
    assert {name for name, (usual, other) in value.items() if usual != other} == {
        "flexe", "macsec", "macsec_ports", "max_channel_bps", "max_rate_bps", "max_segments", "max_slice_id",
        "measurement", "protection",
    }  # fmt: skip
    assert value["max_channel_bps"][1] == 50 * 10**9
    assert value["max_rate_bps"][1] == 40 * 10**9
    assert second["flexe"].source == "the modules of second do not support huawei-flexe clients/client"


@pytest.mark.parametrize(
    ("question", "capability", "value"),
    [
        ("evpn", "vpn_signalling", ("vpn",)),
        ("locator", "vpn_signalling", ()),
        ("policy", "explicit_path", ""),
        ("end-dt46", "explicit_sid", False),
        ("policy-slice", "slice_ids", False),
        ("slice", "max_slice_id", 0),
        ("exclusive", "isolation_hard", Grade.SOFT),
        ("exclusive", "low_latency", Grade.SOFT),
        ("flex-channel", "isolation_soft", Grade.UNSUPPORTED),
        ("flex-channel", "max_channel_bps", 0),
        ("user-queue", "bandwidth", Grade.UNSUPPORTED),
        ("flow-wred", "lossless", Grade.UNSUPPORTED),
        ("port-queue", "low_latency", Grade.UNSUPPORTED),
        ("segments", "max_segments", 0),
        ("hot-standby", "protection", ("none",)),
        ("binding-sid", "binding_sid", False),
        ("channel", "channelised", False),
        ("time-range", "time_range", False),
        ("acl-time-range", "time_range", False),
        ("flex-algo", "flex_algo", ""),
        ("fad-binding", "flex_algo", ""),
        ("locator-algorithm", "flex_algo", ""),
        ("metric-delay", "flex_algo", ""),
        ("twamp-interface", "flex_algo", ""),
        ("twamp-responder", "flex_algo", ""),
    ],
)
def test_what_a_model_lacks_it_cannot_do(question: str, capability: str, value: object) -> None:
    row = capabilities_of(lacking(question))[capability]
    assert row.value == value
    assert row.source.startswith("the modules of lacking do not support huawei-")


def test_a_number_without_a_range_is_bounded_by_its_type() -> None:
    usual = default_model()
    answers = {**usual.answers, "slice": Answer(), "segments": Answer()}
    table = capabilities_of(Model("wide", usual.date, usual.modules, answers))
    assert table["max_slice_id"].value == 2**32 - 1
    assert table["max_segments"].value == 1


@pytest.mark.parametrize(
    "text", ["", "[]", '{"model": "x"}', '{"model": "x", "date": "", "modules": {}, "answers": {"no": {}}}']
)
def test_a_file_that_says_nothing_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "broken.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BrokenModel, match=r"broken\.json"):
        load_model(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenModel, match=r"none\.json"):
        load_model(tmp_path / "none.json")


@pytest.mark.skipif(not MODULES.is_dir(), reason="needs NETWRIGHT_HUAWEI_YANG: the vendor's modules")
@pytest.mark.timeout(300)
def test_the_files_are_what_the_modules_say() -> None:
    """The second model: the first one's modules with our own deviations beside them."""
    usual = default_model()
    assert json.loads(derived(usual.name, MODULES)) == json.loads(
        (ROOT / "src/netwright/platforms/huawei/model.json").read_text(encoding="utf-8")
    )
    assert derived("second", MODULES, SECOND) == (SECOND / "second.json").read_text(encoding="utf-8")
