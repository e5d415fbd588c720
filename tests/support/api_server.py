"""A stand-in for an API server with a few controllers: enough of Kubernetes for whole drills without a cluster.

It is no measure of the real one, which tests/injectors/kubernetes and tests/crash ask too. It can also do what a real
one does only in bad luck: be away, answer slowly, or refuse.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.api_server_jobs import reconcile_job
from support.api_server_objects import (
    TIME,
    Failure,
    Object,
    json_patch,
    matches,
    merge_patch,
    new_object,
    set_version,
    update_owners,
)
from support.websocket_commands import Containers, is_command, send_frames
from typing_extensions import override

KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters: [{{name: test, cluster: {{server: "http://127.0.0.1:{port}"}}}}]
users: [{{name: tester, user: {{token: {token}}}}}]
contexts: [{{name: test, context: {{cluster: test, user: tester}}}}]
current-context: other
"""
TOKEN = "never-to-be-told"
_OBJECT = re.compile(
    r"(?P<collection>/(?:api/v1|apis/[^/]+/[^/]+)(?:/namespaces/[^/]+(?=/))?/[^/]+)"
    r"(?:/(?P<name>[^/]+))?(?:/(?P<sub>[^/]+))?"
)
_POD_NUMBERS = itertools.count(1)
_NAMESPACE = re.compile(r"/api/v1/namespaces(?:/(?P<name>[^/]+))?")


