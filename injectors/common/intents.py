"""Intents of an injector, with what every one takes from its binding and marker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gameday.markers import drill_of
from gameday.model import Binding, Json
from gameday.plugins.types import Intent, RevertGuarantee


@dataclass(frozen=True, slots=True)
class IntentBuilder:
    """Builder for intents of one injector on one target."""

    injector: str
    binding: Binding

    def build(
        self,
        marker: str,
        kind: str,
        *,
        address: Mapping[str, Json],
        params: Mapping[str, Json],
        undo: Mapping[str, Json],
        target_text: str,
        revert_text: str,
        guarantee: RevertGuarantee = RevertGuarantee.NEXT_COMMAND,
        lease: float = 0.0,
        fault: str = "",
        apply_text: str = "",
    ) -> Intent:
        """Return the intent of a fault; the defaults are those of a leftover, which no scenario names."""
        return Intent(
            marker=marker, drill=drill_of(marker), fault=fault, kind=kind, injector=self.injector,
            environment=self.binding.environment, target=self.binding.target, address=address, params=dict(params),
            undo=undo, target_text=target_text, revert_text=revert_text, guarantee=guarantee, lease=lease,
            apply_text=apply_text,
        )  # fmt: skip
