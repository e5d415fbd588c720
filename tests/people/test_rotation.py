"""The rotation: what is hard holds always, turns come round, and what gives way is said."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gameday.model import Role
from gameday.people.incident_command import senior_level
from gameday.people.roster import Person, Roster
from gameday.people.rotation import Assignment, DrillSlot, RoleRecord, rotate

NEEDED = (Role.FACILITATOR, Role.IC, Role.OPS)
WANTED = (Role.MENTOR, Role.SCRIBE, Role.COMMS)
JUNIOR = frozenset({Role.IC, Role.OPS, Role.SCRIBE, Role.COMMS})
SENIOR = JUNIOR | {Role.MENTOR, Role.FACILITATOR}


def team(juniors: int, seniors: int) -> Roster:
    people = [Person(f"j{i}", f"Junior {chr(65 + i)}", 1, JUNIOR) for i in range(juniors)]
    people += [Person(f"s{i}", f"Senior {chr(65 + i)}", 3, SENIOR) for i in range(seniors)]
    return Roster(tuple(people), "shop")


def slot(number: int) -> DrillSlot:
    return DrillSlot(f"gd-{number:04x}", 1000.0, 4600.0, NEEDED, WANTED)


def only(roster: Roster, here: set[str]) -> Roster:
    """The same people; those who are not here are busy."""
    away = ((0.0, 9999.0),)
    return replace(roster, people=tuple(p if p.id in here else replace(p, busy=away) for p in roster.people))


def record(number: int, done: Assignment, here: set[str]) -> list[RoleRecord]:
    return [
        RoleRecord(f"gd-{number:04x}", f"2026-W{number:02d}", person, role, frozenset(here))
        for role, people in done.holders.items()
        for person in people
    ]


def play(roster: Roster, presence: Sequence[set[str]], seed: int = 7) -> list[Assignment]:
    """Drill after drill, each with the record of those before."""
    history: list[RoleRecord] = []
    played: list[Assignment] = []
    for number, here in enumerate(presence):
        done = rotate(only(roster, here), history, slot(number), seed)
        history += record(number, done, here)
        played.append(done)
    return played


def everybody(roster: Roster) -> set[str]:
    return {person.id for person in roster.people}


roles = st.frozensets(st.sampled_from(list(Role)))
spans = st.sampled_from([(), ((0.0, 500.0),), ((1500.0, 1600.0),), ((4600.0, 9000.0),)])


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    size = draw(st.integers(0, 8))
    ids = [f"p{i}" for i in range(size)]
    people = [
        Person(
            id=each,
            name=each.upper(),
            level=draw(st.integers(1, 4)),
            roles=draw(roles),
            manager=draw(st.sampled_from(["", *ids])),
            on_call=draw(st.booleans()),
            declined=draw(roles),
            busy=draw(spans),
        )
        for each in ids
    ]
    return Roster(tuple(people))


@st.composite
def pasts(draw: st.DrawFn, roster: Roster) -> list[RoleRecord]:
    ids = [person.id for person in roster.people] or ["gone"]
    some = st.builds(
        RoleRecord,
        st.sampled_from(["", "gd-1", "gd-2", "gd-3"]),
        st.sampled_from(["2026-W01", "2026-W02"]),
        st.sampled_from([*ids, "gone"]),
        st.sampled_from(list(Role)),
        st.frozensets(st.sampled_from(ids)),
    )
    return draw(st.lists(some, max_size=12))


@given(st.data())
def test_what_is_hard_holds_for_every_team_and_every_past(data: st.DataObject) -> None:
    roster = data.draw(rosters())
    by_id = {person.id: person for person in roster.people}
    done = rotate(roster, data.draw(pasts(roster)), slot(1), data.draw(st.integers(0, 9)))
    held = [(role, by_id[each]) for role, people in done.holders.items() for each in people]
    assert len({person.id for _, person in held}) == len(held), "one role each"
    for role, person in held:
        assert not person.on_call
        assert role not in person.declined
        assert person.free(1000.0, 4600.0)
    assert set(done.unfilled) == {*NEEDED, *WANTED} - set(done.holders)
    ic, mentor = done.holders.get(Role.IC), done.holders.get(Role.MENTOR)
    if mentor:
        assert ic
        assert by_id[mentor[0]].level > by_id[ic[0]].level
        assert by_id[ic[0]].manager != mentor[0]
        assert Role.MENTOR in by_id[mentor[0]].roles
    elif ic:
        assert by_id[ic[0]].level >= senior_level(roster.people), "no junior commands alone"


@given(st.data())
def test_nobody_who_could_fill_a_needed_role_is_left_out(data: st.DataObject) -> None:
    roster = data.draw(rosters())
    done = rotate(roster, [], slot(1), 1)
    used = {each for people in done.holders.values() for each in people}
    for role in set(done.unfilled) & {Role.FACILITATOR, Role.OPS}:
        for person in roster.people:
            idle = person.id not in used and not person.on_call and person.free(1000.0, 4600.0)
            assert not idle or role in person.declined


@given(st.data())
def test_the_order_of_the_file_changes_nothing(data: st.DataObject) -> None:
    roster = data.draw(rosters())
    past = data.draw(pasts(roster))
    shuffled = Roster(tuple(data.draw(st.permutations(roster.people))))
    assert rotate(roster, past, slot(1), 3) == rotate(shuffled, past, slot(1), 3)


def test_another_process_with_another_hash_seed_chooses_the_same() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests/people')\n"
        "from test_rotation import team, slot, rotate\n"
        "done = rotate(team(4, 3), [], slot(5), 11)\n"
        "print(sorted((str(r), p) for r, p in done.holders.items()))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True, text=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1
    assert "j" in said.pop()


@given(st.integers(2, 6), st.integers(2, 4), st.integers(1, 25), st.integers(0, 99))
def test_with_equal_presence_turns_in_command_differ_by_one_at_most(
    juniors: int, seniors: int, drills: int, seed: int
) -> None:
    roster = team(juniors, seniors)
    turns = Counter(done.holders[Role.IC][0] for done in play(roster, [everybody(roster)] * drills, seed))
    counts = [turns[f"j{i}"] for i in range(juniors)]
    assert max(counts) - min(counts) <= 1
    assert sum(counts) == drills, "a junior commands each time"


@given(st.integers(0, 99), st.lists(st.integers(1, 4), min_size=8, max_size=8))
def test_who_can_come_on_few_days_only_is_not_starved(seed: int, gaps: list[int]) -> None:
    roster = team(4, 3)
    seniors = {"s0", "s1", "s2"}
    presence = [seniors | {f"j{i}" for i in range(4) if number % gaps[i] == 0} for number in range(40)]
    waited: Counter[str] = Counter()
    for here, done in zip(presence, play(roster, presence, seed), strict=True):
        for person in here - seniors:
            waited[person] = 0 if (person,) == done.holders.get(Role.IC) else waited[person] + 1
            assert waited[person] <= 2 * 4, "nobody waits for more than two rounds of the drills they came to"


@given(st.integers(0, 99), st.integers(1, 10))
def test_leaving_and_coming_back_does_not_jump_the_queue(seed: int, away: int) -> None:
    roster = team(4, 3)
    first = play(roster, [everybody(roster)], seed)[0].holders[Role.IC][0]
    presence = [everybody(roster)] + [everybody(roster) - {first}] * away + [everybody(roster)]
    back = play(roster, presence, seed)[-1]
    assert back.holders[Role.IC][0] != first, "they commanded last of all they came to"


def test_a_newcomer_enters_in_the_middle_and_not_at_the_front() -> None:
    roster = team(5, 3)
    old = everybody(roster) - {"j4"}
    played = play(roster, [old] * 8 + [everybody(roster)] * 5)
    order = [done.holders[Role.IC][0] for done in played[8:]]
    assert order[0] != "j4"
    assert "j4" in order[1:4]


@given(st.integers(2, 4), st.integers(2, 4), st.integers(0, 99))
def test_no_pair_repeats_while_another_mentor_has_met_the_ic_less_often(juniors: int, seniors: int, seed: int) -> None:
    roster = team(juniors, seniors)
    met: Counter[tuple[str, str]] = Counter()
    for done in play(roster, [everybody(roster)] * 12, seed):
        ic, mentor = done.holders[Role.IC][0], done.holders[Role.MENTOR][0]
        assert met[ic, mentor] == min(met[ic, f"s{i}"] for i in range(seniors))
        met[ic, mentor] += 1


def test_without_a_mentor_a_senior_commands_with_a_deputy_and_it_is_said() -> None:
    done = play(team(3, 1), [{"j0", "j1", "j2", "s0"}])[0]
    assert done.holders[Role.MENTOR] == ("s0",), "with four there is a mentor"
    few = play(team(2, 1), [{"j0", "j1", "s0"}])[0]
    assert few.holders[Role.IC] == ("s0",), "three people fill the needed roles first"
    assert any("deputy: Junior" in reason for reason in few.reasons)


def test_juniors_alone_do_not_command_and_it_is_said() -> None:
    done = play(team(3, 1), [{"j0", "j1", "j2"}])[0]
    assert Role.IC in done.unfilled
    assert any("no junior commands alone" in reason for reason in done.reasons)


def test_the_managers_are_no_mentors_of_their_people() -> None:
    roster = team(1, 2)
    managed = replace(roster.people[0], manager="s0")
    extra = tuple(Person(f"o{i}", f"O {i}", 1, frozenset({Role.OPS, Role.FACILITATOR})) for i in range(2))
    done = rotate(Roster((managed, *roster.people[1:], *extra)), [], slot(1), 1)
    assert done.holders[Role.MENTOR] == ("s1",)


def test_who_is_not_ready_stands_in_and_it_is_said() -> None:
    people = (
        Person("a", "Ana", 3, frozenset({Role.IC, Role.MENTOR})),
        Person("b", "Bo", 1, frozenset({Role.OPS})),
        Person("c", "Cem", 1, frozenset({Role.OPS})),
    )
    done = rotate(Roster(people), [], slot(1), 1)
    assert Role.FACILITATOR in done.holders
    assert any(reason.startswith("facilitator: nobody else who is ready") for reason in done.reasons)


def test_the_next_in_turn_is_a_person_and_no_reason_holds_a_number_of_drills() -> None:
    roster = team(3, 3)
    played = play(roster, [everybody(roster)] * 9)
    for earlier, later in pairwise(played):
        assert earlier.next_after[Role.IC] != earlier.holders[Role.IC][0]
        assert not any(letter.isdigit() for reason in later.reasons for letter in reason)


def test_a_closed_review_keeps_the_week_alone_and_turns_still_come_round() -> None:
    roster = team(3, 3)
    here = frozenset(everybody(roster))
    history = [
        RoleRecord("", f"2026-W0{i + 1}", person, role, here)
        for i, (ic, mentor) in enumerate([("j0", "s0"), ("j1", "s1")])
        for person, role in ((ic, Role.IC), (mentor, Role.MENTOR))
    ]
    assert rotate(roster, history, slot(9), 1).holders[Role.IC] == ("j2",)


def test_thirty_people_are_chosen_from_without_delay_to_speak_of() -> None:
    roster = team(15, 15)
    assert len(play(roster, [everybody(roster)] * 5)) == 5
