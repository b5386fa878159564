"""Two hotlines about the same: linked by one person, as strict as the strictest, in one commit."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.case import commands as c
from engine.case.state import AlertStatus, Case
from engine.store import tables as t
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.facts import WhyUnlinked
from schemas.plan import Reason
from schemas.responses import Done, Refused, RefusedBecause, Result
from tests.integration.engine.desk.room import MISSIONS, Room, a_room, report
from tests.integration.engine.desk.test_two_processes import claim, settle
from tests.unit.engine.case import builders as b

ALLOWED = {"basis": "person", "audiences": ["missions"], "mode": "quiet"}
DUTY_ONLY = {"basis": "person", "audiences": ["duty"], "mode": "quiet"}
SECOND = "hotline-two"
EMBASSY = TrackName.MISSIONS


def about(situation: str, *, who: str, consent: dict[str, Any], **more: Any) -> Any:
    """A report that has nothing in common with any other but what people know of it."""
    return b.an_event(
        more.pop("code", "eviction"),
        situation=situation,
        subjects=[{"kind": "community", "pseudonym": who}],
        parties=more.pop("parties", []),
        consent=[consent] if consent else [],
        **more,
    )


async def opened(room: Room, id: str, event: Any, **more: Any) -> str:
    done = await room.one(report(id, event, **(MISSIONS | more)))
    assert isinstance(done, Done)
    return done.case


async def first_hotline(room: Room) -> str:
    """Its people allow missions; nobody is told yet."""
    return await opened(room, "a1", about("a", who="one", consent=ALLOWED, code="reprisal_risk"))


async def second_hotline(room: Room, **more: Any) -> str:
    """Its people allow duty alone, unless said otherwise."""
    consent = more.pop("consent", DUTY_ONLY)
    event = about("b", who="two", consent=consent, **({"code": "reprisal_risk"} | more))
    return await opened(room, "b1", event, source=SECOND)


async def link(room: Room, one: str, other: str, by: str = "ana") -> Result:
    return await room.one(c.LinkCases(inbox=room.inbox(), case=one, other=other, by=by))


async def unlink(room: Room, case: str, by: str) -> Result:
    why = WhyUnlinked.ANOTHER_PERSON
    return await room.one(c.UnlinkCase(inbox=room.inbox(), case=case, by=by, why=why))


async def release(room: Room, case: str, id: str = "r1") -> Result:
    record = c.ReleaseRecord(id=id, why="protect_now", reprisal_forecast="low", wishes_read=True)
    return await room.one(
        c.Release(inbox=room.inbox(), case=case, track=EMBASSY, by="ana", record=record)
    )


async def tell(room: Room, case: str, id: str = "r1") -> list[str]:
    """Release, and send what may leave: to whom."""
    await release(room, case, id)
    jobs = [job for job in await claim(room) if job.case == case and job.track is EMBASSY]
    for job in jobs:
        await settle(room, job, "handed_off")
    return [job.contact for job in jobs]


def embassy(case: Case) -> Any:
    return next(alert for alert in case.alerts if alert.track is EMBASSY)


def frozen(case: Case) -> bool:
    return any(state.frozen for state in case.tracks if state.track.name.outward)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store of one's own."""
    return tmp_path / "desk.sqlite"


async def test_what_one_people_did_not_allow_is_told_under_neither_name(store_url: str) -> None:
    async with a_room(store_url) as room:
        one, other = await first_hotline(room), await second_hotline(room)
        assert isinstance(await link(room, one, other), Done)

        assert await tell(room, one) == []
        assert await tell(room, other, "r2") == []

        assert embassy(await room.case(one)).reason is Reason.LINKED
        for case, linked in ((one, other), (other, one)):
            assert [each.case for each in (await room.case(case)).links] == [linked]
        assert await room.sound()


async def test_with_both_consents_the_linked_cases_go_on_telling(path: Path) -> None:
    async with a_room(path) as room:
        one, other = await first_hotline(room), await second_hotline(room, consent=ALLOWED)
        await link(room, one, other)
        assert await tell(room, one) == ["lea", "desk"] or await tell(room, one, "r2")
        assert embassy(await room.case(one)).status is AlertStatus.WAITING


