"""Recorded drills: the log and the readings of real drills, compressed, without addresses or names of people."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from gameday.boards.playback import Playback, read_recorded_plan
from gameday.drill.view import View
from gameday.events import Event, decode_strictly, encode
from gameday.model import Plan, Reading
from gameday.store.sqlite import Store

FOLDER = Path(__file__).parent / "recordings"


@dataclass(frozen=True)
class Recording:
    """One drill from its first event to its last."""

    events: tuple[Event, ...]
    readings: tuple[Reading, ...]

    @property
    def plan(self) -> Plan:
        return read_recorded_plan(self.events)

    def time_of(self, kind: str) -> float:
        """Return when the first event of this kind happened. Raises StopIteration if there is none."""
        return next(event.happened for event in self.events if event.kind == kind)

    def play(self, view: View, until: float) -> None:
        """Show the view everything up to that time, then one tick."""
        playback = Playback(view, self.plan)
        events = [event for event in self.events if event.at <= until]
        playback.advance(until, events, [reading for reading in self.readings if reading.at <= until])


def load_recording(name: str) -> Recording:
    """Return the recorded drill of that name."""
    with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    readings = [Reading(*line) for line in lines if isinstance(line, list)]
    return Recording(tuple(decode_strictly(line) for line in lines if isinstance(line, dict)), tuple(readings))


def save_recording(database: Path, drill: str, name: str) -> None:
    """Write a drill of a store as the recording of that name."""
    store = Store(database)
    readings = [
        [reading.signal, round(reading.at, 3), reading.value, reading.n, reading.error]
        for reading in store.readings(drill)
    ]
    lines = [json.dumps(line) for line in [*map(encode, store.events(drill)), *readings]]
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
