"""The desk as a textual application: follows the store and handles keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Input
from typing_extensions import override

from gameday.boards.playback import Playback
from gameday.clock import Clock
from gameday.drill.control.client import GUARDIAN_GRACE_S, DrillClient
from gameday.model import Plan
from gameday.people.cast import Cast
from gameday.store.protocols import DrillReader
from gameday.terminal.desk.desk_state import DeskState
from gameday.terminal.desk.footer import describe_ignored_paste
from gameday.terminal.desk.key_commands import KeyCommands
from gameday.terminal.desk.key_handler import ExitReason, KeyHandler
from gameday.terminal.desk.keymap import Stage
from gameday.terminal.desk.lines_widget import LinesWidget
from gameday.terminal.desk.paste_marker import PasteMarkingDriver
from gameday.terminal.desk.prompt import PromptStep
from gameday.terminal.glyphs import Glyphs

POLL_INTERVAL_S = 0.05
DRAW_INTERVAL_S = 0.25
CAST_INTERVAL_S = 2.0
MAX_INITIAL_BATCHES = 300
"""Batches of readings, about one per second, that a late desk loads: an hour of them would take seconds, and a
sparkline of 30 needs no more if a signal is sampled every 10 s."""


@dataclass(frozen=True, slots=True)
class DeskConfig:
    """Configuration of a desk. `has_ended`: the runner is gone. `private`: the facilitator's view stays.

    `record_roles` is called once, at the start, `save_cast` at each change before. A client without a token has no
    facilitator's keys, and follows the roles by `read_cast` until the start. `has_debrief`: it follows the screen.
    """

    plan: Plan
    store: DrillReader
    client: DrillClient
    clock: Clock
    glyphs: Glyphs
    has_ended: Callable[[], bool]
    record_roles: Callable[[Cast], None]
    save_cast: Callable[[Cast], None]
    cast: Cast | None = None
    private: bool = False
    read_cast: Callable[[], Cast | None] | None = None
    has_debrief: bool = True


class Desk(App[ExitReason], inherit_bindings=False):
    """Screen with keys; the drill does not depend on it."""

    CSS = "Screen { overflow: hidden; } Input { dock: bottom; border: none; height: 1; padding: 0 1; display: none; }"
    AUTO_FOCUS = None
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, config: DeskConfig) -> None:
        super().__init__(ansi_color=True, driver_class=PasteMarkingDriver)
        self._config = config
        self.state = DeskState(
            config.plan, config.cast, config.glyphs, config.has_ended, config.clock,
            facilitates=bool(config.client.token), private=config.private, has_debrief=config.has_debrief,
        )  # fmt: skip
        self._playback = Playback(self.state.board, config.plan)
        self._last_seq, self._roles_recorded = 0, False
        self._saved_cast: Cast | None = None
        self._orphaned_at = config.clock.monotonic()
        self._batches = max(0, config.store.last_batch(config.plan.drill) - MAX_INITIAL_BATCHES)
        self._commands = KeyCommands(config.client, config.plan, self._run_in_background, solo=self.state.solo)
        self._key_handler = KeyHandler(self.state, self._commands, self.exit)
        self._lines_widget = LinesWidget()

    @override
    def compose(self) -> ComposeResult:
        yield self._lines_widget
        yield Input(select_on_focus=False)  # else the second character would replace the first

    def on_mount(self) -> None:
        self.set_interval(POLL_INTERVAL_S, self._poll)
        self.set_interval(DRAW_INTERVAL_S, self._draw)
        self.set_interval(CAST_INTERVAL_S, self._read_cast)
        self._poll()

    def on_resize(self, _: events.Resize) -> None:
        self._draw()

    def _poll(self) -> None:
        store, drill = self._config.store, self._config.plan.drill
        events = store.events(drill, self._last_seq)
        self._last_seq = events[-1].seq if events else self._last_seq
        readings, self._batches = store.readings_after(drill, self._batches)
        self._playback.advance(self._config.clock.monotonic(), events, readings)
        self._save_cast()
        self._recover_orphan()
        had_prompt = self.state.prompt is not None
        self.state.close_late_prompt()
        if had_prompt and self.state.prompt is None:
            self._update_input()
        if events:
            self._draw()
        if self.state.is_over and self.state.board.state.started_at is None:
            self.exit(ExitReason.OVER)

    def _read_cast(self) -> None:
        """Follow the changes of the facilitator's terminal until the start."""
        if self._config.read_cast is not None and self.state.stage is Stage.BRIEFING:
            self.state.cast = self._config.read_cast()

    def _save_cast(self) -> None:
        """Save each change of the cast; record the roles at the start. Only the facilitator's terminal does."""
        cast = self.state.cast
        if cast is None or self._roles_recorded or self._config.read_cast is not None:
            return
        if cast is not self._saved_cast:
            self._saved_cast = cast
            self._config.save_cast(cast)
        if self.state.board.state.started_at is not None:
            self._roles_recorded = True
            self._config.record_roles(cast)

    def _recover_orphan(self) -> None:
        """Check the guardian if the drill's end is overdue, again and again while it responds."""
        now = self._config.clock.monotonic()
        if not self.state.is_orphaned:
            self._orphaned_at = now
        elif now - self._orphaned_at > GUARDIAN_GRACE_S:
            self._orphaned_at = now
            self._run_in_background(self._revert_orphan, False)

    def _revert_orphan(self) -> str:
        answer, is_final = self._config.client.leave_to_guardian_or_halt()
        self._orphaned_at = float("inf") if is_final else self._orphaned_at
        return answer

    def _draw(self) -> None:
        self._lines_widget.show(self.state.lines(self.size.width, self.size.height))

    def _run_in_background(self, call: Callable[[], str], secret: bool) -> None:
        self.run_worker(lambda: self._run_request(call, secret), thread=True, exclusive=False)

    def _run_request(self, call: Callable[[], str], secret: bool) -> None:
        answer = call()
        self.call_from_thread(self._show_answer, answer, secret)

    def _show_answer(self, answer: str, secret: bool) -> None:
        self.state.set_footer_answer(answer, secret=secret)
        self._draw()

    @override
    async def on_event(self, event: events.Event) -> None:
        """Take keys and pastes before textual does: its bindings would copy on Ctrl-C and quit on Ctrl-Q."""
        if isinstance(event, events.Paste) and not event.is_forwarded:
            self._paste(event.text)
        elif isinstance(event, events.Key) and not event.is_forwarded:
            await self._receive_key(event)
        else:
            await super().on_event(event)

    def _paste(self, text: str) -> None:
        """Insert pasted text while text is typed, as one line; it is never keys."""
        if self.state.prompt is not None and self.state.prompt.takes_text:
            self.query_one(Input).insert_text_at_cursor(" ".join(text.splitlines()))
            self.state.prompt.has_paste = True
        else:
            self._show_answer(describe_ignored_paste(self.state.stage), False)

    async def _receive_key(self, event: events.Key) -> None:
        if event.key == "ctrl+c":
            self._key_handler.interrupt()
        elif self._is_typing():
            await self._type_key(event)
            return
        else:
            self._key_handler.key(event.key, event.character if event.is_printable else None)
            self._save_cast()  # now: the next key may close the screen
        self._update_input()

    async def _type_key(self, event: events.Key) -> None:
        line = self.query_one(Input)
        if event.key == "escape":
            self.state.prompt = None
            self._update_input()
        elif event.key == "enter":
            self._enter_text(line.value)  # at once: a message would let the next key overtake it
        elif self.focused is line:
            await super().on_event(event)
        elif event.is_printable and event.character:  # it arrived before the input line got the focus
            line.insert_text_at_cursor(event.character)

    def _enter_text(self, text: str) -> None:
        if self.state.prompt is None or self.state.prompt.enter_text(text):
            self.state.prompt = None
        self._update_input()

    def _is_typing(self) -> bool:
        return self.state.prompt is not None and self.state.prompt.takes_text

    def _update_input(self) -> None:
        """Show the input line while the prompt asks for text."""
        line = self.query_one(Input)
        if self._is_typing() and not line.display:
            line.password = self.state.prompt is not None and self.state.prompt.open_question is PromptStep.SEALED
            line.value = self.state.prompt.text if self.state.prompt else ""
            line.cursor_position = len(line.value)
            line.display = True
            self.screen.set_focus(line)  # now: the next character may be on its way
        elif not self._is_typing():
            line.display = False
            self.set_focus(None)
        self._draw()
