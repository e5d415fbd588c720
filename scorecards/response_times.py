"""The times of a drill, each between two moments, with what may be said of them and what may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from gameday.events import Event, first, first_time, of_kind, read_plan
from gameday.events.access import lines, number, text
from gameday.moments import HUMAN_MOMENTS, Moment
from gameday.scorecards.censoring import Intervention, first_intervention, first_pause, running_intervals

State = Literal["seen", "scripted", "at least", "not recorded", "did not come", "not measured"]

_AWARE = (Moment.ACKNOWLEDGED, Moment.DECLARED, Moment.THEORY, Moment.HELP)


@dataclass(frozen=True, slots=True)
class ResponseTime:
    """One time, in seconds from the moment `start` to the moment `to`. `censored`: it was at least so long, and
    `why` says what ended it. `scripted`: a rehearsal's script was at play, and it says nothing about people."""

    name: str
    means: str
    start: str
    to: str
    seconds: float | None
    censored: bool
    state: State
    why: str = ""
    scripted: bool = False


_PLAIN: tuple[tuple[str, str, Moment, Moment], ...] = (
    ("impact", "from the fault until users felt it", Moment.FAULT, Moment.IMPACT),
    ("acknowledge", "from the page until it was acknowledged", Moment.PAGED, Moment.ACKNOWLEDGED),
    ("assemble", "from the page until everyone required was present", Moment.PAGED, Moment.ASSEMBLED),
    ("command", "from declaring until the IC was announced", Moment.DECLARED, Moment.IC_ANNOUNCED),
    ("first-update", "from declaring until the first update", Moment.DECLARED, Moment.UPDATE),
)


def response_times(events: Sequence[Event]) -> tuple[ResponseTime, ...]:
    """Every time of the drill, as the field defines them: detection as in Google SRE's operator becoming aware,
    acknowledging as in PagerDuty's trigger to first acknowledge, mitigated as no longer severe for users,
    recovered as normal operation. Human moments count when they happened, not when they were written down."""
    plan = read_plan(events)
    script = plan.is_rehearsal
    plain = {row[0]: _between(events, *row, script) for row in _PLAIN}
    found = (
        plain["impact"], _alert(events), _detect(events, script), plain["acknowledge"], plain["assemble"],
        plain["command"], plain["first-update"], _silence(events, script),
        _time_until(events, "mitigate", "from impact until users were served again", Moment.MITIGATED, script),
        _time_until(events, "recover", "from impact until steady state held again", Moment.RECOVERED, script),
    )  # fmt: skip
    measured = [_not_measured(one) if plan.informed and one.name in _DETECTION else one for one in found]
    return (*(_censor_pauses(events, one) for one in measured), _revert(events))


_DETECTION = frozenset({"detect", "acknowledge"})


def _not_measured(found: ResponseTime) -> ResponseTime:
    """Whoever chose the file knew what would fail, and when to look."""
    why = "not measured: the responder knew what would fail"
    return replace(found, seconds=None, censored=False, state="not measured", why=why)


def _censor_pauses(events: Sequence[Event], found: ResponseTime) -> ResponseTime:
    """A time over a pause or a sleep of the machine is only known to be longer."""
    begun = first_time(events, found.start)
    if begun is None or found.seconds is None or found.name == "silence":
        return found
    still = first_pause(events, begun, begun + found.seconds)
    if still is None:
        return found
    return replace(found, seconds=still.at - begun, censored=True, state="at least", why=still.by)


def _between(events: Sequence[Event], name: str, means: str, start: Moment, to: Moment, script: bool) -> ResponseTime:
    begun, found = first_time(events, start), first_time(events, to)
    if begun is None or found is None:
        return _missing(name, means, start, to, missing=to if found is None else start)
    scripted = script and to in HUMAN_MOMENTS
    if found < begun and to is Moment.ACKNOWLEDGED:
        return ResponseTime(name, means, start, to, None, False, "not measured", "it was said before the page")
    seconds = max(0.0, found - begun)  # everyone may be present before the page
    return ResponseTime(name, means, start, to, seconds, False, "scripted" if scripted else "seen", scripted=scripted)


def _missing(name: str, means: str, start: Moment, to: Moment, missing: Moment) -> ResponseTime:
    """What people say may go unrecorded; what the program measures either came or did not."""
    human = missing in HUMAN_MOMENTS
    why = f"{missing} was not recorded" if human else f"{missing} did not come"
    return ResponseTime(name, means, start, to, None, False, "not recorded" if human else "did not come", why)


def _at_least(name: str, means: str, start: Moment, to: Moment, seconds: float, why: str, script: bool) -> ResponseTime:
    return ResponseTime(name, means, start, to, seconds, True, "at least", why, scripted=script)


