"""A subject's consent through every door of the desk, on both stores."""

import asyncio
import random  # noqa: TID251 (seeded: the same number, the same life)
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.case import commands as c
from engine.case.recording import Ruling
from engine.case.state import AlertStatus
from engine.store import tables as t
from rules import granting
from schemas.codes import FieldName, Mode, TrackName
from schemas.consent import Basis, Consent, ConsentDoor
from schemas.plan import Reason
from schemas.projection import Purpose
from schemas.responses import Done, Refused, RefusedBecause
from tests.harness.strictest import Strictest
from tests.integration.engine.desk.room import MISSIONS as EMBASSY
from tests.integration.engine.desk.room import Room, a_room, report
from tests.integration.engine.desk.test_loops_work import claim, settle
from tests.unit.engine.case import builders as b

MISSIONS, NHRIS, COMPANIES = TrackName.MISSIONS, TrackName.NHRIS, TrackName.COMPANIES
HOLDER = "holder-1"
WARNING = "early_warning"
"""No act: a further one would freeze everything as a suspected reprisal."""


@pytest.fixture
def path(store_url: str) -> str:
    return store_url


def said(room: Room, *audiences: TrackName, by: str = "person:ana", **changes: Any) -> Consent:
    """A person of ours records what the subject says now."""
    room.words = getattr(room, "words", 0) + 1  # type: ignore[attr-defined]
    record = Consent(
        id=f"k{room.words}",  # type: ignore[attr-defined]
        pseudonym=b.SUBJECT,
        audiences=audiences,
        mode=Mode.QUIET,
        basis=Basis.PERSON,
        given_at=room.clock.now() + timedelta(seconds=1),
        by=by,
        door=ConsentDoor.TERMINAL,
    )
    return replace(record, **changes)


async def give(room: Room, word: Consent, state: Any = "granted") -> Any:
    """Recorded, a second after everything before it."""
    await room.clock.advance(seconds=1)
    return await room.one(c.ConsentChanged(inbox=room.inbox(), consent=word, state=state))


async def agree(room: Room, known: Consent, by: str) -> Any:
    assert known.wider is not None
    mark = granting.digest(known.wider.scope)
    inbox = room.inbox()
    return await room.one(
        c.AgreeToConsent(
            inbox=inbox, pseudonym=known.pseudonym, wider=mark, id=f"k-{inbox.id}", by=by,
            door=ConsentDoor.TERMINAL,
        )
    )  # fmt: skip


async def take_back(room: Room, pseudonym: str = b.SUBJECT) -> Any:
    inbox = room.inbox()
    return await room.one(
        c.RevokeByHolder(inbox=inbox, pseudonym=pseudonym, holder=HOLDER, id=f"k-{inbox.id}")
    )


async def newest(room: Room, pseudonym: str = b.SUBJECT) -> Consent:
    from engine.store import consents

    return (await room.read(lambda conn: consents.history(conn, pseudonym)))[-1]


def reported(situation: str, *audiences: str, **more: Any) -> Any:
    given = [{"basis": "person", "audiences": audiences, "mode": "quiet", **more}]
    return b.an_event(WARNING, situation=situation, consent=given if audiences else [])


async def released(room: Room, case: str) -> None:
    record = c.ReleaseRecord(
        id=f"r-{case}", why="protect_now", reprisal_forecast="low", wishes_read=True
    )
    release = c.Release(inbox=room.inbox(), case=case, track=MISSIONS, by="ana", record=record)
    assert isinstance(await room.one(release), Done)


async def opened(room: Room, n: int, *audiences: str) -> str:
    """A released case of the subject; what duty is sent is out of the way."""
    done = await room.one(report(f"e{n}", reported(f"s{n}", *audiences), **EMBASSY))
    assert isinstance(done, Done)
    for job in await claim(room):
        await settle(room, job, "handed_off")
    await released(room, done.case)
    return done.case


def outward(jobs: Sequence[Any]) -> set[str]:
    return {job.party for job in jobs if job.track is not TrackName.DUTY}


async def test_a_consent_recorded_before_any_report_holds_when_one_comes(path: str) -> None:
    async with a_room(path) as room:
        assert await give(room, said(room, MISSIONS)) == Done(detail=Ruling.IN_FORCE)

        await opened(room, 1)

        assert outward(await claim(room)) == {"embassy"}


async def test_a_narrow_consent_recorded_before_is_not_widened_by_the_report(path: str) -> None:
    async with a_room(path) as room:
        await give(room, said(room, NHRIS))

        case = await opened(room, 1, "missions", "nhris")

        assert outward(await claim(room)) == set()
        kinds = [task.kind for task in (await room.case(case)).tasks]
        assert "widen_consent" in kinds  # a person is asked what the subject really said


