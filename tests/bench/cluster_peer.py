"""The same faults by chaostoolkit-kubernetes and by gameday, each as a process of its own with one script."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.cluster_fleet import DEPLOYMENTS, KILLED, NAMESPACE, Fleet
from bench.peer import NAME as CHAOSTOOLKIT
from bench.peer import install

VERSION = "0.39.0"
NAME = f"chaostoolkit-kubernetes {VERSION}"
KRKN_VERSION = "7.0.3"
KRKN = f"krkn-lib {KRKN_VERSION}"
_KRKN = f"""\
from krkn_lib.k8s import KrknKubernetes
import os, random, time
cluster = KrknKubernetes(os.environ["KUBECONFIG"])
started = time.monotonic()
pods = cluster.select_pods_by_namespace_pattern_and_label(
    label_selector="app=crowd", namespace_pattern="^{NAMESPACE}$", field_selector="status.phase=Running")
random.shuffle(pods)
for name, namespace in pods[:{KILLED}]:
    cluster.delete_pod(name, namespace)
print(time.monotonic() - started)
"""
"""Calls of krkn's pod scenario. The program itself is no package, and monitors the pods beside them."""
_PEER = {
    "kill": f"""\
from chaosk8s.pod.actions import terminate_pods
import time
started = time.monotonic()
terminate_pods(label_selector="app=crowd", qty={KILLED}, rand=True, ns="{NAMESPACE}", grace_period=0, secrets=None)
print(time.monotonic() - started)
""",
    "scale": f"""\
from chaosk8s.deployment.actions import scale_deployment
import time
started = time.monotonic()
for number in range({DEPLOYMENTS}):
    scale_deployment(name=f"one-{{number}}", replicas=0, ns="{NAMESPACE}")
print(time.monotonic() - started)
""",
}
_OURS = """\
import json, sys, time
from gameday.injectors.kubernetes import KubernetesInjector
from gameday.model import Binding, Fault
from gameday.plugins.types import ApplyOutcome, Deadline
kind, params, settings = json.loads(sys.argv[1])
injector = KubernetesInjector()
binding = Binding("bench", "fleet", "kubernetes", settings, {{}}, seed=int(time.time()))
injector.load()
started = time.monotonic()
marker = "gd-0bec" + hex(int(time.time()))[-8:]
intent = injector.plan(Fault("f", kind, "fleet", params), binding, marker, Deadline.after(60.0))
applied = injector.apply(intent, Deadline.after(60.0))
seconds = time.monotonic() - started
assert applied.outcome is ApplyOutcome.APPLIED, applied
if kind == "kill":
    injector.revert(intent, Deadline.after(60.0))
else:
    injector.release(intent, Deadline.after(60.0))
print(seconds)
""".replace("{{}}", "{}")


def peer(made: Fleet, folder: Path, kind: str) -> tuple[float, float]:
    """Return the seconds of the peer's whole process, and of its calls alone."""
    python = Path(chaos()).parent / "python"
    env = {"KUBECONFIG": str(made.kubectl.kubeconfig), "KUBERNETES_CONTEXT": made.kubectl.context}
    return _timed([str(python), "-c", _PEER[kind]], folder, env)


def krkn(made: Fleet, folder: Path) -> tuple[float, float]:
    """Return the seconds of a process with krkn's library that deletes the pods, and of its calls alone."""
    python = install(KRKN.partition(" ")[0], KRKN_VERSION).parent / "python"
    return _timed([str(python), "-c", _KRKN], folder, {"KUBECONFIG": str(made.kubectl.kubeconfig)})


def chaos() -> str:
    """Return the command `chaos` with chaostoolkit-kubernetes."""
    return str(install(NAME.partition(" ")[0], VERSION, CHAOSTOOLKIT.replace(" ", "==")))


def ours(made: Fleet, folder: Path, kind: str) -> tuple[float, float]:
    """Return the seconds of a process with plan and apply, and of these calls alone."""
    settings = {key: value for key, value in made.settings(kind).items() if key != "injector"}
    params: dict[str, Any] = {} if kind == "kill" else {"replicas": 0}
    return _timed([sys.executable, "-c", _OURS, json.dumps([kind, params, settings])], folder, {})


def _timed(command: list[str], folder: Path, env: dict[str, str]) -> tuple[float, float]:
    started = time.monotonic()
    done = subprocess.run(command, cwd=folder, env={**os.environ, **env}, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - started
    if done.returncode:
        raise RuntimeError(done.stderr)
    return seconds, float(done.stdout.split()[-1])
