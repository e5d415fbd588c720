"""Words and numbers of the scenario file that readers, rules and schema share. Loads nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CHARTER: Final = -1.0
"""An objective's `within: charter`, until bind_charter puts the environment's own seconds in its place."""

CHARTER_SECONDS: Final = 300.0
"""What `charter` means where the environment's charter is silent: swarm within five minutes."""

MITIGATED_HOLD: Final = 60.0
"""How long steady state must hold to count as mitigated where the scenario does not say."""

LIMIT_TESTS: Final = ("at_least", "at_most", "above", "below")
TESTS: Final = (*LIMIT_TESTS, "is", "fires")
UPWARDS: Final = frozenset({"at_least", "above"})

DIALLED: Final = ("delay", "after")
"""The parameters of a fault that a dial turns, where the fault has one: times."""

KNOWN_PROBES: Final[Mapping[str, tuple[str, ...]]] = {
    "http": ("url", "value", "n", "good_count", "total_count"),
    "sql": ("dsn_env", "query"),
    "process": ("run",),
    "prometheus": ("url", "query", "n"),
    "alerts": ("url", "from", "alert", "labels"),
}
"""Each probe with its own settings, as the environment file writes them."""
