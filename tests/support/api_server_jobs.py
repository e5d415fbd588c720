"""Jobs on a stand-in for an API server: their pods run at once, and report what the test wants of the network."""

from __future__ import annotations

import json

from support.api_server_objects import TIME, Object, new_object

_INDEX = "batch.kubernetes.io/job-completion-index"


def reconcile_job(objects: dict[str, Object], path: str, report: Object) -> None:
    """Run a Job's pods. The client ends with its report; one with a server does so once a policy separates them."""
    job = objects[path]
    namespace, _, name = path.removeprefix("/apis/batch/v1/namespaces/").partition("/jobs/")
    count = job["spec"].get("completions", 1)
    is_ended = count == 1 or f"/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies/{name}" in objects
    for index in range(count):
        labels = {**job["spec"]["template"]["metadata"]["labels"], **({_INDEX: str(index)} if count > 1 else {})}
        owner = {"kind": "Job", "name": name, "uid": job["metadata"]["uid"], "controller": True}
        pod = {"metadata": {"name": f"{name}-{index}", "labels": labels, "ownerReferences": [owner]}, "spec": {}}
        pod_path = f"/api/v1/namespaces/{namespace}/pods/{name}-{index}"
        objects.setdefault(pod_path, new_object(pod, "controller"))
        is_client = index == count - 1
        objects[pod_path]["status"] = _status(report if is_ended and is_client else None)


def _status(report: Object | None) -> Object:
    if report is None:
        state: Object = {"running": {"startedAt": TIME}}
        ready = [{"type": "Ready", "status": "True"}]
        return {"phase": "Running", "conditions": ready, "containerStatuses": [{"name": "main", "state": state}]}
    message = json.dumps(report) if report else ""
    state = {"terminated": {"exitCode": 0 if report else 1, "message": message}}
    return {"phase": "Succeeded", "containerStatuses": [{"name": "main", "restartCount": 0, "state": state}]}
