"""Firing, claiming and settling: what the loops ask of the desk."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from engine.answer_tokens import digest
from engine.case import commands as c
from engine.case.decide import run
from engine.case.state import AlertStatus
from engine.desk import faults, sends, settling
from engine.store import tables as t
from schemas.codes import Severity, TrackName
from schemas.projection import Purpose
from schemas.responses import Done
from schemas.safeguards import Basis
from tests.integration.engine.desk.room import (
    MISSIONS,
    REGISTRY,
    START,
    Room,
    World,
    a_room,
    report,
)
from tests.unit.engine.case import builders as b

ALL = 1_000


@pytest.fixture
def path(store_url: str) -> str:
    return store_url


def consented(situation: str = "sit-1", **changes: Any) -> Any:
    given = {"basis": "person", "audiences": ["missions", "nhris"], "mode": "quiet"}
    return b.an_event(situation=situation, consent=[given], **changes)


async def claim(room: Room) -> tuple[Any, ...]:
    claimed = await room.desk.claim_sends(free={"sms": ALL, "email": ALL}, others=ALL)
    return claimed.jobs


async def settle(room: Room, job: Any, state: str, **more: Any) -> None:
    reason = "accepted" if state == "handed_off" else "busy"
    outcome = c.TryOutcome(
        key=job.key,
        attempt_no=job.attempt_no,
        state=state,
        reason=reason,
        **more,  # type: ignore[arg-type]
    )
    await room.desk.settle_sends([outcome])


async def row(room: Room, key: str) -> Any:
    (found,) = await room.rows(t.notifications, t.notifications.c.key == key)
    return found


async def released(room: Room, **changes: Any) -> str:
    """A case whose embassy is to be told, with duty's own messages out of the way."""
    done = await room.one(report("e1", consented(), **{**MISSIONS, **changes}))
    assert isinstance(done, Done)
    for job in await claim(room):
        await settle(room, job, "handed_off")
    release = c.Release(
        inbox=room.inbox(),
        case=done.case,
        track=TrackName.MISSIONS,
        by="ana",
        record=c.ReleaseRecord(
            id="r1", why="protect_now", reprisal_forecast="low", wishes_read=True
        ),
    )
    assert isinstance(await room.one(release), Done)
    return done.case


async def test_what_is_due_fires_once_and_the_next_time_is_known(path: str) -> None:
    async with a_room(path) as room:
        await room.one(report(severity=Severity.CRITICAL))
        before = len(await room.rows(t.notifications))
        assert (await room.desk.fire_due(limit=10)).cases == 0

        await room.clock.advance(minutes=15)
        fired = await room.desk.fire_due(limit=10)

        assert (fired.cases, fired.more) == (1, False)
        assert fired.next_due is not None and fired.next_due > room.clock.now()
        assert len(await room.rows(t.notifications)) > before
        assert (await room.desk.fire_due(limit=10)).cases == 0


async def test_the_gravest_and_longest_due_cases_fire_first(path: str) -> None:
    async with a_room(path) as room:
        for n, severity in enumerate((Severity.WATCH, Severity.HIGH, Severity.CRITICAL)):
            event = b.an_event(situation=f"s{n}")
            await room.one(report(f"e{n}", event, severity=severity))
        await room.clock.advance(days=30)

        fired = await room.desk.fire_due(limit=1)

        assert fired.more
        last = await room.rows(t.journal, t.journal.c.kind == "step_fired")
        newest = max(last, key=lambda leaf: (leaf.at, leaf.n))
        (case,) = await room.rows(t.cases, t.cases.c.id == newest.stream)
        assert case.severity == Severity.CRITICAL.rank


