"""Everything that a drill's log can say: one class for each kind of event, grouped by subject.

Moments are kinds too, under their own name. Scorecard, review, pages and `status` are folds over events; there is
no second state. `docs/reference/log.md` is generated from these classes.
"""

# isort: skip_file
# fmt: off
from gameday.events.audience import (
    Audience, EVERYONE, FACILITATOR, PRIVATE, SEALED,
)
from gameday.events.text import (
    SignalKinds, Span, Style, Text, format_plain,
)
from gameday.events.body import (
    Body, Pane, EVENT_TYPES, FaultEvent, SignalEvent, Tone, Unrecognised,
)
from gameday.events.envelope import (
    Event, NewEvent, body_data, decode_body_leniently, decode_body_strictly, decode_leniently, decode_strictly,
    encode, encode_body, format_delay, kind_of, log_text, read_role, read_source,
)
from gameday.events.queries import (
    fault_summary, final_stops, first_of, first_of_kind, first_time_of_kind, has_any, last_of, last_of_kind,
    mitigating_actions, of_kind, of_type, read_plan, reference_time, time_of,
)
from gameday.events.lifecycle import (
    LoadStarted, MachineSuspended, PhaseChanged, PreflightChecked, PreflightPassed, PreflightWaits, ProblemReported,
    StartApproved, Started, TakenOver,
)
from gameday.events.follow_up import (
    EarlierItemsEvaluated, ErrorBudgetLow, FollowUpReported, FollowUpResult,
)
from gameday.events.planned import (
    Planned, PlannedEnd, PlannedExpectation, PlannedFaultRecord, PlannedObjective, PlannedPage,
)
from gameday.events.faults import (
    Applied, ApplyRefused, ApplyUnknown, FaultConfirmed, FaultEnded, Intended, FaultEndedUnexpectedly,
    OutsideChangeGone, OutsideChangeSeen, Removed,
)
from gameday.events.reverts import (
    AllReverted, ForeignChangeKept, FaultReverted, RevertAbandoned, RevertStarted, RevertPending, kept_text,
)
from gameday.events.alert_silence import (
    AlertsSilenced, SilenceEndedUnexpectedly, SilenceIntended, SilenceReverted,
)
from gameday.events.impact import ImpactDetected, ImpactNotJudged
from gameday.events.measurements import (
    BaselineMeasured, CAUSE_OWN_REVERT, EffectJudged, Evaluated, EvaluatedVerdict, GuardrailBroken,
    GuardrailWarned, Mitigated, EvaluatedPart, Recovered, SignalUnreadable, SteadyStateChecked,
    UNKNOWN_CAUSE,
)
from gameday.events.people import (
    Acknowledged, Answer, TeamAssembled, Decision, Declared, HelpRequested, IcAnnounced, MitigationReported, Note,
    Prediction, Retracted, RoleClaimed, RoleHandedOver, STATEMENT_TYPES, SeverityStated, Statement, StatusUpdate,
    StopHeld,
    TheoryStated, statement,
)
from gameday.events.actions import (
    ActionFinished, ActionRequested, ActionStarted, CommandStarted,
)
from gameday.events.messages import (
    AlertFired, HintOffered, HintSent, HintWhispered, MessageSent, MessageSkipped, MessageUndelivered, PageEscalated,
    Paged, QuestionAsked,
)
from gameday.events.facilitation import (
    DecisionAwaited, EarlyApplyRequested, FaultAdjusted, MessageOverridden, Operation, Paused, PrivateNote, Resumed,
    ResumedAfterStop, Revealed, StopConfirmed, TimeboxExtended,
)
from gameday.events.active_periods import (
    ActivePeriod, active_periods, fault_of, fold_active_period, Periods,
)
from gameday.events.outside_changes import (
    OutsideChange, OutsideChanges, fold_outside_change, outside_changes,
)
from gameday.events.outcome import (
    ChatLine, CleanupRecorded, CleanupResult, DebriefEnded, DebriefLine, Ended, Halted, Interrupted, MomentNotReached,
    SIGNAL_CAUSES, Stopped,
)
from gameday.events.retractions import (
    UnknownRecord, describe_retractable, list_retractable, retraction_event, without_retracted,
)

