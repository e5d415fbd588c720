"""Requests to the engine from a guardian container's shell, by curl over the socket that was lent to it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

SOCKET = "/tmp/engine.sock"  # noqa: S108 - a path inside the guardian container
_SENDS = f"curl -s -m 10 --unix-socket {SOCKET} -X POST -H 'Content-Type: application/json'"


PRELUDE = f"""\
told() {{
  told=$(curl -s -m 5 --unix-socket {SOCKET} "http://engine/containers/$1/json") || return 2
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
  case $told in *"$2"*) return 1 ;; esac
}}
seen() {{ case $1 in 0) worst=0 ;; 2) [ $worst -eq 1 ] && worst=2 ;; esac; }}
"""
"""`is_so ID TEXT...` and `lacks ID TEXT`: whether that stands in what the engine says of a container (1: no, or there
is none; 2: no answer). `seen CODE` keeps in $worst what several such tests come to."""


REACHED = """\
told none
[ $? -lt 2 ] || { echo 'no engine answers at the socket that was lent (guardian:)'; return 1; }"""
"""What a guardian does first: one that reaches no engine guards nothing."""


def is_so(container: str, *texts: str) -> str:
    return f"is_so {container} {shlex.join(texts)}"


def lacks(container: str, text: str) -> str:
    return f"lacks {container} {shlex.quote(text)}"


def post(path: str, body: Mapping[str, Any] | None = None) -> str:
    data = f" -d {shlex.quote(json.dumps(body))}" if body is not None else ""
    return f"{_SENDS}{data} http://engine{path} >/dev/null"
