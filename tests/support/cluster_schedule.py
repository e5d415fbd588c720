"""A project whose schedule a CronJob of a real cluster starts, and Jobs of the same image."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from support.docs_pages import ROOT
from support.drill_folder import Site
from support.hosted_drill import Guest
from support.kubernetes import Namespace, eventually

from gameday.store.occurrences import open_occurrence_log
from gameday.store.paths import DataFolder

EXAMPLE = ROOT / "examples/kubernetes"
GAMEDAY = """\
gameday: 1
default_env: {name}
web: {{listen: "0.0.0.0:8480", url: "https://drill.example.com", behind_proxy: true}}
environments:
  {name}:
    targets:
      web: {{injector: kubernetes, kubeconfig: "${{GAMEDAY_KUBECONFIG:-nowhere}}", context: staging, namespace: {name},
            workload: deployment/web, count: 1}}
    signals:
      ready: {{kind: count, probe: kubernetes, kubeconfig: "${{GAMEDAY_KUBECONFIG:-nowhere}}", context: staging,
              namespace: {name}, workload: deployment/web, healthy: at_least 3, every: 500ms}}
"""
SCENARIO = """\
gameday: 1
id: fewer-pods
timebox: 90s
requires: {targets: {web: the pods}, signals: {ready: {kind: count}}}
hypothesis: {statement: "One pod is enough.", expect: [{signal: ready, at_least: 1, over: 1s}]}
steady_state: [{signal: ready, is: healthy}]
faults: [{id: fewer, kind: scale, target: web, replicas: 1, at: start+0s..100ms,
          shows: {signal: ready, below: 2, by: fault+10s}}]
guardrails: [{signal: ready, below: 1, for: 2s}]
ends: fault+5s
rehearsal: {pace: 1, responders: [{at: fault+300ms, do: acknowledged}]}
"""
VOLUME = """\
apiVersion: v1
kind: PersistentVolume
metadata: {{name: {name}}}
spec:
  capacity: {{storage: 1Gi}}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  claimRef: {{namespace: {name}, name: gameday-data}}
  hostPath: {{path: "{path}", type: Directory}}
