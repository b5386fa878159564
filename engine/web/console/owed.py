"""What needs a person now, what waits for a decision, and which dates come next. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.store.board import CaseRow, PromiseRow, TaskRow
from engine.web.words.states import ACTION, DECISIONS, TASK, incident
from schemas.codes import ActionKind

SOON = timedelta(hours=1)
"""An owned task needs its owner from here on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One line of the first screen: a case and the most urgent thing it owes."""

    case: CaseRow
    what: str
    owner: str
    due_at: datetime | None
    more: int = 0
    """Further things the same case owes in the same list."""
    critical: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The three lists of the first screen."""

    now: tuple[Owed, ...]
    decide: tuple[Owed, ...]
    later: tuple[Owed, ...]


def sort_out(
    *,
    tasks: Sequence[TaskRow],
    unowned: Sequence[CaseRow],
    promises: Sequence[PromiseRow],
    now: datetime,
) -> Board:
    """Put every open task, ownerless case and promise on exactly one list.

    Needs a person now: nobody owns it, it is critical, overdue, or due within the hour.
    A decision waits below until then; all else is a date.
    """
    urgent = [task for task in tasks if _now(task, now)]
    decide = [task for task in tasks if not _now(task, now) and task.kind in DECISIONS]
    later = [task for task in tasks if not _now(task, now) and task.kind not in DECISIONS]
    lines = _grouped(urgent)
    named = {line.case.id for line in lines}
    lines += [
        Owed(case=case, what=_untaken(case), owner="", due_at=None)
        for case in unowned
        if case.id not in named
    ]
    lines.sort(key=lambda line: _rank(line, now))
    dates = [_line(task) for task in later] + [
        Owed(
            case=promise.case,
            what=f"A promise falls due: {_action(promise.kind)}",
            owner=promise.case.owner,
            due_at=promise.due_at,
        )
        for promise in promises
    ]
    dates.sort(key=lambda line: _when(line))
    decide.sort(key=lambda task: (task.case.severity.rank, task.due_at, task.id))
    return Board(now=tuple(lines), decide=tuple(_grouped(decide)), later=tuple(dates))


def in_order(tasks: Iterable[TaskRow], *, now: datetime) -> list[TaskRow]:
    """Tasks as the first screen has them: each for itself, in the order of its lines."""
    return sorted(tasks, key=lambda task: (*_rank(_line(task), now), task.id))


def _rank(line: Owed, now: datetime) -> tuple[bool, bool, bool, int, bool, datetime]:
    """Grave cases before others; in them what is overdue, of that what is nobody's, gravest first.

    What is critical, and a case that nobody has taken, is overdue from the beginning.
    """
    late = line.critical or line.due_at is None or line.due_at < now
    severity = line.case.severity
    return (
        not severity.grave,
        not late,
        bool(line.owner),
        severity.rank,
        not line.critical,
        _when(line),
    )


def _now(task: TaskRow, now: datetime) -> bool:
    return task.critical or not task.owner or task.due_at <= now + SOON


def _grouped(tasks: Sequence[TaskRow]) -> list[Owed]:
    """One line a case: critical before due, the rest counted."""
    by_case: dict[str, list[TaskRow]] = {}
    for task in tasks:
        by_case.setdefault(task.case.id, []).append(task)
    lines = []
    for together in by_case.values():
        first = min(together, key=lambda task: (not task.critical, task.due_at, task.id))
        line = _line(first, more=len(together) - 1)
        if not first.case.owner and not first.owner and not first.critical:
            line = replace(line, what=_untaken(first.case), more=len(together))
        lines.append(line)
    return lines


def _line(task: TaskRow, *, more: int = 0) -> Owed:
    return Owed(
        case=task.case,
        what=TASK.get(task.kind, task.kind.replace("_", " ")),
        owner=task.owner,
        due_at=task.due_at,
        more=more,
        critical=task.critical,
    )


def _untaken(case: CaseRow) -> str:
    if case.kind == "incident":
        return incident(case.incident)
    return "Nobody has taken this case yet"


def _when(line: Owed) -> datetime:
    return line.due_at or line.case.opened_at


def _action(kind: str) -> str:
    return ACTION[ActionKind(kind)] if kind in set(ActionKind) else kind.replace("_", " ")
