"""Outgoing messages: only what every responder may see, in a drill from its start to its end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.events import bodies, event
from support.shipped_drill import plan_of

from gameday.events import EVENT_TYPES, Body, Event, Halted, NewEvent
from gameday.events.audience import roles
from gameday.events.text import spans
from gameday.model import ChannelBinding, Json, MessageKind, Mode, Role, Source
from gameday.notify.outbox import Outbox, channels_in_use
from gameday.notify.outgoing import outgoing_message, without_links
from gameday.plugins.channel import ChannelMessage

SECRET = "planted-secret"


def line(kind: str, data: dict[str, Json] | None = None, role: Role | None = None) -> str:
    message = outgoing_message(event(kind, data, role=role), "staging")
    return message.line if message else ""


@given(bodies(st.just(SECRET)), st.sampled_from([None, *Role]))
def test_no_message_holds_a_text_that_is_not_for_everyone(body: Body, role: Role | None) -> None:
    message = outgoing_message(Event(1, "gd-7f3a", 1.0, 1.0, 1.0, Source.HUMAN, role, 1, "boot", body), "staging")
    if message is None:
        return
    assert message.line.startswith("[DRILL] ") and message.line.isprintable()
    assert SECRET not in message.line or SECRET in str(body.visible_to(None, ended=False)), body


@given(bodies(st.just("a\n\x1b[2J\u202eb"), *sorted(kind for kind, body in EVENT_TYPES.items() if body.message_kind)))
def test_no_message_holds_a_control_character(body: Body) -> None:
    message = outgoing_message(Event(1, "gd-7f3a", 1.0, 1.0, 1.0, Source.HUMAN, None, 1, "boot", body), "staging")
    assert message is None or message.line.isprintable()


def test_a_class_that_only_some_may_see_cannot_be_sent() -> None:
    from gameday.events import FACILITATOR

    with pytest.raises(TypeError, match="only facilitator may see it"):
        type("Leak", (Body,), {
            "kind": "leak", "audience": FACILITATOR, "message_kind": MessageKind.MESSAGE, "__annotations__": {},
        }, frozen=True)  # fmt: skip
    assert "leak" not in EVENT_TYPES


def test_each_kind_of_message_has_its_sender() -> None:
    assert line("message", {"persona": "support", "text": "It hangs.", "look_for": SECRET}) == (
        "[DRILL] support (staging): It hangs."
    )
    assert line("hint", {"text": "Since when?", "rung": "answer"}) == "[DRILL] facilitator (staging): Since when?"
    assert line("paged", {"by": "program", "text": "Slow."}) == "[DRILL] PAGE (staging): Slow."
    assert line("paged", {"by": "environment", "text": "Slow."}) == "", "the team's own alert has sent it"
    assert line("page-escalated", {"to": "mentor", "text": "Slow."}) == "[DRILL] PAGE, also to mentor (staging): Slow."
    assert (
        line("update", {"text": "Slow for all."}, Role.COMMS) == "[DRILL] comms (staging): Status update: Slow for all."
    )
    assert line("halt", {"reason": SECRET}) == "[DRILL] gameday (staging): Halted: reverting all faults"


def test_a_field_that_only_some_may_see_is_not_sent_even_if_the_text_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Halted, "responder_text", lambda self: spans(f"Halted. {self.reason}"))
    assert line("halt", {"reason": SECRET}) == "[DRILL] gameday (staging): Halted."


@pytest.mark.parametrize("role", Role)
def test_a_message_that_only_one_role_may_see_is_not_sent(monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    monkeypatch.setattr(Halted, "audience", roles(role))
    assert line("halt", {}, role) == ""


def test_the_end_of_a_drill_says_why_it_ended() -> None:
    why = "guardrail broken: orders is 40%, limit: below 50%, n 10"
    ends = {
        "ends": ("2 min after the impact", "The drill is over"),
        "timebox": ("the timebox has ended", "The drill is over: the timebox has ended"),
        "halted": (why, f"The drill was halted and is over: {why}"),
        "futile": ("the fault lapsed", "The drill is over: the fault lapsed"),
        "failed": ("KeyError: 'x'", "The drill is over: gameday failed"),
    }
    for reason, (text, said) in ends.items():
        assert line("end", {"reason": reason, "text": text}) == f"[DRILL] gameday (staging): {said}"
    assert line("guardrail-breach", {"signal": SECRET, "text": SECRET}) == "", "it would reveal the fault"
    for kind in ("hint-offered", "hint-whispered", "prediction", "private-note", "revealed", "alert", "start", "fault"):
        assert line(kind) == "", kind


def test_no_token_of_a_link_is_in_a_text_for_the_log() -> None:
    assert (
        without_links("STOP on https://drill.example/join/s3cr-3t_x now")
        == "STOP on https://drill.example/join/... now"
    )


def test_a_rehearsal_uses_only_channels_that_say_so() -> None:
    quiet, loud = ChannelBinding("quiet", "webhook", {}), ChannelBinding("loud", "webhook", {}, in_rehearsals=True)
    for mode, expected in ((Mode.REHEARSAL, [loud]), (Mode.SOLO, [quiet, loud]), (Mode.FACILITATED, [quiet, loud])):
        plan = plan_of(mode)
        plan = replace(plan, environment=replace(plan.environment, channels={"quiet": quiet, "loud": loud}))
        assert channels_in_use(plan) == expected


def test_nothing_is_sent_before_the_start_or_after_the_end() -> None:
    """A drill that preflight refuses was never announced; what the debrief says is for the review."""
    plan = plan_of(Mode.SOLO)
    channel = ChannelBinding("team-chat", "missing", {})
    plan = replace(plan, environment=replace(plan.environment, channels={"team-chat": channel}))
    queued: list[str] = []
    outbox = Outbox(plan, lambda _: None)
    for sender in outbox.senders:
        sender.put = lambda sent: queued.append(sent.kind)  # type: ignore[method-assign] # what is queued is tested
    for kind in ("end", "start", "message", "end", "message"):
        outbox.event(event(kind))
    outbox.close()
    assert queued == ["start", "message", "end"]


def test_an_announcement_replaces_the_text_of_its_event_and_is_the_last_one_of_a_drill_that_is_stuck() -> None:
    channel = ChannelBinding("team-chat", "missing", {})
    plan = plan_of(Mode.SOLO)
    outbox = Outbox(replace(plan, environment=replace(plan.environment, channels={"c": channel})), lambda _: None)
    queued: list[str] = []
    for sender in outbox.senders:
        sender.put = lambda sent: queued.append(sent.line if isinstance(sent, ChannelMessage) else sent.kind)  # type: ignore[method-assign] # what is queued is tested
    outbox.event(event("start"), "It begins")
    outbox.event(event("phase", {"before": "running", "after": "reverting"}))
    outbox.event(event("phase", {"before": "reverting", "after": "stuck"}), "NOT everything was reverted")
    outbox.event(event("message"))
    outbox.close()
    name = plan.environment.name
    assert queued == [
        f"[DRILL] gameday ({name}): It begins", "phase", f"[DRILL] gameday ({name}): NOT everything was reverted",
    ]  # fmt: skip


def test_a_channel_that_is_not_installed_is_an_event_and_not_an_error() -> None:
    plan = plan_of(Mode.SOLO)
    channel = ChannelBinding("team-chat", "missing", {})
    appended: list[NewEvent] = []
    outbox = Outbox(
        replace(plan, environment=replace(plan.environment, channels={"team-chat": channel})), appended.append
    )
    outbox.close()
    assert [draft.kind for draft in appended] == ["message-undelivered"]
