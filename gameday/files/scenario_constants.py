"""Constants of the scenario file that readers, rules and schema share; loads nothing heavy."""

from __future__ import annotations

from typing import Final

from gameday.moments import Moment

CHARTER_WORD: Final = "charter"
CHARTER: Final = -1.0
"""The seconds of an objective's `by: charter`, until bind_charter puts the environment's own in their place."""

CHARTER_SECONDS: Final = 300.0
"""The time of `charter` where the environment's charter is silent: swarm within five minutes."""

MANUAL: Final = "manual"
"""A message's `at: manual`: in reserve, sent by the facilitator alone."""

MITIGATED_HOLD: Final = 60.0
"""Seconds that steady state must hold to count as mitigated where the scenario does not say."""

LIMIT_TESTS: Final = ("at_least", "at_most", "above", "below")
TESTS: Final = (*LIMIT_TESTS, "is", "not", "fires")
UPWARDS: Final = frozenset({"at_least", "above"})

FAULT_KEYS: Final = frozenset({"id", "kind", "target", "at", "lasts", "repeat", "adjust", "shows"})
"""The keys of a fault that are the scenario's; all others go to the injector."""

PEOPLE_ALONE_MOMENTS: Final = frozenset({Moment.FAULT, Moment.IMPACT, Moment.FAULT_END})
"""Moments that never come in a drill without a fault."""
