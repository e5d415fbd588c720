"""What `gameday status` prints: the responders' view, which gives nothing away, or the facilitator's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gameday.events import EVENT_TYPES, EVERYONE
from gameday.model import Mode
from gameday.terminal.glyphs import UNICODE, sanitize
from gameday.units import format_elapsed, format_remaining, format_value

_PHASES = {
    "planned": "is planned", "preflight": "is being prepared", "running": "is running",
    "reverting": "is ending: everything is being put back", "done": "is over",
    "paused": "stands still: PAUSE, until somebody goes on, for at most ten minutes",
    "stuck": "is STUCK: something still stands; run gameday halt",
}  # fmt: skip


def render_status(status: Mapping[str, Any], facilitator: bool) -> str:
    """Lines for a terminal, without colours. Times in `status` are seconds. Without `facilitator` nothing is read
    from it but what responders see anyway, whatever else it holds."""
    lines = [*_head(status), *_moments(status, facilitator)]
    lines += _block("Pages", status.get("pages", ()))
    lines += _block("Messages", status.get("messages", ()))
    if facilitator:
        lines += [*_faults(status.get("faults", ())), *_signals(status.get("signals", {}))]
    lines += ["", "To stop the drill and put everything back: gameday stop"]
    return "\n".join(sanitize(line, UNICODE) for line in lines)


def _head(status: Mapping[str, Any]) -> Iterator[str]:
    what = "Rehearsal" if status.get("mode") == Mode.REHEARSAL else "Drill"
    phase = "paused" if status.get("paused") else str(status.get("phase", ""))
    yield f"{what} {status.get('drill', '')} in {status.get('environment', '')} {_PHASES.get(phase, phase)}."
    since, box = status.get("since_startex"), status.get("to_timebox")
    if since is not None:
        yield f"  {format_elapsed(since)} since STARTEX" + (
            f", {format_remaining(box)} to the timebox" if box is not None else ""
        )


def _moments(status: Mapping[str, Any], facilitator: bool) -> Iterator[str]:
    """In the order in which they were; those that would tell what the drill does are the facilitator's."""
    found = {
        str(moment): float(at)
        for moment, at in status.get("moments", {}).items()
        if facilitator or (moment in EVENT_TYPES and EVENT_TYPES[moment].audience is EVERYONE)
    }
    if found:
        yield "Moments"
    for moment, at in sorted(found.items(), key=lambda pair: pair[1]):
        yield f"  {format_elapsed(at):>7}  {moment}"


def _block(title: str, texts: Sequence[str]) -> Iterator[str]:
    if texts:
        yield title
    for text in texts:
        yield f"  {text}"


def _faults(faults: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "Faults" if faults else "Faults: none stands"
    for fault in faults:
        since = fault.get("since")
        how_long = f", for {format_elapsed(since)}" if since is not None else ""
        yield f"  {fault.get('target_text', '')}{how_long}; behind it: {fault.get('guarantee', '')}"


def _signals(signals: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if signals:
        yield "Signals"
    width = max((len(name) for name in signals), default=0)
    for name, found in signals.items():
        value = found.get("value")
        said = format_value(value, str(found.get("kind", ""))) if value is not None else "cannot be read"
        yield f"  {name:<{width}}  {said}"
