"""Main process of a container: which signals it handles, and how one is sent to it.

From inside a container, its main process (PID 1) gets only the signals that it handles: KILL never reaches it, and TERM
only if it has a handler. `/proc/1/status` says which it has, so that needs no try.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping
from typing import Any

from gameday.clients.kubernetes import ApiObject, ClusterError, CommandResult
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef

SIGNALS = ("TERM", "INT", "QUIT")
"""Signals that end a program which handles them."""
_MAY_NOT_SIGNAL = 3
_READ_STATUS = (
    f"kill -0 1 || exit {_MAY_NOT_SIGNAL}; "
    'while read -r line; do case $line in SigBlk*|SigCgt*) echo "$line";; esac; done < /proc/1/status'
)
_MASK = re.compile(r"Sig(?:Blk|Cgt):\s*([0-9a-f]+)")
_ALTERNATIVE = "Use `bad-rollout` with a `command` that fails."


def obstacle_to_signal(cluster: Cluster, pod: ObjectRef, container: str, name: str) -> str:
    """Return why a signal would not reach the main process; empty if it would. It only reads. Raises ClusterError."""
    what = f"container {container} of {pod}"
    result = cluster.run_command(pod, container, ["sh", "-c", _READ_STATUS])
    if result.exit_code == _MAY_NOT_SIGNAL:
        return f"commands in {what} may not signal its main process. {_ALTERNATIVE}"
    masks = [int(mask, 16) for mask in _MASK.findall(result.output)]
    if result.exit_code != 0 or len(masks) < 2:
        return f"no shell could be run in {what}: {_explain(result)}. {_ALTERNATIVE}"
    handled = [each for each in SIGNALS if any(mask >> (_number(each) - 1) & 1 for mask in masks)]
    if name in handled:
        return ""
    why = f"the main process of {what} has no handler for {name}, so the signal would not reach it"
    return f"{why}. Write `signal: {handled[0]}`, which it handles." if handled else f"{why}. {_ALTERNATIVE}"


def send_signal(cluster: Cluster, pod: ObjectRef, container: str, name: str) -> None:
    """Send a signal to the main process. Raises ClusterError."""
    result = cluster.run_command(pod, container, ["sh", "-c", f"kill -{name} 1"])
    if result.exit_code:
        raise ClusterError(f"{name} could not be sent to container {container} of {pod}: {_explain(result)}")


def status_of(pod: ApiObject, container: str) -> Mapping[str, Any]:
    """Return the status of a container; empty before it has one."""
    statuses = pod["status"].get("containerStatuses") or []
    return next((status for status in statuses if status["name"] == container), {})


def restarts_of(pod: ApiObject, container: str) -> int:
    return int(status_of(pod, container).get("restartCount") or 0)


def started_at(pod: ApiObject, container: str) -> str:
    """Return when the running container was started, in RFC 3339; empty if it does not run."""
    running = (status_of(pod, container).get("state") or {}).get("running") or {}
    return str(running.get("startedAt") or "")


def _number(name: str) -> int:
    return int(signal.Signals[f"SIG{name}"])


def _explain(result: CommandResult) -> str:
    code = "" if result.exit_code is None else f"exit code {result.exit_code}"
    return " ".join((result.error or result.output or code or "no output").split())
