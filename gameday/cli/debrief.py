"""`gameday debrief`: the hot debrief, in role order, the most junior first; its lines go into the review as spoken."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.output import print_output
from gameday.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gameday.events import NewEvent
    from gameday.model import Event, Role
    from gameday.store.protocols import DrillReader, RevertAuthority

HEADINGS = ("Summarise", "Went well", "Opportunities", "Points to act")
"""After STOP5, the five-minute hot debrief of emergency medicine (Walker et al., 2020)."""


@click.command()
@click.argument("drill", required=False)
@click.option("--reviews", type=click.Path(path_type=Path), help="Where its review lies; else beside the store.")
def command(drill: str | None, reviews: Path | None) -> Exit:
    """Hold the hot debrief of DRILL (default: the latest), line by line, and refresh its review."""
    from gameday.cli.finished_drills import load_finished
    from gameday.store.open import open_store
    from gameday.store.paths import data_folder

    found = load_finished(drill, "debrief")
    store = open_store()
    debrief(store, found.drill, data_folder().role_history)
    refresh(store, found.drill, reviews or found.reviews)
    return Exit.HELD


def debrief(store: RevertAuthority, drill: str, history: Path) -> None:
    """Ask, and append each line as it was said; end of input or Ctrl-C ends it, and loses nothing."""
    from gameday.people.role_history import forget_drills, load_drill_roles

    roles = load_drill_roles(history, drill)
    forget_typed()
    print_output("")
    first = "the most junior speaks first. " if roles else ""
    print_output(f"ENDEX. Hot debrief of {drill}, five minutes; {first}Enter passes, Ctrl-C ends it.")
    try:
        for draft in _lines(store.events(drill), roles):
            store.append(drill, [draft], None)
    except (EOFError, KeyboardInterrupt, click.exceptions.Abort):
        print_output("")
    with suppress(OSError):
        forget_drills(history)
    _reveal(store.events(drill))


def forget_typed() -> None:
    """Keys that were pressed for the screen before are no answers to these questions."""
    import sys
    import termios

    with suppress(termios.error, OSError, ValueError):
        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def _lines(events: Sequence[Event], roles: Sequence[Role]) -> Iterator[NewEvent]:
    from gameday.events import NewEvent
    from gameday.model import Source

    for heading in HEADINGS:
        print_output(heading)
        for role in roles or (None,):
            for words in _lines_of(_asked(f"  {role or 'anybody'}: ")):
                yield NewEvent("debrief", {"heading": heading, "say": words}, source=Source.HUMAN, role=role)
    yield from _objectives(events)


def _asked(prompt: str) -> str:
    from gameday.drill.control.participant_requests import sanitize_line

    words: str = click.prompt(prompt, default="", show_default=False, prompt_suffix="")
    return sanitize_line(words)


def _lines_of(words: str) -> Iterator[str]:
    """What is longer than a line of the log becomes several."""
    from gameday.drill.control.participant_requests import LONGEST

    yield from (words[at : at + LONGEST] for at in range(0, len(words), LONGEST))


def _objectives(events: Sequence[Event]) -> Iterator[NewEvent]:
    """What the log does not know is not recorded; absent it is only where a person says so."""
    from gameday.events import NewEvent
    from gameday.model import Source
    from gameday.scorecards.objectives import objectives

    for one in objectives(events):
        if one.state == "not recorded":
            said = _asked(
                f"Objective {one.id} ({one.expect}) is not recorded. Was it absent? y, or Enter: leave it so "
            )
            if said.casefold() in ("y", "yes"):
                yield NewEvent("absent", {"expect": one.expect}, source=Source.HUMAN)


def _reveal(events: Sequence[Event]) -> None:
    """The sealed predictions, opened."""
    from gameday.drill.control.participant_requests import sanitize_line

    sealed = [str(event.data.get("say", "")) for event in events if event.kind == "prediction"]
    for words in sealed:
        print_output(f"predicted before STARTEX: {sanitize_line(words)}")
    print_output("")


def refresh(store: DrillReader, drill: str, folder: Path) -> None:
    """The review again, with what was said; what people wrote into it stays."""
    from gameday.review.save import write_review

    written = write_review(store.events(drill), store.readings(drill), folder, form=None)
    print_output(f"review  {written.markdown} (with the debrief)")
