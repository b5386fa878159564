"""Judging every alert of a case again, after anything that may have changed who may know."""

from engine.case import tasks, telling
from engine.case.draft import Draft
from engine.case.protect import EXCLUDED, UNCONSENTED, judge_party
from engine.case.state import Alert, AlertStatus
from schemas import facts as f
from schemas.plan import Reason
from schemas.projection import Purpose

_OUTWARD_PURPOSES = (Purpose.TELL, Purpose.ASK_OUTCOME, Purpose.WAIT)
_ALL_PURPOSES = (*_OUTWARD_PURPOSES, Purpose.STAND_DOWN)


def recheck(draft: Draft) -> None:
    """Close, cancel and stand down whatever the guard now refuses. Only ever tightens."""
    for alert in draft.case.alerts:
        if not alert.track.outward and alert.track.value == "duty":
            continue
        over = alert.status is AlertStatus.CLOSED and alert.reason is not Reason.CASE_OVER
        if over or alert.status is AlertStatus.DECLINED:
            continue
        verdict = judge_party(draft.case, track=alert.track, party=alert.party, now=draft.now)
        if verdict.allowed:
            continue
        if verdict.reason in EXCLUDED:
            _exclude(draft, alert, verdict.reason)
        elif verdict.reason in UNCONSENTED:
            _withdraw(draft, alert, verdict.reason)


def _exclude(draft: Draft, alert: Alert, reason: Reason) -> None:
    draft.add(f.NoticesCancelled(alerts=(alert.id,), purposes=_ALL_PURPOSES, reason=reason.value))
    if alert.handed_off:
        draft.add(
            f.ToldBeforeExcluded(
                alert=alert.id, party=alert.party, reason=reason, tells=alert.tell_no
            )
        )
        tasks.raise_task(draft, "told_before_excluded", alert=alert.id, critical=True)
    draft.add(f.AlertClosed(alert=alert.id, reason=reason))
    tasks.drop_tasks(draft, "phone_them", "phone_at_opening", alert=alert.id)


def _withdraw(draft: Draft, alert: Alert, reason: Reason) -> None:
    if alert.status in (AlertStatus.PLANNED, AlertStatus.CLOSED):
        return
    draft.add(
        f.NoticesCancelled(alerts=(alert.id,), purposes=_OUTWARD_PURPOSES, reason=reason.value)
    )
    if alert.handed_off and alert.status is not AlertStatus.WITHHELD:
        told = tuple(c for c in alert.contacts if c.id in alert.told_contacts)
        draft.add(f.AlertWithheld(alert=alert.id, reason=reason))
        telling.tell(draft, draft.alert(alert.id), told, purpose=Purpose.STAND_DOWN)
        draft.add(f.AlertClosed(alert=alert.id, reason=reason))
    elif alert.status is not AlertStatus.WITHHELD or alert.reason is not reason:
        draft.add(f.AlertWithheld(alert=alert.id, reason=reason))
    tasks.drop_tasks(draft, "phone_them", "phone_at_opening", alert=alert.id)