async def test_a_holder_takes_it_back_in_every_case_and_those_told_are_stood_down(
    path: str,
) -> None:
    async with a_room(path) as room:
        told = await opened(room, 1, "missions")
        for job in await claim(room):
            await settle(room, job, "handed_off")
        waiting = await opened(room, 2, "missions")

        assert await take_back(room) == Done(detail=Ruling.REVOKED)

        jobs = [job for job in await claim(room) if job.track is MISSIONS]
        assert {(job.case, job.purpose.value) for job in jobs} == {(told, "stand_down")}
        for case in (told, waiting):
            (alert,) = [a for a in (await room.case(case)).alerts if a.party == "embassy"]
            assert alert.reason is Reason.CONSENT_REVOKED
            assert alert.status in (AlertStatus.CLOSED, AlertStatus.WITHHELD)
        noted = await room.rows(t.journal, t.journal.c.kind == "consent_recorded")
        assert len(noted) == 1 and HOLDER.encode() in noted[0].body
        assert await room.sound()


async def test_the_first_of_two_opens_nothing_and_the_second_asks_for_a_release(path: str) -> None:
    async with a_room(path) as room:
        case = await opened(room, 1, "missions")
        assert await give(room, said(room, MISSIONS, COMPANIES)) == Done(detail=Ruling.WAITS)
        known = await newest(room)
        assert set(known.audiences) == {MISSIONS}
        assert "widen_consent" in [task.kind for task in (await room.case(case)).tasks]

        again = await agree(room, known, "person:ana")
        assert isinstance(again, Refused) and again.reason is RefusedBecause.SAME_PERSON
        assert await agree(room, known, "person:ben") == Done(detail=Ruling.IN_FORCE)

        known = await newest(room)
        assert set(known.audiences) == {MISSIONS, COMPANIES} and known.wider is None
        assert known.agreed_by == ("person:ana", "person:ben")
        assert "widen_consent" not in [task.kind for task in (await room.case(case)).tasks]


async def test_an_event_that_allows_more_becomes_a_task_for_a_person(path: str) -> None:
    async with a_room(path) as room:
        await opened(room, 1, "nhris")
        await room.clock.advance(minutes=1)

        case = await opened(room, 2, "nhris", "missions")

        assert outward(await claim(room)) == set()
        assert "widen_consent" in [task.kind for task in (await room.case(case)).tasks]
        assert await agree(room, await newest(room), "person:ana") == Done(detail=Ruling.IN_FORCE)


async def test_a_message_is_not_handed_out_for_longer_than_its_consent_holds(path: str) -> None:
    async with a_room(path) as room:
        word = said(room, MISSIONS, until=room.clock.now() + timedelta(seconds=3))
        await give(room, word)
        await opened(room, 1)

        jobs = [job for job in await claim(room) if job.track is MISSIONS]

        assert jobs
        assert all(job.send_by - asyncio.get_running_loop().time() <= 2 for job in jobs)


async def test_a_message_is_not_handed_out_for_longer_than_its_release_holds(path: str) -> None:
    async with a_room(path) as room:
        await give(room, said(room, MISSIONS))
        done = await room.one(report("e1", reported("s1"), **EMBASSY))
        record = b.Story().a_release(MISSIONS, expires_at=room.clock.now() + timedelta(seconds=4))
        await room.one(replace(record, case=done.case, inbox=room.inbox()))  # type: ignore[union-attr]
        await room.desk.fire_due(limit=50)
        await room.clock.advance(seconds=1)

        jobs = [job for job in await claim(room) if job.track is MISSIONS]

        assert jobs
        assert all(job.send_by - asyncio.get_running_loop().time() <= 3 for job in jobs)


async def test_after_a_consent_ran_out_those_told_can_still_be_stood_down(path: str) -> None:
    """Its end once counted for that message as well: it was handed out too late to ever leave."""
    async with a_room(path) as room:
        await give(room, said(room, MISSIONS, until=room.clock.now() + timedelta(minutes=5)))
        await opened(room, 1)
        for job in await claim(room):
            await settle(room, job, "handed_off")
        await room.clock.advance(minutes=10)
        await take_back(room)

        jobs = [job for job in await claim(room) if job.purpose is Purpose.STAND_DOWN]

        assert jobs
        assert all(job.send_by > asyncio.get_running_loop().time() for job in jobs)


LIVES = 4
STEPS = 10


async def test_nothing_leaves_that_the_strictest_reading_of_all_words_does_not_allow(
    path: str,
) -> None:
    """Random lives: every door, late and repeated words, time passing, messages claimed."""
    left = refused = 0
    async with a_room(path) as room:
        for seed in range(LIVES):
            life = _Life(room, random.Random(seed), subject=f"subject-{seed}")
            await life.begin()
            for _ in range(STEPS):
                await life.step()
            left, refused = left + life.left, refused + life.refused
    assert left > LIVES and refused > LIVES  # both happen, or nothing was shown


