"""What facts about dates make of a case: its dates, promises for them, and tracks that count
from them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from engine.case.evolve_duty import offset, swap
from engine.case.marked import CaseDate, Confirming, checks_of, next_look, over_at
from engine.case.replacing import replace
from engine.case.state import Case, TrackState
from schemas import facts as f
from schemas.plan import Anchor


def _set(case: Case, fact: f.DateSet) -> Case:
    date = CaseDate(
        id=fact.date,
        kind=fact.date_kind,
        at=fact.on,
        by=fact.by,
        precision=fact.precision,
        tracks=fact.tracks,
        said=fact.said,
        next_at=fact.next_at,
    )
    return aligned(_with(case, date))


def _moved(case: Case, fact: f.DateMoved) -> Case:
    date = case.date(fact.date)
    if date is None:
        return case
    moved = replace(
        date,
        at=fact.on,
        by=fact.by,
        said=fact.said or date.said,
        next_at=fact.next_at,
        confirming=(),
    )
    return aligned(_with(case, moved))


def _removed(case: Case, fact: f.DateRemoved) -> Case:
    return aligned(_without(case, fact.date), lost=fact.date)


def _passed(case: Case, fact: f.DatePassed) -> Case:
    return _without(case, fact.date)


def _checked(case: Case, fact: f.DateChecked) -> Case:
    return _change(case, fact.date, next_at=fact.next_at)


def _superseded(case: Case, fact: f.CheckSuperseded) -> Case:
    date = case.date(fact.date)
    if date is None or fact.reason != "superseded_by_later":
        return case
    after = timedelta(seconds=fact.check)
    later = (date.at + check for check in checks_of(date.kind) if check > after)
    return _with(case, replace(date, next_at=next(later, over_at(date.kind, date.at))))


def _confirm_asked(case: Case, fact: f.ConfirmAsked) -> Case:
    asked = Confirming(alert=fact.alert, answer_by=fact.answer_by)
    return _confirming(case, fact.date, fact.alert, asked)


def _confirm_missed(case: Case, fact: f.ConfirmMissed) -> Case:
    return _confirming(case, fact.date, fact.alert, Confirming(alert=fact.alert, answer_by=None))


def _confirmed(case: Case, fact: f.DateConfirmed) -> Case:
    return _confirming(case, fact.date, fact.alert)


def _covered(case: Case, fact: f.DateCovered) -> Case:
    date = case.date(fact.date)
    if date is None:
        return case
    if fact.alert not in date.acted:
        case = _with(case, replace(date, acted=(*date.acted, fact.alert)))
    return _confirming(case, fact.date, fact.alert)


def _confirming(case: Case, id: str, alert: str, *now: Confirming) -> Case:
    date = case.date(id)
    if date is None:
        return case
    others = tuple(each for each in date.confirming if each.alert != alert)
    return _with(case, replace(date, confirming=(*others, *now)))


def _promise_moved(case: Case, fact: f.PromiseMoved) -> Case:
    alerts = tuple(
        replace(
            alert,
            promises=tuple(
                replace(p, due_at=fact.due_at, ask_at=fact.ask_at, for_date=fact.for_date)
                if p.action == fact.action
                else p
                for p in alert.promises
            ),
        )
        if alert.id == fact.alert
        else alert
        for alert in case.alerts
    )
    return replace(case, alerts=alerts)


def reopened(case: Case, fact: f.Reopened) -> Case:
    """The case when what lay still while it was monitored counts again, as of now."""
    dates = tuple(
        replace(date, next_at=next_look(date.kind, date.at, now=fact.at), confirming=())
        for date in case.dates
        if over_at(date.kind, date.at) > fact.at
    )
    return replace(case, dates=dates)


def aligned(case: Case, *, lost: str = "") -> Case:
    """The case with every track that counts from a date counting from where it is now.

    A track counts from the first date of its kinds; once a rung of it has fired it stays with that
    date, past or not, unless the date falls away (`lost`).
    """
    for state in case.tracks:
        if state.track.anchor is Anchor.DATE:
            counted = _counted(case, state, lost)
            if counted != state:
                case = swap(case, counted)
    return case


def _counted(case: Case, state: TrackState, lost: str) -> TrackState:
    kinds, name = state.track.dates, state.track.name
    date = case.date(state.date)
    if state.step == 0 or state.date in ("", lost):
        mine = (
            each
            for each in case.dates
            if each.kind.outward
            and (not kinds or each.kind in kinds)
            and (not each.tracks or name in each.tracks)
        )
        date = min(mine, key=lambda each: (each.at, each.id), default=None)
        if date is None:
            return replace(state, date="", date_at=None, next_at=None)
    if date is None:
        return state  # It passed: what was planned for afterwards stays.
    next_at = None
    if state.anchor_at is not None and state.step < len(state.track.steps):
        next_at = max(date.at + offset(state.track, state.step), state.anchor_at)
    return replace(state, date=date.id, date_at=date.at, next_at=next_at)


def _change(case: Case, id: str, **changes: Any) -> Case:
    date = case.date(id)
    return case if date is None else _with(case, replace(date, **changes))


def _with(case: Case, date: CaseDate) -> Case:
    others = [each for each in case.dates if each.id != date.id]
    return replace(case, dates=tuple(sorted((*others, date), key=lambda each: (each.at, each.id))))


def _without(case: Case, id: str) -> Case:
    return replace(case, dates=tuple(each for each in case.dates if each.id != id))


STEPS: dict[type[Any], Callable[[Case, Any], Case]] = {
    f.DateSet: _set,
    f.DateMoved: _moved,
    f.DateRemoved: _removed,
    f.DatePassed: _passed,
    f.DateChecked: _checked,
    f.CheckSuperseded: _superseded,
    f.ConfirmAsked: _confirm_asked,
    f.ConfirmMissed: _confirm_missed,
    f.DateConfirmed: _confirmed,
    f.DateCovered: _covered,
    f.PromiseMoved: _promise_moved,
}
