"""The guardian container of a fault that the engine is told: whether one stands, its script, what it is let into."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.errors import Refused
from gameday.injectors.docker.found import Was
from gameday.injectors.docker.kind import ByEngine, Recipe
from gameday.injectors.docker.requests import NOTHING, PRELUDE, SOCKET, reached
from gameday.injectors.docker.room import Room, alone_with
from gameday.injectors.docker.script import Script

_MOST = 120_000
"""Bytes of a script: Linux takes 131,072 for one variable, name and all (MAX_ARG_STRLEN, execve(2))."""


def guarded(kind: ByEngine, were: Sequence[Was], tools: str, socket: str) -> list[Recipe]:
    """What one would have to do; nothing where the environment allows none, or the kind has nothing for it to do."""
    return [recipe for was in were for recipe in kind.recipes(was)] if tools and socket else []


def guarding(recipes: Sequence[Recipe], of: str) -> Script:
    """One script for all that may stand: something does while one of the tests says so. `of`: a container by which it
    knows that it asks the right engine."""
    tests = "".join(f"test{number}() {{ {one.test}; }}\n" for number, one in enumerate(recipes))
    looks = "\n".join(f"test{number}; seen $?" for number in range(len(recipes)))
    back = "\n".join(f"test{number} && {one.undo}" for number, one in enumerate(recipes)) or ":"
    shows = f'[ -z "${NOTHING}" ] || return 1\nworst=1\n{looks}\nreturn $worst'
    return Script(shows, back, before=PRELUDE + tests, apply=reached(of))


def must_be_told(recipes: Sequence[Recipe], were: Sequence[Was], target: str) -> None:
    """Raises Refused where they are too many for one guardian container."""
    if recipes and len(guarding(recipes, were[0].id).environment()["GD"]) > _MOST:
        wrong = f"target {target}: {len(were)} containers are more than one guardian container can be told of"
        raise Refused(wrong, "Draw fewer of them with `count`, or leave `guardian` out in gameday.yaml.")


def guardian_room(socket: str) -> Room:
    """The engine's socket is all that it may reach."""
    return alone_with(socket, SOCKET)
