"""Every kind of fault of every installed injector, with its parameters, from the injectors' classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points

from reference_pages.markdown import sentence, table

from gameday.plugins.parameters import Params

PAGES = {"toxiproxy": "faults.md", "docker": "containers.md", "postgres": "databases.md"}
"""The page with the details of each injector."""


def generate() -> str:
    """Return a table for each injector."""
    return "\n\n".join(
        f"## {name}\n\nDetails: [{PAGES[name]}]({PAGES[name]}).\n\n"
        + table(("kind", "effect", "parameters"), _rows(name))
        for name in PAGES
    )


def _rows(injector: str) -> Iterator[tuple[str, str, str]]:
    [entry_point] = entry_points(group="gameday.injectors", name=injector)
    kinds: Mapping[str, type[Params]] = entry_point.load().kinds
    for kind, parameters in kinds.items():
        yield f"`{kind}`", sentence(parameters.effect), ", ".join(_format_parameters(parameters)) or "none"


def _format_parameters(kind: type[Params]) -> Iterator[str]:
    for name, parameter in kind.parameters.items():
        yield f"`{name}`" if parameter.default is None else f"`{name}` (optional)"
