"""The desk as a textual application: looks at the store ten times a second, draws four times, takes keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from gameday.clock import Clock
from gameday.drill.state import State
from gameday.model import Event, Mode, Phase, Plan, Reading
from gameday.people.cast import Cast
from gameday.store.sqlite import Store
from gameday.terminal.desk.briefing import briefing_frame
from gameday.terminal.desk.canvas import Canvas
from gameday.terminal.desk.foot import foot, help_lines
from gameday.terminal.desk.form import Asks, Form
from gameday.terminal.desk.hands import Hands
from gameday.terminal.desk.keys import When
from gameday.terminal.desk.link import Link
from gameday.terminal.frame import frame
from gameday.terminal.order_of_play import Place, order_of_play
from gameday.terminal.responders import responders_frame
from gameday.terminal.showing import Showing
from gameday.terminal.signs import Signs
from gameday.terminal.watched import Caption, Watched

LOOK_EVERY = 0.1
DRAW_EVERY = 0.25
A_LOOK = 20.0
"""Seconds for which the facilitator's view is shown on one key: five people are watching."""


class Left(Enum):
    """Why the screen was left."""

    OVER = "over"
    WENT = "went"
    """The drill goes on."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What the desk is set up with. `gone`: whether the runner is there no more. `private`: the facilitator's view
    stays. `token`: empty for a second look, which has no facilitator's keys."""

    plan: Plan
    store: Store
    link: Link
    clock: Clock
    signs: Signs
    gone: Callable[[], bool]
    cast: Cast | None = None
    private: bool = False


