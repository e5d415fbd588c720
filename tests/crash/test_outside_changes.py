"""Somebody outside the drill changes its target while a fault is present: real drills on real engines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from support.proxy_drill import LATENCY, Place
from support.run_process import Run

from gameday.errors import Exit

SLOW = {"name": "theirs", "type": "latency", "attributes": {"latency": 1500}}
ADDED = "toxic 'theirs' (latency) was added by somebody outside this drill"


def add_toxic(place: Place, **toxic: Any) -> None:
    url = f"{place.server.url}/proxies/{place.name}/toxics"
    httpx.post(url, json={**SLOW, **toxic}, trust_env=False).raise_for_status()


def remove_toxic(place: Place) -> None:
    httpx.delete(f"{place.server.url}/proxies/{place.name}/toxics/theirs", trust_env=False)


def review_of(place: Place, run: Run) -> str:
    """Return the Markdown of the drill's review, without its escapes."""
    place.gameday("review", "draft", run.drill, "--full", "--into", str(place.folder))
    [file] = place.folder.glob(f"*{run.drill}*.md")
    return file.read_text().replace("\\", "")


@pytest.fixture(autouse=True)
def as_before(place: Place) -> Iterator[None]:
    """Remove what somebody else changed, whatever became of the test."""
    yield
    remove_toxic(place)
    before = {key: place.before[key] for key in ("enabled", "upstream")}
    httpx.post(f"{place.server.url}/proxies/{place.name}", json=before, trust_env=False)


def evaluations(run: Run) -> list[str]:
    return [data["verdict"] for kind, data in run.events() if kind == "evaluated"]


def test_toxic_of_somebody_else_decides_no_verdict_and_is_named(place: Place) -> None:
    place.write(LATENCY, stands="12s", holds="700ms")
    run = place.run()
    run.wait_for_event("effect", seen=True)
    add_toxic(place)
    run.wait_for_event("outside-change", target="database")
    assert run.code() == Exit.NOT_HELD, run.describe()
    assert evaluations(run) == ["unknown"], run.describe()
    assert "Hypothesis        unknown" in run.out, run.out
    assert f"proxy {place.name}: {ADDED}" in run.out, run.out
    assert f"proxy {place.name}: {ADDED} (from " in review_of(place, run)


def test_verdict_is_judged_once_the_change_is_undone_and_enough_readings_count(place: Place) -> None:
    place.write(LATENCY, stands="40s", holds="700ms")
    run = place.run()
    run.wait_for_event("effect", seen=True)
    add_toxic(place)
    run.wait_for_event("outside-change")
    remove_toxic(place)
    run.wait_for_event("outside-change-gone")
    assert run.code() == Exit.HELD, run.describe()
    assert evaluations(run) == ["met"]


def test_toxic_that_was_there_before_the_fault_is_no_change(place: Place) -> None:
    add_toxic(place, attributes={"latency": 10})
    place.write(LATENCY, stands="4s")
    run = place.run()
    assert run.code() == Exit.HELD, run.describe()
    assert "outside-change" not in run.kinds()


@pytest.mark.parametrize("field, value", [("enabled", False), ("upstream", "127.0.0.1:9")])
def test_proxy_changed_by_hand_is_named(place: Place, field: str, value: object) -> None:
    place.write(LATENCY, stands="6s")
    run = place.run()
    run.wait_for_event("effect", seen=True)
    url = f"{place.server.url}/proxies/{place.name}"
    httpx.post(url, json={field: value}, trust_env=False).raise_for_status()
    clause = "it was disabled" if field == "enabled" else "its upstream address was changed"
    run.wait_for_event("outside-change", text=f"proxy {place.name}: {clause}")
    assert run.code() == Exit.NOT_HELD, run.describe()
