"""Requests to the engine from a guardian container's shell, by curl over the socket that was lent to it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

SOCKET = "/tmp/engine.sock"  # noqa: S108 - a path inside the guardian container

NOTHING_TO_GUARD = "nothing"
"""Set where there never was anything to guard."""

SHELL_FUNCTIONS = f"""\
asks() {{ curl -s -m 10 --unix-socket {SOCKET} -K -; }}
told() {{
  told=$(echo "url = http://engine/containers/$1/json" | asks) || return 2
  case $told in
  *'"Id":"'*) return 0 ;;
  *'No such container'*) return 1 ;;
  *) return 2 ;;
  esac
}}
is_so() {{
  told "$1" || return $?
  shift
  for one; do case $told in *"$one"*) ;; *) return 1 ;; esac; done
}}
lacks() {{
  told "$1" || return $?
  shift
  for one; do case $told in *"$one"*) return 1 ;; esac; done
}}
net_there() {{
  told=$(echo "url = http://engine/networks/$1" | asks) || return 2
  case $told in
  *'"Id":"'*) return 0 ;;
  *'not found'*) return 1 ;;
  *) return 2 ;;
  esac
}}
off() {{
  lacks "$1" '"NetworkID":"'"$2"'"' && {{ is_so "$1" '"Running":true' || lacks "$1" "$3"; }} && net_there "$2"
}}
posts() {{
  printf '%s\\n' "url = \\"http://engine$1\\"" 'request = "POST"' 'header = "Content-Type: application/json"' "$2" |
    asks >/dev/null
}}
joins() {{
  posts "/networks/$1/disconnect" "$2"
  posts "/networks/$1/connect" "$3"
}}
seen() {{ case $1 in 0) worst=0 ;; 2) [ $worst -eq 1 ] && worst=2 ;; esac; }}
"""
"""`is_so ID TEXT...` and `lacks ID TEXT...`: whether all, or none, of that stands in what the engine says of a
container (1: no, or there is none; 2: no answer). `net_there ID`: whether there is such a network. `off ID NETWORK
NAMED`: whether a container is out of a network that is there; of one that does not run, the engine knows networks by
their names alone, and lists them by NAMED. `posts PATH DATA`: DATA is a line of curl's own. `joins NETWORK LEAVES
JOINS`: out first, since one that was refused a place is half in. `seen CODE` keeps in $worst what several such tests
come to. curl reads what it asks from its input: its own words stand in every process list."""


def check_engine_script(container: str) -> str:
    """What a guardian does first: one that reaches no engine, or another one, guards nothing."""
    return f"""\
told {container}
case $? in
0) return 0 ;;
1) echo 'another engine answers at the socket that was lent (guardian:)' ;;
*) echo 'no engine answers at the socket that was lent (guardian:)' ;;
esac
{NOTHING_TO_GUARD}=yes
return 1"""


def has_all_texts(container: str, *texts: str) -> str:
    return f"is_so {container} {shlex.join(texts)}"


def is_disconnected(container: str, network: str, named: str) -> str:
    return f"off {container} {network} {shlex.quote(named)}"


def reconnect(container: str, network: str, endpoint: Mapping[str, Any]) -> str:
    sent = (_data({"Container": container}), _data({"Container": container, "EndpointConfig": endpoint}))
    return f"joins {network} {shlex.join(sent)}"


def post_request(path: str) -> str:
    return f"posts {shlex.quote(path)} ''"


def _data(body: Mapping[str, Any]) -> str:
    """A line for curl, whose quotes and escapes are JSON's."""
    return f"data = {json.dumps(json.dumps(body))}"
