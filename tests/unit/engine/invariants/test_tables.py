"""A breach planted into the tables of a real night is found, and found under its own name."""

import pytest
from sqlalchemy import text

from engine import invariants
from engine.invariants import Outside
from tests.harness.people import duty, faro
from tests.harness.reports import report
from tests.harness.story import Story, given
from tests.harness.towns import ARREST, cerro, rulebook

PLANTED = {
    "an event without a case": ("I1", "UPDATE events SET case_id = 'cnobody'"),
    "a case that is overdue": ("I4", "UPDATE cases SET due_at = due_at - 7200000000"),
    "a due time that was lost": ("I7", "UPDATE cases SET due_at = NULL"),
    "a message nobody will try": ("I11", "UPDATE notifications SET state = 'queued'"),
    "a message that vanished": ("I11", "DELETE FROM notifications"),
    "a message nobody decided": (
        "I6",
        "INSERT INTO notifications SELECT 'planted', case_id, alert_id, tell_no, purpose, party,"
        " contact, endpoint, channel, lane, tell_rank, detail, answer_by, decided_at, state,"
        " next_at, attempts, unknowns, instance, provider_id, settled_at, reason"
        " FROM notifications LIMIT 1",
    ),
    "a message called off by nobody": ("I9", "UPDATE notifications SET state = 'cancelled'"),
    "an end that was taken back": (
        "I13",
        "UPDATE notifications SET state = 'unknown', next_at = decided_at",
    ),
    "too many unclear tries": ("I12", "UPDATE notifications SET unknowns = 9"),
    "two tries at once": (
        "I14",
        "INSERT INTO attempts SELECT key, attempt_no + n, at, instance, 'sending', '', NULL"
        " FROM attempts, (SELECT 1 AS n UNION SELECT 2) LIMIT 2",
    ),
    "a state nobody decided": (
        "I19",
        "UPDATE cases SET state = CAST(replace(CAST(state AS TEXT), 'triage', 'remedy') AS BLOB)",
    ),
    "a head that is not the newest leaf": ("I19", "UPDATE cases SET head = 'cut'"),
}


def _broken(story: Story) -> set[str]:
    with story.database.engine.connect() as conn:
        found = invariants.check(
            conn, now=story.now, world=Outside(sends=story.post.counts), up_since=story.began
        )
    return {violation.invariant for violation in found}


@pytest.mark.parametrize("what", PLANTED)
async def test_a_planted_breach_is_found(what: str) -> None:
    invariant, statement = PLANTED[what]
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        await story.publish(report("arrest", id="arrest-1", parties={"police-qm": "other"}))
        story.phone("Ana").expects("Tocsin HIGH")
        await story.advance(minutes=30)
        assert not _broken(story)
        story.ends_broken()
        with story.database.engine.connect() as conn:
            conn.execute(text(statement))
            conn.commit()

        assert invariant in _broken(story)


async def test_a_report_that_was_answered_and_is_nowhere_is_found() -> None:
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        world = Outside(accepted={("hotline-a", "never-stored"): ""})
        with story.database.engine.connect() as conn:
            found = invariants.check(conn, now=story.now, world=world)

        assert [violation.invariant for violation in found] == ["I2"]


async def test_a_message_that_left_more_often_than_it_was_tried_is_found() -> None:
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        await story.publish(report("arrest", id="arrest-1"))
        sent = story.phone("Ana").expects("Tocsin HIGH").last
        story.post.counts[sent.message.key] += 1

        assert _broken(story) == {"I12"}
        story.expects_broken("I12")


def test_a_roster_that_could_wake_nobody_is_found() -> None:
    found = invariants.check_config(rulebook(ARREST), duty(floor=None))

    assert [violation.invariant for violation in found] == ["I25"]
    assert not invariants.check_config(rulebook(ARREST), faro())
    assert not invariants.check_config(None, faro())
