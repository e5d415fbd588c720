"""GAMEDAY_TIMING: durations by name; anything else is refused before something is touched."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from support.drill_folder import timing_env

from gameday.cli.timing_variable import VARIABLE, read_timing
from gameday.errors import BadArguments
from gameday.timing import Timing


def test_default_waits_without_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert read_timing() == Timing()


def test_each_named_wait_replaces_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "quiet_period=500ms  max_lease=4s")
    assert read_timing() == Timing(quiet_period=0.5, max_lease=4.0)


def test_timing_survives_a_round_trip(monkeypatch: pytest.MonkeyPatch) -> None:
    timing = Timing(**{name: float(number) for number, name in enumerate(asdict(Timing()), 1)})
    monkeypatch.setenv(VARIABLE, timing_env(timing)[VARIABLE])
    assert read_timing() == timing
    assert timing_env(Timing()) == {}


@pytest.mark.parametrize(("text", "names"), [
    ("quiet=1s", "quiet_period"), ("quiet_period", "quiet_period"), ("quiet_period=-1s", "not a duration"),
])  # fmt: skip
def test_wrong_name_or_duration_is_refused(text: str, names: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(BadArguments) as refused:
        read_timing()
    assert names in f"{refused.value.wrong} {refused.value.todo}"
