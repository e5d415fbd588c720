"""Additions to a gameday.yaml are validated, written atomically, and never overwrite another change."""

from __future__ import annotations

from pathlib import Path

import pytest

from gameday.errors import BadArguments, InvalidFiles
from gameday.files.project_editor import open_editor, write_new

FILE = "gameday: 1\nenvironments:\n  staging:\n    terms: {journey: checkout}   # ours\n"
TARGET = {"injector": "toxiproxy", "url": "http://127.0.0.1:8474", "proxy": "db"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "gameday.yaml"
    path.write_text(FILE, encoding="utf-8")
    path.chmod(0o640)
    return path


def test_file_is_replaced_with_the_same_mode_and_no_temporary_file(file: Path) -> None:
    bound = open_editor(file, "staging").with_value(("targets", "db"), dict(TARGET))
    assert bound.environment.targets["db"].settings["proxy"] == "db" and file.read_text() == FILE
    bound.write()
    assert file.read_text().startswith(FILE) and "    targets:\n      db: {injector" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o640 and list(file.parent.iterdir()) == [file]


def test_symbolic_link_is_kept(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere.yaml"
    link.symlink_to(file)
    open_editor(link, "staging").with_value(("terms", "customer"), "shopper").write()
    assert link.is_symlink() and "customer: shopper" in file.read_text()


def test_file_changed_meanwhile_is_not_overwritten(file: Path) -> None:
    bound = open_editor(file, "staging").with_value(("terms", "customer"), "shopper")
    file.write_text(FILE + "# a colleague\n", encoding="utf-8")
    with pytest.raises(BadArguments, match="changed by someone else"):
        bound.write()
    assert file.read_text() == FILE + "# a colleague\n" and list(file.parent.iterdir()) == [file]


def test_invalid_entry_is_not_added(file: Path) -> None:
    with pytest.raises(InvalidFiles, match="name or password"):
        open_editor(file, "staging").with_value(("targets", "db"), {**TARGET, "url": "http://me:secret@127.0.0.1"})


def test_unknown_environment_is_refused(file: Path) -> None:
    with pytest.raises(BadArguments, match="no environment 'prod'") as refused:
        open_editor(file, "prod")
    assert "Choose one with --env: staging" in refused.value.todo


def test_new_file_never_overwrites(file: Path) -> None:
    with pytest.raises(BadArguments, match="already exists"):
        write_new(file, "gameday: 1\n")
    assert file.read_text() == FILE
    with pytest.raises(BadArguments, match=r"cannot write .*: No such file"):
        write_new(file.parent / "none" / "gameday.yaml", "")
