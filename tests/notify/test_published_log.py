"""The log hands its events to the channels, and stops sending once another process owns the drill."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest
from support.chat_server import serve_chat
from support.shipped_drill import plan_of

from gameday.drill import published_log
from gameday.drill.published_log import begin_log
from gameday.drill.view import NoView
from gameday.events import Ended, MessageSent, MessageUndelivered, NewEvent, Started, of_type
from gameday.model import ChannelBinding, EndReason, MessageKind, Mode
from gameday.notify.outbox import CLOSE_TIMEOUT_S, Outbox
from gameday.store.open import open_store
from gameday.store.paths import DataFolder

MESSAGES = frozenset({MessageKind.MESSAGE})


def test_events_of_the_log_are_sent_and_closing_waits_for_them(tmp_path: Path) -> None:
    with serve_chat() as chat:
        plan, store = plan_of(Mode.SOLO), open_store(DataFolder(tmp_path))
        channel = ChannelBinding("team-chat", "webhook", {"url": chat.url})
        environment = replace(plan.environment, channels={"team-chat": channel})
        log = begin_log(store, replace(plan, environment=environment), "digest", NoView())
        for body in (Started(), MessageSent(0, "support", "It hangs."), Ended(EndReason.ENDS)):
            log.append(NewEvent(body))
        log.close_channels()
        name = environment.name
        start, *others = chat.texts
        assert start.startswith(f"[DRILL] gameday ({name}): A drill with real faults has started in {name}: gd-")
        assert others == [
            f"[DRILL] support ({name}): It hangs.",
            f"[DRILL] gameday ({name}): The drill is over. No fault was applied",
        ]
        store.close()


def test_servers_that_never_answer_share_one_wait_and_their_messages_are_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published_log, "CLOSE_TIMEOUT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        plan, store = plan_of(Mode.SOLO), open_store(DataFolder(tmp_path))
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        channels = {
            name: ChannelBinding(name, "webhook", {"url": url}, sends=MESSAGES, timeout=600.0) for name in ("a", "b")
        }
        log = begin_log(
            store, replace(plan, environment=replace(plan.environment, channels=channels)), "digest", NoView()
        )
        log.append(NewEvent(Started()))
        log.append(NewEvent(MessageSent(0, "support", "It hangs.")))
        log.close_channels()
        undelivered = {event.body.channel: event.body.reason for event in of_type(log.events, MessageUndelivered)}
        reason = 'messages were still waiting when the drill ended: "It hangs."'
        assert undelivered == {"a": reason, "b": reason}
        store.close()


@pytest.mark.parametrize(("fenced", "seconds"), [(False, CLOSE_TIMEOUT_S), (True, 0.0)])
def test_a_runner_that_lost_its_drill_waits_for_no_channel(
    fenced: bool, seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(Outbox, "close", lambda self, seconds: waits.append(seconds))
    store = open_store(DataFolder(tmp_path))
    log = begin_log(store, plan_of(Mode.SOLO), "digest", NoView())
    log.fenced = fenced
    log.close_channels()
    store.close()
    assert waits == [seconds]
