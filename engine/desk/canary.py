"""The canary's way through the desk: the same decisions as for a report, on rows of its own.

It is decided by the code that decides every case, in the same batches and transactions, fired by
the same timers and claimed by the same sender, and it cannot hold any of them up: whatever raises
here is logged, and the canary does not come back, which is what it is for.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from engine import canary
from engine.case import commands as c
from engine.case.around import Around
from engine.case.decide import run
from engine.case.delivery import verdict
from engine.case.due import due_at
from engine.case.replacing import replace
from engine.case.state import Alert, Case, dump_case, load_case
from engine.desk import inner
from engine.desk.setting import Setting
from engine.desk.sheet import Sheet
from engine.desk.traces import where
from engine.store import canaries
from schemas.codes import TrackName
from schemas.facts import Told
from schemas.projection import Purpose
from schemas.responses import Done

_log = structlog.get_logger(__name__)

STALE_AFTER = timedelta(minutes=30)
"""One that lay in a log for longer is of a night that is over: nobody waits for it any more."""


def read(conn: Connection, commands: Sequence[Any], sheet: Sheet, setting: Setting) -> None:
    """Read and lock the canaries that these commands are about; after everything else."""
    rows = sheet.canaries
    for command in commands:
        match command:
            case inner.Fire(only=()) if not rows.due:
                rows.due = canaries.due(conn, now=setting.now)
            case inner.Claim(canaries=True) if not rows.claimable:
                rows.claimable = canaries.claimable(conn, now=setting.now)
            case inner.Settle():
                keys = [o.key for o in command.outcomes if o.key.startswith(canaries.PREFIX)]
                if keys:
                    rows.tried.update(canaries.by_keys(conn, keys))


def arrived(command: inner.Canary, fork: Sheet, setting: Setting) -> Done:
    """Open its case, which is no case: nobody but its own contact can be told of it."""
    if command.way and abs(setting.now - command.at) <= STALE_AFTER:
        _each(_open, command, fork, setting)
    return Done()


def _open(command: inner.Canary, fork: Sheet, setting: Setting) -> None:
    opened = c.EventArrived(
        inbox=c.Inbox(source=command.report.source, id=command.id, digest=""),
        report=command.report,
        candidates=canary.plan(),
    )
    case = Case(id=f"{canaries.PREFIX}{command.report.event_id}", around=_around(setting))
    after, _ = run(case, opened, setting.now)
    fork.batch.canaries.append(
        canaries.row(
            id=command.id,
            way=command.way,
            at=setting.now,
            due_at=_step_due(after),
            body=dump_case(after),
        )
    )


def fire(fork: Sheet, setting: Setting) -> None:
    """Decide what is due."""
    due, fork.canaries.due = fork.canaries.due, []
    for row in due:
        if not _each(_fire, row, fork, setting):
            _lost(row, fork)


def _fire(row: Row[Any], fork: Sheet, setting: Setting) -> None:
    case = _case(row, setting)
    after, decided = run(case, c.Tick(), setting.now)
    told = next((fact for fact in decided if isinstance(fact, Told)), None)
    if told is None:
        raise LookupError("a canary that was due told nobody")
    fork.batch.moved_canaries.append(
        canaries.moved(
            row,
            state="queued",
            due_at=None,
            key=canaries.PREFIX + told.notices[0].key[:40],
            body=dump_case(after),
        )
    )


def claim(sheet: Sheet, setting: Setting) -> tuple[inner.CanaryJob, ...]:
    """Guard what is to be sent, and hand it out to the sink alone."""
    rows, sheet.canaries.claimable = sheet.canaries.claimable, []
    jobs: list[inner.CanaryJob] = []
    for row in rows:
        if not _each(_claim, row, sheet, setting, jobs):
            _lost(row, sheet)
    return tuple(jobs)


def _claim(row: Row[Any], sheet: Sheet, setting: Setting, jobs: list[inner.CanaryJob]) -> None:
    case = _case(row, setting)
    alert = _alert(case)
    notice = c.DueNotice(
        key=row.key,
        alert=alert.id,
        tell_no=alert.tell_no,
        purpose=Purpose.PAGE.value,
        contact=canary.PERSON,
        endpoint=canary.ENDPOINT,
        decided_at=row.arrived_at,
    )
    _, refused = run(case, c.Claimed(notices=(notice,)), setting.now)
    if refused:
        raise LookupError("the guard refused a canary")
    sheet.batch.moved_canaries.append(canaries.moved(row, state="sending", tried_at=setting.now))
    jobs.append(
        inner.CanaryJob(
            job=inner.SendJob(
                key=row.key,
                attempt_no=1,
                case=case.id,
                case_ref=case.ref,
                alert=alert.id,
                alert_ref=alert.ref,
                track=TrackName.DUTY,
                party=canary.PERSON,
                contact=canary.PERSON,
                channel=canary.CHANNEL,
                endpoint=None,
                purpose=Purpose.PAGE,
                severity=case.severity,
                exercise=case.exercise,
                deadline=None,
                detail="",
                language="en",
                zone="",
                verdict=verdict(case, notice, now=setting.now),
            )
        )
    )


def settle(command: inner.Settle, sheet: Sheet, setting: Setting) -> None:
    """Note which ones were handed to the sink."""
    for outcome in command.outcomes:
        row = sheet.canaries.tried.pop(outcome.key, None)
        if row is not None and outcome.state == "handed_off":
            _each(_settle, row, sheet, setting)


def _settle(row: Row[Any], sheet: Sheet, setting: Setting) -> None:
    case = _case(row, setting)
    alert = _alert(case)
    settled = c.Settled(
        key=row.key,
        alert=alert.id,
        tell_no=alert.tell_no,
        purpose=Purpose.PAGE.value,
        contact=canary.PERSON,
        endpoint=canary.ENDPOINT,
        state="handed_off",
    )
    after, _ = run(case, settled, setting.now)
    sheet.batch.moved_canaries.append(
        canaries.moved(row, state="handed_off", settled_at=setting.now, body=dump_case(after))
    )


def _each(do: Callable[..., None], *given: Any) -> bool:
    """Do it with these; False when it raised. Nothing about a canary may cost a report anything."""
    try:
        do(*given)
    except Exception as error:  # it does not come back: the watch sees that
        _log.error("canary_lost", error=type(error).__name__, where=where(error))
        return False
    return True


def _lost(row: Row[Any], sheet: Sheet) -> None:
    """It is not looked at again."""
    sheet.batch.moved_canaries.append(canaries.moved(row, state="lost", due_at=None))


def _case(row: Row[Any], setting: Setting) -> Case:
    return replace(load_case(row.body), around=_around(setting))


def _alert(case: Case) -> Alert:
    (alert,) = case.alerts
    return alert


def _step_due(case: Case) -> Any:
    """When its step is due: the tasks of duty that a case comes with are nobody's here."""
    return due_at(replace(case, tasks=()))


def _around(setting: Setting) -> Around:
    return Around(registry=canary.REGISTRY, roster=canary.ROSTER, ref_key=setting.ref_key)
