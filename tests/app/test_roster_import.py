"""`gameday roster import`: people from a CSV file and from PagerDuty; whoever is there stays as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from support.incident_server import IncidentServer, serve_incidents

from gameday.cli.main import run_command
from gameday.errors import Exit
from gameday.files.roster import read_roster
from gameday.model import Role

CSV = """\
id,name,level,roles,manager,on_call,busy,from,email
ana,Ana,4,"facilitator, mentor",,no,,,ana@example.com
bo,"Bo ""Bobby"" Berg",3,mentor ic,ana,yes,2026-12-21..2027-01-02; 2026-W50,,
chi,Chi,1,ic;ops,ana,,,2027-01-11,chi@example.com
"""
EXISTING = """\
# who practises
gameday: 1
team: checkout        # ours
people:
  - {id: ana, name: Ana, level: 5, roles: [facilitator]}   # the first
  - {id: cleo, name: Chi, level: 2, roles: [ops], email: Chi@example.com}
  - {id: zoe, name: Zoe, level: 2, roles: [ops]}
x-note: kept
"""
USER: dict[str, Any] = {
    "name": "Earline Greenholt", "email": "125.greenholt.earline@graham.name", "time_zone": "America/Lima",
    "color": "green", "role": "admin", "job_title": "SRE", "avatar_url": "https://secure.gravatar.com/avatar/a8.png",
    "description": "I'm the boss", "invitation_sent": False, "contact_methods": [], "notification_rules": [],
    "teams": [{"id": "PQ9K7I8", "type": "team_reference", "summary": "Engineering"}], "id": "PXPGF42", "type": "user",
    "summary": "Earline Greenholt", "self": "https://api.pagerduty.com/users/PXPGF42",
    "html_url": "https://subdomain.pagerduty.com/users/PXPGF42",
}  # fmt: skip
TOKEN = "p4g3r-t0k3n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAGERDUTY_TOKEN", TOKEN)
    return tmp_path


@pytest.fixture
def server() -> Iterator[IncidentServer]:
    with serve_incidents() as server:
        yield server


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[Exit, str, str]:
    code = run_command(["roster", "import", *words])
    output = capsys.readouterr()
    return code, output.out, output.err


SPREADSHEETS = {
    "commas": CSV,
    "with a byte order mark": "\ufeff" + CSV.replace("\n", "\r\n"),
    "tabs": CSV.replace(",", "\t").replace("facilitator\t", "facilitator;"),
}


@pytest.mark.parametrize("text", SPREADSHEETS.values(), ids=list(SPREADSHEETS))
def test_a_csv_file_becomes_a_roster(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "people.csv").write_bytes(text.encode())
    code, out, err = run(capsys, "people.csv", "--team", "checkout", "--timezone", "Europe/Berlin")
    assert (code, err) == (Exit.HELD, ""), err
    assert out.startswith('roster.yaml: 3 added (Ana, Bo "Bobby" Berg, Chi), 0 there already\n')
    roster = read_roster(Path("roster.yaml"))
    ana, bo, chi = roster.people
    assert (roster.team, roster.timezone) == ("checkout", "Europe/Berlin")
    assert (ana.level, ana.email) == (4, "ana@example.com") and ana.roles == {Role.FACILITATOR, Role.MENTOR}
    assert (bo.name, bo.on_call, len(bo.busy), bo.manager) == ('Bo "Bobby" Berg', True, 2, "ana")
    assert chi.joins > 0 and not chi.on_call and chi.roles == {Role.IC, Role.OPS}


def test_people_who_are_there_by_id_or_address_stay_and_the_rest_of_the_file_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "people.csv").write_text(CSV, encoding="utf-8")
    (folder / "roster.yaml").write_text(EXISTING, encoding="utf-8")
    code, out, _ = run(capsys, "people.csv")
    assert code is Exit.HELD
    assert 'roster.yaml: 1 added (Bo "Bobby" Berg), 2 there already\n' in out
    assert "In the roster, and not in the source (Zoe): unchanged" in out
    text = (folder / "roster.yaml").read_text(encoding="utf-8")
    before, bo, after = EXISTING.partition("x-note")[0], "  - {id: bo, ", "x-note: kept\n"
    assert text.startswith(before + bo) and text.endswith(after)
    assert run(capsys, "people.csv")[1].startswith("roster.yaml: 0 added, 3 there already")
    assert (folder / "roster.yaml").read_text(encoding="utf-8") == text


MISTAKES = [
    ("level,", "^lvel,", "unknown column 'lvel' (did you mean 'level'?)"),
    ("id,name", "name,^name", "column 'name' is there twice"),
    ("id,name,level,roles,", "^id,name,level,manager,", "missing column 'roles'"),
    ("chi,Chi,1", "chi,Chi,^high", "level: must be a whole number"),
    ("ic;ops", "^ic;opps", "roles: unknown value 'opps' (did you mean 'ops'?)"),
    ("chi,Chi", "^ana,Chi", "duplicate id 'ana', first on line 2 (choose another id)"),
    ("chi,Chi", "^,Chi", "missing key 'id'"),
    ("2027-01-11", "^2027-13-11", "invalid day '2027-13-11': write it as 2026-12-01"),
    (",yes,", ",^perhaps,", "on_call: must be true or false"),
    ("chi@example.com", "^chi", "invalid address 'chi': write it as ana@example.com"),
    ("chi@example.com", "c@example.com,^7", "more values than the 9 columns"),
    ('"facilitator, mentor",,no,,,', '^"facilitator, mentor,,no,,,', "the quote is not closed"),
    ('"facilitator, mentor"', '"facilitator, mentor"^x', "text after a quoted value"),
    ("2026-12-21..2027-01-02; 2026-W50", "^2026-12-21; 2026-W60", "invalid time range '2026-W60'"),
]


@pytest.mark.parametrize(("old", "new", "wrong"), MISTAKES)
def test_a_mistake_is_named_with_its_line_and_column(
    old: str, new: str, wrong: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A ^ in the new text marks the place."""
    assert old in CSV
    marked = CSV.replace('"Bo ""Bobby"" Berg"', "Bo").replace(old, new, 1)
    before = marked[: marked.index("^")]
    place = f"people.csv:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    (folder / "people.csv").write_text(marked.replace("^", ""), encoding="utf-8")
    code, _, err = run(capsys, "people.csv", "--team", "checkout")
    assert (code, f"{place}: {wrong}" in err) == (Exit.BAD_INPUT, True), f"{place} {err}"
    assert not (folder / "roster.yaml").exists()


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["people.csv"], "roster.yaml does not exist yet"),
        (["none.csv"], "cannot read none.csv: No such file"),
        ([], "name either a CSV file, or --pagerduty"),
        (["people.csv", "--pagerduty"], "name either a CSV file, or --pagerduty"),
        (["people.csv", "--schedule", "P1"], "--schedule is for people from PagerDuty"),
        (["--pagerduty", "--roles", "boss"], "--roles: unknown role 'boss'"),
        (["people.csv", "--team", "x", "--timezone", "Mars"], "unknown time zone 'Mars'"),
        (["empty.csv"], "empty.csv:1:1: the file is empty"),
    ],
)
def test_what_cannot_be_imported_is_refused(
    words: list[str], wrong: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "people.csv").write_text(CSV, encoding="utf-8")
    (folder / "empty.csv").write_text("\n", encoding="utf-8")
    code, _, err = run(capsys, *words)
    assert (code, wrong in err) == (Exit.BAD_INPUT, True), err
    assert not (folder / "roster.yaml").exists()


