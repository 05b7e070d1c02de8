"""Recipes have digests, caches hold whole things or nothing, and mirrors come from the machine's apt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netwright import folders
from netwright.lab import images
from netwright.lab.ground import LabError
from netwright.lab.images import Recipe, find, mirror_of, mirror_of_sources


@pytest.fixture(autouse=True)
def cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_a_recipe_has_one_digest_and_another_frr_another() -> None:
    assert Recipe("10.7").router == Recipe("10.7").router != Recipe("10.3").router
    assert Recipe("10.7").machine != Recipe("10.3").machine


def test_a_changed_script_is_a_changed_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Recipe()
    old = (before.router, before.machine)
    texts = images._texts
    monkeypatch.setattr(images, "_texts", lambda *names: (*texts(*names), "a line more"))
    assert before.router != old[0]
    assert before.machine != old[1]


def test_what_has_no_manifest_is_not_built() -> None:
    folder = folders.cache("lab") / "router-abc"
    folder.mkdir(parents=True)
    assert find("router", "abc") is None
    (folder / "manifest.json").write_text(json.dumps({"packages": {"frr": "10.7.1-6"}}))
    built = find("router", "abc")
    assert built is not None
    assert built.packages["frr"] == "10.7.1-6"


def test_a_build_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)

    def fail(to: Path) -> None:
        (to / "half").write_text("x")
        raise LabError("no")

    with pytest.raises(LabError):
        images._build("router", "abc", print, fail)
    assert [path.name for path in folders.cache("lab").iterdir()] == [".router.lock"]


def test_building_needs_root_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(LabError, match="needs root"):
        images.router(Recipe(), print)


@pytest.mark.parametrize(
    ("listed", "mirror"),
    [
        (
            "Debian http://deb.example/debian/\nDebian-Security http://deb.example/security/",
            "http://deb.example/debian",
        ),
        (
            "Debian-Security http://sec.example/debian-security/\nDebian http://a.example/debian",
            "http://a.example/debian",
        ),
        ("Ubuntu http://archive.example/ubuntu/", ""),
        ("", ""),
    ],
)
def test_the_mirror_is_the_one_that_apt_uses(listed: str, mirror: str) -> None:
    assert mirror_of(listed) == mirror


@pytest.mark.parametrize(
    ("sources", "mirror"),
    [
        ("Types: deb\nURIs: http://deb.example/debian\nSuites: trixie\n", "http://deb.example/debian"),
        ("deb [signed-by=/k.gpg] https://m.example/debian/ trixie main\n", "https://m.example/debian"),
        ("deb https://m.example/debian bookworm main\n", "https://m.example/debian"),
        ("# deb http://old.example/debian x main\ndeb http://sec.example/debian-security x main\n", ""),
    ],
)
def test_without_lists_the_mirror_is_read_from_the_sources(sources: str, mirror: str) -> None:
    assert mirror_of_sources(sources) == mirror


def test_the_user_may_name_a_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETWRIGHT_DEBIAN_MIRROR", "http://mine.example/debian")
    assert images.debian_mirror() == "http://mine.example/debian"
