"""The only object a template or channel may receive: what this recipient may see.

A `Projection` is made by `rules.guard` alone; a test walks the code and fails if anything else
calls `_make_projection`.
"""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from schemas.codes import Audience, ContactRule, FieldName, Label, Mode
from schemas.commitment import Commitment


class Purpose(StrEnum):
    """What a message is for; each has its own fixed words."""

    TELL = "tell"
    """Outward: please answer."""
    ASK_OUTCOME = "ask_outcome"
    """Outward: you promised something for now; how did it go?"""
    CONFIRM = "confirm"
    """Outward: a date was moved; does what you promised or did still hold?"""
    REMIND = "remind"
    """Outward: what you promised is due soon."""
    ANSWER = "answer"
    """Outward: what you asked is answered; read it on your page."""
    ROUND = "round"
    """Outward: what those who help promised and did stands on your page."""
    STAND_DOWN = "stand_down"
    """Nothing more is asked of you."""
    WAIT = "wait"
    """Please do nothing until a stated time."""
    PAGE = "page"
    """Duty: a case needs somebody."""
    TASK = "task"
    """Duty: a decision is due."""
    INCIDENT = "incident"
    """Duty: something is wrong with Tocsin itself."""
    OVERDUE = "overdue"
    """Duty: many at once, after an outage."""
    SEVERAL = "several"
    """Duty: cases that are not grave, together, because one person had many messages lately."""


ASKING = frozenset(
    {
        Purpose.TELL,
        Purpose.ASK_OUTCOME,
        Purpose.CONFIRM,
        Purpose.REMIND,
        Purpose.ANSWER,
        Purpose.ROUND,
    }
)
"""Outward, and about the case: each leads to a page. A stand-down and a request to wait say nothing
of it, and no freeze is in their way."""
BESIDES = frozenset({Purpose.WAIT, Purpose.ANSWER, Purpose.ROUND})
"""On top of what somebody was told: by none of these does anybody count as told."""
CALLED_OFF = tuple(each for each in Purpose if each in ASKING or each is Purpose.WAIT)
"""What does not leave any more to whoever may hear nothing but that nothing is asked."""


class _Sealed:
    """Held by the one function that may construct a projection."""


_SEAL = _Sealed()


@dataclass(frozen=True, slots=True)
class Projection:
    """What one recipient may see, in a message (`reference`, `deadline`, …) and on its page."""

    _seal: InitVar[_Sealed]
    purpose: Purpose
    audience: Audience
    reference: str
    """Outward: the alert's own reference. Duty: the case reference."""
    deadline: datetime | None
    language: str
    zone: str
    """IANA zone in which the recipient reads times."""
    severity: str
    """Only duty messages carry it."""
    detail: str
    """A code for duty messages (`told_before_excluded`, `channel_failing`); empty outward."""
    count: int
    """How many cases one duty page stands for; 1 but for `OVERDUE` and `SEVERAL`."""
    fields: Mapping[FieldName, str]
    """Page content by class; never used in a message."""
    exercise: bool
    mode: Mode = Mode.QUIET
    """How openly the recipient may act."""
    label: Label = Label.RED
    """How far it may pass on what it reads: on the page only, never in a message or its subject."""
    may_contact: ContactRule = ContactRule.NOBODY
    """Whom of the defender's side it may speak to; said before and beside what is asked."""
    pattern: bool = False
    """Whether it is about many, and about nobody in particular."""
    commitments: tuple[Commitment, ...] = ()
    """What it has itself promised in public; empty unless its field class has `commitment`."""

    def __post_init__(self, _seal: _Sealed) -> None:
        if _seal is not _SEAL:  # not kept: a copy with other fields would need it again
            raise TypeError("Only rules.guard makes a Projection; ask the guard for one.")


def _make_projection(**values: Any) -> Projection:
    fields = MappingProxyType(dict(values.pop("fields")))
    return Projection(_SEAL, fields=fields, **values)