def test_a_roster_in_one_line_is_left_to_a_person(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "people.csv").write_text(CSV, encoding="utf-8")
    text = "{gameday: 1, team: x, people: [{id: zoe, roles: [ops]}]}\n"
    (folder / "roster.yaml").write_text(text, encoding="utf-8")
    code, _, err = run(capsys, "people.csv")
    assert code is Exit.BAD_INPUT and "this layout cannot be edited" in err
    assert (folder / "roster.yaml").read_text(encoding="utf-8") == text


def user(name: str, email: str) -> dict[str, Any]:
    return USER | {"name": name, "email": email, "summary": name}


def test_users_of_pagerduty_are_read_page_by_page(server: IncidentServer, capsys: pytest.CaptureFixture[str]) -> None:
    pages = [
        {"users": [USER, user("Bo", "bo@example.com")], "limit": 100, "offset": 0, "more": True, "total": None},
        {"users": [user("Bo Two", "bo@example.org")], "limit": 100, "offset": 100, "more": False, "total": None},
    ]
    server.answers = [json.dumps(page) for page in pages]
    code, out, err = run(capsys, "--pagerduty", "--url", server.url, "--team", "checkout", "--roles", "ops,scribe")
    assert (code, err) == (Exit.HELD, ""), err
    assert "3 added (Earline Greenholt, Bo, Bo Two)" in out and "set `level` and `roles`" in out
    people = read_roster(Path("roster.yaml")).people
    assert [person.id for person in people] == ["125.greenholt.earline", "bo", "bo-2"]
    assert {(person.level, person.roles) for person in people} == {(1, frozenset({Role.OPS, Role.SCRIBE}))}
    queries = [parse_qs(urlsplit(path).query) for path in server.paths]
    assert queries == [{"limit": ["100"], "offset": ["0"]}, {"limit": ["100"], "offset": ["100"]}]
    assert {header["authorization"] for header in server.headers} == {f"Token token={TOKEN}"}
    assert {header["accept"] for header in server.headers} == {"application/vnd.pagerduty+json;version=2"}
    assert TOKEN not in Path("roster.yaml").read_text(encoding="utf-8")


