"""Two people destroy what is sealed of a case that is over; the rest of its story stays."""

from sqlalchemy import Connection, select

from engine.desk import Lane
from engine.rekeying import Rekeying
from engine.store import journal, tables
from tests.integration.web.stage import Stage
from tests.integration.web.story import SEALED, arrest, open_case, press, submit
from tests.integration.web.test_console import RESOLVED, facts

RESULT = {"reason": "To call the family back"}


def ended(desk: Stage) -> str:
    """A case with sealed words, resolved by two; Chi is logged in."""
    ref = open_case(desk, arrest(sealed=SEALED))
    desk.log_in("ana")
    submit(desk, f"/cases/{ref}/resolve", RESOLVED | {"note": "She sounded well."})
    desk.log_in("chi")
    press(desk, ref, "confirm")
    return ref


def opened(desk: Stage, ref: str) -> str:
    """What is shown when the report of this case is opened."""
    story = desk.client.get(f"/cases/{ref}").text
    id = story.split(f"/cases/{ref}/reveal/")[1].split('"')[0]
    return str(submit(desk, f"/cases/{ref}/reveal/{id}", RESULT).text)


def under_its_own_key(desk: Stage) -> None:
    """The loop that moves what is sealed, once."""
    sealing = desk.services.sealing
    loop = Rekeying(
        sealing._cases,  # type: ignore[attr-defined]
        sealing._vault,  # type: ignore[attr-defined]
        reader=desk.reader,
        writer=desk.services.writer,
        clock=desk.clock,
        raise_incident=lambda incident: desk.desk.submit(incident, lane=Lane.NORMAL),
    )
    desk.run(loop.look)


def test_what_two_people_erased_nobody_opens_and_what_was_decided_stays(desk: Stage) -> None:
    ref = ended(desk)
    under_its_own_key(desk)
    desk.log_in("ana")
    assert "An invented name" in opened(desk, ref)
    page = f"/cases/{ref}/erase"

    asked = submit(desk, page, {"why": "asked"})
    assert "when somebody else agrees" in asked.text
    assert "You asked for this" in desk.client.get(page).text
    assert "An invented name" in opened(desk, ref)

    desk.log_in("chi")
    assert "asked for this. If you agree, it happens at once." in desk.client.get(page).text
    erased = submit(desk, page, {"why": "asked"})

    assert "Nobody can read what was sealed again" in erased.text
    assert "erased what was sealed of this case" in erased.text
    desk.log_in("ana")
    assert "It can no longer be opened" in opened(desk, ref)
    assert desk.client.get(f"/cases/{ref}").status_code == 200
    assert desk.run(desk.reader.run, journal.verify) == ()
    assert facts(desk, "resolved") == 1


def test_nothing_of_the_case_is_left_in_the_vault(desk: Stage) -> None:
    """Also what its own key did not hold yet, and why somebody opened it."""
    ref = ended(desk)
    desk.log_in("ana")
    opened(desk, ref)
    page = f"/cases/{ref}/erase"
    submit(desk, page, {"why": "time_over"})
    desk.log_in("chi")
    submit(desk, page, {"why": "time_over"})

    def left(conn: Connection) -> list[bytes]:
        return [bytes(body) for body in conn.execute(select(tables.vault.c.ciphertext)).scalars()]

    bodies = desk.run(desk.reader.run, left)
    assert len(bodies) >= 3  # the report, a note, the reason for opening
    assert not any(bodies)


def test_an_open_case_offers_no_erasing_and_a_reader_never(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    assert "Erase what is sealed" not in desk.client.get(f"/cases/{ref}").text
    assert desk.client.get(f"/cases/{ref}/erase").status_code == 404


def test_without_a_reason_nothing_is_asked(desk: Stage) -> None:
    ref = ended(desk)
    desk.log_in("ana")
    shown = submit(desk, f"/cases/{ref}/erase", {"why": ""})
    assert shown.status_code == 422
    assert "Choose one." in shown.text
    assert facts(desk, "erasure_given") == 0
