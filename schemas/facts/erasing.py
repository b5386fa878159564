"""How what is sealed of a case is destroyed for good, by two people."""

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
    at: datetime
