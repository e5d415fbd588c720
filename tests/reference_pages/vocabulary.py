"""The vocabulary of the project: one word for each concept, the same in files, commands, code, log and docs."""

from __future__ import annotations

VOCABULARY = {
    "scenario": (
        "A YAML file that describes one exercise. It names logical targets and signals, never hosts or containers."
    ),
    "environment": (
        "A named place (`demo`, `staging`). It binds targets to resources, signals to probes, and actions and load to"
        " commands, and says what a drill may touch."
    ),
    "drill": "One run of a scenario in an environment, with an opaque code name such as `gd-7f3a`.",
    "fault, kind": (
        "A fault is one controlled failure on a target. Its kind is what the client sees: `latency`, `outage`, `kill`."
    ),
    "injector": "The plugin that applies and reverts the faults of one engine: `toxiproxy`, `docker`, `postgres`.",
    "intent": "Everything another process needs to revert a fault. It is stored before the fault is applied.",
    "apply, revert": (
        "Add a fault; remove it. A revert is *verified*: the engine is asked again and the fault is absent."
    ),
    "present, absent": "What the engine says about a fault.",
    "marker": "The drill's identifier on an engine object: `gd-` and 12 hex digits.",
    "leftover": "A fault on an engine that no running drill owns.",
    "lease": "The time after which a fault ends by itself unless it is renewed.",
    "guardian": "The separate process that reverts the faults if the runner dies.",
    "stop": (
        "End the drill and revert everything now. With no drill running, revert everything outstanding. `halt` is "
        "another name for it."
    ),
    "dirty": "An environment in which something could not be reverted.",
    "signal, reading": (
        "A signal is something measurable; a reading is one measurement of it. A reading that failed or has too "
        "few samples is *unknown*, never healthy."
    ),
    "baseline": "A signal's value measured in preflight, before the fault.",
    "healthy": "A signal within the limit that its environment defines.",
    "steady state": "What must hold before and after the drill.",
    "hypothesis": "What must hold *while the fault is present*.",
    "guardrail": "The condition that halts the drill automatically.",
    "moment": "A named point in a drill; see the table below.",
    "theory": "What the team thinks is happening. (The hypothesis belongs to the experiment.)",
    "clue": "A reading that leads from the symptom to the cause. A rehearsal fails if it does not show.",
    "action, mitigation": (
        "An action is a command of the environment that responders may run; a mitigation is an action that restores "
        "service. A rehearsal tries each."
    ),
    "action item": "What the team will do after the review.",
    "message": (
        "A scripted text to the responders, from a persona (support, executive, expert) or as a hint. Exercise "
        "planning calls it an *inject*."
    ),
    "channel": (
        "A place outside the program, such as a chat, that receives the messages, pages, status updates and "
        "announcements which every responder may see."
    ),
    "hint": "Help for stuck responders, in four levels: nudge, question, pointer, answer.",
    "page": "What calls the responders: their own alert, or the program's fallback.",
    "objective": "Something the team is expected to do by a time.",
    "cleanup": "A change that responders made and that must be restored, kept or tracked before the drill is complete.",
    "roles": "Facilitator, incident commander (IC), mentor, scribe, comms, ops, observer.",
    "event": "One immutable line of a drill's log. Everything else is computed from events.",
    "rehearsal": "A drill without people: faults, guardrails and reverts are real, the responders' part is scripted.",
    "scorecard": "The results computed from the events, with sample sizes and without people.",
    "review": "The blameless document that is drafted from the events and completed by the team.",
}
