"""What the desk shows now: the briefing, the responders' view, the facilitator's for a while, or all keys."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text

from gameday.boards.message_board import ItemState, message_items
from gameday.clock import Clock
from gameday.model import Mode, Phase, Plan
from gameday.people.cast import Cast
from gameday.terminal.desk.briefing_screen import briefing_frame
from gameday.terminal.desk.footer import foot, help_lines
from gameday.terminal.desk.keymap import Key, When, Whose, keys_for
from gameday.terminal.desk.prompt import Prompt
from gameday.terminal.glyphs import Glyphs
from gameday.terminal.responder_screen import responders_frame
from gameday.terminal.screen_layout import render_screen
from gameday.terminal.screen_state import ScreenState

FACILITATOR_VIEW_SECONDS = 20.0
"""Seconds for which the facilitator's view is shown on one key: five people are watching."""
NEWS_FOR, BAD_NEWS_FOR = 8.0, 20.0
"""Seconds for which an answer stands in the foot."""


class DeskState:
    """`gone`: whether the runner is there no more. `facilitates`: whether there is a facilitator's view at all;
    `private`: it stays."""

    def __init__(
        self, plan: Plan, cast: Cast | None, signs: Glyphs, gone: Callable[[], bool], clock: Clock, *,
        facilitates: bool, private: bool,
    ) -> None:  # fmt: skip
        self.plan = plan
        self.cast = cast
        self.board = ScreenState(plan)
        self.alone = plan.mode is Mode.SOLO
        self.facilitates = facilitates
        self.form: Prompt | None = None
        self.helps = False
        self._news = ("", 0.0, False)
        self._signs = signs
        self._gone = gone
        self._clock = clock
        self._private = private and facilitates
        self._stays = private and facilitates
        self._look_until = 0.0

    @property
    def over(self) -> bool:
        return self.board.state.phase in (Phase.DONE, Phase.STUCK) or self._gone()

    @property
    def orphaned(self) -> bool:
        """Its runner is gone, and nobody has written its end yet: the guardian is at it, or nobody is."""
        return self._gone() and self.board.state.phase not in (Phase.DONE, Phase.STUCK)

    @property
    def when(self) -> When:
        if self.over:
            return When.OVER
        return When.RUNNING if self.board.state.startex is not None else When.BRIEFING

    @property
    def facilitators(self) -> bool:
        """Whether the facilitator's view is shown. Who is alone never sees it."""
        asked = self.form is not None and self.form.secret
        stays = self._stays and self.when is not When.BRIEFING  # before that there is something to read aloud
        return not self.alone and (asked or stays or self._clock.monotonic() < self._look_until)

    def toggle_facilitator_view(self) -> None:
        """The facilitator's view for a while, or no more."""
        seen, self._stays = self.facilitators, self._private and not self.facilitators
        self._look_until = 0.0 if seen else self._clock.monotonic() + FACILITATOR_VIEW_SECONDS

    def extend_facilitator_view(self) -> None:
        """As long again: its keys are being used."""
        self._look_until = max(self._look_until, self._clock.monotonic() + FACILITATOR_VIEW_SECONDS)

    @property
    def news(self) -> str:
        """What was answered last; for a while, and what is `secret` in the facilitator's view alone."""
        words, until, secret = self._news
        return words if self._clock.monotonic() < until and (self.facilitators or not secret) else ""

    def set_message(self, words: str, *, secret: bool = False) -> None:
        """An answer for the foot; empty takes away the one before."""
        lasts = BAD_NEWS_FOR if words.startswith("NOT") else NEWS_FOR
        self._news = (words, self._clock.monotonic() + lasts, secret)

    def current_entry(self) -> int | None:
        """The line of the course that keys mean: the chosen one while it is to come, else what is offered, else the
        next."""
        ahead, offered = self._ahead(), self.board.responders.offered_hint
        if self.board.selected in ahead:
            return self.board.selected
        return offered if offered is not None else next(iter(ahead), None)

    def move_selection(self, step: int) -> None:
        """The line above or below."""
        ahead, line = self._ahead(), self.current_entry()
        if ahead:
            at = ahead.index(line) if line in ahead else 0
            self.board.selected = ahead[(at + step) % len(ahead)]

    def _ahead(self) -> list[int]:
        states = (ItemState.COMING, ItemState.WAITING)
        return [one.entry for one in message_items(self.board) if one.entry is not None and one.state in states]

    def _keys(self) -> list[Key]:
        """A second look has none of the facilitator's."""
        every = keys_for(self.when, alone=self.alone)
        return [key for key in every if self.facilitates or key.whose is not Whose.FACILITATOR]

    def lines(self, width: int, height: int) -> list[Text]:
        """The whole screen; the last row stays free for what is typed. Where it is too small the foot stays."""
        return self._whole(width, height)[-height:]

    def _whole(self, width: int, height: int) -> list[Text]:
        if self.helps:
            return help_lines(self._keys(), self._signs, width, height)
        every = self._keys()
        keys = [key for key in every if self.facilitators or not key.secret]
        below = foot(self.form, keys, self.board, self._signs, width, self.news, orphaned=self.orphaned)
        rows = height - (1 if self.form and self.form.typed else 0)
        if self.facilitators:
            self.board.highlighted = self.current_entry()
            return render_screen(self.board, width, rows, self._signs, below)
        if self.when is When.BRIEFING:
            return briefing_frame(self.board, self.cast, width, rows, self._signs, below)
        return responders_frame(self.board, width, rows, self._signs, below)
