"""What people may say to the machine: each is true from the commit that took it."""

from dataclasses import dataclass
from datetime import datetime

from schemas.event import ThreatEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A report."""

    source: str
    event: ThreatEvent
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """A word about what one subject allows."""

    pseudonym: str
    audiences: frozenset[str]
    mode: str
    until: datetime | None
    revoked: bool = False
    fields: frozenset[str] = frozenset()
    basis: str = "person"
    by: str = ""
    """The person of ours who says so; empty: a publisher, or whoever holds the consent."""
    source: str = ""
    """The publisher."""
    narrows: bool = False
    """It is said to make less of what was allowed."""
    agrees: bool = False
    """It agrees with what somebody asked for, as it was shown."""
    given_at: datetime | None = None
    """When the subject is said to have said so; None: when it came in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A person let a track of a case go."""

    case: str
    track: str
    by: str
    controllers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """A person took the release of a track back."""

    case: str
    track: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A person stopped a track of a case, or (`on=False`) agreed that it goes on."""

    case: str
    track: str
    on: bool
    by: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Somebody pressed Stop outgoing, or agreed that it ends."""

    on: bool
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """A person said that these may be asked in this case although a tie leaves them out."""

    case: str
    parties: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A person asked to wait. A part that is empty fits everybody."""

    case: str
    hold: str
    until: datetime
    tracks: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLifted:
    """A person agreed that a hold ends before its time."""

    case: str
    hold: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Necessary:
    """A person decided, or agreed, that protection is asked without consent."""

    case: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNecessary:
    """A person took that back."""

    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moded:
    """A person said how openly a track may act, or (`track=""`) the whole case at most."""

    case: str
    track: str
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A person said that two cases are about the same."""

    case: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """A person said that a case stands alone."""

    case: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Somebody whom we told answered."""

    case: str
    track: str
    party: str
    contact: str
    kind: str
    until: datetime | None = None
    """Of a warning."""
    to: str = ""
    """To whom it was passed on: a party or a contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """A person opened a case again: what people opened in it is asked anew."""

    case: str


Act = (
    Released | TakenBack | Frozen | Cleared | Held | HoldLifted | Necessary | NotNecessary | Moded
    | Linked | Parted | Answered | Reopened
)  # fmt: skip
"""What is said in one case."""
Saying = Published | Allowed | Stopped | Act
