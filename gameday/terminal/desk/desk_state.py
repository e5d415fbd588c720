"""State of the desk, and the choice of its view: briefing, responders', facilitator's, keys."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text

from gameday.boards.schedule_items import ItemState, list_message_items
from gameday.clock import Clock
from gameday.model import Mode, Phase, Plan
from gameday.people.cast import Cast
from gameday.terminal.desk.briefing_screen import render_briefing
from gameday.terminal.desk.footer import FAILURES, help_lines, render_footer
from gameday.terminal.desk.keymap import SUMMARY_KEY, Key, Stage, keys_for
from gameday.terminal.desk.prompt import Prompt
from gameday.terminal.glyphs import Glyphs
from gameday.terminal.responder_screen import render_responder_screen
from gameday.terminal.screen_layout import TALL, render_screen
from gameday.terminal.screen_state import ScreenState

FACILITATOR_VIEW_SECONDS = 20.0
"""Seconds that one key shows the facilitator's view: others may be watching."""
MESSAGE_SECONDS, FAILURE_SECONDS = 8.0, 20.0
"""Seconds that an answer, or a failure, is shown in the footer."""


class DeskState:
    """State of one desk.

    `facilitates`: it has a facilitator's view, which stays if it is `private`.
    """

    def __init__(
        self, plan: Plan, cast: Cast | None, glyphs: Glyphs, has_ended: Callable[[], bool], clock: Clock, *,
        facilitates: bool, private: bool, has_debrief: bool = True,
    ) -> None:  # fmt: skip
        self.plan = plan
        self.cast = cast
        self.board = ScreenState(plan)
        self.solo = plan.mode is Mode.SOLO
        self.facilitates = facilitates
        self._has_debrief = has_debrief
        self.prompt: Prompt | None = None
        self.shows_help = False
        self._message = ("", 0.0, False)
        self._glyphs = glyphs
        self._has_ended = has_ended
        self._clock = clock
        self._private = private and facilitates
        self._stays = private and facilitates
        self._facilitator_view_until = 0.0
        self._prompt_stage = Stage.BRIEFING

    @property
    def is_over(self) -> bool:
        return self.board.state.phase in (Phase.DONE, Phase.STUCK) or self._has_ended()

    @property
    def is_orphaned(self) -> bool:
        """Return True if the runner ended without recording the drill's end."""
        return self._has_ended() and self.board.state.phase not in (Phase.DONE, Phase.STUCK)

    @property
    def stage(self) -> Stage:
        if self.is_over:
            return Stage.OVER
        if self.board.state.stop.stopped_at is not None and not self.board.state.halt_reason:
            return Stage.STOPPED
        return Stage.RUNNING if self.board.state.started_at is not None else Stage.BRIEFING

    def close_late_prompt(self) -> None:
        """Close a prompt that was open when the drill started or ended: its answer would be rejected."""
        before, self._prompt_stage = self._prompt_stage, self.stage
        if self.prompt is None or before is self._prompt_stage:
            return
        if self._prompt_stage is Stage.OVER or before is Stage.BRIEFING:
            self.prompt = None
            changed = "ended" if self._prompt_stage is Stage.OVER else "started"
            self.set_footer_answer(f"NOT recorded: the drill has {changed} meanwhile")

    @property
    def shows_facilitator_view(self) -> bool:
        """True while the facilitator's view is shown; never in a solo drill."""
        secret_prompt = self.prompt is not None and self.prompt.secret
        always = self._stays and self.stage is not Stage.BRIEFING  # before the start the briefing is read aloud
        return not self.solo and (secret_prompt or always or self._clock.monotonic() < self._facilitator_view_until)

    def toggle_facilitator_view(self) -> None:
        """Show the facilitator's view for a while, or hide it."""
        shown, self._stays = self.shows_facilitator_view, self._private and not self.shows_facilitator_view
        self._facilitator_view_until = 0.0 if shown else self._clock.monotonic() + FACILITATOR_VIEW_SECONDS

    def extend_facilitator_view(self) -> None:
        """Show it as long again: its keys are in use."""
        self._facilitator_view_until = max(
            self._facilitator_view_until, self._clock.monotonic() + FACILITATOR_VIEW_SECONDS
        )

    @property
    def footer_answer(self) -> str:
        """The latest answer, for a while; a secret one in the facilitator's view only."""
        text, until, secret = self._message
        return text if self._clock.monotonic() < until and (self.shows_facilitator_view or not secret) else ""

    def set_footer_answer(self, text: str, *, secret: bool = False) -> None:
        """Show an answer in the footer; an empty one removes the previous."""
        seconds = FAILURE_SECONDS if text.startswith(FAILURES) else MESSAGE_SECONDS
        self._message = (text, self._clock.monotonic() + seconds, secret)

    def current_message_index(self) -> int | None:
        """Return the message that keys apply to: the selected, the offered, or the next."""
        coming, offered = self._coming_entries(), self.board.responders.offered_hint
        if self.board.selected in coming:
            return self.board.selected
        return offered if offered is not None else next(iter(coming), None)

    def move_selection(self, step: int) -> None:
        """Select the message above or below."""
        coming, entry = self._coming_entries(), self.current_message_index()
        if coming:
            index = coming.index(entry) if entry in coming else 0
            self.board.selected = coming[(index + step) % len(coming)]

    def _coming_entries(self) -> list[int]:
        states = (ItemState.COMING, ItemState.WAITING)
        return [
            item.entry for item in list_message_items(self.board) if item.entry is not None and item.state in states
        ]

    def _keys(self) -> list[Key]:
        """Return the keys that work now; a second terminal has none of the facilitator's."""
        keys = keys_for(self.stage, solo=self.solo)
        allowed = [key for key in keys if self.facilitates or not key.is_intervention]
        return allowed if self._has_debrief else [SUMMARY_KEY if key.press == "enter" else key for key in allowed]

    def lines(self, width: int, height: int) -> list[Text]:
        """Render the screen; its last row is free for typing.

        If it is too small, the footer stays.
        """
        return self._render(width, height)[-height:]

    def _render(self, width: int, height: int) -> list[Text]:
        if self.shows_help:
            return help_lines(self._keys(), self._glyphs, width, height)
        keys = [key for key in self._keys() if self.shows_facilitator_view or not key.secret]
        footer = render_footer(
            self.prompt, keys, self.board, self._glyphs, width, self.footer_answer,
            orphaned=self.is_orphaned, facilitates=self.facilitates, key_rows=4 if height >= TALL else 1,
        )  # fmt: skip
        rows = height - (1 if self.prompt and self.prompt.takes_text else 0)
        if self.shows_facilitator_view:
            self.board.highlighted = self.current_message_index()
            return render_screen(self.board, width, rows, self._glyphs, footer)
        if self.stage is Stage.BRIEFING:
            facilitates = self.facilitates
            return render_briefing(self.board, self.cast, width, rows, self._glyphs, footer, facilitates=facilitates)
        return render_responder_screen(self.board, width, rows, self._glyphs, footer)
