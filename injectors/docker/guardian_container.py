"""The guardian container of a fault that the engine is told: whether one stands, its script, what it is let into."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.errors import Refused
from gameday.injectors.docker.discovery import ContainerSnapshot
from gameday.injectors.docker.faults.base import EngineFaultKind, GuardianRecipe
from gameday.injectors.docker.guardian_shell import NOTHING_TO_GUARD, SHELL_FUNCTIONS, SOCKET, check_engine_script
from gameday.injectors.docker.sandbox import HostOptions, isolated_with_mount
from gameday.injectors.docker.sidecar_script import Script

_MAX_SCRIPT_BYTES = 120_000
"""Bytes of a script: Linux takes 131,072 for one variable, name and all (MAX_ARG_STRLEN, execve(2))."""


def guardian_recipes(
    kind: EngineFaultKind, were: Sequence[ContainerSnapshot], tools: str, socket: str
) -> list[GuardianRecipe]:
    """What one would have to do; nothing where the environment allows none, or the kind has nothing for it to do."""
    return [recipe for was in were for recipe in kind.guardian_recipes(was)] if tools and socket else []


def guardian_script(recipes: Sequence[GuardianRecipe], of: str) -> Script:
    """One script for all that may stand: something does while one of the tests says so. `of`: a container by which it
    knows that it asks the right engine."""
    tests = "".join(f"test{number}() {{ {one.test}; }}\n" for number, one in enumerate(recipes))
    looks = "\n".join(f"test{number}; seen $?" for number in range(len(recipes)))
    back = "\n".join(f"test{number} && {one.undo}" for number, one in enumerate(recipes)) or ":"
    shows = f'[ -z "${NOTHING_TO_GUARD}" ] || return 1\nworst=1\n{looks}\nreturn $worst'
    return Script(shows, back, before=SHELL_FUNCTIONS + tests, apply=check_engine_script(of))


def require_script_fits(recipes: Sequence[GuardianRecipe], were: Sequence[ContainerSnapshot], target: str) -> None:
    """Raises Refused where they are too many for one guardian container."""
    if recipes and len(guardian_script(recipes, were[0].id).environment()["GD"]) > _MAX_SCRIPT_BYTES:
        wrong = f"target {target}: {len(were)} containers are more than one guardian container can be told of"
        raise Refused(wrong, "Draw fewer of them with `count`, or leave `guardian` out in gameday.yaml.")


def guardian_sandbox(socket: str) -> HostOptions:
    """The engine's socket is all that it may reach."""
    return isolated_with_mount(socket, SOCKET)
