"""Folders of a user: one that cannot be used is a refusal that says what to do."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gameday.errors import Refused
from gameday.store.paths import runtime_folder, state_home


@pytest.fixture
def short() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gd") as folder:  # short: sockets lie in it
        yield Path(folder)


def make_file(place: Path) -> Path:
    (place / "file").write_text("")
    return place / "file"


def make_link(place: Path) -> Path:
    (place / "link").symlink_to(place)
    return place / "link"


def make_open(place: Path) -> Path:
    (place / "open").mkdir(mode=0o755)
    return place / "open"


def make_foreign(place: Path) -> Path:
    return Path("/") if os.getuid() else make_given_away(place)


def make_given_away(place: Path) -> Path:
    (place / "theirs").mkdir(mode=0o700)
    os.chown(place / "theirs", 54321, 54321)
    return place / "theirs"


@pytest.mark.parametrize(
    ("make", "wrong", "todo"),
    [
        (make_file, "not a folder", "Set GAMEDAY_RUNTIME to another folder."),
        (lambda place: make_file(place) / "below", "not a folder", "GAMEDAY_RUNTIME"),
        (make_link, "it is a symbolic link", "GAMEDAY_RUNTIME"),
        (make_foreign, "it belongs to another user", "GAMEDAY_RUNTIME"),
        (make_open, "other users can enter it", "Run: chmod 700 "),
        (lambda place: place / ("r" * 90), "its name is too long for a socket: at most 80 bytes", "GAMEDAY_RUNTIME"),
        (lambda _: Path("/proc/none"), "not found, and it cannot be created", "GAMEDAY_RUNTIME"),
    ],
)
def test_runtime_folder_that_cannot_be_used_is_refused(
    make: Callable[[Path], Path], wrong: str, todo: str, short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make(short)
    monkeypatch.setenv("GAMEDAY_RUNTIME", str(folder))
    with pytest.raises(Refused) as refused:
        runtime_folder()
    assert refused.value.wrong == f"cannot use runtime folder {folder}: {wrong}"
    assert todo in refused.value.todo


def test_runtime_folder_is_the_same_from_any_folder(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A guardian works in the root folder."""
    monkeypatch.chdir(short)
    monkeypatch.setenv("GAMEDAY_RUNTIME", "run")
    assert runtime_folder() == short / "run"


def test_user_without_a_home_folder_is_told_what_to_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr(Path, "expanduser", homeless)
    with pytest.raises(Refused, match="no home folder") as refused:
        state_home()
    assert "GAMEDAY_STORE" in refused.value.todo
