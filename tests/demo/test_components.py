"""The demo's small parts, without any process: windows, the alert rule, folders, records."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gameday.demo import demo_record, lifecycle, postgres
from gameday.demo.alert import FOR, answer, journey_failing, journey_slow
from gameday.demo.demo_record import Demo, Recorded
from gameday.demo.load.shoppers import PATIENCE, Seen
from gameday.demo.sliding_window import SECONDS, Window
from gameday.errors import InternalError, Refused


@given(some.lists(some.tuples(some.floats(0, 10), some.floats(0, 20)), min_size=1))
def test_a_window_speaks_of_its_last_seconds_alone(taken: list[tuple[float, float]]) -> None:
    window = Window()
    for at, value in sorted(taken):
        window.add(at, value)
    now = max(at for at, _ in taken)
    left = sorted(value for at, value in taken if at >= now - SECONDS)
    assert window.n(now) == len(left)
    p95 = window.p95(now)
    assert p95 in left
    assert sum(value <= (p95 or 0) for value in left) >= 0.95 * len(left)
    assert window.p95(now + SECONDS + 0.1) is None


def test_the_rule_fires_after_five_seconds_of_slowness_and_not_before() -> None:
    rule = journey_slow()
    states = []
    for now in range(8):
        rule.evaluate(float(now), 0.3 if now == 0 else 1.4)
        states.append(rule.state(float(now)))
    assert states == ["inactive", "pending", "pending", "pending", "pending", "pending", "firing", "firing"]
    assert '"alertname": "JourneySlow"' in json.dumps(answer([rule], 7.0))
    rule.evaluate(8.0, 1.0)
    assert answer([rule], 8.0) == {"status": "success", "data": {"alerts": []}}


def test_a_broken_rule_never_fires() -> None:
    rule = journey_failing(broken=True)
    for now in (0.0, FOR, 10 * FOR):
        rule.evaluate(now, 9.0)
        assert rule.state(now) == "inactive"


def test_a_failed_journey_took_as_long_as_a_shopper_waits_and_a_hanging_one_shows_its_age() -> None:
    seen = Seen()
    assert seen.slowness(0.0) is None
    first, second = seen.begin(1.0), seen.begin(1.5)
    assert seen.slowness(4.0) == 3.0
    seen.end(second, 4.0, good=False)
    assert (seen.good, seen.total, seen.slowness(4.0)) == (0, 1, PATIENCE)
    third = seen.begin(4.0)
    assert third not in (first, second)
    seen.end(first, 4.5, good=True)
    assert (seen.good, seen.total) == (1, 2)


def test_numbers_of_journeys_under_way_are_never_the_same() -> None:
    seen = Seen()
    under_way = {seen.begin(0.0) for _ in range(5)}
    seen.end(min(under_way), 1.0, good=True)
    assert seen.begin(1.0) not in under_way


def test_where_a_demo_lives() -> None:
    assert demo_record.home_of({"GAMEDAY_DEMO": "/a"}) == Path("/a")
    assert demo_record.home_of({"XDG_STATE_HOME": "/s"}) == Path("/s/gameday/demo")
    assert demo_record.home_of({}) == Path.home() / ".local/state/gameday/demo"


def test_a_record_comes_back_as_written_and_hides_its_password(tmp_path: Path) -> None:
    written = Demo(tmp_path, "secret", rate=3.5).with_process(Recorded("shop", 7, 8, "boot"))
    demo_record.save(written)
    assert demo_record.load(tmp_path) == written
    assert "secret" not in repr(written)
    assert demo_record.load(tmp_path / "nowhere") is None
    (tmp_path / demo_record.RECORD).write_text('{"processes": 3}')
    with pytest.raises(InternalError, match="not a record"):
        demo_record.load(tmp_path)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Refused, match=r"pip install 'gameday-runner\[demo\]'"):
        lifecycle.start_demo(tmp_path / "home", say=print)
    assert not (tmp_path / "home").exists()


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / postgres.DATA
    theirs.mkdir()
    (tmp_path / "notes").touch()
    with pytest.raises(Refused, match="no demo is recorded there"):
        lifecycle.start_demo(tmp_path, say=print)
    lifecycle.stop_demo(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes", postgres.DATA]


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match="cannot be written"):
        lifecycle.start_demo(tmp_path / "file" / "home", say=print)
    with pytest.raises(Refused, match="cannot be written"):
        lifecycle.start_demo(Path("/proc/nowhere"), say=print)


def test_no_space_is_said_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "MIN_FREE_BYTES", 2**60)
    with pytest.raises(Refused, match="no space"):
        lifecycle.start_demo(tmp_path / "home", say=print)
    assert not (tmp_path / "home").exists()
