"""One case that cannot be written, among many that are due at the same moment."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from engine.desk import inner
from engine.desk.alone import Alone
from engine.desk.batch import Came
from engine.desk.lanes import Lane, Unit
from engine.desk.think import Outcome

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
