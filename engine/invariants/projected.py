"""I19: the rows that people and loops work from say what the facts of their case say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, select

from engine.invariants.history import History
from engine.invariants.violation import Violation
from engine.store.tables import alerts, tasks

_a, _t = alerts.c, tasks.c
_ALERTS = select(_a.id, _a.case_id, _a.track, _a.party, _a.status, _a.tell_no).where(
    _a.case_id.in_(bindparam("ids", expanding=True))
)
_TASKS = select(_t.id, _t.case_id).where(
    _t.case_id.in_(bindparam("ids", expanding=True)), _t.done_at.is_(None)
)
_MEND = "Work the case by hand, by its page; report this, the code has to be mended."

Alert = tuple[str, str, str, int]
"""Track, party, status, rounds of telling."""


@dataclass(slots=True)
class Rows:
    """Alerts and open tasks of one case as their tables have them."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    tasks: set[str] = field(default_factory=set)


def of_cases(conn: Connection, ids: Sequence[str]) -> dict[str, Rows]:
    """Case -> its rows."""
    found = {id_: Rows() for id_ in ids}
    if not ids:
        return found
    for row in conn.execute(_ALERTS, {"ids": list(ids)}):
        found[row.case_id].alerts[row.id] = (row.track, row.party, row.status, row.tell_no)
    for task in conn.execute(_TASKS, {"ids": list(ids)}):
        found[task.case_id].tasks.add(task.id)
    return found


def check(history: History, rows: Rows) -> Iterator[Violation]:
    """Compare both ways: what stands in a row and nowhere else misleads whoever reads it."""
    told = {
        alert.id: (alert.track.value, alert.party, alert.status.value, alert.tell_no)
        for alert in history.state.alerts
    }
    for id_ in sorted(told.keys() | rows.alerts.keys()):
        if told.get(id_) != rows.alerts.get(id_):
            yield _of(history.id, f"The row of alert {id_} is not what its facts lead to.")
    owed = {task.id for task in history.state.tasks}
    for id_ in sorted(owed - rows.tasks):
        yield _of(history.id, f"Task {id_} is owed and stands on nobody's list.")
    for id_ in sorted(rows.tasks - owed):
        yield _of(history.id, f"Task {id_} stands on a list and is owed by nobody.")


def _of(row: str, what: str) -> Violation:
    return Violation(invariant="I19", row=row, what=what, remedy=_MEND)
