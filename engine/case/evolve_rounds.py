"""What facts about rounds make of a case."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from engine.case.life import Round
from engine.case.replacing import replace
from engine.case.state import Case
from schemas import facts as f


def _set(case: Case, fact: f.RoundSet) -> Case:
    alerts = tuple(replace(a, in_round=a.id in fact.alerts) for a in case.alerts)
    every = timedelta(days=fact.every_days)
    return replace(case, alerts=alerts, round=Round(next_at=fact.first_at, every=every))


def _held(case: Case, fact: f.RoundHeld) -> Case:
    return (
        case
        if case.round is None
        else replace(case, round=replace(case.round, next_at=fact.next_at))
    )


def over(case: Case, fact: object) -> Case:
    """The case without its round: a person ended it, or the case is resolved."""
    alerts = tuple(replace(a, in_round=False) if a.in_round else a for a in case.alerts)
    return replace(case, alerts=alerts, round=None)


STEPS: dict[type[Any], Callable[[Case, Any], Case]] = {
    f.RoundSet: _set,
    f.RoundHeld: _held,
    f.RoundEnded: over,
}
