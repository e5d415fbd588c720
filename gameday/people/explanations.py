"""Why the roles fell as they did, in short sentences. Waiting is an order here, never a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gameday.model import Role
from gameday.people.incident_command import IncidentCommand, is_ready_for
from gameday.people.roster import Person
from gameday.people.turn_order import TurnOrder


def explain_assignment(
    asked: Sequence[Role],
    held: Mapping[Role, Person],
    command: IncidentCommand | None,
    turns: TurnOrder,
    present: Sequence[Person],
) -> tuple[str, ...]:
    """One sentence for the command, one for each thing that gave way, one for each role left empty."""
    sentences: list[str] = []
    if Role.IC in asked:
        sentences.append(_command(command, present))
    sentences += _given_way(held, turns)
    sentences += [f"{role}: nobody is free for it" for role in asked if role not in held and role is not Role.IC]
    return tuple(sentences)


def _command(command: IncidentCommand | None, present: Sequence[Person]) -> str:
    if command is None:
        if any(is_ready_for(person, Role.IC) for person in present):
            return "ic: only juniors are here and nobody who may mentor them, and no junior commands alone"
        return "ic: nobody who is here can command"
    if command.mentor and command.junior:
        return f"ic: it is {command.ic.name}'s turn; mentor: {command.mentor.name}, of those who met least often"
    if command.mentor:
        return f"ic: no junior can command this time, so {command.ic.name} does; mentor: {command.mentor.name}"
    deputy = f"; deputy: {command.deputy.name}, a junior beside them" if command.deputy else ""
    return f"ic: no junior can have a mentor this time, so {command.ic.name}, a senior, commands{deputy}"


def _given_way(held: Mapping[Role, Person], turns: TurnOrder) -> Iterator[str]:
    for role, person in held.items():
        if role not in person.roles:
            yield f"{role}: nobody else who is ready for it is left, {person.name} stands in"
        if turns.held_last(person, role):
            yield f"{role}: {person.name} again, as in the drill before"