class ApiServer:
    """A stand-in for a Kubernetes API server.

    `objects`: by path. `hook`: called with each request, and may raise Failure. `denied`: `verb resource`.
    `tokens`: those that have not expired. `network`: what pods of a Job report of the network.
    `loses_response`: called after each request; True breaks the connection without a response.
    `is_away`: True if every connection breaks without a response.
    """

    def __init__(self) -> None:
        self.objects: dict[str, Object] = {}
        self.lock = threading.RLock()
        self.denied: set[str] = set()
        self.tokens = {TOKEN}
        self.containers = Containers()
        self.network: Object = {"new": "silent", "open": "open"}
        self.requests: list[str] = []
        self.is_away = False
        self.hook: Callable[[str, str], None] = lambda method, path: None
        self.loses_response: Callable[[str, str], bool] = lambda method, path: False
        self._http = QuietServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"server_objects": self}))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    def write_kubeconfig(self, folder: Path, token: str = TOKEN) -> Path:
        path = folder / "kubeconfig"
        path.write_text(KUBECONFIG.format(port=self.port, token=token))
        return path

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def respond(self, method: str, target: str, body: Any, content_type: str) -> Object:
        """Answer one request. Raises Failure."""
        url = urlsplit(target)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        self.hook(method, url.path)
        with self.lock:
            is_dry = "dryRun" in query or (isinstance(body, dict) and "dryRun" in body)
            self.requests.append(f"{method} {url.path}{' dry' if is_dry else ''}")
            if url.path.endswith("selfsubjectaccessreviews"):
                return {"status": {"allowed": self._is_allowed(body["spec"]["resourceAttributes"])}}
            match = _NAMESPACE.fullmatch(url.path) or _OBJECT.fullmatch(url.path)
            parts = match.groupdict() if match else {}
            collection = parts.get("collection") or "/api/v1/namespaces"
            path = f"{collection}/{parts['name']}" if parts.get("name") else ""
            if parts.get("sub") == "eviction":
                return self._delete(path, {"dryRun": query.get("dryRun"), **(body.get("deleteOptions") or {})})
            if method == "POST":
                return self.create(collection, body, query)
            if not path:
                listed = self._list(collection, query.get("labelSelector", ""))
                return {"items": [each for each in listed if matches(each, query.get("fieldSelector", ""))]}
            match method:
                case "GET":
                    return self._get(path)
                case "PATCH":
                    return self._patch(path, body, content_type, query)
                case _:
                    return self._delete(path, body or {})

    def run_command(self, target: str) -> list[bytes]:
        """Run a command in a container; return the frames of the answer. Raises Failure."""
        path = urlsplit(target).path
        self.hook("GET", path)
        with self.lock:
            self.requests.append(f"GET {path}")
            if denied := self.denied & {"get pods/exec", "create pods/exec"}:
                raise Failure(403, f"cannot {denied.pop()}")
            return self.containers.run(self._get(path.removesuffix("/exec")), target)

    def create(self, collection: str, body: Object, query: dict[str, str] | None = None) -> Object:
        query = query or {}
        path = f"{collection}/{body['metadata']['name']}"
        if path in self.objects:
            raise Failure(409, f"{path} already exists")
        created = new_object(body, query.get("fieldManager", "python"))
        if collection.endswith("/services"):
            created.setdefault("spec", {}).setdefault("clusterIP", "10.0.0.99")
        if "dryRun" not in query:
            self.objects[path] = created
            self._reconcile()
        return created

    def patch(self, path: str, changes: Object, query: dict[str, str]) -> Object:
        """Apply a merge patch as somebody else."""
        with self.lock:
            return self._patch(path, changes, "merge-patch", query)

    def _is_allowed(self, attributes: Object) -> bool:
        resource = "/".join(part for part in (attributes["resource"], attributes.get("subresource")) if part)
        return f"{attributes['verb']} {resource}" not in self.denied

    def _get(self, path: str) -> Object:
        if path not in self.objects:
            raise Failure(404, f'"{path.rpartition("/")[2]}" not found')
        return self.objects[path]

    def _list(self, collection: str, selector: str) -> list[Object]:
        existing = [self.objects[path] for path in sorted(self.objects) if path.rpartition("/")[0] == collection]
        return [each for each in existing if matches(each["metadata"].get("labels") or {}, selector)]

    def _patch(self, path: str, body: Any, content_type: str, query: dict[str, str]) -> Object:
        before = self._get(path)
        patched = json_patch(before, body) if "json-patch" in content_type else merge_patch(before, body)
        if patched["metadata"]["resourceVersion"] != before["metadata"]["resourceVersion"]:
            raise Failure(409, "the object has been modified")
        if "managedFields" in ((body.get("metadata") or {}) if isinstance(body, dict) else {}):
            owners = patched["metadata"]["managedFields"]
            patched["metadata"]["managedFields"] = [] if owners == [{}] else owners
        else:
            update_owners(before, patched, query.get("fieldManager", "python"))
        if patched.get("spec") != before.get("spec"):
            patched["metadata"]["generation"] = before["metadata"]["generation"] + 1
        if "dryRun" not in query:
            set_version(patched)
            self.objects[path] = patched
            if _is_finished(patched):
                del self.objects[path]
            self._reconcile()
        return patched

    def _delete(self, path: str, options: Object) -> Object:
        """Delete an object by the options of the body: as on a real server, those of the query do not count."""
        existing = self._get(path)
        for key, value in (options.get("preconditions") or {}).items():
            if existing["metadata"][key] != value:
                raise Failure(409, f"the {key} in the precondition does not match")
        if existing["metadata"].get("finalizers"):
            existing["metadata"]["deletionTimestamp"] = TIME
        elif not options.get("dryRun"):
            del self.objects[path]
            self._collect_garbage(str(existing["metadata"]["uid"]))
            self._reconcile()
        return {}

    def _collect_garbage(self, owner: str) -> None:
        """Delete what belongs to a deleted object, and what belongs to that."""
        for path in [path for path, each in self.objects.items() if _controller(each) == owner]:
            if (owned := self.objects.pop(path, None)) is not None:
                self._collect_garbage(str(owned["metadata"]["uid"]))

    def _reconcile(self) -> None:
        for path in [
            path for path in self.objects if "/deployments/" in path and not self.objects[path]["spec"].get("paused")
        ]:
            reconcile_deployment(self.objects, path)
        for path in [path for path in self.objects if "/jobs/" in path]:
            reconcile_job(self.objects, path, self.network)


