"""Scales, tracks, statuses, actions and tasks in words."""

from typing import get_args

from engine.case.state import AlertStatus, CaseStatus
from schemas.codes import (
    ActionKind,
    Certainty,
    CountryRole,
    Danger,
    DateKind,
    Effect,
    IncidentCode,
    Mode,
    Precision,
    Proviso,
    RootCause,
    Severity,
    SubjectKind,
    TrackName,
)
from schemas.facts import TaskKind
from schemas.plan import Gate
from schemas.responses import (
    AnswerClass,
    DeclineReason,
    ResponseKind,
    Way,
    WithdrawnBecause,
)

SEVERITY: dict[Severity, str] = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "high",
    Severity.ELEVATED: "elevated",
    Severity.WATCH: "watch",
}

TRACK: dict[TrackName, str] = {
    TrackName.DUTY: "Duty",
    TrackName.PROTECTION: "Protection",
    TrackName.MISSIONS: "Embassies",
    TrackName.NHRIS: "Human rights institutions",
    TrackName.MSIS: "Initiatives",
    TrackName.INVESTORS: "Investors",
    TrackName.COMPANIES: "Companies",
    TrackName.MECHANISMS: "UN and regional mechanisms",
    TrackName.LEGAL: "Lawyers",
    TrackName.SPORTS: "Sports bodies",
    TrackName.UNIONS: "Unions",
}

CERTAINTY: dict[Certainty, str] = {
    Certainty.CONFIRMED: "confirmed",
    Certainty.LIKELY: "likely, not confirmed",
    Certainty.POSSIBLE: "possible, not confirmed",
    Certainty.UNLIKELY: "unlikely",
    Certainty.UNKNOWN: "not yet checked",
}

MODE: dict[Mode, str] = {
    Mode.QUIET: "quiet: nobody learns that they were asked",
    Mode.PRIVATE: "private: known among those told",
    Mode.PUBLIC: "public",
}

DANGER: dict[Danger, str] = {
    Danger.YES: "Yes, right now",
    Danger.NO: "Not at this moment",
    Danger.UNKNOWN: "Nobody knows",
}

PRECISION: dict[Precision, str] = {
    Precision.MINUTE: "to the minute",
    Precision.HOUR: "to the hour",
    Precision.DAY: "the day",
    Precision.MONTH: "the month",
    Precision.YEAR: "the year",
    Precision.UNKNOWN: "not known",
}

SUBJECT: dict[SubjectKind, str] = {
    SubjectKind.PERSON: "One person",
    SubjectKind.GROUP: "A group",
    SubjectKind.COMMUNITY: "A community",
    SubjectKind.INSTITUTION: "An organisation",
    SubjectKind.NONE_IDENTIFIABLE: "Nobody in particular",
}

ROOT_CAUSE: dict[RootCause, str] = {
    RootCause.FPIC_ABSENT: "no free, prior and informed consent",
    RootCause.LAND_TENURE: "a dispute over land",
    RootCause.CORRUPTION: "corruption",
    RootCause.IMPUNITY: "earlier attacks went unpunished",
    RootCause.LACK_OF_CONSULTATION: "nobody was consulted",
}

CASE_STATUS: dict[CaseStatus, str] = {
    CaseStatus.NEW: "new",
    CaseStatus.OPEN: "open",
    CaseStatus.STANDING: "standing",
    CaseStatus.MONITORED: "monitored",
    CaseStatus.CLOSED: "closed",
}

ALERT_STATUS: dict[AlertStatus, str] = {
    AlertStatus.PLANNED: "not told yet",
    AlertStatus.WAITING: "told, no answer yet",
    AlertStatus.ANSWERED: "has it",
    AlertStatus.PROMISED: "promised to act",
    AlertStatus.ACTED: "acted",
    AlertStatus.DECLINED: "declined",
    AlertStatus.SILENT: "silent, phone them",
    AlertStatus.WITHHELD: "not told",
    AlertStatus.CLOSED: "nothing more is asked",
}

