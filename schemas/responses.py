"""What people answer, how they reached us, and the answers the engine gives back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas.codes import ActionKind, Effect, Proviso


class ResponseKind(StrEnum):
    """An answer means the same on every way in."""

    ACKNOWLEDGED = "acknowledged"
    """Somebody has it; holds that answerer for a while, and nothing more outward."""
    COMMITTED = "committed"
    """Will do something by a time."""
    ACTED = "acted"
    """Has done it."""
    DECLINED = "declined"
    """Will not; the next target is told at once."""
    CONFLICT = "conflict"
    """Has a conflict of interest; the page closes."""
    WRONG_CONTACT = "wrong_contact"
    """Not for this person; the next contact is told at once."""
    PASSED_ON = "passed_on"
    """Gave it to somebody else, who is named."""
    ASKS = "asks"
    """Has a question: becomes a task."""
    WARNS = "warns"
    """Says that this would do harm now."""
    ALREADY_ACTING = "already_acting"
    WITHDRAWS = "withdraws"
    """Takes back what it promised; the next contact is told at once."""


class Way(StrEnum):
    """How an answer or command came in."""

    PAGE = "page"
    SMS = "sms"
    EMAIL = "email"
    API = "api"
    KAFKA = "kafka"
    CLI = "cli"
    CONSOLE = "console"
    PHONE = "phone"
    """Entered by a handler on the answerer's behalf."""


class DeclineReason(StrEnum):
    """Why somebody declined; `warns` and `asks` are answers of their own."""

    NOT_US = "not_us"
    OUTSIDE_MANDATE = "outside_mandate"
    INSIDE_INFORMATION = "inside_information"
    NO_CAPACITY = "no_capacity"
    OTHER = "other"


class AnswerClass(StrEnum):
    """How a handler classes an answer; the last three never quieten anything."""

    ASSISTANCE = "assistance"
    PLEDGED = "pledged"
    TOKEN = "token"  # noqa: S105 (an answer class, not a secret)
    COUNTER_PRODUCTIVE = "counter_productive"
    NONE = "none"

    @property
    def quietens(self) -> bool:
        """Whether an answer of this class may hold its party, or end what is asked of it."""
        return self in (AnswerClass.ASSISTANCE, AnswerClass.PLEDGED)


class WithdrawnBecause(StrEnum):
    """Why a promise is no longer one."""

    BY_GIVER = "by_giver"
    """Its giver takes it back: the next contact is told at once."""
    AT_OUR_REQUEST = "at_our_request"
    """We asked them to let it be; it holds its giver as an acknowledgement does."""
    CONDITION_FAILED = "condition_failed"
    """What it waited for on our side will not come; holds its giver likewise."""
    RENEWED = "renewed"
    """It was given anew for a date that was moved."""
    MISTAKE = "mistake"
    """It was entered wrongly: nothing was promised, and the next contact is told."""

    @property
    def holds_giver(self) -> bool:
        """Whether the giver did nothing wrong and is let be for a while."""
        return self in (WithdrawnBecause.AT_OUR_REQUEST, WithdrawnBecause.CONDITION_FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer to one alert."""

    kind: ResponseKind
    way: Way
    by: str
    """Contact id, duty person id, or the handler who typed it in."""
    action: ActionKind | None = None
    due: datetime | None = None
    """When a promise falls due, or until when a warning holds."""
    effect: Effect | None = None
    reason: DeclineReason | None = None
    passed_on_to: str = ""
    """Party id it was passed on to, if known."""
    passed_on_any: tuple[str, ...] = ()
    """Ids of parties that its words may mean: any of them may have it now."""
    note: str = ""
    """Vault id of what was written in words; never the words."""
    condition: Proviso | None = None
    """What the promise waits for on our side."""
    for_date: str = ""
    """Id of the date of the case that it is for; empty: none in particular."""


class RefusedBecause(StrEnum):
    """Why the desk refused a command. Shown to whoever gave it, with the next step."""

    UNKNOWN_CASE = "unknown_case"
    UNKNOWN_ALERT = "unknown_alert"
    UNKNOWN_TASK = "unknown_task"
    UNKNOWN_MESSAGE = "unknown_message"
    """A provider reports on a message that never left on this channel."""
    NOT_OPEN = "not_open"
    SAME_PERSON = "same_person"
    """Two people are needed and this is the first one again."""
    NOT_AUTHORISED = "not_authorised"
    NOT_ON_PROTOCOL = "not_on_protocol"
    """The contact protocol leaves this talk to others; the detail names them."""
    NOT_PROPOSED = "not_proposed"
    ALREADY_ANSWERED = "already_answered"
    PAGE_CLOSED = "page_closed"
    EXPIRED = "expired"
    WRONG_CODE = "wrong_code"
    NO_SUCH_TRACK = "no_such_track"
    NO_SUCH_HOLD = "no_such_hold"
    NO_SUCH_DATE = "no_such_date"
    STOP_FILE = "stop_file"
    """A file in the data directory of an engine stops everything outgoing."""
    INCOMPLETE = "incomplete"
    """The record lacks something it must have; the message names it."""
    GUARD = "guard"
    """The guard refuses; the verdict's reason goes with it."""
    NO_SUCH_STEP = "no_such_step"
    """This rung of the ladder fired already, or there is none."""
    STALE = "stale"
    """The case moved since it was looked at: look again, then decide."""
    EQUIVOCATION = "equivocation"
    """The same id came before with other content; the first stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Carried out and durable."""

    case: str = ""
    reference: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Already:
    """The same command was carried out before; this is what it answered then."""

    previous: Done


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Not carried out; nothing changed."""

    reason: RefusedBecause
    detail: str = ""


Result = Done | Already | Refused
