"""Every sentence of a review is listed here, and its condition is checked against the log."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from support.drill_factory import MARK, Made, facilitated, rehearsal
from support.generated_drills import drills, left_open_after_a_resume

from gameday.errors import Exit
from gameday.events import Event, first_time_of_kind, read_plan
from gameday.model import Source
from gameday.review.assemble import build_document
from gameday.review.document import Bullets, Form, Para, ReviewDocument, Table, render_marks
from gameday.review.event_text import format_clock
from gameday.scorecards.render import render_scorecard, render_summary
from gameday.scorecards.scorecard import Scorecard, build_scorecard
from gameday.units import format_duration, format_value


@dataclass(frozen=True)
class Log:
    """A drill's log, as the conditions of the sentences ask for it."""

    made: Made
    card: Scorecard

    def has(self, *kinds: str, **fields: object) -> bool:
        return any(self.all(*kinds, **fields))

    def all(self, *kinds: str, **fields: object) -> Iterator[Event]:
        for event in self.made.events:
            values = {name: getattr(event.body, name, None) for name in fields}
            if event.kind in kinds and values == fields:
                yield event

    def at(self, *kinds: str) -> float:
        at = first_time_of_kind(self.made.events, *kinds)
        assert at is not None, kinds
        return at

    def paused(self, start: float, end: float) -> float:
        """Return the seconds between two times in which the drill was paused, or stopped until it was resumed."""
        total, last, is_paused = 0.0, start, False
        ends = [event.happened for event in self.all("stop-resumed")]
        for event in sorted(self.all("paused", "resumed", "stop", "stop-resumed"), key=lambda event: event.happened):
            at = min(max(event.happened, start), end)
            total, last = total + (at - last if is_paused else 0.0), at
            starts = event.kind == "paused" or (event.kind == "stop" and any(at > event.happened for at in ends))
            is_paused = starts or (is_paused and event.kind == "stop")
        return total + (end - last if is_paused else 0.0)

    def is_between(self, time: str, pause: str | None, start: float, end: float) -> bool:
        """Return True if that is the time between two moments, without the pauses that are mentioned."""
        paused = self.paused(start, end)
        return time == format_duration(end - start - paused) and (pause or format_duration(0.0)) == format_duration(
            paused
        )

    def between(self, start: str, end: str) -> str:
        return format_duration(self.at(end) - self.at(start))

    def ending(self) -> float:
        """Return when the drill began to end: after a resume, what STOP did does not count."""
        resumed = max((event.seq for event in self.all("stop-resumed")), default=0)
        endings = self.all("stop", "halt", "interrupted", "guardrail-breach", "reverting")
        return min(event.happened for event in endings if event.seq > resumed)

    def last_revert(self) -> str:
        return format_duration([event.body.seconds for event in self.all("reverted")][-1])  # type: ignore[attr-defined]

    @property
    def is_reverted(self) -> bool:
        """True if each confirmed fault was reverted, and none had ended in another way."""
        return self.has("fault-reverted") and not self.has("lapsed", "removed", "fault-end", "fault-kept")

    @property
    def people(self) -> bool:
        return read_plan(self.made.events).mode != "rehearsal"


Check = Callable[[Log, re.Match[str]], bool]
_TIME = r"(?:\d+ h )?(?:\d+ min )?[\d.]* ?(?:ms|s|min|h)?"
_PAUSE = rf"(?: \(not counting (?P<pause>{_TIME}) of pause\))?"
_NOUNS = {
    "page": "paged", "declaration": "declared", "fault": "fault", "impact": "impact", "announcement of the IC":
    "ic-announced", "acknowledgement": "acknowledged", "complete team": "assembled", "status update": "update",
}  # fmt: skip
_SENTENCES = {
    "The IC was announced": "ic-announced", "Everyone required was present": "assembled",
    "The first status update was posted": "update",
}  # fmt: skip


def _objective(log: Log, match: re.Match[str]) -> bool:
    """Return True if the time is that of the log: from the moment, to the first of the other at or after it."""
    moment, start = _SENTENCES[match["what"]], log.at(_NOUNS[match["of"]])
    times = sorted(event.happened for event in log.all(moment))
    at = next((at for at in times if at >= start), times[0]) if moment == "update" else times[0]
    return at >= start and log.is_between(match["time"], match["pause"], start, at)


