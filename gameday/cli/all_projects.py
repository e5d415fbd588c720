"""`--all`: the one spelling for commands that otherwise keep to the project of the current folder."""

from __future__ import annotations

import click

all_option = click.option("--all", "everywhere", is_flag=True, help="Include drills of other projects.")
"""Option that passes `everywhere` to its command."""