"""


class ClusterSchedule:
    """`data`: the volume of the exported CronJob, on this machine, which is the real node."""

    def __init__(self, namespace: Namespace, image: str, folder: Path) -> None:
        self.namespace, self._image = namespace, image
        self._site = Site(folder, namespace.name)
        self.data = folder / "data"
        self.data.mkdir()
        os.chown(self.data, 1000, 1000)
        (folder / "gameday.yaml").write_text(GAMEDAY.format(name=namespace.name))
        (folder / "fewer-pods.yaml").write_text(SCENARIO)
        self._exported: list[dict[str, Any]] = []

    def add(self, name: str, due: datetime, *options: str) -> None:
        """Add a schedule of every day, as its team does on its own machine."""
        starts = (due - timedelta(days=1)).date().isoformat()
        when = f"every day {due:%H:%M} Etc/UTC"
        added = self._site.gameday(
            "schedule", "add", when, "fewer-pods.yaml", "--name", name, "--starts", starts, *options
        )
        assert added.code == 0, added

    def deploy(self, name: str) -> None:
        """Apply accounts, project, volume and the CronJob of a schedule."""
        folder = self._site.folder
        self.namespace.kubectl.apply(example_manifest("rbac.yaml", self.namespace))
        files = ("gameday.yaml", "fewer-pods.yaml", "schedules.yaml")
        sources = [f"--from-file={folder / each}" for each in files]
        sources.append(f"--from-file={EXAMPLE / 'in-cluster.kubeconfig'}")
        self.namespace("create", "configmap", "project", *sources)
        self.namespace.kubectl.apply(VOLUME.format(name=self.namespace.name, path=self.data))
        text = self._site.gameday("schedule", "export", "kubernetes", name).out
        text = text.replace("namespace: gameday", f"namespace: {self.namespace.name}").replace("gameday:1", self._image)
        self._exported = list(yaml.safe_load_all(text))
        pod = self._exported[0]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        pod["nodeSelector"] = {"kubernetes.io/os": "linux"}  # the other nodes of this cluster are simulated
        self.namespace.kubectl.apply(yaml.safe_dump_all(self._exported))

    def start(self, job: str, schedule: str, *, own_volume: bool = False) -> None:
        """Start another Job of the CronJob, as a second starter; `own_volume`: with a store of its own."""
        spec = json.loads(json.dumps(self._exported[0]["spec"]["jobTemplate"]["spec"]))
        pod = spec["template"]["spec"]
        pod["containers"][0]["args"][-1] = schedule
        if own_volume:
            pod["volumes"] = [each for each in pod["volumes"] if each["name"] != "data"] + [
                {"name": "data", "emptyDir": {}}
            ]
        metadata = {"name": job, "namespace": self.namespace.name}
        self.namespace.kubectl.apply(
            json.dumps({"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec})
        )

    def jobs(self) -> list[str]:
        """Return the names of the Jobs that the CronJob has started."""
        items = self.namespace.kubectl.items("-n", self.namespace.name, "jobs")
        return [str(job["metadata"]["name"]) for job in items if job["metadata"].get("ownerReferences")]

    def log(self, job: str) -> str:
        """Return what the pod of a Job wrote, from the node's disk: the API server need not reach the node."""
        folder = self.namespace.kubectl.kubeconfig.parent / "pod-logs"
        lines = [
            line.split(" ", 3)[3]
            for path in sorted(folder.glob(f"{self.namespace.name}_{job}-*/*/*.log"))
            for line in path.read_text().splitlines()
        ]
        return "\n".join(lines)

    def join(self, job: str) -> Guest:
        """Join by the link in the log of a Job, through the Service of the export, as an Ingress leads to it."""
        link = re.compile(r"Join: (https://drill\.example\.com/join/\S+)")
        eventually(lambda: link.search(self.log(job)), "the link")
        [text] = link.findall(self.log(job))
        [service] = [each for each in self._exported if each["kind"] == "Service"]
        address = self.namespace.get("service", service["metadata"]["name"])["spec"]["clusterIP"]
        eventually(lambda: _accepts_connections(str(address)), "the endpoints of the Service")
        return Guest(text, f"http://{address}")

    def finish(self, job: str) -> str:
        """Wait for the end of a Job that succeeds; return its log."""
        eventually(lambda: self._status(job).keys() & {"succeeded", "failed"}, f"the end of {job}")
        assert self._status(job).get("succeeded") == 1, self.log(job)
        return self.log(job)

    def _status(self, job: str) -> dict[str, Any]:
        return dict(self.namespace.get("job", job).get("status") or {})

    def record_check(self, schedule: str, seconds_ago: float) -> None:
        """Let the store know that a starter looked at the schedule some time ago."""
        store = DataFolder(self.data / "store")
        open_occurrence_log(store, "/project").set_last_check(schedule, time.time() - seconds_ago)
        for path in (self.data, *self.data.rglob("*")):
            os.chown(path, 1000, 1000)

    def remove(self) -> None:
        self._site.end_runs()
        self.namespace.remove()
        self.namespace.kubectl("delete", "pv", self.namespace.name, "--wait=false", "--ignore-not-found")
        name = f"gameday-{self.namespace.name}"
        self.namespace.kubectl("delete", "clusterrolebinding,clusterrole", name, "--ignore-not-found", code=None)


def _accepts_connections(address: str) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((address, 80), 3.0):
        return True
    return False


def example_manifest(name: str, namespace: Namespace) -> str:
    """Return a manifest of the example for the test's namespace."""
    manifest = (EXAMPLE / name).read_text()
    for old in ("namespace: shop", "namespace: gameday"):
        manifest = manifest.replace(old, f"namespace: {namespace.name}")
    return manifest.replace("gameday-nodes", f"gameday-{namespace.name}")


def next_minute() -> datetime:
    """Return the beginning of a minute that leaves time to apply a CronJob."""
    return (datetime.now(UTC) + timedelta(seconds=80)).replace(second=0, microsecond=0)
