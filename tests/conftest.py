"""Settings for every test: its lane, and how many examples a property test takes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support import available_engines
from support.lanes import lane_of

TESTS = Path(__file__).parent

settings.register_profile(
    "usual", max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
settings.register_profile("full", settings.get_profile("usual"), max_examples=150)
settings.load_profile(os.environ.get("GAMEDAY_EXAMPLES", "usual"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its lane, before `-m` selects by it."""
    for item in items:
        lane = lane_of(item.path.relative_to(TESTS), [marker.name for marker in item.iter_markers()])
        item.add_marker(lane)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a test ask for an engine only where it is marked so."""
    available_engines.requested = {marker.args[0] for marker in item.iter_markers("engine")}
