"""What is sealed of single cases: moved under the key of its case, and opened again.

Whatever arrives lies under the intake key of the week, so that nothing waits for a case's key, duty
least of all. That key is destroyed after five weeks; a case may last for years, and one case must
be erasable alone. So what was sealed is soon sealed again under its own case's key.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.entropy import Entropy
from engine.store import case_keys, vault
from engine.vault import CannotOpenError, Secret, Vault
from engine.vault.case_keys import (
    case_key_id,
    new_case_key,
    open_for_case,
    seal_for_case,
    unwrap,
    wrap,
)

AT_ONCE = 50
"""Rows in one transaction: some milliseconds, so that the desk waits for none of them."""
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What one step came to."""

    rows: int
    unreadable: frozenset[str]
    """Rows that do not open although we have the key they name: damaged."""
    cases: frozenset[str]
    """Whose those are."""


class CaseVault:
    """Opens and moves within the caller's transaction; who may, and the journal, are the caller's.

    `under`: the key of the deployment that wraps the keys of cases.
    """

    def __init__(self, weekly: Vault, *, under: Secret, entropy: Entropy) -> None:
        self._weekly = weekly
        self._under = under
        self._entropy = entropy

    def open_row(self, conn: Connection, id: str) -> Secret:
        """Return what a row holds. Raises CannotOpenError when it, or its key, is gone."""
        kept = vault.read(conn, id)
        if kept is None:
            raise CannotOpenError("There is no such content.")
        box, case = kept.box, kept.case
        if case is None or box.key_id != case_key_id(case):
            return self._weekly.open_box(box)
        wrapped = case_keys.read(conn, case)
        if wrapped is None:
            raise CannotOpenError("The case was erased, and its key with it.")
        key = unwrap(wrapped, case=case, under=self._under)
        return open_for_case(box, key=key, case=case, row=id)

    def move(self, conn: Connection, *, now: datetime, but: frozenset[str]) -> Moved:
        """Seal some rows again, each under the key of its case. `but`: those known not to open."""
        found = case_keys.waiting(conn, keys=self._weekly.openable, most=AT_ONCE + len(but))
        rows, damaged = 0, []
        for row in found:
            if row.id in but:
                continue
            try:
                rows += self._move(conn, row, now)
            except CannotOpenError:
                damaged.append(row)
        return Moved(
            rows=rows,
            unreadable=frozenset(row.id for row in damaged),
            cases=frozenset(row.case for row in damaged),
        )

    def _move(self, conn: Connection, row: case_keys.Waiting, now: datetime) -> int:
        plaintext = self._weekly.open_box(row.box)
        key = self._key_of(conn, row.case, now)
        box = seal_for_case(plaintext, key=key, case=row.case, row=row.id, entropy=self._entropy)
        salt = self._entropy.token(_SALT_BYTES).hex()
        return int(case_keys.move(conn, row=row, box=box, salt=salt))

    def _key_of(self, conn: Connection, case: str, now: datetime) -> Secret:
        wrapped = case_keys.read(conn, case)
        if wrapped is None:
            fresh = wrap(
                new_case_key(self._entropy), case=case, under=self._under, entropy=self._entropy
            )
            wrapped = case_keys.keep(conn, case=case, wrapped=fresh, at=now)
        return unwrap(wrapped, case=case, under=self._under)
