"""Words into the vault and out again, each opening written down before anything is shown."""

from datetime import datetime

from sqlalchemy import Connection

from engine.case_vault import CaseVault
from engine.clock import Clock
from engine.entropy import Entropy
from engine.ports import Reader, Writer
from engine.store import vault as rows
from engine.store.journal import note
from engine.vault import CannotOpenError, Vault
from schemas.facts.system import VaultOpened


class VaultWords:
    """`engine.web.services.Sealing` over the vault and the store."""

    def __init__(
        self,
        vault: Vault,
        *,
        cases: CaseVault,
        reader: Reader,
        writer: Writer,
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        self._vault = vault
        self._cases = cases
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._entropy = entropy

    async def keep(self, words: str, *, kind: str) -> str:
        """Seal these words and return the id of the vault's row; durable when this returns."""
        return await self._keep(words, kind=kind, case=None)

    async def reveal(self, vault_id: str, *, by: str, reason: str) -> str | None:
        """Journal who opened it and why, then return it; None when it cannot be opened any more.

        The reason is sealed like all free text, and erased with the case; the journal names it.
        """
        kept = await self._reader.run(lambda conn: rows.read(conn, vault_id))
        if kept is None:
            return None
        why = await self._keep(reason, kind="reason", case=kept.case)
        at = self._clock.now()
        await self._writer.run(lambda conn: _opened(conn, vault_id, by=by, reason=why, at=at))
        try:
            words = await self._reader.run(lambda conn: self._cases.open_row(conn, vault_id))
        except CannotOpenError:
            return None
        return words.reveal().decode("utf-8", "replace")

    async def _keep(self, words: str, *, kind: str, case: str | None) -> str:
        box = self._vault.seal(words.encode("utf-8", "replace"))
        id, salt = f"v{self._entropy.token(16).hex()}", self._entropy.token(16).hex()
        at = self._clock.now()
        await self._writer.run(
            lambda conn: rows.keep(conn, box, id=id, kind=kind, salt=salt, at=at, case=case)
        )
        return id


def _opened(conn: Connection, vault_id: str, *, by: str, reason: str, at: datetime) -> None:
    note(conn, VaultOpened(vault=vault_id, by=by, reason=reason), at)
