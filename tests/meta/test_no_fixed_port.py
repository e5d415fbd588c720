"""No test listens at a port of its choice: another process may have it, and two runs at once would."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from support.source_tree import read, tracked

LISTENING = {"bind", "create_server", "ThreadingHTTPServer", "HTTPServer", "TCPServer", "serve"}
"""Calls that take an address to listen at."""
PORT_OPTION = re.compile(r"^--?p(?:ort)?$")
PUBLISHED = re.compile(r"^(?:[\d.]*:)?[1-9]\d*:\d+$")
"""Pattern of a published port of `docker run -p`, such as `127.0.0.1:8080:80`."""


def test_no_test_listens_at_a_fixed_port() -> None:
    tests = [path for path in tracked() if path.parts[0] == "tests" and path.suffix == ".py"]
    assert not [f"{path}:{line}" for path in tests for line in fixed_ports(ast.parse(read(path)))]


def fixed_ports(tree: ast.AST) -> Iterator[int]:
    """Yield the lines where a port other than 0 is given to a server, a command, or a proxy that is created."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in LISTENING:
            yield from (arg.lineno for arg in node.args if is_address(arg))
        elif isinstance(node, ast.Call | ast.List | ast.Tuple):
            words = node.args if isinstance(node, ast.Call) else node.elts
            yield from (port.lineno for option, port in pairwise(words) if is_option(option, port))
        elif isinstance(node, ast.keyword) and node.arg == "json" and isinstance(node.value, ast.Dict):
            pairs = zip(node.value.keys, node.value.values, strict=True)
            yield from (value.lineno for key, value in pairs if text(key) == "listen" and port_of(text(value)))


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def is_address(node: ast.expr) -> bool:
    """Return True if the node is `(host, port)` with a port that is written out."""
    if not isinstance(node, ast.Tuple) or len(node.elts) != 2:
        return False
    port = node.elts[1]
    return isinstance(port, ast.Constant) and isinstance(port.value, int) and port.value > 0


def is_option(option: ast.expr, port: ast.expr) -> bool:
    """Return True if a command is told to listen at a port that is written out."""
    value = text(port)
    return bool(PORT_OPTION.match(text(option))) and (port_of(f":{value}") or bool(PUBLISHED.match(value)))


def text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def port_of(address: str) -> bool:
    """Return True if an address ends with a port that is not 0."""
    port = address.rpartition(":")[2]
    return port.isdecimal() and int(port) > 0


def test_the_look_finds_a_fixed_port() -> None:
    for code in (
        "server.bind(('127.0.0.1', 8080))", "run('--port', '8080')", "['docker', '-p', '127.0.0.1:8080:80']",
        "post(json={'listen': '127.0.0.1:8080'})", "ThreadingHTTPServer(('', 80), Handler)",
    ):  # fmt: skip
        assert list(fixed_ports(ast.parse(code))), code
    for code in (
        "server.bind(('127.0.0.1', 0))",
        "run('--port', '0')",
        "post(json={'listen': '127.0.0.1:0'})",
        "['-p', port]",
    ):
        assert not list(fixed_ports(ast.parse(code))), code


def test_it_looks_at_this_file_too() -> None:
    assert Path("tests/meta") / Path(__file__).name in tracked()
