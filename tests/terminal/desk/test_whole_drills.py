"""Whole drills with people, played through the keys on a real terminal, from the briefing to the debrief."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

import pytest
from support.drill_folder import eventually
from support.facilitated_drill import NAMES, PLANTED, events, kinds
from support.proxy_drill import Place
from support.pty_terminal import Terminal

from gameday.errors import Exit
from gameday.events import Event, Intended, body_data, of_type
from gameday.model import Source

pytestmark = pytest.mark.starts_processes

STOOD = "the fault stands, as the program's own log says"


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for one in opened:
        one.end()


def sit(
    place: Place, terminals: list[Terminal], *command: str, width: int = 80, height: int = 24, **env: str
) -> Terminal:
    """At a terminal where this is typed."""
    terminals.append(Terminal(list(command), place.folder, {**place.env, "LANG": "C.UTF-8", **env}, width, height))
    return terminals[-1]


def begun(terminal: Terminal, place: Place) -> None:
    """Through the briefing, until the fault stands."""
    terminal.until("Press b to start")
    terminal.asked("b", "Start the drill?", "y")
    terminal.until("since the start")
    eventually(lambda: "effect" in kinds(place), STOOD)


def test_a_facilitated_drill_from_the_briefing_to_the_debrief(place: Place, terminals: list[Terminal]) -> None:
    desk = sit(place, terminals, "run", "late.yaml", "--roster", "roster.yaml")
    desk.until("7 facilitator")
    proposed = desk.shown
    other = sit(place, terminals, "attach")
    eventually(lambda: roles(other) == roles(desk), "the roles on another terminal")
    assert "press a number" in desk.shown and "press a number" not in other.shown
    desk.press("2")
    desk.until("marked absent; roles reassigned")
    assert desk.shown != proposed, "the rotation fills the role anew"
    eventually(lambda: roles(other) == roles(desk), "the reassigned roles on another terminal")
    other.asked("q", "Close this screen", "y")
    desk.press("0")
    desk.until("Everyone marked present")
    desk.asked("y", "Your prediction, sealed", "it is slow")
    desk.until("•" * len("it is slow"))
    eventually(lambda: submitted(desk), "the prediction")
    assert "it is slow" not in desk.shown
    begun(desk, place)

    desk.asked("a", "Who?", "-", "3")
    desk.asked("", "Page acknowledged", "Enter")
    desk.asked("d", "Who?", "1")
    typed(desk, "eight customers wait")
    desk.until("Incident declared: eight customers wait")
    desk.asked("i", "IC announced?", "y")
    desk.until("IC since")
    desk.asked("u", "Who?", "5")
    typed(desk, "checkout is slow")
    desk.until("Status update: checkout is slow")
    desk.asked("z", "1 cache-on", "1")
    desk.until("Run cache-on?")
    desk.press("y")
    desk.until("Action finished: cache-on")

    desk.press(" ")
    desk.until("FACILITATOR")
    desk.asked("s", "Send it now?", "y")
    desk.until("at 0:")
    desk.press("t")
    typed(desk, "250ms")
    desk.until("to 250ms? y confirm")
    desk.press("y")
    eventually(lambda: kinds(place).count("fault") == 2, "the turned fault")
    desk.press("k")
    typed(desk, "they look elsewhere")
    desk.until("private note")
    help_requested(desk)
    desk.until("Drill over. All faults removed.")
    assert place.clean()
    desk.press("Enter")
    debriefed(desk)
    assert desk.code() == Exit.HELD, desk.shown
    assert "next" in desk.shown

    log = events(place)
    spoken = {event.kind: event for event in log if event.source == "human"}
    assert spoken["acknowledged"].role == "ops"
    assert spoken["acknowledged"].happened <= spoken["acknowledged"].at - 0.01, "a key makes it earlier"
    assert body_data(spoken["update"].body)["text"] == "checkout is slow"
    assert spoken["private-note"].role == "facilitator"
    again = place.gameday("replay", "--speed", "1000")
    assert "checkout is slow" in again.out and "they look elsewhere" not in again.out
    review = next((place.folder / "store" / "reviews").glob("*.md")).read_text()
    assert "the team was quick to speak" in review and "they look elsewhere" not in review
    nobody_named(place, log, review)


def roles(desk: Terminal) -> list[str]:
    """Return the numbered roles of the briefing, with their holders."""
    return [line for line in desk.shown.splitlines() if line[:1] == " " and line[1:2].isdigit()]


def submitted(desk: Terminal) -> bool:
    """Press Enter; True once a prediction is counted."""
    desk.press("Enter")
    return "1 submitted" in desk.shown


def typed(desk: Terminal, text: str) -> None:
    """Type text letter by letter, and Enter: all at once would be a paste."""
    desk.until("| Esc or Ctrl-C cancel")
    for length, letter in enumerate(text, 1):
        desk.press(letter)
        eventually(partial(ends_with, desk, text[:length].rstrip()), f"{letter} in the prompt")
    desk.press("Enter")


def ends_with(desk: Terminal, text: str) -> bool:
    """Return True if the prompt ends with the text."""
    return desk.last_line.endswith(text)


def entered(desk: Terminal, place: Place) -> bool:
    """Press Enter; True once the note is recorded."""
    desk.press("Enter")
    return "note" in kinds(place)


def help_requested(desk: Terminal) -> None:
    desk.asked("l", "Who?", "Enter")
    desk.asked("", "Help requested: add a comment", "Enter")


def stop(desk: Terminal) -> None:
    desk.asked("!", "End, or resume?", "e")
    desk.asked("", "End the drill?", "y")
    desk.until("Drill over. All faults removed.")


def debriefed(desk: Terminal) -> None:
    """Four headings, each role once; the first of all has something to say; then what is not recorded."""
    desk.until("Summary")
    desk.press("the team was quick to speak", "Enter")
    desk.press(*["Enter"] * 30)


def nobody_named(place: Place, log: list[Event], review: str) -> None:
    """Names are in the roster alone: the log has roles, the record of the rotation the roster's ids."""
    written = json.dumps([body_data(event.body) for event in log]) + review
    assert not [name for name in NAMES if name in written]
    record = [json.loads(line) for line in (place.folder / "store" / "rotation.jsonl").read_text().splitlines()]
    assert {line["role"] for line in record} == {"facilitator", "ic", "ops", "mentor"}
    assert record[-1]["role"] == "facilitator", "who speaks last stands last"


