"""Handler of the desk's keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from functools import partial

from gameday.drill.control.participant_requests import RequestRejected
from gameday.people.cast import Cast, missing_roles
from gameday.terminal.desk.desk_state import DeskState
from gameday.terminal.desk.key_commands import KeyCommands
from gameday.terminal.desk.keymap import Stage, find_key, is_secret
from gameday.terminal.desk.prompt import ROLES, Prompt
from gameday.units import format_role

STOP_KEY = "exclamation_mark"


class ExitReason(Enum):
    """Reason why the screen was closed."""

    OVER = "over"
    DETACHED = "detached"
    """The drill continues, or no debrief is held now."""


class KeyHandler:
    """Handler of keys as textual names them. `leave` closes the screen."""

    def __init__(self, state: DeskState, commands: KeyCommands, leave: Callable[[ExitReason], None]) -> None:
        self._state = state
        self._commands = commands
        self._leave = leave

    def key(self, key: str, shown: str | None = None) -> None:
        """Handle a key while no text is typed; `shown` is its character. STOP has precedence."""
        desk = self._state
        if key == STOP_KEY:
            desk.prompt = None
            self._commands.stop()
        elif desk.prompt is None:
            self._press(key, shown or key)
        elif key == "escape" or desk.prompt.key(key):
            desk.prompt = None

    def interrupt(self) -> None:
        """Handle Ctrl-C: it cancels an open prompt, and is STOP without one."""
        desk = self._state
        if desk.prompt is None:
            self._commands.stop()
            return
        desk.prompt = None
        desk.set_footer_answer("Cancelled. Ctrl-C again is STOP")

    def _press(self, press: str, shown: str) -> None:
        desk = self._state
        desk.set_footer_answer("")
        key = find_key(press, desk.stage, solo=desk.solo)
        if desk.shows_help or press == "f1":
            desk.shows_help = not desk.shows_help
        elif key is None:
            self._reject_unknown(press, shown)
        elif key.press == "enter":
            self._leave(ExitReason.OVER)
        elif key.press == "space":
            desk.toggle_facilitator_view() if desk.facilitates else self._reject_in_this_view()
        elif (key.is_intervention and not desk.facilitates) or (key.secret and not self._in_facilitator_view()):
            self._reject_in_this_view()
        else:
            self._open_prompt(press)

    def _open_prompt(self, press: str) -> None:
        desk = self._state
        try:
            desk.prompt = self._prompt(press)
        except RequestRejected as error:
            desk.set_footer_answer(f"Not possible: {error}. {error.remedy}".rstrip(), secret=is_secret(press))

    def _reject_unknown(self, press: str, shown: str) -> None:
        """Answer a key that does nothing; Esc cancels, where there is something to cancel."""
        desk = self._state
        if press == "escape":
            return
        other = find_key(press, Stage.ANY, solo=desk.solo)
        now = "at this stage" if other and (desk.facilitates or not other.is_intervention) else "here"
        desk.set_footer_answer(f"{shown}: no such key {now}. F1 lists all keys")

    def _reject_in_this_view(self) -> None:
        desk = self._state
        where = "the facilitator's view: press space" if desk.facilitates else "the facilitator's terminal"
        where = "the terminal that started the drill" if desk.solo else where
        desk.set_footer_answer(f"NOT available here, only in {where}")

    def _in_facilitator_view(self) -> bool:
        """Return True if the facilitator's view is shown, which is then extended."""
        if self._state.shows_facilitator_view:
            self._state.extend_facilitator_view()
        return self._state.shows_facilitator_view

    def _prompt(self, press: str) -> Prompt | None:
        """Return the prompt of a key that works now; None if it acted at once."""
        desk, drill = self._state, self._state.board.state
        entry = desk.current_message_index() if desk.stage is Stage.RUNNING else None
        match press:
            case "q":
                return self._commands.close(partial(self._leave, ExitReason.DETACHED), is_over=desk.stage is Stage.OVER)
            case "e" | "r" if desk.stage is Stage.STOPPED:
                return self._commands.stop_decision(press)
            case "b":
                return self._begin()
            case "up" | "down":
                desk.move_selection(1 if press == "down" else -1)
            case "backspace":
                return self._commands.retraction()
            case "z":
                return self._commands.action()
            case "question_mark":
                return self._hint()
            case _ if press.isdigit():
                desk.cast = self._mark_absent(desk.cast, int(press)) if desk.cast else None
            case _:
                return self._commands.prompt(press, drill, entry)
        return None

    def _begin(self) -> Prompt:
        desk = self._state
        present = [role for role, _ in desk.cast.holders()] if desk.cast else []
        filled = {*present, *desk.board.state.roles}
        unfilled = [] if desk.solo else missing_roles(desk.plan.scenario.roles_required, filled)
        return self._commands.begin([role.value for role in present], unfilled)

    def _mark_absent(self, cast: Cast, digit: int) -> Cast:
        """Return the cast without the holder of the role with this digit; 0: everyone came."""
        if digit == 0:
            self._state.set_footer_answer("Everyone marked present; the roles are as first proposed")
            return replace(cast, missing=frozenset())
        role = ROLES[digit - 1] if digit <= len(ROLES) else None
        person = next((holder for held, holder in cast.holders() if held is role), None)
        if role is None or person is None:
            raise RequestRejected(f"no role has the number {digit} here")
        self._state.set_footer_answer(
            f"{cast.name(person)} ({format_role(role)}) marked absent; roles reassigned. 0: mark everyone present"
        )
        return cast.mark_absent(person)

    def _hint(self) -> Prompt:
        offered = self._state.board.responders.offered_hint
        if offered is None:
            raise RequestRejected("no hint is available yet")
        return self._commands.hint(offered)