def _before(log: Log, match: re.Match[str]) -> bool:
    """Return True if it was before the other moment, and a response to the fault all the same."""
    times = [event.happened for event in log.all(_SENTENCES[match["what"]])]
    at = max(times) if match["what"].startswith("The first status") else min(times)
    start = log.at("fault") if log.has("fault") else log.at("start")
    return start <= at < log.at(_NOUNS[match["of"]])


def _outside(log: Log, match: re.Match[str]) -> bool:
    """Return True if the change was seen then and gone then, or is not known to be gone."""
    [seen], gone = list(log.all("outside-change", text=match["text"])), list(log.all("outside-change-gone"))
    times = [format_clock(event) for event in gone]
    return format_clock(seen) == match["seen"] and times == ([match["gone"]] if not match["from"] else [])


def _hints(log: Log, match: re.Match[str]) -> bool:
    start = log.at("fault") if log.has("fault") else 0.0
    times = [event.happened >= start for event in log.all("hint", "hint-whispered")]
    return int(match[1]) == sum(times) > 0 and int(match[2] or 0) == len(times) - sum(times)


def _alert(log: Log, match: re.Match[str]) -> bool:
    zero = "fault" if log.has("fault") else "start"
    fired = [event.happened - log.at(zero) for event in log.all("alert", signal=match["signal"])]
    sides = {"after": lambda at: at >= 0, "before": lambda at: at < 0}
    found = [at for at in fired if sides[match["side"]](at) and format_duration(abs(at)) == match["time"]]
    return bool(found) and match["zero"] == {"fault": "fault", "start": "start of the drill"}[zero]


def _restored(log: Log, match: re.Match[str]) -> bool:
    by = not match["by"] or log.has("action-started", "action-finished", action=match["by"])
    is_active = not match["still"] or _still_active(log, match)
    return by and is_active and log.is_between(match["t"], match["pause"], log.at("impact"), log.at("mitigated"))


def _restored_later(log: Log, match: re.Match[str]) -> bool:
    """Return True if service was restored then, and an action that is named began before."""
    mitigated = next(log.all("mitigated"))
    started = [event.happened for event in log.all("action-started", action=match["by"])]
    return format_clock(mitigated) == match["t"] and (not match["by"] or min(started) <= mitigated.happened)


def _outage(log: Log, match: re.Match[str]) -> bool:
    """Return True if service was restored this long after the impact, pauses included."""
    return match["t"] == format_duration(log.at("mitigated") - log.at("impact"))


def _reverted(log: Log, match: re.Match[str]) -> bool:
    return log.is_reverted and match["t"] == log.last_revert()


def _active(log: Log, match: re.Match[str]) -> bool:
    return log.has("fault") and (log.card.faults[0].active or -1) >= 0


def _untouched(log: Log, _match: re.Match[str]) -> bool:
    intended, refused = log.has("intended"), log.has("apply-refused")
    return not log.has("fault", "apply-unknown") and (refused or not intended)


def _still_active(log: Log, _match: re.Match[str]) -> bool:
    ends = [e.happened for e in log.all("lapsed", "removed", "fault-end", "fault-reverted", "fault-kept")]
    return log.at("fault") <= log.at("mitigated") and all(end > log.at("mitigated") for end in ends)


def _steady(log: Log, clause: str) -> bool:
    """Return True if a clause is of the last check; only what an impact showed to be lost is restored or not."""
    after = [event.body.holds for event in log.all("steady-state", when="after")]  # type: ignore[attr-defined]
    verb = {"was restored": True, "was not restored": False, "held after the drill": True,
            "did not hold after the drill": False, "was not checked": None}[clause]  # fmt: skip
    return after[-1:] == ([] if verb is None else [verb]) and ("restored" not in clause or log.has("impact"))


def _always(_log: Log, _match: re.Match[str]) -> bool:
    return True