def test_a_solo_drill(place: Place, terminals: list[Terminal]) -> None:
    alone = sit(place, terminals, "run", "late.yaml", width=200, height=60)
    alone.until("You know what will fail")
    begun(alone, place)
    alone.press("?")
    alone.until("no hint is available yet")
    alone.press(" ")
    alone.asked("a", "Page acknowledged", "Enter")
    alone.until("Recorded: page acknowledged")
    alone.press("h")
    typed(alone, "it waits for something")
    alone.until("Theory: it waits for something")
    alone.asked("l", "Help requested: add a comment", "Enter")
    alone.until("Drill over. All faults removed.")
    assert "FACILITATOR" not in alone.printed.decode(), "who is alone never had the facilitator's view"
    alone.press("Enter")
    alone.until("Summary")
    alone.press(*["Enter"] * 8)
    assert alone.code() == Exit.HELD, alone.shown
    assert place.clean()
    shown = place.gameday("show")
    assert "solo, informed" in shown.out and "not measured" in shown.out


def test_the_responders_view_tells_nothing_whatever_is_pressed_in_it(place: Place, terminals: list[Terminal]) -> None:
    desk = sit(place, terminals, "run", "late.yaml", "--roster", "roster.yaml")
    begun(desk, place)
    for key in "sxwjftvko":
        desk.press(key)
        desk.until("only in the facilitator's view")
    desk.press("Up", "Down", "Ctrl-Q")
    for key, words in (("p", "Pause the drill?"), ("e", "Extend the timebox"), ("n", "Note. Who?")):
        desk.asked(key, words, "Esc")
        desk.until("! stops and reverts")
    desk.press("F1")
    desk.until("any key closes")
    desk.press("F1")
    desk.resize(200, 60)
    desk.until("D R I L L")
    told = place.gameday("status")
    assert not spoilers(told.out + told.err)
    assert not spoilers(desk.printed.decode(errors="replace"))
    assert "stop" not in kinds(place), "no key but STOP's ends a drill"
    desk.press(" ")
    desk.until("FAULT latency on database")
    assert spoilers(desk.printed.decode(errors="replace")), "the facilitator's view does tell, and the search finds it"
    stop(desk)
    assert place.clean()


