"""The shape of a rulebook as it is written in YAML: rules, walks, policies, severity, duty.

Shape only. `rules.rulebook.load` reads a text into it, checks what a shape cannot say (that walks
exist, that duty is never disarmed) and compiles the conditions. Durations are written `15m`,
`4h`, `2d`, or as whole seconds; inside they are seconds.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from schemas.codes import DateKind, FieldName, Mode, Severity, SubjectStatus, TrackName
from schemas.party import PartyKind
from schemas.pattern import SMALL_CELL
from schemas.plan import RELEASE_AT_MOST, Anchor, Gate, Spread, Until
from schemas.roster import Role

_DURATION = re.compile(r"(0|[1-9][0-9]{0,8})([smhd]?)")
_UNIT = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}

MAX_RULES = 10_000


def seconds(value: Any) -> int:
    """Seconds of `15m`, `4h`, `2d`, `90s` or a whole number. Raises ValueError with a remedy."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("not a duration; write for example 15m, 4h or 2d, or whole seconds")
    return int(match[1]) * _UNIT[match[2]]


def signed_seconds(value: Any) -> int:
    """The same, or before: `-14d`, `-72h`. Raises ValueError with a remedy."""
    if isinstance(value, str) and value.startswith("-"):
        return -seconds(value[1:])
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        return value
    return seconds(value)


def _per_severity(value: Any) -> Any:
    """One duration stands for all severities."""
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return dict.fromkeys(Severity, value)
    return value


Duration = Annotated[int, BeforeValidator(seconds)]
Offset = Annotated[int, BeforeValidator(signed_seconds)]
"""A duration after the anchor; before it, with a minus, where that is a date of the case."""
PerSeverity = Annotated[Mapping[Severity, Duration], BeforeValidator(_per_severity)]
Cadence = Annotated[
    tuple[Annotated[Duration, Field(ge=900, le=90 * 86_400)], ...],
    Field(min_length=1, max_length=12),
]
"""Pauses between check-ins: a quarter of an hour at least, 90 days at most."""
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
Ask = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _until(value: Any) -> Any:
    """`acted`, `{acted: any}`, `{committed: 2, per: kind}` as one shape."""
    if isinstance(value, UntilShape):
        return value
    if isinstance(value, str) and value in set(Until):
        return {"what": value}
    if not isinstance(value, Mapping):
        raise ValueError("write acted, committed, or how many: {committed: 2}")
    said = {str(key): many for key, many in value.items() if key != "per"}
    per = value.get("per", "track")
    if len(said) != 1 or not said.keys() <= {"acted", "committed"}:
        raise ValueError("write acted, committed, or how many: {committed: 2}")
    if per not in ("track", "kind"):
        raise ValueError("per: track or kind")
    ((what, many),) = said.items()
    if many in _MANY:
        many = _MANY[many]
    elif isinstance(many, bool) or not isinstance(many, int) or not 1 <= many <= 100:
        raise ValueError("how many: any, each or a number up to 100")
    return {"what": what, "enough": many, "per_kind": per == "kind"}


_MANY = {"any": 1, "each": 0}


class UntilShape(_Part):
    """What quietens a track: `acted`, `{acted: any}`, `{committed: 2, per: kind}`."""

    what: Until
    enough: int | None = None
    """0: each. None: as usual, any that committed and each that acted."""
    per_kind: bool = False


class StepShape(_Part):
    """One rung: this long after the track's anchor."""

    after: Offset
    roles: tuple[Role, ...] = ()
    """Duty only: whom the step wakes."""
    spread: Spread = Spread.ALL
    """Outward only: all parties at once, or one at a time, nearest first."""
    only: tuple[PartyKind, ...] = ()
    """Outward only: parties of these kinds; none: of all."""
    severity: tuple[Severity, ...] = ()
    """Outward only: while the case is this grave, judged when the step is due; none: always."""
    contacts: int = Field(default=1, ge=1, le=10)
    """Outward only: how many contacts of each party are told at once."""


