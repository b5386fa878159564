"""Delivery receipts at the desk: found by either name, forward only, in any order."""

import asyncio
import itertools
from typing import Any

import pytest

from engine.case import commands as c
from engine.store import tables as t
from schemas.responses import Done, Refused
from tests.integration.engine.desk.room import Room, a_room, report


@pytest.fixture
def path(store_url: str) -> str:
    return store_url


async def paged(room: Room, *, state: str = "handed_off") -> Any:
    """A case is open, and the text of its first page came to this."""
    await room.one(report())
    (job, *_) = (await room.desk.claim_sends(free={"sms": 9}, others=0)).jobs
    outcome: Any = {
        "key": job.key,
        "attempt_no": job.attempt_no,
        "state": state,
        "reason": "x",
        "provider_id": "gw-1" if state == "handed_off" else "",
    }
    await room.desk.settle_sends([c.TryOutcome(**outcome)])
    return job


def said(**given: Any) -> c.DeliveryReported:
    return c.DeliveryReported(**{"channel": "sms", "delivered": True, **given})


async def state(room: Room, key: str) -> str:
    (row,) = await room.rows(t.notifications, t.notifications.c.key == key)
    return str(row.state)


async def kinds(room: Room, case: str) -> list[str]:
    found = [fact.kind for fact in await room.facts(case)]
    return [kind for kind in found if kind in ("handed_off", "delivered", "delivery_failed")]


async def test_a_message_is_found_by_the_name_its_provider_gave_it(path: str) -> None:
    async with a_room(path) as room:
        job = await paged(room)

        answer = await room.one(said(provider_id="gw-1"))

        assert answer == Done(case=job.case)
        assert await state(room, job.key) == "delivered"
        assert await kinds(room, job.case) == ["handed_off", "delivered"]
        assert await room.sound()


@pytest.mark.parametrize(
    "given",
    [
        {"key": "never-decided"},
        {"provider_id": "gw-2"},
        {"provider_id": "gw-1", "channel": "sms-other"},
        {"key": "", "provider_id": ""},
    ],
)
async def test_a_receipt_of_somebody_elses_message_changes_nothing(
    path: str, given: dict[str, str]
) -> None:
    async with a_room(path) as room:
        job = await paged(room)

        assert isinstance(await room.one(said(**given)), Refused)

        assert await state(room, job.key) == "handed_off"


async def test_the_key_of_another_channels_message_is_not_believed(path: str) -> None:
    async with a_room(path) as room:
        job = await paged(room)

        assert isinstance(await room.one(said(key=job.key, channel="sms-other")), Refused)

        assert await state(room, job.key) == "handed_off"


async def test_nobody_can_report_away_a_page_that_never_left(path: str) -> None:
    async with a_room(path) as room:
        await room.one(report())
        (row, *_) = await room.rows(t.notifications, t.notifications.c.channel == "sms")

        assert isinstance(await room.one(said(key=row.key)), Refused)

        assert [job.key for job in (await room.desk.claim_sends(free={"sms": 9}, others=0)).jobs]


ORDERS = list(itertools.product((True, False), repeat=3))


@pytest.mark.parametrize("order", ORDERS, ids=["".join("NY"[x] for x in o) for o in ORDERS])
async def test_in_whatever_order_they_come_the_state_only_rises(
    path: str, order: tuple[bool, ...]
) -> None:
    async with a_room(path) as room:
        job = await paged(room)

        await asyncio.gather(*(room.one(said(key=job.key, delivered=each)) for each in order))

        assert await state(room, job.key) == ("delivered" if any(order) else "failed_permanent")
        facts = await kinds(room, job.case)
        assert facts.count("delivered") == (1 if any(order) else 0)
        assert facts.count("delivery_failed") == (0 if order[0] else 1)
        assert await room.sound()


@pytest.mark.parametrize("before", ["unknown", "failed_temporary"])
@pytest.mark.parametrize(("delivered", "after"), [(True, "delivered"), (False, "failed_permanent")])
async def test_what_the_provider_knows_ends_what_we_do_not(
    path: str, before: str, delivered: bool, after: str
) -> None:
    async with a_room(path) as room:
        job = await paged(room, state=before)

        await room.one(said(key=job.key, delivered=delivered))

        assert await state(room, job.key) == after
        await room.clock.advance(minutes=1)
        tried = (await room.desk.claim_sends(free={"sms": 9}, others=9)).jobs
        assert job.key not in [each.key for each in tried]


async def test_an_outcome_that_comes_after_the_receipt_takes_nothing_back(path: str) -> None:
    async with a_room(path) as room:
        await room.one(report())
        (job, *_) = (await room.desk.claim_sends(free={"sms": 9}, others=0)).jobs

        await asyncio.gather(
            room.one(said(key=job.key)),
            room.desk.settle_sends(
                [
                    c.TryOutcome(
                        key=job.key, attempt_no=1, state="failed_permanent", reason="refused"
                    )
                ]
            ),
        )

        assert await state(room, job.key) in ("delivered", "failed_permanent")
        await room.one(said(key=job.key))
        assert await state(room, job.key) == "delivered"
        assert await room.sound()


async def test_a_consequence_that_cannot_be_written_does_not_make_the_provider_try_for_ever(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.desk import desk as desk_module

    real = desk_module.execute

    def cannot(conn: Any, units: Any, setting: Any) -> Any:
        for unit in units:
            for command in unit.commands:
                if getattr(command, "report", None) and not command.plain:
                    raise LookupError("cannot be written")
        return real(conn, units, setting)

    async with a_room(path) as room:
        job = await paged(room)
        monkeypatch.setattr(desk_module, "execute", cannot)

        answer = await room.one(said(key=job.key, delivered=False))

        assert isinstance(answer, Done)
        assert await state(room, job.key) == "failed_permanent"
