"""A notification's row, as the commands that the core decides by."""

from typing import Any

from sqlalchemy import Row

from engine.case import commands as c


def due_notice(row: Row[Any]) -> c.DueNotice:
    """What the guard is asked about."""
    return c.DueNotice(
        key=row.key,
        alert=row.alert_id,
        tell_no=row.tell_no,
        purpose=row.purpose,
        contact=row.contact,
        endpoint=row.endpoint,
        decided_at=row.decided_at,
        tried=row.attempts > 0,
    )


def settled(row: Row[Any], state: c.Ending) -> c.Settled:
    """That it came to this end."""
    return c.Settled(
        key=row.key,
        alert=row.alert_id,
        tell_no=row.tell_no,
        purpose=row.purpose,
        contact=row.contact,
        endpoint=row.endpoint,
        state=state,
    )
