"""Coming in: who is let in, who waits, and what nobody can tell from outside."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import Connection

from engine.access import (
    NewPerson,
    Passwords,
    People,
    Permission,
    PersonExistsError,
    PersonRole,
    SecondFactor,
    Sessions,
    WeakPasswordError,
    may,
)
from engine.access.second_factor import UnusableSecretError
from engine.access.throttle import Strangers, wait_after
from engine.clock import ManualClock
from engine.entropy import SeededEntropy
from engine.store import people as store
from engine.store import tables
from engine.store.database import Database, read, transact
from engine.store.inline import InlineReader, InlineWriter
from engine.vault import DeploymentKeys
from schemas.facts.system import SystemFact, dump_system_fact, load_system_fact

START = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
KEYS = DeploymentKeys.derive(bytes(range(32)))


@dataclass
class Desk:
    """People and sessions over one database, with time in hand."""

    people: People
    sessions: Sessions
    clock: ManualClock
    noted: list[SystemFact] = field(default_factory=list)

    async def add(self, name: str = "ana", role: PersonRole = PersonRole.HANDLER) -> NewPerson:
        return await self.people.add_person(
            name, label=name.title(), role=role, password=PASSWORD, by="person:setup"
        )

    def code(self, person: NewPerson, *, steps: int = 0) -> str:
        at = self.clock.now() + timedelta(seconds=30 * steps)
        return pyotp.TOTP(person.secret.reveal().decode()).at(at)

    async def log_in(
        self, person: NewPerson | str, *, password: str = PASSWORD, code: str | None = None
    ) -> str | None:
        name = person if isinstance(person, str) else person.id
        if code is None:
            code = "000000" if isinstance(person, str) else self.code(person)
        return await self.people.log_in(person=name, password=password, code=code)

    def kinds(self) -> list[str]:
        return [fact.kind for fact in self.noted]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    connection = database.writer()
    transact(connection, tables.metadata.create_all)
    reader, writer = InlineReader(database), InlineWriter(database)
    entropy, clock = SeededEntropy(1), ManualClock(START)
    noted: list[SystemFact] = []

    def note(connection: Connection, fact: SystemFact, at: datetime) -> None:
        noted.append(load_system_fact(dump_system_fact(fact)))

    people = People(
        reader=reader,
        writer=writer,
        clock=clock,
        entropy=entropy,
        passwords=Passwords(entropy, memory_kib=64, passes=1),
        second_factor=SecondFactor(KEYS.totp, entropy),
        throttle_key=KEYS.throttle,
        note=note,
        answer_after=0,
    )
    sessions = Sessions(reader=reader, writer=writer, clock=clock, note=note)
    yield Desk(people=people, sessions=sessions, clock=clock, noted=noted)
    connection.close()
    reader.close()
    writer.close()
    database.close()


async def test_password_and_code_together_let_a_person_in(desk: Desk) -> None:
    ana = await desk.add()

    token = await desk.log_in(ana)

    assert token is not None
    session = await desk.sessions.find(token)
    assert session is not None
    assert (session.person, session.label, session.role) == ("person:ana", "Ana", "handler")
    assert desk.kinds() == ["person_added", "logged_in"]
    assert all(PASSWORD not in repr(fact) and token not in repr(fact) for fact in desk.noted)


async def test_a_name_may_be_typed_as_people_type_names(desk: Desk) -> None:
    ana = await desk.add()

    assert await desk.people.authenticate(
        person=" Ana ", password=PASSWORD, code=desk.code(ana)
    ) == ("person:ana")


async def test_one_right_factor_is_not_enough(desk: Desk) -> None:
    ana = await desk.add()

    assert await desk.log_in(ana, code="000000") is None
    assert await desk.log_in(ana, password="wrong horse battery") is None
    assert await desk.log_in(ana, code="") is None
    assert desk.kinds() == ["person_added"] + ["login_failed"] * 3


async def test_a_code_somebody_looked_at_opens_nothing_a_second_time(desk: Desk) -> None:
    ana = await desk.add()
    code = desk.code(ana)

    assert await desk.log_in(ana, code=code) is not None
    assert await desk.log_in(ana, code=code) is None
    assert await desk.log_in(ana, code=desk.code(ana, steps=-1)) is None
    await desk.clock.advance(seconds=30)
    assert await desk.log_in(ana) is not None


@pytest.mark.parametrize(("steps", "let_in"), [(-2, False), (-1, True), (1, True), (2, False)])
async def test_a_phones_clock_may_be_half_a_minute_off(
    desk: Desk, steps: int, let_in: bool
) -> None:
    ana = await desk.add()

    token = await desk.log_in(ana, code=desk.code(ana, steps=steps))

    assert (token is not None) is let_in


async def test_guessing_waits_longer_each_time_and_never_locks_anybody_out(desk: Desk) -> None:
    ana = await desk.add()
    for _ in range(3):
        assert await desk.log_in(ana, code="000000") is None

    assert await desk.log_in(ana) is None, "the right code while one has to wait"
    await desk.clock.advance(seconds=1)
    assert await desk.log_in(ana) is not None

    for _ in range(20):
        await desk.log_in(ana, code="000000")
        await desk.clock.advance(seconds=43)
    assert await desk.log_in(ana) is not None


def test_the_wait_grows_and_is_bounded() -> None:
    waits = [wait_after(failures).total_seconds() for failures in range(0, 12)]

    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 32, 42, 42, 42]


async def test_a_name_nobody_bears_waits_like_any_other(desk: Desk) -> None:
    """Whether a name waits must not tell whether somebody bears it."""
    for _ in range(3):
        assert await desk.log_in("stranger") is None
    strangers = desk.people._strangers

    assert strangers.locked("person:stranger", now=desk.clock.now())
    await desk.clock.advance(seconds=1)
    assert not strangers.locked("person:stranger", now=desk.clock.now())
    assert desk.noted == []


def test_remembering_strangers_costs_bounded_memory_and_keeps_no_name() -> None:
    strangers = Strangers(KEYS.throttle)
    for n in range(10_050):
        strangers.failed(f"name{n}", now=START)

    assert len(strangers._known) == 10_000
    assert not any(b"name" in digest for digest in strangers._known)


async def test_known_and_unknown_are_answered_after_the_same_time(desk: Desk) -> None:
    ana = await desk.add()
    desk.people._answer_after = 5

    answers = [
        asyncio.create_task(desk.log_in(who, password="wrong horse battery"))
        for who in (ana, "stranger")
    ]
    await desk.clock.advance(seconds=4.9)
    early = [answer.done() for answer in answers]
    await desk.clock.advance(seconds=0.1)

    assert early == [False, False]
    assert [answer.done() for answer in answers] == [True, True]


async def test_a_session_ends_after_half_an_hour_without_use(desk: Desk) -> None:
    token = await desk.log_in(await desk.add())
    assert token is not None
    await desk.clock.advance(minutes=29)
    assert await desk.sessions.find(token) is not None
    await desk.clock.advance(minutes=29)
    assert await desk.sessions.find(token) is not None
    await desk.clock.advance(minutes=30)

    assert await desk.sessions.find(token) is None


async def test_a_session_ends_after_twelve_hours_however_busy(desk: Desk) -> None:
    token = await desk.log_in(await desk.add())
    assert token is not None
    for _ in range(35):
        await desk.clock.advance(minutes=20)
        assert await desk.sessions.find(token) is not None
    await desk.clock.advance(minutes=20)

    assert await desk.sessions.find(token) is None


async def test_logging_out_ends_the_session_for_good(desk: Desk) -> None:
    token = await desk.log_in(await desk.add())
    assert token is not None

    await desk.sessions.end(token)
    await desk.sessions.end(token)

    assert await desk.sessions.find(token) is None
    assert desk.kinds() == ["person_added", "logged_in", "logged_out"]


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 100_000, "\ud800" * 43])
async def test_a_made_up_token_opens_nothing(desk: Desk, token: str) -> None:
    assert await desk.sessions.find(token) is None


async def test_somebody_disabled_is_out_at_once(desk: Desk) -> None:
    ana = await desk.add()
    token = await desk.log_in(ana)
    assert token is not None

    assert await desk.people.disable_person("ana", by="person:chi")

    assert await desk.sessions.find(token) is None
    await desk.clock.advance(seconds=30)
    assert await desk.log_in(ana) is None
    assert not await desk.people.disable_person("nobody", by="person:chi")


def everything_in(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(directory.glob("a.db*")))


async def test_the_database_holds_neither_token_nor_password_nor_shared_secret(
    desk: Desk, tmp_path: Path
) -> None:
    ana = await desk.add()
    token = await desk.log_in(ana)
    assert token is not None

    stored = everything_in(tmp_path)

    for secret in (token.encode(), PASSWORD.encode(), ana.secret.reveal()):
        assert secret not in stored


async def test_every_session_has_its_own_form_token(desk: Desk) -> None:
    ana = await desk.add()
    first = await desk.log_in(ana)
    await desk.clock.advance(seconds=30)
    second = await desk.log_in(ana)
    assert first is not None
    assert second is not None

    one, other = await desk.sessions.find(first), await desk.sessions.find(second)

    assert one is not None
    assert other is not None
    assert one.csrf_matches(one.csrf)
    assert not one.csrf_matches(other.csrf)
    assert not one.csrf_matches("")
    assert one.csrf not in repr(one)


async def test_adding_somebody_twice_or_with_a_bad_name_says_what_to_do(desk: Desk) -> None:
    await desk.add()

    with pytest.raises(PersonExistsError, match="another name"):
        await desk.add()
    for name in ("", "Ana", "9a", "a b", "a" * 40, "ana\n"):
        with pytest.raises(ValueError, match="small letters"):
            await desk.add(name)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "a1a1a1a1a1a1a1", "x" * 2_000])
def test_a_weak_password_is_refused_with_what_is_asked_for(password: str) -> None:
    with pytest.raises(WeakPasswordError, match="Choose"):
        Passwords(SeededEntropy(1), memory_kib=64, passes=1).hash(password)


def test_passwords_are_argon2id_with_the_strength_of_the_rfc() -> None:
    stored = Passwords(SeededEntropy(1)).hash(PASSWORD)

    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=1$")


def test_a_second_factor_of_other_keys_is_a_clear_fault_not_a_wrong_code() -> None:
    entropy = SeededEntropy(1)
    sealed = SecondFactor(KEYS.totp, entropy).sealed(SecondFactor(KEYS.totp, entropy).new_secret())

    with pytest.raises(UnusableSecretError, match="master key"):
        SecondFactor(KEYS.pepper, entropy).step_of(sealed, "000000", now=START)


async def test_people_are_listed_without_what_proves_them(desk: Desk, tmp_path: Path) -> None:
    await desk.add("ben", PersonRole.SECOND)
    await desk.add("ana")
    database = Database(f"sqlite:///{tmp_path / 'a.db'}", exclusive=False)
    connection = database.reader()

    listed = read(connection, store.list_people)

    assert [(row.id, row.role) for row in listed] == [
        ("person:ana", "handler"),
        ("person:ben", "second"),
    ]
    assert "argon2" not in repr(listed)
    connection.close()
    database.close()


@pytest.mark.parametrize("role", PersonRole)
def test_what_needs_two_people_is_open_to_those_who_may_be_the_second(role: PersonRole) -> None:
    allowed = {p for p in Permission if may(role, p)}

    expected = {
        PersonRole.HANDLER: set(Permission),
        PersonRole.SECOND: {
            Permission.READ,
            Permission.TAKE_TASKS,
            Permission.RELEASE,
            Permission.FREEZE,
            Permission.STOP,
            Permission.RESUME,
            Permission.LIFT,
            Permission.CLEAR_EXCLUSION,
            Permission.NARROW_CONSENT,
            Permission.AGREE_TO_CONSENT,
            Permission.CONFIRM_RESOLUTION,
            Permission.REOPEN,
            Permission.AGREE_TO_STAND,
            Permission.UNLINK_CASES,
            Permission.REVIEW,
            Permission.CHANGE_DUTY,
            Permission.REFUTE_LINKS,
            Permission.ERASE,
            Permission.JUDGE_CERTAINTY,
        },
        PersonRole.READER: {Permission.READ},
    }
    assert allowed == expected[role]


def test_an_unknown_role_may_do_nothing() -> None:
    assert not any(may("director", permission) for permission in Permission)
    assert not may("", Permission.READ)
