"""Every word of the holder's page in English. Translate by people: a module like this per language.

Calm, exact, no names of people. A refusal says what is so, never who decided it: several people
may be concerned, and what another of them allows is not this reader's to know.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from engine.store.told import Given
from engine.web.told import Fate
from engine.web.words.fields import fields_words
from engine.web.words.states import ACTION, DECLINE, EFFECT
from engine.web.words.times import short_moment
from schemas import facts as f
from schemas.codes import FieldName, Mode, TrackName
from schemas.consent import Consent
from schemas.plan import Reason
from schemas.responses import WithdrawnBecause

LANGUAGE = "en"
TITLE = "Your page"
CALL = "Is it urgent, or unclear? Call at any hour:"

CODE_HEADING = "Please enter your code"
CODE_WORDS = "It has six digits. Whoever gave you this link gave it to you as well."
CODE_LABEL = "Code"
CODE_BUTTON = "Continue"
CODE_HARMLESS = "Opening this page changes nothing and tells nobody anything."
CODE_WRONG = "That is not the code of this page. Please look again."
CODE_MISSING = "Please enter the code."
TOO_LONG = "This took a while, so please enter the code again."

OVER_HEADING = "This link is over"
OVER = (
    "Links end after some days, so that nobody finds them later.",
    "You may see the list at any time: call us, and we make a new link or read it to you.",
    "To stop everything at once, call us too.",
)
DEAD_HEADING = "This link is closed"
DEAD = (
    "Too many wrong codes were entered. People on duty here know of it.",
    "Call us: we make a new link, or read the list to you.",
)

HEADING = "Who knows, and what you can stop"
NO_NAMES = "Names of people are never shown here, neither theirs nor ours."
TOLD = "Who was told"
TOLD_NOBODY = "Nobody outside has been told anything."
MESSAGE_IS_EMPTY = (
    "A message holds nothing about you: a request to answer, a number, a code. "
    "What they can learn is on a page behind the code."
)
NOT_TOLD = "Who was not told, and why"
NOT_TOLD_NOBODY = "Nobody was left out."
DUTY = "The people on duty here know of it. Nothing on this page stops them from standing by you."
AGAIN = "Show it as it is now"
EARLIER = "Show more"
NEWEST = "Back to the beginning"
NOTHING_MORE = "Nothing more is asked of them."
ABOUT = "About what was reported on {day}."

STOP = "Stop everything…"
STOP_HEADING = "Stop everything?"
STOP_WORDS = (
    "From that moment nobody further is told, in anything that is about you here.",
    "Those who were told hear that nothing more is asked of them.",
    "What is already out cannot be called back.",
    "The people on duty here still know, and still stand by you. They will try to reach you.",
    "You can allow it again later, by speaking to us.",
)
STOP_YES = "Yes, stop everything"
STOP_NO = "No, go back"
STOPPED_HEADING = "Everything is stopped"
STOPPED_ALREADY = "It was stopped before, and stays stopped."
NOT_STOPPED_HEADING = "This was not stopped"
NOT_STOPPED = (
    "Something went wrong on our side. Please press the button again, and call us now:",
    "we can stop it for you at once.",
)
ENDED = "These were about to get a message, and will not:"
OUT = "These had been asked, and nothing more is asked of them now:"
PERHAPS = "To these a message was just on its way; it may have left:"
TO_THE_LIST = "Show the whole list"
DRILL = "This is a drill. Nothing here is real."
NEXT = "What happens next"
NEXT_WORDS = (
    "Those who were told get a message that nothing more is asked of them. It says nothing else. "
    "Whoever turned out to be too close to it hears nothing at all.",
    "Somebody from here will try to speak to you, in the way that was agreed with you.",
    "Call us if you want to allow something again, or if anybody approaches you about it.",
)
ALREADY_OUT = "What was already out"
NOTHING_OUT = "Nothing had left here."
WAS_STOPPED = "What was stopped"
NOTHING_WAITED = "Nothing was waiting to be sent. From now on nobody further is told."

AUDIENCE: dict[TrackName, str] = {
    TrackName.DUTY: "people on duty",
    TrackName.PROTECTION: "those who protect people",
    TrackName.MISSIONS: "embassies",
    TrackName.NHRIS: "human rights institutions",
    TrackName.MSIS: "initiatives of companies and organisations",
    TrackName.INVESTORS: "investors",
    TrackName.COMPANIES: "companies",
    TrackName.MECHANISMS: "UN and regional bodies",
    TrackName.LEGAL: "lawyers",
    TrackName.SPORTS: "sports bodies",
    TrackName.UNIONS: "unions",
}

HELD_BACK: dict[Reason, str] = {
    Reason.ALLOWED: "They may be told, and have not been.",
    Reason.PERPETRATOR_CLOSURE: "They are said to be behind it, or are tied to somebody who is.",
    Reason.UNKNOWN_PERPETRATOR_GROUP: (
        "Nobody knows who did it, and they belong to those who run the place where it happened."
    ),
    Reason.CONTROLLER_NEEDS_TWO: "They control somebody who must not know.",
    Reason.REPRESENTS: "They are lawyers who act, or acted, for somebody who must not know.",
    Reason.OFFICER_OF: "Somebody who must not know holds an office with them.",
    Reason.STATE_OF_PERPETRATOR: "They belong to the state behind it, or answer to it.",
    Reason.REQUESTING_STATE: "They belong to the state that demands a return.",
    Reason.TRANSIT_STATE: "They belong to the state that detains on the way.",
    Reason.MECHANISM_OF_COMPLAINT: "They run the complaint line after which it happened.",
    Reason.CONSENT_NONE: "It has not been allowed to tell them.",
    Reason.CONSENT_AUDIENCE: "It was not allowed to tell organisations of this kind.",
    Reason.CONSENT_MODE: "What was allowed is quieter than what they would do.",
    Reason.CONSENT_EXPIRED: "The time for which it was allowed is over.",
    Reason.CONSENT_REVOKED: "It was stopped: it is not allowed any more.",
    Reason.NOBODY_UNCONFIRMED: "People here look first whether anybody could be recognised.",
    Reason.PROXY_UNJUSTIFIED: "People here ask first whether this is truly allowed.",
    Reason.CONSENT_FROM_INSIDE: "We want to hear first, by another way, whether this is allowed.",
    Reason.PASSED_ON_INSIDE: "They passed it on to somebody who must not know.",
    Reason.CONFLICT: "They said that they are too close to the other side to help.",
    Reason.MODE: "It would be louder than what was decided here.",
    Reason.FROZEN: "People on duty have halted this for now.",
    Reason.STOPPED: "People on duty have halted everything for now.",
    Reason.STALE: "The message lay here for too long; people on duty look at it again first.",
    Reason.HELD: "People on duty wait with this for now.",
    Reason.LEVEL: "Only somebody too near to the place could be reached there.",
    Reason.ENDPOINT_FANS_OUT: "Others who must not know read the same mailbox.",
    Reason.CERTAINTY: "It is not sure enough yet what happened.",
    Reason.SMALL_CELL: "So few are concerned that somebody could be picked out.",
    Reason.PATTERN_ONLY: "They only ever hear of patterns, never of a person.",
    Reason.LINK_NOT_CURRENT: "What tied them to it is over.",
    Reason.LINK_UNVERIFIED: "Nobody has checked yet whether they have to do with it.",
    Reason.COUNTRY_UNRESOLVED: "It is not known for certain in which country it happened.",
    Reason.GATE_CLOSED: "Not told yet: a person here has to decide first.",
    Reason.CASE_OVER: "It is over, and nothing more is asked of anybody.",
    Reason.DECLINED: "They said no, and are not asked again.",
    Reason.LINKED: "It waits until everybody who is concerned has allowed it.",
    Reason.WISH: "It was asked that they are not told.",
    Reason.EXERCISE: "This was a drill.",
    Reason.NO_ENDPOINT: "We have no way to reach them.",
    Reason.UNKNOWN_PARTY: "We do not know yet who they are.",
    Reason.NOT_CHOSEN: "It turned out that they are not among those who could help.",
}
UNNAMED = "somebody whom we have no name for"

_MODE: dict[Mode, str] = {
    Mode.QUIET: "quietly: they act without telling anybody that they were asked",
    Mode.PRIVATE: "in private: those who are told may know of each other",
    Mode.PUBLIC: "in public",
}
_CHANNEL = {"email": "by e-mail", "sms": "by SMS", "outbox": "into a folder here"}
_FATE: dict[Fate, str] = {
    Fate.OUT: "sent; whether it was read we do not know",
    Fate.PERHAPS: "may have been sent; nobody knows for certain",
    Fate.WAITS: "not sent yet",
    Fate.FAILED: "did not arrive this way",
    Fate.NEVER: "not sent, and will not be",
}
_PURPOSE = {
    "tell": "asked",
    "ask_outcome": "asked what became of a promise",
    "confirm": "asked whether a promise holds, as a date was moved",
    "remind": "reminded of what they promised",
    "stand_down": "told that nothing more is asked",
    "wait": "asked to wait",
    "answer": "told that what they asked is answered",
    "round": "told what others who help promised and did, without a name",
}
_ANSWERED = {
    "acknowledged": "They have it and are looking at it",
    "asks": "They have a question",
    "warns": "They warn that acting now would do harm",
    "already_acting": "They say that they are already acting",
}


def held_back(reason: Reason | str) -> str:
    """Why somebody was not told; also of a reason that only a later release knows."""
    try:
        return HELD_BACK.get(Reason(reason), "They were left out.")
    except ValueError:
        return "They were left out."


def allowed(consent: Consent | None, *, zone: ZoneInfo, now: datetime) -> str:
    """What counts as allowed at this moment."""
    if consent is None:
        return "Nothing is allowed: nobody outside may be told."
    if consent.revoked:
        at = consent.recorded_at or consent.given_at
        return f"Everything is stopped, since {short_moment(at, zone=zone)}."
    if consent.until is not None and consent.until <= now:
        return (
            f"What was allowed ended on {short_moment(consent.until, zone=zone)}: nobody further "
            "may be told."
        )
    if not consent.given:
        return "Nothing is allowed yet: not as many have agreed as are needed."
    who = [AUDIENCE[name] for name in consent.audiences if name is not TrackName.DUTY]
    if not who:
        return "Nothing is allowed: nobody outside may be told."
    until = (
        f" Until {short_moment(consent.until, zone=zone)}."
        if consent.until
        else " Until it is stopped."
    )
    return f"Allowed: {', '.join(who)}; {_MODE[consent.mode]}.{until}"


def sent(*, at: datetime, channel: str, purpose: str, fate: Fate, zone: ZoneInfo) -> str:
    """`Mon 1 March, 22:05, asked by e-mail: sent; …`."""
    way = _CHANNEL.get(channel, "by another way")
    what = _PURPOSE.get(purpose, "asked")
    return f"{short_moment(at, zone=zone)}, {what} {way}: {_FATE[fate]}."


def times(said: str, count: int) -> str:
    """The same line several times, as one."""
    return said if count == 1 else f"{said.removesuffix('.')} ({count} messages)."


def content(shown: tuple[tuple[FieldName, datetime], ...], *, zone: ZoneInfo) -> str:
    """What their page has shown, and since when."""
    if not shown:
        return "Nobody there has opened the page behind the code, so nothing was shown to them."
    first = min(at for _, at in shown)
    what = fields_words(name for name, _ in shown)
    return f"Has been able to read, since {short_moment(first, zone=zone)}: {what}."


def stream(since: datetime | None, *, zone: ZoneInfo) -> str:
    """What their own computers get without anybody opening a page."""
    if since is None:
        return ""
    return (
        f"Their own computers are also told, since {short_moment(since, zone=zone)}: when a "
        "message went to them, by when to answer, and what they themselves answered. Nothing of "
        "what happened, and nothing of anybody else."
    )


PROMISE_OVER = {
    WithdrawnBecause.BY_GIVER: "They took back what they had promised",
    WithdrawnBecause.AT_OUR_REQUEST: "We asked them to let be what they had promised",
    WithdrawnBecause.CONDITION_FAILED: (
        "What they had promised will not come: it waited for something on our side"
    ),
    WithdrawnBecause.RENEWED: "They promised it anew: the earlier promise does not count any more",
    WithdrawnBecause.MISTAKE: "A promise was entered wrongly: they had not promised that",
}
"""Why what stands above as promised is no promise any more."""


def answer(given: Given, *, zone: ZoneInfo) -> str:
    """What they answered, and when; never who."""
    return f"{short_moment(given.at, zone=zone)}: {_said(given, zone)}."


def _said(given: Given, zone: ZoneInfo) -> str:
    match given.fact:
        case f.Answered(answer=said):
            return _ANSWERED.get(said, "They answered")
        case f.Promised(action_kind=kind, due_at=due):
            return f"They promised {ACTION[kind]}, by {short_moment(due, zone=zone)}"
        case f.PromiseMissed():
            return "They did not say whether they kept their promise"
        case f.PromiseWithdrawn(reason=over):
            return PROMISE_OVER[over]
        case f.Acted(action_kind=kind, effect=effect):
            return f"They did something: {ACTION[kind]}; {EFFECT[effect]}"
        case f.Declined(reason=reason):
            return f"They said no: {DECLINE[reason]}"
        case f.ConflictDeclared():
            return "They said that they are too close to the other side to help"
        case f.ContactDropped():
            return "The message had reached the wrong person there"
        case f.PassedOn(inside_closure=True):
            return (
                "They passed it on to somebody who was to be left out; people on duty deal with it"
            )
        case f.PassedOn():
            return "They passed it on to somebody else"
        case f.ToldBeforeExcluded(reason=reason):
            why = held_back(reason).removesuffix(".")
            return f"It came out only now that they should not know. {why}"
    return "They answered"