def spoilers(text: str) -> list[str]:
    return [word for word in PLANTED if word in text]


def test_closed_terminal_does_not_end_the_drill_and_attach_returns_to_it(
    place: Place, terminals: list[Terminal]
) -> None:
    desk = sit(place, terminals, "run", "late.yaml", "--roster", "roster.yaml")
    begun(desk, place)
    desk.closed()
    assert place.marks(), "the fault stands as before"
    assert place.gameday("note", "seen from elsewhere").code == Exit.HELD
    looker = sit(place, terminals, "attach")
    looker.until("Note: seen from elsewhere")
    looker.press("s")
    looker.until("only in the facilitator's terminal")
    looker.press(" ", "v", "e")
    back = sit(place, terminals, "attach", "--facilitate")
    back.until("Note: seen from elsewhere")
    back.press(" ")
    back.until("FACILITATOR")
    help_requested(back)
    back.until("Drill over. All faults removed.")
    assert place.clean()
    back.press("Enter")
    back.until("Summary")
    back.until(" IC: What happened")
    back.press(*["Enter"] * 30)
    assert back.code() == Exit.HELD
    assert "next " in back.shown, "whose turn comes next is named here too"
    looker.asked("q", "Close this screen", "y")
    assert looker.code() == Exit.HELD
    assert "FACILITATOR" not in looker.printed.decode(), "who did not ask for it never had that view"


def test_without_colours_or_letters_beyond_ascii(place: Place, terminals: list[Terminal]) -> None:
    roster = place.folder / "roster.yaml"
    roster.write_text(roster.read_text().replace("Chi Nguyen", "Chi \N{SNOWMAN} " + "x" * 200), encoding="utf-8")
    desk = sit(place, terminals, "run", "late.yaml", "--roster", "roster.yaml", LANG="C", PYTHONUTF8="0", NO_COLOR="1")
    begun(desk, place)
    desk.press(" ")
    desk.until("FACILITATOR")
    stop(desk)
    assert desk.printed.isascii()
    assert all(len(line) <= 80 for line in desk.shown.splitlines())
    desk.asked("q", "Close this screen", "y")
    assert desk.code() == Exit.HALTED


def test_ctrl_c_cancels_what_is_typed_and_then_is_stop(place: Place, terminals: list[Terminal]) -> None:
    desk = sit(place, terminals, "run", "late.yaml", "--solo")
    begun(desk, place)
    desk.asked("n", "type, then Enter", "half a wo")
    desk.until("half a wo")
    desk.press("Ctrl-C")
    desk.until("Ctrl-C again is STOP")
    assert place.marks(), "the fault stands as before"
    desk.press("Ctrl-C")
    desk.until("End, or resume?")
    assert place.clean(), "STOP reverts first and asks then"
    desk.asked("e", "End the drill?", "y")
    desk.until("Drill over. All faults removed.")
    assert "note" not in kinds(place)
    desk.asked("q", "Close this screen", "y")
    assert desk.code() == Exit.HALTED


