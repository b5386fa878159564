"""Rows of the vault: ciphertext only, named in the journal by id and salted digest."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, null, select, update

from engine.case.commands import SealedBox
from engine.store.dialect import insert_or_ignore
from engine.store.tables import quarantine, vault

INSERT = insert(vault)
READ = select(vault.c.case_id, vault.c.key_id, vault.c.ciphertext).where(
    vault.c.id == bindparam("id")
)
READ_ASIDE = select(null().label("case_id"), quarantine.c.key_id, quarantine.c.ciphertext).where(
    quarantine.c.id == bindparam("id")
)
OF_CASE = (
    update(vault)
    .where(vault.c.id == bindparam("of_id"), vault.c.case_id.is_(None))
    .values(case_id=bindparam("to_case"))
)
"""A fact named this row: now it is known whose it is."""
INSERT_QUARANTINE = insert_or_ignore(quarantine)


def row(
    box: SealedBox, *, id: str, kind: str, salt: str, at: datetime, case: str | None = None
) -> dict[str, Any]:
    """The row of a sealed box. `salt` comes from the engine's entropy; erasing it ends the tie.

    `case`: whose it is, where that is known already; a note is kept before the fact that names it.
    """
    return {
        "id": id,
        "at": at,
        "kind": kind,
        "case_id": case,
        "key_id": box.key_id,
        "ciphertext": box.ciphertext,
        "digest": salted(box, salt),
        "salt": salt,
    }


def salted(box: SealedBox, salt: str) -> str:
    """The digest under which a row may be named once its salt is gone."""
    return hashlib.sha256(salt.encode("ascii") + box.ciphertext).hexdigest()


def keep(
    conn: Connection,
    box: SealedBox,
    *,
    id: str,
    kind: str,
    salt: str,
    at: datetime,
    case: str | None = None,
) -> None:
    """Store a sealed box under this id."""
    conn.execute(INSERT, row(box, id=id, kind=kind, salt=salt, at=at, case=case))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A row as it lies there."""

    box: SealedBox
    case: str | None
    """Whose it is; None while that is unknown."""


def read(conn: Connection, id: str) -> Kept | None:
    """What is kept under this id, in the vault or put aside, or None.

    Opening it is the caller's, who journals it first.
    """
    found = conn.execute(READ, {"id": id}).one_or_none()
    if found is None:
        found = conn.execute(READ_ASIDE, {"id": id}).one_or_none()
    if found is None:
        return None
    box = SealedBox(key_id=found.key_id, ciphertext=found.ciphertext)
    return Kept(box=box, case=found.case_id)
