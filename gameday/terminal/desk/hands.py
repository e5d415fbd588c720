"""What each key of the desk leads to: a form, and then one call on the drill."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from gameday.drill.state import State
from gameday.model import Plan
from gameday.terminal.desk.form import Asks, Form
from gameday.terminal.desk.link import Link

Tell = Callable[[Callable[[], str], bool], None]
"""Runs a call on the drill away from the screen, and shows the sentence that comes back; whether it is secret."""

MOMENTS: Mapping[str, tuple[str, str, bool]] = {
    "a": ("acknowledged", "Page acknowledged", False), "d": ("declared", "Declared", False),
    "i": ("ic-announced", "IC announced", False), "r": ("roles-present", "Roles present", False),
    "u": ("update", "Update", True), "h": ("hypothesis", "Hypothesis", True), "l": ("help", "Help asked", False),
    "m": ("said-mitigated", "Mitigated, they say", False), "n": ("note", "Note", True),
    "c": ("decision", "Decision", True),
}  # fmt: skip
"""By key: the kind of event, what the form is called, and whether words belong to it."""
OF_ALL = frozenset({"ic-announced", "roles-present"})
"""Of these it is plain who says them, or that all do."""

ON_A_LINE: Mapping[str, tuple[str, str]] = {
    "s": ("send", "Send line {line} now"), "x": ("skip", "Skip line {line}"),
    "j": ("whisper", "The mentor whispers line {line}"),
}  # fmt: skip
AT_ONCE: Mapping[str, tuple[str, str]] = {
    "f": ("now", "Apply the fault now"), "e": ("extend", "Extend the timebox by 5 min"),
    "v": ("reveal", "Tell the responders what the fault is"),
}  # fmt: skip


class Hands:
    """Makes the form of a key. `alone`: who sits here is the responder, and is not asked who said it."""

    def __init__(self, link: Link, plan: Plan, tell: Tell, *, alone: bool) -> None:
        self._link = link
        self._plan = plan
        self._tell = tell
        self._alone = alone

    def form(self, key: str, state: State, line: int | None) -> Form | None:
        """What the key asks; None for a key that asks nothing here."""
        if key in MOMENTS:
            return self._moment(*MOMENTS[key])
        if key in ON_A_LINE and line is not None:
            hand, title = ON_A_LINE[key]
            return self._sure(title.format(line=line + 1), hand, {"entry": line}, secret=True)
        if key in AT_ONCE:
            hand, title = AT_ONCE[key]
            return self._sure(title, hand, {}, secret=hand != "extend")
        if key == "p":
            paused = state.hands.paused is not None
            return self._sure("Go on" if paused else "PAUSE", "resume" if paused else "pause", {})
        return self._with_words(key, state, line)

    def _with_words(self, key: str, state: State, line: int | None) -> Form | None:
        match key:
            case "w" if line is not None:
                return self._words(f"Line {line + 1} in other words", "reword", "say", {"entry": line})
            case "t" if state.turnable:
                ranges = ", ".join(one.fault.dial for one in self._plan.faults if one.fault.dial)
                return self._words(f"Turn the fault to ({ranges or 'no dial'})", "dial", "to", {})
            case "k":
                return self._words("Private note", "private", "say", {})
            case "y":
                return Form("Your prediction, sealed", (Asks.SEALED,), self._say("prediction"), must=True)
            case "g":
                return Form("Your answer", (Asks.WORDS,), self._say("answer"), must=True)
            case _:
                return None

    def hold(self, line: int, state: State) -> None:
        """Hold the line, or release it: either can be taken back, and so is not asked."""
        hand = "release" if line in state.hands.held else "hold"
        self._tell(lambda: self._link.hand(hand, {"entry": line}), True)

    def take(self) -> Form | None:
        """Which of the environment's actions a responder takes; None when it has none, or does not answer."""
        actions = self._link.actions()[:9]
        if not actions:
            return None

        def do(form: Form) -> None:
            self._tell(lambda: self._link.act(actions[form.which]), False)

        return Form("Take", (Asks.WHICH, Asks.SURE), do, choices=actions)

    def begin(self, roles: list[str]) -> Form:
        return self._sure("Begin: STARTEX", "begin", {"roles": roles})

    def hint(self, line: int) -> None:
        """Who is alone asks for the hint that stands ready: asking is what it was offered for."""
        self._tell(lambda: self._link.hand("send", {"entry": line}), False)

    def stop(self) -> None:
        self._tell(self._link.stop, False)

    def _moment(self, kind: str, title: str, words: bool) -> Form:
        who = (Asks.WHO,) if not self._alone and kind not in OF_ALL else () if words else (Asks.WHEN,)
        asks = (*who, Asks.WORDS) if words else who
        return Form(title, asks, self._say(kind), must=kind in ("note", "decision", "update"))

    def _say(self, kind: str) -> Callable[[Form], None]:
        def do(form: Form) -> None:
            role = form.role.value if form.role else None
            self._tell(lambda: self._link.say(kind, form.words, role, form.ago), False)

        return do

    def _sure(self, title: str, hand: str, about: Mapping[str, Any], *, secret: bool = False) -> Form:
        do = partial(self._link.hand, hand, about)
        return Form(title, (Asks.SURE,), lambda _: self._tell(do, secret), secret=secret)

    def _words(self, title: str, hand: str, key: str, about: Mapping[str, Any]) -> Form:
        """All of these are the facilitator's own."""

        def do(form: Form) -> None:
            self._tell(lambda: self._link.hand(hand, {**about, key: form.words}), True)

        return Form(title, (Asks.WORDS,), do, must=True, secret=True)
