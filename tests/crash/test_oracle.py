"""The oracle itself: whatever is planted, it finds; where nothing is wrong, it says nothing."""

import asyncio
import copy
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from engine.intake.scope import only
from engine.registry.world import World
from engine.store import tables as t
from engine.store.database import Database
from rules.rulebook import load
from schemas.responses import Way
from tests.crash.faults import Struck
from tests.crash.ledger import Ledger, Reports
from tests.crash.oracle import Arrival, Oracle, Verdict
from tests.crash.records import LogRecord
from tests.crash.town import RULEBOOK
from tests.harness.people import faro
from tests.harness.towns import loto
from tests.integration.intake.room import a_room
from tests.unit.engine.intake.builders import WIDE

AT = 4_000_000_000.0
"""Long after everything was decided."""


@dataclass
class Night:
    """What was seen from outside of a night in which all went well."""

    conn: Connection
    ledger: Ledger
    told: list[LogRecord]
    arrivals: list[Arrival]
    struck: list[Struck] = field(default_factory=list)

    def judged(self, *, now: datetime | None = None) -> Verdict:
        oracle = Oracle(
            ledger=self.ledger,
            taken=[],
            told=self.told,
            arrivals=self.arrivals,
            struck=self.struck,
        )
        return oracle.judge(self.conn, now=now)

    @property
    def a_case(self) -> str:
        ids = self.conn.execute(select(t.cases.c.id).where(t.cases.c.kind == "case")).scalars()
        return str(sorted(ids)[0])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ledger]:
    """Six reports over HTTP, with their first pages decided; made once, since it takes a second."""
    directory = tmp_path_factory.mktemp("oracle")
    return directory / "tocsin.db", asyncio.run(_made(directory))


async def _made(directory: Path) -> Ledger:
    roster = faro()
    world = World(
        registry=loto().with_duty(roster), roster=roster, rulebook=load(RULEBOOK, filename="night")
    )
    ledger = Ledger()
    reports = Reports(ledger, seed=1)
    async with a_room(directory, world=world) as room:
        for _ in range(6):
            sent = reports.fresh()
            await room.door.take(sent.body, scopes=only(WIDE), way=Way.API)
            ledger.acknowledged[sent.id] = "http"
        await room.desk.fire_due(limit=64)
    return ledger


@pytest.fixture
def night(made: tuple[Path, Ledger], tmp_path: Path) -> Iterator[Night]:
    """Each page was handed on once, each fact published."""
    path, ledger = made
    shutil.copy(path, tmp_path / "night.db")
    database = Database(f"sqlite:///{tmp_path / 'night.db'}")
    conn = database.writer()
    conn.execute(update(t.notifications).values(state="handed_off", next_at=None, attempts=1))
    pages = list(conn.execute(select(t.notifications.c.key, t.notifications.c.decided_at)))
    for key, at in pages:
        tried = {"key": key, "attempt_no": 1, "at": at, "instance": "test", "state": "handed_off"}
        conn.execute(t.attempts.insert().values(**tried))
    leaves = conn.execute(
        select(t.journal.c.stream, t.journal.c.n)
        .where(t.journal.c.stream != "system")
        .order_by(t.journal.c.stream, t.journal.c.n)
    )
    told = [
        LogRecord(topic="c", partition=0, offset=0, value=b"", headers={"ce_id": f"{case}.{n}"})
        for case, n in leaves
    ]
    yield Night(
        conn=conn,
        ledger=copy.deepcopy(ledger),
        told=told,
        arrivals=[Arrival(key=key, at=AT) for key, _ in pages],
    )
    conn.close()
    database.close()


async def test_where_nothing_went_wrong_it_finds_nothing(night: Night) -> None:
    verdict = night.judged()

    assert verdict.sound, verdict.complaints()
    assert verdict.line() == (
        "events=6 answers=0 lost=0 applied_twice=0 wrong_state=0 missing_notifications=0 "
        "duplicates=0 bound=0"
    )


async def test_a_report_that_was_acknowledged_and_is_nowhere_is_lost(night: Night) -> None:
    sent = Reports(night.ledger, seed=9).fresh()
    night.ledger.sent["other"] = sent
    night.ledger.acknowledged["other"] = "http"

    assert len(night.judged().lost) == 1


async def test_a_report_the_broker_acknowledged_and_lost_is_lost(night: Night) -> None:
    night.ledger.acknowledged["report-0"] = "log"

    assert night.judged().lost == ["report-0: the broker acknowledged it and does not have it"]


