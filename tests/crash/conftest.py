"""Places to break, for each test one of its own; and the table of what was broken and ended how."""

from __future__ import annotations

import os

import pytest
from place_fixtures import make, original, ours, place, places, server, shop

__all__ = ["make", "original", "ours", "place", "places", "server", "shop"]

RESULTS: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Of every cell of the matrix, how it went."""
    _, _, cell = report.nodeid.partition("test_all_is_as_before[")
    if cell and (report.when == "call" or report.failed):
        RESULTS[cell.rstrip("]")] = report.outcome


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A whole matrix is written down, by the process that all the others report to."""
    if os.environ.get("GAMEDAY_MATRIX") and RESULTS and not hasattr(session.config, "workerinput"):
        import matrix_table

        matrix_table.write(RESULTS)
