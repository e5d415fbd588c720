"""An open incident of the team keeps a drill from starting, and halts one that runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from support.chat_server import serve_chat
from support.drill_folder import eventually
from support.facilitated_drill import events
from support.proxy_drill import LATENCY, Make, Place, ProxyServer

from gameday.app.schedule_obstacles import notify_owner
from gameday.errors import Exit
from gameday.events import Halted, ProblemReported, Started, has_any
from gameday.schedule.phrase import parse_phrase
from gameday.schedule.schedules import Schedule

SOURCE = "    incidents: {on-call: {source: command, run: [sh, -c, 'cat open-incidents']}}\n"
CHANNEL = "    channels: {team-chat: {channel: webhook, url: '${CHAT_WEBHOOK}'}}\n"
RUN = ("run", "late.yaml", "--rehearse", "--no-review")


@pytest.fixture
def place(make: Make, ours: ProxyServer) -> Iterator[Place]:
    place = make(ours)
    place.write(LATENCY, stands="1s", timebox="90s")
    file = place.folder / "gameday.yaml"
    file.write_text(file.read_text() + SOURCE)
    open_incidents(place, "")
    yield place
    assert place.clean()


def open_incidents(place: Place, text: str) -> None:
    (place.folder / "open-incidents").write_text(text)


def test_preflight_refuses_while_an_incident_is_open_or_unknown(place: Place) -> None:
    open_incidents(place, "INC-7 checkout is down\n")
    refused = place.gameday(*RUN)
    assert refused.code == Exit.REFUSED and "an incident is open: INC-7 checkout is down" in refused.err, refused
    (place.folder / "open-incidents").unlink()
    unknown = place.gameday(*RUN)
    assert unknown.code == Exit.REFUSED and "incidents of on-call are unknown" in unknown.err, unknown
    assert "cannot open" in unknown.err or "No such file" in unknown.err
    assert not has_any(events(place), Started)
    open_incidents(place, "[DRILL] checkout is slow\n")
    assert place.gameday(*RUN).code == Exit.HELD, "an earlier drill's own incident"


def test_an_incident_halts_a_running_drill_and_the_alerts_of_the_drill_do_not(place: Place) -> None:
    place.write(LATENCY, stands="60s", timebox="90s")
    place.env["GAMEDAY_TIMING"] = "incident_interval=200ms"
    run = place.run()
    run.wait_for_event("fault")
    open_incidents(place, f"slow ({run.drill})\n")
    (place.folder / "open-incidents").unlink()
    eventually(lambda: has_any(events(place), ProblemReported), "the report that incidents are unknown")
    assert not has_any(events(place), Halted), "a source that does not answer ends no drill"
    open_incidents(place, "INC-8 login is down\n")
    assert run.code() == Exit.HALTED
    [halted] = [event.body for event in events(place) if isinstance(event.body, Halted)]
    assert halted.reason == "a real incident is open: INC-8 login is down"
    assert "a real incident is open" in str(halted.responder_text()) and "login" not in str(halted.responder_text())
    reports = [event.body for event in events(place) if isinstance(event.body, ProblemReported)]
    assert len(reports) == 1 and "open incidents are unknown: on-call" in str(reports[0])


def test_a_schedule_skips_with_the_reason(place: Place) -> None:
    open_incidents(place, "INC-7 checkout is down\n")
    due = datetime.now(UTC) - timedelta(minutes=1)
    words = (f"every day {due:%H:%M} UTC", "late.yaml", "--name", "daily", "--starts", f"{due:%Y-%m-%d}")
    assert place.gameday("schedule", "add", *words).code == Exit.HELD
    ran = place.gameday("schedule", "run-due", "daily")
    assert ran.code == Exit.HELD and "skipped (incident): INC-7 checkout is down" in ran.out, ran
    assert "held 0 of 1; skipped: incident 1" in place.gameday("schedule", "list").out
    assert not has_any(events(place), Started)


def test_the_drills_of_the_week_are_announced_once_without_their_scenarios(place: Place) -> None:
    nothing = place.gameday("schedule", "announce")
    assert nothing.code == Exit.HELD and "nothing was sent" in nothing.out
    for when in ("every tuesday 10:00 Europe/Berlin", "every friday 09:00 UTC", "FREQ=YEARLY;BYMONTH=1 23:00 UTC"):
        assert place.gameday("schedule", "add", when, "late.yaml", "--slot", "10m").code == Exit.HELD
    unheard = place.gameday("schedule", "announce")
    assert unheard.code == Exit.REFUSED and "no channel that sends announcements" in unheard.out
    with serve_chat() as chat:
        place.env["CHAT_WEBHOOK"] = chat.url
        file = place.folder / "gameday.yaml"
        file.write_text(file.read_text().replace(SOURCE, SOURCE + CHANNEL + "    alerts: to-all-marked\n"))
        sent = place.gameday("schedule", "announce", "--days", "7")
        assert sent.code == Exit.HELD and "team-chat: sent" in sent.out, sent
        [text] = chat.texts
    assert text.startswith("[DRILL]") and "late" not in text and "latency" not in text
    assert "Tue" in text and "10:00 CE" in text and "Fri" in text and "at most 10 min" in text
    assert text.endswith(f"Alerts reach everyone, and may be of the drill: gameday was-it-us --env {place.name}.")


@pytest.mark.parametrize(("owner_channel", "sent"), [("", ["team-chat"]), ("team-chat", ["team-chat"]), ("gone", [])])
def test_the_owner_is_told_over_the_channel(
    place: Place, monkeypatch: pytest.MonkeyPatch, owner_channel: str, sent: list[str]
) -> None:
    with serve_chat() as chat:
        monkeypatch.setenv("CHAT_WEBHOOK", chat.url)
        monkeypatch.chdir(place.folder)
        file = place.folder / "gameday.yaml"
        file.write_text(file.read_text().replace(SOURCE, SOURCE + CHANNEL))
        recurrence = parse_phrase("every tuesday 10:00 UTC", date(2026, 12, 1))
        schedule = Schedule("weekly", place.name, ("a",), recurrence, owner_channel=owner_channel)
        assert notify_owner(schedule, "weekly was not held 3 times in a row") == dict.fromkeys(sent, "")
        assert [f"({place.name}): weekly was not held" in text for text in chat.texts] == [True] * len(sent)
