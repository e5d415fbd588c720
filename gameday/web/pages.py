"""Pages of one drill as HTML, from the templates beside this file."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from functools import cache
from typing import TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined

from gameday.boards.drill_board import DrillBoard
from gameday.boards.responder_times import Activity, find_activity
from gameday.printable import strip_hidden
from gameday.units import format_role
from gameday.web.live_drill import LiveDrill
from gameday.web.page_content import read_content
from gameday.web.rights import CLAIMABLE, WITHOUT_TEXT, Action, PageRole, is_allowed, offered_statements
from gameday.web.sessions import form_token

LIVE_PARTS = ("state", "forms", "people")
"""Templates of the parts that change with the drill; the names are the ids of their elements. The browser replaces
the forms only in another stage, because people type there."""
MAX_CACHED = 32
K = TypeVar("K")
V = TypeVar("V")


@cache
def _load_templates() -> Environment:
    return Environment(
        loader=PackageLoader("gameday.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def _keep(cache: OrderedDict[K, V], key: K, value: V) -> None:
    cache[key] = value
    if len(cache) > MAX_CACHED:
        cache.popitem(last=False)


class Pages:
    """Templates of the pages. Every text is escaped, and hidden characters are removed."""

    def __init__(self, live: LiveDrill) -> None:
        self._live = live
        self._updates: OrderedDict[tuple[str, int, int], str] = OrderedDict()
        self._rendered: OrderedDict[tuple[str, int], Mapping[str, str]] = OrderedDict()

    def drill_page(self, role: PageRole, token: str, chosen: str, notice: str) -> str:
        """Return the whole page; `chosen`: the role that this browser's statements have, empty for none."""
        return self._live.read(
            lambda board, now: self._render(
                "drill.html.j2", **self._drill(board, now, role, token, chosen), notice=notice, counts_itself=False
            )
        )

    def update(self, role: PageRole, token: str, version: int, seen: int = -1) -> str:
        """Return what changed from version `seen` of the drill to `version`, as JSON; without `seen`, everything.

        `now`, `parts` by their element's id, `stage`, `ended`. All browsers with one link get the same text, which is
        made once for each change: a page is pushed to hundreds of them at once."""
        key = (token, version, seen)
        if key not in self._updates:
            parts = self._parts(role, token, version)
            before = self._rendered.get((token, seen), {})
            changed = {name: html for name, html in parts.items() if before.get(name) != html}
            stage = self._live.read(lambda board, _now: find_activity(board.state).name)
            _keep(
                self._updates, key, json.dumps({"parts": changed, "stage": stage, "ended": self._live.is_closed})[1:-1]
            )
        return f'{{"now": {self._live.clock.monotonic()}, {self._updates[key]}}}'

    def _parts(self, role: PageRole, token: str, version: int) -> Mapping[str, str]:
        key = (token, version)
        if key not in self._rendered:
            _keep(self._rendered, key, self._live.read(lambda board, now: self._render_parts(board, now, role, token)))
        return self._rendered[key]

    def heartbeat(self) -> str:
        """Return the update of a drill that did not change, as JSON."""
        return json.dumps({"now": self._live.clock.monotonic()})

    def join_page(self, role: PageRole) -> str:
        """Return the page behind a link. Opening it means nothing: people press Join, and preview bots do not."""
        plan = self._live.attached.plan
        return self._render("join.html.j2", drill=plan.drill, environment=plan.environment.name, role=role)

    def message_page(self, heading: str, text: str, *, back: bool = False) -> str:
        """Return a page with one message; `back`: with the way back to the drill."""
        return self._render("message.html.j2", heading=heading, text=text, back=back)

    def _render_parts(self, board: DrillBoard, now: float, role: PageRole, token: str) -> dict[str, str]:
        values = self._drill(board, now, role, token)
        return {name: self._render(f"{name}.html.j2", **values, counts_itself=True) for name in LIVE_PARTS}

    def _drill(self, board: DrillBoard, now: float, role: PageRole, token: str, chosen: str = "") -> dict[str, object]:
        content = read_content(board, now, role, is_cut_off=self._live.is_closed)
        names = {} if content.has_ended else offered_statements(role, has_started=content.has_started)
        can_act = content.activity is Activity.RUNNING and is_allowed(role, Action.RUN_ACTION)
        return {
            "content": content, "role": role, "now": now, "form_token": form_token(token), "chosen": chosen,
            "allows": lambda action: is_allowed(role, Action(action)),
            "statements": {kind: name for kind, name in names.items() if kind not in WITHOUT_TEXT},
            "short_statements": {kind: name for kind, name in names.items() if kind in WITHOUT_TEXT},
            "claimable": [(str(each), format_role(each)) for each in CLAIMABLE],
            "actions": self._live.actions if can_act else (),
        }  # fmt: skip

    def _render(self, template: str, **values: object) -> str:
        return strip_hidden(_load_templates().get_template(template).render(values))
