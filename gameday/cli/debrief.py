"""`gameday debrief`: the hot debrief, the most junior role first; its lines go into the review as spoken."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.app.debrief import HEADINGS
from gameday.cli.completion_values import complete_drill
from gameday.cli.output import print_output
from gameday.cli.review_folder import review_folder_option
from gameday.errors import BadArguments, Exit
from gameday.units import format_role

if TYPE_CHECKING:
    from gameday.app.debrief import Debrief
    from gameday.people.cast import Cast
    from gameday.store.protocols import DrillReader, RevertAuthority

BACK, LIST = "-", "?"
_QUESTIONS = dict(
    zip(
        HEADINGS,
        ("What happened, in one sentence?", "What went well?", "What was difficult?", "What should we do next?"),
        strict=True,
    )
)
"""The question under each heading of the review."""


@click.command()
@click.argument("drill", required=False, shell_complete=complete_drill)
@review_folder_option("--reviews", "Folder for its review. Default: next to the store.")
def command(drill: str | None, reviews: Path | None) -> Exit:
    """Run the hot debrief of DRILL (default: the latest), and update its review."""
    from gameday.cli.own_finished_drills import load_own_finished_drill
    from gameday.store.open import open_store
    from gameday.store.paths import data_folder

    finished = load_own_finished_drill(drill, "debrief")
    store = open_store()
    history = data_folder().role_history
    if hold_debrief(store, finished.drill, history):
        print_refreshed_review(store, finished.drill, reviews or finished.reviews)
        print_next_roles(store, finished.drill, history)
    elif not sys.stdin.isatty():
        todo = f"Hold it at a terminal, or pipe one answer per line: gameday debrief {finished.drill}"
        raise BadArguments("nothing was entered: the input has ended", todo)
    return Exit.HELD


def hold_debrief(store: RevertAuthority, drill: str, history: Path) -> bool:
    """Ask, and record each line at once. End of input or Ctrl-C ends the debrief without losing anything.

    Return False if it was ended before anything was entered: then it was not held, and can be held later.
    """
    from gameday.app.debrief import Debrief

    debrief = Debrief(store, drill, history)
    discard_typed_input()
    print_output("")
    order = " The most junior role speaks first." if debrief.roles else ""
    print_output(f"ENDEX. Hot debrief of {drill}: {len(_list_questions(debrief))} questions.{order}")
    print_output(
        f"Enter skips a question, {BACK} goes back and retracts the last answer, {LIST} lists what was entered."
    )
    print_output("Ctrl-C ends the debrief; what was entered is kept.")
    entries: dict[int, tuple[int, ...]] = {}
    try:
        _ask_all(debrief, entries)
    except (EOFError, KeyboardInterrupt, click.exceptions.Abort):
        print_output("")
        if not any(entries.values()):
            print_output(
                f"No answers recorded; the review is unchanged. To hold the debrief later: gameday debrief {drill}"
            )
            return False
    _print_entered(debrief)
    for prediction in debrief.close():
        print_output(f"prediction before the start: {prediction}")
    print_output("")
    return True


def discard_typed_input() -> None:
    """Discard keys that were pressed for the previous screen: they answer none of these questions."""
    import termios

    with suppress(termios.error, OSError, ValueError):
        termios.tcflush(sys.stdin, termios.TCIFLUSH)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the debrief. `record` stores the answer and returns the numbers of its records.

    `who` is asked; empty where it does not matter.
    """

    heading: str
    who: str
    text: str
    record: Callable[[str], tuple[int, ...]]


def _list_questions(debrief: Debrief) -> list[Question]:
    """Return a question for each heading and role, then for each objective that is not recorded.

    An objective counts as absent only if a person says so.
    """
    questions = [
        Question(heading, format_role(role) if role else "anyone", text, partial(debrief.record_line, heading, role))
        for heading, text in _QUESTIONS.items()
        for role in debrief.roles or (None,)
    ]
    for result in debrief.unrecorded_objectives():
        text = f"{result.id} is not recorded. Type y if it did not happen"
        questions.append(Question("Objectives", "", text, partial(_record_if_absent, debrief, result.moment)))
    return questions


def _record_if_absent(debrief: Debrief, moment: str, answer: str) -> tuple[int, ...]:
    return debrief.record_moment_not_reached(moment) if answer.strip().casefold() in ("y", "yes") else ()


def _ask_all(debrief: Debrief, entries: dict[int, tuple[int, ...]]) -> None:
    """Ask every question; one can go back, which retracts the earlier answer.

    `entries` gets the numbers of the records of each answer.
    """
    questions, at = _list_questions(debrief), 0
    while at < len(questions):
        question = questions[at]
        if at == 0 or question.heading != questions[at - 1].heading:
            print_output(f"\n{question.heading}")
        who = f"{question.who}: " if question.who else ""
        answer = _ask(f"  {at + 1} of {len(questions)}  {who}{question.text} (Enter skips): ")
        if answer.strip() == BACK:
            at = max(0, at - 1)
            debrief.retract(entries.pop(at, ()))
        elif answer.strip() == LIST:
            _print_entered(debrief)
        else:
            entries[at] = question.record(answer)
            at += 1


def _print_entered(debrief: Debrief) -> None:
    lines = debrief.entered_lines()
    print_output("Entered so far:" if lines else "No answers recorded.")
    for line in lines:
        print_output(f"  {line}")


def _ask(prompt: str) -> str:
    answer: str = click.prompt(prompt, default="", show_default=False, prompt_suffix="")
    return answer


def print_refreshed_review(store: DrillReader, drill: str, reviews: Path) -> None:
    """Refresh the review with the debrief; what people wrote in it is kept."""
    from gameday.app.reviews import refresh_after_debrief

    print_output(f"review  {refresh_after_debrief(store, drill, reviews)} (with the debrief)")


def print_next_roles(store: DrillReader, drill: str, history: Path, cast: Cast | None = None) -> None:
    """Print the roles that the next run proposes, unless somebody is away then; nothing without a roster.

    `cast`: that of the screen, if there was one; else the saved one.
    """
    from gameday.app.role_assignment import load_cast, next_roles
    from gameday.events import read_plan
    from gameday.files.plan_codec import decode_plan

    plan = read_plan(store.events(drill)).plan
    cast = cast or (load_cast(drill, decode_plan(plan).scenario, history) if plan else None)
    for role, name in next_roles(cast, history) if cast else ():
        print_output(f"next    {role}: {name}")
