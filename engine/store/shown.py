"""What the pages of alerts have shown of their cases, read for who must not have seen it."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from engine.store.among import among
from engine.store.dialect import chunks
from engine.store.tables import shown
from schemas.codes import FieldName

OF_ALERTS = (
    select(shown.c.alert_id, shown.c.field)
    .where(among(shown.c.alert_id, "alerts"))
    .distinct()
    .order_by(shown.c.alert_id, shown.c.field)
)


def of_alerts(conn: Connection, ids: Iterable[str]) -> dict[str, tuple[FieldName, ...]]:
    """The fields shown to anybody of each alert's party; alerts of whom nothing was are absent."""
    found: dict[str, tuple[FieldName, ...]] = {}
    known = {field.value: field for field in FieldName}
    for some in chunks(sorted(set(ids))):
        for row in conn.execute(OF_ALERTS, {"alerts": some}):
            if row.field in known:  # a later release may have had more
                found[row.alert_id] = (*found.get(row.alert_id, ()), known[row.field])
    return found
