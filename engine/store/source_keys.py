"""Bearer keys of publishers, as stored: an id, a keyed hash, a scope."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from engine.store.tables import source_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKeyRow:
    """One key. The secret itself was shown once and is nowhere."""

    id: str
    source: str
    secret: str = field(repr=False)
    """HMAC-SHA256 hex under the deployment's pepper."""
    types: str
    """Words of the scope, see `engine.intake.scope`."""
    severity_ceiling: str
    expires_at: datetime
    revoked_at: datetime | None = None
    party: str = ""
    """Id of the party that runs the publisher; empty: nobody of the registry."""


_FIND = select(source_keys).where(source_keys.c.id == bindparam("id"))
_LIST = select(source_keys).order_by(source_keys.c.source, source_keys.c.id)
_ADD = insert(source_keys)
_REVOKE = (
    update(source_keys)
    .where(source_keys.c.id == bindparam("of"), source_keys.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("moment"))
)


def find_key(connection: Connection, key: str) -> SourceKeyRow | None:
    """The key of this id, expired and revoked ones too."""
    row = connection.execute(_FIND, {"id": key}).one_or_none()
    return None if row is None else SourceKeyRow(**row._mapping)


def list_keys(connection: Connection) -> tuple[SourceKeyRow, ...]:
    """Every key, by source."""
    return tuple(SourceKeyRow(**row._mapping) for row in connection.execute(_LIST))


def add_key(connection: Connection, key: SourceKeyRow) -> None:
    """Store a new key."""
    connection.execute(
        _ADD,
        {
            "id": key.id,
            "source": key.source,
            "secret": key.secret,
            "types": key.types,
            "severity_ceiling": key.severity_ceiling,
            "expires_at": key.expires_at,
            "revoked_at": key.revoked_at,
            "party": key.party,
        },
    )


def revoke_key(connection: Connection, key: str, *, now: datetime) -> bool:
    """Let the key open nothing from now on. False when it is unknown or already revoked."""
    return connection.execute(_REVOKE, {"of": key, "moment": now}).rowcount == 1