async def test_a_link_takes_nothing_back_from_those_already_told(path: Path) -> None:
    async with a_room(path) as room:
        one = await first_hotline(room)
        assert await tell(room, one)
        other = await second_hotline(room)
        before = embassy(await room.case(one))
        await link(room, one, other)

        after = embassy(await room.case(one))
        assert (after.status, after.tell_no) == (before.status, before.tell_no)
        assert not [job for job in await claim(room) if job.case == one and job.track is EMBASSY]
        done = await room.one(
            c.Respond(
                inbox=room.inbox(),
                alert=after.id,
                response=b.Response(kind=b.ResponseKind.ACKNOWLEDGED, way=b.Way.PAGE, by="lea"),
            )
        )
        assert isinstance(done, Done), "they may still answer"


async def test_a_word_taken_back_in_one_case_counts_in_the_other_at_once(path: Path) -> None:
    async with a_room(path) as room:
        one, other = await first_hotline(room), await second_hotline(room, consent=ALLOWED)
        await link(room, one, other)
        await release(room, one)
        revoked = b.a_consent(pseudonym=f"{SECOND}/two", revoked=True, by="ana")
        await room.one(c.ConsentChanged(inbox=room.inbox(), consent=revoked, state="revoked"))
        outward = [job for job in await claim(room) if job.track is EMBASSY]
        assert outward == []


async def test_a_person_who_joins_one_case_is_asked_for_the_other_too(path: Path) -> None:
    async with a_room(path) as room:
        one, other = await first_hotline(room), await second_hotline(room, consent=ALLOWED)
        await link(room, one, other)
        third = about("b", who="three", consent={}, code="enrichment")
        await opened(room, "b2", third, source=SECOND)
        (seen,) = (await room.case(one)).links
        assert seen.strictures.subjects == (f"{SECOND}/three", f"{SECOND}/two")
        assert await tell(room, one) == []
        assert await room.sound()


async def test_whoever_is_excluded_from_one_is_excluded_from_both(path: Path) -> None:
    async with a_room(path) as room:
        one = await first_hotline(room)
        assert await tell(room, one)
        perpetrator = [{"party": "embassy", "role": "alleged_perpetrator"}]
        other = await second_hotline(room, consent=ALLOWED, parties=perpetrator)
        await link(room, one, other)
        told = embassy(await room.case(one))
        assert told.status is AlertStatus.CLOSED
        assert told.reason is Reason.PERPETRATOR_CLOSURE
        owed = await room.rows(t.tasks, t.tasks.c.kind == "told_before_excluded")
        assert [row.case_id for row in owed] == [one]


async def test_an_act_in_one_after_a_notice_of_the_other_freezes_both(store_url: str) -> None:
    async with a_room(store_url) as room:
        one = await first_hotline(room)
        assert await tell(room, one)
        await room.clock.advance(days=13)
        act = about("b", who="two", consent=DUTY_ONLY, code="assault")
        other = await opened(room, "b1", act, source=SECOND, severity=Severity.CRITICAL)
        assert not frozen(await room.case(one)), "nothing that a machine could know ties them"
        await room.clock.advance(minutes=20)
        await link(room, one, other)

        for case in (one, other):
            assert frozen(await room.case(case))
            (suspected,) = [x for x in await room.facts(case) if isinstance(x, f.ReprisalSuspected)]
            assert suspected.at == room.clock.now()
        assert (await room.case(one)).severity is Severity.CRITICAL
        owed = await room.rows(t.tasks, t.tasks.c.kind == "reprisal")
        assert {row.case_id for row in owed if row.critical} == {one, other}
        pages = [job for job in await claim(room) if job.track is TrackName.DUTY]
        assert {job.case for job in pages} >= {one, other}
        assert await room.sound()


async def test_an_act_before_the_first_notice_is_no_reprisal(path: Path) -> None:
    async with a_room(path) as room:
        act = about("b", who="two", consent=ALLOWED, code="assault")
        other = await opened(room, "b1", act, source=SECOND)
        await room.clock.advance(hours=1)
        one = await first_hotline(room)
        assert await tell(room, one)
        await link(room, one, other)
        assert not frozen(await room.case(one)) and not frozen(await room.case(other))


