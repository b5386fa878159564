"""Judging every alert of a case again, after anything that may have changed who may know."""

from engine.case import commands as c
from engine.case import tasks, telling
from engine.case.draft import Draft
from engine.case.protect import EXCLUDED, UNCONSENTED, inside, judge_party, liftable
from engine.case.state import Alert, AlertStatus, Case
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Reason
from schemas.projection import CALLED_OFF, Purpose

_ALL_PURPOSES = (*CALLED_OFF, Purpose.STAND_DOWN)


def again(draft: Draft, command: c.Recheck) -> None:
    """The registry changed: whoever became tied to a perpetrator since is closed now, not later.

    The desk hands in the closure over the registry as it is. What it adds is stored, so that
    nothing that changes afterwards frees anybody.
    """
    if not draft.case.status.alive:
        return
    before = draft.case.alerts
    recheck(draft)
    if draft.case.alerts is not before:
        remember(draft)


def remember(draft: Draft) -> None:
    """Store the closure by which somebody was just left out, if it is more than the case knew."""
    closure = draft.case.around.closure
    if closure.digest != draft.case.closure_digest:
        draft.add(f.ExclusionsJoined(digest=closure.digest, closure=closure))


def recheck(draft: Draft) -> None:
    """Close, cancel and stand down whatever the guard now refuses. Only ever tightens."""
    before = draft.case
    _say_who_published(draft)
    for alert in before.alerts:
        still_right(draft, alert)
    _say_who_is_missing(draft, before)


def still_right(draft: Draft, alert: Alert) -> bool:
    """Whether anything more may be asked of this alert's party; if not, act on it.

    What merely has to wait, or concerns one way to reach it, leaves it right.
    """
    if alert.track is TrackName.DUTY:
        return True
    if alert.status is AlertStatus.CLOSED and alert.reason in EXCLUDED:
        return False
    verdict = judge_party(draft.case, track=alert.track, party=alert.party, now=draft.now)
    if verdict.reason in EXCLUDED:
        _exclude(draft, alert, verdict.reason)
    elif verdict.reason in UNCONSENTED:
        _withdraw(draft, alert, verdict.reason)
    else:
        return verdict.reason is not Reason.DECLINED
    return False


def told_before_excluded(draft: Draft, alert: Alert, reason: Reason) -> None:
    """Tell duty that somebody saw what it must not know, and exactly what it saw."""
    draft.add(
        f.ToldBeforeExcluded(
            alert=alert.id,
            party=alert.party,
            reason=reason,
            tells=alert.tell_no,
            contacts=alert.reached,
            handed_off=alert.left,
            delivered=alert.delivered,
            shown=draft.case.around.shown_to(alert.id),
        )
    )
    tasks.raise_task(draft, "told_before_excluded", alert=alert.id, critical=True)


def _say_who_published(draft: Draft) -> None:
    """A report's own line is run for somebody who must not know: a person answers another way."""
    within = set(inside(draft.case))
    for house in draft.case.houses:
        if house.source not in within or house.noted:
            continue
        draft.add(f.SourceInside(source=house.source, party=house.party, at=draft.now))
        tasks.raise_task(draft, "source_inside", detail=house.party, critical=True)


def _exclude(draft: Draft, alert: Alert, reason: Reason) -> None:
    if _may_wait(draft.case, alert, reason):
        if alert.reason is Reason.NOT_CHOSEN:
            return  # It is left out, whatever else would keep it: freed of that, it still is.
        if alert.status is not AlertStatus.WITHHELD or alert.reason is not reason:
            draft.add(f.AlertWithheld(alert=alert.id, reason=reason))
        return
    draft.add(f.NoticesCancelled(alerts=(alert.id,), purposes=_ALL_PURPOSES, reason=reason.value))
    if alert.handed_off and reason is not Reason.CONFLICT:
        told_before_excluded(draft, alert, reason)
    draft.add(f.AlertClosed(alert=alert.id, reason=reason))
    tasks.drop_tasks(draft, "phone_them", "phone_at_opening", alert=alert.id)


def _may_wait(case: Case, alert: Alert, reason: Reason) -> bool:
    """Whether two people may still turn it and nothing of it is out: then it stays planned.

    Somebody whom two people had let be told is not told wrongly when the case is opened again:
    nothing is asked of it until two say so once more.
    """
    once = alert.handed_off and not alert.reached and not alert.told_contacts
    waiting = alert.status is AlertStatus.WITHHELD and alert.reason is reason
    idle = not alert.tell_no or alert.status is AlertStatus.PLANNED or (once and waiting)
    return idle and liftable(case, alert.party, reason)


def _withdraw(draft: Draft, alert: Alert, reason: Reason) -> None:
    if alert.status in (AlertStatus.PLANNED, AlertStatus.CLOSED, AlertStatus.DECLINED):
        return
    if alert.reason is Reason.NOT_CHOSEN:
        return
    if alert.status is AlertStatus.WITHHELD and alert.reason is reason and not alert.reached:
        return
    draft.add(f.NoticesCancelled(alerts=(alert.id,), purposes=CALLED_OFF, reason=reason.value))
    draft.add(f.AlertWithheld(alert=alert.id, reason=reason, untold=alert.untold))
    reached = tuple(ref for ref in alert.contacts if ref.id in alert.reached)
    if reached:
        # Who said that they are the wrong person hears nothing more, not even that it is over.
        ours = tuple(ref for ref in reached if ref.id not in alert.dropped_contacts)
        telling.tell(draft, draft.alert(alert.id), ours, purpose=Purpose.STAND_DOWN)
        draft.add(f.AlertClosed(alert=alert.id, reason=reason))
    tasks.drop_tasks(draft, "phone_them", "phone_at_opening", "promise_overdue", alert=alert.id)


def _say_who_is_missing(draft: Draft, before: Case) -> None:
    """An exclusion may leave a running track with nobody: that is a person's decision, aloud."""
    for state in draft.case.tracks:
        name = state.track.name
        lost = any(
            a.track is name and a.live and _closed_by_exclusion(draft.case, a.id)
            for a in before.alerts
        )
        if lost and state.anchor_at is not None and not telling.somebody_has_it(draft.case, name):
            tasks.raise_task(draft, "nobody_left", detail=name.value)


def _closed_by_exclusion(case: Case, alert_id: str) -> bool:
    alert = case.alert(alert_id)
    return alert is not None and alert.status is AlertStatus.CLOSED and alert.reason in EXCLUDED
