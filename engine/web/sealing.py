"""Words into the vault and out again, each opening written down before anything is shown."""

from datetime import datetime

from sqlalchemy import Connection

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
        self, vault: Vault, *, reader: Reader, writer: Writer, clock: Clock, entropy: Entropy
    ) -> None:
        self._vault = vault
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._entropy = entropy

    async def keep(self, words: str, *, kind: str) -> str:
        """Seal these words and return the id of the vault's row; durable when this returns."""
        box = self._vault.seal(words.encode("utf-8", "replace"))
        id, salt = f"v{self._entropy.token(16).hex()}", self._entropy.token(16).hex()
        at = self._clock.now()
        await self._writer.run(
            lambda conn: rows.keep(conn, box, id=id, kind=kind, salt=salt, at=at)
        )
        return id

    async def reveal(self, vault_id: str, *, by: str, reason: str) -> str | None:
        """Journal who opened it and why, then return it; None when it cannot be opened any more.

        The reason is sealed like all free text; the journal names it by its id.
        """
        box = await self._reader.run(lambda conn: rows.read(conn, vault_id))
        if box is None:
            return None
        why = await self.keep(reason, kind="reason")
        at = self._clock.now()
        await self._writer.run(lambda conn: _opened(conn, vault_id, by=by, reason=why, at=at))
        try:
            return self._vault.open_box(box).reveal().decode("utf-8", "replace")
        except CannotOpenError:
            return None


def _opened(conn: Connection, vault_id: str, *, by: str, reason: str, at: datetime) -> None:
    note(conn, VaultOpened(vault=vault_id, by=by, reason=reason), at)
