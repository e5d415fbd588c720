"""Every key of gameday.yaml, from the schema; the probes' own keys are described here and compared with the code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reference_pages.markdown import sentence, table

from gameday.clients.connection import CONNECTION_KEYS
from gameday.files.schema_validation import json_schema
from gameday.notify.webhook_settings import KEYS
from gameday.signals import probe_table
from gameday.signals.http_requirement import REQUIREMENT_KEYS

HEADINGS = {
    "EnvironmentPart": "An environment",
    "TargetPart": "A target",
    "SignalPart": "A signal",
    "ActionPart": "An action",
    "LoadCommandsPart": "Load",
    "ChannelPart": "A channel",
}
PROBE_KEYS: Mapping[str, Mapping[str, str]] = {
    "http": {
        "url": (
            "The address. Without further keys, a `duration` is the time of the whole response, and a `ratio` the "
            "share of successful requests (any status below 400)."
        ),
        "value": "The path of a number in the JSON response: `journey.p95`, or a JSONPath such as `$.pools[0].wait`.",
        "n": "The path of its sample size.",
        "good_count": (
            "The path of a counter of good events, used with `total_count`. The signal is the ratio of their increases "
            "between two readings."
        ),
        "total_count": "The path of the counter of all events.",
        "require": (
            "The conditions for a valid response; see below. For any other response a `ratio` is 0, and a `duration`, "
            "a value or a counter is unknown."
        ),
    },
    "sql": {
        "dsn_env": (
            "The environment variable with the PostgreSQL address. Neither the address nor the password is stored or "
            "printed."
        ),
        "query": (
            "The query, run in a read-only transaction. Its first row contains the number and, optionally, the sample "
            "size."
        ),
    },
    "process": {
        "run": (
            "The command, run in the folder of gameday.yaml. It prints a number and, optionally, the sample size: "
            "`0.97 120`. Processes that it leaves behind are killed. If it fails, the last line of its stderr is shown."
        ),
    },
    "prometheus": {
        "url": "The address of the Prometheus server.",
        "query": (
            "An instant query that returns one number. Its range, as `[5m]`, is its window: an expectation is evaluated"
            " once all of it lies within the fault. Keep it below a third of the fault's duration."
        ),
        "n": "A query that returns the sample size.",
    },
    "alerts": {
        "url": "The address of the server.",
        "from": "`prometheus`, `alertmanager` or `grafana` (the alerts that Grafana manages itself).",
        "alert": "The name of the alert.",
        "labels": "Other labels that the alert must have.",
    },
    "kubernetes": {
        "kubeconfig": "The kubeconfig file. The kind of the signal is `count`.",
        "context": "The context; the current context is never used.",
        "namespace": "The namespace.",
        "workload": "`deployment/NAME` or `statefulset/NAME`: the number of its ready pods.",
        "service": "The name of a Service: the number of its ready endpoints. Set exactly one of the two.",
        "value": (
            "What is counted: `ready` (the default); `restarts`, of the containers of `workload`; or `events`, the "
            "Warning events of the namespace, or of `workload` with its ReplicaSets and pods. Restarts and events "
            "count from the first reading on, so a healthy system has 0."
        ),
        "reason": "Only events with this reason, such as `BackOff`, `Unhealthy` or `FailedScheduling`.",
    },
}

REQUIRE_KEYS: Mapping[str, str] = {
    "status": "The statuses that count: `200`, `2xx`, or a list of them. Default: any below 400.",
    "header": "Headers by name, each with text that it must contain: `{Content-Type: json}`.",
    "text": "Text that the body must contain.",
    "matches": "A regular expression (RE2 syntax, without lookaround) that must match somewhere in the body.",
    "json": "Values by their path: `{$.status: ok}`. If a path matches several values, one of them must be equal.",
}
CONNECTION_MEANINGS: Mapping[str, str] = {
    "headers": (
        "Headers of every request. The value of a header whose name looks like a credential (`Authorization`, "
        "`X-Api-Key`, `Cookie`) must be a secret; it may be surrounded by text: `Token ${TOKEN}`."
    ),
    "bearer": "A secret, sent as `Authorization: Bearer ...`.",
    "basic": "`{user: NAME, password: SECRET}`, sent as basic authentication.",
    "cert": "The path of a client certificate (PEM), with its chain.",
    "key": "The path of its private key (PEM, without a password), unless `cert` holds it.",
    "ca": (
        "The path of the certificates (PEM) of the authority to trust, instead of the system's trust store. "
        "`SSL_CERT_FILE` and `SSL_CERT_DIR` replace the system's store everywhere."
    ),
    "verify": "`false` accepts any certificate. Anyone on the network can then read the secrets.",
}
WEBHOOK_KEYS: Mapping[str, str] = {
    "url": (
        "The address. It usually contains a secret, so write `${NAME}` or `{file: PATH}`. It is never shown in a plan, "
        "log or message."
    ),
    "body": (
        "The JSON to send, with `{text}` where the marked message goes. Default: `{text: '{text}'}`. Other "
        "placeholders: `{drill}`, `{environment}`, `{kind}`, `{sender}`."
    ),
}
_PROBES_WITH_URL = [f"`{probe}`" for probe, keys in probe_table.PROBE_KEYS.items() if keys.has_url]
CONNECTION_TEXT = (
    "These keys apply to every signal, target and channel with a `url`: "
    f"the probes {', '.join(_PROBES_WITH_URL[:-1])} and {_PROBES_WITH_URL[-1]}, the injector "
    "`toxiproxy`, the channel `webhook`. A secret is `${NAME}` or `{file: PATH}`; a literal one in the "
    "file is refused. It is read again for each request, and appears in no plan, intent, log or message. Paths are "
    "relative to gameday.yaml. [How to authenticate probes](../how-to/authenticate-probes.md)."
)
CHANNELS_TEXT = (
    "From the start of the drill to its end, a channel gets the messages that every responder may see, each marked "
    "`[DRILL]`. Without a channel, nothing is sent. "
    "[How to send messages to a chat](../how-to/send-messages-to-chat.md)."
)


def generate() -> str:
    """Return a table for each part of the file, and one for each probe."""
    schema = json_schema("gameday")
    parts = [f"## The file\n\n{key_table(schema, HEADINGS)}"]
    for name in [*HEADINGS, *(name for name in schema["$defs"] if name not in HEADINGS)]:
        part = schema["$defs"].get(name, {})
        if "properties" in part:
            about, keys = sentence(part.get("description", "")), key_table(part, HEADINGS)
            parts.append(f"## {HEADINGS.get(name, name)}\n\n{about}\n\n{keys}")
    channels = ["## Channels", CHANNELS_TEXT, _webhook()]
    credentials = ["## Credentials and TLS", CONNECTION_TEXT, _connection()]
    return "\n\n".join([*parts, "## Probes", *_probes(), *channels, *credentials])


def key_table(part: Mapping[str, Any], headings: Mapping[str, str]) -> str:
    """Return the table of a part's keys. `headings`: those of the page, by the name of a part."""
    required = part.get("required", ())
    rows = [(f"`{key}`", _value(of, headings), _default(key, of, required), sentence(of.get("description", "")))
            for key, of in part["properties"].items()]  # fmt: skip
    return table(("key", "value", "default", "meaning"), rows)


