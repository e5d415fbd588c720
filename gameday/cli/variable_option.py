"""`--var NAME=VALUE`: the one spelling for every command that reads gameday.yaml."""

from __future__ import annotations

import os
import re

import click

from gameday.errors import BadArguments

_VARIABLE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)=(?P<value>.*)", re.DOTALL)


def _set_variables(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> None:
    """Set environment variables, so that the guardian and every command of the drill have them too."""
    for value in values:
        match = _VARIABLE.fullmatch(value)
        if match is None:
            raise BadArguments("invalid --var: expected NAME=VALUE", "Such as: --var HOST=db.staging.example")
        os.environ[match["name"]] = match["value"]


variable_option = click.option(
    "--var", metavar="NAME=VALUE", multiple=True, expose_value=False, is_eager=True, callback=_set_variables,
    help="Set a variable of gameday.yaml; overrides the environment. Repeatable. For secrets, use the environment.",
)  # fmt: skip
"""Option that sets variables and passes nothing to its command."""
