"""`gameday schedule export kubernetes` on a real control plane: the CronJob runs a hosted drill by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from support.cluster_schedule import ClusterSchedule, next_minute
from support.gameday_image import gameday_image
from support.kubernetes import Namespace, cluster_here, eventually

pytestmark = pytest.mark.engine("kubernetes")
CRON_PATIENCE_S = 120.0


@pytest.fixture
def schedule() -> Iterator[ClusterSchedule]:
    if os.geteuid():
        pytest.skip("the volume on the node must belong to the user of the image, which takes root")
    kubectl = cluster_here()
    image = gameday_image(kubectl)
    with TemporaryDirectory(prefix="gd-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        schedule = ClusterSchedule(Namespace(kubectl), image, Path(folder))
        yield schedule
        schedule.remove()


def test_a_cronjob_holds_a_hosted_drill_and_its_review_is_in_the_volume(schedule: ClusterSchedule) -> None:
    """People join through the exported Service; a doubled start holds nothing, a missed one is recorded as late."""
    schedule.add("weekly", next_minute(), "--hosted", "--within", "60s")
    schedule.add("missed", datetime.now(UTC) - timedelta(minutes=40))
    schedule.deploy("weekly")
    schedule.record_check("missed", 3600.0)
    schedule.start("late", "missed")
    assert "skipped (late)" in schedule.finish("late")

    eventually(schedule.jobs, "the Job of the CronJob", CRON_PATIENCE_S)
    [job] = schedule.jobs()
    ic, ops = schedule.join(job), schedule.join(job)
    schedule.start("same-volume", "weekly")
    schedule.start("other-volume", "weekly", own_volume=True)
    assert "Recorded: IC: role claimed" in ic.post("claim", role="ic")
    assert "Recorded: ops: role claimed" in ops.post("claim", role="ops")
    assert "Recorded: you hold STOP" in ops.post("statement", kind="stop-held", role="ops")
    log = schedule.finish(job)
    assert "IC, ops and a STOP holder have joined" in log
    assert "all faults reverted and verified" in log and "held (exit 0)" in log
    assert schedule.finish("same-volume") == "nothing due"
    assert "skipped (started elsewhere): already held by gameday-weekly" in schedule.finish("other-volume")
    [review] = (schedule.data / "store" / "reviews").glob("*.md")
    assert review.stem in log and review.with_suffix(".html").exists()
    assert not schedule.namespace.get("lease", "gameday"), "released with the drill"
    assert schedule.namespace.get("deployment", "web")["spec"]["replicas"] == 3