async def test_an_act_between_two_notices_is_found_by_the_first(path: Path) -> None:
    async with a_room(path) as room:
        one = await first_hotline(room)
        assert await tell(room, one)
        await room.clock.advance(days=1)
        act = about("b", who="two", consent=ALLOWED, code="assault")
        other = await opened(room, "b1", act, source=SECOND)
        await room.clock.advance(days=1)
        lea = c.Respond(
            inbox=room.inbox(),
            alert=embassy(await room.case(one)).id,
            response=b.Response(kind=b.ResponseKind.WRONG_CONTACT, way=b.Way.PAGE, by="desk"),
        )
        await room.one(lea)
        await link(room, one, other)
        assert frozen(await room.case(one))


async def test_a_later_act_in_one_freezes_the_linked_one_too(path: Path) -> None:
    async with a_room(path) as room:
        one, other = await first_hotline(room), await second_hotline(room, consent=ALLOWED)
        await link(room, one, other)
        assert await tell(room, one)
        await room.clock.advance(days=3)
        act = about("b", who="two", consent={}, code="assault")
        await opened(room, "b2", act, source=SECOND)
        assert frozen(await room.case(one)) and frozen(await room.case(other))


async def test_unlinking_takes_two_and_tells_nobody_by_itself(path: Path) -> None:
    async with a_room(path) as room:
        one, other = await first_hotline(room), await second_hotline(room)
        await link(room, one, other)
        await release(room, one)
        await claim(room)
        assert isinstance(await unlink(room, one, "ana"), Done)
        assert (await room.case(one)).links
        again = await unlink(room, one, "ana")
        assert isinstance(again, Refused) and again.reason is RefusedBecause.SAME_PERSON
        assert isinstance(await unlink(room, one, "chi"), Done)

        assert not (await room.case(one)).links and not (await room.case(other)).links
        assert not [job for job in await claim(room) if job.track is EMBASSY]
        owed = await room.rows(t.tasks, t.tasks.c.kind == "release", t.tasks.c.case_id == one)
        assert [row for row in owed if row.done_at is None], "a person decides whether it is told"
        assert await tell(room, one, "r2")
        act = about("b", who="two", consent={}, code="assault")
        await room.clock.advance(days=1)
        await opened(room, "b2", act, source=SECOND)
        assert not frozen(await room.case(one)), "what was parted is no longer near"
        assert await room.sound()


async def test_whoever_joins_one_of_a_group_joins_all_of_it(path: Path) -> None:
    async with a_room(path) as room:
        one, other = await first_hotline(room), await second_hotline(room, consent=ALLOWED)
        event = about("c", who="three", consent=DUTY_ONLY, code="reprisal_risk")
        third = await opened(room, "c1", event, source="hotline-three")
        await link(room, one, other)
        await link(room, third, other)
        assert {each.case for each in (await room.case(one)).links} == {other, third}
        assert await tell(room, one) == [], "what the third did not allow counts in the first"
        await unlink(room, third, "ana")
        await unlink(room, third, "ben")
        assert {each.case for each in (await room.case(one)).links} == {other}
        assert await tell(room, one, "r2")


async def test_linking_is_the_same_from_either_side_and_after_a_restart(path: Path) -> None:
    async with a_room(path) as room:
        one, other = await first_hotline(room), await second_hotline(room)
        await link(room, other, one)
        (mine,), (theirs,) = (await room.case(one)).links, (await room.case(other)).links
        assert (mine.case, theirs.case) == (other, one)
    async with a_room(path) as room:
        assert await tell(room, one) == []
        assert await room.sound()
        again = await link(room, one, other)
        assert isinstance(again, Refused) and again.reason is RefusedBecause.ALREADY_ANSWERED


async def test_a_case_is_linked_neither_with_itself_nor_a_drill_nor_what_is_unknown(
    path: Path,
) -> None:
    async with a_room(path) as room:
        one = await first_hotline(room)
        drill = await opened(room, "d1", about("d", who="x", consent={}, exercise=True))
        said = [await link(room, one, each) for each in (one, drill, "cnothing")]
        assert [each.reason for each in said if isinstance(each, Refused)] == [
            RefusedBecause.INCOMPLETE,
            RefusedBecause.GUARD,
            RefusedBecause.UNKNOWN_CASE,
        ]
        assert not (await room.case(one)).links
        await room.clock.advance(seconds=timedelta(minutes=1).total_seconds())
