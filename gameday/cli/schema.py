"""`gameday schema`: the JSON Schema of a file, for editors."""

from __future__ import annotations

import json

import click

from gameday.cli.argument_types import WordChoice


@click.command()
@click.argument("kind", type=WordChoice("schema", ("scenario", "gameday", "roster", "schedules")), metavar="KIND")
def command(kind: str) -> None:
    """Print the JSON Schema of KIND, for editors: scenario, gameday (gameday.yaml), roster, schedules."""
    from gameday.files.schema_validation import json_schema

    assert kind in ("scenario", "gameday", "roster", "schedules")
    click.echo(json.dumps(json_schema(kind), indent=2, ensure_ascii=False))
