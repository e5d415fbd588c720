"""Every kind of fault of every installed injector, with its parameters, from the injectors' classes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from reference_pages.markdown import sentence, table

from gameday.plugins.parameters import Params

PAGES = {
    "toxiproxy": "faults.md", "docker": "containers.md", "kubernetes": "clusters.md", "postgres": "databases.md",
}  # fmt: skip
"""The page with the details of each injector."""


def generate() -> str:
    """Return a table for each injector."""
    return "\n\n".join(
        f"## {name}\n\nDetails: [{PAGES[name]}]({PAGES[name]}).\n\n"
        + table(("kind", "effect", "parameters"), _rows(name))
        for name in PAGES
    )


def _rows(injector: str) -> Iterator[tuple[str, str, str]]:
    module, _, name = _entry_points()[injector].partition(":")
    kinds: Mapping[str, type[Params]] = getattr(import_module(module), name).kinds
    for kind, parameters in kinds.items():
        yield f"`{kind}`", sentence(parameters.effect), ", ".join(_format_parameters(parameters)) or "none"


def _entry_points() -> dict[str, str]:
    """Return the injectors as the checkout declares them; those of an older installation may lack one."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    return dict(project["project"]["entry-points"]["gameday.injectors"])


def _format_parameters(kind: type[Params]) -> Iterator[str]:
    for name, parameter in kind.parameters.items():
        yield f"`{name}`" if parameter.default is None else f"`{name}` (optional)"
