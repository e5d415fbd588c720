"""Range that a PromQL query looks back."""

from __future__ import annotations

import pytest

from gameday.signals.promql_ranges import query_lookback_s


@pytest.mark.parametrize(
    ("query", "seconds"),
    [
        ("up", 0.0),
        ("rate(orders_total[5m])", 300.0),
        ("sum(rate(ok_total[1m])) / sum(rate(all_total[1m30s]))", 90.0),
        ("histogram_quantile(0.95, sum by (le) (rate(seconds_bucket{job='shop'}[2m])))", 120.0),
        ("max_over_time(rate(orders_total[5m])[30m:1m])", 2100.0),
        ("max_over_time(queue_length[10s:])", 10.0),
        ("rate(orders_total[1m] offset 1h)", 3660.0),
        ('orders_total{path="/a[5m]"}', 0.0),
        ("up # rate(x[5m])", 0.0),
        ("rate(orders_total[ 500ms ])", 0.5),
    ],
)
def test_ranges_offsets_and_subqueries_add_up(query: str, seconds: float) -> None:
    assert query_lookback_s(query) == pytest.approx(seconds)