DELIVERY: dict[str, str] = {
    "queued": "queued, not sent yet",
    "sending": "being sent",
    "handed_off": "handed to the next hop; whether it arrived is not known",
    "delivered": "delivered to the phone; not yet seen",
    "failed_temporary": "not accepted yet, tried again",
    "failed_permanent": "will not arrive this way",
    "unknown": "outcome unknown, tried again",
    "superseded": "not sent: a later message replaced it",
    "cancelled": "not sent: no longer right",
}

GATE: dict[Gate, str] = {
    Gate.NONE: "needs no release",
    Gate.PROTOCOL: "released by an agreed protocol",
    Gate.RELEASE: "one person releases it",
    Gate.RELEASE_TWO: "two people release it",
    Gate.NECESSITY: "only out of necessity",
}

ACTION: dict[ActionKind, str] = {
    ActionKind.CALL: "a call",
    ActionKind.LETTER: "a letter",
    ActionKind.DEMARCHE: "a démarche",
    ActionKind.VISIT: "a visit",
    ActionKind.TRIAL_OBSERVATION: "observing the hearing",
    ActionKind.MEETING: "a meeting",
    ActionKind.ENQUIRY: "a quiet enquiry",
    ActionKind.JOINT_STATEMENT: "a joint statement",
    ActionKind.STATEMENT: "a statement",
    ActionKind.SUPPLIER_WARNING: "a word with the supplier",
    ActionKind.CONTRACT_LEVERAGE: "using what the contract allows",
    ActionKind.LEGAL_SUPPORT: "legal support",
    ActionKind.MEDICAL_SUPPORT: "medical support",
    ActionKind.RELOCATION: "relocation",
    ActionKind.FUNDING: "funding",
    ActionKind.VISA: "a visa",
    ActionKind.COMPLAINT_OPENED: "opening a complaint file",
    ActionKind.OTHER: "something else",
}

PROVISO: dict[Proviso, str] = {
    Proviso.TEXT_CLEARED: "we clear the text first",
    Proviso.FACTS_CONFIRMED: "we confirm the facts first",
    Proviso.PERSON_AGREES: "the person agrees first",
    Proviso.OTHER: "something else from us first",
}

WORTH: dict[AnswerClass, str] = {
    AnswerClass.ASSISTANCE: "real help",
    AnswerClass.PLEDGED: "a pledge that counts",
    AnswerClass.TOKEN: "a token answer",
    AnswerClass.COUNTER_PRODUCTIVE: "doing harm",
    AnswerClass.NONE: "no answer to what was asked",
}

WITHDRAWN: dict[WithdrawnBecause, str] = {
    WithdrawnBecause.BY_GIVER: "they took it back",
    WithdrawnBecause.AT_OUR_REQUEST: "we asked them to let it be",
    WithdrawnBecause.CONDITION_FAILED: "what it waited for did not come",
    WithdrawnBecause.RENEWED: "it was given anew for another date",
    WithdrawnBecause.MISTAKE: "it was entered by mistake",
}

EFFECT: dict[Effect, str] = {
    Effect.POSITIVE: "it helped",
    Effect.NONE: "it changed nothing",
    Effect.NEGATIVE: "it made things worse",
    Effect.UNKNOWN: "too early to say",
}

DECLINE: dict[DeclineReason, str] = {
    DeclineReason.NOT_US: "this is not ours",
    DeclineReason.OUTSIDE_MANDATE: "it is outside our mandate",
    DeclineReason.INSIDE_INFORMATION: "our inside-information rules forbid it",
    DeclineReason.NO_CAPACITY: "we have no capacity",
    DeclineReason.OTHER: "another reason",
}

RESPONSE: dict[ResponseKind, str] = {
    ResponseKind.ACKNOWLEDGED: "has got it",
    ResponseKind.COMMITTED: "will do something",
    ResponseKind.ACTED: "has done something",
    ResponseKind.DECLINED: "declines",
    ResponseKind.CONFLICT: "has a conflict of interest",
    ResponseKind.WRONG_CONTACT: "is the wrong person",
    ResponseKind.PASSED_ON: "passed it on",
    ResponseKind.ASKS: "has a question",
    ResponseKind.WARNS: "says it would do harm now",
    ResponseKind.ALREADY_ACTING: "is already acting",
    ResponseKind.WITHDRAWS: "takes back a promise",
}

