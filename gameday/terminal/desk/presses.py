"""What a key does at the desk: it opens a form, answers one, changes what is seen, or leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum

from gameday.people.cast import Cast
from gameday.terminal.desk.face import Face
from gameday.terminal.desk.form import Form
from gameday.terminal.desk.hands import Hands
from gameday.terminal.desk.keys import SECRET, When

STOP_KEYS = ("exclamation_mark", "ctrl+c")
FOR_ONE_ALONE = frozenset("adirulhmncpg")


class Left(Enum):
    """Why the screen was left."""

    OVER = "over"
    WENT = "went"
    """The drill goes on, or no debrief is held now."""


class Presses:
    """Takes keys as textual names them. `leave`: closes the screen."""

    def __init__(self, face: Face, hands: Hands, leave: Callable[[Left], None]) -> None:
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

    def _press(self, key: str) -> None:
        face = self._face
        face.tell("")
        if key == "f1" or face.helps:
            face.helps = not face.helps
        elif key == "q":
            self._leave(Left.WENT)
        elif face.when is When.OVER and key == "enter":
            self._leave(Left.OVER)
        elif key == "space" and face.facilitates:
            face.look()
        elif key in SECRET and not face.alone and not self._facilitators():
            face.tell("NOT here: this key belongs to the facilitator's view" + (": space" if face.facilitates else ""))
        else:
            face.form = self._form(key)

    def _facilitators(self) -> bool:
        """Whether it is the facilitator's view; then it stays as long again, because it is being used."""
        if self._face.facilitators:
            self._face.look_on()
        return self._face.facilitators

    def _form(self, key: str) -> Form | None:
        """The form of the key, where it means something now."""
        match self._face.when:
            case When.BRIEFING:
                return self._before(key)
            case When.RUNNING if self._face.alone:
                return self._alone(key)
            case When.RUNNING:
                return self._during(key)
            case _:
                return self._hands.form(key, self._face.watched.state, None) if key == "k" else None

    def _before(self, key: str) -> Form | None:
        cast = self._face.cast
        if key == "b" and self._face.facilitates:
            return self._hands.begin([role.value for role, _ in cast.holders()] if cast else [])
        if key.isdigit() and cast is not None:
            self._face.cast = self._came(cast, int(key))
            return None
        return self._hands.form(key, self._face.watched.state, None) if key in "yk" else None

    def _came(self, cast: Cast, digit: int) -> Cast:
        """Who plays when this one did not come; 0: all came after all."""
        holders = cast.holders()
        if digit == 0:
            self._face.tell("All came after all: the roles are as they were proposed")
            return replace(cast, missing=frozenset())
        if digit > len(holders):
            return cast
        role, person = holders[digit - 1]
        self._face.tell(f"{cast.name(person)} ({role}) did not come; who plays now stands above. 0: came after all")
        return cast.without(person)

    def _during(self, key: str) -> Form | None:
        state, line = self._face.watched.state, self._face.line()
        match key:
            case "up" | "down":
                self._face.choose(1 if key == "down" else -1)
            case "o" if line is not None:
                self._hands.hold(line, state)
            case "z":
                return self._hands.take()
            case "g" | "y":
                return None
            case _:
                return self._hands.form(key, state, line)
        return None

    def _alone(self, key: str) -> Form | None:
        if key == "z":
            return self._hands.take()
        if key == "question_mark":
            self._hint()
        return self._hands.form(key, self._face.watched.state, None) if key in FOR_ONE_ALONE else None

    def _hint(self) -> None:
        offered = self._face.watched.responders.offered
        if offered is None:
            self._face.tell("No hint stands ready yet")
        else:
            self._hands.hint(offered)