async def test_bytes_that_are_no_report_and_lie_in_no_quarantine_are_lost(night: Night) -> None:
    night.ledger.refuse[b"no report"] = "topic"

    assert len(night.judged().lost) == 1


async def test_a_report_that_joined_a_second_case_was_applied_twice(night: Night) -> None:
    leaf = select(t.journal).where(t.journal.c.kind == "event_joined").order_by(t.journal.c.stream)
    first = night.conn.execute(leaf).first()
    assert first is not None
    other = next(row.stream for row in night.conn.execute(leaf) if row.stream != first.stream)
    night.conn.execute(t.journal.insert().values(**{**first._mapping, "stream": other, "n": 90}))

    assert night.judged().applied_twice


async def test_a_case_of_other_reports_than_its_situation_had_is_in_the_wrong_state(
    night: Night,
) -> None:
    sent = night.ledger.sent["report-0"]
    night.ledger.sent["report-0"] = replace(sent, situation="another")

    assert any("reports instead of" in each for each in night.judged().wrong_state)


async def test_a_case_less_grave_than_its_reports_is_in_the_wrong_state(night: Night) -> None:
    night.conn.execute(update(t.cases).where(t.cases.c.id == night.a_case).values(severity=3))

    assert any("severity" in each for each in night.judged().wrong_state)


async def test_a_fact_that_was_never_published_is_found(night: Night) -> None:
    gone = night.told.pop()

    assert any("never published" in each for each in night.judged().wrong_state), gone


async def test_a_fact_published_before_the_one_before_it_is_found(night: Night) -> None:
    night.told[0], night.told[1] = night.told[1], night.told[0]

    assert any("was published after" in each for each in night.judged().wrong_state)


async def test_a_page_that_counts_as_handed_on_and_never_left_is_missing(night: Night) -> None:
    gone = night.arrivals.pop()

    assert any(gone.key in each for each in night.judged().missing)


async def test_a_page_that_still_waits_when_all_is_over_is_missing(night: Night) -> None:
    key = night.arrivals[0].key
    night.conn.execute(
        update(t.notifications).where(t.notifications.c.key == key).values(state="queued")
    )

    assert f"{key}: still queued" in night.judged().missing


async def test_a_page_that_left_before_it_was_decided_is_in_the_wrong_state(night: Night) -> None:
    first = night.arrivals[0]
    night.arrivals[0] = Arrival(key=first.key, at=1_000.0)

    assert [what[:2] for what in night.judged().wrong_state] == ["I5"]


async def test_other_content_under_a_known_id_that_nobody_wrote_down_is_in_the_wrong_state(
    night: Night,
) -> None:
    night.ledger.other.add("report-0")

    assert [what[:2] for what in night.judged().wrong_state] == ["I3"]


async def test_what_is_late_long_after_the_last_fault_is_in_the_wrong_state(night: Night) -> None:
    rested = datetime.fromtimestamp(AT, UTC)
    night.conn.execute(
        update(t.cases)
        .where(t.cases.c.id == night.a_case)
        .values(due_at=rested - timedelta(minutes=2))
    )
    at = AT - 600

    night.struck.append(Struck(name="kill", began=at, ended=at))
    assert any(night.a_case in what for what in late(night.judged(now=rested)))
    night.struck.append(Struck(name="kill", began=AT - 10, ended=AT - 10))
    assert not late(night.judged(now=rested)), "it may still be catching up"


def late(verdict: Verdict) -> list[str]:
    return [what for what in verdict.wrong_state if what.startswith("I4")]


async def test_a_second_message_without_an_unknown_try_exceeds_the_bound(night: Night) -> None:
    night.struck.append(Struck(name="kill", began=AT + 1, ended=AT + 1))
    night.arrivals.append(Arrival(key=night.arrivals[0].key, at=AT + 2))

    verdict = night.judged()

    assert (verdict.duplicates, verdict.bound) == (1, 0)
    assert not verdict.sound


async def test_a_second_message_after_which_nothing_had_happened_is_unexplained(
    night: Night,
) -> None:
    first = night.arrivals[0].key
    tried = {"key": first, "attempt_no": 2, "instance": "test", "state": "unknown"}
    at = night.conn.execute(select(t.attempts.c.at)).scalars().first()
    night.conn.execute(t.attempts.insert().values(**tried, at=at))
    night.arrivals.append(Arrival(key=first, at=AT + 20))

    verdict = night.judged()

    assert (verdict.duplicates, verdict.bound) == (1, 1)
    assert verdict.unexplained == [f"{first}: again after 20.0 s"]
