"""What providers report about messages they took: finding the row, and moving it forward."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, func, literal_column, or_, select, update

from engine.store.among import among
from engine.store.dialect import chunks
from engine.store.instant import Instant
from engine.store.notifications import UNSETTLED
from engine.store.tables import notifications

_n = notifications.c
_may_fail = _n.state.in_(
    [literal_column(f"'{state}'") for state in (*UNSETTLED, "handed_off")]
)  # written out: a list as a parameter cannot be used with executemany

REPORT = (
    update(notifications)
    .where(
        _n.key == bindparam("of_key"),
        _n.state != "delivered",
        or_(_may_fail, bindparam("ended") == "delivered"),
    )
    .values(
        state=bindparam("ended"),
        # When it left is what counts for being told; that it arrived is a fact of its own.
        settled_at=func.coalesce(_n.settled_at, bindparam("now", type_=Instant)),
        next_at=None,
        reason=bindparam("why"),
    )
)
_NAMED = (
    select(_n.key, _n.channel, _n.provider_id)
    .where(
        among(_n.provider_id, "names"),
        among(_n.channel, "channels"),
        _n.provider_id != literal_column("''"),  # so that the index, which has no others, is used
    )
    .order_by(_n.decided_at, _n.key)
)


def keys_of(conn: Connection, named: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The message of each (channel, provider's name); the newest where a provider names two so."""
    wanted = set(named)
    channels = sorted({channel for channel, _ in wanted})
    found: dict[tuple[str, str], str] = {}
    for some in chunks(sorted({name for _, name in wanted})):
        rows: Any = conn.execute(_NAMED, {"names": some, "channels": channels})
        found.update({(row.channel, row.provider_id): row.key for row in rows})
    return {each: key for each, key in found.items() if each in wanted}


__all__ = ["REPORT", "keys_of"]
