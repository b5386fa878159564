"""What an answer's reference means: the alerts it may be about, as they run now."""

from sqlalchemy import Connection, bindparam, select

from engine.case.state import Alert, Case, load_case
from engine.store import alerts
from engine.store.tables import cases
from schemas.codes import TrackName

STATE_BY_REF = select(cases.c.state).where(cases.c.ref == bindparam("ref"))
STATE_BY_ID = select(cases.c.state).where(cases.c.id == bindparam("id"))
CASE_PREFIX = "TC-"


def alerts_of(conn: Connection, reference: str) -> tuple[Alert, ...]:
    """A case's pages to duty for `TC-4F2M9`, one party's alert for `7K3Q-92`; none if unknown."""
    if reference.startswith(CASE_PREFIX):
        case = _load(conn.execute(STATE_BY_REF, {"ref": reference}).scalar())
        pages = () if case is None else case.alerts
        return tuple(alert for alert in pages if alert.track is TrackName.DUTY)
    row = alerts.by_ref(conn, reference)
    if row is None:
        return ()
    case = _load(conn.execute(STATE_BY_ID, {"id": row[1]}).scalar())
    alert = None if case is None else case.alert(row[0])
    return () if alert is None else (alert,)


def _load(state: bytes | None) -> Case | None:
    return load_case(state) if state else None