WAY: dict[Way, str] = {
    Way.PAGE: "on the answer page",
    Way.SMS: "by SMS",
    Way.EMAIL: "by e-mail",
    Way.API: "through a program",
    Way.KAFKA: "through a stream",
    Way.CLI: "at the command line",
    Way.CONSOLE: "on the board",
    Way.PHONE: "by phone",
}

COUNTRY_ROLE: dict[CountryRole, str] = {
    CountryRole.HAPPENED: "where it happened",
    CountryRole.NATIONALITY: "nationality",
    CountryRole.RESIDENCE: "residence",
    CountryRole.TRANSIT: "transit",
    CountryRole.REQUESTING: "wants the person returned",
}

DATE: dict[DateKind, str] = {
    DateKind.HEARING: "Hearing",
    DateKind.VERDICT: "Verdict",
    DateKind.DEPORTATION: "Deportation",
    DateKind.EVICTION: "Eviction",
    DateKind.VISIT: "Visit",
    DateKind.MEETING: "Meeting",
    DateKind.DELEGATION: "Delegation",
    DateKind.ELECTION: "Election",
    DateKind.UN_REPLY: "Reply to the UN due",
    DateKind.CUSTODY: "First 48 hours of detention over",
    DateKind.OTHER: "Date",
}

TASK: dict[str, str] = {
    "triage": "Look at the case and decide",
    "first_contact": "Speak to the source or the defender",
    "check_in": "Check in on the safe channel",
    "release": "Decide whether to release a track",
    "question": "Answer a question",
    "phone_them": "Phone them, nobody answered",
    "phone_at_opening": "Phone them when they open",
    "promise_overdue": "Ask what became of a promise",
    "promise_condition": "A promise waits for us: do our part, or say that it will not come",
    "nobody_left": "Nobody is left to ask, find somebody else",
    "told_before_excluded": "Somebody was told who must not know",
    "passed_on_inside": "It was passed on to somebody who must not know",
    "source_inside": (
        "A report came by a line run for somebody who must not know: never answer through it"
    ),
    "warning": "Somebody says that acting now would do harm",
    "still_right": "Is a late message still right?",
    "planning_trouble": "Planning was not complete",
    "unreachable": "No way to reach somebody works",
    "stand_down_held": "The hold is over: tell them that nothing more is asked",
    "dead_way": "A way to reach somebody is dead: correct it",
    "reprisal": "Suspected reprisal: a new act came after our notice",
    "remedy": "Follow up the remedy",
    "confirm_resolution": "Confirm that the case is resolved",
    "likeness": "This may be the same as another case",
    "release_ends": "A release runs out: release it again, or let it end",
    "protocol_over": "A protocol has run out: release by hand, or agree on a new one",
    "necessity_second": "Agree, or not, that protection is asked without consent",
    "necessity_review": "Review the necessity, or it is withdrawn",
    "necessity_withdrawn": "A necessity was withdrawn unreviewed: decide again, or ask the person",
    "certainty": "A report is surer than we are: judge it again",
    "too_loud": "Somebody means to act more openly than the case allows",
    "widen_consent": "The person is said to allow more: look, and agree or not",
    "widen_sharing": "More may be passed on or said, somebody thinks: agree, or not",
    "hold": "A hold ends: look whether what waited is still right",
    "frozen": "Frozen: look whether it can go on",
    "date_check": "Nobody has promised for a date ahead, see that somebody does",
    "date_confirm": "A date was moved: ask them whether what they promised still holds",
    "date_passed": "A date has passed: find out what happened",
    "date_off": "A date fell away: check that, and tell those who promised for it",
    "date_missing": "A track counts from a date that nobody knows: add it, or tell them by hand",
    "dates_full": "This case has more dates than it can watch: remove some, then add this one",
    "custody_check": "First hours of a detention: speak to the person, a lawyer or the source",
    "confirm_standing": "Agree, or not, that the case stands until its review",
    "standing_review": "The case stands: look at it again, and renew it or open it",
    "confirm_unlink": "Agree, or not, that the case is not about the same",
    "review": "Look back: what was promised, and what was kept",
    "handed_over": "This case was handed to you: take it",
    "incident": "Find out what is wrong with Tocsin itself, and mend it",
    "round": "Speak with those who help: what did each do, and what comes next?",
    "by_hand": "Do what a colleague wrote",
}
TASK_KINDS: tuple[str, ...] = get_args(TaskKind)

