"""About a dozen rows of a drill, chosen by how much they tell; from before the fault to after its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.events import CAUSE_OWN_REVERT, Event, SignalKinds, of_kind, reference_time
from gameday.events.access import text
from gameday.review.document import render_text
from gameday.review.event_text import source_text
from gameday.review.time_format import clock, offset

ROWS = 15

_FIRST = (
    "fault", "adjusted", "lapsed", "removed", "stop", "guardrail-breach", "halt", "interrupted", "impact",
    "mitigated", "recovered", "end", "alert", "action-finished", "steady-state", "theory", "declared", "update",
    "acknowledged", "ic-announced", "decision", "reverting", "help", "given-up", "hint", "paged", "start",
    "assembled", "reverted", "guardrail-warning", "message", "fault-kept", "prediction", "effect", "note", "paused",
    "resumed", "suspended", "extended", "revealed", "page-escalated", "mitigation-reported",
)  # fmt: skip
_REPEATED = 4
"""How many places the second and later events of a kind stand back."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: UTC clock, offset from the fault, what was so, where that comes from."""

    clock: str
    offset: str
    what: str
    source: str


def rows(events: Sequence[Event], kinds: SignalKinds, most: int = ROWS) -> tuple[Row, ...]:
    """The rows in order of happening; never two that say the same at the same second."""
    start = reference_time(events)
    chosen = sorted(_chosen(events, most), key=lambda event: (event.happened, event.seq))
    made = [
        Row(clock(e), offset(e.happened - start), render_text(e.body.review_text(kinds)), source_text(e))
        for e in chosen
    ]
    return tuple({(row.clock, row.what): row for row in made}.values())


def _row(event: Event, start: float, kinds: SignalKinds) -> Row:
    what = render_text(event.body.review_text(kinds))
    return Row(clock(event), offset(event.happened - start), what, source_text(event))


def left_out(events: Sequence[Event], most: int = ROWS) -> int:
    """How many events of the log a timeline leaves to the log."""
    return len(events) - len(_chosen(events, most))


def _said_by_steady(event: Event) -> bool:
    """A recovery that our own revert brought stands in the row of the steady state after it."""
    return event.kind == "recovered" and text(event.data, "cause") == CAUSE_OWN_REVERT


def _turned(events: Sequence[Event]) -> set[int]:
    """A fault that was read back again after its dial was turned: the turn itself has a row."""
    seen: set[object] = set()
    again: set[int] = set()
    for event in of_kind(events, "fault"):
        if event.data.get("fault") in seen:
            again.add(event.seq)
        seen.add(event.data.get("fault"))
    return again


def _chosen(events: Sequence[Event], most: int) -> list[Event]:
    """Of several of a kind the one that happened first stands first, as in the figures; each action for itself."""
    ranked: list[tuple[int, float, int, Event]] = []
    seen: dict[tuple[str, object], int] = {}
    again = _turned(events)
    told = (one for one in of_kind(events, *_FIRST) if one.body.review_text({}) and not _said_by_steady(one))
    for event in sorted((one for one in told if one.seq not in again), key=lambda one: (one.happened, one.seq)):
        which = (event.kind, event.data.get("when") or event.data.get("action"))
        seen[which] = seen.get(which, 0) + 1
        rank = _FIRST.index(event.kind) + _REPEATED * (seen[which] - 1)
        ranked.append((rank, event.happened, event.seq, event))
    return [event for *_, event in sorted(ranked, key=lambda item: item[:3])[:most]]
