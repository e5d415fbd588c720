"""`gameday debrief`: the hot debrief, the most junior role first; its lines go into the review as spoken."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.completion_values import complete_drill
from gameday.cli.output import print_output
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.app.debrief import Debrief
    from gameday.store.protocols import DrillReader, RevertAuthority


@click.command()
@click.argument("drill", required=False, shell_complete=complete_drill)
@click.option("--reviews", type=click.Path(path_type=Path), help="Folder of its review; else beside the store.")
def command(drill: str | None, reviews: Path | None) -> Exit:
    """Hold the hot debrief of DRILL (default: the latest), line by line, and refresh its review."""
    from gameday.cli.terminal_token import load_finished
    from gameday.store.open import open_store
    from gameday.store.paths import data_folder

    finished = load_finished(drill, "debrief")
    store = open_store()
    hold_debrief(store, finished.drill, data_folder().role_history)
    print_refreshed_review(store, finished.drill, reviews or finished.reviews)
    return Exit.HELD


def hold_debrief(store: RevertAuthority, drill: str, history: Path) -> None:
    """Ask, and record each line at once. End of input or Ctrl-C ends the debrief without losing anything."""
    from gameday.app.debrief import Debrief

    debrief = Debrief(store, drill, history)
    discard_typed_input()
    print_output("")
    order = "the most junior speaks first. " if debrief.roles else ""
    print_output(f"ENDEX. Hot debrief of {drill}, five minutes; {order}Enter skips, Ctrl-C ends it.")
    try:
        _ask_for_lines(debrief)
        _ask_for_objectives(debrief)
    except (EOFError, KeyboardInterrupt, click.exceptions.Abort):
        print_output("")
    for prediction in debrief.close():
        print_output(f"prediction before the start: {prediction}")
    print_output("")


def discard_typed_input() -> None:
    """Discard keys that were pressed for the previous screen: they answer none of these questions."""
    import sys
    import termios

    with suppress(termios.error, OSError, ValueError):
        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def _ask_for_lines(debrief: Debrief) -> None:
    from gameday.app.debrief import HEADINGS

    for heading in HEADINGS:
        print_output(heading)
        for role in debrief.roles or (None,):
            debrief.record_line(heading, role, _ask(f"  {role or 'anyone'}: "))


def _ask_for_objectives(debrief: Debrief) -> None:
    """Ask about objectives that are not recorded: one is absent only if a person says so."""
    for result in debrief.unrecorded_objectives():
        question = f"Objective {result.id} ({result.moment}) is not recorded. Was it absent? y, or Enter to skip: "
        if _ask(question).strip().casefold() in ("y", "yes"):
            debrief.record_absent(result.moment)


def _ask(prompt: str) -> str:
    answer: str = click.prompt(prompt, default="", show_default=False, prompt_suffix="")
    return answer


def print_refreshed_review(store: DrillReader, drill: str, reviews: Path) -> None:
    """Refresh the review with the debrief; what people wrote in it is kept."""
    from gameday.app.reviews import refresh_after_debrief

    print_output(f"review  {refresh_after_debrief(store, drill, reviews)} (with the debrief)")
