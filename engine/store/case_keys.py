"""Keys of single cases as stored: wrapped, and gone for good with the row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from engine.case.commands import SealedBox
from engine.store.dialect import insert_or_ignore
from engine.store.instant import Instant
from engine.store.tables import case_keys, vault
from engine.store.vault import salted
from engine.vault.case_keys import PREFIX

ERASED = "erased:"
"""Key id of a row whose content was erased; no publisher can name a key so."""

READ = select(case_keys.c.wrapped).where(case_keys.c.case_id == bindparam("case"))
INSERT = insert_or_ignore(case_keys)
DESTROY = delete(case_keys).where(case_keys.c.case_id == bindparam("of_case"))
EMPTY = (
    update(vault)
    .where(vault.c.case_id == bindparam("of_case"))
    .values(key_id=ERASED, ciphertext=b"", digest="", salt="")
)
"""What was not under the case's key yet must not outlive it."""
WAITING = (
    select(vault.c.id, vault.c.case_id, vault.c.key_id, vault.c.ciphertext)
    .where(
        vault.c.case_id.is_not(None),
        vault.c.key_id.in_(bindparam("keys", expanding=True)),
    )
    .order_by(vault.c.at, vault.c.id)
    .limit(bindparam("most"))
)
MOVE = (
    update(vault)
    .where(vault.c.id == bindparam("of_id"), vault.c.key_id == bindparam("of_key"))
    .values(
        key_id=bindparam("to_key"),
        ciphertext=bindparam("to_ciphertext"),
        digest=bindparam("to_digest"),
        salt=bindparam("to_salt"),
    )
)
_KEYS = select(vault.c.key_id).distinct()
_UNDER = (
    select(vault.c.case_id)
    .where(
        vault.c.key_id.in_(bindparam("keys", expanding=True)),
        vault.c.case_id.is_not(None),
        vault.c.at < bindparam("before", type_=Instant),
    )
    .distinct()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A row of the vault that is not under its case's key yet."""

    id: str
    case: str
    box: SealedBox


def read(conn: Connection, case: str) -> bytes | None:
    """The wrapped key of a case; None when it has none, or was erased."""
    found = conn.execute(READ, {"case": case}).scalar_one_or_none()
    return None if found is None else bytes(found)


def keep(conn: Connection, *, case: str, wrapped: bytes, at: datetime) -> bytes:
    """Store this key unless there is one; return the one that counts."""
    conn.execute(INSERT, {"case_id": case, "wrapped": wrapped, "made_at": at})
    return bytes(conn.execute(READ, {"case": case}).scalar_one())


def waiting(conn: Connection, *, keys: Sequence[str], most: int) -> list[Waiting]:
    """Rows sealed to one of these intake keys, the oldest first: their keys go first."""
    if not keys:
        return []
    return [
        Waiting(
            id=row.id,
            case=row.case_id,
            box=SealedBox(key_id=row.key_id, ciphertext=bytes(row.ciphertext)),
        )
        for row in conn.execute(WAITING, {"keys": list(keys), "most": most})
    ]


def foreign(conn: Connection, *, held: Sequence[str], before: datetime) -> list[str]:
    """Cases of which something from before then lies under a key neither theirs nor one of these.

    What is younger may be another process's to move, which has the key.
    """
    keys = [
        key
        for key in conn.execute(_KEYS).scalars()
        if key not in held and key != ERASED and not key.startswith(PREFIX)
    ]
    return sorted(conn.execute(_UNDER, {"keys": keys, "before": before}).scalars()) if keys else []


def move(conn: Connection, *, row: Waiting, box: SealedBox, salt: str) -> bool:
    """Put this box in the place of what lay there; False when it was moved or erased meanwhile."""
    change = {
        "of_id": row.id,
        "of_key": row.box.key_id,
        "to_key": box.key_id,
        "to_ciphertext": box.ciphertext,
        "to_digest": salted(box, salt),
        "to_salt": salt,
    }
    return conn.execute(MOVE, change).rowcount == 1
