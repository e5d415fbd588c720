"""Questions of the scenario wizard: each is asked until its answer passes the rules."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from gameday.cli.output import print_output
from gameday.cli.prompts import MAX_ATTEMPTS, WIDTH, InputExhausted, read_line
from gameday.errors import BadArguments
from gameday.files.scenario_template import WizardAnswers
from gameday.files.scenario_wizard import Question

_INDENT = 5
_TODO = "Nothing was written. Answer at a terminal, or take the defaults in brackets: yes '' | gameday new PATH"
AnswerCheck = Callable[[WizardAnswers], str]
"""Checks the answers against the rules of a file; returns one sentence, empty if they pass."""


def ask_questions(questions: tuple[Question, ...], answers: WizardAnswers, check: AnswerCheck) -> WizardAnswers:
    """Ask all questions and check each answer at once. Raises BadArguments when the input ends too early."""
    previous = 0
    for question in questions:
        answers = _ask(question, answers, check, first=question.number != previous)
        previous = question.number
    return answers


def _ask(question: Question, answers: WizardAnswers, check: AnswerCheck, *, first: bool) -> WizardAnswers:
    lead = f"{question.number}/6" if first else ""
    text, default = question.asks(answers), question.default(answers)
    for _ in range(MAX_ATTEMPTS):
        try:
            line = read_line(f"{lead:<{_INDENT}}{text} [{default}]: ", default, _INDENT)
        except InputExhausted as error:
            raise BadArguments(f"question {question.number} of 6: {error}: {text}", _TODO) from None
        changed, problem = _apply_answer(question, answers, line, check)
        if not problem:
            return changed
        for wrapped in textwrap.wrap(problem, WIDTH - _INDENT, break_on_hyphens=False):
            print_output(" " * _INDENT + wrapped)
    raise BadArguments(f"{MAX_ATTEMPTS} invalid answers: {text}", _TODO)


def _apply_answer(
    question: Question, answers: WizardAnswers, line: str, check: AnswerCheck
) -> tuple[WizardAnswers, str]:
    """Return the answers with this one, and the problem with it; empty if there is none."""
    try:
        changed = question.apply(answers, line)
    except ValueError as error:
        return answers, str(error)
    return changed, check(changed)
