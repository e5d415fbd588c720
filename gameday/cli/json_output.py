"""`--format json`: the one spelling for every command that reports, and how its documents are printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING

import click

from gameday.cli.output import print_result

if TYPE_CHECKING:
    import msgspec


def _is_json(_context: click.Context, _parameter: click.Parameter, value: str) -> bool:
    return value == "json"


format_option = click.option(
    "--format", "as_json", type=click.Choice(["text", "json"]), default="text", show_default=True, callback=_is_json,
    help="Text for people, or JSON for programs.",
)  # fmt: skip
"""Option that passes `as_json` to its command."""


def print_document(document: msgspec.Struct | Iterable[msgspec.Struct]) -> None:
    """Print one JSON document, indented. Raises InternalError if stdout cannot be written."""
    import msgspec

    content = document if isinstance(document, msgspec.Struct) else list(document)
    print_json(msgspec.to_builtins(content))


def print_json(content: object) -> None:
    """Print plain data as one JSON document. Raises InternalError if stdout cannot be written."""
    print_result([format_json(content)])


def format_json(content: object, indent: int | None = 2) -> str:
    """Format plain data as JSON that is safe to print; `indent` None: on one line."""
    from gameday.printable import escape_hidden

    return escape_hidden(json.dumps(content, indent=indent, ensure_ascii=False))


@contextmanager
def redirect_text_to_stderr(as_json: bool) -> Iterator[None]:
    """Keep stdout for the JSON document: with `as_json`, text goes to stderr meanwhile."""
    if not as_json:
        yield
        return
    with redirect_stdout(sys.stderr):
        yield
