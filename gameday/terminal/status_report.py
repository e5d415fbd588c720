"""Text of `gameday status`: the responders' view without spoilers, or the facilitator's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gameday.events import EVENT_TYPES, EVERYONE
from gameday.model import Mode
from gameday.terminal.glyphs import UNICODE, sanitize
from gameday.units import format_elapsed, format_remaining, format_value

_PHASES = {
    "planned": "is planned", "preflight": "is being prepared", "running": "is running",
    "reverting": "is ending: reverting all faults", "done": "is over",
    "paused": "is PAUSED: it resumes on request or after ten minutes",
    "stuck": "is STUCK: faults are still present; run gameday halt",
}  # fmt: skip


def render_status(status: Mapping[str, Any], facilitator: bool) -> str:
    """Render a status without colours; its times are seconds.

    Without `facilitator` only what responders may see is read from it, whatever else it holds.
    """
    lines = [*_head(status), *_moments(status, facilitator)]
    received = status.get("received", ())
    lines += _received("Pages", [message for message in received if message["page"]])
    lines += _received("Messages", [message for message in received if not message["page"]])
    if facilitator:
        lines += [*_faults(status.get("faults", ())), *_not_undone(status.get("not_undone", ()))]
        lines += _signals(status.get("signals", {}))
    lines += ["", "To stop the drill and revert all faults: gameday stop"]
    return "\n".join(sanitize(line, UNICODE) for line in lines)


def _head(status: Mapping[str, Any]) -> Iterator[str]:
    noun = "Rehearsal" if status.get("mode") == Mode.REHEARSAL else "Drill"
    phase = "paused" if status.get("paused") else str(status.get("phase", ""))
    yield f"{noun} {status.get('drill', '')} in {status.get('environment', '')} {_PHASES.get(phase, phase)}."
    since, remaining = status.get("since_start"), status.get("to_timebox")
    if since is not None:
        yield f"  {format_elapsed(since)} since the start" + (
            f", timebox ends in {format_remaining(remaining)}" if remaining is not None else ""
        )


def _moments(status: Mapping[str, Any], facilitator: bool) -> Iterator[str]:
    """Yield the moments in order; without `facilitator` only those that spoil nothing."""
    moments = {
        str(moment): float(at)
        for moment, at in status.get("moments", {}).items()
        if facilitator or (moment in EVENT_TYPES and EVENT_TYPES[moment].audience is EVERYONE)
    }
    if moments:
        yield "Moments"
    for moment, at in sorted(moments.items(), key=lambda pair: pair[1]):
        yield f"  {format_elapsed(at):>7}  {moment}"


def _received(title: str, messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if messages:
        yield title
    width = max((len(message["sender"]) for message in messages), default=0)
    for message in messages:
        at = "-" if message["at"] is None else format_elapsed(message["at"])
        sender = f"{message['sender']:<{width}}  " if width else ""
        yield f"  {at:>7}  {sender}{message['text']}"


def _faults(faults: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "Faults" if faults else "Faults: none active"
    for fault in faults:
        since = fault.get("since")
        duration = f", active for {format_elapsed(since)}" if since is not None else ""
        yield f"  {fault.get('target_text', '')}{duration}; auto-reverts: {fault.get('guarantee', '')}"


def _not_undone(texts: Sequence[str]) -> Iterator[str]:
    """Yield the actions that could not be undone, each with what to run by hand."""
    if texts:
        yield "Not undone"
    yield from (f"  {text}" for text in texts)


def _signals(signals: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if signals:
        yield "Signals"
    width = max((len(name) for name in signals), default=0)
    for name, signal in signals.items():
        value, kind = signal.get("value"), str(signal.get("kind", ""))
        unread = "cannot be read" if signal.get("read", True) else "no reading yet"
        yield f"  {name:<{width}}  {format_value(value, kind) if value is not None else unread}"
