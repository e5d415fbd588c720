"""What each key of the desk leads to: a form, and then one call on the drill."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from gameday.drill.control.client import DrillClient
from gameday.drill.state import State
from gameday.model import Plan
from gameday.terminal.desk.prompt import Prompt, PromptStep

Tell = Callable[[Callable[[], str], bool], None]
"""Runs a call on the drill away from the screen, and shows the sentence that comes back; whether it is secret."""

MOMENTS: Mapping[str, tuple[str, str, bool]] = {
    "a": ("acknowledged", "Page acknowledged", False), "d": ("declared", "Declared", False),
    "i": ("ic-announced", "IC announced", False), "r": ("assembled", "Team assembled", False),
    "u": ("update", "Update", True), "h": ("theory", "Theory", True), "l": ("help", "Help asked", False),
    "m": ("mitigation-reported", "Mitigated, they say", False), "n": ("note", "Note", True),
    "c": ("decision", "Decision", True),
}  # fmt: skip
"""By key: the kind of event, what the form is called, and whether words belong to it."""
NO_SPEAKER_NEEDED = frozenset({"ic-announced", "assembled"})
"""Of these it is plain who says them, or that all do."""

ENTRY_COMMANDS: Mapping[str, tuple[str, str]] = {
    "s": ("send", "Send line {line} now"), "x": ("skip", "Skip line {line}"),
    "j": ("whisper", "The mentor whispers line {line}"),
}  # fmt: skip
IMMEDIATE_COMMANDS: Mapping[str, tuple[str, str]] = {
    "f": ("now", "Apply the fault now"), "e": ("extend", "Extend the timebox by 5 min"),
    "v": ("reveal", "Tell the responders what the fault is"),
}  # fmt: skip


class KeyCommands:
    """Makes the form of a key. `alone`: who sits here is the responder, and is not asked who said it."""

    def __init__(self, link: DrillClient, plan: Plan, tell: Tell, *, alone: bool) -> None:
        self._link = link
        self._plan = plan
        self._tell = tell
        self._alone = alone

    def form(self, key: str, state: State, line: int | None) -> Prompt | None:
        """What the key asks; None for a key that asks nothing here."""
        if key in MOMENTS:
            return self._moment(*MOMENTS[key])
        if key in ENTRY_COMMANDS and line is not None:
            hand, title = ENTRY_COMMANDS[key]
            return self._confirm_form(title.format(line=line + 1), hand, {"entry": line}, secret=True)
        if key in IMMEDIATE_COMMANDS:
            hand, title = IMMEDIATE_COMMANDS[key]
            return self._confirm_form(title, hand, {}, secret=hand != "extend")
        if key == "p":
            paused = state.hands.paused is not None
            return self._confirm_form("Go on" if paused else "PAUSE", "resume" if paused else "pause", {})
        return self._with_words(key, state, line)

    def _with_words(self, key: str, state: State, line: int | None) -> Prompt | None:
        match key:
            case "w" if line is not None:
                return self._text_form(f"Line {line + 1} in other words", "reword", "say", {"entry": line})
            case "t" if state.adjustable:
                ranges = ", ".join(
                    f"{key}={text}" for planned in self._plan.faults for key, text in planned.fault.adjust.items()
                )
                return self._text_form(f"Adjust the fault to ({ranges or 'nothing to adjust'})", "adjust", "to", {})
            case "k":
                return self._text_form("Private note", "private", "say", {})
            case "y":
                return Prompt(
                    "Your prediction, sealed", (PromptStep.SEALED,), self._say("prediction"), text_required=True
                )
            case "g":
                return Prompt("Your answer", (PromptStep.WORDS,), self._say("answer"), text_required=True)
            case _:
                return None

    def hold(self, line: int, state: State) -> None:
        """Hold the line, or release it: either can be taken back, and so is not asked."""
        hand = "release" if line in state.hands.held else "hold"
        self._tell(lambda: self._link.hand(hand, {"entry": line}), True)

    def take(self) -> Prompt | None:
        """Which of the environment's actions a responder takes; None when it has none, or does not answer."""
        actions = self._link.actions()[:9]
        if not actions:
            return None

        def do(form: Prompt) -> None:
            self._tell(lambda: self._link.act(actions[form.which]), False)

        return Prompt("Take", (PromptStep.WHICH, PromptStep.SURE), do, choices=actions)

    def begin(self, roles: list[str]) -> Prompt:
        return self._confirm_form("Begin: STARTEX", "begin", {"roles": roles})

    def hint(self, line: int) -> None:
        """Who is alone asks for the hint that stands ready: asking is what it was offered for."""
        self._tell(lambda: self._link.hand("send", {"entry": line}), False)

    def stop(self) -> None:
        self._tell(self._link.stop, False)

    def _moment(self, kind: str, title: str, words: bool) -> Prompt:
        who = (
            (PromptStep.WHO,)
            if not self._alone and kind not in NO_SPEAKER_NEEDED
            else ()
            if words
            else (PromptStep.WHEN,)
        )
        asks = (*who, PromptStep.WORDS) if words else who
        return Prompt(title, asks, self._say(kind), text_required=kind in ("note", "decision", "update"))

    def _say(self, kind: str) -> Callable[[Prompt], None]:
        def do(form: Prompt) -> None:
            role = form.role.value if form.role else None
            self._tell(lambda: self._link.say(kind, form.words, role, form.seconds_ago), False)

        return do

    def _confirm_form(self, title: str, hand: str, about: Mapping[str, Any], *, secret: bool = False) -> Prompt:
        do = partial(self._link.hand, hand, about)
        return Prompt(title, (PromptStep.SURE,), lambda _: self._tell(do, secret), secret=secret)

    def _text_form(self, title: str, hand: str, key: str, about: Mapping[str, Any]) -> Prompt:
        """All of these are the facilitator's own."""

        def do(form: Prompt) -> None:
            self._tell(lambda: self._link.hand(hand, {**about, key: form.words}), True)

        return Prompt(title, (PromptStep.WORDS,), do, text_required=True, secret=True)
