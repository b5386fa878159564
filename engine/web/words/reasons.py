"""Why somebody is told or not, why the desk refused, and what is in the way of a plan."""

from schemas.plan import Linkage, Reason, Trouble
from schemas.responses import RefusedBecause

WHY: dict[Reason, str] = {
    Reason.ALLOWED: "May be told: every check of the guard passed.",
    Reason.PERPETRATOR_CLOSURE: (
        "Alleged to be behind the threat, or tied to somebody who is. Never told."
    ),
    Reason.UNKNOWN_PERPETRATOR_GROUP: (
        "Nobody knows who did it, and this belongs to the operator on the ground."
    ),
    Reason.CONTROLLER_NEEDS_TWO: (
        "Controls somebody who must not know. Its headquarters may be told only by two people."
    ),
    Reason.REPRESENTS: "A law firm that acts, or acted, for somebody who must not know.",
    Reason.OFFICER_OF: "A person of somebody who must not know holds office here.",
    Reason.STATE_OF_PERPETRATOR: "Belongs to the state behind the threat, or answers to it.",
    Reason.REQUESTING_STATE: "Belongs to the state that wants the person returned.",
    Reason.TRANSIT_STATE: "Belongs to the state that holds the person on the way.",
    Reason.PASSED_ON_INSIDE: "Passed it on to somebody who must not know.",
    Reason.MECHANISM_OF_COMPLAINT: "Runs the complaint line after which the reprisal happened.",
    Reason.CONSENT_NONE: "Nobody has consented to telling anybody but duty.",
    Reason.CONSENT_AUDIENCE: "Consent was given, but not for this kind of recipient.",
    Reason.CONSENT_MODE: "Consent was given for a quieter way of acting.",
    Reason.CONSENT_EXPIRED: "Consent has run out.",
    Reason.CONSENT_REVOKED: "Consent was withdrawn.",
    Reason.NOBODY_UNCONFIRMED: "Only the report says that nobody can be recognised.",
    Reason.PROXY_UNJUSTIFIED: (
        "Somebody spoke for the person, and nobody said why the person could not."
    ),
    Reason.CONSENT_FROM_INSIDE: "The consent came by a line run for somebody who must not know.",
    Reason.CONFLICT: "Declared a conflict of interest.",
    Reason.MODE: "This would be louder than the case allows.",
    Reason.FROZEN: "This case or this track is frozen.",
    Reason.STOPPED: "Somebody pressed Stop outgoing.",
    Reason.HELD: "A person asked to wait.",
    Reason.STALE: "Its message lay here for more than 12 hours; nobody sends it unasked.",
    Reason.LEVEL: "A site, country or commercial contact; a machine never tells those.",
    Reason.ENDPOINT_FANS_OUT: (
        "A list address: somebody on it must not know, or nobody knows who they are."
    ),
    Reason.CERTAINTY: "Not yet sure enough for anybody but duty and protection.",
    Reason.SMALL_CELL: "So few are in this pattern that somebody could be picked out of it.",
    Reason.PATTERN_ONLY: "Gets patterns, and no case about a person.",
    Reason.LINK_NOT_CURRENT: "The link that would include it has ended or has not begun.",
    Reason.LINK_UNVERIFIED: "Nobody has verified the link that would include it.",
    Reason.COUNTRY_UNRESOLVED: "Nobody has said for certain in which country it happened.",
    Reason.GATE_CLOSED: "Nobody on duty has released this track yet.",
    Reason.CASE_OVER: "The case is resolved; nothing more is asked of anybody.",
    Reason.DECLINED: "Declined in this case, so it is never asked again in it.",
    Reason.LINKED: "Linked with a case whose people have not allowed this.",
    Reason.WISH: "The person asked that this kind of recipient is not told.",
    Reason.EXERCISE: "A drill and real traffic never mix.",
    Reason.NO_ENDPOINT: "There is no way to reach it.",
    Reason.UNKNOWN_PARTY: "Not in the registry; a person has to find out who it is.",
    Reason.NOT_CHOSEN: "No rule finds it any more; a re-plan left it out before it was told.",
}

NEXT_STEP: dict[Reason, str] = {
    Reason.UNKNOWN_PERPETRATOR_GROUP: "Two people may clear it for this case.",
    Reason.CONTROLLER_NEEDS_TWO: "Two people may release it, each with a record.",
    Reason.CONSENT_NONE: "Ask the person, or whoever may speak for them.",
    Reason.CONSENT_AUDIENCE: "Ask the person whether this kind of recipient may know.",
    Reason.CONSENT_MODE: "Ask the person, or act more quietly.",
    Reason.CONSENT_EXPIRED: "Ask the person whether it still holds.",
    Reason.NOBODY_UNCONFIRMED: "Two people look at the report and agree.",
    Reason.PROXY_UNJUSTIFIED: "Ask the person; if that is impossible, record why.",
    Reason.CONSENT_FROM_INSIDE: "Ask the person another way, never through that line.",
    Reason.LINKED: "Ask the people of the linked case, or unlink the two if they are not the same.",
    Reason.FROZEN: "Whoever may lift the freeze can let it go on.",
    Reason.STOPPED: "Switch outgoing on again when it is safe.",
    Reason.STALE: "Say in the task whether it is still right; yes tells them now.",
    Reason.LEVEL: "If it must be this contact, speak to them yourself.",
    Reason.ENDPOINT_FANS_OUT: "Use a personal address instead of the list.",
    Reason.CERTAINTY: "Find a second independent source.",
    Reason.LINK_UNVERIFIED: "Verify the link in the registry.",
    Reason.COUNTRY_UNRESOLVED: "Send a further report that names the country.",
    Reason.GATE_CLOSED: "Look at the case and release the track.",
    Reason.NO_ENDPOINT: "Find a way to reach it, or phone.",
    Reason.UNKNOWN_PARTY: "Add it to the registry.",
    Reason.NOT_CHOSEN: "Add it by hand, if it should be asked all the same.",
}

