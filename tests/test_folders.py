"""Files that are put into folders: where they belong, whole or not at all, and for whose eyes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netwright.folders import cache, write_files, write_whole


def test_texts_get_the_folders_that_they_need(tmp_path: Path) -> None:
    for text in ("old", "new"):
        write_files(tmp_path, {"a/b/one": text, "two": f"{text} too"}.items())
        assert ((tmp_path / "a/b/one").read_text(), (tmp_path / "two").read_text()) == (text, f"{text} too")


@pytest.mark.parametrize("secret", [True, False])
def test_a_secret_is_for_its_owner_alone_from_the_first_moment(tmp_path: Path, secret: bool) -> None:
    mode = {"mode": 0o600} if secret else {}
    before = os.umask(0o022)
    try:
        write_files(tmp_path, [("one", "text")], **mode)
        write_whole(tmp_path / "two", "text", **mode)
    finally:
        os.umask(before)
    assert [bool((tmp_path / name).stat().st_mode & 0o044) for name in ("one", "two")] == [not secret] * 2


def test_who_reads_meets_the_old_text_or_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state" / "file"
    write_whole(path, "old")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("the disk is full")))
        with pytest.raises(OSError, match="full"):
            write_whole(path, "new")
    assert path.read_text() == "old"
    write_whole(path, "new")
    assert (path.read_text(), [one.name for one in path.parent.iterdir()]) == ("new", ["file"])


def test_what_can_be_made_again_is_where_the_user_keeps_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache("memory") == tmp_path / "netwright" / "memory"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache("memory") == tmp_path / ".cache" / "netwright" / "memory"
