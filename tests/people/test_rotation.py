"""The rotation: hard rules always hold, turns come round, and concessions are explained."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from support.rosters import rosters, team

from gameday.model import Role
from gameday.people.incident_command import senior_level
from gameday.people.roster import Person, Roster
from gameday.people.rotation import Assignment, RoleRecord, UpcomingDrill, rotate

NEEDED = (Role.FACILITATOR, Role.IC, Role.OPS)
WANTED = (Role.MENTOR, Role.SCRIBE, Role.COMMS)


def slot(number: int) -> UpcomingDrill:
    return UpcomingDrill(f"gd-{number:04x}", 1000.0, 4600.0, NEEDED, WANTED)


def with_present(roster: Roster, here: set[str]) -> Roster:
    """Return the same roster with the people who are not here busy."""
    away = ((0.0, 9999.0),)
    return replace(roster, people=tuple(p if p.id in here else replace(p, busy=away) for p in roster.people))


def records(number: int, assignment: Assignment, here: set[str]) -> list[RoleRecord]:
    return [
        RoleRecord(f"gd-{number:04x}", f"2026-W{number:02d}", person, role, frozenset(here))
        for role, people in assignment.holders.items()
        for person in people
    ]


def play(roster: Roster, presence: Sequence[set[str]], seed: int = 7) -> list[Assignment]:
    """Assign drill after drill, each with the records of those before."""
    history: list[RoleRecord] = []
    assignments: list[Assignment] = []
    for number, here in enumerate(presence):
        assignment = rotate(with_present(roster, here), history, slot(number), seed)
        history += records(number, assignment, here)
        assignments.append(assignment)
    return assignments


def everyone(roster: Roster) -> set[str]:
    return {person.id for person in roster.people}


@st.composite
def histories(draw: st.DrawFn, roster: Roster) -> list[RoleRecord]:
    ids = [person.id for person in roster.people] or ["gone"]
    records = st.builds(
        RoleRecord,
        st.sampled_from(["", "gd-1", "gd-2", "gd-3"]),
        st.sampled_from(["2026-W01", "2026-W02"]),
        st.sampled_from([*ids, "gone"]),
        st.sampled_from(list(Role)),
        st.frozensets(st.sampled_from(ids)),
    )
    return draw(st.lists(records, max_size=12))


@given(st.data())
def test_hard_rules_hold_for_every_team_and_history(data: st.DataObject) -> None:
    roster = data.draw(rosters())
    by_id = {person.id: person for person in roster.people}
    assignment = rotate(roster, data.draw(histories(roster)), slot(1), data.draw(st.integers(0, 9)))
    holders = [(role, by_id[person_id]) for role, people in assignment.holders.items() for person_id in people]
    assert len({person.id for _, person in holders}) == len(holders), "one role each"
    for role, person in holders:
        assert not person.on_call
        assert role not in person.declined
        assert person.is_free(1000.0, 4600.0)
    assert set(assignment.unfilled) == {*NEEDED, *WANTED} - set(assignment.holders)
    ic, mentor = assignment.holders.get(Role.IC), assignment.holders.get(Role.MENTOR)
    if mentor:
        assert ic
        assert by_id[mentor[0]].level > by_id[ic[0]].level
        assert by_id[ic[0]].manager != mentor[0]
        assert Role.MENTOR in by_id[mentor[0]].roles
    elif ic:
        assert by_id[ic[0]].level >= senior_level(roster.people), "no junior commands alone"


@given(st.data())
def test_a_needed_role_is_empty_only_if_nobody_free_can_take_it(data: st.DataObject) -> None:
    roster = data.draw(rosters())
    assignment = rotate(roster, [], slot(1), 1)
    used = {person_id for people in assignment.holders.values() for person_id in people}
    for role in set(assignment.unfilled) & {Role.FACILITATOR, Role.OPS}:
        for person in roster.people:
            idle = person.id not in used and not person.on_call and person.is_free(1000.0, 4600.0)
            assert not idle or role in person.declined


@given(st.data())
def test_the_order_of_the_roster_does_not_matter(data: st.DataObject) -> None:
    roster = data.draw(rosters())
    history = data.draw(histories(roster))
    shuffled = Roster(tuple(data.draw(st.permutations(roster.people))))
    assert rotate(roster, history, slot(1), 3) == rotate(shuffled, history, slot(1), 3)


def test_the_hash_seed_of_the_process_does_not_matter() -> None:
    code = (
        "import sys; sys.path[:0] = ['tests', 'tests/people']\n"
        "from test_rotation import team, slot, rotate\n"
        "assignment = rotate(team(4, 3), [], slot(5), 11)\n"
        "print(sorted((str(r), p) for r, p in assignment.holders.items()))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True, text=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
    assert "j" in outputs.pop()


@given(st.integers(2, 6), st.integers(2, 4), st.integers(1, 25), st.integers(0, 99))
def test_with_equal_presence_turns_in_command_differ_by_at_most_one(
    juniors: int, seniors: int, drills: int, seed: int
) -> None:
    roster = team(juniors, seniors)
    turns = Counter(assignment.holders[Role.IC][0] for assignment in play(roster, [everyone(roster)] * drills, seed))
    counts = [turns[f"j{i}"] for i in range(juniors)]
    assert max(counts) - min(counts) <= 1
    assert sum(counts) == drills, "a junior commands each time"


@given(st.integers(0, 99), st.lists(st.integers(1, 4), min_size=8, max_size=8))
def test_a_person_who_attends_rarely_still_commands(seed: int, gaps: list[int]) -> None:
    roster = team(4, 3)
    seniors = {"s0", "s1", "s2"}
    presence = [seniors | {f"j{i}" for i in range(4) if number % gaps[i] == 0} for number in range(40)]
    waited: Counter[str] = Counter()
    for here, assignment in zip(presence, play(roster, presence, seed), strict=True):
        for person in here - seniors:
            waited[person] = 0 if (person,) == assignment.holders.get(Role.IC) else waited[person] + 1
            assert waited[person] <= 2 * 4, "nobody waits longer than two rounds of the drills they attended"


@given(st.integers(0, 99), st.integers(1, 10))
def test_leaving_and_coming_back_gains_no_place(seed: int, away: int) -> None:
    roster = team(4, 3)
    first = play(roster, [everyone(roster)], seed)[0].holders[Role.IC][0]
    presence = [everyone(roster)] + [everyone(roster) - {first}] * away + [everyone(roster)]
    back = play(roster, presence, seed)[-1]
    assert back.holders[Role.IC][0] != first, "they commanded the last drill they attended"


def test_a_newcomer_enters_in_the_middle_and_not_at_the_front() -> None:
    roster = team(5, 3)
    old = everyone(roster) - {"j4"}
    assignments = play(roster, [old] * 8 + [everyone(roster)] * 5)
    order = [assignment.holders[Role.IC][0] for assignment in assignments[8:]]
    assert order[0] != "j4"
    assert "j4" in order[1:4]


@given(st.integers(2, 4), st.integers(2, 4), st.integers(0, 99))
def test_no_pair_repeats_while_another_mentor_has_met_the_ic_less_often(juniors: int, seniors: int, seed: int) -> None:
    roster = team(juniors, seniors)
    met: Counter[tuple[str, str]] = Counter()
    for assignment in play(roster, [everyone(roster)] * 12, seed):
        ic, mentor = assignment.holders[Role.IC][0], assignment.holders[Role.MENTOR][0]
        assert met[ic, mentor] == min(met[ic, f"s{i}"] for i in range(seniors))
        met[ic, mentor] += 1


def test_without_a_mentor_a_senior_commands_with_a_deputy_and_the_reason_says_so() -> None:
    assignment = play(team(3, 1), [{"j0", "j1", "j2", "s0"}])[0]
    assert assignment.holders[Role.MENTOR] == ("s0",), "with four there is a mentor"
    short = play(team(2, 1), [{"j0", "j1", "s0"}])[0]
    assert short.holders[Role.IC] == ("s0",), "three people fill the needed roles first"
    assert any("deputy: Junior" in reason for reason in short.reasons)


def test_juniors_alone_do_not_command_and_the_reason_says_so() -> None:
    assignment = play(team(3, 1), [{"j0", "j1", "j2"}])[0]
    assert Role.IC in assignment.unfilled
    assert any("IC: unfilled (no mentor to spare" in reason for reason in assignment.reasons)


def test_a_manager_does_not_mentor_their_own_report() -> None:
    roster = team(1, 2)
    managed = replace(roster.people[0], manager="s0")
    extra = tuple(Person(f"o{i}", f"O {i}", 1, frozenset({Role.OPS, Role.FACILITATOR})) for i in range(2))
    assignment = rotate(Roster((managed, *roster.people[1:], *extra)), [], slot(1), 1)
    assert assignment.holders[Role.MENTOR] == ("s1",)


def test_an_unready_person_takes_a_needed_role_and_the_reason_says_so() -> None:
    people = (
        Person("a", "Ana", 3, frozenset({Role.IC, Role.MENTOR})),
        Person("b", "Bo", 1, frozenset({Role.OPS})),
        Person("c", "Cem", 1, frozenset({Role.OPS})),
    )
    assignment = rotate(Roster(people), [], slot(1), 1)
    assert Role.FACILITATOR in assignment.holders
    assert any(
        reason.endswith("(no one else is available)") and reason.startswith("facilitator: ")
        for reason in assignment.reasons
    )


def test_a_role_is_explained_once_and_not_as_a_turn_if_nobody_else_could_take_it() -> None:
    first, second = play(team(1, 4), [everyone(team(1, 4))] * 2)
    [reason] = [reason for reason in first.reasons if "next in turn" in reason]
    assert reason.endswith(" (has paired with Junior A least often)")
    again = [reason for reason in second.reasons if reason.startswith("IC: ")]
    assert len(again) == 1 and "Junior A (same as last drill)" in again[0] and "turn" not in again[0]


def test_no_reason_contains_a_number() -> None:
    roster = team(3, 3)
    for assignment in play(roster, [everyone(roster)] * 9):
        assert not any(letter.isdigit() for reason in assignment.reasons for letter in reason)


FACILITATE, MENTOR, OPS, IC = Role.FACILITATOR, Role.MENTOR, Role.OPS, Role.IC
ONE_FACILITATOR = (
    Person("ana", "Ana", 4, frozenset({FACILITATE, MENTOR})),
    Person("bo", "Bo", 3, frozenset({MENTOR, OPS})),
    Person("chi", "Chi", 1, frozenset({IC})),
    Person("dov", "Dov", 1, frozenset({IC})),
    Person("eli", "Eli", 2, frozenset({OPS})),
)


@given(st.integers(0, 10_000), st.integers(1, 12))
def test_the_only_one_ready_to_facilitate_does_so_while_another_can_mentor(seed: int, drills: int) -> None:
    roster = Roster(ONE_FACILITATOR)
    for assignment in play(roster, [everyone(roster)] * drills, seed):
        assert assignment.holders[Role.FACILITATOR] == ("ana",)
        assert assignment.holders[Role.MENTOR] == ("bo",)


@given(st.integers(0, 10_000))
def test_the_only_one_ready_to_facilitate_takes_no_other_supporting_role(seed: int) -> None:
    people = (
        Person("ana", "Ana", 4, frozenset({FACILITATE, OPS, Role.SCRIBE, Role.COMMS})),
        *(Person(f"p{i}", f"P {i}", 4, frozenset({IC})) for i in range(5)),
    )
    assert rotate(Roster(people), [], slot(1), seed).holders[Role.FACILITATOR] == ("ana",)


def test_the_only_one_ready_to_facilitate_commands_when_nobody_else_has_waited_as_long() -> None:
    people = (
        Person("ana", "Ana", 1, frozenset({FACILITATE, IC})),
        Person("chi", "Chi", 1, frozenset({IC})),
        Person("bo", "Bo", 3, frozenset({MENTOR, OPS})),
        Person("eli", "Eli", 2, frozenset({OPS})),
    )
    roster = Roster(people)
    commanders = [assignment.holders[Role.IC][0] for assignment in play(roster, [everyone(roster)] * 4)]
    assert commanders == ["chi", "ana", "chi", "ana"], "their turn comes round too"


def test_turns_come_round_also_with_records_that_keep_the_week_only() -> None:
    roster = team(3, 3)
    here = frozenset(everyone(roster))
    history = [
        RoleRecord("", f"2026-W0{i + 1}", person, role, here)
        for i, (ic, mentor) in enumerate([("j0", "s0"), ("j1", "s1")])
        for person, role in ((ic, Role.IC), (mentor, Role.MENTOR))
    ]
    assert rotate(roster, history, slot(9), 1).holders[Role.IC] == ("j2",)


def test_thirty_people_are_assigned_quickly() -> None:
    roster = team(15, 15)
    assert len(play(roster, [everyone(roster)] * 5)) == 5
