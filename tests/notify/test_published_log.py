"""The log hands its events to the channels, and stops sending once another process owns the drill."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.chat_server import serve_chat
from support.shipped_drill import plan_of

from gameday.drill.published_log import begin_log
from gameday.drill.view import NoView
from gameday.events import Ended, MessageSent, NewEvent, Started
from gameday.model import ChannelBinding, EndReason, Mode
from gameday.notify.outbox import CLOSE_TIMEOUT_S, Outbox
from gameday.store.open import open_store
from gameday.store.paths import DataFolder


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
        assert chat.texts == [f"[DRILL] support ({name}): It hangs.", f"[DRILL] gameday ({name}): The drill is over"]
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