def _value(of: Mapping[str, Any], headings: Mapping[str, str] = HEADINGS) -> str:
    """Return what a value looks like, as a person would say it."""
    if reference := of.get("$ref"):
        name = reference.rpartition("/")[2]
        return f"[{headings[name]}](#{_anchor(headings[name])})" if name in headings else _enum(name)
    if options := of.get("enum") or ([of["const"]] if "const" in of else []):
        return ", ".join(f"`{option}`" for option in options)
    if examples := of.get("examples"):
        return ", ".join(f"`{example}`" for example in examples)
    if of.get("type") == "array":
        return f"list of {_plural(_value(of.get('items', {}), headings))}"
    if of.get("type") == "object":
        named = of.get("additionalProperties")
        values = named if isinstance(named, dict) else next(iter(of.get("patternProperties", {}).values()), {})
        return f"map of names to {_plural(_value(values, headings))}"
    return {"string": "text", "boolean": "`true` or `false`", "integer": "whole number"}.get(of.get("type", ""), "")


def _enum(name: str) -> str:
    return _value(json_schema("gameday")["$defs"][name])


def _plural(value: str) -> str:
    return "texts" if value == "text" else value


def _anchor(heading: str) -> str:
    return heading.lower().replace(" ", "-")


def _default(key: str, of: Mapping[str, Any], required: object) -> str:
    if isinstance(required, list) and key in required:
        return "required"
    default = of.get("default")
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, float):
        return f"`{default:g}s`"
    return "" if default is None else f"`{default}`"


def _probes() -> Iterator[str]:
    for probe, keys in ((probe, keys.names) for probe, keys in probe_table.PROBE_KEYS.items()):
        described = PROBE_KEYS[probe]
        assert set(described) == set(keys), f"describe the keys of the probe {probe}: {', '.join(keys)}"
        yield f"### {probe}\n\n" + _meanings({key: described[key] for key in keys})
        if "require" in keys:
            assert tuple(REQUIRE_KEYS) == REQUIREMENT_KEYS
            yield f"`require` has these keys:\n\n{_meanings(REQUIRE_KEYS)}"


def _webhook() -> str:
    assert (*WEBHOOK_KEYS, *CONNECTION_KEYS) == KEYS
    return f"### webhook\n\n{_meanings(WEBHOOK_KEYS)}"


def _connection() -> str:
    assert tuple(CONNECTION_MEANINGS) == CONNECTION_KEYS
    return _meanings(CONNECTION_MEANINGS)


def _meanings(keys: Mapping[str, str]) -> str:
    return table(("key", "meaning"), [(f"`{key}`", meaning) for key, meaning in keys.items()])