class Desk(App[Left]):
    """Nothing of the drill depends on this being alive."""

    CSS = "Screen { overflow: hidden; } Input { dock: bottom; border: none; height: 1; padding: 0 1; display: none; }"
    AUTO_FOCUS = None
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, watch: Watch) -> None:
        super().__init__(ansi_color=True)
        self._watch = watch
        self.cast = watch.cast
        self.watched = Watched(watch.plan, caption=Caption("DRILL", ""))
        self._showing = Showing(_Feed(self.watched), watch.plan)
        self._read, self._batches = 0, 0
        self._alone = watch.plan.mode is Mode.SOLO
        self._hands = Hands(watch.link, watch.plan, self._away, alone=self._alone)
        self._form: Form | None = None
        self._private_until = float("inf") if watch.private else 0.0
        self._helps = False
        self._news = ""
        self._canvas = Canvas()

    def compose(self) -> ComposeResult:
        yield self._canvas
        yield Input()

    def on_mount(self) -> None:
        self.set_interval(LOOK_EVERY, self._look)
        self.set_interval(DRAW_EVERY, self._draw)
        self._look()

    def on_resize(self, _: events.Resize) -> None:
        self._draw()

    # what the drill says

    def _look(self) -> None:
        store, drill = self._watch.store, self._watch.plan.drill
        found = store.events(drill, self._read)
        self._read = found[-1].seq if found else self._read
        readings, self._batches = store.readings_after(drill, self._batches)
        self._showing.show(self._watch.clock.monotonic(), found, readings)
        if found:
            self._draw()
        began = self.watched.state.startex is not None
        if self.over and not began:
            self.exit(Left.OVER)

    @property
    def over(self) -> bool:
        return self.watched.state.phase in (Phase.DONE, Phase.STUCK) or self._watch.gone()

    @property
    def _when(self) -> When:
        if self.over:
            return When.OVER
        return When.RUNNING if self.watched.state.startex is not None else When.BRIEFING

    # what is seen

    def _draw(self) -> None:
        self._canvas.show(self._lines())

    def _lines(self) -> list[Text]:
        width, height = self.size.width, self.size.height
        signs, watched = self._watch.signs, self.watched
        below = foot(self._form, self._when, watched, signs, width, self._news, alone=self._alone)
        typed = 1 if self._form and self._form.typed else 0
        if self._helps:
            return help_lines(self._when, signs, width, height, alone=self._alone)
        if self._shows_facilitators():
            watched.chosen = self._line()
            lines = frame(watched, width, height - len(below) - typed + 1, signs)[:-1] + below
        elif self._when is When.BRIEFING:
            lines = briefing_frame(watched, self.cast, width, height - typed, signs, below)
        else:
            lines = responders_frame(watched, width, height - typed, signs, below)
        return lines

    def _shows_facilitators(self) -> bool:
        """Who is alone never sees it before ENDEX."""
        return not self._alone and time.monotonic() < self._private_until

    def _line(self) -> int | None:
        """The line of the course that keys mean: the chosen one while it is to come, else the next."""
        ahead = [one.entry for one in order_of_play(self.watched) if one.entry is not None and self._ahead(one.place)]
        offered = self.watched.responders.offered
        first = offered if offered is not None else next(iter(ahead), None)
        chosen = self.watched.chosen
        return chosen if chosen in ahead or chosen == offered is not None else first

    @staticmethod
    def _ahead(place: Place) -> bool:
        return place in (Place.COMING, Place.WAITING)

    # what is done

    def _away(self, call: Callable[[], str]) -> None:
        self.run_worker(lambda: self._tell(call), thread=True, exclusive=False)

    def _tell(self, call: Callable[[], str]) -> None:
        said = call()
        self.call_from_thread(self._say, said)

    def _say(self, said: str) -> None:
        self._news = said
        self._draw()

    async def on_key(self, event: events.Key) -> None:
        if self._form is not None and self._form.typed:
            if event.key == "escape":
                self._put_away()
            return
        event.prevent_default()
        if event.key in ("exclamation_mark", "ctrl+c"):
            self._put_away()
            self._hands.stop()
        elif self._form is not None:
            self._answer(self._form, event.key)
        else:
            self._press(event.key)
        self._draw()

    async def action_quit(self) -> None:
        """Ctrl-C and Ctrl-Q of the library: STOP, which needs no knowledge."""
        self._hands.stop()

    def action_help_quit(self) -> None:
        self._hands.stop()

    def _answer(self, form: Form, key: str) -> None:
        if key == "escape" or form.key(key):
            self._put_away()
        elif form.typed:
            self._type(form)

    def _type(self, form: Form) -> None:
        line = self.query_one(Input)
        line.password = form.now is Asks.SEALED
        line.value = ""
        line.display = True
        line.focus()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        form = self._form
        if form is None or form.take(event.value):
            self._put_away()
        elif not form.typed:
            self._hide()
        self._draw()

    def _put_away(self) -> None:
        self._form = None
        self._hide()

    def _hide(self) -> None:
        line = self.query_one(Input)
        line.display = False
        self.set_focus(None)

    def _press(self, key: str) -> None:
        self._news = ""
        if key == "f1" or self._helps:
            self._helps = not self._helps
        elif key == "q":
            self.exit(Left.OVER if self.over else Left.WENT)
        elif self._when is When.OVER and key == "enter":
            self.exit(Left.OVER)
        elif key == "space" and self._watch.link.token:
            self._private_until = 0.0 if self._shows_facilitators() else time.monotonic() + A_LOOK
        else:
            self._open(key)

    def _open(self, key: str) -> None:
        """The form of the key, where it means something now."""
        if self._when is When.BRIEFING:
            self._form = self._before(key)
        elif self._when is When.RUNNING:
            self._form = self._during(key)
        elif key == "k":
            self._form = self._hands.form(key, self.watched.state, None)
        if self._form is not None and self._form.typed:
            self._type(self._form)

    def _before(self, key: str) -> Form | None:
        if key == "b" and self._watch.link.token:
            return self._hands.begin([role.value for role, _ in self.cast.holders()] if self.cast else [])
        if key.isdigit() and self.cast is not None:
            holders = self.cast.holders()
            if 1 <= int(key) <= len(holders):
                self.cast = self.cast.without(holders[int(key) - 1][1])
            return None
        return self._hands.form(key, self.watched.state, None) if key in "yk" else None

    def _during(self, key: str) -> Form | None:
        state, line = self.watched.state, self._line()
        match key:
            case "up" | "down":
                self._choose(1 if key == "down" else -1)
            case "o" if line is not None and not self._alone:
                self._hands.hold(line, state)
            case "z":
                return self._hands.take()
            case "question_mark":
                self._hint()
            case _ if self._alone and key not in "adirulhmncpgk":
                return None
            case _:
                return self._hands.form(key, state, line)
        return None

    def _hint(self) -> None:
        offered = self.watched.responders.offered
        if self._alone and offered is not None:
            self._hands.hint(offered)
        elif self._alone:
            self._news = "No hint stands ready yet"

    def _choose(self, step: int) -> None:
        ahead = [one.entry for one in order_of_play(self.watched) if one.entry is not None and self._ahead(one.place)]
        line = self._line()
        if ahead:
            at = ahead.index(line) if line is not None and line in ahead else 0
            self.watched.chosen = ahead[(at + step) % len(ahead)]


class _Feed:
    """A View that only keeps what it is told."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched

    def begin(self, plan: Plan) -> None: ...

    def event(self, event: Event, state: State) -> None:
        self._watched.event(event, state)

    def reading(self, reading: Reading) -> None:
        self._watched.reading(reading)

    def tick(self, now: float, state: State) -> None:
        self._watched.tick(now, state)

    def end(self) -> None: ...
