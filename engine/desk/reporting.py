"""Delivery receipts: what a provider says became of a message after it took it.

They come late, twice, in any order, and about messages nobody knows. Delivered is the highest
state and is never taken back; it quietens nothing. Not delivered is a way that failed: the next.
"""

from typing import Any

from sqlalchemy import Row

from engine.case import commands as c
from engine.case.decide import run
from engine.desk import faults, inner
from engine.desk.notices import settled
from engine.desk.setting import Setting
from engine.desk.sheet import Sheet, Unread
from engine.store.notifications import UNSETTLED
from schemas.responses import Done, Refused, RefusedBecause, Result


def report(command: inner.Report, sheet: Sheet, setting: Setting) -> Result:
    """Move a message forward. Refused: no message of that name ever left on that channel."""
    said = command.report
    row = _find(said, sheet)
    if row is None or row.channel != said.channel or not row.attempts:
        return Refused(reason=RefusedBecause.UNKNOWN_MESSAGE)
    state = sheet.ends.get(row.key, row.state)
    steps = _delivered(state) if said.delivered else _not_delivered(state, row)
    if steps:
        sheet.ends[row.key] = "delivered" if said.delivered else "failed_permanent"
        _take(row, steps, sheet, setting, plain=command.plain)
    return Done(case=row.case_id)


def _find(said: c.DeliveryReported, sheet: Sheet) -> Row[Any] | None:
    """The message that is meant, locked. Raises Unread while another process holds it."""
    key = said.key if said.key in sheet.owners else ""
    key = key or sheet.named.get((said.channel, said.provider_id), "")
    if key and key not in sheet.notices:
        raise Unread(key)
    return sheet.notices.get(key)


def _delivered(state: str) -> tuple[c.Ending, ...]:
    """It arrived, so it left the house: also one that was given up, or called off too late."""
    if state == "delivered":
        return ()
    return ("delivered",) if state == "handed_off" else ("handed_off", "delivered")


def _not_delivered(state: str, row: Row[Any]) -> tuple[c.Ending, ...]:
    """One that was called off while it was sent is left to its claim, which tells its case."""
    waits = state in UNSETTLED and not row.reason
    return ("not_delivered",) if waits or state == "handed_off" else ()


def _take(
    row: Row[Any], steps: tuple[c.Ending, ...], sheet: Sheet, setting: Setting, *, plain: bool
) -> None:
    case = sheet.cases.get(row.case_id)
    if case is not None and not plain:
        case = setting.informed(sheet, case)
        try:
            for step in steps:
                after, decided = run(case, settled(row, step), setting.now)
                sheet.decide(case, after, decided)
                case = after
        except Exception as error:  # what is known of the message must be stored all the same
            faults.tell(case, error, sheet)
        else:
            return
    ended = "delivered" if steps[-1] == "delivered" else "failed_permanent"
    why = "" if ended == "delivered" else steps[-1]
    sheet.batch.reported_notices.append(
        {"of_key": row.key, "ended": ended, "why": why, "now": setting.now}
    )
