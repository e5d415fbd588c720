"""Figures of a quarter's drills, and the register of practised roles: two documents that cannot be joined."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.errors import BadArguments, InternalError, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gameday.events import Event
    from gameday.model import Role
    from gameday.scorecards.evidence import Evidence, Quarter


@dataclass(frozen=True, slots=True)
class SavedEvidence:
    """The evidence of a quarter, and where it was written."""

    evidence: Evidence
    page: Path
    table: Path


def write_evidence(quarter: Quarter, folder: Path | None) -> SavedEvidence:
    """Write the quarter's page and CSV into the folder, by default next to the store.

    Creates no store. Raises Refused if the store cannot be read, InternalError if the files cannot be written."""
    from gameday.atomic_file import write_atomically
    from gameday.review.evidence_page import render_evidence_csv, render_evidence_page
    from gameday.scorecards.evidence import collect_evidence
    from gameday.store.paths import data_folder

    evidence = collect_evidence(quarter, _read_logs())
    place = folder or data_folder().path / "evidence"
    page, table = (place / f"evidence-{quarter.name}.{ending}" for ending in ("html", "csv"))
    try:
        place.mkdir(parents=True, exist_ok=True)
        write_atomically(page, render_evidence_page(evidence))
        write_atomically(table, render_evidence_csv(evidence))
    except OSError as error:
        raise InternalError(
            f"cannot write the evidence to {place}: {error.strerror}", "Choose another: --into"
        ) from None
    return SavedEvidence(evidence, page, table)


def _read_logs() -> Iterator[Sequence[Event]]:
    from gameday.app.finished_drills import list_project_drills
    from gameday.store.open import open_read_only

    store = open_read_only()
    if store is not None:
        yield from (store.events(drill) for drill in list_project_drills(store))


def read_role_register(roster: Path | None) -> dict[Role, list[str]]:
    """Return for each role who has practised it, by name in alphabetical order; without drill, time or number.

    `roster` None: the roster of gameday.yaml. Raises BadArguments without one, InvalidFiles, and Refused."""
    from gameday.files.roster import read_roster
    from gameday.model import Role
    from gameday.people.role_history import load_role_records
    from gameday.store.paths import data_folder

    people = read_roster(roster or _project_roster())
    names = {person.id: person.name for person in people.people}
    try:
        records = load_role_records(data_folder().role_history, people.team)
    except OSError as error:
        raise Refused(
            f"cannot read the record of roles: {error.strerror}", f"It is {data_folder().role_history}"
        ) from None
    return {
        role: sorted({names[record.person] for record in records if record.role is role and record.person in names})
        for role in Role
    }


def _project_roster() -> Path:
    from gameday.files.project import find_project, read_project

    path = find_project()
    roster = read_project(path).roster if path else None
    if roster is None:
        raise BadArguments("no roster is known here", "Name it: --roster FILE, or roster: FILE in gameday.yaml")
    return roster
