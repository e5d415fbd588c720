"""Pages of one drill as HTML, from the templates beside this file."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from gameday.boards.drill_board import DrillBoard
from gameday.printable import strip_hidden
from gameday.units import format_role
from gameday.web.page_content import PageContent, read_content
from gameday.web.rights import CLAIMABLE, WITHOUT_TEXT, Action, PageRole, is_allowed, statements_of
from gameday.web.sessions import form_token


class Pages:
    """Templates of the pages. Every text is escaped, and hidden characters are removed."""

    def __init__(self, actions: Sequence[str]) -> None:
        """`actions`: the names of the environment's actions, which responders may run."""
        self._actions = actions
        self._templates = Environment(
            loader=PackageLoader("gameday.web"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    def drill_page(self, board: DrillBoard, now: float, role: PageRole, token: str, chosen: str, notice: str) -> str:
        """Return the whole page; `chosen`: the role that this browser's statements have, empty for none."""
        names = statements_of(role)
        return self._render(
            "drill.html.j2", **self._drill(board, now, role, token), notice=notice, statements=names, chosen=chosen,
            claimable=[(str(each), format_role(each)) for each in CLAIMABLE],
            without_text=", ".join(label for kind, label in names.items() if kind in WITHOUT_TEXT) or "none",
            actions=self._actions if is_allowed(role, Action.RUN_ACTION) else (),
        )  # fmt: skip

    def live_parts(self, board: DrillBoard, now: float, role: PageRole, token: str) -> dict[str, str]:
        """Return the parts of the page that change with the drill, by the id of their element."""
        values = self._drill(board, now, role, token)
        return {name: self._render(f"{name}.html.j2", **values) for name in ("state", "people")}

    def join_page(self, board: DrillBoard, role: PageRole) -> str:
        """Return the page behind a link. Opening it means nothing: people press Join, and preview bots do not."""
        plan = board.plan
        return self._render("join.html.j2", drill=plan.drill, environment=plan.environment.name, role=role)

    def message_page(self, heading: str, text: str, *, back: bool = False) -> str:
        """Return a page with one message; `back`: with the way back to the drill."""
        return self._render("message.html.j2", heading=heading, text=text, back=back)

    def _drill(self, board: DrillBoard, now: float, role: PageRole, token: str) -> dict[str, object]:
        content: PageContent = read_content(board, now, role)
        return {
            "content": content, "role": role, "now": now, "form_token": form_token(token),
            "allows": lambda action: is_allowed(role, Action(action)),
        }  # fmt: skip

    def _render(self, template: str, **values: object) -> str:
        return strip_hidden(self._templates.get_template(template).render(values))