def test_facilitated_drill_in_lines_for_a_screen_reader(place: Place, terminals: list[Terminal]) -> None:
    lines = sit(place, terminals, "run", "late.yaml", "--roster", "roster.yaml", "--lines", width=120)
    lines.until("gameday facilitate begin")
    assert place.gameday("facilitate", "begin").code == Exit.HELD
    lines.until("Drill started")
    eventually(lambda: "effect" in kinds(place), STOOD)
    assert place.gameday("claim", "ic").code == Exit.HELD
    lines.until("IC: Role claimed")
    lines.press("Ctrl-C")
    lines.until("Ctrl-C again ends the drill")
    lines.until("All faults are reverted")
    lines.press("Ctrl-C")
    lines.until("The drill is over")
    assert place.clean()
    assert not spoilers(lines.printed.decode(errors="replace"))
    lines.until("Summary")
    lines.press(*["Enter"] * 30)
    assert lines.code() == Exit.HALTED
    assert b"\x1b" not in lines.printed, "nothing is drawn"


def test_roles_survive_a_closed_screen(place: Place, terminals: list[Terminal]) -> None:
    desk = sit(place, terminals, "run", "late.yaml", "--roster", "roster.yaml")
    desk.until("7 facilitator")
    desk.press("2")
    desk.until("marked absent; roles reassigned")
    cast = roles_on(desk)
    desk.asked("q", "Close this screen", "y")
    assert desk.code() == Exit.HELD
    back = sit(place, terminals, "attach", "--facilitate")
    back.until("7 facilitator")
    assert roles_on(back) == cast
    begun(back, place)
    eventually(lambda: (place.folder / "store" / "rotation.jsonl").exists(), "the record")
    stop(back)


def roles_on(desk: Terminal) -> list[str]:
    return [line.strip() for line in desk.shown.splitlines() if line[1:2].isdigit()]


def test_a_long_line_of_the_debrief_is_kept_to_its_end(place: Place) -> None:
    place.write(stands="500ms")
    run = place.run()
    run.code()
    said = place.gameday("debrief", answer="x" * 2500 + " THE-END\n" + "\n" * 20)
    assert said.code == Exit.HELD, said
    review = next((place.folder / "store" / "reviews").glob("*.md")).read_text()
    assert "THE-END" in review


def test_accidental_stop_can_be_resumed(place: Place, terminals: list[Terminal]) -> None:
    desk = sit(place, terminals, "run", "late.yaml", "--roster", "roster.yaml")
    begun(desk, place)
    desk.asked("!", "End, or resume?")
    assert place.clean(), "reverted at once"
    before = {event.body.intent.marker for event in of_type(events(place), Intended)}
    desk.asked("r", "apply the faults again?", "y")
    eventually(lambda: kinds(place).count("fault") == 2, "the fault is applied again")
    after = {event.body.intent.marker for event in of_type(events(place), Intended)} - before
    assert set(place.marks()) == after, "under a new marker"
    help_requested(desk)
    desk.until("Drill over. All faults removed.")
    assert place.clean()
    desk.asked("q", "Close this screen", "y")
    assert desk.code() == Exit.NOT_HELD, "a hypothesis that was tested in two pieces is unknown"


@pytest.mark.parametrize(
    "paste",
    [
        "\x1b[200~!fy quit\r\nby\x1b[201~",
        "fyq!y this text was pasted into a terminal without bracketed paste\r\nqy\r\nfy\r\n",
    ],
    ids=["bracketed", "burst"],
)
def test_a_paste_is_never_keys_and_is_text_where_text_is_typed(
    place: Place, terminals: list[Terminal], paste: str
) -> None:
    desk = sit(place, terminals, "run", "late.yaml", "--roster", "roster.yaml")
    begun(desk, place)
    desk.press(" ")
    desk.until("FACILITATOR")
    before = len(kinds(place))
    desk.press(paste)
    desk.until("Pasted text ignored. To record it, press n")
    desk.asked("n", "Who?", "1")
    desk.asked("", "Note: type", paste)
    desk.until("fy quit by" if "[200~" in paste else "fyq!y")
    desk.until("pasted text is not sent yet: press Enter")
    eventually(lambda: entered(desk, place), "the note, which a later Enter records")
    people = [event for event in events(place)[before:] if event.source is Source.HUMAN]
    assert [event.kind for event in people] == ["note"]
    assert "fy" in body_data(people[0].body)["text"]
    stop(desk)
