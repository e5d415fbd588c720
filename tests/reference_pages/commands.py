"""Every command with its arguments and options, from click."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click
from reference_pages.markdown import sentence, table

from gameday.cli.main import gameday


def generate() -> str:
    """Return a section for each command, in the order of `gameday --help`."""
    return "\n\n".join(_sections(gameday, click.Context(gameday, info_name="gameday")))


def _sections(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        child = click.Context(command, info_name=name, parent=context)
        yield _section(command, child)
        if isinstance(command, click.Group):
            yield from _sections(command, child)


def _section(command: click.Command, context: click.Context) -> str:
    depth = context.command_path.count(" ") + 1  # 2 for a command, 3 for a subcommand
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    parts = [f"{'#' * depth} {context.command_path}", _help_text(command), f"```text\n{usage}\n```"]
    records = [record for param in command.params if (record := param.get_help_record(context)) and record[1]]
    if records:
        parts.append(table(("option", "meaning"), [(f"`{option}`", sentence(text)) for option, text in records]))
    return "\n\n".join(part for part in parts if part)


def _help_text(command: click.Command) -> str:
    """Return the help as paragraphs; click marks a paragraph that keeps its lines with a backspace."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    return "\n\n".join(
        "```text\n" + paragraph.removeprefix("\b\n") + "\n```" if "\b" in paragraph else " ".join(paragraph.split())
        for paragraph in paragraphs
    )
