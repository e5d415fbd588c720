"""Meanings of the keys of built-in probes, channels and incident sources, for the reference page and for editors."""

from __future__ import annotations

from collections.abc import Mapping

PROBE_DESCRIPTIONS: Mapping[str, Mapping[str, str]] = {
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

REQUIRE_DESCRIPTIONS: Mapping[str, str] = {
    "status": "The statuses that count: `200`, `2xx`, or a list of them. Default: any below 400.",
    "header": "Headers by name, each with text that it must contain: `{Content-Type: json}`.",
    "text": "Text that the body must contain.",
    "matches": "A regular expression (RE2 syntax, without lookaround) that must match somewhere in the body.",
    "json": "Values by their path: `{$.status: ok}`. If a path matches several values, one of them must be equal.",
}
CONNECTION_DESCRIPTIONS: Mapping[str, str] = {
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
INCIDENT_DESCRIPTIONS: Mapping[str, Mapping[str, str]] = {
    "pagerduty": {
        "services": "The ids of the services, such as `PABC123`: triggered and acknowledged incidents of these count.",
        "url": "The address of the API; default: `https://api.pagerduty.com`.",
    },
    "jira": {
        "url": "The address of the site, such as `https://team.atlassian.net`.",
        "jql": "The open incidents, as a JQL query: each issue that it finds counts.",
    },
    "alertmanager": {
        "url": "The address of the server.",
        "matchers": "Which alerts count, such as `['severity=\"critical\"', 'env=\"production\"']`; silenced and "
        "inhibited ones do not.",
    },
    "command": {
        "run": "The command, run in the folder of gameday.yaml. Each line that it prints is an open incident; if it "
        "fails, the incidents are unknown.",
    },
}
WEBHOOK_DESCRIPTIONS: Mapping[str, str] = {
    "url": (
        "The address. It usually contains a secret, so write `${NAME}` or `{file: PATH}`. It is never shown in a plan, "
        "log or message."
    ),
    "body": (
        "The JSON to send, with `{text}` where the marked message goes. Default: `{text: '{text}'}`. Other "
        "placeholders: `{drill}`, `{environment}`, `{kind}`, `{sender}`."
    ),
}
SLACK_DESCRIPTIONS: Mapping[str, str] = {
    "bot_token": "The bot token of the app, `xoxb-...`, as `${NAME}` or `{file: PATH}`.",
    "app_token": "Its app-level token for Socket Mode, `xapp-...`. Without it, the channel only sends.",
    "conversation": (
        "The ID of an existing channel to use. Default: each drill gets a channel of its own, to which its people are "
        "invited."
    ),
    "private": "Whether a channel of a drill's own is private. Default: false.",
    "archive": "Whether a channel of a drill's own is archived after the drill. Default: true.",
    "reactions": "Commands by emoji, added to the default ones; `null` removes one: `{eyes: acknowledge}`.",
    "replies": "Commands by the beginning of a text, added to the default ones: `{idea: theory}` for `idea: ...`.",
    "api_url": "The address of the Web API, such as `https://slack-gov.com/api`. Default: `https://slack.com/api`.",
    "ca": "A file with the authority that is trusted instead of the system's, such as that of a proxy.",
}
APPRISE_DESCRIPTIONS: Mapping[str, str] = {
    "url": (
        "The address of the service, as Apprise writes it (`mailtos://...`), as `${NAME}` or `{file: PATH}`. It is "
        "never shown. Allowed: e-mail, Teams, Mattermost, Matrix, PagerDuty and generic JSON."
    ),
}
