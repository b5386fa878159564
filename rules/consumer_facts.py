"""Which facts of a case a stream consumer may learn, and how much of each. Pure.

A consumer is one party with one alert, and learns what lies between the desk and itself: that a
message left for it, and what its own people answered. Every other fact says who else was told or
held back, who of us decided what, or what happened; the first two are nobody's business, and the
last is read on the page, after its undertaking. A kind of fact that is not named here goes to
nobody, so that a new one waits until somebody has thought about it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from schemas import facts as f
from schemas.consumer_fact import ConsumerFact
from schemas.projection import Purpose

KINDS = frozenset({"handed_off", "answered", "promised", "promise_withdrawn", "acted"})
"""Kinds of facts of which whoever they are about may learn, and nobody else."""


def about(fact: f.Fact) -> str:
    """Id of the alert whose party may learn of it; empty: nobody outside may."""
    return str(getattr(fact, "alert", "")) if fact.kind in KINDS else ""


def projected(
    fact: f.Fact,
    *,
    ref: str,
    exercise: bool,
    purpose: Purpose | None = None,
    answer_by: datetime | None = None,
) -> ConsumerFact | None:
    """What its own party reads of it; None for every kind that goes to nobody.

    `ref`: of the alert it is about. `purpose`, `answer_by`: of the message, where one left.
    """
    say = _SAY.get(type(fact))
    if say is None:
        return None
    said = say(fact)
    if isinstance(fact, f.HandedOff):
        said |= {"purpose": purpose, "answer_by": answer_by}
    return ConsumerFact(ref=ref, exercise=exercise, **said)


def _left(fact: f.HandedOff) -> dict[str, Any]:
    return {"kind": "message_left", "at": fact.at}


def _answered(fact: f.Answered) -> dict[str, Any]:
    return {
        "kind": "answered",
        "at": fact.at,
        "answer": fact.answer,
        "action_kind": fact.action_kind,
    }


def _promised(fact: f.Promised) -> dict[str, Any]:
    return {
        "kind": "promised",
        "at": fact.at,
        "action_kind": fact.action_kind,
        "due_at": fact.due_at,
    }


def _withdrawn(fact: f.PromiseWithdrawn) -> dict[str, Any]:
    return {"kind": "promise_withdrawn", "at": fact.at}


def _acted(fact: f.Acted) -> dict[str, Any]:
    return {
        "kind": "acted",
        "at": fact.at,
        "action_kind": fact.action_kind,
        "effect": fact.effect,
    }


_SAY: Mapping[type, Callable[[Any], dict[str, Any]]] = MappingProxyType(
    {
        f.HandedOff: _left,
        f.Answered: _answered,
        f.Promised: _promised,
        f.PromiseWithdrawn: _withdrawn,
        f.Acted: _acted,
    }
)
