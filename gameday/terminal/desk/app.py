"""The desk as a textual application: looks at the store twenty times a second, draws four times, takes keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input
from typing_extensions import override

from gameday.boards.playback import Playback
from gameday.clock import Clock
from gameday.drill.control.client import GUARDIAN_GRACE, DrillClient
from gameday.model import Plan
from gameday.people.cast import Cast
from gameday.store.protocols import DrillReader
from gameday.terminal.desk.desk_state import DeskState
from gameday.terminal.desk.key_commands import KeyCommands
from gameday.terminal.desk.key_handler import ExitReason, KeyHandler
from gameday.terminal.desk.lines_widget import LinesWidget
from gameday.terminal.desk.prompt import PromptStep
from gameday.terminal.glyphs import Glyphs

LOOK_EVERY = 0.05
DRAW_EVERY = 0.25
RECENT = 300
"""Batches of readings, about one a second, with which a desk begins that comes late: an hour of them would take
seconds, and a picture of 30 needs no more where a signal is asked every 10 s."""


@dataclass(frozen=True, slots=True)
class DeskConfig:
    """What the desk is set up with. `gone`: whether the runner is there no more. `private`: the facilitator's view
    stays. `keep` is told once, at STARTEX, who plays what, `leave` before that at each change. A link without a token
    is a second look, which has no facilitator's keys."""

    plan: Plan
    store: DrillReader
    link: DrillClient
    clock: Clock
    signs: Glyphs
    gone: Callable[[], bool]
    keep: Callable[[Cast], None]
    leave: Callable[[Cast], None]
    cast: Cast | None = None
    private: bool = False


class Desk(App[ExitReason], inherit_bindings=False):
    """Nothing of the drill depends on this being alive."""

    CSS = "Screen { overflow: hidden; } Input { dock: bottom; border: none; height: 1; padding: 0 1; display: none; }"
    AUTO_FOCUS = None
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "stop", show=False, priority=True)]
    """Also while words are typed, where the library would copy them. None of the library's own: its Ctrl-Q quits."""

    def __init__(self, watch: DeskConfig) -> None:
        super().__init__(ansi_color=True)
        self._watch = watch
        self.face = DeskState(
            watch.plan, watch.cast, watch.signs, watch.gone, watch.clock,
            facilitates=bool(watch.link.token), private=watch.private,
        )  # fmt: skip
        self._showing = Playback(self.face.board, watch.plan)
        self._read, self._kept = 0, False
        self._left: Cast | None = None
        self._orphaned_at = watch.clock.monotonic()
        self._batches = max(0, watch.store.last_batch(watch.plan.drill) - RECENT)
        self._hands = KeyCommands(watch.link, watch.plan, self._run_in_background, alone=self.face.alone)
        self._presses = KeyHandler(self.face, self._hands, self.exit)
        self._canvas = LinesWidget()

    @override
    def compose(self) -> ComposeResult:
        yield self._canvas
        yield Input(select_on_focus=False)  # else the second letter typed would replace the first

    def on_mount(self) -> None:
        self.set_interval(LOOK_EVERY, self._look)
        self.set_interval(DRAW_EVERY, self._draw)
        self._look()

    def on_resize(self, _: events.Resize) -> None:
        self._draw()

    def _look(self) -> None:
        store, drill = self._watch.store, self._watch.plan.drill
        found = store.events(drill, self._read)
        self._read = found[-1].seq if found else self._read
        readings, self._batches = store.readings_after(drill, self._batches)
        self._showing.advance(self._watch.clock.monotonic(), found, readings)
        self._look_after_cast()
        self._look_after_orphans()
        if found:
            self._draw()
        if self.face.over and self.face.board.state.startex is None:
            self.exit(ExitReason.OVER)

    def _look_after_cast(self) -> None:
        """Who plays is left for a screen that comes later, at each change; at STARTEX it is kept for the rotation."""
        cast = self.face.cast
        if cast is None or self._kept:
            return
        if cast is not self._left:
            self._left = cast
            self._watch.leave(cast)
        if self.face.board.state.startex is not None:
            self._kept = True
            self._watch.keep(cast)

    def _look_after_orphans(self) -> None:
        """Nobody wrote the drill's end for longer than a guardian needs: it may be gone too. Where it is there, it is
        asked again as much later."""
        now = self._watch.clock.monotonic()
        if not self.face.orphaned:
            self._orphaned_at = now
        elif now - self._orphaned_at > GUARDIAN_GRACE:
            self._orphaned_at = now
            self._run_in_background(self._put_back, False)

    def _put_back(self) -> str:
        said, that_is_all = self._watch.link.put_back()
        self._orphaned_at = float("inf") if that_is_all else self._orphaned_at
        return said

    def _draw(self) -> None:
        self._canvas.show(self.face.lines(self.size.width, self.size.height))

    def _run_in_background(self, call: Callable[[], str], secret: bool) -> None:
        self.run_worker(lambda: self._tell(call, secret), thread=True, exclusive=False)

    def _tell(self, call: Callable[[], str], secret: bool) -> None:
        said = call()
        self.call_from_thread(self._say, said, secret)

    def _say(self, said: str, secret: bool) -> None:
        self.face.set_message(said, secret=secret)
        self._draw()

    async def on_key(self, event: events.Key) -> None:
        if self._types():
            await self._key_of_the_form(event)
            return
        event.prevent_default()
        self._presses.key(event.key)
        self._look_after_cast()  # now: the next key may close the screen
        self._follow_form()

    async def _key_of_the_form(self, event: events.Key) -> None:
        """What is typed at once after the key that asks comes here: the line has not been asked yet."""
        line = self.query_one(Input)
        if event.key == "escape":
            self.face.form = None
            self._follow_form()
        elif event.key == "enter":
            await line.action_submit()
        elif event.is_printable and event.character:
            line.insert_text_at_cursor(event.character)

    def action_stop(self) -> None:
        """Ctrl-C: STOP, which needs no knowledge."""
        self._presses.key("ctrl+c")
        self._follow_form()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        if self.face.form is None or self.face.form.take(event.value):
            self.face.form = None
        self._follow_form()

    def _types(self) -> bool:
        return self.face.form is not None and self.face.form.typed

    def _follow_form(self) -> None:
        """The line to type on is there while the form asks for words."""
        line = self.query_one(Input)
        if self._types() and not line.display:
            line.password = self.face.form is not None and self.face.form.now is PromptStep.SEALED
            line.value = ""
            line.display = True
            self.screen.set_focus(line)  # now: the next letter is on its way
        elif not self._types():
            line.display = False
            self.set_focus(None)
        self._draw()
