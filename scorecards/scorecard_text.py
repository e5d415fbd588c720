"""How the figures of a scorecard are said: short, with n, and with what may not be concluded from them."""

from __future__ import annotations

from gameday.errors import Exit
from gameday.events import kept_text
from gameday.model import HintRung
from gameday.scorecards.censoring import ADJUSTED
from gameday.scorecards.fault_outcomes import FaultOutcome
from gameday.scorecards.objectives import Result
from gameday.scorecards.response_times import ResponseTime
from gameday.scorecards.scorecard import AlertHeard, Judged, Scorecard
from gameday.units import format_duration, format_value

ENDINGS = {
    Exit.HELD: "ended, every fault taken back",
    Exit.NOT_HELD: "ended, every fault taken back",
    Exit.HALTED: "halted, every fault taken back",
    Exit.DIRTY: "DIRTY: something of ours may still stand; run `gameday halt`",
    Exit.FAILED: "the program itself failed; nothing of ours stands",
}


STEADY = {
    True: "steady state holds again", False: "steady state did not return", None: "steady state was not looked at",
}  # fmt: skip
"""By the scorecard's `steady_after`."""


def span(found: ResponseTime) -> str:
    """`42 s`, `≥ 31 min (ended by the timebox)`, `9 s (scripted)`, `not recorded`."""
    if found.seconds is None:
        return "not recorded" if found.state == "not recorded" else found.why
    why = f" ({found.why})" if found.why else ""
    if found.censored:
        return f"≥ {format_duration(found.seconds)}{why}"
    return (
        f"{format_duration(found.seconds)} (scripted)" if found.scripted else f"{format_duration(found.seconds)}{why}"
    )


def mitigation_text(found: ResponseTime) -> str:
    """`served again after 42 s`; `not served again before it ended: ≥ 7 s (ended by STOP)`."""
    if found.seconds is None:
        return found.why
    if found.why == ADJUSTED:
        return f"in trouble for {span(found)}; what came after it is in the log"
    before = "not served again before it ended: " if found.censored else "served again after "
    return before + span(found)


def watched_signals_text(card: Scorecard) -> str:
    """By which signals it is said whether users felt anything: others may have left what is good."""
    return f" of {', '.join(card.watched)}" if card.watched else ""


def objective(found: Result) -> str:
    """`ic-announced within 3 min of declared: seen after 31 s`."""
    limit = f" within {format_duration(found.within)}" if found.within is not None else ""
    when = f" after {format_duration(found.seconds)}" if found.seconds is not None else ""
    why = f" ({found.why})" if found.why and found.state != "not recorded" else ""
    scripted = ", scripted" if found.scripted else ""
    missing = f": {found.why}" if found.state == "not recorded" and not found.why.startswith(found.expect) else ""
    return f"{found.expect}{limit} of {found.of}: {found.state}{when}{scripted}{missing}{why}"


def judged(found: Judged) -> str:
    """`journey-success at least 97%: met, journey-success 99.1% (n=214)`."""
    count = f" (n={found.n})" if found.n else ""
    said = f", {found.say}" if found.say and found.say != found.expected else ""
    tells = f": {found.tells}" if found.tells and found.verdict == "met" else ""
    return f"{found.expected}: {found.verdict}{said}{count}{tells}"


def hypothesis(card: Scorecard) -> str:
    """One word of three, and what stood against it, or against a pass of the drill."""
    against = "; not a pass: " if card.held == "held" else ": "
    return f"hypothesis {card.held}" + (f"{against}{'; '.join(card.reasons)}" if card.reasons else "")


def fault(found: FaultOutcome, kind: str) -> str:
    """What was done to what, for how long, and whether it could be felt."""
    turned = f", turned {found.turned} times" if found.turned > 1 else ", turned once" if found.turned else ""
    stood = (f" for {format_duration(found.stood)}" if found.stood is not None else "") + turned
    if found.effect == "seen":
        effect = f"; {found.signal} showed it at {format_value(found.value, kind)} (n={found.n})"
    elif found.effect == "not seen":
        effect = (
            f"; no effect came ({found.signal} {format_value(found.value, kind)}, n={found.n}), so it tests nothing"
        )
    else:
        effect = "" if found.effect == "not expected" else "; it ended before its effect was seen"
    return f"{found.kind} on {found.target}{stood}{effect}{_went(found)}"


def _went(found: FaultOutcome) -> str:
    """What ended it, where that was not our revert."""
    undone = f"; ended by {found.undone_by}" if found.undone_by else ""
    lapsed = "; it lapsed" if found.lapsed else ""
    return undone + lapsed + (f"; left as somebody made it: {found.left}" if found.left else "")


def alert(found: AlertHeard) -> str:
    """Which alert, when, and whether it was expected."""
    expected = "expected" if found.expected else "not expected"
    return f"{found.signal} fired {format_duration(found.after)} after the fault, {expected}"


def alerts(card: Scorecard) -> str:
    """All of them in one line; what stayed silent too."""
    said = [alert(one) for one in card.alerts]
    said += [f"{signal} stayed silent" for signal in card.silent]
    said += ["the program had to page"] if card.program_paged else []
    return "; ".join(said) or "no alert fired"


def difficulty(card: Scorecard) -> str:
    """Hints describe the scenario, never the team."""
    if not card.difficulty.hints:
        return "no hint was needed" if card.mode != "rehearsal" else "no hint was sent"
    names = [rung.value for rung in HintRung]
    rungs = [f"{name} {count}" for name in names if (count := getattr(card.difficulty, name))]
    return f"{card.difficulty.hints} sent ({', '.join(rungs)}): this is how hard the scenario is"


def mode(card: Scorecard) -> str:
    """How it was played; a rehearsal's pace and windows, because its times are the script's."""
    if card.mode != "rehearsal":
        return f"{card.mode}, informed" if card.informed else card.mode
    pace = f" at {card.pace:g} times the pace" if card.pace != 1 else ""
    windows = f"; windows: {', '.join(card.windows)}" if card.windows else ""
    return f"rehearsal, no people: played{pace}{windows}"


def ending(card: Scorecard) -> str:
    said = ENDINGS.get(Exit(card.exit), "refused before anything was touched")
    if card.given_up:
        closed = ", ".join(card.given_up)
        return said.replace("every fault taken back", f"not taken back, and closed by hand: {closed}")
    if card.left:
        said = said.replace("every fault taken back", f"no fault stands; {kept_text(card.left)}")
    return said.replace("taken back", f"gone ({card.gone_with})") if card.gone_with else said
