"""The table of keys in docs/how-to/run-a-drill.md is the desk's keymap."""

from __future__ import annotations

import re

from support.docs_pages import ROOT

from gameday.terminal.desk.keymap import KEYS, Key, KeyUsers, Stage

WHENS = (Stage.BRIEFING, Stage.RUNNING, Stage.STOPPED, Stage.OVER)
ONLY_FOR = {KeyUsers.BOTH: "", KeyUsers.FACILITATOR: "facilitator", KeyUsers.SOLO: "alone"}


def users(key: Key) -> str:
    return "facilitator, or alone" if key.needs_token and key.audience is KeyUsers.BOTH else ONLY_FOR[key.audience]


def test_the_page_has_every_key_and_no_other() -> None:
    text = (ROOT / "docs/how-to/run-a-drill.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `([^`]{1,8})` \| ([^|]+) \|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|$", text, re.MULTILINE
    )
    documented = [
        (name, does, *(cell.strip() == "x" for cell in (*whens, secret)), whose.strip())
        for name, does, *whens, whose, secret in rows
    ]
    assert documented == [
        (key.shown, key.does, *(when in key.when for when in WHENS), key.secret, users(key)) for key in KEYS
    ]
