"""People: adding them, and letting them in by two factors."""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from engine.access.passwords import Passwords
from engine.access.roles import PersonRole
from engine.access.second_factor import SecondFactor
from engine.access.sessions import NewSession, Note, new_session
from engine.access.throttle import Strangers, wait_after
from engine.clock import Clock
from engine.entropy import Entropy
from engine.ports import Reader, Writer
from engine.store import people as store
from engine.vault.secret import Secret
from schemas.facts.system import LoggedIn, LoginFailed, PersonAdded, PersonDisabled

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}", re.ASCII)
ANSWER_AFTER = 0.5  # seconds: right and wrong, known and unknown are answered at the same moment


class PersonExistsError(ValueError):
    """There is somebody of this name already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What is shown once when a person is added."""

    id: str
    otpauth: str = field(repr=False)
    """For their authenticator: shown once, never stored in clear."""
    secret: Secret
    """The same secret, for typing in."""


class People:
    """Everybody who may log in."""

    def __init__(
        self,
        *,
        reader: Reader,
        writer: Writer,
        clock: Clock,
        entropy: Entropy,
        passwords: Passwords,
        second_factor: SecondFactor,
        throttle_key: Secret,
        note: Note,
        answer_after: float = ANSWER_AFTER,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._entropy = entropy
        self._passwords = passwords
        self._second_factor = second_factor
        self._strangers = Strangers(throttle_key)
        self._note = note
        self._answer_after = answer_after
        self._one_at_a_time = asyncio.Lock()  # each check takes 64 MiB and a tenth of a second

    async def add_person(
        self, name: str, *, label: str, role: PersonRole, password: str, by: str
    ) -> NewPerson:
        """Add somebody. Raises ValueError on a bad name, WeakPasswordError, PersonExistsError."""
        if not _NAME.fullmatch(name):
            raise ValueError(
                "A name has 1 to 31 small letters, digits, - or _, and begins with a letter."
            )
        person = f"person:{name}"
        secret = self._second_factor.new_secret()
        row = store.PersonRow(
            id=person,
            label=label[:80],
            role=role,
            password=self._passwords.hash(password),
            totp=self._second_factor.sealed(secret),
        )
        now = self._clock.now()

        def add(connection: Connection) -> None:
            store.add_person(connection, row)
            self._note(connection, PersonAdded(person=person, role=role, by=by), now)

        try:
            await self._writer.run(add)
        except IntegrityError:
            raise PersonExistsError(f"There is a {name} already; choose another name.") from None
        otpauth = self._second_factor.address(secret, person=person)
        return NewPerson(id=person, otpauth=otpauth, secret=secret)

    async def disable_person(self, name: str, *, by: str) -> bool:
        """Let somebody in no more and end their sessions. False when there is no such person."""
        person = _id_of(name)
        now = self._clock.now()

        def disable(connection: Connection) -> bool:
            if not store.disable_person(connection, person):
                return False
            self._note(connection, PersonDisabled(person=person, by=by), now)
            return True

        return await self._writer.run(disable)

    async def log_in(self, *, person: str, password: str, code: str) -> str | None:
        """Return the token of a new session, or None: wrong, waiting, disabled or unknown.

        Nothing tells these apart from outside, not even the time the answer takes.
        """
        began = self._clock.monotonic()
        token = await self._log_in(_id_of(person), password, code)
        await self._clock.sleep(self._answer_after - (self._clock.monotonic() - began))
        return token

    async def authenticate(self, *, person: str, password: str, code: str) -> str | None:
        """Return the id of the person who proved both factors, or None: the CLI's way in."""
        token = await self.log_in(person=person, password=password, code=code)
        return None if token is None else _id_of(person)

    async def _log_in(self, person: str, password: str, code: str) -> str | None:
        now = self._clock.now()
        row = await self._reader.run(lambda connection: store.find_person(connection, person))
        if row is None or row.disabled:
            if self._strangers.locked(person, now=now):
                return None
            await self._proved(None, password, code, now)
            self._strangers.failed(person, now=now)
            return None
        if row.locked_until is not None and now < row.locked_until:
            return None
        step = await self._proved(row, password, code, now)
        session = new_session(self._entropy, now=now)
        return await self._writer.run(lambda c: self._settle(c, person, step, session, now))

    async def _proved(
        self, row: store.PersonRow | None, password: str, code: str, now: datetime
    ) -> int | None:
        """The step of the one-time code when both factors are right. Same work for everybody."""
        stored = None if row is None else row.password
        async with self._one_at_a_time:
            known = await self._reader.run(lambda _: self._passwords.verify(stored, password))
        step = self._second_factor.step_of(None if row is None else row.totp, code, now=now)
        return step if known else None

    def _settle(
        self,
        connection: Connection,
        person: str,
        step: int | None,
        session: NewSession,
        now: datetime,
    ) -> str | None:
        """Under the lock of the person: a code is used once, whoever else tries at this moment."""
        row = store.hold_person(connection, person)
        if row is None or row.disabled:
            return None
        if step is None or step <= row.totp_step:
            failures = row.failures + 1
            until = now + wait_after(failures)
            store.login_failed(connection, person, failures=failures, until=until)
            self._note(connection, LoginFailed(person=person, failures=failures), now)
            return None
        store.login_succeeded(connection, person, step=step)
        store.open_session(
            connection,
            digest=session.digest,
            person=person,
            csrf=session.csrf,
            now=now,
            ends_at=session.ends_at,
        )
        self._note(connection, LoggedIn(person=person, session=session.digest[:32]), now)
        return session.token


def _id_of(name: str) -> str:
    name = name.strip().lower()
    return name if name.startswith("person:") else f"person:{name}"
