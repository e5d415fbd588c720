"""Questions at a terminal, or from a pipe: asked again until the answer will do."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable

from gameday.cli.output import print_output
from gameday.cli.scenario_preview import stdout_glyphs
from gameday.errors import BadArguments
from gameday.files.scenario_template import WizardAnswers
from gameday.files.scenario_wizard import Question
from gameday.terminal.glyphs import sanitize

PATIENCE = 10
"""Wrong answers to one question: a pipe that never ends (`yes nonsense`) is not asked for ever."""
_INDENT = 5
AnswerCheck = Callable[[WizardAnswers], str]
"""What the rules of a file say against these answers, in one sentence; empty when they will do."""


def ask_questions(questions: tuple[Question, ...], given: WizardAnswers, against: AnswerCheck) -> WizardAnswers:
    """All answers, each held against the rules at once. Raises BadArguments when the answers end before."""
    before = 0
    for question in questions:
        given = _ask(question, given, against, first=question.number != before)
        before = question.number
    return given


def _ask(question: Question, given: WizardAnswers, against: AnswerCheck, *, first: bool) -> WizardAnswers:
    lead = f"{question.number}/6" if first else ""
    asks = question.asks(given)
    for _ in range(PATIENCE):
        text = _line(f"{lead:<{_INDENT}}{asks} [{question.default(given)}]: ", asks, question.number)
        text = text or question.default(given)
        if not sys.stdin.isatty():
            print_output(text)  # a pipe shows nothing of what it answers
        found, wrong = _apply_answer(question, given, text, against)
        if not wrong:
            return found
        for line in textwrap.wrap(wrong, 80 - _INDENT, break_on_hyphens=False):
            print_output(" " * _INDENT + line)
    raise BadArguments(f"ten answers to this question that will not do: {asks}", _TODO)


def _apply_answer(
    question: Question, given: WizardAnswers, text: str, against: AnswerCheck
) -> tuple[WizardAnswers, str]:
    """The answers with this one, and what is wrong with it."""
    try:
        found = question.apply(given, text)
    except ValueError as error:
        return given, str(error)
    return found, against(found)


_TODO = "Nothing is written. Answer at a terminal, or take what stands in brackets: yes '' | gameday new PATH"


def _line(prompt: str, asks: str, number: int) -> str:
    try:
        return input(sanitize(prompt, stdout_glyphs())).strip()
    except EOFError:
        print_output("")
        raise BadArguments(f"the answers end before question {number} of 6: {asks}", _TODO) from None
    except UnicodeDecodeError:
        raise BadArguments(f"the answer to question {number} of 6 is not UTF-8 text", _TODO) from None
    except KeyboardInterrupt:
        print_output("")
        raise
