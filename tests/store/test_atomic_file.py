"""A file is written whole or not at all, through its links, with the permissions it had."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from gameday.atomic_file import create_atomically, write_atomically


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_has_the_mode_asked_for_and_an_existing_one_keeps_its_own(tmp_path: Path) -> None:
    file, secret = tmp_path / "file", tmp_path / "secret"
    assert write_atomically(file, "text") and write_atomically(secret, b"bytes", mode=0o600)
    assert (mode(file), mode(secret)) == (0o644, 0o600)
    file.chmod(0o640)
    assert write_atomically(file, "more")
    assert mode(file) == 0o640 and file.read_text() == "more"


def test_a_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    target.write_text("before")
    link.symlink_to(target)
    write_atomically(link, "after")
    assert link.is_symlink() and target.read_text() == "after"


def test_what_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("theirs")
    assert not write_atomically(file, "ours", expected=b"before")
    assert file.read_text() == "theirs" and list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("write", [write_atomically, create_atomically])
def test_a_write_that_fails_leaves_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: object) -> None:
    def fail(_: int) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "fsync", fail)
    assert callable(write)
    with pytest.raises(OSError, match="no space"):
        write(tmp_path / "file", "text")
    assert not list(tmp_path.iterdir())


def test_a_file_that_exists_is_not_created_again(tmp_path: Path) -> None:
    file = tmp_path / "file"
    create_atomically(file, "first")
    with pytest.raises(FileExistsError):
        create_atomically(file, "second")
    assert file.read_text() == "first"