__all__ = [
    "CAUSE_OWN_REVERT", "EVENT_TYPES", "EVERYONE", "FACILITATOR", "PRIVATE", "SEALED", "SIGNAL_CAUSES",
    "STATEMENT_TYPES", "UNKNOWN_CAUSE", "Acknowledged", "ActionFinished", "ActionRequested", "ActionStarted",
    "ActivePeriod", "AlertFired", "AlertsSilenced", "AllReverted", "Answer", "Applied", "ApplyRefused",
    "ApplyUnknown", "Audience", "BaselineMeasured", "Body", "ChatLine", "CleanupRecorded", "CleanupResult",
    "CommandStarted", "DebriefEnded", "DebriefLine", "Decision", "DecisionAwaited", "Declared", "EarlierItemsEvaluated",
    "EarlyApplyRequested", "EffectJudged", "Ended", "ErrorBudgetLow", "Evaluated", "EvaluatedPart",
    "EvaluatedVerdict", "Event",
    "FaultAdjusted", "FaultConfirmed", "FaultEnded", "FaultEndedUnexpectedly", "FaultEvent", "FaultReverted",
    "FollowUpReported", "FollowUpResult", "ForeignChangeKept", "GuardrailBroken", "GuardrailWarned", "Halted",
    "HelpRequested", "HintOffered", "HintSent", "HintWhispered", "IcAnnounced", "ImpactDetected", "ImpactNotJudged",
    "Intended", "Interrupted", "LoadStarted", "MachineSuspended", "MessageOverridden", "MessageSent",
    "MessageSkipped", "MessageUndelivered", "Mitigated", "MitigationReported", "MomentNotReached", "NewEvent",
    "Note", "Operation", "OutsideChange", "OutsideChangeGone", "OutsideChangeSeen", "OutsideChanges",
    "PageEscalated", "Paged", "Pane", "Paused", "Periods", "PhaseChanged", "Planned", "PlannedEnd",
    "PlannedExpectation", "PlannedFaultRecord", "PlannedObjective", "PlannedPage", "Prediction", "PreflightChecked",
    "PreflightPassed", "PreflightWaits", "PrivateNote", "ProblemReported", "QuestionAsked", "Recovered", "Removed",
    "Resumed", "ResumedAfterStop", "Retracted", "Revealed", "RevertAbandoned", "RevertPending", "RevertStarted",
    "RoleClaimed", "RoleHandedOver", "SeverityStated", "SignalEvent", "SignalKinds", "SignalUnreadable",
    "SilenceEndedUnexpectedly", "SilenceIntended", "SilenceReverted", "Span", "StartApproved", "Started",
    "Statement", "StatusUpdate", "SteadyStateChecked", "StopConfirmed", "StopHeld", "Stopped", "Style", "TakenOver",
    "TeamAssembled", "Text", "TheoryStated", "TimeboxExtended", "Tone", "UnknownRecord", "Unrecognised",
    "active_periods", "body_data", "decode_body_leniently", "decode_body_strictly", "decode_leniently",
    "decode_strictly", "describe_retractable", "encode", "encode_body", "fault_of", "fault_summary", "final_stops",
    "first_of", "first_of_kind", "first_time_of_kind", "fold_active_period", "fold_outside_change", "format_delay",
    "format_plain", "has_any", "kept_text", "kind_of", "last_of", "last_of_kind", "list_retractable", "log_text",
    "mitigating_actions", "of_kind", "of_type", "outside_changes", "read_plan", "read_role", "read_source",
    "reference_time", "retraction_event", "statement", "time_of", "without_retracted",
]
