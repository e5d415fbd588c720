"""The demo's small parts without processes: windows, alert rules, folders, records."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gameday.demo import demo_record, lifecycle, postgres
from gameday.demo.alert import PENDING_S, format_alerts, journey_failing, journey_slow
from gameday.demo.demo_record import Demo, DemoProcess
from gameday.demo.load.shoppers import MAX_WAIT_S, RequestStats
from gameday.demo.sliding_window import WINDOW_S, Window
from gameday.errors import InternalError, Refused


@given(some.lists(some.tuples(some.floats(0, 10), some.floats(0, 20)), min_size=1))
def test_a_window_covers_its_last_seconds_only(taken: list[tuple[float, float]]) -> None:
    window = Window()
    for at, value in sorted(taken):
        window.add(at, value)
    now = max(at for at, _ in taken)
    left = sorted(value for at, value in taken if at >= now - WINDOW_S)
    assert window.n(now) == len(left)
    p95 = window.p95(now)
    assert p95 in left
    assert sum(value <= (p95 or 0) for value in left) >= 0.95 * len(left)
    assert window.p95(now + WINDOW_S + 0.1) is None


def test_the_alert_fires_after_five_slow_seconds_and_not_before() -> None:
    rule = journey_slow()
    states = []
    for now in range(8):
        rule.evaluate(float(now), 0.3 if now == 0 else 1.4)
        states.append(rule.state(float(now)))
    assert states == ["inactive", "pending", "pending", "pending", "pending", "pending", "firing", "firing"]
    assert '"alertname": "JourneySlow"' in json.dumps(format_alerts([rule], 7.0))
    rule.evaluate(8.0, 1.0)
    assert format_alerts([rule], 8.0) == {"status": "success", "data": {"alerts": []}}


def test_a_broken_alert_rule_never_fires() -> None:
    rule = journey_failing(broken=True)
    for now in (0.0, PENDING_S, 10 * PENDING_S):
        rule.evaluate(now, 9.0)
        assert rule.state(now) == "inactive"


def test_a_failed_journey_counts_as_the_longest_wait_and_a_hanging_one_as_its_age() -> None:
    stats = RequestStats()
    assert stats.slowness(0.0) is None
    first, second = stats.begin(1.0), stats.begin(1.5)
    assert stats.slowness(4.0) == 3.0
    stats.end(second, 4.0, good=False)
    assert (stats.good, stats.total, stats.slowness(4.0)) == (0, 1, MAX_WAIT_S)
    third = stats.begin(4.0)
    assert third not in (first, second)
    stats.end(first, 4.5, good=True)
    assert (stats.good, stats.total) == (1, 2)


def test_open_journeys_have_distinct_numbers() -> None:
    stats = RequestStats()
    open_journeys = {stats.begin(0.0) for _ in range(5)}
    stats.end(min(open_journeys), 1.0, good=True)
    assert stats.begin(1.0) not in open_journeys


def test_demo_home_follows_the_environment_variables() -> None:
    assert demo_record.demo_home({"GAMEDAY_DEMO": "/a"}) == Path("/a")
    assert demo_record.demo_home({"XDG_STATE_HOME": "/s"}) == Path("/s/gameday/demo")
    assert demo_record.demo_home({}) == Path.home() / ".local/state/gameday/demo"


def test_a_record_loads_as_saved_and_hides_its_password(tmp_path: Path) -> None:
    demo = Demo(tmp_path, "secret", rate=3.5).with_process(DemoProcess("shop", 7, 8, "boot"))
    demo_record.save(demo)
    assert demo_record.load(tmp_path) == demo
    assert "secret" not in repr(demo)
    assert demo_record.load(tmp_path / "nowhere") is None
    (tmp_path / demo_record.RECORD).write_text('{"processes": 3}')
    with pytest.raises(InternalError, match="not a demo record"):
        demo_record.load(tmp_path)


def test_without_the_extra_the_error_names_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Refused, match=r"pip install 'gameday-runner\[demo\]'"):
        lifecycle.start_demo(tmp_path / "home", say=print)
    assert not (tmp_path / "home").exists()


def test_a_folder_with_foreign_files_is_refused_and_left_unchanged(tmp_path: Path) -> None:
    foreign = tmp_path / postgres.DATA
    foreign.mkdir()
    (tmp_path / "notes").touch()
    with pytest.raises(Refused, match="is not part of a demo"):
        lifecycle.start_demo(tmp_path, say=print)
    lifecycle.stop_demo(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes", postgres.DATA]


def test_a_folder_that_cannot_be_created_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match="cannot write to"):
        lifecycle.start_demo(tmp_path / "file" / "home", say=print)
    with pytest.raises(Refused, match="cannot write to"):
        lifecycle.start_demo(Path("/proc/nowhere"), say=print)


def test_too_little_space_is_refused_before_anything_is_created(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "MIN_FREE_BYTES", 2**60)
    with pytest.raises(Refused, match="no space"):
        lifecycle.start_demo(tmp_path / "home", say=print)
    assert not (tmp_path / "home").exists()
