"""One batch in one transaction: read, think, write. What it came to is known after the commit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.case.state import CaseStatus
from engine.desk import inner
from engine.desk.gather import gather
from engine.desk.in_hand import CalledOff, called_off
from engine.desk.lanes import Unit
from engine.desk.setting import Setting
from engine.desk.sheet import Sheet
from engine.desk.think import Outcome, follow_up, think
from engine.desk.time_of_day import not_before
from engine.store import cases, notifications
from engine.store.writing import write

ROUNDS_AT_MOST = 3
"""Incidents that a batch leads to are raised in it; those may lead to one more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What a batch came to."""

    outcomes: tuple[Outcome, ...]
    """One per unit, in their order."""
    at: datetime
    """When: what is decided later is not before it."""
    decided: bool
    """Whether any case changed: somebody may have to be told, or something is due sooner."""
    called_off: tuple[CalledOff, ...] = ()
    """What may not leave any more, wherever it is on its way."""
    stopped: bool | None = None
    """Whether everything outgoing is stopped; None: nobody asked."""
    stale: bool = False
    """Whether another process put another world into force than the one this was judged by."""


def execute(conn: Connection, units: Sequence[Unit], setting: Setting) -> Came:
    """Carry out these units in the transaction that `conn` is in.

    Raises what the store raises, and Unread when the cases must be read anew; then nothing of it
    is written.
    """
    sheet = Sheet()
    commands = [command for unit in units for command in unit.commands]
    positions = [unit.position for unit in units if unit.position is not None]
    gather(conn, commands, positions, sheet, setting)
    setting = replace(setting, over=setting.think(), now=_now(conn, sheet, setting))
    outcomes: list[Outcome] = []
    for unit in units:
        if outcomes and setting.over():
            outcomes.append(Outcome(again=True))
        else:
            outcomes.append(think(unit, sheet, setting))
    for _ in range(ROUNDS_AT_MOST):
        raised = list(dict.fromkeys(sheet.follow_ups))
        sheet.follow_ups.clear()
        if not raised:
            break
        gather(conn, raised, (), sheet, setting)
        setting = replace(setting, now=_now(conn, sheet, setting))
        for command in raised:
            follow_up(command, sheet, setting)
    sheet.batch.unborn = [
        id for id in sheet.batch.unborn if sheet.cases[id].status is CaseStatus.NEW
    ]
    write(conn, sheet.batch, at=setting.now, topic=setting.topic)
    return Came(
        outcomes=tuple(
            replace(
                outcome, answers=tuple(_with_next(conn, x, sheet, setting) for x in outcome.answers)
            )
            for outcome in outcomes
        ),
        decided=bool(
            sheet.batch.decided
            or sheet.batch.retries
            or sheet.batch.switches
            or sheet.batch.moved_canaries
        ),
        called_off=called_off(sheet.batch.decided),
        stopped=sheet.stop.on if sheet.stop_read else None,
        stale=sheet.stale,
        at=setting.now,
    )


def _now(conn: Connection, sheet: Sheet, setting: Setting) -> datetime:
    return not_before(conn, sheet.batch.versions, now=setting.now)


def _with_next(conn: Connection, answer: Any, sheet: Sheet, setting: Setting) -> Any:
    """Tell a loop when there is more for it, as of this very transaction.

    What another process holds looks due until that one has committed: soon, but not at once.
    """
    soon = setting.now + inner.SHARED_PAUSE
    if isinstance(answer, inner.Fired):
        due = cases.next_due(conn)
        if sheet.held_elsewhere and due is not None:
            due = max(due, soon)
        return replace(answer, next_due=due)
    if isinstance(answer, inner.Claimed) and not answer.jobs:
        waiting = notifications.channels(conn)
        following = notifications.next_at(conn, waiting, now=setting.now, stopped=sheet.stopped)
        if sheet.held_elsewhere:
            following = soon if following is None else min(soon, following)
        return replace(answer, next_at=following)
    return answer
