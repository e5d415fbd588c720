"""Options that name the folder of a review; one that cannot be written is refused before anything happens."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from gameday.atomic_file import write_obstacle
from gameday.errors import BadArguments

reviews_option = click.option(
    "--reviews", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="FOLDER",
    help="Read all reviews in this folder. Default: those of this project, next to the store.",
)  # fmt: skip
"""Option for commands that read the reviews of many drills; passes `folder`."""


def review_folder_option(name: str, about: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return an option for the folder that reviews are written to."""
    return click.option(name, type=click.Path(path_type=Path), callback=_require_writable, help=about)


def _require_writable(_context: click.Context, parameter: click.Parameter, folder: Path | None) -> Path | None:
    """Return the folder. Raises BadArguments if it exists and cannot be written, or cannot be created."""
    if folder is None:
        return None
    absolute = folder.absolute()
    nearest = next(part for part in (absolute, *absolute.parents) if os.path.lexists(part))
    if why := write_obstacle(nearest):
        wrong = f"cannot write the review to {folder}: {nearest}: {why}"
        raise BadArguments(wrong, f"Name another folder with {parameter.opts[0]}.")
    return folder
