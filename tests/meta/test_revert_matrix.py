"""The table of endings: a run of some cells replaces these alone."""

from __future__ import annotations

from support.revert_matrix import Matrix, read_table

MATRIX = Matrix("test[", "<!-- begin -->", ("kill", "half-dead"), lambda: "an engine")


def test_cells_that_were_not_run_again_keep_their_outcome() -> None:
    first = {"kill-INT": "passed", "half-dead-INT": "failed", "kill-KILL-both": "passed"}
    table = MATRIX.table(first)
    assert "| INT | clean | LEFT |" in table and "| KILL-both | clean | not tried |" in table
    assert "2 of 3 cells clean" in table
    assert read_table(table) == first
    again = MATRIX.table({**read_table(table), "half-dead-INT": "passed", "half-dead-end": "passed"})
    assert "| INT | clean | clean |" in again and "| end | not tried | clean |" in again


def test_no_table_has_no_cells() -> None:
    assert read_table("\n\n") == {}
