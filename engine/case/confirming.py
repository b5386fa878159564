"""A date was moved: does what people promised or did for it still hold?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.case import covering, recheck, tasks, telling, times
from engine.case.draft import Draft
from engine.case.marked import CaseDate
from engine.case.replacing import replace
from engine.case.state import Alert, AlertStatus, Case, CaseStatus
from schemas import facts as f
from schemas.projection import Purpose
from schemas.responses import Response, ResponseKind, WithdrawnBecause

ITSELF = timedelta(hours=12)
"""A promise due this close to a date is one to be there: it goes where the date goes."""
_AT_LEAST = timedelta(hours=4)
"""Nobody is given less to say whether a promise holds, unless the date itself is nearer."""
_WORDS = (Purpose.CONFIRM, Purpose.REMIND)
_YES = (ResponseKind.ACKNOWLEDGED, ResponseKind.ALREADY_ACTING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A party that promised or acted for a date, and who of it is asked."""

    alert: str
    contact: str


def concerned_by(case: Case, date: CaseDate) -> tuple[Asked, ...]:
    """Who promised or acted for this date, or was asked to confirm it and has not yet."""
    if not date.kind.outward:
        return ()
    waits = {each.alert for each in date.confirming}
    found = []
    for alert in case.alerts:
        if not alert.track.outward or not (alert.live or alert.status is AlertStatus.ACTED):
            continue
        if alert.id in waits or covering.covers(date, alert):
            contact = covering.promised_for(date, alert) or _who_acted(alert)
            if contact:
                found.append(Asked(alert=alert.id, contact=contact))
    return tuple(found)


def ask(draft: Draft, id: str, asked: tuple[Asked, ...], *, was: datetime) -> None:
    """Take promises for the date along, and ask whether they hold; whom no message may reach is
    a person's to ask."""
    date = draft.case.date(id)
    if date is None or date.at <= draft.now:
        return
    for each in asked:
        _take_along(draft, date, draft.alert(each.alert), was=was)
        until = _answer_by(draft, date, draft.alert(each.alert))
        draft.add(
            f.ConfirmAsked(
                date=id, alert=each.alert, contact=each.contact, at=draft.now, answer_by=until
            )
        )
        if not _told(draft, each, until):
            _miss(draft, id, each.alert)


def answered(draft: Draft, before: Alert, response: Response) -> None:
    """Read an answer for what it says of dates. Call it after the answer itself was taken."""
    alert = draft.alert(before.id)
    if not alert.track.outward:
        return
    if response.kind is ResponseKind.ACTED:
        _acted(draft, before)
    for date in draft.case.dates:
        if not any(each.alert == alert.id for each in date.confirming):
            continue
        if response.kind in _YES:
            draft.add(_confirmed(draft, date, alert, response))
        elif response.kind is ResponseKind.COMMITTED and _renewed(draft, date, alert, before):
            draft.add(_confirmed(draft, date, alert, response))
        else:
            continue
        tasks.drop_tasks(draft, "date_confirm", alert=alert.id, detail=date.id)
    covering.settle(draft)
    covering.lost(draft, before)


def fall_silent(draft: Draft, date: CaseDate) -> bool:
    """Note one party that did not confirm in time; False when there is none."""
    for each in date.confirming:
        if each.answer_by is not None and each.answer_by <= draft.now:
            _miss(draft, date.id, each.alert)
            return True
    return False


def call_off(draft: Draft, date: CaseDate) -> None:
    """Messages about this date that have not left are no longer right."""
    alerts = tuple(
        alert.id
        for alert in draft.case.alerts
        if alert.track.outward
        and (alert.promises or alert.id in date.acted or _waits(date, alert.id))
    )
    if alerts:
        draft.add(f.NoticesCancelled(alerts=alerts, purposes=_WORDS, reason="date_moved"))


