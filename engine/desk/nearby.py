"""Cases near an event: about the same subject, complaint, site, company or community."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.case import commands as c
from engine.case import reprisals
from engine.case.around import ToldNear
from engine.case.decide import run
from engine.case.replacing import replace
from engine.case.state import Case, CaseStatus
from engine.desk import faults
from engine.desk.setting import Setting
from engine.desk.sheet import Near, Sheet
from engine.store import watched
from engine.store.watched import Neighbour
from schemas import facts as f
from schemas.codes import EventType


def find(
    conn: Connection,
    commands: Sequence[Any],
    own: Mapping[str, str],
    setting: Setting,
    *,
    linked: Mapping[str, tuple[str, ...]],
) -> dict[str, Near]:
    """What is near each event that arrives, by its row id. `own`: the case of each.

    `linked`: the cases that each is linked with; they are near, whatever the event is about.

    Others are touched only where somebody was told outward so lately that an act is suspect: then
    they have to be locked, together with the case of the act and in the same order as always.
    """
    arrived = {x.report.event_id: x.report for x in commands if isinstance(x, c.EventArrived)}
    registry = setting.world.registry
    near = {
        id: Near(keys=reprisals.keys_of(report.source, report.event, registry))
        for id, report in arrived.items()
    }
    acts = [id for id, report in arrived.items() if report.event.type is EventType.ACT]
    if not acts:
        return near
    shared = watched.sharing(conn, {key for id in acts for key in near[id].keys})
    beside = {own[id]: linked.get(own[id], ()) for id in acts}
    ours = watched.told(conn, {*beside, *(id for some in beside.values() for id in some)})
    for id in acts:
        others = {n.case: n for key in near[id].keys for n in shared.get(key, ())}
        others |= {other: ours[other] for other in beside[own[id]] if other in ours}
        mine = others.pop(own[id], None) or ours.get(own[id])
        near[id] = _near(near[id].keys, mine, tuple(others.values()), now=setting.now)
    return near


def informed(case: Case, event: str, sheet: Sheet) -> Case:
    """The case with what others told about the same around it."""
    near = sheet.near.get(event)
    told = None if near is None else near.told
    return replace(case, around=replace(case.around, told_near=told))


def watch(case_id: str, event: str, sheet: Sheet) -> None:
    """From now on a case is found by what this event is about."""
    near = sheet.near.get(event)
    for key in () if near is None else near.keys:
        sheet.batch.watched.append({"key": key, "case_id": case_id})


def freeze_touched(
    case_id: str, event: str, decided: Sequence[f.Fact], sheet: Sheet, setting: Setting
) -> None:
    """Freeze every case that a suspected reprisal touches. One that cannot take it faults alone."""
    suspected = next((x for x in decided if isinstance(x, f.ReprisalSuspected)), None)
    near = sheet.near.get(event)
    if suspected is None or near is None:
        return
    for touched in near.touched:
        case = sheet.cases.get(touched)
        if case is None or touched == case_id:
            continue
        case = setting.informed(sheet, case)
        command = c.TouchedByAct(case=touched, event=event, after=suspected.after or case_id)
        try:
            after, facts = run(case, command, setting.now)
        except Exception as error:  # the act must be taken, and the others must freeze
            faults.tell(case, error, sheet)
            continue
        sheet.decide(case, after, facts)


def _near(
    keys: tuple[str, ...],
    mine: Neighbour | None,
    others: tuple[Neighbour, ...],
    *,
    now: datetime,
) -> Near:
    told = [ToldNear(case=n.case, at=n.outward_at) for n in others if n.outward_at is not None]
    newest = max(told, key=lambda each: (each.at, each.case), default=None)
    lately = [None if newest is None else newest.at, None if mine is None else mine.outward_at]
    if not any(reprisals.follows_a_notice(at, now=now) for at in lately):
        return Near(keys=keys, told=newest)
    touched = sorted(n.case for n in others if CaseStatus(n.status).alive)
    return Near(keys=keys, told=newest, touched=tuple(touched))
