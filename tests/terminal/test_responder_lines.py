"""Responders' view as lines: it names commands and no keys, and a terminal gets whole words."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace

import pytest
from support.drill_factory import event
from support.shipped_drill import plan_of
from typing_extensions import override

from gameday.cli.command_table import COMMANDS
from gameday.drill.state import DrillState
from gameday.model import Mode, Source
from gameday.terminal.desk.briefing_screen import spoken_briefing
from gameday.terminal.plain_view import PlainView
from gameday.terminal.responder_lines_view import ResponderLines


class Terminal(io.StringIO):
    encoding = "utf-8"

    @override
    def isatty(self) -> bool:
        return True


def briefing(mode: Mode = Mode.FACILITATED, stream: io.StringIO | None = None, *, may_begin: bool = True) -> str:
    out = stream or io.StringIO()
    view = ResponderLines(None, lambda _: None, out, may_begin=may_begin)
    view.begin(plan_of(mode))
    view.event(event((1.0, "ready", {}, Source.RUNNER, None)), DrillState())
    return out.getvalue()


def test_every_command_that_is_named_exists() -> None:
    [line] = [line for line in briefing().splitlines() if line.startswith("Record statements")]
    listed = re.sub(r"^.*?: gameday |\. All.*$", "", line).split(", ")
    assert {command.split()[0] for command in listed} <= set(COMMANDS)
    assert "ask-for-help" in listed and "help" not in listed


@pytest.mark.parametrize("mode", [Mode.FACILITATED, Mode.SOLO])
def test_no_key_is_named_where_there_are_none(mode: Mode) -> None:
    assert "press" not in briefing(mode).casefold()
    assert "say STOP, or run gameday stop" in briefing(mode)


def test_only_who_may_start_the_drill_is_told_how() -> None:
    assert "gameday facilitate begin" in briefing()
    other = briefing(may_begin=False)
    assert "gameday facilitate begin" not in other and "The facilitator starts the drill." in other


def test_terminal_gets_lines_that_end_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_: os.terminal_size((60, 24)))
    stream = Terminal()
    text = briefing(stream=stream)
    PlainView(stream).begin(plan_of(Mode.REHEARSAL))
    assert max(map(len, stream.getvalue().splitlines())) <= 60
    assert "gameday stop" in " ".join(text.split())
    assert max(map(len, briefing().splitlines())) > 60, "a pipe gets whole lines"


@pytest.mark.parametrize(("name", "is_named"), [("demo", True), ("staging", False)])
def test_only_the_briefing_of_the_demo_names_its_command(name: str, is_named: bool) -> None:
    plan = plan_of(Mode.SOLO)
    plan = replace(plan, environment=replace(plan.environment, name=name))
    assert ("gameday demo status" in " ".join(spoken_briefing(plan))) is is_named