CLAIMS: tuple[tuple[str, Check], ...] = (
    (r"No fault was applied, so nothing was tested\.", _untouched),
    (r"The scenario has no fault: this drill practised the response alone\.",
     lambda log, _: not log.has("intended") and not read_plan(log.made.events).faults),
    (r"It is unknown whether a fault was applied.*", lambda log, _: log.has("intended") and not log.has("fault")),
    (r"At \S+ UTC we applied latency.* to `database`\.", lambda log, _: log.has("fault")),
    (rf"(?P<t>{_TIME}) later users were affected: .*", lambda log, m: m["t"] == log.between("fault", "impact")),
    (r"It peaked at (?P<value>[\d.]+ m?s) \(n=\d+ readings\)\.",
     lambda log, m: any(format_value(reading.value, "duration") == m["value"] for reading in log.made.readings)),
    (r"No two consecutive readings.* left steady state, as far as could be measured\.",
     lambda log, _: log.has("fault") and not log.has("impact")),
    (r"The drill ended before an impact on users was seen.*",
     lambda log, _: log.has("fault") and not log.has("impact")),
    (r"Impact was not measured: the scenario names no steady state\.",
     lambda log, _: not log.has("impact") and not read_plan(log.made.events).steady_state),
    (rf"Service was restored (?P<t>{_TIME}) after the impact{_PAUSE}(?:, mitigated by `(?P<by>[a-z-]+)`)?"
     r"(?P<still>, with the fault still active)?\.", _restored),
    (rf"Users were affected for (?P<t>{_TIME}), from [\d:]{{8}} UTC\.", _outage),
    (r"Time to mitigate is at least [^:]*: [^:]*(?:at [\d:]{8} UTC)?\.",
     lambda log, _: log.has("impact") and log.has("mitigated") and log.card.response_time("mitigate").censored),
    (r"Users were affected for ≥ .*: service was not restored before the drill ended\.",
     lambda log, _: log.has("impact") and not (log.has("mitigated") and log.at("mitigated") < log.ending())),
    (r"Users were affected for ≥ .* \(recovery not confirmed: .* after .* of the required .*\)\.",
     lambda log, _: log.has("impact") and log.has("evaluated", part="mitigated", verdict="unknown")),
    (r"Users were affected for ≥ [^:]*\.", lambda log, _: log.has("impact")),
    (r"Service was restored at (?P<t>[\d:]{8}) UTC(?:, mitigated by `(?P<by>[a-z-]+)`)?\.", _restored_later),
    (r"Service was restored after the mitigation `([a-z-]+)` began\.",
     lambda log, m: log.has("mitigated") and log.has("action-finished", action=m[1])),
    (r"Not everything could be reverted: see Action items\.", lambda log, _: log.card.exit == Exit.DIRTY),
    (r"No end of the drill is recorded\.", lambda log, _: not log.has("end")),
    (r"The fault was active for [^,]*?(?: in (?P<times>\d) periods)?, then reverted and verified in (?P<t>[^,]*), "
     r"and steady state .*\.",
     lambda log, m: _reverted(log, m) and _active(log, m) and int(m["times"] or 1) == len(list(log.all("fault")))),
    (r"The fault was active for .* and then lapsed, and steady state .*\.", lambda log, _: log.has("lapsed")),
    (r"The fault was active for .*, until it was ended by restart-database, and steady state .*\.",
     lambda log, _: log.has("removed", by_action="restart-database")),
    (r"The fault was active for .*, then ended as planned, and steady state .*\.",
     lambda log, _: log.has("fault-end")),
    (r"The fault was active for .*, then left unchanged: somebody changed it, and steady state .*\.",
     lambda log, _: log.has("fault-kept")),
    (r"This was a rehearsal without people(?:, at [\d.]+x pace)?\. A script .* a team\."
     r"(?: Mitigations tried: (.*?)\.)?(?: Mitigations not tried: (.*)\.)?",
     lambda log, m: not log.people
     and all(log.has("action-finished", action=name) for name in re.findall("`(.*?)`", m[1] or ""))
     and not any(log.has("action-finished", action=name) for name in re.findall("`(.*?)`", m[2] or ""))),
    (r"\*\*The hypothesis held\.\*\* .*", lambda log, _: log.card.held == "held"),
    (r"\*\*The hypothesis did not hold\.\*\* .*", lambda log, _: log.card.held == "not held"),
    (r"\*\*It is unknown whether the hypothesis holds\.\*\* .*", lambda log, _: log.card.held == "unknown"),
    (r"The hypothesis held\.", lambda log, _: log.card.held == "held"),
    (rf"Alert `(?P<signal>[a-z-]+)` fired (?P<time>{_TIME}) (?P<side>after|before) the "
     r"(?P<zero>fault|start of the drill)(?:, unexpectedly)?\.", _alert),
    (rf"From the impact until the environment's own alert fired: (≥ )?(?P<t>{_TIME})(?: \(.*\))?\.",
     lambda log, m: bool(m[1]) or m["t"] == log.between("impact", "alert")),
    (rf"From the impact until someone was aware of it: (≥ )?(?P<t>{_TIME})(?: \(.*\))?\.",
     lambda log, m: bool(m[1]) or log.has("acknowledged", "declared", "theory", "help")),
    (r"The first sign of awareness came from \w+: `([a-z-]+)`\.", lambda log, m: log.people and log.has(m[1])),
    (r"No alert fired\.", lambda log, _: not log.has("alert")),
    (r"The environment defines no alert\.", lambda log, _: not log.has("alert")),
    (r"(?:Investigate: a|A)lert `([a-z-]+)` (?:was expected to fire, and did not|did not fire)\.",
     lambda log, m: not log.has("alert", signal=m[1])),
    (r"Make alert `([a-z-]+)` fire for this failure\.", lambda log, m: not log.has("alert", signal=m[1])),
    (r"Investigate: alert `([a-z-]+)` fired, and the scenario does not name it\.",
     lambda log, m: log.has("alert", signal=m[1], expected=False)),
    (r"Alert `([a-z-]+)` fired, as the hypothesis expected\.",
     lambda log, m: log.has("evaluated", signal=m[1], verdict="met")),
    (r"gameday paged the responders(: time to detect is a lower bound)?\.",
     lambda log, m: log.has("paged", by="program") and (not m[1] or log.card.response_time("detect").censored)),
    (r"Investigate: what did the hints reveal that dashboards and runbooks did not\?",
     lambda log, _: log.has("hint", "hint-whispered")),
    (r"Investigate: what made the fault on `database` lapse\?", lambda log, _: log.has("lapsed")),
    (rf"(?P<what>{'|'.join(_SENTENCES)}) (?P<time>{_TIME}) after the (?P<of>[a-z ]+?)"
     rf"(?: \(objective: [^;]*?(?:; not counting (?P<pause>{_TIME}) of pause or STOP)?\))?\.", _objective),
    (rf"(?P<what>{'|'.join(_SENTENCES)}) before the (?P<of>[a-z ]+)\.", _before),
    (rf"Help was requested {_TIME} after the (?:fault|start of the drill)\.",
     lambda log, _: log.people and log.has("help")),
    (r"All faults were reverted and verified in (?P<t>\d+ ms)\.", _reverted),
    (r"(?:Did not hold|Not enough data to evaluate): .*", lambda log, _: log.card.held != "held"),
    (r"(\d+) hints? given \([^)]*\)(?:, (\d+) hints? given before the fault)?\.", _hints),
    (r"Time to (?:detect|mitigate|recover): ≥ .*\.", lambda log, _: log.has("impact")),
    (r"Not recorded, which does not mean missed: (.*)\.",
     lambda log, m: not any(log.has(_NOUNS[noun]) for noun in m[1].split(", "))),
    (r"Restore steady state\.", lambda log, _: log.has("steady-state", when="after", holds=False)),
    (r"`(gd-[0-9a-f]{12})` may still be active on its target: .*",
     lambda log, m: not log.has("fault-reverted", "fault-kept", marker=m[1])),
    (r"(?P<text>proxy db: it was disabled) by somebody outside this drill \((?P<from>from )?(?P<seen>[\d:]+)"
     r"(?:–(?P<gone>[\d:]+))? UTC\)\.", _outside),
    (r"The fault on `database` lapsed before the drill reverted it\.", lambda log, _: log.has("lapsed")),
    (r"Guardrail journey-success below 50%: its readings reached 42%.*",
     lambda log, _: any(reading.value == 0.42 for reading in log.made.readings) and not log.has("guardrail-breach")),
    (r"Guardrail .*: its signal was not read during the faults\.", _always),
)  # fmt: skip
"""Each sentence with its condition. A sentence that is not here fails: add it with the drills in which it is true."""
STEADY_STATE = r"and steady state ((?:was|held|did) [a-z ]+)\."
SECTIONS = {"summary", "hypothesis", "detection", "well", "difficult", "factors", "lucky", "actions", "impact"}


