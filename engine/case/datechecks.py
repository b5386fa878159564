"""Checks of a date: has anybody promised for it, track by track? (design section 5.2)."""

from datetime import datetime, timedelta

from engine.case import confirming, paging, recheck, tasks, telling, times
from engine.case.covering import concerned, covered_by, covers, promised_for
from engine.case.draft import Draft
from engine.case.marked import CaseDate, checks_of, over_at
from engine.case.state import CaseStatus, TrackState
from rules import roster as rota
from schemas import facts as f
from schemas.codes import DateKind
from schemas.plan import Spread
from schemas.projection import Purpose
from schemas.roster import Role

_FIRST, _LAST = timedelta(days=-14), timedelta(hours=-24)


def fall_due(draft: Draft) -> bool:
    """Decide one thing that is due for a date: a check, its passing, a silence. False: none is."""
    if draft.case.status is CaseStatus.MONITORED:
        return False
    for date in draft.case.dates:
        if confirming.fall_silent(draft, date):
            return True
        if date.next_at is not None and date.next_at <= draft.now:
            check = _check_at(date, date.next_at)
            if check is None:
                _pass(draft, date)
            else:
                _check(draft, date, check)
            return True
    return False


def _check_at(date: CaseDate, moment: datetime) -> timedelta | None:
    return next((c for c in checks_of(date.kind) if date.at + c == moment), None)


def _check(draft: Draft, date: CaseDate, check: timedelta) -> None:
    due = date.at + check
    later = next((date.at + c for c in checks_of(date.kind) if c > check), None)
    following = later or over_at(date.kind, date.at)
    seconds = int(check.total_seconds())
    if following <= draft.now:
        draft.add(
            f.CheckSuperseded(date=date.id, check=seconds, due_at=due, reason="superseded_by_later")
        )
        return
    satisfied, lacking = _judged(draft, date, check)
    draft.add(
        f.DateChecked(
            date=date.id,
            check=seconds,
            due_at=due,
            at=draft.now,
            uncovered=tuple(state.track.name for state in lacking),
            satisfied=satisfied,
            next_at=following,
        )
    )
    if date.kind is DateKind.CUSTODY:
        if not satisfied:
            tasks.raise_task(draft, "custody_check", detail=date.id)
        return
    tasks.drop_tasks(draft, "date_check", detail=date.id)
    _ask_further(draft, date, lacking, due=due)
    heard = check != _LAST or _remind(draft, date, satisfied=satisfied, due=due)
    if not satisfied:
        until = max(later or date.at, draft.now)
        tasks.raise_task(draft, "date_check", detail=date.id, due_at=until, critical=not heard)


def _judged(draft: Draft, date: CaseDate, check: timedelta) -> tuple[bool, list[TrackState]]:
    """Whether nothing need be done, and the tracks on which nobody covers the date.

    Fourteen days before it, a track is left alone until somebody of it was to answer.
    """
    if date.kind is DateKind.CUSTODY:
        return in_touch(draft), []
    states = concerned(draft.case, date)
    early = check == _FIRST
    if not states:
        return early, []
    lacking = [
        state
        for state in states
        if not covered_by(draft.case, date, state)
        and not (early and (state.answer_due is None or state.answer_due > draft.now))
    ]
    return not lacking, lacking


def _ask_further(draft: Draft, date: CaseDate, lacking: list[TrackState], *, due: datetime) -> None:
    """Tell the next contact of whoever was asked and covers nothing; long late, people decide."""
    if draft.case.status is not CaseStatus.OPEN:
        return
    late = draft.now - due > times.STALE_AFTER
    for state in lacking:
        if state.frozen:
            continue
        name, told = state.track.name, False
        asked = [a for a in draft.case.alerts if a.track is name and a.live and not covers(date, a)]
        for alert in sorted(asked, key=lambda each: (each.rank, each.party)):
            if late:
                tasks.ask_if_still_right(draft, alert=alert.id)
                told = True
            elif recheck.still_right(draft, draft.alert(alert.id)):
                told = telling.tell_next(draft, alert.id) or told
        if not told and not late and telling.one_at_a_time(draft.case, name):
            telling.tell_track(draft, name, spread=Spread.NEXT)


def _remind(draft: Draft, date: CaseDate, *, satisfied: bool, due: datetime) -> bool:
    """A day before: those who promised or acted for it, and whoever of us owns the case.

    Whether one of us could be told.
    """
    late = draft.now - due > times.STALE_AFTER
    if draft.case.status is CaseStatus.OPEN and not late:
        names = {state.track.name for state in concerned(draft.case, date)}
        for alert in draft.case.alerts:
            if alert.track not in names or not covers(date, alert):
                continue
            contact = promised_for(date, alert) or alert.acts[-1].by
            if recheck.still_right(draft, alert):
                telling.tell_again(
                    draft, alert.id, contact, purpose=Purpose.REMIND, answer_by=date.at
                )
    detail = "date_ahead" if satisfied else "date_check"
    people = (draft.case.owner,) if draft.case.owner else _on_duty(draft)
    told = [paging.tell_person(draft, each, detail=detail, critical=True) for each in people]
    return any(told)


def _on_duty(draft: Draft) -> tuple[str, ...]:
    roster = draft.case.around.roster
    return tuple(each.person for each in rota.on_call(roster, Role.HANDLER, draft.now)[:1])


def _pass(draft: Draft, date: CaseDate) -> None:
    """The date lies behind: unless somebody is asked by their promise, a person finds out."""
    tasks.drop_tasks(draft, "date_check", "date_confirm", detail=date.id)
    kept = in_touch(draft)
    asked = any(a.track.outward and promised_for(date, a) for a in draft.case.alerts)
    draft.add(f.DatePassed(date=date.id, on=date.at, at=draft.now))
    if date.kind is DateKind.CUSTODY:
        tasks.drop_tasks(draft, "custody_check", detail=date.id)
        if not kept:
            tasks.raise_task(draft, "custody_check", detail=date.id)
    elif not (date.kind.outward and asked):
        tasks.raise_task(draft, "date_passed", detail=date.kind.value)


def in_touch(draft: Draft) -> bool:
    """Whether somebody heard from the person's side, and no contact with it is overdue."""
    spoken: tuple[f.TaskKind, ...] = ("first_contact", "check_in")
    late = any(t.kind in spoken and t.due_at <= draft.now for t in draft.case.tasks)
    first = any(t.kind == "first_contact" for t in draft.case.tasks)
    return draft.case.check_ins > 0 and not late and not first