def reconcile_deployment(objects: dict[str, Object], path: str) -> None:
    """Do at once what the controllers of Deployments and ReplicaSets do. A pod of the image `...:none` is not ready."""
    deployment = objects[path]
    root, spec, uid = path.rpartition("/deployments/")[0], deployment["spec"], deployment["metadata"]["uid"]
    own = [p for p, each in objects.items() if f"{root}/replicasets/" in p and _controller(each) == uid]
    current = next((p for p in own if objects[p]["spec"]["template"] == spec["template"]), "")
    if not current:
        current = _create(objects, f"{root}/replicasets", deployment, {"template": spec["template"]})
        own.append(current)
    for replica_set in own:
        wanted = spec.get("replicas", 1) if replica_set == current else 0
        objects[replica_set]["spec"]["replicas"] = wanted
        unready = "none" in str(objects[replica_set]["spec"]["template"]["spec"]["containers"])
        objects[replica_set]["status"] = {"replicas": wanted, "readyReplicas": 0 if unready else wanted}
        _reconcile_pods(objects, root, objects[replica_set], wanted)
    ready = 0 if "none" in str(spec["template"]["spec"]["containers"]) else spec.get("replicas", 1)
    generation = deployment["metadata"]["generation"]
    replicas = spec.get("replicas", 1)
    deployment["status"] = {
        "observedGeneration": generation, "replicas": replicas, "updatedReplicas": replicas, "readyReplicas": ready,
    }  # fmt: skip


def _reconcile_pods(objects: dict[str, Object], root: str, replica_set: Object, wanted: int) -> None:
    pods_root = re.sub(r"^/apis/apps/v1", "/api/v1", root) + "/pods"
    uid = replica_set["metadata"]["uid"]
    pods = [p for p, each in objects.items() if p.startswith(f"{pods_root}/") and _controller(each) == uid]
    for pod in pods[wanted:]:
        del objects[pod]
    template = replica_set["spec"]["template"]
    for _ in range(wanted - len(pods)):
        path = _create(objects, pods_root, replica_set, template["spec"], template["metadata"]["labels"])
        ready = "False" if "none" in str(template["spec"]["containers"]) else "True"
        containers = [
            {"name": each["name"], "restartCount": 0, "state": {"running": {"startedAt": TIME}}}
            for each in template["spec"]["containers"]
        ]
        conditions = [{"type": "Ready", "status": ready}]
        objects[path]["status"] = {"phase": "Running", "conditions": conditions, "containerStatuses": containers}


def _is_finished(each: Object) -> bool:
    """Return True if an object that is being deleted has no finalizer left."""
    return bool(each["metadata"].get("deletionTimestamp")) and not each["metadata"].get("finalizers")


def _controller(each: Object) -> str:
    owners = each["metadata"].get("ownerReferences") or []
    return str(owners[0]["uid"]) if owners else ""


def _create(objects: dict[str, Object], root: str, owner: Object, spec: Object, labels: Object | None = None) -> str:
    suffix = next(_POD_NUMBERS) if root.endswith("/pods") else zlib.crc32(json.dumps(spec, sort_keys=True).encode())
    name = f"{owner['metadata']['name']}-{suffix:x}"
    while f"{root}/{name}" in objects:
        name += "x"
    metadata = {
        "name": name, "labels": labels or {},
        "ownerReferences": [{**_reference(root, owner), "controller": True}],
    }  # fmt: skip
    objects[f"{root}/{name}"] = new_object({"metadata": metadata, "spec": json.loads(json.dumps(spec))}, "controller")
    objects[f"{root}/{name}"]["status"] = {}
    if node := spec.get("nodeSelector", {}).get("gdt"):
        objects[f"{root}/{name}"]["spec"]["nodeName"] = node
    return f"{root}/{name}"


def _reference(root: str, owner: Object) -> Object:
    kind = "ReplicaSet" if root.endswith("/pods") else "Deployment"
    return {"kind": kind, "name": owner["metadata"]["name"], "uid": owner["metadata"]["uid"]}


class QuietServer(ThreadingHTTPServer):
    """A threaded server that says nothing of broken connections."""

    daemon_threads = True

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore the connections that a killed process resets."""


class _Handler(BaseHTTPRequestHandler):
    server_objects: ApiServer
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        if self.server_objects.is_away:
            self.close_connection = True
            return
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        try:
            if (self.headers.get("authorization") or "").removeprefix("Bearer ") not in self.server_objects.tokens:
                raise Failure(401, "Unauthorized")
            if is_command(self):
                send_frames(self, self.server_objects.run_command(self.path))
                return
            status, answer = (
                200,
                self.server_objects.respond(self.command, self.path, body, self.headers.get("Content-Type", "")),
            )
        except Failure as failure:
            status, answer = failure.status, {"kind": "Status", "message": failure.message}
        if self.server_objects.loses_response(self.command, self.path.partition("?")[0]):
            self.close_connection = True
            return
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_DELETE = _answer

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