LINKED: dict[Linkage, str] = {
    Linkage.ALLEGED_PERPETRATOR: "Said to have done it",
    Linkage.CAUSES: "Controls whoever is said to have done it",
    Linkage.CONTRIBUTES: "Gave whoever is said to have done it the task, the place or the means",
    Linkage.DIRECTLY_LINKED: "Linked to it by its business",
    Linkage.CONTEXT_LINKED: "Deals with this country and sector; nothing ties it to this case",
    Linkage.LEVERAGE_ONLY: "Not linked to it; may be able to help",
}
"""As far as the path shows: a person may know better."""

TROUBLES: dict[Trouble, str] = {
    Trouble.PLANNING_FAILED: "Planning failed. Only duty is told until somebody looks at it.",
    Trouble.RULE_ERRED: "A rule could not say yes or no, which counts as unknown, never as no.",
    Trouble.NO_RULE_MATCHED: "No rule matched. Only duty was told; decide who else should be.",
    Trouble.COUNTRY_UNRESOLVED: "The country is not known for certain, so no embassy was found.",
    Trouble.PARTY_UNRESOLVED: "A company or organisation was named that the registry lacks.",
    Trouble.CODE_UNKNOWN: "The report says what happened in a code that we do not know.",
    Trouble.NOBODY_FOUND: "Rules matched, yet nobody may be told or can be reached.",
    Trouble.REACH_TRUNCATED: "So many are linked that not all were looked at: look for others.",
    Trouble.TIME_IMPLAUSIBLE: "The time in the report is far off; deadlines count from arrival.",
    Trouble.REGISTRY_OLD: (
        "Nobody has looked at the registry for long. Check whom you release; no protocol applies."
    ),
    Trouble.SEVERITY_CAPPED: "The sender claimed more than it is allowed to claim.",
}

REFUSED: dict[RefusedBecause, tuple[str, str]] = {
    RefusedBecause.UNKNOWN_CASE: ("There is no such case.", "Go back to the board."),
    RefusedBecause.UNKNOWN_ALERT: (
        "There is no such recipient in this case.",
        "Go back to the case; it may have changed.",
    ),
    RefusedBecause.UNKNOWN_TASK: (
        "This task is no longer open.",
        "Somebody may have finished it. Go back to the case.",
    ),
    RefusedBecause.NO_SUCH_STEP: (
        "This step fired already, or there is none.",
        "Go back to the case; it may have moved.",
    ),
    RefusedBecause.STALE: (
        "The case moved since you looked.",
        "Look at the difference again, then decide.",
    ),
    RefusedBecause.UNKNOWN_MESSAGE: (
        "No such message left on this channel.",
        "Look whether the gateway reports to the address of its own channel.",
    ),
    RefusedBecause.NOT_OPEN: ("The case is not open.", "Reopen it first, if it must go on."),
    RefusedBecause.SAME_PERSON: (
        "Two people are needed, and you are the first one.",
        "Ask somebody else on duty to do this.",
    ),
    RefusedBecause.NOT_AUTHORISED: (
        "Your role does not allow this.",
        "Ask a handler or the shift lead.",
    ),
    RefusedBecause.NOT_ON_PROTOCOL: (
        "The contact protocol leaves this talk to others.",
        "Ask one of them, or set anew who may speak with the person.",
    ),
    RefusedBecause.NOT_PROPOSED: (
        "Nobody has proposed a resolution, or something happened since.",
        "Look at the case and propose it again.",
    ),
    RefusedBecause.ALREADY_ANSWERED: (
        "This was answered already.",
        "Go back to the case and look at the answer.",
    ),
    RefusedBecause.PAGE_CLOSED: ("This recipient is asked nothing more.", "Go back to the case."),
    RefusedBecause.EXPIRED: ("The time for this is over.", "Go back to the case."),
    RefusedBecause.WRONG_CODE: ("The code is wrong.", "Look at the message again."),
    RefusedBecause.NO_SUCH_TRACK: ("The plan has no such track.", "Go back to the case."),
    RefusedBecause.STOP_FILE: (
        "The file STOP still lies in a data directory.",
        "Remove it there. Then two people switch on again.",
    ),
    RefusedBecause.NO_SUCH_DATE: (
        "The case has no such date ahead.",
        "Look at its dates: tocsin case date list CASE",
    ),
    RefusedBecause.NO_SUCH_HOLD: ("Nothing is held under this name.", "Go back to the case."),
    RefusedBecause.INCOMPLETE: (
        "Something is missing.",
        "Go back, fill in what is named here, and send it again.",
    ),
    RefusedBecause.GUARD: ("The guard refuses.", "The reason says what would have to change."),
    RefusedBecause.EQUIVOCATION: (
        "This form was sent before with other content; the first one stays.",
        "Open the form again for something new.",
    ),
}


def why(reason: Reason | str) -> str:
    """The sentence of a reason, also of one stored as text that a later release renamed."""
    try:
        return WHY[Reason(reason)]
    except ValueError:
        return f"Left out ({reason})."
