"""`ThreatEvent` v1: what a hotline publishes, and the sealed companion that travels beside it.

The event itself is of the classes *open* and *need-to-know* (design section 6). Whatever says who,
where exactly, or in whose words belongs into `Sealed`, which intake turns into ciphertext.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)

from schemas.codes import (
    Audience,
    Certainty,
    ContactRule,
    CountryRole,
    Danger,
    DateKind,
    EventType,
    FieldName,
    HeightenedRisk,
    Label,
    Mode,
    Precision,
    Reliability,
    RootCause,
    Severity,
    SubjectKind,
    SubjectStatus,
    is_country,
    threat_of,
)

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
OpaqueId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,127}$")]
"""An identifier somebody else chose. Ours never carry meaning; theirs must not carry names."""


_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)", re.ASCII
)


def _spelled_out(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise ValueError("not a time with its offset; send it as 2027-03-01T22:00:00Z")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        raise ValueError("no such day or time of day; send a real one") from None


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999 in UTC; send the real time") from None


Moment = Annotated[AwareDatetime, BeforeValidator(_spelled_out), AfterValidator(_in_utc)]
"""A time spelled out with its offset, in UTC inside. Bare numbers are refused: nobody knows whether
they count seconds or milliseconds (B8)."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", str_max_length=32_768)


class When(_Frozen):
    """A point in time and how exactly it is known."""

    at: Moment | None = None
    precision: Precision = Precision.UNKNOWN


class Subject(_Frozen):
    """Whom the event is about: a pseudonym and a kind, never a name."""

    kind: SubjectKind
    pseudonym: OpaqueId | None = None
    """The publisher's own stable pseudonym; consent is keyed by it."""
    count: int = Field(default=1, ge=0, le=10_000_000)
    heightened_risk: tuple[HeightenedRisk, ...] = ()
    status: SubjectStatus | None = None
    """How the person is now, where the code does not say it; never shown to recipients."""


class PartyRole(_Frozen):
    """A party of the registry that the event names, and the part it plays."""

    party: OpaqueId | None = None
    """The registry's id. Without one the name lies in the vault and a human resolves it."""
    role: Literal[
        "alleged_perpetrator",
        "operator",
        "site",
        "employer",
        "buyer",
        "investor",
        "mechanism",
        "adverse_party",
        "security_contractor",
        "technology_provider",
        "organiser",
        "other",
    ]
    known_how: Literal["witnessed", "documented", "reported", "assumed", "unknown"] = "unknown"
    perpetrator_kind: Literal[
        "state", "company", "security", "armed_group", "individual", "unknown"
    ] = "unknown"


class CountryPart(_Frozen):
    """A country and what it has to do with the event."""

    code: str
    role: CountryRole = CountryRole.HAPPENED

    @field_validator("code")
    @classmethod
    def _known(cls, value: str) -> str:
        if not is_country(value):
            raise ValueError(
                "not an ISO 3166-1 alpha-2 code in capitals; "
                "send the two-letter code, or leave the country out and a person will resolve it"
            )
        return value


class DateAhead(_Frozen):
    """A date on which something will happen to the subject, or for them."""

    id: OpaqueId
    kind: DateKind
    at: Moment
    precision: Precision = Precision.HOUR
    cancelled: bool = False


class CommunityAgreed(_Frozen):
    """Who of a community's representatives agreed: it counts once as many did as are needed."""

    needed: int = Field(ge=1, le=1_000)
    of: int = Field(ge=1, le=1_000)
    agreed: tuple[OpaqueId, ...] = Field(default=(), max_length=1_000)


class ConsentGiven(_Frozen):
    """What the subject, or who may speak for them, allows. Absence means: duty only."""

    pseudonym: OpaqueId | None = None
    """Whose consent; without one that of every subject of this event."""
    state: Literal["granted", "narrowed", "revoked"] = "granted"
    basis: Literal["person", "representative", "guardian", "community", "no_identifiable_person"]
    audiences: tuple[Audience, ...] = ()
    mode: Mode = Mode.QUIET
    fields: tuple[FieldName, ...] = ()
    """Fields that may be projected; empty means what the audience's field class allows."""
    until: Moment | None = None
    obtained: Literal["written", "spoken", "gesture", "standing_agreement", "unknown"] = "unknown"
    given_at: Moment | None = None
    """When it was given. Without it nobody can tell whether it came before what we have recorded:
    then it tightens, and a person decides whether it widens."""
    holder: OpaqueId | None = None
    """Whoever holds this consent and may see who was told, and take it back."""
    witness: OpaqueId | None = None
    inability: (
        Literal[
            "detained",
            "incommunicado",
            "disappeared",
            "in_hiding",
            "incapacitated",
            "child",
            "deceased",
            "unsafe_to_ask",
            "other",
        ]
        | None
    ) = None
    """Why the person could not be asked, where somebody speaks for them; words go into `sealed`."""
    community: CommunityAgreed | None = None
    """Of a community's consent: without it nobody knows whether enough agreed, and it is none."""