def sentences(document: ReviewDocument) -> Iterator[str]:
    """Yield the program's own sentences; a paragraph of the summary has several."""
    for section in document.sections:
        for block in section.generated_blocks if section.id in SECTIONS else ():
            if isinstance(block, Bullets):
                yield from map(_marked, block.items)
            elif isinstance(block, Para):
                yield from _split(_marked(block.text))


def _marked(text: str) -> str:
    return render_marks(text, str, ("`", "`", "**", "**"))


def _split(text: str) -> list[str]:
    if text.startswith(("**The hypothesis", "**It is", "This was a")):
        return [text]
    return re.split(
        r"(?<=\.) (?=[A-Z0-9])",
        text.replace("**Not everything could be reverted**", "Not everything could be reverted"),
    )


def log_of(made: Made) -> Log:
    return Log(made, build_scorecard(made.events, made.readings))


def check_sentences(made: Made, form: Form) -> None:
    log = log_of(made)
    for sentence in sentences(build_document(made.events, log.card, None, form)):
        found = [(match, holds) for pattern, holds in CLAIMS if (match := re.fullmatch(pattern, sentence))]
        assert found, f"no condition is known for: {sentence}"
        assert all(holds(log, match) for match, holds in found), f"false in this drill: {sentence}"
        assert all(_steady(log, clause) for clause in re.findall(STEADY_STATE, sentence)), f"false: {sentence}"


