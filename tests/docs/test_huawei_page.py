"""The tables of docs/platforms/huawei.md are those of the templates, and leave none out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import write_huawei_page as page_writer  # noqa: E402

from netwright.platforms.huawei.models import QUESTIONS  # noqa: E402

PAGE = page_writer.PAGE.read_text(encoding="utf-8")


def test_the_tables_of_the_page_are_of_today() -> None:
    assert page_writer.renewed(PAGE) == PAGE, "run tools/write_huawei_page.py"


@pytest.mark.parametrize("name", ["coverage", "absent", "answers"])
def test_the_page_has_each_table(name: str) -> None:
    assert f"<!-- generated: {name} -->" in PAGE


def test_every_template_has_a_row_and_every_row_a_template() -> None:
    templates = {path.name.partition(".")[0] for path in (ROOT / "templates" / "huawei").glob("*.xml.j2")}
    assert page_writer.CONSTRUCTS.keys() == templates - {"baseline"}


def test_what_is_absent_is_a_question_to_the_modules() -> None:
    assert {row.question for row in page_writer.ABSENT} <= QUESTIONS.keys()


def test_a_sample_that_is_not_there_is_an_error() -> None:
    with pytest.raises(SystemExit, match="no sample"):
        page_writer.sample("77")
