"""Secrets of gameday.yaml work in a whole drill, and are in no output and no file of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from support.chat_server import Chat, Reply, serve_chat
from support.proxy_drill import GAMEDAY, LATENCY, Make, Place, ProxyServer

from gameday.errors import Exit

SECRETS = {
    "PROXY_TOKEN": "s3cret-of-the-proxy", "SHOP_PASSWORD": "s3cret-of-the-shop", "ACTION_WORD": "s3cret-of-an-action",
    "API_KEY": "s3cret-of-a-header", "CHAT_HOOK": "t0k3n-in-the-path", "CHAT_TOKEN": "s3cret-of-the-chat",
}  # fmt: skip
SCENARIO = """\
gameday: 1
id: late
timebox: 90s
requires:
  targets: {{database: where it writes}}
  signals: {{success: {{kind: ratio}}, wait: {{kind: duration}}}}
  actions: {{switch: a switch that fails}}
hypothesis: {{statement: "It goes on.", expect: [{{signal: wait, at_most: 30s, over: 500ms}}]}}
steady_state: [{{signal: wait, is: healthy}}]
faults: [{{id: slow, at: start+50ms, {fault}}}]
guardrails: [{{signal: wait, above: 20s, for: 500ms, warn_at: 100ms}}]
ends: fault+2s
rehearsal: {{pace: 1, responders: [{{at: fault+300ms, do: acknowledged}}, {{at: fault+400ms, take: switch}}]}}
"""
ACTION = "    actions: {switch: {do: [sh, ./switch, '${ACTION_WORD}'], undo: [sh, ./switch, '${ACTION_WORD}']}}\n"


CHANNEL = """\
    channels:
      team-chat: {channel: webhook, url: "${CHAT_URL}/hooks/${CHAT_HOOK}", bearer: "${CHAT_TOKEN}", in_rehearsals: true}
"""


@pytest.fixture
def chat() -> Iterator[Chat]:
    """Run a chat that refuses everything, and repeats what it was sent."""
    with serve_chat() as chat:
        refusal = f"no hook {chat.url} for Bearer {SECRETS['CHAT_TOKEN']}"
        chat.usual = Reply(403, json.dumps({"error": refusal}))
        yield chat


@pytest.fixture
def place(make: Make, ours: ProxyServer, chat: Chat) -> Iterator[Place]:
    place = make(ours)
    text = GAMEDAY.format(name=place.name, url="${PROXY_URL}", stats=f"{place.shop.stats}/{place.name}")
    text = text.replace(f"proxy: {place.name}", f"proxy: {place.name}, bearer: '${{PROXY_TOKEN}}'")
    text = text.replace("every: 100ms", "every: 100ms, basic: {user: shop, password: '${SHOP_PASSWORD}'},\n"
                        "                headers: {X-Api-Key: {file: api-key}}")  # fmt: skip
    (place.folder / "gameday.yaml").write_text(text + ACTION + CHANNEL)
    (place.folder / "api-key").write_text(SECRETS["API_KEY"])
    (place.folder / "switch").write_text('echo "cannot switch with $1" >&2\nexit 3\n')
    (place.folder / "late.yaml").write_text(SCENARIO.format(fault=LATENCY))
    place.env |= SECRETS | {"PROXY_URL": place.url, "CHAT_URL": chat.url.partition("/hooks")[0]}
    yield place
    assert place.gameday("halt").code in (Exit.HELD, Exit.DIRTY), "the undo of the action fails too"


def leaks(place: Place) -> list[str]:
    """Return the files that hold a secret, beside the one that was planted."""
    roots = (place.folder, place.runtime)
    files = [path for root in roots for path in root.rglob("*") if path.is_file() and path.name != "api-key"]
    assert any(path.suffix == ".db" or "store" in str(path) for path in files), "nothing was stored"
    return [
        f"{path}: {secret}" for path in files for secret in SECRETS.values() if secret.encode() in path.read_bytes()
    ]


def test_no_output_and_no_file_of_a_drill_holds_a_secret(place: Place, chat: Chat) -> None:
    commands = [
        ("check", "gameday.yaml", "late.yaml"), ("doctor",), ("doctor", "--format", "json"), ("plan", "late.yaml"),
        ("plan", "late.yaml", "--format", "json"), ("run", "late.yaml", "--rehearse"), ("log",),
        ("log", "--format", "json"), ("show",), ("show", "--format", "json"), ("review",), ("status",),
    ]  # fmt: skip
    outputs = {" ".join(words): place.gameday(*words) for words in commands}
    run = outputs["run late.yaml --rehearse"]
    assert "Action FAILED: switch" in (run.out + run.err) and "cannot switch with ${ACTION_WORD}" in (
        run.out + run.err
    ), run.out + run.err
    assert [
        words for words, ended in outputs.items() for secret in SECRETS.values() if secret in ended.out + ended.err
    ] == []
    assert leaks(place) == []
    assert chat.headers[0]["authorization"] == f"Bearer {SECRETS['CHAT_TOKEN']}"
    assert 'HTTP 403: no hook *** for ***"' in outputs["log"].out
    assert "team-chat (webhook) sends messages, pages, status, announcements\n" in outputs["plan late.yaml"].out
    assert place.clean()


def test_a_missing_secret_is_named_and_may_come_from_the_command_line(place: Place) -> None:
    place.env.pop("PROXY_TOKEN")
    refused = place.gameday("plan", "late.yaml")
    assert refused.code == Exit.BAD_INPUT
    assert "variable PROXY_TOKEN is not set (export PROXY_TOKEN=..., pass --var PROXY_TOKEN=..." in refused.err
    token = f"PROXY_TOKEN={SECRETS['PROXY_TOKEN']}"
    assert place.gameday("plan", "late.yaml", "--var", token).code == Exit.HELD
