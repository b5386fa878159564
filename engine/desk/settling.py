"""Settling: what became of each try, in groups. A single try touches only its own rows."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from engine.case import commands as c
from engine.case.decide import run
from engine.desk import faults, inner
from engine.desk.notices import settled
from engine.desk.sends import UNKNOWN_AT_MOST
from engine.desk.setting import Setting
from engine.desk.sheet import Sheet
from engine.store.notifications import UNSETTLED

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=5)
"""No message waits longer than this for its next try (I11)."""


def settle(command: inner.Settle, sheet: Sheet, setting: Setting) -> None:
    """Take outcomes of tries: final ones become facts, the others say when to try again."""
    for outcome in command.outcomes:
        row = sheet.notices.get(outcome.key)
        if row is not None:
            _one(outcome, row, sheet, setting, plain=command.plain)


def _one(
    outcome: c.TryOutcome, row: Row[Any], sheet: Sheet, setting: Setting, *, plain: bool
) -> None:
    sheet.batch.settled_attempts.append(
        {
            "of_key": row.key,
            "no": outcome.attempt_no,
            "ended": outcome.state,
            "why": outcome.reason[:40],
            "now": setting.now,
        }
    )
    if outcome.provider_id:
        sheet.batch.providers.append(
            {"of_key": row.key, "known_as": _storable(outcome.provider_id)}
        )
    if sheet.ends.get(row.key, row.state) not in UNSETTLED:
        return
    if outcome.state == "handed_off":  # however late: it left the house
        _final(outcome, row, sheet, setting, state="handed_off", plain=plain)
    elif row.state != "sending" or row.attempts != outcome.attempt_no:
        return  # a try that was given up as unknown; a later one decides
    elif row.reason:  # cancelled while it was being sent
        sheet.batch.retries.append(retry(row, outcome, now=setting.now))
    elif outcome.state == "failed_permanent":
        _final(outcome, row, sheet, setting, state="failed_permanent", plain=plain)
    elif outcome.state == "unknown" and row.unknowns + 1 >= UNKNOWN_AT_MOST:
        _final(outcome, row, sheet, setting, state="unknown_exhausted", plain=plain)
    else:
        sheet.batch.retries.append(retry(row, outcome, now=setting.now))


def _storable(name: str) -> str:
    """A provider's name for a message as every store takes it: what came of the try must be kept,
    whatever a gateway puts into its answer."""
    return name[:200].encode("utf-8", "replace").decode().replace("\0", "")


def retry(row: Any, outcome: c.TryOutcome, *, now: datetime) -> dict[str, Any]:
    """The change that lets a message be tried again, or ends one cancelled while it was sent."""
    unknowns = row.unknowns + (1 if outcome.state == "unknown" else 0)
    change: dict[str, Any] = {
        "of_key": row.key,
        "attempt_no": outcome.attempt_no,
        "so_many_unknowns": unknowns,
    }
    if row.reason and unknowns:  # it may have left: the claim sends nothing and tells its case
        return change | called_off(row.reason, now=now)
    if row.reason:
        ended = {"to_state": "cancelled", "again_at": None, "why": row.reason, "ended_at": now}
        return change | ended
    pause = pause_after(row.attempts)
    if outcome.retry_after is not None and outcome.retry_after > 0:
        asked = timedelta(seconds=min(outcome.retry_after, LONGEST_RETRY.total_seconds()))
        pause = min(max(pause, asked), LONGEST_RETRY)
    return change | {
        "to_state": outcome.state,
        "again_at": now + pause,
        "why": "",
        "ended_at": None,
    }


def called_off(why: str, *, now: datetime) -> dict[str, Any]:
    """Of a message that was called off and may have left all the same: who may know is settled."""
    return {"to_state": "unknown", "again_at": now, "why": why, "ended_at": None}


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many tries: doubling, up to five minutes."""
    doubled: int = 2 ** min(max(attempts - 1, 0), 10)
    return min(FIRST_RETRY * doubled, LONGEST_RETRY)


def _final(
    outcome: c.TryOutcome,
    row: Row[Any],
    sheet: Sheet,
    setting: Setting,
    *,
    state: c.Ending,
    plain: bool,
) -> None:
    sheet.ends[row.key] = "handed_off" if state == "handed_off" else "failed_permanent"
    case = sheet.cases.get(row.case_id)
    if case is not None and not plain:
        case = setting.informed(sheet, case)
        try:
            after, decided = run(case, settled(row, state), setting.now)
        except Exception as error:  # the message's own end must be stored, or it is sent for ever
            faults.tell(case, error, sheet)
        else:
            sheet.decide(case, after, decided)
            return
    sheet.batch.ended_notices.append(
        {
            "of_key": row.key,
            "ended": "handed_off" if state == "handed_off" else "failed_permanent",
            "why": "" if state == "handed_off" else outcome.reason[:40],
            "now": setting.now,
        }
    )
