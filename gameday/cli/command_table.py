"""Table of the commands: groups in the order of a user's day, where each lies, its one-line summary."""

from __future__ import annotations

from typing import NamedTuple

PARTICIPANTS = "gameday.cli.participant_commands"


class CommandEntry(NamedTuple):
    """A command's module, with `:NAME` if it is not called `command` there, and its summary."""

    location: str
    summary: str


GROUPS: dict[str, dict[str, CommandEntry]] = {
    "Run": {
        "list": CommandEntry("gameday.cli.list_scenarios", "List scenarios: the shipped ones and yours."),
        "plan": CommandEntry("gameday.cli.plan", "Show what a run would touch, without changing anything."),
        "run": CommandEntry("gameday.cli.run", "Run a scenario: faults, people, revert, review."),
        "host": CommandEntry("gameday.cli.host", "Run a scenario for people who join by a link, without a terminal."),
        "schedule": CommandEntry("gameday.cli.schedule", "Rehearse again and again, without anyone at the keyboard."),
        "rotation": CommandEntry(
            "gameday.cli.rotation", "Show whose turn it is in the drills that come; swap, decline."
        ),
    },
    "During a drill": {
        "status": CommandEntry("gameday.cli.status", "Show the running drill as responders see it."),
        "attach": CommandEntry("gameday.cli.attach", "Show the running drill in another terminal."),
        "web": CommandEntry("gameday.cli.web", "Serve the running drill's pages for browsers: one link per role."),
        "links": CommandEntry("gameday.cli.web:links", "Show or revoke the links to the running drill's pages."),
        "stop": CommandEntry("gameday.cli.stop", "STOP: end the drill now and revert all faults. Anyone may."),
        "halt": CommandEntry("gameday.cli.halt", "Revert everything outstanding, even without a drill."),
        "ack": CommandEntry(f"{PARTICIPANTS}:ack", "Acknowledge the page."),
        "declare": CommandEntry(f"{PARTICIPANTS}:declare", "Declare an incident."),
        "severity": CommandEntry(f"{PARTICIPANTS}:severity", "State how severe the incident is."),
        "claim": CommandEntry(f"{PARTICIPANTS}:claim", "Take an unfilled role."),
        "hold-stop": CommandEntry(f"{PARTICIPANTS}:hold_stop", "Say that you are ready to press STOP."),
        "handover": CommandEntry(f"{PARTICIPANTS}:handover", "Hand a role over to another person."),
        "predict": CommandEntry(f"{PARTICIPANTS}:predict", "Submit a prediction, sealed until the end."),
        "theory": CommandEntry(f"{PARTICIPANTS}:theory", "Record what the team thinks is happening."),
        "decide": CommandEntry(f"{PARTICIPANTS}:decide", "Record a decision."),
        "note": CommandEntry(f"{PARTICIPANTS}:note", "Record a note."),
        "retract": CommandEntry(f"{PARTICIPANTS}:retract", "Retract a record. Without a number, list them."),
        "update": CommandEntry(f"{PARTICIPANTS}:update", "Post a status update."),
        "act": CommandEntry(
            f"{PARTICIPANTS}:run_action", "Run an action of the environment. Without a name, list them."
        ),
        "ask-for-help": CommandEntry(f"{PARTICIPANTS}:ask_for_help", "Ask for help."),
        "facilitate": CommandEntry("gameday.cli.facilitate", "Intervene as facilitator: send, hold, adjust, pause."),
    },
    "Afterwards": {
        "debrief": CommandEntry("gameday.cli.debrief", "Run the hot debrief. What people say goes into the review."),
        "review": CommandEntry("gameday.cli.review", "Draft the blameless review of a finished drill."),
        "action-items": CommandEntry("gameday.cli.action_items", "Follow up the action items of the reviews."),
        "evidence": CommandEntry("gameday.cli.evidence", "Show what the drills of a quarter were worth."),
        "show": CommandEntry("gameday.cli.show", "Show a drill's scorecard, or describe a scenario."),
        "was-it-us": CommandEntry("gameday.cli.was_it_us", "Tell whether a drill ran in an environment at a time."),
        "replay": CommandEntry("gameday.cli.replay", "Replay a finished drill on the same screen."),
        "log": CommandEntry("gameday.cli.log", "Print a drill's events."),
    },
    "Set up": {
        "doctor": CommandEntry("gameday.cli.doctor", "Check whether a drill can run on this host and environment."),
        "demo": CommandEntry("gameday.cli.demo", "Start, show or stop the demo environment."),
        "init": CommandEntry("gameday.cli.init", "Propose a gameday.yaml for what runs here."),
        "env": CommandEntry("gameday.cli.env", "Bind what a scenario needs in an environment."),
        "approve": CommandEntry("gameday.cli.approve", "Record what the owner of a target approves, for a while."),
        "roster": CommandEntry("gameday.cli.roster", "Import the people who practise, from CSV or PagerDuty."),
        "new": CommandEntry("gameday.cli.new", "Write a first scenario, from six questions."),
        "check": CommandEntry("gameday.cli.check", "Report every problem of every file at once."),
    },
    "Tools": {
        "guardian": CommandEntry("gameday.cli.guardian", "Run as a service that reverts the faults of crashed drills."),
        "help": CommandEntry("gameday.cli.help", "Show the help of a command."),
        "completion": CommandEntry("gameday.cli.completion", "Print the completion script for bash, zsh or fish."),
        "schema": CommandEntry("gameday.cli.schema", "Print the JSON Schema of a file, for editors."),
        "proxy": CommandEntry("gameday.cli.proxy", "Serve a Toxiproxy-compatible fault proxy, or control one."),
    },
}
COMMANDS: dict[str, CommandEntry] = {name: entry for group in GROUPS.values() for name, entry in group.items()}
RELATED: dict[str, str] = {
    "abort": "stop", "acknowledge": "ack", "create": "new", "cron": "schedule", "describe": "show", "destroy": "halt",
    "diagnose": "doctor",
    "dry-run": "plan", "events": "log", "kill": "stop", "lint": "check", "ls": "list", "logs": "log",
    "postmortem": "review", "preview": "plan", "ps": "status", "rehearse": "run FILE --rehearse", "report": "review",
    "retro": "debrief", "scorecard": "show",  "scenarios": "list", "search": "list", "start": "run",
    "sweep": "halt --sweep ENV", "tasks": "action-items", "test": "check", "todo": "action-items",
    "validate": "check", "verify": "check", "version": "--version", "watch": "attach",
}  # fmt: skip
"""Names that other tools have for a command. They are suggested, and do nothing themselves."""
