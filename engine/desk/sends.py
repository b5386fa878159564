"""Claiming: the guard looks once more, under the case lock, and what it allows is handed out."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row

from engine.answer_tokens import digest, good_until
from engine.case import commands as c
from engine.case.decide import run
from engine.case.delivery import verdict
from engine.case.protect import endpoint_id
from engine.case.state import Case
from engine.desk import inner
from engine.desk.notices import due_notice, settled
from engine.desk.setting import Setting
from engine.desk.sheet import Sheet
from engine.desk.traces import where
from engine.store.notifications import DUTY_LANES
from rules.hours import zone_of
from schemas.codes import IncidentCode, TrackName
from schemas.facts import NoticesCancelled
from schemas.plan import Verdict
from schemas.projection import ASKING, Purpose

_log = structlog.get_logger(__name__)

UNKNOWN_AT_MOST = 8
"""Tries of which nobody knows whether the message left; then the next way, and a task."""

SEND_WITHIN = 5.0
"""Seconds from the claim to the first byte; later, the guard has to be asked again."""

POSTPONED_BY = timedelta(seconds=30)
"""A notification whose claim failed comes again after this."""

UNSURE_FOR = timedelta(minutes=1)
"""What waits for somebody to stand for the registry is looked at again after this."""


def claim(command: inner.Claim, sheet: Sheet, setting: Setting) -> inner.Claimed:
    """Guard what is due, note the refusals, and hand out the rest as sending."""
    by_case: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    due: list[Row[Any]] = []
    for key, _ in sheet.claimable:
        row = sheet.notices.get(key)
        if row is not None and _still_due(row, sheet, setting):
            due.append(row)
    later = setting.pacing.held(due, now=setting.now) | _unsure_of_ties(due, sheet, setting)
    sheet.batch.delays.extend({"of_key": key, "again_at": at} for key, at in later.items())
    for row in due:
        if row.key not in later:
            by_case[row.case_id].append(row)
    jobs: list[inner.SendJob] = []
    for case_id, rows in by_case.items():  # as claimed: duty and grave first, first tells first
        case = sheet.cases.get(case_id)
        if case is None:
            _postpone(rows, sheet, setting)
            continue
        jobs.extend(_claim_case(case, rows, sheet, setting))
    sheet.claimable.clear()
    return inner.Claimed(jobs=tuple(jobs), next_at=None)


def _unsure_of_ties(due: list[Row[Any]], sheet: Sheet, setting: Setting) -> dict[str, datetime]:
    """What waits until somebody stands for the registry, and when each comes again (N13).

    Who must not know is read off it. Duty and those who protect never wait; nor does what says
    nothing of a case.
    """
    rules = setting.world.rules
    if rules is None or not rules.old(setting.now):
        return {}
    again = setting.now + UNSURE_FOR
    later = {row.key: again for row in due if _discloses(row, sheet)}
    if later:
        sheet.follow_ups.append(c.RaiseIncident(code=IncidentCode.REGISTRY_OLD))
    return later


def _discloses(row: Row[Any], sheet: Sheet) -> bool:
    if row.lane in DUTY_LANES or row.purpose not in ASKING:
        return False
    case = sheet.cases.get(row.case_id)
    alert = None if case is None else case.alert(row.alert_id)
    return alert is not None and alert.track.outward


def look(command: inner.Look, sheet: Sheet, setting: Setting) -> inner.Looked:
    """Judge messages once more that were handed out and may not have begun. Writes nothing."""
    return inner.Looked(refused=tuple(key for key in command.keys if _off(key, sheet, setting)))


def _off(key: str, sheet: Sheet, setting: Setting) -> bool:
    row = sheet.notices.get(key)
    case = None if row is None else sheet.cases.get(row.case_id)
    if row is None or case is None or row.state != "sending" or row.reason:
        return True
    return not verdict(setting.informed(sheet, case), due_notice(row), now=setting.now).allowed


def delay(command: inner.Delay, sheet: Sheet, setting: Setting) -> None:
    """Let these come again later."""
    again = setting.now + POSTPONED_BY
    sheet.batch.delays.extend({"of_key": key, "again_at": again} for key in command.keys)
    sheet.follow_ups.append(c.RaiseIncident(code=IncidentCode.CLAIM_FAILED))


def _still_due(row: Row[Any], sheet: Sheet, setting: Setting) -> bool:
    if row.next_at is None or row.next_at > setting.now or row.key in sheet.ends:
        return False
    if (sheet.stopped or sheet.stale) and row.lane not in DUTY_LANES:
        return False
    return not any(
        isinstance(fact, NoticesCancelled)
        and row.alert_id in fact.alerts
        and row.purpose in fact.purposes
        and fact.contact in ("", row.contact)
        for decided in sheet.batch.decided
        for fact in decided.facts
    )


def _claim_case(
    case: Case, rows: list[Row[Any]], sheet: Sheet, setting: Setting
) -> list[inner.SendJob]:
    jobs = []
    try:
        case = _with_current_closure(case, rows, sheet, setting)
    except Exception as error:  # who may know is unclear: duty is told, nobody else
        _log.error("closure_failed", case=case.id, error=type(error).__name__, where=where(error))
        outward = [row for row in rows if row.lane not in DUTY_LANES]
        rows = [row for row in rows if row.lane in DUTY_LANES]
        _postpone(outward, sheet, setting)
        case = setting.informed(sheet, case)
    for row in rows:
        try:
            if row.reason:
                case = _called_off(case, row, sheet, setting)
                continue
            if row.unknowns >= UNKNOWN_AT_MOST:
                case = _give_up(case, row, sheet, setting)
                continue
            notice = due_notice(row)
            after, decided = run(case, c.Claimed(notices=(notice,)), setting.now)
            if decided:
                sheet.decide(case, after, decided)
                case = after
            else:
                job = _job(case, row, verdict(case, notice, now=setting.now), setting)
                _sending(row, sheet, setting)
                jobs.append(job)
        except Exception as error:  # this one waits; the next may be the page that matters
            _log.error("claim_failed", case=case.id, error=type(error).__name__, where=where(error))
            _postpone([row], sheet, setting)
    return jobs


def _with_current_closure(case: Case, rows: list[Row[Any]], sheet: Sheet, setting: Setting) -> Case:
    closure = None
    if any(row.lane not in DUTY_LANES for row in rows):
        closure = setting.exclusions.now(
            sheet.closures[case.id],
            sheet.case_events.get(case.id, ()),
            registry=setting.world.registry,
        )
    return setting.informed(sheet, case, closure=closure)


def _called_off(case: Case, row: Row[Any], sheet: Sheet, setting: Setting) -> Case:
    """End a message that was called off when it may have left already.

    Where its party must not know any more, whoever may have read it counts as told.
    """
    alert = case.alert(row.alert_id)
    if alert is not None and alert.reason is not None and not alert.live:
        return _give_up(case, row, sheet, setting)
    sheet.batch.ended_notices.append(
        {"of_key": row.key, "ended": "cancelled", "why": row.reason, "now": setting.now}
    )
    return case


def _give_up(case: Case, row: Row[Any], sheet: Sheet, setting: Setting) -> Case:
    after, decided = run(case, settled(row, "unknown_exhausted"), setting.now)
    sheet.decide(case, after, decided)
    return after


def _job(case: Case, row: Row[Any], allowed: Verdict, setting: Setting) -> inner.SendJob:
    alert = case.alert(row.alert_id)
    if alert is None:
        raise LookupError("a notification of an alert that its case does not have")
    registry = setting.world.registry
    contact = registry.contact(row.contact)
    token = ""
    if alert.track is not TrackName.DUTY and row.purpose in ASKING:
        token = setting.answers.token(alert=alert.id, contact=row.contact)
    return inner.SendJob(
        key=row.key,
        attempt_no=row.attempts + 1,
        case=case.id,
        case_ref=case.ref,
        alert=alert.id,
        alert_ref=alert.ref,
        track=alert.track,
        party=alert.party,
        contact=row.contact,
        channel=row.channel,
        endpoint=registry.endpoint(endpoint_id(row.endpoint)),
        purpose=Purpose(row.purpose),
        severity=case.severity,
        exercise=case.exercise,
        deadline=row.answer_by,
        detail=row.detail,
        language=contact.languages[0] if contact is not None and contact.languages else "en",
        zone="" if contact is None else zone_of(contact.hours, default=""),
        verdict=allowed,
        tell_no=row.tell_no,
        token=token,
        code=setting.answers.code_of(token) if token else "",
        send_by=setting.mono + _good_for(case, alert.track, setting),
    )


def _good_for(case: Case, track: TrackName, setting: Setting) -> float:
    """Seconds until the guard has to be asked again.

    No longer than every consent holds, of linked cases too, the release, and a necessity nobody has
    reviewed yet.
    """
    if track is TrackName.DUTY:
        return SEND_WITHIN
    linked = (consent for each in case.around.linked for consent in each.consents)
    state = case.track(track)
    ends = [consent.until for consent in (*case.around.consents, *linked)]
    ends.append(None if state is None else state.release_until)
    ends.append(None if case.necessity is None else case.necessity.review_by)
    left = [(end - setting.now).total_seconds() for end in ends if end is not None]
    return min([SEND_WITHIN, *(seconds for seconds in left if seconds > 0)])


def _sending(row: Row[Any], sheet: Sheet, setting: Setting) -> None:
    attempt_no = row.attempts + 1
    sheet.batch.claims.append(
        {"of_key": row.key, "attempt_no": attempt_no, "of_instance": setting.instance}
    )
    sheet.batch.attempts.append(
        {
            "key": row.key,
            "attempt_no": attempt_no,
            "at": setting.now,
            "instance": setting.instance,
            "state": "sending",
            "reason": "",
            "settled_at": None,
        }
    )
    if row.lane not in DUTY_LANES and row.purpose in ASKING:
        token = setting.answers.token(alert=row.alert_id, contact=row.contact)
        sheet.batch.tokens.append(
            {
                "digest": digest(token),
                "alert_id": row.alert_id,
                "contact": row.contact,
                "issued_at": row.decided_at,
                "expires_at": good_until(told_at=row.decided_at, answer_by=row.answer_by),
                "tries": 0,
                "opened": 0,
                "agreed_at": None,
                "answered_at": None,
            }
        )


def _postpone(rows: list[Row[Any]], sheet: Sheet, setting: Setting) -> None:
    if rows:
        again = setting.now + POSTPONED_BY
        sheet.batch.delays.extend({"of_key": row.key, "again_at": again} for row in rows)
        sheet.follow_ups.append(c.RaiseIncident(code=IncidentCode.CLAIM_FAILED))