DECISIONS: tuple[str, ...] = (
    "triage",
    "release",
    "confirm_resolution",
    "still_right",
    "warning",
    "planning_trouble",
    "likeness",
    "release_ends",
    "protocol_over",
    "necessity_second",
    "necessity_review",
    "necessity_withdrawn",
    "certainty",
)
"""Tasks that ask for a decision rather than for a deed."""

INCIDENT: dict[IncidentCode, str] = {
    IncidentCode.QUARANTINE: "Something arrived that is not an event",
    IncidentCode.EQUIVOCATION: "A source sent two reports under one id; the first stays",
    IncidentCode.CHANNEL_FAILING: "A channel is failing",
    IncidentCode.CHANNEL_MISSING: "A message is owed on a channel that is not set up",
    IncidentCode.RENDER_FAILED: "A message could not be written; it is tried again",
    IncidentCode.TEMPLATE_FAILED: "A template failed; the built-in text went out instead",
    IncidentCode.REACHED_NOBODY: "A message reached nobody",
    IncidentCode.INVARIANT_BROKEN: "A promise of the engine does not hold",
    IncidentCode.CASE_FAULTED: "Deciding a case failed; it is tried again",
    IncidentCode.CASE_UNREADABLE: "The stored state of a case cannot be read",
    IncidentCode.COMMAND_FAILED: "A command failed; nothing of it was written",
    IncidentCode.CLAIM_FAILED: "A message could not be judged before sending; it waits",
    IncidentCode.HOLDER_CODE_GUESSED: "Somebody guessed at the code of a defender's own page",
    IncidentCode.ANSWER_CODE_GUESSED: "Somebody guessed at the code of an answer page",
    IncidentCode.REPLY_STRANGER: "A reply came from a number that was not told; nothing changed",
    IncidentCode.REPLY_UNCLEAR: (
        "A reply came that we could not take; look at the gateway, and phone whoever wrote"
    ),
    IncidentCode.REPLY_STOP: (
        "Somebody wrote STOP: their network may keep our texts back; ask them, add another way"
    ),
    IncidentCode.CANARY_FAILED: "A trial report did not come through; real ones may not either",
    IncidentCode.LOG_NOT_DURABLE: "The broker keeps less than the settings ask",
    IncidentCode.LOG_UNREADABLE: "A log cannot be read; reports in it wait",
    IncidentCode.LOG_GAP: "Records are missing from a log",
    IncidentCode.RECORD_PARKED: "A record ended the process twice and was put aside",
    IncidentCode.LOG_RETENTION_LOSS: "Records are gone from a log before they were read",
    IncidentCode.LOG_NOT_OURS: "A log is not the one that was read before",
    IncidentCode.OUTGOING_STOPPED: "Outgoing was stopped: call those who cannot wait",
    IncidentCode.PUT_BACK: "A backup was put back: look who was told since; only duty is told now",
    IncidentCode.REGISTRY_OLD: (
        "The registry is too old to tell anybody by it: look at it, then say so under Registry"
    ),
    IncidentCode.SEALED_UNREADABLE: (
        "Something sealed opens with no key of ours; ask its sender to send it again"
    ),
    IncidentCode.LOOP_FAILED: "A part of Tocsin fails and is begun again: send us its log",
    IncidentCode.CLOCK_SET: (
        "The clock of a machine was set: look whether its time is right, and what was just sent"
    ),
    IncidentCode.DISK_FILLS: "The disk fills: make room, or soon nothing can be taken",
}


def incident(code: str) -> str:
    """What is wrong with Tocsin itself. Raises ValueError for a code that is none of ours."""
    return INCIDENT[IncidentCode(code)]
