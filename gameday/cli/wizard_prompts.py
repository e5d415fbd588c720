"""Questions of `gameday new`, at a terminal or from a pipe, repeated until the answer is valid."""

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
"""Invalid answers to one question after which it fails: a pipe may never end (`yes nonsense`)."""
_INDENT = 5
AnswerCheck = Callable[[WizardAnswers], str]
"""Returns the problem of these answers in one sentence; empty if they are valid."""


def ask_questions(questions: tuple[Question, ...], answers: WizardAnswers, check: AnswerCheck) -> WizardAnswers:
    """Return all answers, each checked at once. Raises BadArguments if the input ends early."""
    previous = 0
    for question in questions:
        answers = _ask(question, answers, check, first=question.number != previous)
        previous = question.number
    return answers


def _ask(question: Question, answers: WizardAnswers, check: AnswerCheck, *, first: bool) -> WizardAnswers:
    lead = f"{question.number}/6" if first else ""
    text = question.asks(answers)
    for _ in range(PATIENCE):
        default = question.default(answers)
        answer = _read_line(f"{lead:<{_INDENT}}{text} [{default}]: ", text, question.number) or default
        if not sys.stdin.isatty():
            print_output(answer)  # a pipe does not echo its answers
        changed, problem = _apply_answer(question, answers, answer, check)
        if not problem:
            return changed
        for line in textwrap.wrap(problem, 80 - _INDENT, break_on_hyphens=False):
            print_output(" " * _INDENT + line)
    raise BadArguments(f"{PATIENCE} invalid answers to this question: {text}", _TODO)


def _apply_answer(
    question: Question, answers: WizardAnswers, answer: str, check: AnswerCheck
) -> tuple[WizardAnswers, str]:
    """Return the answers with this one, and its problem."""
    try:
        changed = question.apply(answers, answer)
    except ValueError as error:
        return answers, str(error)
    return changed, check(changed)


_TODO = "Nothing was written. Answer at a terminal, or accept all defaults: yes '' | gameday new PATH"


def _read_line(prompt: str, question: str, number: int) -> str:
    try:
        return input(sanitize(prompt, stdout_glyphs())).strip()
    except EOFError:
        print_output("")
        raise BadArguments(f"the input ended before question {number} of 6: {question}", _TODO) from None
    except UnicodeDecodeError:
        raise BadArguments(f"the answer to question {number} of 6 is not UTF-8 text", _TODO) from None
    except KeyboardInterrupt:
        print_output("")
        raise
