"""What facts about holds make of a case."""

from collections.abc import Callable
from typing import Any

from engine.case.replacing import replace
from engine.case.state import Case, HoldState
from schemas import facts as f


def _placed(case: Case, fact: f.HoldPlaced) -> Case:
    return replace(case, holds=(*case.holds, HoldState(hold=fact.hold)))


def _lift_given(case: Case, fact: f.HoldLiftGiven) -> Case:
    holds = tuple(
        replace(each, lifted_by=(*each.lifted_by, fact.by))
        if each.hold.id == fact.hold and fact.by not in each.lifted_by
        else each
        for each in case.holds
    )
    return replace(case, holds=holds)


def _ended(case: Case, fact: f.HoldEnded) -> Case:
    """What waited for this very moment waits no longer than until now."""
    ended = next((each.hold for each in case.holds if each.hold.id == fact.hold), None)
    if ended is None:
        return case
    alerts = tuple(
        replace(
            alert,
            calls=tuple(
                replace(call, next_at=min(call.next_at, fact.at))
                if call.next_at == ended.until
                else call
                for call in alert.calls
            ),
            promises=tuple(
                replace(promise, ask_at=min(promise.ask_at, fact.at))
                if promise.ask_at == ended.until
                else promise
                for promise in alert.promises
            ),
        )
        for alert in case.alerts
    )
    holds = tuple(each for each in case.holds if each.hold.id != fact.hold)
    return replace(case, holds=holds, alerts=alerts)


def _waits(case: Case, fact: f.AlertHeld) -> Case:
    alerts = tuple(
        replace(
            alert,
            calls=tuple(
                replace(call, next_at=max(call.next_at, fact.until)) for call in alert.calls
            ),
            promises=tuple(
                replace(promise, ask_at=max(promise.ask_at, fact.until))
                for promise in alert.promises
            ),
        )
        if alert.id == fact.alert
        else alert
        for alert in case.alerts
    )
    return replace(case, alerts=alerts)


STEPS: dict[type[Any], Callable[[Case, Any], Case]] = {
    f.HoldPlaced: _placed,
    f.HoldLiftGiven: _lift_given,
    f.HoldEnded: _ended,
    f.AlertHeld: _waits,
}
