"""The table of keys on the page about drills is the one the desk acts on."""

from __future__ import annotations

import re

from support.docs_pages import ROOT

from gameday.terminal.desk.keymap import KEYS, When, Whose

WHENS = (When.BRIEFING, When.RUNNING, When.OVER)
NOT = {Whose.BOTH: "", Whose.FACILITATOR: "facilitator", Whose.ALONE: "alone"}


def test_the_page_has_every_key_and_no_other() -> None:
    text = (ROOT / "docs/how-to/run-a-drill.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `([^`]{1,8})` \| ([^|]+) \|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|$", text, re.MULTILINE
    )
    said = [
        (shown, does, *(cell.strip() == "x" for cell in (*whens, secret)), whose.strip())
        for shown, does, *whens, whose, secret in rows
    ]
    assert said == [
        (key.shown, key.does, *(when in key.when for when in WHENS), key.secret, NOT[key.whose]) for key in KEYS
    ]
