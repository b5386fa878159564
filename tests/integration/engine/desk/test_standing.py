"""A standing case over the store: sound for months, found when who may know changes, replayed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.case import commands as c
from engine.case.state import CaseStatus
from engine.store import alerts
from rules.rulebook import load
from schemas.codes import Heard, SubjectStatus, TrackName
from schemas.facts import WhyStanding
from schemas.plan import Step
from schemas.responses import Done
from schemas.roster import Role
from tests.harness.towns import ARREST, rulebook_text
from tests.integration.engine.desk.room import Room, a_room
from tests.integration.engine.desk.test_linking import (
    first_hotline,
    link,
    opened,
    second_hotline,
    tell,
)
from tests.unit.engine.case import builders as b


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store of one's own."""
    return tmp_path / "desk.sqlite"


async def stands(room: Room, case: str, *, days: int = 29) -> None:
    at = room.clock.now() + timedelta(days=days)
    for command in (
        c.ProposeStanding(
            inbox=room.inbox(), case=case, by="ana", why=WhyStanding.SENTENCE, review_at=at
        ),
        c.ConfirmStanding(inbox=room.inbox(), case=case, by="chi"),
    ):
        assert isinstance(await room.one(command), Done)


async def look_after(room: Room, case: str) -> None:
    """Finish every talk that is owed."""
    for task in (await room.case(case)).tasks:
        if task.kind in ("check_in", "first_contact"):
            await room.one(
                c.FinishTask(
                    inbox=room.inbox(), case=case, task=task.id, by="ana",
                    heard=Heard.SAFE_CHANNEL,
                )
            )  # fmt: skip


async def fire(room: Room) -> None:
    while (await room.desk.fire_due(limit=20)).more:
        pass


async def test_a_case_stands_for_weeks_and_every_promise_of_the_engine_holds(path: Path) -> None:
    async with a_room(path) as room:
        case = await first_hotline(room)
        assert await tell(room, case)
        await stands(room, case)
        for _ in range(9):
            await look_after(room, case)
            await room.clock.advance(days=3)
            await fire(room)
        assert (await room.case(case)).status is CaseStatus.STANDING
        assert await room.sound()

        await room.clock.advance(days=4)
        await fire(room)
        await room.clock.advance(hours=6)
        await fire(room)
        seen = await room.case(case)
        assert seen.status is CaseStatus.STANDING
        assert seen.track(b.TrackName.DUTY).next_at is not None  # type: ignore[union-attr]
        assert await room.sound(), "the review is overdue, and duty is called for it"


async def test_whoever_was_told_of_a_standing_case_is_looked_at_again(path: Path) -> None:
    async with a_room(path) as room:
        case = await first_hotline(room)
        assert await tell(room, case)
        await stands(room, case)
        found = await room.writer.run(lambda conn: alerts.cases_told(conn, after="", most=9))
        assert found == [case]


async def test_worse_news_of_the_person_opens_it_and_calls_duty(path: Path) -> None:
    async with a_room(path) as room:
        case = await first_hotline(room)
        await stands(room, case)
        noted = c.NoteStatus(
            inbox=room.inbox(), case=case, by="ana", status=SubjectStatus.DISAPPEARED
        )
        assert isinstance(await room.one(noted), Done)
        assert (await room.case(case)).status is CaseStatus.OPEN
        assert await room.sound()


async def test_worse_news_calls_duty_by_the_ladder_of_the_rulebook_in_force(path: Path) -> None:
    """It was the built-in one: a desk that calls its director at once did so after an hour."""
    text = rulebook_text(ARREST)
    quick = text.replace("{after: 15m, roles: [second]}", "{after: 2m, roles: [director]}")
    async with a_room(path) as room:
        case = await first_hotline(room)
        room.world.swap(replace(room.world.current, rulebook=load(quick, filename="quick.yaml")))
        noted = c.NoteStatus(
            inbox=room.inbox(), case=case, by="ana", status=SubjectStatus.DISAPPEARED
        )
        assert isinstance(await room.one(noted), Done)
        state = (await room.case(case)).track(TrackName.DUTY)
        assert state is not None
        assert state.track.steps[1] == Step(offset=120, roles=(Role.DIRECTOR,))
        assert await room.sound()


async def test_a_report_to_a_case_that_stands_opens_it_in_the_store(path: Path) -> None:
    async with a_room(path) as room:
        case = await first_hotline(room)
        await stands(room, case)
        event = b.an_event("suit_withdrawn", situation="a", subjects=[], parties=[])
        assert await opened(room, "a2", event) == case
        assert (await room.case(case)).status is CaseStatus.OPEN
        assert await room.sound()


async def test_a_standing_case_is_linked_and_goes_on_standing(path: Path) -> None:
    async with a_room(path) as room:
        case, other = await first_hotline(room), await second_hotline(room)
        await stands(room, case)
        await link(room, case, other)
        seen = await room.case(case)
        assert (seen.status, [x.case for x in seen.links]) == (CaseStatus.STANDING, [other])
        assert await room.sound()
