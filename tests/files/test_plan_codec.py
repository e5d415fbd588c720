"""A plan survives the log, without its settings of the real system."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from support.shipped_drill import plan_of

from gameday.errors import BadArguments
from gameday.files.plan_codec import decode_plan, encode_plan
from gameday.model import Binding, ChannelBinding, Comparison, Expectation, Mode, SignalBinding, SignalKind

SECRET = "postgres://user:hunter2@db"
SIGNAL = SignalBinding("rows", SignalKind.COUNT, "sql", {"dsn": SECRET, "timeout": 2.0}, 0.5, None, 3)


@pytest.mark.parametrize("mode", [Mode.REHEARSAL, Mode.FACILITATED])
def test_plan_survives_a_round_trip(mode: Mode) -> None:
    plan = plan_of(mode)
    assert decode_plan(json.loads(json.dumps(encode_plan(plan)))) == plan


def test_plan_in_the_log_has_no_probe_or_injector_settings() -> None:
    plan = plan_of()
    good = Expectation("rows", Comparison.ABOVE, None)
    environment = replace(
        plan.environment,
        signals={"rows": replace(SIGNAL, healthy=good)},
        kinds=frozenset({"latency"}),
        channels={"team-chat": ChannelBinding("team-chat", "webhook", {"url": SECRET})},
    )
    faults = tuple(replace(one, binding=Binding("test", "database", "none", {"url": SECRET})) for one in plan.faults)
    text = json.dumps(encode_plan(replace(plan, environment=environment, faults=faults)))
    assert "hunter2" not in text
    back = decode_plan(json.loads(text))
    assert back.environment.signals["rows"] == replace(SIGNAL, healthy=good, settings={"timeout": 2.0})
    assert back.environment.kinds == {"latency"} and back.faults[0].at == plan.faults[0].at


def test_plan_that_cannot_be_decoded_is_refused() -> None:
    with pytest.raises(BadArguments):
        decode_plan({})
