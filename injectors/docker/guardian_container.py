"""Guardian container of a fault that the engine applies: it reverts by requests over the engine's socket."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gameday.errors import Refused
from gameday.injectors.docker.sidecar_script import HostOptions, SidecarScript, sandbox_with_mount

_SOCKET = "/tmp/engine.sock"  # noqa: S108 - a path inside the guardian container
_MAX_SCRIPT_BYTES = 120_000
"""Linux takes 131,072 bytes for one environment variable (MAX_ARG_STRLEN, execve(2))."""
_NOTHING_TO_GUARD = "nothing_to_guard"
"""Shell variable, set where the fault was never applied."""

SHELL_FUNCTIONS = f"""\
call_engine() {{ curl -s -m 10 --unix-socket {_SOCKET} -K -; }}
inspect_container() {{
  answer=$(echo "url = http://engine/containers/$1/json" | call_engine) || return 2
  case $answer in
  *'"Id":"'*) return 0 ;;
  *'No such container'*) return 1 ;;
  *) return 2 ;;
  esac
}}
has_all() {{
  inspect_container "$1" || return $?
  shift
  for text; do case $answer in *"$text"*) ;; *) return 1 ;; esac; done
}}
has_none() {{
  inspect_container "$1" || return $?
  shift
  for text; do case $answer in *"$text"*) return 1 ;; esac; done
}}
network_exists() {{
  answer=$(echo "url = http://engine/networks/$1" | call_engine) || return 2
  case $answer in
  *'"Id":"'*) return 0 ;;
  *'not found'*) return 1 ;;
  *) return 2 ;;
  esac
}}
is_disconnected() {{
  has_none "$1" '"NetworkID":"'"$2"'"' && {{ has_all "$1" '"Running":true' || has_none "$1" "$3"; }} &&
    network_exists "$2"
}}
post() {{
  printf '%s\\n' "url = \\"http://engine$1\\"" 'request = "POST"' 'header = "Content-Type: application/json"' "$2" |
    call_engine >/dev/null
}}
reconnect() {{
  post "/networks/$1/disconnect" "$2"
  post "/networks/$1/connect" "$3"
}}
collect() {{ case $1 in 0) presence=0 ;; 2) [ $presence -eq 1 ] && presence=2 ;; esac; }}
"""
"""`has_all ID TEXT...`, `has_none ID TEXT...`: search the engine's inspection of a container (1: no, or no container;
2: no answer). `is_disconnected ID NETWORK NAMED`: an existing network that the container has left; a stopped one lists
networks by name only, as NAMED. `post PATH DATA`: DATA is a line of curl's config. `reconnect NETWORK LEAVE JOIN`:
leaves first, since a container that was refused an address is half connected. `collect CODE` combines test results in
$presence. curl reads its config from stdin, since process lists show arguments to everyone."""


@dataclass(frozen=True, slots=True)
class GuardianRecipe:
    """Part of a guardian's script: while `test` returns 0 the fault is present, and `undo` reverts it."""

    test: str
    undo: str


def guardian_script(recipes: Sequence[GuardianRecipe], container: str) -> SidecarScript:
    """Return one script for all recipes. `container`: an id that proves that the right engine answers."""
    tests = "".join(f"test{number}() {{ {recipe.test}; }}\n" for number, recipe in enumerate(recipes))
    checks = "\n".join(f"test{number}; collect $?" for number in range(len(recipes)))
    undo = "\n".join(f"test{number} && {recipe.undo}" for number, recipe in enumerate(recipes)) or ":"
    presence = f'[ -z "${_NOTHING_TO_GUARD}" ] || return 1\npresence=1\n{checks}\nreturn $presence'
    return SidecarScript(presence, undo, before=SHELL_FUNCTIONS + tests, apply_fault=_check_engine(container))


def _check_engine(container: str) -> str:
    """Return the first step of a guardian: one that reaches no engine, or another one, guards nothing."""
    return f"""\
inspect_container {container}
case $? in
0) return 0 ;;
1) echo 'the socket (guardian:) belongs to another engine' ;;
*) echo 'no engine responds at the socket (guardian:)' ;;
esac
{_NOTHING_TO_GUARD}=yes
return 1"""


def require_script_fits(recipes: Sequence[GuardianRecipe], container: str, containers: int, target: str) -> None:
    """Raise Refused if one guardian container cannot guard that many containers."""
    if recipes and len(guardian_script(recipes, container).environment()["GD"]) > _MAX_SCRIPT_BYTES:
        wrong = f"target {target}: {containers} containers are too many for one guardian container"
        raise Refused(wrong, "Select fewer with `count`, or leave out `guardian` in gameday.yaml.")


def guardian_sandbox(socket: str) -> HostOptions:
    """Return a sandbox that reaches the engine's socket, and nothing else."""
    return sandbox_with_mount(socket, _SOCKET)


def all_texts_test(container: str, *texts: str) -> str:
    """Return the test that a container's inspection has all these texts."""
    return f"has_all {container} {shlex.join(texts)}"


def disconnected_test(container: str, network: str, named: str) -> str:
    """Return the test that a container has left a network."""
    return f"is_disconnected {container} {network} {shlex.quote(named)}"


def reconnect_request(container: str, network: str, endpoint: Mapping[str, Any]) -> str:
    """Return the request that connects a container to a network as it was."""
    bodies = (_data({"Container": container}), _data({"Container": container, "EndpointConfig": endpoint}))
    return f"reconnect {network} {shlex.join(bodies)}"


def post_request(path: str) -> str:
    """Return a request without a body."""
    return f"post {shlex.quote(path)} ''"


def _data(body: Mapping[str, Any]) -> str:
    """Return a line of curl's config, whose quotes and escapes are JSON's."""
    return f"data = {json.dumps(json.dumps(body))}"