@given(drills())
@example(left_open_after_a_resume())
def test_every_sentence_of_a_review_is_true(made: Made) -> None:
    check_sentences(made, "light")
    check_sentences(made, "full")


@given(drills())
def test_every_row_of_the_timeline_names_its_source_and_its_time(made: Made) -> None:
    log = log_of(made)
    document = build_document(made.events, log.card, None, "full")
    table = next(block for section in document.sections if section.id == "timeline"
                 for block in section.blocks if isinstance(block, Table))  # fmt: skip
    sources = {row[3] for row in table.rows if row[2].startswith("STOP")}
    assert sources == {"keyboard" if stop.source is Source.HUMAN else "\ue000gameday stop\ue001"
                       for stop in log.all("stop")}  # fmt: skip
    assert not any(re.search(r"after $|: $|\bNone\b", row[2]) for row in table.rows)
    assert ("offsets count from the fault" in table.caption) == log.has("fault")
    assert not re.search(r"\d", table.caption.replace(log.card.drill, "")), "a number of events would soon be wrong"
    assert log.has("intended") or not any("evert" in row[2] for row in table.rows)


@given(drills())
def test_the_scorecard_says_only_what_the_log_shows(made: Made) -> None:
    log = log_of(made)
    text = "\n".join(render_summary(log.card)) + render_scorecard(log.card)
    assert ("no hints given" in text) == (not log.has("hint", "hint-whispered")) and "needed" not in text
    ended_otherwise = log.has("lapsed", "removed", "fault-kept") or not log.has("fault")
    assert "all faults reverted and verified" not in text or not ended_otherwise
    assert "no alert fired" not in text or not log.has("alert")
    assert log.has("end") or "no end recorded" in text
    assert not re.search(r"(?:≥ |after |before |  )-\d", text), "no time is negative"


@pytest.mark.parametrize("build", [rehearsal, facilitated])
@pytest.mark.parametrize("form", ["light", "full"])
def test_every_sentence_of_an_ordinary_drill_is_known(build: Callable[[], Made], form: Form) -> None:
    made = build().without("prediction", "debrief", "evaluated", "guardrail-warning", "cleanup", "note")
    check_sentences(made, form)


def test_a_team_that_was_early_is_not_said_to_have_taken_no_time() -> None:
    made = facilitated().moved("assembled", 200.0).moved("update", 300.0)
    text = render_scorecard(log_of(made).card)
    assert "assembled within 5 min of paged: met before the page" in text
    assert "update within 5 min of declared: met before the declaration" in text
    assert "after 0 s" not in text


@pytest.mark.parametrize("kind", ["hint-whispered", "hint"])
def test_any_hint_counts(kind: str) -> None:
    made = rehearsal().plus(40.0, kind, entry=0, text="x")
    assert "1 hint given" in "\n".join(render_summary(log_of(made).card))


def test_a_drill_that_still_runs_is_not_called_dirty() -> None:
    made = rehearsal().without("fault-reverted", "reverted", "end")
    assert (
        "no end recorded" in render_summary(log_of(made).card)[-1] and MARK not in render_summary(log_of(made).card)[-1]
    )
