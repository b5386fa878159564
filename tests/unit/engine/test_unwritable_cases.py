"""One case that cannot be written, among many that are due at the same moment."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from engine.case.commands import RaiseIncident, TakeTask, TryOutcome
from engine.desk import inner
from engine.desk.alone import Alone
from engine.desk.batch import Came
from engine.desk.lanes import CommandFailed, Lane, Unit
from engine.desk.think import Outcome
from engine.ports import Position
from schemas.codes import IncidentCode

START = datetime(2027, 3, 1, tzinfo=UTC)
DUE = [f"case-{n:03d}" for n in range(128)]


class Store:
    """Writes every group of cases but those with a case in it that breaks a constraint."""

    def __init__(self, *broken: str) -> None:
        self.broken = frozenset(broken)
        self.written: list[str] = []
        self.noted: list[str] = []
        self.transactions = 0

    async def carry_out(self, units: Sequence[Unit]) -> Came:
        self.transactions += 1
        (command,) = units[0].commands
        if isinstance(command, inner.Fault):
            self.noted.append(command.case)
        else:
            assert isinstance(command, inner.Fire)
            if self.broken & set(command.only):
                raise IntegrityError("statement", {}, ValueError())
            self.written.extend(command.only)
        return Came(outcomes=(Outcome(answers=(None,)),), at=START, decided=True)


async def fire(store: Store) -> None:
    async def due(most: int) -> list[str]:
        return DUE

    async def nothing(claim: inner.Claim) -> list[str]:
        return []

    async def postpone(case: str) -> None:
        raise AssertionError("its fault could be noted")

    alone = Alone(store.carry_out, due=due, claimable=nothing, postpone=postpone)
    answer = asyncio.get_running_loop().create_future()
    await alone.run(Unit(commands=(inner.Fire(limit=128),), lane=Lane.CRITICAL, answer=answer))


@pytest.mark.parametrize("broken", [DUE[0], DUE[63], DUE[127]])
async def test_all_others_are_decided_and_the_one_is_noted(broken: str) -> None:
    store = Store(broken)

    await fire(store)

    assert store.written == [case for case in DUE if case != broken]
    assert store.noted == [broken]


async def test_six_thousand_overdue_do_not_wait_for_a_transaction_each() -> None:
    store = Store(DUE[77])

    await fire(store)

    assert store.transactions < 24


async def test_even_where_none_can_be_written_each_is_noted() -> None:
    store = Store(*DUE)

    await fire(store)

    assert not store.written
    assert store.noted == DUE


# --- what cannot be written in any way


class Full:
    """Writes nothing that it is told of, and everything else."""

    def __init__(self, *never: type[Any]) -> None:
        self.never = never
        self.raised: list[RaiseIncident] = []
        self.places: list[Position | None] = []
        self.postponed: list[str] = []

    async def carry_out(self, units: Sequence[Unit]) -> Came:
        (command,) = units[0].commands
        if isinstance(command, self.never):
            raise ValueError("a value that the store has no room for")
        if isinstance(command, RaiseIncident):
            self.raised.append(command)
            self.places.append(units[0].position)
        return Came(outcomes=(Outcome(answers=(None,)),), at=START, decided=True)

    async def run(self, command: object) -> Outcome:
        async def due(most: int) -> list[str]:
            return DUE[:1]

        async def claimable(claim: inner.Claim) -> list[str]:
            return ["a message"]

        async def postpone(case: str) -> None:
            self.postponed.append(case)

        alone = Alone(self.carry_out, due=due, claimable=claimable, postpone=postpone)
        answer = asyncio.get_running_loop().create_future()
        place = Position(topic="reports", partition=0, offset=7, epoch=1)
        unit = Unit(commands=(command,), lane=Lane.CRITICAL, answer=answer, position=place)
        return await alone.run(unit)


SETTLE = inner.Settle(outcomes=(TryOutcome(key="k", attempt_no=1, state="handed_off", reason=""),))
CLAIM = inner.Claim(free=(), others=1)
NEVER: dict[str, tuple[object, tuple[type[Any], ...]]] = {
    "what a person asked for": (TakeTask(inbox="i", case="c", task="t", by="ana"), (TakeTask,)),
    "what became of a message": (SETTLE, (inner.Settle,)),
    "a case that is due, and that it cannot be": (
        inner.Fire(limit=1),
        (inner.Fire, inner.Fault),
    ),
    "a claim, and that it waits": (CLAIM, (inner.Claim, inner.Delay)),
}


@pytest.mark.parametrize("what", NEVER)
async def test_duty_is_told_when_the_store_takes_no_form_of(what: str) -> None:
    command, never = NEVER[what]
    store = Full(*never)

    await store.run(command)

    assert store.raised == [RaiseIncident(code=IncidentCode.COMMAND_FAILED, key="ValueError")]


async def test_what_duty_is_told_takes_no_place_in_the_log_from_what_was_not_taken() -> None:
    store = Full(TakeTask)

    outcome = await store.run(TakeTask(inbox="i", case="c", task="t", by="ana"))

    assert isinstance(outcome.error, CommandFailed)
    assert store.places == [None]


async def test_a_case_of_which_nothing_can_be_written_waits_and_duty_is_told() -> None:
    store = Full(inner.Fire, inner.Fault)

    await store.run(inner.Fire(limit=1))

    assert store.postponed == DUE[:1]
    assert len(store.raised) == 1


async def test_an_incident_that_cannot_be_written_is_not_told_by_another() -> None:
    store = Full(RaiseIncident)

    outcome = await store.run(RaiseIncident(code=IncidentCode.CLAIM_FAILED))

    assert isinstance(outcome.error, CommandFailed)


async def test_what_can_be_noted_in_another_way_calls_nobody_by_this_one() -> None:
    store = Full(inner.Fire)

    await store.run(inner.Fire(limit=1))

    assert store.raised == []