class _Life:
    """One subject, whose words reach the desk and the strictest reading alike."""

    def __init__(self, room: Room, rng: random.Random, *, subject: str) -> None:
        self.room, self.rng, self.subject = room, rng, subject
        self.pseudonym = f"hotline/{subject}"
        self.strictest = Strictest()
        self.serial = self.left = self.refused = 0
        self.cases: list[str] = []

    async def begin(self) -> None:
        await self.event(("missions", "nhris"), "granted")
        await self.look()

    async def step(self) -> None:
        act = self.rng.choice(
            (self.reports, self.reports, self.narrows, self.revokes, self.gives, self.gives,
             self.gives, self.gives, self.agrees, self.holder, self.waits)
        )  # fmt: skip
        await act()
        await self.look()

    async def reports(self) -> None:
        await self.event(self._audiences(), self.rng.choice(("granted", "granted", "narrowed")))

    async def event(self, audiences: tuple[str, ...], state: str) -> None:
        self.serial += 1
        now = self.room.clock.now()
        given: dict[str, Any] = {
            "basis": "person", "audiences": audiences, "mode": "quiet", "state": state,
            "until": self._until(), "given_at": self.rng.choice((None, now - timedelta(hours=1))),
        }  # fmt: skip
        event = b.an_event(
            WARNING,
            situation=f"{self.subject}-{self.rng.randrange(6)}",
            subjects=[{"kind": "person", "pseudonym": self.subject}],
            consent=[{key: value for key, value in given.items() if value is not None}],
        )
        done = await self.room.one(report(f"{self.subject}-e{self.serial}", event, **EMBASSY))
        assert isinstance(done, Done)
        self.strictest.machine(
            self._word(*(TrackName(a) for a in audiences), given_at=given["given_at"] or now,
                       until=given["until"], revoked=state == "revoked")
        )  # fmt: skip
        await self._release(done.case)

    async def _release(self, case: str) -> None:
        self.serial += 1
        record = c.ReleaseRecord(
            id=f"r-{self.subject}-{self.serial}", why="protect_now",
            reprisal_forecast="low", wishes_read=True,
        )  # fmt: skip
        by = f"person:{self.serial}"  # a running track takes a further release each time
        await self.room.one(
            c.Release(inbox=self.room.inbox(), case=case, track=MISSIONS, by=by, record=record)
        )
        if case not in self.cases:
            self.cases.append(case)

    async def narrows(self) -> None:
        word = self._word(*(TrackName(a) for a in self._audiences()), until=self._until())
        if isinstance(await give(self.room, word, "narrowed"), Done):
            self.strictest.narrows(word)

    async def revokes(self) -> None:
        if self.rng.random() < 0.5:
            return await self.event((), "revoked")
        word = self._word(revoked=True)
        await give(self.room, word, "revoked")
        self.strictest.narrows(word)
        return None

    async def holder(self) -> None:
        if self.rng.random() < 0.5:
            await take_back(self.room, self.pseudonym)
            self.strictest.machine(self._word(revoked=True, given_at=self.room.clock.now()))

    async def gives(self) -> None:
        by = self.rng.choice(("person:ana", "person:ben"))
        ago = self.rng.choice((0, 0, 0, 3))
        word = self._word(
            *(TrackName(a) for a in self._audiences()), by=by, until=self._until(),
            given_at=self.room.clock.now() - timedelta(hours=ago),
        )  # fmt: skip
        if isinstance(await give(self.room, word), Done):
            self.strictest.gives(word, by)
        for case in self.cases:
            await self._release(case)

    async def agrees(self) -> None:
        known = await newest(self.room, self.pseudonym)
        if known.wider is None:
            return
        asked, by = known.wider, self.rng.choice(("person:ana", "person:ben"))
        done = await agree(self.room, known, by)
        if isinstance(done, Done) and done.detail == Ruling.IN_FORCE:
            scope = asked.scope
            assert len({*asked.agreed, by}) >= (2 if COMPANIES in scope.audiences else 1)
            word = self._word(
                *scope.audiences, until=scope.until, given_at=max(asked.given_at, known.given_at)
            )
            self.strictest._replace(word)

    async def waits(self) -> None:
        await self.room.clock.advance(minutes=self.rng.choice((1, 30, 90)))
        await self.room.desk.fire_due(limit=50)

    async def look(self) -> None:
        """What leaves right now is held against the strictest reading."""
        now = self.room.clock.now()
        point = (MISSIONS, Mode.QUIET, FieldName.COUNTRY, now)
        for job in await claim(self.room):
            tells = job.track is MISSIONS and job.purpose.value != "stand_down"
            if tells and job.case in self.cases:
                assert self.strictest.allowed(point)
                self.left += 1
            await settle(self.room, job, "handed_off")
        self.refused += not self.strictest.allowed(point)
        await self.room.clock.advance(seconds=1)

    def _word(self, *audiences: TrackName, **changes: Any) -> Consent:
        changes.setdefault("by", "person:ana")
        self.serial += 1
        return said(
            self.room, *audiences, pseudonym=self.pseudonym, id=f"k{self.subject}-{self.serial}",
            **changes,
        )  # fmt: skip

    def _audiences(self) -> tuple[str, ...]:
        choice = (("missions",), ("nhris",), ("missions", "nhris"), ("missions", "companies"))
        return self.rng.choice(choice)

    def _until(self) -> Any:
        at = self.room.clock.now() + timedelta(minutes=self.rng.choice((20, 200)))
        return at if self.rng.random() < 0.3 else None
