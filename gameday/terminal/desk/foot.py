"""The last rows of the desk: what is asked, what was answered, which keys mean something now."""

from __future__ import annotations

import textwrap

from rich.text import Text

from gameday.model import Phase
from gameday.terminal.desk.form import Form
from gameday.terminal.desk.keys import When, shown
from gameday.terminal.panels import BAD, CLOSING, COMING, GOOD, STUCK
from gameday.terminal.pen import Pen, Piece
from gameday.terminal.signs import Signs
from gameday.terminal.watched import Watched

FEW = ("b", "y", "enter", "f1", "space", "a", "d", "i", "u", "h", "n", "z", "g", "question_mark", "s", "q")
"""The keys that the foot names, as far as they fit; the others are on the screen of all keys."""
SHORT = {
    "a": "ack", "i": "IC", "h": "hypo.", "z": "action", "g": "answer", "s": "send", "y": "predict", "space": "view",
}  # fmt: skip


def foot(
    form: Form | None, when: When, watched: Watched, signs: Signs, width: int, news: str, *, alone: bool
) -> list[Text]:
    """One to three rows: a form takes as many as its question needs."""
    pen = Pen(width, signs)
    if form is not None:
        return [pen.line(" ", (row, COMING)) for row in textwrap.wrap(form.label(), width - 2)]
    said = [pen.line(" ", (news, BAD if news.startswith("NOT") else GOOD))] if news else []
    return [*said, _standing(watched, pen), _keys(when, pen, alone=alone)]


def _standing(watched: Watched, pen: Pen) -> Text:
    """How to stop it, or what it is doing instead."""
    match watched.state.phase:
        case Phase.STUCK:
            return pen.line(" ", (STUCK, BAD))
        case Phase.DONE:
            owed = f" Owed to the environment: {', '.join(watched.owed)}." if watched.owed else ""
            return pen.line(" ", ("ENDEX. Nothing of ours stands.", f"bold {GOOD}"), owed)
        case Phase.REVERTING:
            return pen.line(" ", (CLOSING, "bold"))
        case _:
            return pen.line(" ", ("! stops and puts everything back; in any terminal: gameday stop", "bold"))


def _keys(when: When, pen: Pen, *, alone: bool) -> Text:
    now = {key.press: key for key in shown(when, alone)}
    pieces: list[Piece] = [" "]
    for press in FEW:
        if press in now:
            key = now[press]
            pieces += [(key.shown, "bold"), f" {SHORT.get(press, key.does)}  "]
    return pen.line(*pieces)


def help_lines(when: When, signs: Signs, width: int, height: int, *, alone: bool) -> list[Text]:
    """All keys that mean something now, in two columns."""
    pen = Pen(width, signs)
    keys = shown(when, alone)
    half = (len(keys) + 1) // 2
    wide = width // 2
    rows = [pen.heading("Keys", "any key goes back")]
    for index in range(half):
        pair = [keys[index], *keys[index + half : index + half + 1]]
        pieces: list[Piece] = []
        for key in pair:
            pieces += [pen.column(f"  {key.shown}", 12, "bold"), pen.column(key.does, wide - 12)]
        rows.append(pen.line(*pieces))
    return (rows + [Text(end="")] * height)[:height]