def _alert(events: Sequence[Event]) -> ResponseTime:
    """Only the environment's own alert counts: the program's page is the end of our patience, not an alert."""
    name, means = "alert", "from impact until the environment's own alert fired"
    impact = first_time(events, Moment.IMPACT)
    own = [event.happened for event in of_kind(events, "alert")]
    paged = _program_paged(events)
    if impact is not None and own:
        return ResponseTime(name, means, Moment.IMPACT, Moment.ALERT, min(own) - impact, False, "seen")
    if impact is not None and paged is not None:
        why = "it stayed silent, so the program paged"
        return _at_least(name, means, Moment.IMPACT, Moment.ALERT, paged - impact, why, False)
    return _missing(name, means, Moment.IMPACT, Moment.ALERT, Moment.IMPACT if impact is None else Moment.ALERT)


def _detect(events: Sequence[Event], script: bool) -> ResponseTime:
    """Until the first human word of it; when the program had to page first, only a lower bound is known."""
    name, means = "detect", "from impact until somebody was aware"
    impact, aware, paged = first_time(events, Moment.IMPACT), first(events, *_AWARE), _program_paged(events)
    if impact is None:
        return _missing(name, means, Moment.IMPACT, Moment.ACKNOWLEDGED, Moment.IMPACT)
    if paged is not None and (aware is None or paged <= aware.happened):
        to = Moment(aware.kind) if aware else Moment.ACKNOWLEDGED
        return _at_least(name, means, Moment.IMPACT, to, paged - impact, "the program had to page", script)
    if aware is None:
        return _missing(name, means, Moment.IMPACT, Moment.ACKNOWLEDGED, Moment.ACKNOWLEDGED)
    if aware.happened < impact:
        why = "somebody spoke before users felt it"
        return ResponseTime(name, means, Moment.IMPACT, Moment(aware.kind), None, False, "not measured", why)
    state: State = "scripted" if script else "seen"
    return ResponseTime(
        name, means, Moment.IMPACT, Moment(aware.kind), aware.happened - impact, False, state, scripted=script
    )


def _program_paged(events: Sequence[Event]) -> float | None:
    times = [event.happened for event in of_kind(events, "paged") if text(event.data, "by") == "program"]
    return min(times, default=None)


def _silence(events: Sequence[Event], script: bool) -> ResponseTime:
    """The longest time without an update, from declaring until users were served again or the drill ended. One with a
    pause in it counts by its parts: it was at least so long."""
    name, means = "silence", "the longest time without an update"
    declared, ended = first_time(events, Moment.DECLARED), first_time(events, Moment.MITIGATED, "reverting", Moment.END)
    updates = [event.happened for event in of_kind(events, Moment.UPDATE)]
    if declared is None or ended is None or not updates:
        missing = Moment.DECLARED if declared is None else Moment.UPDATE
        return _missing(name, means, Moment.DECLARED, Moment.UPDATE, missing)
    points = [declared, *sorted(u for u in updates if declared < u < ended), max(ended, declared)]
    parts = [part for earlier, later in pairwise(points) for part in running_intervals(events, earlier, later)]
    longest = max((later - earlier for earlier, later in parts), default=0.0)
    if still := first_pause(events, declared, points[-1]):
        why = still.by.replace("ended by", "without")
        return _at_least(name, means, Moment.DECLARED, Moment.UPDATE, longest, why, script)
    state: State = "scripted" if script else "seen"
    return ResponseTime(name, means, Moment.DECLARED, Moment.UPDATE, longest, False, state, scripted=script)


def _time_until(events: Sequence[Event], name: str, means: str, to: Moment, script: bool) -> ResponseTime:
    """A time that our own hand may have ended: then it was at least so long (right-censored)."""
    impact, found, ended = first_time(events, Moment.IMPACT), first(events, to), first_intervention(events)
    if impact is None:
        return _missing(name, means, Moment.IMPACT, to, Moment.IMPACT)
    if found is not None and not _own_intervention(found, ended):
        state: State = "scripted" if script else "seen"
        return ResponseTime(name, means, Moment.IMPACT, to, found.happened - impact, False, state, scripted=script)
    if ended is None:
        return _missing(name, means, Moment.IMPACT, to, to)
    return _at_least(name, means, Moment.IMPACT, to, max(0.0, ended.at - impact), ended.by, script)


def _own_intervention(found: Event, ended: Intervention | None) -> bool:
    return found.data.get("censored") is True or (ended is not None and found.happened >= ended.at)


def _revert(events: Sequence[Event]) -> ResponseTime:
    """How long the program itself took to put everything back."""
    name, means = "revert", "from the first revert until all faults read back as gone"
    begun, gone = first_time(events, "reverting"), first(events, Moment.REVERTED)
    if begun is None or gone is None:
        return _missing(name, means, Moment.REVERTED, Moment.REVERTED, Moment.REVERTED)
    if lines(gone.data, "kept") or text(gone.data, "reason"):
        means = "from the first revert until no fault stood any more"
    told = number(gone.data, "seconds")  # the figure that everybody saw then
    took = gone.happened - begun if told is None else told
    return ResponseTime(name, means, "reverting", Moment.REVERTED, took, False, "seen")
