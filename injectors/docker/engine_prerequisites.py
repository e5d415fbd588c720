"""Prerequisites of a fault: permission for commands, a tools image, a kernel that supports it."""

from __future__ import annotations

from dataclasses import replace

from gameday.errors import Refused
from gameday.injectors.docker.decoded_intent import DecodedIntent
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.faults.base import EngineFaultKind, FaultKind, SidecarFaultKind, guardian_recipes
from gameday.injectors.docker.guardian_container import guardian_sandbox, guardian_script
from gameday.injectors.docker.sidecar_script import sandbox_in_network
from gameday.injectors.docker.sidecars import INSPECTION_KEY, Sidecars
from gameday.injectors.docker.target_settings import Settings


def require_prerequisites(engine: EngineApi, settings: Settings, name: str, kind: FaultKind) -> None:
    """Check what the drill needs on this engine. Raises Refused."""
    if name == "exec" and not settings.exec:
        raise Refused(
            f"target {settings.target}: commands in its containers are not allowed",
            "To allow them, set `exec: true` on that target in gameday.yaml.",
        )
    if isinstance(kind, SidecarFaultKind) and not settings.tools:
        raise Refused(
            f"target {settings.target}: {name} needs a tools image for its sidecar",
            "Set it in gameday.yaml, such as `tools: gameday-tools:1`; examples/tools builds one.",
        )
    if settings.guardian and not settings.tools:
        raise Refused(
            f"target {settings.target}: a guardian container needs a tools image",
            "Set it next to `guardian`, such as `tools: gameday-tools:1`; examples/tools builds one.",
        )
    if settings.tools and not engine.has_image(settings.tools):
        raise Refused(
            f"target {settings.target}: no image {settings.tools} at {settings.engine}",
            "Pull it, or build one with examples/tools.",
        )


def try_fault(target: DecodedIntent) -> str:
    """Try the fault in a container of its own, and the guardian; return what is missing, and an alternative."""
    if isinstance(target.kind, EngineFaultKind):
        return (
            _try_guardian(target)
            if guardian_recipes(target.kind, target.snapshots, target.tools, target.guardian)
            else ""
        )
    trial = target.kind.trial_script()
    if trial is None:
        return ""
    done = _trial_sidecars(target).run_once("apply_fault", target.tools, trial, sandbox_in_network("none"))
    if done.code == 0:
        return ""
    output = done.output.splitlines()[-1] if done.output else f"exit code {done.code}"
    return f"{target.intent.kind} does not work on this engine's kernel ({output}); {target.kind.alternative()}"


def _trial_sidecars(target: DecodedIntent) -> Sidecars:
    """Return sidecars whose intent says that an interrupted trial carries no fault."""
    intent = target.intent
    trial = replace(
        intent,
        undo={**intent.undo, INSPECTION_KEY: True},
        target_text=f"interrupted trial for {intent.target_text}",
    )
    return Sidecars(target.engine, trial)


def _try_guardian(target: DecodedIntent) -> str:
    asks, sandbox = guardian_script([], target.snapshots[0].id), guardian_sandbox(target.guardian)
    try:
        done = _trial_sidecars(target).run_once("apply_fault", target.tools, asks, sandbox)
    except EngineError as error:
        return f"cannot start a guardian container for target {target.intent.target}: {error} ({_GUARDIAN})"
    return "" if done.code == 0 else f"target {target.intent.target}: {done.output} ({_GUARDIAN})"


_GUARDIAN = "`guardian` in gameday.yaml is the path of the socket on the engine's machine; it is optional"