class TrackShape(_Part):
    """One audience's ladder within a policy."""

    gate: Gate
    mode: Mode = Mode.QUIET
    anchor: Anchor = Anchor.RELEASED
    dates: tuple[DateKind, ...] = ()
    """Anchored at a date: of one of these kinds; none: the first of any kind."""
    steps: tuple[StepShape, ...] = (StepShape(after=0),)
    severity: tuple[Severity, ...] = ()
    """Only cases this grave have the track at all; none: every case."""
    until: Annotated[UntilShape, BeforeValidator(_until)] = UntilShape(what=Until.ACTED)
    answer_by: PerSeverity
    answer_holds_for: PerSeverity | None = None
    """None: as long as `answer_by` (design section 5.6)."""
    repeat_every: Mapping[Severity, tuple[Duration, ...]] = Field(default_factory=dict)
    release_at_most: Annotated[Duration, Field(ge=3_600, le=180 * 86_400)] = RELEASE_AT_MOST
    """A release ends after this at the latest, and a person gives it again: 180 days at most."""
    ask: Ask = "reply"
    """Code of what is asked; a template turns it into words."""


class PolicyShape(_Part):
    """A named set of tracks."""

    tracks: Mapping[TrackName, TrackShape]


class DutyShape(_Part):
    """Duty's own ladder, which every case has whatever the rules say."""

    steps: Mapping[Severity, tuple[StepShape, ...]]
    answer_holds_for: PerSeverity
    repeat_every: Mapping[Severity, tuple[Duration, ...]]
    check_ins: Mapping[Severity, Cadence] = Field(default_factory=dict)
    """Pauses between check-ins, widening; the last goes on. A severity left out: as shipped."""
    by_status: Mapping[SubjectStatus, Cadence] | None = None
    """The same where the person's status asks for sooner ones. None: as shipped."""


class TellShape(_Part):
    """Whom a matching rule puts on which track."""

    track: TrackName
    walk: Name
    ask: Ask | None = None
    """None: what the track asks."""


class RuleShape(_Part):
    """When the condition is true of an event, tell these, by this policy."""

    id: Name
    when: str
    policy: Name
    tell: tuple[TellShape, ...] = ()
    explain: tuple[Name, ...] = ()
    """Walks whose parties are shown with the reason why they are not told."""


class WalkShape(_Part):
    """A walk under a name of its own: one that is there, narrowed, or a path. One of the two."""

    walk: Name | None = None
    path: str | None = None
    """In the path language: docs/reference/walks.md."""
    states: tuple[CountryCode, ...] = ()
    """`third_missions`, and `desk.states` in a path: the states whose missions the desk trusts."""


class Modifier(_Part):
    """How a circumstance raises severity; nothing lowers it."""

    raise_by: int = Field(default=0, ge=0, le=3)
    at_least: Severity | None = None
    up_to: Severity = Severity.CRITICAL
    """`raise_by` goes no further than this."""


class SeverityShape(_Part):
    """Severity per event code, and what raises it."""

    codes: Mapping[str, Severity] = Field(default_factory=dict)
    """Codes that differ from the vocabulary's own severity."""
    modifiers: Mapping[str, Modifier] = Field(default_factory=dict)
    """`danger_now`, `heightened_risk` (any), or one heightened-risk code."""


class ProtocolShape(_Part):
    """What one publisher may release by machine, agreed beforehand by two people. Shape only."""

    id: Name
    publisher: str
    audiences: tuple[TrackName, ...]
    codes: tuple[str, ...]
    subject: str | None = None
    agreed_by: tuple[str, str]
    until: AwareDatetime


class RulebookShape(_Part):
    """A whole rulebook, versioned as a unit."""

    version: Literal["1"]
    """Of the shape; the version of the content is its digest."""
    name: Name
    severity: SeverityShape = SeverityShape()
    walks: Mapping[Name, WalkShape] = Field(default_factory=dict)
    policies: Mapping[Name, PolicyShape]
    rules: tuple[RuleShape, ...] = Field(max_length=MAX_RULES)
    field_classes: Mapping[TrackName, tuple[FieldName, ...]]
    """What an audience may ever be shown; consent narrows it further."""
    small_cell: int = Field(default=SMALL_CELL, ge=3, le=1_000)
    """How many a pattern must be about in its country, sector and period before it is told."""
    registry_good_for: Annotated[Duration, Field(ge=86_400, le=730 * 86_400)] = 90 * 86_400
    """After this without an import, or anybody who looked, no machine releases: a person does."""
    duty: DutyShape
    protocols: tuple[ProtocolShape, ...] = ()
