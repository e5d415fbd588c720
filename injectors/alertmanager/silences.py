"""Silences of drills among those of everybody else, and how each reads as an intent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from gameday.clients.alert_matchers import parse_alert_matcher
from gameday.clients.connection import ANONYMOUS, CONNECTION_KEYS, read_connection, resolve_connection_settings
from gameday.errors import Refused
from gameday.injectors.alertmanager.api_client import CREATOR, Alertmanager, Silence
from gameday.injectors.common.intents import IntentBuilder
from gameday.markers import MARK
from gameday.model import Binding, Json
from gameday.plugins.channel import MARK as DRILL_LABEL
from gameday.plugins.types import SILENCE_INJECTOR, Intent, RevertGuarantee

KIND = "silence"
LEASE_S = 24.0
"""Seconds after which a silence ends unless it is renewed; shorter than a sweep watches leases."""
_OWN_COMMENT = re.compile(rf"{re.escape(DRILL_LABEL)} ({MARK}): ")


def plan_silence(binding: Binding, marker: str) -> Intent:
    """Return the intent of a silence; asks no server."""
    matchers = [str(text) for text in cast("list[Json]", binding.settings["matchers"])]
    url = str(binding.settings["url"]).rstrip("/")
    connection = resolve_connection_settings(binding.settings, binding.folder)
    return IntentBuilder(SILENCE_INJECTOR, binding).build(
        marker,
        KIND,
        fault=KIND,
        address={"url": url},
        params={"matchers": cast("Json", matchers)},
        undo={"connection": connection} if connection else {},
        target_text=f"alerts that match {{{', '.join(matchers)}}} in {url}",
        revert_text=f'amtool silence expire $(amtool silence query -q --comment=".*{marker}.*")',
        guarantee=RevertGuarantee.LEASE,
        lease=LEASE_S,
    )


def server_of_binding(binding: Binding) -> Alertmanager:
    """Return the server of an environment. Raises Refused for credentials that cannot be read."""
    settings = {key: value for key, value in binding.settings.items() if key in CONNECTION_KEYS}
    try:
        return Alertmanager(str(binding.settings["url"]), read_connection(settings, binding.folder))
    except ValueError as error:
        raise Refused(f"silence: {error}", "Correct it in gameday.yaml.") from None


def server_of_intent(intent: Intent) -> Alertmanager:
    """Return the server of an intent. Its credentials are references, and are read anew by each process."""
    settings = intent.undo.get("connection")
    connection = read_connection(settings) if isinstance(settings, dict) else ANONYMOUS
    return Alertmanager(str(intent.address["url"]), connection)


def silence_fields(intent: Intent, starts: str, ends: str) -> dict[str, Json]:
    """Return the silence of an intent as the API takes it, without an id."""
    comment = f"{DRILL_LABEL} {intent.marker}: planned drill in {intent.environment}; this silence ends with it"
    matchers = cast("Json", _encode_matchers(intent))
    return {"matchers": matchers, "startsAt": starts, "endsAt": ends, "createdBy": CREATOR, "comment": comment}


def active_silences(intent: Intent, silences: Iterable[Silence]) -> list[Silence]:
    """Return the silences with the intent's marker that have not expired; more than one if a request was repeated."""
    return [silence for silence in silences if not silence.is_over and marker_of(silence) == intent.marker]


def is_as_applied(intent: Intent, silence: Silence) -> bool:
    """Return True if the silence still matches what the drill silenced: nobody has made another one of it."""
    return _sorted(silence.matchers) == _sorted(_encode_matchers(intent))


def marker_of(silence: Silence) -> str:
    """Return the marker of a drill's silence; empty for one of somebody else."""
    own = _OWN_COMMENT.match(silence.comment)
    return own[1] if own and silence.creator == CREATOR else ""


def leftover_intents(binding: Binding, silences: Iterable[Silence]) -> list[Intent]:
    """Return the intents of all silences of drills in this environment, whatever gameday.yaml says now."""
    return [
        _leftover(binding, silence)
        for silence in silences
        if not silence.is_over and marker_of(silence) and f"planned drill in {binding.environment};" in silence.comment
    ]


def _leftover(binding: Binding, silence: Silence) -> Intent:
    marker = marker_of(silence)
    matchers = [format_matcher(matcher) for matcher in silence.matchers]
    settings = {**binding.settings, "matchers": cast("Json", matchers)}
    leftover = Binding(binding.environment, binding.target, binding.injector, settings, folder=binding.folder)
    return plan_silence(leftover, marker)


def format_matcher(matcher: Mapping[str, Json]) -> str:
    """Return a matcher of the API as text: `environment="staging"`."""
    operator = ("=" if matcher["isEqual"] else "!") + ("~" if matcher["isRegex"] else "" if matcher["isEqual"] else "=")
    value = str(matcher["value"]).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{matcher["name"]}{operator}"{value}"'


def _encode_matchers(intent: Intent) -> list[dict[str, Json]]:
    texts = cast("list[Json]", intent.params["matchers"])
    return [parse_alert_matcher(str(text)).encode() for text in texts]


def _sorted(matchers: Sequence[Mapping[str, Json]]) -> list[str]:
    return sorted(format_matcher(matcher) for matcher in matchers)
