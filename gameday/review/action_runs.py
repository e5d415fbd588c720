"""Runs of actions: each is one event, at its start and with the role that requested it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gameday.events import ActionFinished, ActionRequested, ActionStarted, Event, of_type


def merge_action_runs(events: Sequence[Event]) -> list[Event]:
    """Return the events with each action that finished moved to its start, by whom it was requested.

    What an action changed may show before it finishes, so its start is what explains the rest.
    """
    starts, runs, merged = _starts(events), dict[int, Event](), set[int]()
    for finished in of_type(events, ActionFinished):
        is_start = (start.body.action == finished.body.action and start.seq < finished.seq for start in starts)
        index = next((index for index, matches in enumerate(is_start) if matches), None)
        if index is not None:
            start: Event = starts.pop(index)
            runs[start.seq] = replace(start, body=finished.body)
            merged.add(finished.seq)
    return [runs.get(event.seq, event) for event in events if event.seq not in merged]


def _starts(events: Sequence[Event]) -> list[Event[ActionStarted]]:
    """Return the starts of actions, each with the role of its request."""
    requests = list(of_type(events, ActionRequested))
    starts: list[Event[ActionStarted]] = []
    for start in of_type(events, ActionStarted):
        of_action = (each for each in requests if each.body.action == start.body.action and each.seq < start.seq)
        request = next(of_action, None)
        if request is not None:
            requests.remove(request)
        starts.append(start if request is None or start.role else replace(start, role=request.role))
    return starts