async def test_a_tick_that_raises_is_noted_paused_and_pages_while_others_go_on(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_room(path) as room:
        bad = await room.one(report("e1"))
        good = await room.one(report("e2", b.an_event(situation="s2")))
        assert isinstance(bad, Done) and isinstance(good, Done)

        def one_is_sick(case: Any, command: Any, now: Any) -> Any:
            if isinstance(command, c.Tick) and case.id == bad.case:
                raise KeyError("something about a person")
            return run(case, command, now)

        monkeypatch.setattr(faults, "run", one_is_sick)
        await room.clock.advance(hours=2)
        fired = await room.desk.fire_due(limit=10)

        assert fired.cases == 2
        sick, well = await room.case(bad.case), await room.case(good.case)
        assert (sick.faults, sick.retry_at) == (1, room.clock.now() + faults.FIRST_PAUSE)
        assert well.faults == 0
        fault = (await room.facts(bad.case))[-1]
        assert (fault.kind, fault.code) == ("case_faulted", "KeyError")  # type: ignore[union-attr]
        incidents = await room.rows(t.cases, t.cases.c.kind == "incident")
        assert [row.incident for row in incidents] == ["case_faulted"]

        for _ in range(12):  # pauses grow, and never beyond five minutes
            await room.clock.advance(minutes=5)
            await room.desk.fire_due(limit=10)
        assert (await room.case(bad.case)).faults == 13

        monkeypatch.undo()
        await room.clock.advance(minutes=5)
        await room.desk.fire_due(limit=10)
        assert (await room.case(bad.case)).faults == 0
        assert await room.sound()


async def test_a_case_whose_state_cannot_be_read_pages_and_holds_nobody_up(path: str) -> None:
    async with a_room(path) as room:
        bad = await room.one(report("e1"))
        await room.one(report("e2", b.an_event(situation="s2")))
        await room.writer.run(
            lambda conn: (
                conn.execute(
                    text("UPDATE cases SET state = :x WHERE id = :id"),
                    {"x": b"{broken", "id": bad.case},  # type: ignore[union-attr]
                ).rowcount
            )
        )
        await room.clock.advance(hours=2)

        fired = await room.desk.fire_due(limit=10)

        assert fired.cases == 2
        incidents = await room.rows(t.cases, t.cases.c.kind == "incident")
        assert [row.incident for row in incidents] == ["case_unreadable"]
        (kept,) = await room.rows(t.cases, t.cases.c.id == bad.case)  # type: ignore[union-attr]
        assert kept.due_at == room.clock.now() + faults.LONGEST_PAUSE


async def test_a_claim_hands_out_what_the_guard_allows_and_counts_the_try(path: str) -> None:
    async with a_room(path) as room:
        case = await released(room)

        (job,) = [job for job in await claim(room) if job.contact == "desk"]

        assert (job.party, job.contact, job.purpose) == ("embassy", "desk", Purpose.TELL)
        assert job.endpoint == REGISTRY.endpoint("email-desk")
        assert job.verdict.allowed and job.case == case
        stored = await row(room, job.key)
        assert (stored.state, stored.attempts, stored.next_at) == ("sending", 1, None)
        (token,) = await room.rows(t.tokens, t.tokens.c.contact == "desk")
        assert (token.digest, token.contact) == (digest(job.token), "desk")
        assert token.expires_at == START + timedelta(hours=72)
        assert job.code == room.answers.code_of(job.token)
        assert await claim(room) == ()


async def test_a_message_tried_again_opens_the_same_page_with_the_same_code(path: str) -> None:
    async with a_room(path) as room:
        await released(room)
        first, _ = await claim(room)
        await settle(room, first, "unknown")
        await room.clock.advance(minutes=1)

        (again,) = await claim(room)

        assert (again.key, again.token, again.code) == (first.key, first.token, first.code)
        assert again.attempt_no == 2
        assert {token.issued_at for token in await room.rows(t.tokens)} == {START}


async def test_consent_withdrawn_between_plan_and_claim_stops_the_message(path: str) -> None:
    async with a_room(path) as room:
        case = await released(room)
        consent = b.a_consent(id="withdrawn", revoked=True, basis=Basis.PERSON)
        revoked = c.ConsentChanged(inbox=room.inbox(), consent=consent, state="revoked")

        await room.one(revoked)

        assert await claim(room) == ()
        (alert,) = [a for a in (await room.case(case)).alerts if a.party == "embassy"]
        assert alert.status is AlertStatus.WITHHELD
        states = {n.contact: n.state for n in await room.rows(t.notifications)}
        assert states["desk"] == "cancelled"


async def test_a_revocation_reaches_every_case_of_the_person_and_later_reports(
    path: str,
) -> None:
    async with a_room(path) as room:
        for n in range(3):
            await room.one(report(f"e{n}", consented(f"s{n}"), **MISSIONS))
        consent = b.a_consent(id="withdrawn", revoked=True)

        await room.one(c.ConsentChanged(inbox=room.inbox(), consent=consent, state="revoked"))

        applied = await room.rows(t.journal, t.journal.c.kind == "consent_applied")
        assert len({leaf.stream for leaf in applied}) == 3


async def test_a_party_tied_to_the_perpetrator_since_is_not_told(path: str) -> None:
    async with a_room(path) as room:
        await released(room)
        tie = b.Link(
            id="new",
            kind=b.LinkKind.PARENT_OF,
            a="guardia",
            b="embassy",
            status=b.LinkStatus.UNVERIFIED,
            source="a tip",
        )
        changed = b.Registry(
            [REGISTRY.party(p.id) for p in b.PARTIES],  # type: ignore[misc]
            links=(*b.LINKS, tie),
            contacts=[x for p in b.PARTIES for x in REGISTRY.contacts(p.id)],
        )
        room.world.swap(World(registry=changed, roster=b.ROSTER))

        assert await claim(room) == ()

        told = {n.contact: (n.state, n.reason) for n in await room.rows(t.notifications)}
        assert told["desk"] == ("cancelled", "perpetrator_closure")
        assert await room.sound()


async def test_stop_outgoing_holds_everybody_but_duty_and_lets_go_again(path: str) -> None:
    async with a_room(path) as room:
        await released(room)
        other = [{"kind": "person", "pseudonym": "somebody-else"}]
        police = [{"party": "police", "role": "alleged_perpetrator"}]
        await room.one(report("e2", b.an_event(situation="s2", subjects=other, parties=police)))
        await room.one(c.StopOutgoing(inbox=room.inbox(), on=True, by="ana"))

        while_stopped = await claim(room)
        await room.one(c.StopOutgoing(inbox=room.inbox(), on=False, by="ana"))
        await room.one(c.StopOutgoing(inbox=room.inbox(), on=False, by="ben"))
        after = await claim(room)

        assert {job.track for job in while_stopped} == {TrackName.DUTY}
        assert {job.party for job in after} == {"embassy"}


async def test_duty_of_grave_cases_goes_first_and_first_tells_before_second_ones(
    path: str,
) -> None:
    async with a_room(path) as room:
        await room.one(report("e1", b.an_event(situation="s1"), severity=Severity.CRITICAL))
        await room.clock.advance(minutes=15)
        await room.desk.fire_due(limit=10)
        await room.one(report("e2", b.an_event(situation="s2"), severity=Severity.WATCH))
        await room.one(report("e3", b.an_event(situation="s3"), severity=Severity.HIGH))

        claimed = await room.desk.claim_sends(free={"sms": 2}, others=0)

        assert [job.severity for job in claimed.jobs] == [Severity.CRITICAL, Severity.HIGH]


async def test_only_free_slots_are_filled_and_a_dead_channel_starves_no_other(
    path: str,
) -> None:
    async with a_room(path) as room:
        for n in range(4):
            await room.one(report(f"e{n}", b.an_event(situation=f"s{n}")))

        claimed = await room.desk.claim_sends(free={"sms": 1, "email": 0}, others=5)

        assert [job.channel for job in claimed.jobs] == ["sms"]


@pytest.mark.parametrize(("tries", "pause"), [(1, 5), (2, 10), (3, 20), (7, 300), (50, 300)])
def test_pauses_between_tries_double_up_to_five_minutes(tries: int, pause: int) -> None:
    assert settling.pause_after(tries) == timedelta(seconds=pause)


@pytest.mark.parametrize(("asked", "pause"), [(60.0, 60), (1.0, 5), (86_400.0, 300), (-1.0, 5)])
async def test_a_provider_that_asks_for_time_gets_it_but_never_a_day(
    path: str, asked: float, pause: int
) -> None:
    async with a_room(path) as room:
        await room.one(report())
        job = (await claim(room))[0]

        await settle(room, job, "failed_temporary", retry_after=asked)

        stored = await row(room, job.key)
        assert stored.state == "failed_temporary"
        assert stored.next_at == START + timedelta(seconds=pause)


async def test_eight_unknown_tries_are_enough_then_the_next_way(path: str) -> None:
    async with a_room(path) as room:
        await room.one(report())
        key = next(job.key for job in await claim(room) if job.channel == "sms")
        for attempt_no in range(1, sends.UNKNOWN_AT_MOST + 1):
            outcome = c.TryOutcome(key=key, attempt_no=attempt_no, state="unknown", reason="x")
            await room.desk.settle_sends([outcome])
            await room.clock.advance(minutes=5)
            await claim(room)

        stored = await row(room, key)
        assert (stored.state, stored.reason) == ("failed_permanent", "unknown_exhausted")
        assert len(await room.rows(t.attempts, t.attempts.c.key == key)) == 8
        assert "delivery_failed" in [f.kind for f in await room.facts(stored.case_id)]


async def test_a_hard_refusal_moves_to_the_next_way_at_once(path: str) -> None:
    noor = {"found": (b.found("haldane", TrackName.MISSIONS),), "tracks": MISSIONS["tracks"]}
    async with a_room(path) as room:
        done = await room.one(report("e1", consented(), **noor))
        for job in await claim(room):
            await settle(room, job, "handed_off")
        await room.one(
            c.Release(
                inbox=room.inbox(),
                case=done.case,  # type: ignore[union-attr]
                track=TrackName.MISSIONS,
                by="ana",
                record=c.ReleaseRecord(
                    id="r1", why="protect_now", reprisal_forecast="low", wishes_read=True
                ),
            )
        )
        (job,) = await claim(room)
        assert (job.contact, job.channel) == ("noor", "email")

        await settle(room, job, "failed_permanent")
        (next_way,) = await claim(room)

        assert (next_way.contact, next_way.channel) == ("noor", "sms")


async def test_a_late_yes_counts_and_a_late_no_does_not(path: str) -> None:
    async with a_room(path) as room:
        await room.one(report())
        one, two = (await claim(room))[:2]
        for job in (one, two):
            await settle(room, job, "unknown")

        await settle(room, one, "handed_off")
        await settle(room, two, "failed_permanent")

        assert (await row(room, one.key)).state == "handed_off"
        assert (await row(room, two.key)).state == "unknown"


async def test_what_was_handed_on_is_never_anything_less(path: str) -> None:
    async with a_room(path) as room:
        await room.one(report())
        job = (await claim(room))[0]
        await settle(room, job, "handed_off")

        for state in ("failed_temporary", "failed_permanent", "unknown"):
            await settle(room, job, state)

        assert (await row(room, job.key)).state == "handed_off"


async def test_acknowledging_stops_messages_already_queued_and_those_being_retried(
    path: str,
) -> None:
    async with a_room(path) as room:
        done = await room.one(report())
        case = await room.case(done.case)  # type: ignore[union-attr]
        sending, *_ = (await room.desk.claim_sends(free={"sms": 1}, others=0)).jobs
        response = b.Response(kind=b.ResponseKind.ACKNOWLEDGED, way=b.Way.SMS, by="ana")
        await room.one(c.Respond(inbox=room.inbox(), alert=case.alerts[0].id, response=response))

        assert await claim(room) == ()
        await settle(room, sending, "failed_temporary")

        states = {n.channel: n.state for n in await room.rows(t.notifications)}
        assert states == {"sms": "cancelled", "email": "cancelled"}


async def test_after_a_crash_while_sending_the_message_is_unknown_and_tried_again(
    path: str,
) -> None:
    async with a_room(path) as room:
        await room.one(report())
        before = await claim(room)
    async with a_room(path) as room:
        await room.take_over()
        rows = await room.rows(t.notifications)
        assert {(n.state, n.unknowns) for n in rows} == {("unknown", 1)}

        again = await claim(room)

        assert {job.key for job in again} == {job.key for job in before}
        assert {job.attempt_no for job in again} == {2}
        tries = await room.rows(t.attempts, t.attempts.c.attempt_no == 1)
        assert {row.state for row in tries} == {"unknown"}
        assert await room.sound()


async def test_time_never_goes_back_behind_what_was_written(path: str) -> None:
    async with a_room(path) as room:
        await room.clock.advance(hours=5)
        await room.one(report())
    async with a_room(path) as room:  # a clock five hours behind
        await room.one(report("e2"))

        leaves = await room.rows(t.journal)
        assert min(leaf.at for leaf in leaves if leaf.stream != "system") == START + timedelta(
            hours=5
        )


@pytest.mark.parametrize("name", ["sm\0-123", "sm\ud800-123"])
async def test_what_a_gateway_calls_a_message_never_keeps_its_outcome_from_being_stored(
    path: str, name: str
) -> None:
    async with a_room(path) as room:
        await room.one(report())
        (job, *_) = await claim(room)

        await settle(room, job, "handed_off", provider_id=name)

        found = await row(room, job.key)
        assert (found.state, found.provider_id[:2], found.provider_id[-3:]) == (
            "handed_off",
            "sm",
            "123",
        )
