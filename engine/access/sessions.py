"""Sessions on the server's side: an opaque token, stored hashed, that ends by itself."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.clock import Clock
from engine.entropy import Entropy
from engine.ports import Reader, Writer
from engine.store import people as store
from schemas.facts.system import LoggedOut, SystemFact

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
_TOUCH = timedelta(minutes=1)  # how exactly the last use is known; spares a write per click
_TOKEN_BYTES = 32
_TOKEN_LENGTHS = range(40, 65)

Note = Callable[[Connection, SystemFact, datetime], None]
"""Appends a fact to the stream `system` of the journal, in the caller's transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A person who is logged in."""

    person: str
    label: str
    role: str
    csrf: str = field(repr=False)

    def csrf_matches(self, given: str) -> bool:
        """Whether a form carries this session's token."""
        return hmac.compare_digest(self.csrf.encode(), given.encode("utf-8", "replace"))


class Sessions:
    """Finds and ends sessions. Opening one is `People.log_in`'s, in one transaction."""

    def __init__(self, *, reader: Reader, writer: Writer, clock: Clock, note: Note) -> None:
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._note = note

    async def find(self, token: str) -> Session | None:
        """The session of this token, or None when it is unknown, idle, over, or its person gone."""
        if len(token) not in _TOKEN_LENGTHS:
            return None
        digest = digest_of(token)
        now = self._clock.now()
        row = await self._reader.run(lambda connection: store.find_session(connection, digest))
        if row is None or row.disabled or now >= row.ends_at or now - row.seen_at >= IDLE:
            return None
        if now - row.seen_at >= _TOUCH:
            await self._writer.run(lambda c: store.seen_session(c, digest, now=now))
        return Session(person=row.person, label=row.label, role=row.role, csrf=row.csrf)

    async def end(self, token: str) -> None:
        """End the session; one that is over already stays over."""
        digest = digest_of(token)
        now = self._clock.now()

        def end(connection: Connection) -> None:
            row = store.find_session(connection, digest)
            if row is not None and store.end_session(connection, digest):
                self._note(connection, LoggedOut(person=row.person, session=digest[:32]), now)

        await self._writer.run(end)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A session about to be stored; the token goes into the cookie and nowhere else."""

    token: str = field(repr=False)
    digest: str
    csrf: str = field(repr=False)
    ends_at: datetime


def new_session(entropy: Entropy, *, now: datetime) -> NewSession:
    """Draw token and form token."""
    token = base64.urlsafe_b64encode(entropy.token(_TOKEN_BYTES)).rstrip(b"=").decode("ascii")
    return NewSession(
        token=token,
        digest=digest_of(token),
        csrf=entropy.token(_TOKEN_BYTES).hex(),
        ends_at=now + ABSOLUTE,
    )


def digest_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
