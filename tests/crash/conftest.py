"""Places to break, for each test one of its own; and the table of what was broken and ended how."""

from __future__ import annotations

import os
import re

import pytest
from support.kubernetes_drill import api_server, stand_in
from support.proxy_drill import SERVERS, make, original, ours, place, places, server, shop
from support.revert_matrix import MATRICES

__all__ = ["api_server", "make", "original", "ours", "place", "places", "server", "shop", "stand_in"]

_SERVER = re.compile(rf"\b({'|'.join(SERVERS)})\b")
RESULTS: dict[str, dict[str, str]] = {}
WHOLE = bool(os.environ.get("CI") or os.environ.get("GAMEDAY_MATRIX"))
"""True if each test runs on both proxy servers, not alternately on one of them."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the tests for both servers alternately: the first on the embedded server, the second on the original, ..."""
    pairs: dict[str, list[pytest.Item]] = {}
    for item in items:
        if _SERVER.search(item.nodeid):
            pairs.setdefault(_SERVER.sub("", item.nodeid), []).append(item)
    both = [pair for pair in pairs.values() if len(pair) == len(SERVERS)]
    left_out = set() if WHOLE else {pair[(turn + 1) % len(SERVERS)] for turn, pair in enumerate(both)}
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=list(left_out))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Record the outcome of every cell of the matrices."""
    for matrix in MATRICES:
        _, _, cell = report.nodeid.partition(matrix.cells)
        if cell and (report.when == "call" or report.failed):
            RESULTS.setdefault(matrix.cells, {})[cell.rstrip("]")] = report.outcome


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the tables of a whole matrix, in the process that collects the results."""
    if os.environ.get("GAMEDAY_MATRIX") and not hasattr(session.config, "workerinput"):
        for matrix in MATRICES:
            if matrix.cells in RESULTS:
                matrix.write(RESULTS[matrix.cells])
