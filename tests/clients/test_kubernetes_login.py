"""Login from a kubeconfig: what is wrong with it is named, quoted nowhere, and never answered by asking as nobody."""

from __future__ import annotations

import base64
import logging
from pathlib import Path

import pytest

from gameday.clients.kubernetes_errors import ClusterError
from gameday.clients.kubernetes_login import ClusterAddress, log_in

KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters: [{{name: c, cluster: {{server: "https://127.0.0.1:1"{cluster}}}}}]
users: [{{name: u, user: {{{user}}}}}]
contexts: [{{name: staging, context: {{cluster: c, user: u}}}}]
"""
EXEC = "exec: {{apiVersion: client.authentication.k8s.io/v1, command: {}, interactiveMode: Never}}"
GARBAGE = base64.b64encode(b"no certificate").decode()


def write(folder: Path, user: str, cluster: str = "") -> ClusterAddress:
    path = folder / "kubeconfig"
    path.write_text(KUBECONFIG.format(user=user, cluster=cluster))
    return ClusterAddress(str(path), "staging")


def script(folder: Path, text: str) -> str:
    path = folder / "login"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return "./login"


def failure(address: ClusterAddress) -> ClusterError:
    with pytest.raises(ClusterError) as caught:
        log_in(address)
    return caught.value


def test_missing_login_command_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    error = failure(write(tmp_path, EXEC.format("no-such-login")))
    assert str(error).startswith("login command no-such-login not found (context staging of ")
    assert error.todo == "Install it, or correct the user in the kubeconfig."
    assert not caplog.records, "the SDK's own log stays off the screen"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("echo password hunter2 >&2; exit 3", "its login command ./login ended with exit code 3"),
        ("echo hunter2", "its login command ./login gave no credentials"),
    ],
)
def test_login_command_that_fails_is_named_without_its_output(tmp_path: Path, text: str, why: str) -> None:
    address = write(tmp_path, EXEC.format(script(tmp_path, text)))
    error = failure(address)
    assert str(error) == f"cannot log in with {address}: {why}" and "hunter2" not in error.todo
    assert error.todo == f"Check with: kubectl --kubeconfig {address.kubeconfig} --context staging auth whoami"


@pytest.mark.parametrize(
    ("user", "cluster", "why"),
    [
        ("client-certificate: /no/cert.pem, client-key: /no/key.pem", "", "/no/cert.pem does not exist"),
        ("client-certificate-data: abc, client-key-data: abc", "", "a certificate or key in it is not base64"),
        (f"client-certificate-data: {GARBAGE}, client-key-data: {GARBAGE}", "",
         "its client certificate or key is not valid"),
        ("token: t", f", certificate-authority-data: {GARBAGE}", "its certificate authority is not valid"),
    ],
)  # fmt: skip
def test_bad_certificate_is_named(tmp_path: Path, user: str, cluster: str, why: str) -> None:
    address = write(tmp_path, user, cluster)
    assert str(failure(address)) == f"cannot log in with {address}: {why}"


def test_login_command_that_works_logs_in_and_leaves_the_log_as_it_was(tmp_path: Path) -> None:
    answer = '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "t"}}'
    root = logging.getLogger()
    before = (list(root.handlers), list(root.filters))
    log_in(write(tmp_path, EXEC.format(script(tmp_path, f"echo '{answer}'"))))
    assert (list(root.handlers), list(root.filters)) == before