def _told(draft: Draft, asked: Asked, until: datetime) -> bool:
    if draft.case.status is not CaseStatus.OPEN:
        return False
    return recheck.still_right(draft, draft.alert(asked.alert)) and telling.tell_again(
        draft, asked.alert, asked.contact, purpose=Purpose.CONFIRM, answer_by=until
    )


def _miss(draft: Draft, id: str, alert_id: str) -> None:
    draft.add(f.ConfirmMissed(date=id, alert=alert_id))
    alert = draft.alert(alert_id)
    if alert.live or alert.status is AlertStatus.ACTED:
        tasks.raise_task(draft, "date_confirm", alert=alert_id, detail=id)


def _answer_by(draft: Draft, date: CaseDate, alert: Alert) -> datetime:
    """As on its track, and before the date is next looked at; within four hours at the least."""
    state = draft.case.track(alert.track)
    until = date.at
    if state is not None:
        until = min(until, draft.now + timedelta(seconds=state.track.answer_by))
    if date.next_at is not None:
        until = min(until, date.next_at)
    return min(max(until, draft.now + _AT_LEAST), date.at)


def _take_along(draft: Draft, date: CaseDate, alert: Alert, *, was: datetime) -> None:
    """What was promised for the old time goes to the new one; its own time stays, unless it is to
    be there: nobody is asked on the 17th how a hearing of the 31st went."""
    before = replace(date, at=was)
    for promise in alert.promises:
        if promise.asked or not covering.is_for(promise, before):
            continue
        moved = promise
        shifted = promise.due_at + (date.at - was)
        if abs(promise.due_at - was) <= ITSELF and shifted > draft.now:
            pause = times.ASK_AFTER_EVENT if promise.action_kind.takes_place else timedelta(0)
            moved = replace(promise, due_at=shifted, ask_at=shifted + pause)
        if not covering.is_for(moved, date):
            moved = replace(moved, for_date=date.id)
        if moved != promise:
            draft.add(
                f.PromiseMoved(
                    alert=alert.id,
                    action=promise.action,
                    due_at=moved.due_at,
                    ask_at=moved.ask_at,
                    for_date=moved.for_date,
                )
            )


def _confirmed(draft: Draft, date: CaseDate, alert: Alert, response: Response) -> f.DateConfirmed:
    return f.DateConfirmed(date=date.id, alert=alert.id, by=response.by, at=draft.now)


def _renewed(draft: Draft, date: CaseDate, alert: Alert, before: Alert) -> bool:
    """Whether a new promise is one for the date; it takes the place of the old one."""
    old = {promise.action for promise in before.promises}
    new = [promise for promise in alert.promises if promise.action not in old]
    if not any(covering.is_for(promise, date) for promise in new):
        return False
    for promise in alert.promises:
        if promise.action in old and covering.is_for(promise, date):
            draft.add(
                f.PromiseWithdrawn(
                    alert=alert.id,
                    action=promise.action,
                    by="engine",
                    way="",
                    at=draft.now,
                    reason=WithdrawnBecause.RENEWED,
                )
            )
    return True


def _acted(draft: Draft, before: Alert) -> None:
    """What was done on a promise is for what the promise was for; else for the nearest date."""
    act = next(fact for fact in reversed(draft.facts) if isinstance(fact, f.Acted))
    promise = next((p for p in before.promises if p.action == act.action), None)
    ahead = [d for d in draft.case.dates if d.kind.outward and d.at > draft.now]
    if act.for_date:
        covered = [d for d in ahead if d.id == act.for_date]
    elif promise is not None:
        covered = [d for d in ahead if covering.is_for(promise, d)]
    else:
        covered = ahead[:1]
    for date in covered:
        draft.add(f.DateCovered(date=date.id, alert=before.id, at=draft.now))
        tasks.drop_tasks(draft, "date_confirm", alert=before.id, detail=date.id)


def _waits(date: CaseDate, alert: str) -> bool:
    return any(each.alert == alert for each in date.confirming)


def _who_acted(alert: Alert) -> str:
    return alert.acts[-1].by if alert.acts else ""
