"""What the auditor asks of the store, on either: everything is seen in turns, and told once."""

from functools import partial

from sqlalchemy import text

from engine.auditor import Auditor
from engine.case.commands import RaiseIncident
from engine.desk import Lane
from engine.findings import in_words
from engine.store import findings
from engine.store import tables as t
from tests.integration.engine.desk.room import START, a_room, report
from tests.unit.engine.case import builders as b


class _Heart:
    beats = 0

    async def beat(self) -> None:
        self.beats += 1


async def test_a_row_that_was_changed_by_hand_is_found_in_its_turn_and_told_once(
    store_url: str,
) -> None:
    heart = _Heart()
    async with a_room(store_url) as room:

        async def raises(incident: RaiseIncident) -> None:
            await room.desk.submit(incident, lane=Lane.CRITICAL)

        auditor = Auditor(
            reader=room.reader,
            raise_incident=raises,
            heartbeat=heart,
            clock=room.clock,
            config=lambda: (None, b.ROSTER),
            up_since=START,
            cases_a_round=1,
        )
        for n in range(3):
            await room.one(report(f"e{n}", b.an_event(situation=f"situation-{n}")))
        for _ in range(4):
            assert await auditor.turn() == []
        assert heart.beats == 4

        await room.writer.run(
            lambda conn: conn.execute(text("UPDATE alerts SET status = 'silent'"))
        )
        for _ in range(20):
            await auditor.turn()
        incidents = [row.id for row in await room.rows(t.cases, t.cases.c.kind == "incident")]
        names = {await room.read(partial(findings.name_of, case=id)) for id in incidents}

        assert heart.beats == 4
        assert len(names) == len(incidents) == await room.read(findings.standing) == 3
        assert {in_words(name)[:15] for name in names} == {"Not kept (I19):"}
        assert await room.read(partial(findings.settled, keys=names)) == frozenset()
