"""Exported files start every occurrence, and each is valid for its tool."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.kubernetes import cluster_here

from gameday.schedule.exports import EXPORTS, Starter
from gameday.schedule.phrase import parse_phrase
from gameday.schedule.schedules import Hosting, Schedule
from gameday.schedule.triggers import find_trigger

EXAMPLE = Path(__file__).parents[2] / "examples/kubernetes"
NOW = datetime(2026, 11, 30, tzinfo=UTC).timestamp()
PHRASES = (
    "every tuesday 10:00 Europe/Berlin",
    "every weekday 23:30 America/New_York",
    "every other sunday 2:30 Europe/Berlin",
    "every day 0:00 Africa/Cairo",
    "every last sunday 2:15 Australia/Lord_Howe",
    "every first monday 9:05 UTC",
    "30 2 * * 0 Europe/Berlin",
    "15 9,14 1,15 * * UTC",
)


def starter(phrase: str = PHRASES[0], folder: str = "/srv/game days/100%", **variables: str) -> Starter:
    schedule = Schedule("staging-weekly", "staging", (), parse_phrase(phrase, date(2026, 11, 30)))
    return Starter(schedule, folder, ("/opt/gameday/bin/gameday",), variables, NOW)


@given(phrase=st.sampled_from(PHRASES), utc=st.booleans())
def test_a_trigger_includes_every_occurrence(phrase: str, utc: bool) -> None:
    recurrence = parse_phrase(phrase, date(2026, 11, 30))
    zone = ZoneInfo("UTC") if utc else recurrence.zone
    trigger = find_trigger(recurrence, NOW, zone)
    for instant in recurrence.between(NOW, NOW + 9 * 365 * 86400):
        local = datetime.fromtimestamp(instant, zone)
        assert local.minute in trigger.minutes
        assert local.hour in trigger.hours
        assert local.weekday() in trigger.weekdays


def test_a_weekly_trigger_is_as_a_person_would_write_it() -> None:
    trigger = find_trigger(parse_phrase(PHRASES[0], date(2026, 11, 30)), NOW)
    assert (trigger.cron, trigger.calendar) == ("0 10 * * 2", "Tue *-*-* 10:00:00 Europe/Berlin")
    assert find_trigger(parse_phrase("every sunday 2:30 Europe/Berlin", date(2026, 11, 30)), NOW).cron == "30 2,3 * * 0"


def test_a_crontab_line_has_five_fields_a_zone_and_no_bare_percent_sign() -> None:
    text = EXPORTS["cron"](starter(GAMEDAY_STORE="/var/lib/game day"))
    assert "CRON_TZ=Europe/Berlin\n" in text
    line = text.splitlines()[-1]
    assert line.startswith("0 10 * * 2 cd '/srv/game days/100\\%' && GAMEDAY_STORE='/var/lib/game day' /opt/")
    assert line.endswith("gameday schedule run-due staging-weekly")
    command = line.split(" ", 5)[5].replace("\\%", "%")
    assert subprocess.run(["sh", "-n", "-c", command], check=False).returncode == 0


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.starts_processes
@pytest.mark.parametrize("phrase", PHRASES)
def test_systemd_accepts_the_service_and_the_timer(phrase: str, tmp_path: Path) -> None:
    text = EXPORTS["systemd"](starter(phrase, str(tmp_path), GAMEDAY_STORE="/var/lib/game day 100%"))
    text = text.replace("/opt/gameday/bin/gameday", "/bin/true")
    service, timer = text.split("# ~/.config/systemd/user/gameday-staging-weekly.timer\n")
    (tmp_path / "gameday-staging-weekly.service").write_text(service, encoding="utf-8")
    (tmp_path / "gameday-staging-weekly.timer").write_text(timer, encoding="utf-8")
    [calendar] = [line.removeprefix("OnCalendar=") for line in timer.splitlines() if line.startswith("OnCalendar=")]
    understood = subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True, text=True, check=False)
    assert understood.returncode == 0, understood.stderr
    units = [str(tmp_path / f"gameday-staging-weekly.{kind}") for kind in ("service", "timer")]
    verified = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert "gameday-staging-weekly" not in verified.stderr, verified.stderr


def test_the_cron_job_is_the_examples_with_a_store_that_lasts() -> None:
    job, claim = yaml.safe_load_all(EXPORTS["kubernetes"](starter()))
    spec = job["spec"]
    assert (spec["schedule"], spec["timeZone"]) == ("0 10 * * 2", "Europe/Berlin")
    assert (spec["concurrencyPolicy"], spec["startingDeadlineSeconds"]) == ("Forbid", 900)
    assert spec["jobTemplate"]["spec"]["backoffLimit"] == 0
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["args"] == ["schedule", "run-due", "staging-weekly"]
    assert claim["metadata"]["name"] == "gameday-data"
    example = yaml.safe_load((EXAMPLE / "rehearsal.yaml").read_text(encoding="utf-8"))
    expected = example["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    for key in ("serviceAccountName", "restartPolicy", "enableServiceLinks", "terminationGracePeriodSeconds"):
        assert pod[key] == expected[key]
    for key in ("image", "securityContext", "resources", "volumeMounts"):
        assert pod["containers"][0][key] == expected["containers"][0][key]


def test_the_service_of_a_hosted_drill_leads_only_to_a_pod_that_serves_its_pages() -> None:
    """A second Job has the same labels, finds nothing due, and never listens."""
    usual = starter()
    hosted = replace(usual, schedule=replace(usual.schedule, hosting=Hosting(600.0, rehearses=False)))
    job, _, service = yaml.safe_load_all(EXPORTS["kubernetes"](hosted))
    template = job["spec"]["jobTemplate"]["spec"]["template"]
    [container] = template["spec"]["containers"]
    assert container["readinessProbe"]["tcpSocket"]["port"] == service["spec"]["ports"][0]["targetPort"]
    assert service["spec"]["selector"].items() <= template["metadata"]["labels"].items()
    [plain] = next(iter(yaml.safe_load_all(EXPORTS["kubernetes"](usual))))["spec"]["jobTemplate"]["spec"]["template"][
        "spec"
    ]["containers"]
    assert "readinessProbe" not in plain


@pytest.mark.engine("kubernetes")
@pytest.mark.parametrize("phrase", PHRASES)
def test_the_control_plane_accepts_the_cron_job(phrase: str) -> None:
    manifest = EXPORTS["kubernetes"](starter(phrase)).replace("namespace: gameday", "namespace: default")
    accepted = cluster_here()("apply", "--dry-run=server", "-f", "-", given=manifest)
    assert "cronjob.batch/gameday-staging-weekly created (server dry run)" in accepted
    assert "persistentvolumeclaim/gameday-data created (server dry run)" in accepted


def test_the_workflow_starts_in_utc_at_each_time_that_summer_and_winter_need() -> None:
    workflow = yaml.safe_load(EXPORTS["github"](starter()))
    triggers = workflow[True]  # YAML 1.1, which PyYAML reads, has `on` for true
    assert triggers["schedule"] == [{"cron": "0 8,9 * * 2"}]
    assert workflow["concurrency"]["cancel-in-progress"] is False
    assert workflow["jobs"]["rehearsal"]["steps"][-1]["run"] == "gameday schedule run-due staging-weekly"


def test_a_name_of_a_cron_job_is_valid_in_kubernetes() -> None:
    schedule = Schedule("Staging_db." + "x" * 60, "staging", (), parse_phrase(PHRASES[0], date(2026, 11, 30)))
    job, _ = yaml.safe_load_all(EXPORTS["kubernetes"](Starter(schedule, "/", ("gameday",), {}, NOW)))
    name = job["metadata"]["name"]
    assert len(name) <= 52 and name.replace("-", "").isalnum() and name == name.lower()


@pytest.mark.parametrize(
    ("phrase", "cron"),
    [
        ("0 9,14 1-7 * 1-5 Europe/Berlin", "0 9,14 1-7 * 1-5"),
        ("0 10 * * 2#1 Europe/Berlin", "0 10 * * 2"),  # not every cron has #
        ("30 2 * * 0 Europe/Berlin", "30 2,3 * * 0"),  # a clock change moves it to 3:30
    ],
)
def test_an_export_keeps_the_cron_expression_where_it_is_enough(phrase: str, cron: str) -> None:
    assert find_trigger(parse_phrase(phrase, date(2026, 11, 30)), NOW).cron == cron
    assert f'schedule: "{cron}"' in EXPORTS["kubernetes"](starter(phrase))
