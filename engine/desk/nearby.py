"""Cases near an event: about the same subject, complaint, site, company or community."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from engine.case import alike, reprisals, times
from engine.case import commands as c
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
        id: Near(
            keys=reprisals.keys_of(report.source, report.event, registry),
            likeness=alike.keys_of(report.event, registry),
        )
        for id, report in arrived.items()
    }
    _compare(conn, near, {id: report.source for id, report in arrived.items()}, own, setting)
    acts = [id for id, report in arrived.items() if report.event.type is EventType.ACT]
    if not acts:
        return near
    since = setting.now - times.REPRISAL_WINDOW
    told = watched.told_lately(conn, {key for id in acts for key in near[id].keys}, since=since)
    beside = {own[id]: linked.get(own[id], ()) for id in acts}
    ours = watched.told(conn, {*beside, *(id for some in beside.values() for id in some)})
    for id in acts:
        others = {n.case: n for key in near[id].keys for n in told.get(key, ())}
        others |= {other: ours[other] for other in beside[own[id]] if other in ours}
        others.pop(own[id], None)
        newest = _newest(others.values())
        mine = ours.get(own[id])
        lately = [newest.at if newest else None, mine.outward_at if mine else None]
        touched: set[str] = set()
        if any(reprisals.follows_a_notice(at, now=setting.now) for at in lately):
            shared = watched.sharing(conn, near[id].keys)
            others |= {n.case: n for each in shared.values() for n in each}
            touched = {n.case for n in others.values() if CaseStatus(n.status).alive} - {own[id]}
        near[id] = dataclasses.replace(near[id], told=newest, touched=tuple(sorted(touched)))
    return near


def _compare(
    conn: Connection,
    near: dict[str, Near],
    sources: Mapping[str, str],
    own: Mapping[str, str],
    setting: Setting,
) -> None:
    """Find the cases of other publishers that are so like each that a person compares."""
    since = setting.now - alike.WITHIN
    asked = {(key, sources[id]) for id, each in near.items() for key in each.likeness}
    found = {
        (key, source): watched.alike(conn, key, source=source, since=since)
        for key, source in sorted(asked)
    }
    for id, each in near.items():
        others = {
            ref
            for key in each.likeness
            for case, ref in found[key, sources[id]].items()
            if case != own[id]
        }
        if others:
            near[id] = dataclasses.replace(each, alike=tuple(sorted(others)))


def _newest(others: Iterable[Neighbour]) -> ToldNear | None:
    told = [ToldNear(case=n.case, at=n.outward_at) for n in others if n.outward_at is not None]
    return max(told, key=lambda each: (each.at, each.case), default=None)


def informed(case: Case, event: str, sheet: Sheet) -> Case:
    """The case with what others told about the same around it."""
    near = sheet.near.get(event)
    if near is None:
        return replace(case, around=replace(case.around, told_near=None, alike=()))
    around = replace(case.around, told_near=near.told, alike=near.alike)
    return replace(case, around=around)


def watch(case: Case, event: str, source: str, sheet: Sheet) -> None:
    """From now on a case is found by what this event is about."""
    near = sheet.near.get(event)
    if near is None:
        return
    sheet.batch.watched += [
        {"key": key, "case_id": case.id, "told_at": case.last_outward_at} for key in near.keys
    ]
    sheet.batch.likenesses += [
        {"key": key, "source": source, "opened_at": case.opened_at, "case_id": case.id}
        for key in near.likeness
    ]


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
