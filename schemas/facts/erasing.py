"""How what is sealed of a case is destroyed for good: by two people, or when its time is over."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class WhyErased(StrEnum):
    """Why nobody shall be able to read it any more."""

    ASKED = "asked"
    """The person, or whoever holds their consent, asked for it."""
    TIME_OVER = "time_over"
    """It was kept as long as was promised."""
    MISTAKE = "mistake"
    """It should never have come to us."""


class WhyKept(StrEnum):
    """Why it is kept for longer than others are."""

    ASKED = "asked"
    """The person, or whoever holds their consent, wants us to keep it."""
    REMEDY = "remedy"
    """A complaint, a lawsuit or a claim goes on."""
    LAW = "law"
    """A court or a law forbids us to destroy it."""
    NEEDED = "needed"
    """Whoever helps now still needs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureGiven:
    """A person wants the sealed content of the case destroyed; it takes two."""

    kind: Literal["erasure_given"] = "erasure_given"
    v: Literal[1] = 1
    by: str
    at: datetime
    why: WhyErased


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """The key of the case was destroyed: its sealed content is noise, in every younger copy too."""

    kind: Literal["erased"] = "erased"
    v: Literal[1] = 1
    by: tuple[str, ...]
    """Two people; nobody where the time that it is kept was over."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAnnounced:
    """The case has been closed for long: on this day its key is destroyed, unless a person says
    that it is kept."""

    kind: Literal["erasure_announced"] = "erasure_announced"
    v: Literal[1] = 1
    at: datetime
    on: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedKept:
    """A person said that what is sealed is kept until then; nobody erases it before."""

    kind: Literal["sealed_kept"] = "sealed_kept"
    v: Literal[1] = 1
    by: str
    at: datetime
    until: datetime
    why: WhyKept


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepingEnded:
    """A person said that it need not be kept any longer: the usual time counts again."""

    kind: Literal["keeping_ended"] = "keeping_ended"
    v: Literal[1] = 1
    by: str
    at: datetime
