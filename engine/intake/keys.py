"""Bearer keys of publishers: `tocsin_<key id>_<secret>`, found by id, compared in equal time."""

import base64
import hmac
import re
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection

from engine.clock import Clock
from engine.entropy import Entropy
from engine.intake.scope import Scope, scope_from, words_of
from engine.ports import Reader, Writer
from engine.store import source_keys as store
from engine.store.journal import note
from engine.vault.secret import Secret
from schemas.codes import Severity
from schemas.facts.system import SourceKeyIssued, SourceKeyRevoked

VALID_MOST = timedelta(days=400)
_SHAPE = re.compile(r"tocsin_([a-z0-9]{16})_([A-Za-z0-9_-]{43})", re.ASCII)
_SECRET_BYTES = 32
_ID_BYTES = 10
_NOBODY = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedKey:
    """A new key; the text is shown once and stored nowhere."""

    id: str
    text: str = field(repr=False)


class SourceKeys:
    """Issues, revokes and recognises publishers' keys."""

    def __init__(
        self, *, reader: Reader, writer: Writer, clock: Clock, entropy: Entropy, pepper: Secret
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._entropy = entropy
        self._pepper = pepper

    async def issue(self, scope: Scope, *, valid: timedelta, by: str) -> IssuedKey:
        """Make a key for a scope. Raises ValueError when it would be valid for over 400 days."""
        if not timedelta() < valid <= VALID_MOST:
            raise ValueError(f"A key is valid for 1 to {VALID_MOST.days} days, then replaced.")
        now = self._clock.now()
        key = base64.b32encode(self._entropy.token(_ID_BYTES)).decode("ascii").lower()
        secret = base64.urlsafe_b64encode(self._entropy.token(_SECRET_BYTES)).rstrip(b"=")
        row = store.SourceKeyRow(
            id=key,
            source=scope.source,
            secret=self._hashed(secret),
            types=words_of(scope),
            severity_ceiling=scope.ceiling,
            expires_at=now + valid,
            party=scope.party,
        )
        fact = SourceKeyIssued(
            key=key,
            source=scope.source,
            types=row.types,
            severity_ceiling=scope.ceiling,
            by=by,
            party=scope.party,
        )

        def add(connection: Connection) -> None:
            store.add_key(connection, row)
            note(connection, fact, now)

        await self._writer.run(add)
        return IssuedKey(id=key, text=f"tocsin_{key}_{secret.decode('ascii')}")

    async def revoke(self, key: str, *, by: str) -> bool:
        """Let the key open nothing from now on. False when there is nothing to revoke."""
        now = self._clock.now()

        def revoke(connection: Connection) -> bool:
            if not store.revoke_key(connection, key, now=now):
                return False
            note(connection, SourceKeyRevoked(key=key, by=by), now)
            return True

        return await self._writer.run(revoke)

    async def recognise(self, authorization: str) -> Scope | None:
        """The scope of `Bearer tocsin_…`, or None: refused by default, for whatever reason."""
        scheme, _, text = authorization.partition(" ")
        found = _SHAPE.fullmatch(text.strip())
        if scheme.lower() != "bearer" or found is None:
            return None
        key, secret = found[1], found[2].encode("ascii")
        row = await self._reader.run(lambda connection: store.find_key(connection, key))
        matches = hmac.compare_digest(row.secret if row else _NOBODY, self._hashed(secret))
        if row is None or not matches or row.revoked_at is not None:
            return None
        if self._clock.now() >= row.expires_at:
            return None
        return scope_from(
            source=row.source,
            words=row.types,
            ceiling=Severity(row.severity_ceiling),
            party=row.party,
        )

    def _hashed(self, secret: bytes) -> str:
        return hmac.digest(self._pepper.reveal(), secret, "sha256").hex()
