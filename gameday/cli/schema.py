"""`gameday schema`: the JSON Schema of a file, for editors."""

from __future__ import annotations

import json

import click


@click.command()
@click.argument("kind", type=click.Choice(["scenario", "gameday", "roster"]))
def command(kind: str) -> None:
    """Print the JSON Schema of a scenario, of gameday.yaml or of a roster."""
    from gameday.files.schema_validation import json_schema

    assert kind in ("scenario", "gameday", "roster")
    click.echo(json.dumps(json_schema(kind), indent=2, ensure_ascii=False))
