"""Audiences: who may see an event, or a field of it, while the drill runs and after its end."""

from __future__ import annotations

from dataclasses import dataclass

from gameday.model import Role


@dataclass(frozen=True, slots=True)
class Audience:
    """Viewers of an event or a field.

    `everyone`: responders without a role too. `opens_at_end`: everyone sees it after the end."""

    name: str
    roles: frozenset[Role] = frozenset()
    everyone: bool = False
    opens_at_end: bool = True

    def includes(self, role: Role | None, *, ended: bool = False) -> bool:
        """Return True if a viewer with this role (None: a responder without one) may see it now."""
        return self.everyone or role in self.roles or (ended and self.opens_at_end)


EVERYONE = Audience("everyone", everyone=True)
FACILITATOR = Audience("facilitator", frozenset({Role.FACILITATOR}))
SEALED = Audience("sealed until the end")
"""Nobody sees it before the end, the facilitator neither."""
PRIVATE = Audience("facilitator alone", frozenset({Role.FACILITATOR}), opens_at_end=False)
"""The facilitator's own: in no review, and shown to nobody else at any time."""


def roles(*names: Role) -> Audience:
    """Return the audience of these roles and the facilitator."""
    return Audience(", ".join(names), frozenset({*names, Role.FACILITATOR}))
