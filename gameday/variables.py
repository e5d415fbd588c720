"""Variables in texts of gameday.yaml, as in Compose: `${NAME}`, `${NAME:-default}`, and `$$` for one `$`.

A `$` before anything else is an ordinary character, so that JSONPath, regular expressions and shell words need no
change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gameday.model import Json
from gameday.printable import single_line

MIN_SECRET_CHARS = 4
"""Shorter values are not redacted: replacing every `1` would make a message unreadable, and protect nothing."""
CUT = "…"
"""Where a text was shortened: what stands before it may be a part of a value."""
REDACTED = "***"
_REFERENCE = re.compile(r"\$(?:(?P<escaped>\$)|\{(?P<inside>[^{}]*)(?P<close>\}?))")
_INSIDE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<operator>:?-)(?P<default>.*))?", re.DOTALL)

_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_CREDENTIAL_NAME = re.compile(r"token|secret|passw|credential|auth|key$", re.IGNORECASE)


class VariableError(ValueError):
    """A variable that is not set, or an invalid reference. `wrong` and `todo` are for a person."""

    def __init__(self, wrong: str, todo: str) -> None:
        super().__init__(wrong)
        self.wrong, self.todo = wrong, todo


def substitute(text: str, environ: Mapping[str, str]) -> str:
    """Return the text with its variables substituted. Raises VariableError."""
    return _REFERENCE.sub(lambda match: _value(match, environ), text) if "$" in text else text


def substitute_all(value: Json, environ: Mapping[str, str]) -> Json:
    """Substitute the variables in every text of a value, but not in keys. Raises VariableError."""
    if isinstance(value, str):
        return substitute(value, environ)
    if isinstance(value, list):
        return [substitute_all(item, environ) for item in value]
    if isinstance(value, dict):
        return {key: substitute_all(item, environ) for key, item in value.items()}
    return value


def has_variable(text: str) -> bool:
    """Return True if the text refers to a variable."""
    return any(not match["escaped"] for match in _REFERENCE.finditer(text))


def replace_references(text: str, filler: str) -> str:
    """Return the text with `filler` in place of each reference to a variable, and `$` for `$$`."""
    return _REFERENCE.sub(lambda match: "$" if match["escaped"] else filler, text)


def used_variables(value: Json | Sequence[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that the texts of a value use and that are set, with their values."""
    used: dict[str, str] = {}
    for text in _texts(value):
        for match in _REFERENCE.finditer(text):
            inside = _INSIDE.fullmatch(match["inside"] or "")
            if inside and (value_of := environ.get(inside["name"])):
                used[inside["name"]] = value_of
    return used


def credential_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables whose names read like credentials: a command may print them, named by no file."""
    return {name: value for name, value in environ.items() if value and _CREDENTIAL_NAME.search(name)}


def redact_variables(text: str, used: Mapping[str, str]) -> str:
    """Return the text with `${NAME}` in place of each value, longest first."""
    return _replace_values(text, {value: f"${{{name}}}" for name, value in used.items()})


def redact_quoted_variables(text: str, used: Mapping[str, str]) -> str:
    """Return the text with `${NAME}` in place of each value, or part of one, that it quotes.

    An equal word of the text itself stays. A value that is not quoted is replaced wherever it is."""
    for name, value in used.items():
        shown = f"${{{name}}}"
        masked = _QUOTED.sub(lambda quoted: _redact_quoted(quoted[0], value, shown), text)  # noqa: B023  # used at once
        text = masked if masked != text else redact_variables(text, {name: value})
    return text


def _redact_quoted(quoted: str, value: str, shown: str) -> str:
    inside, mark = quoted[1:-1], quoted[0]
    is_part = len(inside) >= MIN_SECRET_CHARS and inside in repr(value)
    return f"{mark}{shown}{mark}" if is_part else redact_variables(quoted, {shown[2:-1]: value})


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return the text with every secret replaced, longest first."""
    return _replace_values(text, dict.fromkeys(secrets, REDACTED))


def _replace_values(text: str, shown: Mapping[str, str]) -> str:
    """Replace each value by what is shown for it: whole, a line of it, or the part before a `…` that cut the text."""
    forms = {form: instead for value, instead in shown.items() for form in _forms(value)}
    longest_first = sorted(forms, key=len, reverse=True)
    for form in longest_first:
        text = text.replace(form, forms[form])
    *cut, end = text.split(CUT)
    return "".join(f"{_replace_begin(part, longest_first, forms)}{CUT}" for part in cut) + end


def _forms(value: str) -> Iterator[str]:
    """Yield how a value may appear: as it is, quoted, on one line, and each of its lines."""
    written = (value, repr(value)[1:-1], *value.splitlines())
    for form in (*written, *(" ".join(single_line(each).split()) for each in written)):
        if len(form) >= MIN_SECRET_CHARS:
            yield form


def _replace_begin(text: str, forms: Sequence[str], shown: Mapping[str, str]) -> str:
    """Replace the longest begin of a value that the text ends with."""
    for form in forms:
        for length in range(min(len(form), len(text)), MIN_SECRET_CHARS - 1, -1):
            if text.endswith(form[:length]):
                return text[:-length] + shown[form]
    return text


def _value(match: re.Match[str], environ: Mapping[str, str]) -> str:
    if match["escaped"]:
        return "$"
    inside = _INSIDE.fullmatch(match["inside"])
    if not match["close"] or inside is None:
        raise VariableError("invalid variable reference", "write ${NAME} or ${NAME:-default}; write $$ for a $")
    name, operator = inside["name"], inside["operator"]
    value = environ.get(name)
    if value is None or (operator == ":-" and not value):
        if operator is None:
            raise VariableError(f"variable {name} is not set", variable_hint(name))
        return str(inside["default"])
    return value


def variable_hint(name: str) -> str:
    return f"export {name}=..., pass --var {name}=..., or write a default: ${{{name}:-...}}"


def _texts(value: Json | Sequence[str]) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
