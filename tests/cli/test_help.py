"""The help: groups in the order of use, whole sentences at 80 columns, suggestions for unknown commands."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from gameday import __version__
from gameday.cli.command_table import COMMANDS, GROUPS, RELATED
from gameday.cli.main import gameday, run_command
from gameday.errors import Exit


def test_groups_are_in_the_order_of_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--help"]) is Exit.HELD
    text = capsys.readouterr().out
    titles = ["Run:", "During a drill:", "Afterwards:", "Set up:", "Tools:"]
    assert [line for line in text.splitlines() if line in titles] == titles == [f"{title}:" for title in GROUPS]
    assert all(f"\n  {name} " in text for name in COMMANDS)


def _contexts(context: click.Context) -> Iterator[click.Context]:
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            assert command is not None
            yield from _contexts(click.Context(command, context, name))


def test_every_help_wraps_at_words_at_80_columns() -> None:
    contexts = list(_contexts(click.Context(gameday, info_name="gameday", terminal_width=80)))
    assert len(contexts) > 50
    for context in contexts:
        for line in context.get_help().splitlines():
            assert len(line) <= 80, (context.command_path, line)
            assert line.startswith("Usage:") or not line.endswith("..."), (context.command_path, line)


def test_help_command_prints_what_the_help_option_prints(capsys: pytest.CaptureFixture[str]) -> None:
    for names in (["plan"], ["demo", "up"], ["proxy", "toxic", "add"], []):
        assert run_command(["help", *names]) is Exit.HELD
        by_command = capsys.readouterr().out
        assert run_command([*names, "--help"]) is Exit.HELD
        assert by_command == capsys.readouterr().out


def test_help_for_an_unknown_command_names_ask_for_help(capsys: pytest.CaptureFixture[str]) -> None:
    for names in (["we are stuck"], ["plan", "x"]):
        assert run_command(["help", *names]) is Exit.BAD_INPUT
        assert "To ask for help in a drill: gameday ask-for-help" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "suggestion"), [("validate", "gameday check"), ("LOGS", "gameday log"), ("doktor", "doctor")]
)
def test_unknown_command_gets_a_suggestion(typed: str, suggestion: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command([typed]) is Exit.BAD_INPUT
    assert f"Unknown command {typed!r}. Did you mean '{suggestion}'?" in capsys.readouterr().err


def test_unknown_subcommand_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["demo", "statsu"]) is Exit.BAD_INPUT
    assert "Unknown command 'statsu'. Did you mean 'status'?" in capsys.readouterr().err
    assert run_command(["demo", "xxxx"]) is Exit.BAD_INPUT
    assert "Commands: up, status, down, switch." in capsys.readouterr().err


def test_every_related_name_leads_to_a_command() -> None:
    assert not RELATED.keys() & COMMANDS.keys()
    assert all(target.split()[0] in {*COMMANDS, "--version"} for target in RELATED.values())


@pytest.mark.parametrize("option", ["-V", "--version"])
def test_version_is_printed(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command([option]) is Exit.HELD
    assert capsys.readouterr().out == f"gameday, version {__version__}\n"
