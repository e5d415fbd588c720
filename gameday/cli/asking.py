"""Questions at a terminal, or from a pipe: asked again until the answer will do."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable

from gameday.cli.say import out
from gameday.cli.story import signs_here
from gameday.errors import BadArguments
from gameday.files.answers import Question
from gameday.files.first import Answers
from gameday.terminal.signs import clean

PATIENCE = 10
"""Wrong answers to one question: a pipe that never ends (`yes nonsense`) is not asked for ever."""
_INDENT = 5
Holds = Callable[[Answers], str]
"""What the rules of a file say against these answers, in one sentence; empty when they will do."""


def ask_all(questions: tuple[Question, ...], given: Answers, against: Holds) -> Answers:
    """All answers, each held against the rules at once. Raises BadArguments when the answers end before."""
    before = 0
    for question in questions:
        given = _ask(question, given, against, first=question.number != before)
        before = question.number
    return given


def _ask(question: Question, given: Answers, against: Holds, *, first: bool) -> Answers:
    lead = f"{question.number}/6" if first else ""
    asks = question.asks(given)
    for _ in range(PATIENCE):
        text = _line(f"{lead:<{_INDENT}}{asks} [{question.ready(given)}]: ", asks, question.number)
        text = text or question.ready(given)
        if not sys.stdin.isatty():
            out(text)  # a pipe shows nothing of what it answers
        found, wrong = _taken(question, given, text, against)
        if not wrong:
            return found
        for line in textwrap.wrap(wrong, 80 - _INDENT, break_on_hyphens=False):
            out(" " * _INDENT + line)
    raise BadArguments(f"ten answers to this question that will not do: {asks}", _TODO)


def _taken(question: Question, given: Answers, text: str, against: Holds) -> tuple[Answers, str]:
    """The answers with this one, and what is wrong with it."""
    try:
        found = question.take(given, text)
    except ValueError as error:
        return given, str(error)
    return found, against(found)


_TODO = "Nothing is written. Answer at a terminal, or take what stands in brackets: yes '' | gameday new PATH"


def _line(prompt: str, asks: str, number: int) -> str:
    try:
        return input(clean(prompt, signs_here())).strip()
    except EOFError:
        out("")
        raise BadArguments(f"the answers end before question {number} of 6: {asks}", _TODO) from None
    except UnicodeDecodeError:
        raise BadArguments(f"the answer to question {number} of 6 is not UTF-8 text", _TODO) from None
    except KeyboardInterrupt:
        out("")
        raise
