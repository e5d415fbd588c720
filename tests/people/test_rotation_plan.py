"""The plan announces what the runs propose, keeps every rule, and changes only as people ask."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.rosters import rosters, team

from gameday.app.role_assignment import record_roles
from gameday.model import Role
from gameday.people.cast import Cast
from gameday.people.incident_command import senior_level
from gameday.people.role_history import load_role_records, remove_drill_names
from gameday.people.roster import Person, Roster
from gameday.people.rotation_changes import RotationChange, load_changes, save_changes
from gameday.people.rotation_plan import DrillSlot, explain_role, local_day, plan_drills, propose

WEEK, FIRST = 7 * 86400.0, datetime(2026, 12, 1, 10, tzinfo=UTC).timestamp()
NEEDED = (Role.FACILITATOR, Role.IC, Role.OPS)
WANTED = (Role.MENTOR, Role.SCRIBE, Role.COMMS)


def slots(number: int) -> list[DrillSlot]:
    starts = (FIRST + week * WEEK for week in range(number))
    return [DrillSlot(start, start + 1800, NEEDED, WANTED) for start in starts]


def absences(data: st.DataObject, roster: Roster) -> Roster:
    """Return the roster with people who are away, join and leave during the planned weeks."""
    weeks = st.integers(-1, 5)

    def change(person: Person) -> Person:
        begin, join, leave = (FIRST + data.draw(weeks) * WEEK for _ in range(3))
        return replace(person, busy=((begin, begin + WEEK),), joins=join - 2 * WEEK, leaves=leave + 3 * WEEK)

    return replace(roster, people=tuple(change(person) for person in roster.people))


@st.composite
def changes(draw: st.DrawFn, roster: Roster) -> list[RotationChange]:
    ids = st.sampled_from([person.id for person in roster.people] or ["gone"])
    days = st.sampled_from(["2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22"])
    return draw(st.lists(st.builds(RotationChange, days, ids, st.one_of(st.just(""), ids)), max_size=4))


def run(casts: list[Cast], roster: Roster, wished: list[RotationChange], history: Path) -> list[Cast]:
    """Return what run after run proposes, each recorded and debriefed before the next."""
    proposed: list[Cast] = []
    for number, slot in enumerate(slots(len(casts))):
        cast = propose(roster, load_role_records(history, roster.team), wished, slot)
        record_roles(f"gd-{number:04x}", history, cast)
        remove_drill_names(history)
        proposed.append(cast)
    return proposed


@given(st.data())
def test_plan_is_what_the_runs_propose(data: st.DataObject) -> None:
    roster = absences(data, data.draw(rosters()))
    wished = data.draw(changes(roster))
    casts = list(plan_drills(roster, [], wished, slots(4)))
    with tempfile.TemporaryDirectory() as folder:
        proposed = run(casts, roster, wished, Path(folder) / "rotation.jsonl")
    assert [cast.assignment for cast in casts] == [cast.assignment for cast in proposed]


@given(st.data())
def test_every_planned_cast_keeps_the_rules(data: st.DataObject) -> None:
    roster = absences(data, data.draw(rosters()))
    by_id = {person.id: person for person in roster.people}
    for cast in plan_drills(roster, [], data.draw(changes(roster)), slots(5)):
        start, end = cast.slot.start, cast.slot.end
        holders = {role: by_id[person] for role, person in cast.holders()}
        assert len({person.id for person in holders.values()}) == len(holders), "one role each"
        for role, person in holders.items():
            assert not person.on_call and role not in person.declined and person.is_free(start, end)
            assert person.joins <= start and end <= person.leaves
            assert not cast.has_declined(person.id)
        ic, mentor = holders.get(Role.IC), holders.get(Role.MENTOR)
        if ic and mentor:
            assert mentor.level > ic.level and ic.manager != mentor.id
        elif ic:
            members = [person for person in roster.people if person.is_member(start, end)]
            assert ic.level >= senior_level(members), "no junior commands alone"


@given(st.data())
def test_a_required_role_is_empty_only_if_nobody_available_can_take_it(data: st.DataObject) -> None:
    roster = absences(data, data.draw(rosters()))
    declined = [change for change in data.draw(changes(roster)) if not change.other]
    for cast in plan_drills(roster, [], declined, slots(4)):
        used = {person for _, person in cast.holders()}
        for role in {Role.FACILITATOR, Role.OPS} & set(cast.assignment.unfilled):
            idle = [person for person in roster.people if person.id in cast.available() and person.id not in used]
            assert all(role in person.declined for person in idle)


def planned(wished: list[RotationChange], roster: Roster | None = None, weeks: int = 3) -> list[dict[Role, str]]:
    return [dict(cast.holders()) for cast in plan_drills(roster or team(4, 3), [], wished, slots(weeks))]


def test_a_swap_exchanges_two_roles_and_counts_for_the_turns_that_follow() -> None:
    usual = planned([])
    ic = usual[0][Role.IC]
    scribe = usual[0][Role.SCRIBE]
    swapped = planned([RotationChange("2026-12-01", *sorted((ic, scribe)))])
    assert (swapped[0][Role.IC], swapped[0][Role.SCRIBE]) == (scribe, ic)
    assert {role: person for role, person in swapped[0].items() if role not in (Role.IC, Role.SCRIBE)} == {
        role: person for role, person in usual[0].items() if role not in (Role.IC, Role.SCRIBE)
    }
    assert scribe not in (swapped[1][Role.IC], swapped[2][Role.IC]), "they had their turn"


def test_a_swap_with_somebody_without_a_role_replaces_them() -> None:
    roster = team(6, 3)
    first = planned([], roster)[0]
    [idle, *_] = sorted({person.id for person in roster.people} - set(first.values()))
    replaced = planned([RotationChange("2026-12-01", first[Role.OPS], idle)], roster)[0]
    assert replaced[Role.OPS] == idle and first[Role.OPS] not in replaced.values()


@pytest.mark.parametrize("rule", ["mentor", "away", "declined", "alone"])
def test_a_swap_that_a_rule_forbids_changes_nothing_and_says_so(rule: str) -> None:
    roster = team(4, 3)
    [cast] = plan_drills(roster, [], [], slots(1))
    holders = dict(cast.holders())
    pair, text = {
        "mentor": ((holders[Role.MENTOR], holders[Role.IC]), "cannot mentor"),
        "away": ((holders[Role.OPS], "gone"), "gone is not available"),
        "declined": ((holders[Role.SCRIBE], holders[Role.OPS]), "declines the role scribe"),
        "alone": ((holders[Role.MENTOR], holders[Role.SCRIBE]), "cannot mentor"),
    }[rule]
    if rule == "declined":
        unwilling = frozenset({Role.SCRIBE})
        people = (replace(p, declined=unwilling) if p.id == holders[Role.OPS] else p for p in roster.people)
        roster = replace(roster, people=tuple(people))
    [swapped] = plan_drills(roster, [], [RotationChange("2026-12-01", *pair)], slots(1))
    assert swapped.holders() == cast.holders()
    assert any("not applied" in reason and text in reason for reason in swapped.assignment.reasons)


def test_who_declined_is_not_planned_that_day_and_keeps_their_place() -> None:
    usual = planned([])
    ic = usual[0][Role.IC]
    without = planned([RotationChange("2026-12-01", ic)], weeks=4)
    assert ic not in without[0].values()
    assert ic in [holders[Role.IC] for holders in without[1:]], "one of four juniors: within the next three"


def test_who_joins_later_or_has_left_is_not_planned() -> None:
    roster = team(3, 3)
    joins, leaves = FIRST + WEEK, FIRST + WEEK
    people = [replace(p, joins=joins) if p.id == "j0" else replace(p, leaves=leaves) if p.id == "s0" else p
              for p in roster.people]  # fmt: skip
    casts = list(plan_drills(replace(roster, people=tuple(people)), [], [], slots(3)))
    named = [{person for _, person in cast.holders()} for cast in casts]
    assert "j0" not in named[0] and "s0" in named[0]
    assert all("s0" not in each for each in named[1:]) and any("j0" in each for each in named[1:])
    assert explain_role(casts[0], people[0]) == "not available: joins on 2026-12-08"
    assert explain_role(casts[1], people[3]) == "not available: left on 2026-12-08"


def test_reasons_say_what_a_person_needs_to_know_and_count_nothing() -> None:
    roster = replace(team(3, 2), people=(*team(3, 2).people, Person("x", "Xi", 1, frozenset(), on_call=True)))
    ic = planned([], roster)[0][Role.IC]
    texts = [explain_role(cast, p) for cast in plan_drills(roster, [], [], slots(4)) for p in roster.people]
    assert not any(letter.isdigit() for text in texts for letter in text)
    assert "not available: on call" in texts and "IC: next in turn" in texts
    [declined] = plan_drills(roster, [], [RotationChange("2026-12-01", ic)], slots(1))
    [person] = [each for each in roster.people if each.id == ic]
    assert explain_role(declined, person) == "not available: declined"


def test_the_day_of_a_change_is_local_to_the_roster() -> None:
    roster = replace(team(1, 1), timezone="Pacific/Auckland")
    assert local_day(roster, datetime(2026, 12, 7, 12, tzinfo=UTC).timestamp()) == "2026-12-08"


def test_changes_of_days_that_are_over_are_removed_with_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "rotation-changes.jsonl"
    old, new = RotationChange("2026-12-01", "ana"), RotationChange("2026-12-08", "ana", "bo")
    save_changes(path, "shop", [old], "2026-12-01")
    save_changes(path, "web", [old], "2026-12-01")
    save_changes(path, "shop", [*load_changes(path, "shop"), new], "2026-12-02")
    assert load_changes(path, "shop") == (new,) and load_changes(path, "web") == ()
    assert "2026-12-01" not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0, "only this user reads it"
