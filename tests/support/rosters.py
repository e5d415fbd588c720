"""Teams for tests of the rotation: juniors and seniors, or any people at all."""

from __future__ import annotations

from hypothesis import strategies as st

from gameday.model import Role
from gameday.people.roster import Person, Roster

JUNIOR = frozenset({Role.IC, Role.OPS, Role.SCRIBE, Role.COMMS})
SENIOR = JUNIOR | {Role.MENTOR, Role.FACILITATOR}


def team(juniors: int, seniors: int) -> Roster:
    people = [Person(f"j{i}", f"Junior {chr(65 + i)}", 1, JUNIOR) for i in range(juniors)]
    people += [Person(f"s{i}", f"Senior {chr(65 + i)}", 3, SENIOR) for i in range(seniors)]
    return Roster(tuple(people), "shop")


roles = st.frozensets(st.sampled_from(list(Role)))
spans = st.sampled_from([(), ((0.0, 500.0),), ((1500.0, 1600.0),), ((4600.0, 9000.0),)])


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    size = draw(st.integers(0, 8))
    ids = [f"p{i}" for i in range(size)]
    people = [
        Person(
            id=person_id,
            name=person_id.upper(),
            level=draw(st.integers(1, 4)),
            roles=draw(roles),
            manager=draw(st.sampled_from(["", *ids])),
            on_call=draw(st.booleans()),
            declined=draw(roles),
            busy=draw(spans),
        )
        for person_id in ids
    ]
    return Roster(tuple(people))
