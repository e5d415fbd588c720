"""Lines on a narrow terminal wrap at words; what a program reads never does."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from typing_extensions import override

from gameday.cli import demo
from gameday.cli.prompts import read_line
from gameday.demo.demo_record import Demo
from gameday.terminal.line_wrapping import wrap_for_terminal


class Terminal(io.StringIO):
    @override
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def forty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_: os.terminal_size((40, 24)))


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("short", "short"),
        (
            "ok  injector     toxiproxy: latency, jitter, bandwidth",
            "ok  injector     toxiproxy: latency,\n                 jitter, bandwidth",
        ),
        (
            "  Name another folder with GAMEDAY_RUNTIME, please.",
            "  Name another folder with\n  GAMEDAY_RUNTIME, please.",
        ),
        ("/a/path/of/one/word/" + "x" * 40 + " exists", "/a/path/of/one/word/" + "x" * 40 + "\nexists"),
        ("first\n\nthird line", "first\n\nthird line"),
    ],
)
def test_long_line_wraps_at_words_in_its_column(line: str, shown: str) -> None:
    assert wrap_for_terminal(line, Terminal()) == shown


def test_pipe_gets_unwrapped_lines() -> None:
    line = "word " * 40
    assert wrap_for_terminal(line, io.StringIO()) == line


def test_long_question_leaves_room_for_its_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prompts: list[str] = []

    def answer(prompt: str) -> str:
        prompts.append(prompt)
        return "answer"

    monkeypatch.setattr("builtins.input", answer)
    question = "      Settings, such as {dsn_env: SHOP_DB, table: shop.orders, schema: public} [none]: "
    assert read_line("      Proxy [orders-db]: ") == read_line(question) == "answer"
    assert prompts == ["      Proxy [orders-db]: ", "      > "]
    printed = capsys.readouterr().out.splitlines()
    assert " ".join(line.strip() for line in printed[:-1] if line != "answer") == question.strip()
    assert all(len(line) <= 80 for line in printed)


def test_addresses_of_the_demo_are_whole_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stdout", stream)
    demo._print(Demo(Path("/tmp/demo"), password="", shop_url="http://127.0.0.1:40001"))
    assert "/switches," in stream.getvalue().replace("\n", " ").split(), "no word is broken"
    assert max(map(len, stream.getvalue().splitlines())) <= 40
