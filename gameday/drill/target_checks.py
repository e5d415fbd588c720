"""Check of preflight for the target of one fault: what its engine lacks for it, and who else changes it."""

from __future__ import annotations

from gameday.drill.start_conditions import CheckResult
from gameday.errors import Refused
from gameday.plugins.injector import Checkable
from gameday.plugins.types import Deadline, Intent

CAPABILITY_TIMEOUT_S = 25.0
CHECK_TIMEOUT_S = 5.0
_CORRECT = "Choose another kind, or correct the target in gameday.yaml."


def check_target(checkable: Checkable | None, intent: Intent) -> CheckResult:
    """Return the check of a fault's target; its message for people names the objects."""
    message = f"{intent.target}: {intent.touched_text}; auto-reverts: {intent.auto_revert}"
    if checkable is None:
        return CheckResult("target", True, message, target=intent)
    if lack := find_lack(checkable, intent, CAPABILITY_TIMEOUT_S, _CORRECT):
        return CheckResult("target", False, lack.wrong, lack.todo, intent)
    warnings = checkable.interference_warnings(intent, Deadline.after(CHECK_TIMEOUT_S))
    message = "; ".join([message, *(f"warning: {warning}" for warning in warnings)])
    return CheckResult("target", True, message, target=intent)


def find_lack(checkable: Checkable, intent: Intent, seconds: float, remedy: str) -> Refused | None:
    """Return what the engine lacks for a fault, with what to do about it; None for nothing.

    `remedy`: where the engine knows none. `seconds`: for the whole check."""
    try:
        lack = checkable.check_capability(intent, Deadline.after(seconds))
    except Refused as refused:
        return Refused(refused.wrong, refused.todo or remedy)
    return Refused(lack, remedy) if lack else None
