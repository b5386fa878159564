"""How a case lasts, what it is linked with, and what people say of how it ended."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from schemas.linked import Strictures


class WhyStanding(StrEnum):
    """Why a case lasts longer than anybody can press every day (design section 5.9)."""

    SENTENCE = "sentence"
    """The person serves a sentence."""
    DETENTION = "detention"
    """Held without an end in sight."""
    PROCEEDINGS = "proceedings"
    """A court or an authority takes its time."""
    HIDING = "hiding"
    EXILE = "exile"
    DISAPPEARANCE = "disappearance"
    """Nobody knows where the person is, and the search goes on."""
    OTHER = "other"


class WhyUnlinked(StrEnum):
    """Why cases that were linked are not about the same."""

    ANOTHER_PERSON = "another_person"
    ANOTHER_PLACE = "another_place"
    ANOTHER_EVENT = "another_event"
    MISTAKE = "mistake"
    """The wrong case was chosen."""


class TriedBy(StrEnum):
    """How somebody tried to reach whoever holds the consent, before a case is called resolved."""

    SAFE_CHANNEL = "safe_channel"
    REPRESENTATIVE = "representative"
    FAMILY = "family"
    VISIT = "visit"
    OTHER = "other"


class Lesson(StrEnum):
    """What a review after the end comes to; words go into the vault."""

    WENT_WELL = "went_well"
    TOO_LATE = "too_late"
    """Help came, and could have come sooner."""
    TOO_LITTLE = "too_little"
    DID_HARM = "did_harm"
    """Something that we or those told did made it worse."""
    MIXED = "mixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingProposed:
    """One person says that the case lasts; it takes two."""

    kind: Literal["standing_proposed"] = "standing_proposed"
    v: Literal[1] = 1
    by: str
    at: datetime
    why: WhyStanding
    review_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingSet:
    """Two people agreed that it lasts: outward tracks rest, check-ins go on."""

    kind: Literal["standing_set"] = "standing_set"
    v: Literal[1] = 1
    by: tuple[str, ...]
    at: datetime
    why: WhyStanding
    review_at: datetime
    """When people look at it again; a task of duty, which escalates like any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingDropped:
    """A proposal to let the case stand is void."""

    kind: Literal["standing_dropped"] = "standing_dropped"
    v: Literal[1] = 1
    reason: Literal["new_event", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingEnded:
    """The case is open again: something happened, or a person ended it. No timer does."""

    kind: Literal["standing_ended"] = "standing_ended"
    v: Literal[1] = 1
    at: datetime
    by: str
    """A person, `event`, or `engine` where an act in another case touches this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesLinked:
    """A person linked this case with another: from now on the stricter of both counts in each."""

    kind: Literal["cases_linked"] = "cases_linked"
    v: Literal[1] = 1
    case: str
    """The other one."""
    ref: str
    by: str
    at: datetime
    strictures: Strictures


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedChanged:
    """What the linked case asks for changed: more people, a stricter label, more who are out."""

    kind: Literal["linked_changed"] = "linked_changed"
    v: Literal[1] = 1
    case: str
    at: datetime
    strictures: Strictures


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkGiven:
    """One person wants the case to stand alone again; that widens, so it takes two."""

    kind: Literal["unlink_given"] = "unlink_given"
    v: Literal[1] = 1
    by: str
    at: datetime
    why: WhyUnlinked
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesUnlinked:
    """Two people parted this case from another: what its own subjects allow counts again."""

    kind: Literal["cases_unlinked"] = "cases_unlinked"
    v: Literal[1] = 1
    case: str
    """The other one."""
    by: tuple[str, ...]
    at: datetime
    why: WhyUnlinked


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptDocumented:
    """Somebody tried to reach whoever holds the consent before the case ends, and could not."""

    kind: Literal["attempt_documented"] = "attempt_documented"
    v: Literal[1] = 1
    by: str
    at: datetime
    tried_at: datetime
    way: TriedBy
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A person looked at what was promised and what was kept, and said what is learned."""

    kind: Literal["reviewed"] = "reviewed"
    v: Literal[1] = 1
    by: str
    at: datetime
    lesson: Lesson
    note: str = ""
    spill_over: bool = False
    """What one party did for this person moved others on the ground as well (row L10)."""
