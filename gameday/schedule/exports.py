"""Files that make cron, systemd, Kubernetes or GitHub start a schedule. Each starts `run-due`, which decides."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from gameday.schedule.phrase import describe
from gameday.schedule.schedules import MAX_LATENESS_S, Schedule
from gameday.schedule.triggers import find_trigger


@dataclass(frozen=True, slots=True)
class Starter:
    """A schedule to start, from which folder, with which program. `variables`: those that name gameday's folders."""

    schedule: Schedule
    folder: str
    program: tuple[str, ...]
    variables: Mapping[str, str]
    now: float

    @property
    def about(self) -> str:
        return f"gameday schedule {self.schedule.name}: {describe(self.schedule.recurrence)}"

    @property
    def arguments(self) -> list[str]:
        """Arguments of the program that start the schedule."""
        return ["schedule", "run-due", self.schedule.name]


def export_cron(starter: Starter) -> str:
    """Return a crontab line. In a crontab, % ends the command unless it is escaped."""
    trigger = find_trigger(starter.schedule.recurrence, starter.now)
    settings = "".join(f"{name}={shlex.quote(value)} " for name, value in starter.variables.items())
    words = shlex.join([*starter.program, *starter.arguments])
    command = f"cd {shlex.quote(starter.folder)} && {settings}{words}".replace("%", r"\%")
    return (
        f"# {starter.about}\n"
        "# CRON_TZ needs cronie. Another cron uses the machine's time zone: write */5 * * * * instead of the times.\n"
        f"CRON_TZ={trigger.zone}\n"
        f"{trigger.cron} {command}\n"
    )


def export_systemd(starter: Starter) -> str:
    """Return a service and a timer, each with the path of its file in a comment."""
    trigger = find_trigger(starter.schedule.recurrence, starter.now)
    unit = f"gameday-{starter.schedule.name}"
    settings = "".join(
        f"Environment={_systemd_quote(f'{name}={value}')}\n" for name, value in starter.variables.items()
    )
    return (
        f"# ~/.config/systemd/user/{unit}.service\n"
        f"[Unit]\nDescription={_systemd_escape(starter.about)}\n\n"
        f"[Service]\nType=oneshot\nWorkingDirectory={_systemd_escape(starter.folder)}\n{settings}"
        f"ExecStart={' '.join(map(_systemd_quote, (*starter.program, *starter.arguments)))}\n"
        "# The guardian must outlive a killed runner: it reverts the faults, and then ends by itself.\n"
        "KillMode=process\nTimeoutStopSec=120\n\n"
        f"# ~/.config/systemd/user/{unit}.timer\n"
        f"[Unit]\nDescription={_systemd_escape(starter.about)}\n\n"
        f"[Timer]\nOnCalendar={trigger.calendar}\nAccuracySec=1s\nPersistent=false\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )


def export_kubernetes(starter: Starter) -> str:
    """Return a CronJob for the namespace, account and image of examples/kubernetes, and the volume of its store."""
    trigger = find_trigger(starter.schedule.recurrence, starter.now)
    name = f"gameday-{starter.schedule.name}".lower().replace("_", "-").replace(".", "-")[:52].rstrip("-")
    cron_job = _CRON_JOB.format(
        about=starter.about, name=name, schedule=trigger.cron, zone=trigger.zone, deadline=int(MAX_LATENESS_S),
        args=json.dumps(starter.arguments), probe=_PROBE if starter.schedule.hosting else "",
    )  # fmt: skip
    return cron_job + (_PAGES.format(name=name) if starter.schedule.hosting else "")


def export_github(starter: Starter) -> str:
    """Return a workflow. GitHub's times are UTC, so it starts at each time that a clock change makes necessary."""
    trigger = find_trigger(starter.schedule.recurrence, starter.now, ZoneInfo("UTC"))
    return _WORKFLOW.format(
        about=starter.about, schedule=trigger.cron, minutes=int(MAX_LATENESS_S / 60), name=starter.schedule.name,
        title=json.dumps(f"gameday {starter.schedule.name}"),
    )  # fmt: skip


EXPORTS: Mapping[str, Callable[[Starter], str]] = {
    "cron": export_cron,
    "systemd": export_systemd,
    "kubernetes": export_kubernetes,
    "github": export_github,
}


def _systemd_escape(text: str) -> str:
    return text.replace("%", "%%")


def _systemd_quote(word: str) -> str:
    escaped = _systemd_escape(word).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{escaped}"' if any(each in word for each in " \t\"'\\;") else escaped


_PROBE = """\
              # The Service leads to the Job that serves the pages, and to no other that starts beside it.
              readinessProbe: {tcpSocket: {port: 8480}, periodSeconds: 2}
"""
_CRON_JOB = """\
# {about}
# Namespace, account, image and the ConfigMap `project` are those of examples/kubernetes. Add the variables that your
# gameday.yaml needs, and schedules.yaml to the ConfigMap.
apiVersion: batch/v1
kind: CronJob
metadata: {{name: {name}, namespace: gameday}}
spec:
  schedule: "{schedule}"
  timeZone: {zone}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: {deadline}
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        metadata: {{labels: {{app: {name}}}}}
        spec:
          serviceAccountName: runner
          restartPolicy: Never
          enableServiceLinks: false
          terminationGracePeriodSeconds: 60
          securityContext:
            runAsNonRoot: true
            runAsUser: 1000
            fsGroup: 1000
            seccompProfile: {{type: RuntimeDefault}}
          containers:
            - name: drill
              image: gameday:1
              imagePullPolicy: IfNotPresent
              args: {args}
              env:
                - {{name: GAMEDAY_KUBECONFIG, value: /project/in-cluster.kubeconfig}}
{probe}              resources: {{requests: {{cpu: 100m, memory: 192Mi}}, limits: {{memory: 512Mi}}}}
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities: {{drop: [ALL]}}
              volumeMounts:
                - {{name: project, mountPath: /project}}
                - {{name: data, mountPath: /data}}
                - {{name: tmp, mountPath: /tmp}}
          volumes:
            - {{name: project, configMap: {{name: project, defaultMode: 0755}}}}
            - {{name: data, persistentVolumeClaim: {{claimName: gameday-data}}}}
            - {{name: tmp, emptyDir: {{}}}}
---
# The store: which occurrences ran, what was skipped and why, and the drills; their reviews are in store/reviews.
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: gameday-data, namespace: gameday}}
spec:
  accessModes: [ReadWriteOnce]
  resources: {{requests: {{storage: 1Gi}}}}
"""
_PAGES = """\
---
# People reach the pages of the drill through an Ingress of yours that has TLS, and is the `url` of gameday.yaml:
# web: {{listen: "0.0.0.0:8480", url: "https://drill.example.com", behind_proxy: true}}
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: gameday}}
spec:
  selector: {{app: {name}}}
  ports: [{{name: http, port: 80, targetPort: 8480}}]
"""
_WORKFLOW = """\
# {about}
# .github/workflows/gameday-{name}.yml
# The runner must reach the environment, and keep its disk: its store says which occurrences ran. GitHub may start a
# workflow late; an occurrence that starts more than {minutes} minutes late is skipped, and recorded.
name: {title}
on:
  schedule:
    - cron: "{schedule}"
  workflow_dispatch:
concurrency:
  group: gameday-{name}
  cancel-in-progress: false
permissions:
  contents: read
jobs:
  rehearsal:
    runs-on: [self-hosted, gameday]
    steps:
      - uses: actions/checkout@v4
      - run: gameday schedule run-due {name}
"""
