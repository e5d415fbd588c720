"""Two machines with stores of their own: one drill in an environment at a time, and one for each occurrence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from support.api_server import ApiServer
from support.drill_endings import SHORT
from support.drill_folder import eventually
from support.hosted_drill import Hosted
from support.kubernetes_drill import ClusterPlace

from gameday.errors import Exit


@pytest.fixture
def other_machine() -> Iterator[dict[str, str]]:
    """Return the variables of a machine with folders of its own."""
    with TemporaryDirectory(prefix="gd-", dir="/tmp") as folder:
        yield {"GAMEDAY_STORE": f"{folder}/store", "GAMEDAY_RUNTIME": f"{folder}/run"}


def lease_path(place: ClusterPlace) -> str:
    return f"/apis/coordination.k8s.io/v1/namespaces/{place.name}/leases/gameday"


def lease(server: ApiServer, place: ClusterPlace) -> dict[str, Any]:
    return dict(server.objects.get(lease_path(place), {}).get("spec", {}))


def test_a_second_machine_starts_no_drill(
    stand_in: ClusterPlace, api_server: ApiServer, other_machine: dict[str, str]
) -> None:
    stand_in.break_by("scale", start="2s", stands="2s")
    run = stand_in.run(timing=SHORT)
    eventually(lambda: lease(api_server, stand_in), "the reservation")
    assert lease(api_server, stand_in)["holderIdentity"].startswith(f"{run.drill}/")
    refused = stand_in.gameday("run", "late.yaml", "--rehearse", timing=SHORT, **other_machine)
    assert refused.code == Exit.REFUSED, refused
    assert f"namespace {stand_in.name} is already held by drill {run.drill}" in refused.err
    assert lease(api_server, stand_in)["holderIdentity"].startswith(f"{run.drill}/")
    assert run.code() == Exit.NOT_HELD, run.describe()
    assert not lease(api_server, stand_in), "it is released with the drill"
    again = stand_in.gameday("run", "late.yaml", "--rehearse", timing=SHORT, **other_machine)
    assert again.code == Exit.NOT_HELD, again


def test_a_drill_whose_reservation_another_took_applies_nothing(stand_in: ClusterPlace, api_server: ApiServer) -> None:
    stand_in.break_by("scale", start="3s", stands="2s")
    run = stand_in.run(timing=SHORT)
    eventually(lambda: lease(api_server, stand_in), "the reservation")
    api_server.patch(lease_path(stand_in), {"spec": {"holderIdentity": "gd-0000/other/1", "leaseTransitions": 1}}, {})
    run.wait_for_event("apply-refused")
    [refused] = [data for kind, data in run.events() if kind == "apply-refused"]
    assert "lost its reservation" in refused["reason"]
    run.code()
    assert "applied" not in run.kinds()
    assert lease(api_server, stand_in)["holderIdentity"] == "gd-0000/other/1", "it is not this drill's to release"
    del api_server.objects[lease_path(stand_in)]
    assert stand_in.is_clean()


def test_a_drill_that_loses_its_reservation_is_halted(stand_in: ClusterPlace, api_server: ApiServer) -> None:
    stand_in.break_by("scale", start="0s", stands="60s")
    run = stand_in.run(timing=SHORT)
    run.wait_for_event("fault")
    del api_server.objects[lease_path(stand_in)]
    assert run.code() == Exit.HALTED, run.describe()
    assert "the reservation of namespace" in run.out and stand_in.is_clean()


def test_two_starters_on_two_machines_make_one_drill(
    stand_in: ClusterPlace, api_server: ApiServer, other_machine: dict[str, str], tmp_path: Path
) -> None:
    stand_in.break_by("scale", stands="1s")
    now = datetime.now(UTC)
    starts = (now - timedelta(days=1)).date().isoformat()
    added = stand_in.gameday("schedule", "add", f"every day {now:%H:%M} UTC", "late.yaml", "--starts", starts,
                             "--name", "daily")  # fmt: skip
    assert added.code == Exit.HELD, added
    starter = Hosted(stand_in, "schedule", "run-due", "daily")
    path = f"/api/v1/namespaces/{stand_in.name}/configmaps/gameday-occurrences"
    eventually(lambda: path in api_server.objects, "the claim")
    loser = stand_in.gameday("schedule", "run-due", "daily", timing=SHORT, **other_machine)
    assert loser.code == Exit.HELD and "skipped (started elsewhere): already held by" in loser.out, loser
    assert starter.code() == Exit.NOT_HELD, "the fault shows nothing: " + starter.out
    [mine] = json.loads(stand_in.gameday("schedule", "list", "--format", "json").out)
    [theirs] = json.loads(stand_in.gameday("schedule", "list", "--format", "json", timing=SHORT, **other_machine).out)
    assert (mine["skipped"], theirs["skipped"]) == ({}, {"started elsewhere": 1})
    assert "held 1 of 1" in stand_in.gameday("schedule", "list").out


def test_an_occurrence_that_cannot_be_claimed_is_not_started(stand_in: ClusterPlace, api_server: ApiServer) -> None:
    stand_in.break_by("scale", stands="1s")
    now = datetime.now(UTC)
    starts = (now - timedelta(days=1)).date().isoformat()
    stand_in.gameday(
        "schedule", "add", f"every day {now:%H:%M} UTC", "late.yaml", "--starts", starts, "--name", "daily"
    )
    api_server.is_away = True
    due = stand_in.gameday("schedule", "run-due", "daily")
    api_server.is_away = False
    assert "skipped (other starters unknown): cannot record the occurrence" in due.out, due
