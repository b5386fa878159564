"""The auditor: silent outside while a promise is broken, and never the reason for an outage."""

from sqlalchemy import text

from engine.auditor import Auditor, incidents_of
from engine.case.commands import RaiseIncident
from engine.desk import Lane
from engine.invariants import Violation
from engine.store.inline import InlineReader
from notifiers.outcome import OutcomeReason
from tests.harness.people import faro
from tests.harness.reports import report
from tests.harness.story import Story, given
from tests.harness.towns import ARREST, LIFE, cerro, rulebook


class _Counting:
    """A heartbeat that is only counted."""

    def __init__(self) -> None:
        self.beats = 0

    async def beat(self) -> None:
        self.beats += 1


def _auditor(story: Story, heart: _Counting, reader: InlineReader) -> Auditor:
    async def raise_incident(incident: RaiseIncident) -> None:
        assert story.engine is not None
        await story.engine.desk.submit(incident, lane=Lane.CRITICAL)

    return Auditor(
        reader=reader,
        raise_incident=raise_incident,
        heartbeat=heart,
        clock=story.clock,
        config=lambda: (story.rulebook, story.roster),
        up_since=story.began,
    )


async def test_while_every_promise_is_kept_the_watch_outside_hears_us() -> None:
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        reader = InlineReader(story.database)
        await story.publish(report("arrest", id="arrest-1"))
        story.phone("Ana").expects("Tocsin HIGH")

        found = await _auditor(story, heart, reader).turn()

        reader.close()
    assert (found, heart.beats) == ([], 1)


async def test_a_broken_promise_pages_duty_and_silences_the_heartbeat() -> None:
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        reader = InlineReader(story.database)
        await story.publish(report("arrest", id="arrest-1"))
        story.phone("Ana").expects("Tocsin HIGH")
        with story.database.engine.connect() as conn:
            conn.execute(text("DELETE FROM notifications"))
            conn.commit()

        await _auditor(story, heart, reader).turn()
        await story.settle()

        reader.close()
        assert heart.beats == 0
        assert story.incidents() == ["invariant_broken"]
        story.phone("Ana").expects("Tocsin INCIDENT", "a promise broken")
        story.expects_broken("I11")


async def test_a_case_of_which_nobody_was_reached_is_an_incident_within_minutes() -> None:
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        reader = InlineReader(story.database)
        auditor = _auditor(story, heart, reader)
        story.post.broken["sms"] = OutcomeReason.UNREACHABLE
        await story.publish(report("abduction", id="abduction-1"))
        await story.advance(minutes=4)
        assert await auditor.turn() == []
        await story.advance(minutes=2)

        found = await auditor.turn()
        await story.settle()

        reader.close()
        assert [(v.invariant, v.row) for v in found] == [("I23", story.case().id)]
        assert "reached_nobody" in story.incidents()
        assert heart.beats == 1
        del story.post.broken["sms"]
        await story.advance(minutes=6)
        story.phone("Ana").ignores_everything()


async def test_an_auditor_that_cannot_read_goes_on_looking() -> None:
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:

        class _Broken:
            async def run(self, fn: object) -> object:
                raise OSError("the disk is gone")

        auditor = _auditor(story, heart, _Broken())  # type: ignore[arg-type]
        looking = story.beside(auditor.run())
        await story.advance(minutes=5)

        assert not looking.done()
        assert heart.beats == 0


def test_many_unreached_cases_are_one_incident_and_an_incident_is_never_about_an_incident() -> None:
    def unreached(row: str) -> Violation:
        return Violation(invariant="I23", row=row, what="", remedy="")

    many = [unreached(f"c{n}") for n in range(9)]

    assert [i.key for i in incidents_of(many)] == ["many"]
    assert incidents_of([unreached("iabc")]) == []
    assert [i.key for i in incidents_of(many[:2])] == ["c0", "c1"]
