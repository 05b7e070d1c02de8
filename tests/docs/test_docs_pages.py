"""The pages name only what is there: files, links, verbs, flags, exit codes, rooms."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import click
import pytest
import yaml
from docs_support import PAGES, README, ROOT, anchors, blocks, indented, section, text_of

from netwright.cli.outcome import MEANING
from netwright.cli.root import VERBS, root

PIPELINE, LAB_PIPELINE = (ROOT / "docs" / name for name in ("pipeline.yml", "lab-pipeline.yml"))
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_COMMAND = re.compile(r"(?<![\w/.-])netwright(?: -C \S+)? (?P<verb>[a-z][a-z-]*)(?P<rest>[^|;&#\n]*)")
_FLAG = re.compile(r"(?<!\S)--[a-z][a-z-]*")


def command(name: str) -> click.Command:
    found = root.get_command(click.Context(root), name)
    assert found is not None, f"there is no verb {name}"
    return found


def spoken(name: str, words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that is typed, and what follows its name: a verb may have verbs of its own (`lab up`)."""
    found = command(name)
    if isinstance(found, click.Group) and words and not words[0].startswith("-"):
        below = found.get_command(click.Context(found), words[0])
        assert below is not None, f"{name} has no verb {words[0]}"
        return below, words[1:]
    return found, words


def flags_of(found: click.Command) -> set[str]:
    own = {flag for param in found.params for flag in (*param.opts, *param.secondary_opts)} | {"--help"}
    below = found.commands.values() if isinstance(found, click.Group) else ()
    return own.union(*(flags_of(one) for one in below))


def code(page: Path) -> list[str]:
    """Everything that a page shows as code: spans, fenced shell, indented lines."""
    text = text_of(page)
    if page.suffix == ".yml":
        return [line.partition(" #")[0] for line in text.splitlines()]
    shown = [line for block in blocks(text, "sh") for line in block.body.splitlines()]
    return [*_SPAN.findall(text), *shown, *indented(text)]


# ---- verbs and flags ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [*PAGES, PIPELINE, LAB_PIPELINE], ids=lambda page: page.name)
def test_verbs_and_their_flags_exist(page: Path) -> None:
    for shown in code(page):
        for match in _COMMAND.finditer(shown):
            assert match["verb"] in VERBS, shown
            found, _ = spoken(match["verb"], match["rest"].split())
            assert set(_FLAG.findall(match["rest"])) <= flags_of(found), shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_flags_that_stand_alone_exist_somewhere(page: Path) -> None:
    known = set().union(*(flags_of(command(name)) for name in VERBS))
    alone = {flag for shown in _SPAN.findall(text_of(page)) if shown.startswith("--") for flag in _FLAG.findall(shown)}
    assert alone <= known


def test_the_search_finds_what_it_looks_for() -> None:
    found = _COMMAND.search("netwright -C metro plan --emulated --no-such")
    assert found is not None
    assert (found["verb"], _FLAG.findall(found["rest"])) == ("plan", ["--emulated", "--no-such"])
    shown = [match["verb"] for page in PAGES for line in code(page) for match in _COMMAND.finditer(line)]
    assert len(shown) > 20


@pytest.mark.parametrize("name", VERBS)
def test_the_example_of_a_verb_s_help_can_be_typed(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = command(name).example.splitlines()  # type: ignore[attr-defined]
    assert lines
    for line in lines:
        typed = line[line.index("netwright") :].partition("|")[0].replace(')"', "")  # of "$(...)", what is inside
        words = shlex.split(typed, comments=True)
        for word in words:
            if word.endswith((".gml", ".yml")):
                Path(word).touch()
            elif word.endswith("/"):
                Path(word).mkdir(exist_ok=True)
        assert words[:1] == ["netwright"], line
        words = words[3:] if words[1] == "-C" else words[1:]
        found, rest = spoken(words[0], words[1:])
        found.make_context(words[0], rest)


# ---- links, files, codes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(text_of(page)):
        if link.startswith(("https://", "http://")):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert ROOT in (target, *target.parents), f"{link} leads out of the repository"
        assert not anchor or anchor in set(anchors(text_of(target))), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_modules_that_are_named_exist(page: Path) -> None:
    package = ROOT / "src" / "netwright"
    for name in {shown for shown in _SPAN.findall(text_of(page)) if re.fullmatch(r"[\w/]+\.py", shown)}:
        assert (ROOT / name).is_file() or (package / name).is_file() or [*package.glob(f"*/{name}")], name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_exit_codes_are_those_of_the_list(page: Path) -> None:
    assert {int(number) for number in re.findall(r"\bexit (\d+)\b", text_of(page))} <= set(MEANING)


def test_the_plan_of_the_house_lists_every_room_in_its_order() -> None:
    rooms = section(text_of(ROOT / "docs" / "architecture.md"), _title("The rooms of"))
    rows = re.findall(r"^\| ([^|]+) \|", rooms, re.MULTILINE)
    listed = [name.rstrip("/").removesuffix(".py") for row in rows for name in _SPAN.findall(row)]
    package = ROOT / "src" / "netwright"
    there = {entry.name.removesuffix(".py") for entry in package.iterdir() if not entry.name.startswith(("__", "py."))}
    order = runpy.run_path(str(ROOT / "tests" / "test_architecture.py"))["ROOMS"]
    assert listed == [room for room in order if room in there]


def _title(begins: str) -> str:
    text = text_of(ROOT / "docs" / "architecture.md")
    return next(line.lstrip("# ") for line in text.splitlines() if line.lstrip("# ").startswith(begins))


# ---- the pipeline ---------------------------------------------------------------------------------------------------


def test_the_pipeline_runs_one_apply_at_a_time_and_keeps_the_state() -> None:
    flow = yaml.safe_load(text_of(PIPELINE))
    group = flow["concurrency"]
    assert "'apply'" in group["group"]
    assert "pull_request" in group["cancel-in-progress"]
    runs = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in flow["jobs"].items()}
    assert any("netwright plan --out" in line for line in runs["plan"])
    assert any("netwright apply --plan" in line and "--yes" in line for line in runs["apply"])
    always = [step for step in flow["jobs"]["apply"]["steps"] if step.get("if") == "always()"]
    assert any("git push" in step.get("run", "") for step in always)


def test_the_labs_pipeline_plans_runs_the_lab_and_takes_it_down_whatever_happens() -> None:
    (job,) = yaml.safe_load(text_of(LAB_PIPELINE))["jobs"].values()
    runs = [step.get("run", "") for step in job["steps"]]
    order = ("netwright plan --offline", "get.containerlab.dev", "lab up", "apply --yes", "lab test", "lab down")
    places = [next(number for number, run in enumerate(runs) if words in run) for words in order]
    assert places == sorted(places)
    assert job["steps"][places[-1]]["if"] == "always()"
    assert "state/lab/network/state/evidence/" in job["steps"][-1]["with"]["path"].splitlines()


# ---- the README -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["Quick start", "Tests"])
def test_one_command_is_all_it_takes(title: str) -> None:
    (block,) = blocks(section(text_of(README), title), "sh")
    (line,) = block.body.splitlines()
    program = ROOT / line
    assert program.is_file()
    assert program.stat().st_mode & 0o111
