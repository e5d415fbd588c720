"""Matchers of alerts as Alertmanager's tools write them: `environment="staging"`, `severity=~"page|warn"`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gameday.model import Json

_MATCHER = re.compile(
    r'\s*(?P<label>[A-Za-z_:][A-Za-z0-9_:]*)\s*(?P<operator>=~|!~|!=|=)\s*"(?P<value>(?:[^"\\]|\\.)*)"\s*'
)
_ESCAPED = re.compile(r"\\(.)")
_NEWLINE = {"n": "\n"}


@dataclass(frozen=True, slots=True)
class AlertMatcher:
    """One condition on a label of an alert. `is_equal`: False for `!=` and `!~`."""

    label: str
    value: str
    is_regex: bool
    is_equal: bool

    @property
    def requires_label(self) -> bool:
        """True if an alert without the label does not match."""
        return not self.matches("")

    def matches(self, value: str) -> bool:
        """Return True if a label with this value matches; Alertmanager takes a missing one for empty."""
        is_alike = bool(re.fullmatch(self.value, value)) if self.is_regex else self.value == value
        return is_alike == self.is_equal

    def encode(self) -> dict[str, Json]:
        """Return the matcher as Alertmanager's API v2 has it."""
        return {"name": self.label, "value": self.value, "isRegex": self.is_regex, "isEqual": self.is_equal}


def parse_alert_matcher(text: str) -> AlertMatcher:
    """Parse one matcher. Raises ValueError."""
    parts = _MATCHER.fullmatch(text)
    if parts is None:
        raise ValueError(f"invalid matcher {text!r}: write it as Alertmanager does, such as 'team=\"shop\"'")
    value = _ESCAPED.sub(lambda escaped: _NEWLINE.get(escaped[1], escaped[1]), parts["value"])
    operator = parts["operator"]
    if operator.endswith("~"):
        _require_regex(text, value)
    return AlertMatcher(parts["label"], value, operator.endswith("~"), not operator.startswith("!"))


def _require_regex(text: str, value: str) -> None:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"invalid regular expression in {text!r}: {error}") from None
