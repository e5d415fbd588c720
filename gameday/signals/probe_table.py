"""Built-in probes and the keys that each has in gameday.yaml; loads nothing heavy, because every check reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ProbeKeys:
    """Keys of one probe, beside those that every signal has; with a `url`, CONNECTION_KEYS too."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All keys, the required ones first."""
        return (*self.required, *self.optional)

    @property
    def has_url(self) -> bool:
        """Return True if the probe asks a server at an address that the file gives."""
        return "url" in self.required


PROBE_KEYS: Final[Mapping[str, ProbeKeys]] = {
    "http": ProbeKeys(("url",), ("value", "n", "good_count", "total_count", "require")),
    "sql": ProbeKeys(("dsn_env", "query")),
    "process": ProbeKeys(("run",)),
    "prometheus": ProbeKeys(("url", "query"), ("n",)),
    "alerts": ProbeKeys(("url", "from", "alert"), ("labels",)),
    "kubernetes": ProbeKeys(("kubeconfig", "context", "namespace"), ("workload", "service", "value", "reason")),
}
"""The one table of probes: the rules of `check`, the schema and the reference page come from it."""
