"""What a key does at the desk: it opens a form, answers one, changes what is seen, or leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum

from gameday.people.cast import Cast
from gameday.terminal.desk.desk_state import DeskState
from gameday.terminal.desk.key_commands import KeyCommands
from gameday.terminal.desk.keymap import When, Whose, key_of
from gameday.terminal.desk.prompt import Prompt

STOP_KEYS = ("exclamation_mark", "ctrl+c")


class ExitReason(Enum):
    """Why the screen was left."""

    OVER = "over"
    DETACHED = "went"
    """The drill goes on, or no debrief is held now."""


class KeyHandler:
    """Takes keys as textual names them. `leave`: closes the screen."""

    def __init__(self, face: DeskState, hands: KeyCommands, leave: Callable[[ExitReason], None]) -> None:
        self._face = face
        self._hands = hands
        self._leave = leave

    def key(self, key: str) -> None:
        """Any key while nothing is typed. STOP comes before all else."""
        face = self._face
        if key in STOP_KEYS:
            face.form = None
            self._hands.stop()
        elif face.form is None:
            self._press(key)
        elif key == "escape" or face.form.key(key):
            face.form = None

    def _press(self, press: str) -> None:
        face = self._face
        face.set_message("")
        key = key_of(press, face.when, alone=face.alone)
        if face.helps or press == "f1":
            face.helps = not face.helps
        elif key is None:
            return
        elif key.press == "q":
            self._leave(ExitReason.DETACHED)
        elif key.press == "enter":
            self._leave(ExitReason.OVER)
        elif key.press == "space":
            face.toggle_facilitator_view() if face.facilitates else self._reject_in_this_view()
        elif (key.secret and not self._facilitators()) or (key.whose is Whose.FACILITATOR and not face.facilitates):
            self._reject_in_this_view()
        else:
            face.form = self._form(press)

    def _reject_in_this_view(self) -> None:
        how = ": space" if self._face.facilitates else ", which is elsewhere"
        self._face.set_message(f"NOT here: this key belongs to the facilitator's view{how}")

    def _facilitators(self) -> bool:
        """Whether it is the facilitator's view; then it stays as long again, because it is being used."""
        if self._face.facilitators:
            self._face.extend_facilitator_view()
        return self._face.facilitators

    def _form(self, press: str) -> Prompt | None:
        """The form of a key that means something now; None where it did at once what it does."""
        face, state = self._face, self._face.board.state
        line = face.current_entry() if face.when is When.RUNNING else None
        match press:
            case "b":
                cast = face.cast
                return self._hands.begin([role.value for role, _ in cast.holders()] if cast else [])
            case "up" | "down":
                face.move_selection(1 if press == "down" else -1)
            case "o" if line is not None:
                self._hands.hold(line, state)
            case "z":
                return self._hands.take()
            case "question_mark":
                self._hint()
            case _ if press.isdigit():
                face.cast = self._mark_absent(face.cast, int(press)) if face.cast else None
            case _:
                return self._hands.form(press, state, line)
        return None

    def _mark_absent(self, cast: Cast, digit: int) -> Cast:
        """Who plays when this one did not come; 0: all came after all."""
        holders = cast.holders()
        if digit == 0:
            self._face.set_message("All came after all: the roles are as they were proposed")
            return replace(cast, missing=frozenset())
        if digit > len(holders):
            return cast
        role, person = holders[digit - 1]
        self._face.set_message(
            f"{cast.name(person)} ({role}) did not come; who plays now stands above. 0: came after all"
        )
        return cast.mark_absent(person)

    def _hint(self) -> None:
        offered = self._face.board.responders.offered_hint
        if offered is None:
            self._face.set_message("No hint stands ready yet")
        else:
            self._hands.hint(offered)
