"""A drill for people in a place to break: a roster, a course, actions, and words that no responder may ever see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from support.proxy_drill import Place

from gameday.events import Event
from gameday.store.open import open_store
from gameday.store.paths import DataFolder
from gameday.store.sqlite import Store

PLANTED = ("zanzibar", "quokka", "ptarmigan", "400ms", "latency", "database", "wombat")
"""Texts that responders must not see: fault id, kind, target description, unsent hints, adjustments."""
NAMES = ("Ana Ferreira", "Bo Lindqvist", "Chi Nguyen", "Dov Katz")

SCENARIO = """\
gameday: 1
id: zanzibar
timebox: {timebox}
roles: {{required: [facilitator, ic, ops], optional: [mentor]}}
requires: {{targets: {{database: quokka}}, signals: {{success: {{kind: ratio}}, wait: {{kind: duration}}}}}}
hypothesis: {{statement: "The ptarmigan goes on.", expect: [{{signal: wait, at_most: 30s, over: 500ms}}]}}
steady_state: [{{signal: wait, is: healthy}}]
faults: [{{id: zanzibar, kind: latency, target: database, delay: 400ms, adjust: {{delay: 100ms..2s}},
          at: start+0s..100ms, shows: {{signal: wait, above: 300ms, by: fault+10s}}}}]
guardrails: [{{signal: wait, above: 20s, for: 500ms}}]
ends: {ends}
objectives: [{{id: command, moment: ic-announced, by: declared+3m}},
             {{id: first-update, moment: update, by: declared+5m}}]
messages:
  - {{at: fault+9m, from: support, say: "Somebody calls about the checkout.", look_for: a ptarmigan}}
  - {{at: fault+9m, hint: nudge, say: "The wombat is slow."}}
debrief: [What told you where the time went?]
"""
ROSTER = """\
gameday: 1
team: checkout
people:
  - {id: ana, name: Ana Ferreira, level: 4, roles: [facilitator, mentor, ic]}
  - {id: bo, name: Bo Lindqvist, level: 3, roles: [mentor, ic, ops, facilitator]}
  - {id: chi, name: Chi Nguyen, level: 1, roles: [ic, ops]}
  - {id: dov, name: Dov Katz, level: 1, roles: [ic, ops]}
"""
ACTIONS = "    actions: {cache-on: {do: ['true'], undo: ['true']}}\n"


def furnish(place: Place, timebox: str = "10m", ends: str = "help+1s") -> None:
    """Scenario, roster and actions, beside what the place has."""
    (place.folder / "late.yaml").write_text(SCENARIO.format(timebox=timebox, ends=ends))
    (place.folder / "roster.yaml").write_text(ROSTER)
    file = place.folder / "gameday.yaml"
    file.write_text(file.read_text().replace("at_most 90ms", "at_most 250ms") + ACTIONS)  # on a busy machine too


@contextmanager
def store_of(place: Place) -> Iterator[Store]:
    store = open_store(DataFolder(place.folder / "store"))
    try:
        yield store
    finally:
        store.close()


def events(place: Place) -> list[Event]:
    """Return the events of all drills in the store."""
    with store_of(place) as store:
        return [event for drill in store.drills() for event in store.events(drill)]


def kinds(place: Place) -> list[str]:
    return [event.kind for event in events(place)]