def test_people_on_call_in_a_schedule_are_added_to_a_roster(
    server: IncidentServer, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "roster.yaml").write_text(EXISTING, encoding="utf-8")
    server.answer = {"users": [USER, user("Chi", "chi@example.com"), user("Ana", "ana@example.net")]}
    code, out, err = run(capsys, "--pagerduty", "--schedule", "PI7DH85", "--url", f"{server.url}/")
    assert (code, err) == (Exit.HELD, ""), err
    assert "1 added (Earline Greenholt), 2 there already" in out
    [asked] = map(urlsplit, server.paths)
    assert asked.path == "/schedules/PI7DH85/users"
    assert set(parse_qs(asked.query)) == {"since", "until"}


@pytest.mark.parametrize(
    ("status", "text", "wrong"),
    [
        (404, '{"error": {"message": "Not Found", "code": 2100}}', "PagerDuty: HTTP 404: Not Found"),
        (401, '{"error": {"message": "Unauthorized", "code": 2006}}', "PagerDuty: HTTP 401: Unauthorized"),
        (200, "<html>", "PagerDuty: the response is not JSON"),
        (200, '{"teams": []}', "PagerDuty: the answer has no users"),
    ],
)
def test_an_answer_that_is_no_list_of_users_leaves_the_roster(
    status: int, text: str, wrong: str, server: IncidentServer, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "roster.yaml").write_text(EXISTING, encoding="utf-8")
    server.status, server.text = status, text
    code, _, err = run(capsys, "--pagerduty", "--url", server.url)
    assert (code, wrong in err, TOKEN in err) == (Exit.REFUSED, True, False), err
    assert "The roster is unchanged" in err
    assert (folder / "roster.yaml").read_text(encoding="utf-8") == EXISTING


def test_without_a_token_nothing_is_asked(
    server: IncidentServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PAGERDUTY_TOKEN")
    code, _, err = run(capsys, "--pagerduty", "--url", server.url)
    assert code is Exit.BAD_INPUT and "PAGERDUTY_TOKEN is not set" in err and not server.paths
