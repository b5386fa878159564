"""What is sealed of closed cases ends by itself: seen on the board before, and stopped in time."""

from functools import partial

from sqlalchemy import Connection, select, update

from engine.case import commands as c
from engine.case.state import CaseStatus
from engine.desk import Lane
from engine.retention import Retention
from engine.settings import RetentionSettings
from engine.store import journal, tables
from tests.integration.web.stage import Stage
from tests.integration.web.story import SEALED, arrest, open_case, submit
from tests.integration.web.test_console import facts
from tests.integration.web.test_erasing import ended, opened, under_its_own_key


def loop(desk: Stage, **days: int) -> Retention:
    return Retention(
        RetentionSettings(**days),
        submit=partial(desk.desk.submit, lane=Lane.NORMAL),
        reader=desk.reader,
        writer=desk.writer,
        clock=desk.clock,
    )


def look(desk: Stage, **days: int) -> None:
    desk.run(loop(desk, **days).look)


def closed(desk: Stage) -> str:
    """Resolved, looked back at, watched for its thirty days, and archived. Ana is logged in."""
    ref = ended(desk)
    under_its_own_key(desk)
    submit(desk, f"/cases/{ref}/review", {"lesson": "went_well"})
    desk.advance(days=31)
    desk.run(desk.desk.fire_due, limit=50)
    assert status(desk, ref) == CaseStatus.CLOSED
    desk.log_in("ana")
    return ref


def status(desk: Stage, ref: str) -> str:
    return str(desk.run(desk.reader.run, lambda conn: _row(conn, ref).status))


def _row(conn: Connection, ref: str):  # type: ignore[no-untyped-def]
    return conn.execute(select(tables.cases).where(tables.cases.c.ref == ref)).one()


def test_a_closed_case_is_on_the_board_for_two_weeks_and_then_nobody_opens_it(desk: Stage) -> None:
    ref = closed(desk)
    desk.advance(days=75)
    look(desk)
    assert "Erased by itself" not in desk.client.get("/").text

    desk.advance(days=2)
    desk.log_in("ana")
    look(desk)
    board = desk.client.get("/").text
    assert "Erased by itself" in board
    assert f"/cases/{ref}" in board
    assert "is erased by itself on" in desk.client.get(f"/cases/{ref}").text
    assert "An invented name" in opened(desk, ref)

    desk.advance(days=14)
    look(desk)
    desk.log_in("ana")
    assert "It can no longer be opened" in opened(desk, ref)
    story = desk.client.get(f"/cases/{ref}").text
    assert "was erased by itself" in story
    assert "Erased by itself" not in desk.client.get("/").text
    assert desk.run(desk.reader.run, journal.verify) == ()
    look(desk)
    assert (facts(desk, "erased"), facts(desk, "erasure_announced")) == (1, 1)


def test_whoever_still_needs_it_keeps_it_with_one_word(desk: Stage) -> None:
    ref = closed(desk)
    desk.advance(days=80)
    desk.log_in("ana")
    look(desk)
    page = f"/cases/{ref}/keep"
    assert submit(desk, page, {"why": ""}).status_code == 422
    until = f"{desk.clock.now().year + 2}-01-01"
    assert "At most a year" in submit(desk, page, {"why": "remedy", "until_day": until}).text
    day = f"{desk.clock.now():%Y}-12-01"
    kept = submit(desk, page, {"why": "remedy", "until_day": day, "until_time": "09:00"})
    assert "Nobody erases it before" in kept.text
    assert "A complaint, a lawsuit or a claim goes on" in kept.text

    desk.advance(days=15)
    look(desk)
    desk.log_in("ana")
    assert "An invented name" in opened(desk, ref)
    assert "Erased by itself" not in desk.client.get("/").text

    submit(desk, page, {"end": "yes"})
    look(desk)
    assert facts(desk, "erasure_announced") == 2
    assert facts(desk, "erased") == 0


def test_a_case_waits_for_another_about_the_same_person(desk: Stage) -> None:
    """Somebody helps the person now, and the old case says how to reach them."""
    ref = closed(desk)
    open_case(desk, arrest(id="e2", situation="s2", sealed=SEALED))
    desk.advance(days=200)
    look(desk)
    assert facts(desk, "erasure_announced") == 0
    desk.log_in("ana")
    assert "An invented name" in opened(desk, ref)


def test_a_case_waits_for_the_next_one_of_its_situation(desk: Stage) -> None:
    closed(desk)
    open_case(desk, arrest(id="e3", subjects=()))
    desk.advance(days=200)
    look(desk)
    assert facts(desk, "erasure_announced") == 0


def test_an_open_case_is_kept_however_old_it_is(desk: Stage) -> None:
    ref = open_case(desk, arrest(sealed=SEALED))
    under_its_own_key(desk)
    desk.advance(days=4_000)
    look(desk, sealed=14)
    look(desk, sealed=14)
    desk.log_in("ana")
    assert "An invented name" in opened(desk, ref)


def put_aside(desk: Stage) -> None:
    sealed = desk.services.sealing._vault.seal(b"not an event, but who knows")  # type: ignore[attr-defined]
    desk.run(
        desk.desk.submit,
        c.Quarantine(source="invented-hotline", reason="not json", sealed=sealed, digest="d" * 64),
        lane=Lane.CRITICAL,
    )


def aside(desk: Stage) -> list[int]:
    """How many bytes of each are there."""
    query = select(tables.quarantine.c.ciphertext)
    return desk.run(  # type: ignore[no-any-return]
        desk.reader.run, lambda conn: [len(body) for body in conn.execute(query).scalars()]
    )


def test_what_was_put_aside_is_erased_once_nobody_has_to_look_at_it(desk: Stage) -> None:
    put_aside(desk)
    desk.advance(days=29)
    look(desk)
    assert aside(desk)[0] > 0
    desk.advance(days=2)
    look(desk)  # its incident is open still: somebody may have to read it
    assert aside(desk)[0] > 0

    over = update(tables.cases).values(status="closed")
    desk.run(desk.writer.run, lambda conn: conn.execute(over).rowcount)
    look(desk)
    look(desk)
    assert aside(desk) == [0]
    assert facts(desk, "quarantine_emptied") == 1
    assert desk.run(desk.reader.run, journal.verify) == ()
