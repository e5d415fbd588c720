"""Open action items and reviews of earlier drills, for the briefing of the next one, its plan and its invitation.

The briefing has the open action items of the environment, whatever the type of their drill: those of one type would
tell the responders what will fail. Whether one of the last drill's of this type was done is for the facilitator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from gameday.app.error_budgets import list_budget_warnings
from gameday.app.follow_up import ReviewedItem, UnfinishedReview, list_items, list_unfinished_reviews, load_reviews
from gameday.app.tracker_export import with_known_states
from gameday.printable import single_line

if TYPE_CHECKING:
    from gameday.events import Body, EarlierItemsEvaluated
    from gameday.model import Environment, Plan
    from gameday.review.review_files import ReviewFile

MAX_ITEMS = 5
"""Lines that people will listen to."""
MAX_TEXT_CHARS = 160


@dataclass(frozen=True, slots=True)
class OpenFollowUp:
    """Open action items and unfinished reviews of an environment. `unreadable`: problems in its reviews."""

    items: tuple[ReviewedItem, ...]
    reviews: tuple[UnfinishedReview, ...]
    earlier: EarlierItemsEvaluated
    unreadable: int = 0

    def lines(self) -> Iterator[str]:
        """Yield the lines to read out."""
        today = datetime.now().date()  # noqa: DTZ005 - due dates are days where people are
        yield from (_item_line(each, today) for each in self.items[:MAX_ITEMS])
        if len(self.items) > MAX_ITEMS:
            yield f"{len(self.items) - MAX_ITEMS} more action items are open: gameday action-items list"
        if self.unreadable:
            yield "Some action items cannot be read: gameday action-items list"
        for each in self.reviews[-MAX_ITEMS:]:
            yield f"The review of {each.drill} is not finished"

    def summary(self) -> str:
        """Return `Open from earlier drills: 3 action items, 1 review.`; empty if nothing is."""
        counts = [_count(len(self.items), "action item"), _count(len(self.reviews), "review")]
        return f"Open from earlier drills: {', '.join(filter(None, counts))}." if any(counts) else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}" if number else ""


def _item_line(each: ReviewedItem, today: date) -> str:
    overdue = each.days_overdue(today)
    late = f", {_count(overdue, 'day')} overdue" if overdue else ""
    text = single_line(each.item.text)
    short = text if len(text) <= MAX_TEXT_CHARS else f"{text[:MAX_TEXT_CHARS]}..."
    return f"Open action item: {short} ({each.item.team}, due {each.item.due}{late})"


def read_open_follow_up(environment: str, scenario_type: str) -> OpenFollowUp:
    """Read what is open in an environment before a drill of this type. Raises Refused if it cannot be read."""
    reviews = with_known_states(load_reviews())
    here = [review for review in reviews if review.environment == environment]
    unfinished = tuple(each for each in list_unfinished_reviews() if each.environment == environment)
    unreadable = sum(len(review.problems) for review in here)
    earlier = evaluate_earlier_items(reviews, scenario_type)
    return OpenFollowUp(tuple(list_items(here)), unfinished, earlier, unreadable)


def evaluate_earlier_items(reviews: Sequence[ReviewFile], scenario_type: str) -> EarlierItemsEvaluated:
    """Evaluate the items of the last review of this type in which the team wrote some, or wrote that there is none."""
    from gameday.events import EarlierItemsEvaluated

    same = [review for review in reviews if review.type == scenario_type]
    answered = [review for review in same if review.actions.items or review.actions.none_because]
    if not answered or not answered[-1].actions.items:
        return EarlierItemsEvaluated("none")
    last = answered[-1]
    total = len(last.actions.items)
    done = total - len(last.open_items)
    return EarlierItemsEvaluated("kept" if done else "broken", last.drill, done, total)


def opening_events(plan: Plan) -> tuple[Body, ...]:
    """Return the events with which a drill with people begins; raises nothing: no drill fails for its follow-up."""
    from gameday.events import ErrorBudgetLow, FollowUpReported
    from gameday.model import Mode

    if plan.mode is Mode.REHEARSAL:
        return ()
    budgets = map(ErrorBudgetLow, list_budget_warnings(plan.environment))
    try:
        follow_up = read_open_follow_up(plan.environment.name, plan.scenario.type)
    except Exception as error:  # a store that is locked, a review that is no text
        return (*budgets, FollowUpReported(_unknown(error)))
    return (*budgets, *map(FollowUpReported, follow_up.lines()), follow_up.earlier)


def list_follow_up(plan: Plan) -> list[str]:
    """Return the same for the plan of a drill, as lines."""
    from gameday.events import format_plain

    budgets = list_budget_warnings(plan.environment)
    try:
        follow_up = read_open_follow_up(plan.environment.name, plan.scenario.type)
    except Exception as error:
        return [*budgets, _unknown(error)]
    earlier = follow_up.earlier
    return [*budgets, *follow_up.lines(), *([] if earlier.result == "none" else [format_plain(earlier.log_text({}))])]


def list_start_warnings(environment: Environment) -> list[str]:
    """Return what a schedule says before it starts, and what keeps nothing from starting; raises nothing."""
    try:
        summary = read_open_follow_up(environment.name, "").summary()
    except Exception as error:
        summary = _unknown(error)
    return [*list_budget_warnings(environment), *filter(None, (summary,))]


def summarize_follow_up(plan: Plan) -> str:
    """Return one sentence for the invitation to a drill; empty if nothing is open, or nothing is known."""
    try:
        return read_open_follow_up(plan.environment.name, plan.scenario.type).summary()
    except Exception:
        return ""


def _unknown(error: Exception) -> str:
    return f"Action items of earlier drills are unknown: {single_line(str(error))}"