class ReprisalOf(_Frozen):
    """The complaint after which this happened; its mechanism's operator is then excluded."""

    mechanism: OpaqueId | None = None
    complaint: OpaqueId | None = None


Wish = Literal[
    "no_company_contact",
    "no_state_contact",
    "no_mission_contact",
    "no_publicity",
    "publicity_wanted",
    "relocation_wanted",
    "legal_help_wanted",
    "medical_help_wanted",
    "call_first",
    "other_in_sealed",
]


class ThreatEvent(_Frozen):
    """One report, immutable. Identity is (source, id) of its envelope.

    Only `code` is required; a caller with a minute to spare sends what is known, and further
    events of the same `situation` add the rest (mission row P16).
    """

    schema_version: Literal["1"] = "1"
    code: Code
    """What was done; see `schemas.codes.threats`. An unknown code goes to a human, now."""
    situation: OpaqueId | None = None
    """The publisher's own opaque name for what this is about; (source, situation) is one case."""
    occurred: When = When()
    danger_now: Danger = Danger.UNKNOWN
    severity: Severity | None = None
    """What the publisher claims; capped by its key's ceiling, never below the code's own."""
    certainty: Certainty = Certainty.UNKNOWN
    source_reliability: Reliability = Reliability.UNKNOWN
    independent_sources: int = Field(default=1, ge=0, le=1_000)
    subjects: tuple[Subject, ...] = Field(default=(), max_length=100)
    parties: tuple[PartyRole, ...] = Field(default=(), max_length=100)
    countries: tuple[CountryPart, ...] = Field(default=(), max_length=20)
    dates: tuple[DateAhead, ...] = Field(default=(), max_length=50)
    sector: Code | None = None
    consent: tuple[ConsentGiven, ...] = Field(default=(), max_length=100)
    wishes: tuple[Wish, ...] = ()
    reprisal_of: ReprisalOf | None = None
    label: Label | None = None
    """How far its publisher lets it be passed on; the strictest of a case's events holds."""
    may_contact: ContactRule | None = None
    """What the sealed contact protocol allows recipients; None says nothing, which means nobody."""
    defender_kind: tuple[Code, ...] = Field(default=(), max_length=10)
    root_causes: tuple[RootCause, ...] = Field(
        default=(), max_length=10, exclude_if=lambda causes: not causes
    )
    """What lies behind it. Left out of what is stored while nobody said any, so that an event
    keeps the bytes that it had before this field."""
    exercise: bool = False

    @property
    def type(self) -> EventType:
        """The event type of the code; an unknown code counts as an act."""
        if self.exercise:
            return EventType.EXERCISE
        threat = threat_of(self.code)
        return EventType.ACT if threat is None else threat.type

    @property
    def happened_in(self) -> str | None:
        """The country where it happened, or None when nobody said."""
        return next((c.code for c in self.countries if c.role is CountryRole.HAPPENED), None)


class Sealed(_Frozen):
    """Who, where exactly, in whose words. Lies in the vault only, as ciphertext.

    `box` is for publishers that seal to the deployment's epoch key themselves
    (base64 of a NaCl sealed box); the open fields are for those that cannot.
    Unknown fields of the whole report land in `unrecognised`.
    """

    model_config = ConfigDict(frozen=True, extra="allow", str_max_length=32_768)

    identity: str = ""
    exact_place: str = ""
    narrative: str = ""
    source_contact: str = ""
    contact_protocol: str = ""
    wishes_in_words: str = ""
    party_names: tuple[str, ...] = ()
    box: str = ""
    box_key: str = ""

    def __repr__(self) -> str:
        return "Sealed(***)"

    __str__ = __repr__


def received_late(event: ThreatEvent, *, received_at: datetime) -> bool:
    """Whether the event's own time lies outside -7 d to +10 min of its arrival (B8).

    Such an event is flagged for a human; its deadlines count from its acceptance.
    """
    at = event.occurred.at
    if at is None:
        return False
    age = (received_at - at).total_seconds()
    return age > 7 * 86_400 or age < -600
