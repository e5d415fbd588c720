"""Real traffic in a cluster: a Service with pods that answer, and a client pod in which connections are tried."""

from __future__ import annotations

import json
import subprocess
from typing import Any, Self

from support.kubernetes import PATIENCE, Namespace

_POD = """\
      terminationGracePeriodSeconds: 0
      enableServiceLinks: false
      automountServiceAccountToken: false
      nodeSelector: {{kubernetes.io/os: linux}}
      containers:
        - name: main
          image: {image}
          imagePullPolicy: IfNotPresent
          command: [python, -c, '{program}']
"""
ECHO_PROGRAM = (
    "import socketserver as s;"
    "h=type(str(),(s.StreamRequestHandler,),dict(handle=lambda r:[r.wfile.write(line*int(line.split()[-1])) "
    "for line in r.rfile]));"
    "c=type(str(),(s.ThreadingTCPServer,),dict(daemon_threads=True,allow_reuse_address=True));"
    "c((str(),8080),h).serve_forever()"
)
"""Answers each line `WORD N` by N times that line."""
ECHO = (
    """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: echo}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: echo}}}}
  template:
    metadata: {{labels: {{app: echo, tier: back}}}}
    spec:
"""
    + _POD
    + """\
          ports: [{{name: lines, containerPort: 8080}}]
          readinessProbe: {{tcpSocket: {{port: 8080}}, periodSeconds: 1}}
---
apiVersion: v1
kind: Service
metadata: {{name: echo}}
spec:
  selector: {{app: echo}}
  ports: {ports}
"""
)
"""Two pods that answer, and their Service."""
CLIENT = (
    """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: client}}
spec:
  selector: {{matchLabels: {{app: client}}}}
  template:
    metadata: {{labels: {{app: client}}}}
    spec:
"""
    + _POD
)
NUMBERED_PORTS = "[{port: 8080}]"
NAMED_PORTS = "[{name: lines, port: 80, targetPort: lines}, {name: same, port: 8080}]"
_REQUEST = """
import json, socket, sys, time
port, word, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
start = time.monotonic()
result = {}
try:
    with socket.create_connection(("echo", port), 3) as connection:
        connection.settimeout(float(sys.argv[4]))
        line = f"{word} {count}\\n".encode()
        connection.sendall(line)
        received = b""
        while len(received) < len(line) * count:
            part = connection.recv(65536)
            if not part:
                break
            result.setdefault("first", time.monotonic() - start)
            received += part
        result["bytes"], result["whole"] = len(received), received == line * count
except OSError as error:
    result["error"] = type(error).__name__
result["seconds"] = time.monotonic() - start
print(json.dumps(result))
"""


def add_echo(namespace: Namespace, image: str, ports: str = NUMBERED_PORTS) -> None:
    """Start the pods that answer, and their Service."""
    echo = ECHO.format(image=image, program=ECHO_PROGRAM, ports=ports)
    namespace.shop += f"---\n{echo}"
    namespace.apply(echo)
    namespace.wait_ready("echo")


def add_client(namespace: Namespace, image: str) -> None:
    """Start the pod in which `request` connects."""
    namespace.apply(CLIENT.format(image=image, program="import time; time.sleep(9999)"))
    namespace.wait_ready("client")


def request(namespace: Namespace, port: int = 8080, count: int = 1, timeout: float = 5.0) -> dict[str, Any]:
    """Send one line by a new connection from the client pod; return what came back, and after how many seconds."""
    command = ("exec", "deployment/client", "--", "python", "-c", _REQUEST, str(port), "ping", str(count), str(timeout))
    return dict(json.loads(namespace(*command)))


_CONVERSATION = """
import socket, sys, time
with socket.create_connection(("echo", 8080), 5) as connection:
    for _ in sys.stdin:
        start = time.monotonic()
        connection.sendall(b"ping 1\\n")
        received = connection.recv(100)
        print(time.monotonic() - start if received else "closed", flush=True)
"""


class OpenConnection:
    """One connection that stays open in the client pod, such as one of a pool."""

    def __init__(self, namespace: Namespace) -> None:
        kubectl = namespace.kubectl
        self._process = subprocess.Popen(
            ["kubectl", "--kubeconfig", str(kubectl.kubeconfig), "--context", kubectl.context, "-n", namespace.name,
             "exec", "-i", "deployment/client", "--", "python", "-c", _CONVERSATION],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def __enter__(self) -> Self:
        self.ask()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate(timeout=PATIENCE)

    def ask(self) -> float:
        """Send a line; return the seconds until its answer."""
        return float(self._send())

    def is_closed(self) -> bool:
        """Return True if the other side has closed the connection."""
        try:
            return self._send() in ("closed", "")
        except BrokenPipeError:
            return True

    def _send(self) -> str:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()
