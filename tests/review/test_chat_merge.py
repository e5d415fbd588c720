"""Messages of the team's chat in a review: by time, with roles instead of names, once, and over nobody's edits."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from support.drill_factory import DRILL, rehearsal

from gameday.cli.main import run_command
from gameday.drill.control.facilitator_token import digest_token
from gameday.errors import Exit
from gameday.events import ChatLine, Event, NewEvent, first_of, of_type
from gameday.events import FaultConfirmed as Fault
from gameday.process_identity import current_process
from gameday.review.chat_messages import parse_export, parse_pasted
from gameday.store.open import open_store
from gameday.store.paths import DataFolder

ROSTER = """\
gameday: 1
team: shop
people:
  - {id: ana, name: Ana Lima, level: 4, roles: [ic], slack: U0ANA0001}
  - {id: ben, name: Ben, level: 1, roles: [ops], slack: U0BEN0001}
"""
BEGAN = datetime(2026, 12, 1, 14, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    store = open_store(DataFolder(tmp_path))
    epoch = store.begin(DRILL, "staging", "rehearsal", digest_token("sesame"), current_process())
    store.append(
        DRILL, [NewEvent(e.body, e.happened, e.source, e.role, (e.at, e.wall)) for e in rehearsal().events], epoch
    )
    store.close()
    (tmp_path / "roster.yaml").write_text(ROSTER)
    record = {"drill": DRILL, "week": "2026-W49", "person": "ana", "role": "ic", "available": [], "team": "shop"}
    (tmp_path / "rotation.jsonl").write_text(json.dumps(record) + "\n")
    return tmp_path


def events() -> list[Event]:
    store = open_store()
    try:
        return store.events(DRILL)
    finally:
        store.close()


def fault_time() -> float:
    fault = first_of(events(), Fault)
    assert fault is not None
    return fault.wall - (fault.at - fault.happened)


def exported(place: Path, *messages: tuple[float, str, str], **fields: str) -> Path:
    """Write an export with messages (seconds after the fault, user, text)."""
    folder = place / "incidents"
    folder.mkdir(exist_ok=True)
    entries = [
        {"type": "message", "user": user, "text": text, "ts": f"{fault_time() + after:.6f}", **fields}
        for after, user, text in messages
    ]
    (folder / "2026-12-01.json").write_text(json.dumps(entries))
    return folder


def merge(*words: str) -> Exit:
    return run_command(["review", "merge-chat", DRILL, *words, "--roster", "roster.yaml"])


def lines() -> list[tuple[str, str | None]]:
    return [(event.body.text, event.role) for event in of_type(events(), ChatLine)]


def rows(place: Path) -> list[str]:
    draft = (place / "reviews" / f"{DRILL}.md").read_text()
    return [line for line in draft.splitlines() if "chat |" in line]


def test_an_export_is_merged_by_time_with_roles_instead_of_names(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = exported(
        place, (3.0, "U0ANA0001", "Ben, look at <@U0BEN0001>'s pool &amp; retries"), (1.0, "U0BEN0001", "it hangs"),
        (-90_000.0, "U0BEN0001", "yesterday"), (4.0, "U0OTHER01", "[DRILL] gameday (staging): posted by the bot"),
    )  # fmt: skip
    assert merge(str(folder)) is Exit.HELD
    assert "2 added, 0 already there, 1 outside the drill" in capsys.readouterr().out
    assert lines() == [("it hangs", None), ("the responder, look at @somebody's pool & retries", "ic")]
    first, second = rows(place)
    clock = datetime.fromtimestamp(fault_time() + 3.0, UTC)
    assert "it hangs" in first and "+0:01" in first and f"{clock:%H:%M:%S}" in second and "IC, chat" in second


def test_merging_again_adds_nothing_and_changes_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = exported(place, (3.0, "U0ANA0001", "the pool"))
    merge(str(folder))
    before, draft = events(), (place / "reviews" / f"{DRILL}.md").read_bytes()
    capsys.readouterr()
    assert merge(str(folder)) is Exit.HELD
    assert "0 added, 1 already there" in capsys.readouterr().out
    assert events() == before and (place / "reviews" / f"{DRILL}.md").read_bytes() == draft


def test_a_timeline_that_people_edited_is_kept(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["review", DRILL])
    draft = place / "reviews" / f"{DRILL}.md"
    mine = draft.read_text().replace("| Time | Offset |", "| Time | Offset (mine) |")
    assert mine != draft.read_text()
    draft.write_text(mine)
    merge(str(exported(place, (3.0, "U0ANA0001", "the pool"))))
    assert draft.read_text() == mine
    assert "kept    Timeline" in capsys.readouterr().out


def test_bots_and_changes_of_messages_are_left_out() -> None:
    entry = {"type": "message", "user": "U0ANA0001", "text": "x", "ts": "1.0"}
    content = json.dumps(
        [{**entry, "bot_id": "B1"}, {**entry, "subtype": "channel_join"}, {**entry, "ts": "?"}, entry, 7]
    )
    assert [message.key for message in parse_export(content.encode())] == ["slack-1.0"]
    assert [message.key for message in parse_export(json.dumps({"ok": True, "messages": [entry]}).encode())]


def test_names_of_a_profile_become_responders(place: Path) -> None:
    folder = exported(place, (3.0, "U0GUEST01", "Zoe Quist says hello"))
    entries = json.loads((folder / "2026-12-01.json").read_text())
    entries[0]["user_profile"] = {"real_name": "Zoe Quist", "display_name": "zoe"}
    (folder / "2026-12-01.json").write_text(json.dumps(entries))
    merge(str(folder))
    assert lines() == [("the responder says hello", None)]


def test_what_the_log_has_already_is_not_repeated(place: Path) -> None:
    note = next(event for event in events() if event.kind in ("theory", "decision", "update") and event.body.text)  # type: ignore[attr-defined] # statements have a text
    after = note.wall - (note.at - note.happened) - fault_time()
    merge(str(exported(place, (after, "U0ANA0001", f"{note.kind}: {note.body.text}"))))  # type: ignore[attr-defined]
    assert lines() == []


@pytest.mark.parametrize(
    "text",
    ["[14:07] Ana: it hangs", "14:07:00 Ana: it hangs", "2026-12-01 14:07 Ana: it hangs", "2:07 PM Ana: it hangs",
     "Ana  2:07 PM\nit hangs", "Ana Lima [14:07]\nit\nhangs\n\nBen 14:08\n"],
)  # fmt: skip
def test_pasted_text(text: str) -> None:
    [message] = parse_pasted(text, BEGAN)
    assert message.text == "it hangs" and message.author.startswith("Ana")
    assert message.at == (BEGAN + timedelta(minutes=7)).timestamp()


def test_a_time_after_midnight_is_on_the_next_day() -> None:
    late = datetime(2026, 12, 1, 23, 50, tzinfo=UTC)
    [message] = parse_pasted("00:10 Ana: it hangs", late)
    assert message.at == (late + timedelta(minutes=20)).timestamp()


def test_pasted_text_is_read_in_the_named_zone(place: Path) -> None:
    tokyo = datetime.fromtimestamp(fault_time() + 5.0, ZoneInfo("Asia/Tokyo"))
    (place / "chat.txt").write_text(f"{tokyo:%H:%M:%S} Ana Lima: ask Ben\n")
    assert merge("chat.txt", "--timezone", "Asia/Tokyo") is Exit.HELD
    assert lines() == [("ask the responder", "ic")]


@pytest.mark.parametrize(
    ("name", "content", "wrong"),
    [("a.json", "{", "not valid JSON"), ("a.json", "{}", "no list of messages"), ("a.txt", "hello", "no messages"),
     ("gone.json", None, "No such file")],
)  # fmt: skip
def test_a_file_that_is_no_chat_is_refused(
    place: Path, capsys: pytest.CaptureFixture[str], name: str, content: str | None, wrong: str
) -> None:
    if content is not None:
        (place / name).write_text(content)
    assert merge(name) is Exit.BAD_INPUT
    assert wrong in capsys.readouterr().err and not lines()
