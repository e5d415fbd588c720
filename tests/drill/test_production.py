"""Production is drilled when it says so in so many words, and its exact name was typed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from gameday.cli.main import ending
from gameday.drill.planning import allowed_here
from gameday.errors import Exit, Refused
from gameday.model import Environment


def environment(*, production: bool, allows_drills: bool) -> Environment:
    return Environment("live", {}, {}, {}, production=production, allows_drills=allows_drills)


NOT_ITS_NAME = [None, "", "Live", "LIVE", "live ", " live", "liv", "live2", "yes", "true", "staging"]


@pytest.mark.parametrize("typed", NOT_ITS_NAME)
def test_any_other_word_than_its_name_is_refused(typed: str | None) -> None:
    with pytest.raises(Refused, match="marked production") as caught:
        allowed_here(environment(production=True, allows_drills=True), typed)
    assert "--yes-production live" in caught.value.todo


def test_its_exact_name_opens_it() -> None:
    allowed_here(environment(production=True, allows_drills=True), "live")


@pytest.mark.parametrize("production", [True, False])
def test_its_name_does_not_help_where_no_drills_are_allowed(production: bool) -> None:
    with pytest.raises(Refused, match="does not allow drills"):
        allowed_here(environment(production=production, allows_drills=False), "live")


@pytest.mark.parametrize("typed", NOT_ITS_NAME)
def test_what_is_not_production_needs_no_name(typed: str | None) -> None:
    allowed_here(environment(production=False, allows_drills=True), typed)


@pytest.mark.parametrize("words", [[], ["--yes-production", ""], ["--yes-production", "yes"]])
def test_a_run_asks_for_it(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "gameday: 1\nenvironments:\n  live: {production: true, allows_drills: true}\n"
    (tmp_path / "gameday.yaml").write_text(text)
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with tempfile.TemporaryDirectory(prefix="gd") as runtime:  # short, because sockets lie in it
        monkeypatch.setenv("GAMEDAY_RUNTIME", runtime)
        assert ending(["run", "db-slowdown", "--env", "live", "--rehearse", *words]) is Exit.REFUSED
    assert "environment live is marked production" in capsys.readouterr().err
