"""The files of the store: this user's alone, durable, and nobody else's is touched."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from gameday.errors import Refused
from gameday.events import NewEvent, Note
from gameday.process_identity import current_process
from gameday.store.open import open_for_revert, open_read_only, open_store
from gameday.store.paths import DataFolder
from gameday.store.reserved_space import NAME, SIZE, ReservedSpace
from gameday.store.sqlite import Store


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def _open_to_all() -> object:
    before = os.umask(0)
    yield
    os.umask(before)


def test_a_commit_is_on_the_disk_when_it_returns(tmp_path: Path) -> None:
    db = vars(Store(tmp_path / "gameday.db"))["_db"]
    assert db.execute("pragma synchronous").fetchone() == (2,)
    assert db.execute("pragma journal_mode").fetchone() == ("wal",)


def test_all_of_it_is_for_this_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    store = open_store(DataFolder(folder))
    store.append("gd-0001", [NewEvent(Note(text="x"))], None)
    assert {path.name for path in folder.iterdir()} == {"gameday.db", "gameday.db-wal", "gameday.db-shm", NAME}
    assert {mode(path) for path in folder.iterdir()} == {0o600}
    assert mode(folder) == mode(folder.parent) == 0o700


def test_what_was_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    first = open_store(DataFolder(tmp_path))
    first.begin("gd-0001", "test", "rehearsal", "", current_process())
    for path in tmp_path.iterdir():
        path.chmod(0o644)
    (tmp_path / NAME).chmod(0o600)
    second = open_store(DataFolder(tmp_path))
    assert {mode(path) for path in tmp_path.iterdir()} == {0o600}
    assert second.drills() == first.drills() == ["gd-0001"]


def test_the_reserve_takes_real_blocks_and_is_released_once(tmp_path: Path) -> None:
    reserve = ReservedSpace(tmp_path)
    reserve.fill()
    assert reserve.path.stat().st_blocks * 512 >= SIZE
    reserve.fill()
    assert reserve.release()
    assert not reserve.release()
    assert not list(tmp_path.iterdir())


def test_a_reserve_that_was_cut_short_is_filled(tmp_path: Path) -> None:
    reserve = ReservedSpace(tmp_path)
    reserve.path.write_bytes(b"\1" * 4096)
    reserve.fill()
    assert reserve.path.stat().st_size == SIZE
    assert reserve.release()


@pytest.mark.parametrize("name", ["reserve", NAME])
@pytest.mark.parametrize("content", [b"", b"mine", b"\2" * SIZE, b"\1" * SIZE + b"m"], ids=len)
def test_a_file_of_the_users_own_is_never_touched(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    store = Store(tmp_path / "gameday.db")
    if name == NAME:
        assert not ReservedSpace(tmp_path).release()
    store.close()
    assert (tmp_path / name).read_bytes() == content


def test_a_link_of_that_name_is_not_followed(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_bytes(b"\1" * SIZE)
    reserve = ReservedSpace(tmp_path)
    reserve.path.symlink_to(theirs)
    reserve.fill()
    assert not reserve.release()
    assert reserve.path.is_symlink() and theirs.exists()


def test_a_store_under_a_file_is_said_to_have_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    for folder in (file, file / "below", Path("/dev/null")):
        for opening in (open_store, open_read_only):
            with pytest.raises(Refused, match="is not a folder") as caught:
                opening(DataFolder(folder))
            assert "Free some space" not in caught.value.todo and "GAMEDAY_STORE" in caught.value.todo
        assert open_for_revert(DataFolder(folder)) is None


def test_a_look_finds_none_yet_or_says_that_it_cannot_be_opened(tmp_path: Path) -> None:
    assert open_read_only(DataFolder(tmp_path / "to" / "come")) is None
    assert not (tmp_path / "to").exists()
    (tmp_path / "gameday.db").write_bytes(b"no database" * 100)
    with pytest.raises(Refused, match="cannot be opened"):
        open_read_only(DataFolder(tmp_path))
    open_store(DataFolder(tmp_path / "well")).close()
    assert open_read_only(DataFolder(tmp_path / "well")) is not None


@pytest.mark.parametrize(
    ("flags", "blocks", "free", "why", "todo"),
    [
        (os.ST_RDONLY, 1000, 1000, "is on a read-only file system", "Name another folder with GAMEDAY_STORE."),
        (0, 1000, 0, "is full", "Free some space, or name another folder with GAMEDAY_STORE."),
        (0, 0, 0, "cannot be opened: file is not a database", "Name another folder with GAMEDAY_STORE."),  # as /proc
        (0, 1000, 1000, "cannot be opened: file is not a database", "Name another folder with GAMEDAY_STORE."),
    ],
)
def test_store_that_cannot_be_opened_says_what_would_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: int, blocks: int, free: int, why: str, todo: str
) -> None:
    (tmp_path / "gameday.db").write_bytes(b"no database" * 100)
    disk = SimpleNamespace(f_flag=flags, f_blocks=blocks, f_bavail=free, f_frsize=4096)
    monkeypatch.setattr("gameday.store.open.os.statvfs", lambda _: disk)
    with pytest.raises(Refused, match=why) as refused:
        open_store(DataFolder(tmp_path))
    assert refused.value.todo == f"{todo} `gameday halt` works without the store."
