"""What people on duty do with a consent on the board: look, give, narrow, take back, agree."""

from engine.store import consents
from schemas.codes import Mode, TrackName
from schemas.consent import Consent, ConsentDoor, Inability
from tests.harness.reports import report
from tests.integration.web.stage import Stage
from tests.integration.web.story import open_case, submit, value_of

MISSIONS, NHRIS, COMPANIES = TrackName.MISSIONS, TrackName.NHRIS, TrackName.COMPANIES


def subject_on(desk: Stage, ref: str) -> str:
    return value_of_radio(desk.client.get(f"/cases/{ref}/consent").text)


def value_of_radio(html: str) -> str:
    marked = 'name="subject" value="'
    return html[html.index(marked) + len(marked) :].split('"', 1)[0]


def records(desk: Stage, subject: str) -> tuple[Consent, ...]:
    return desk.run(desk.reader.run, lambda conn: consents.history(conn, subject))  # type: ignore[no-any-return]


def said(desk: Stage, ref: str, subject: str, **fields: object) -> str:
    sent = submit(desk, f"/cases/{ref}/consent", {"subject": subject, "basis": "person", **fields})
    return str(sent.text)


def test_what_was_taken_back_on_the_board_counts_at_once(desk: Stage) -> None:
    desk.log_in("ana")
    ref = open_case(desk)
    subject = subject_on(desk, ref)

    shown = said(desk, ref, subject, state="revoked")

    assert "Taken back: nobody but duty is told." in shown
    newest = records(desk, subject)[-1]
    assert newest.revoked and newest.door is ConsentDoor.CONSOLE


def test_narrowing_leaves_what_was_chosen_and_everything_that_was_not_asked(desk: Stage) -> None:
    desk.log_in("ana")
    ref = open_case(desk)
    subject = subject_on(desk, ref)
    before = records(desk, subject)[-1]
    assert MISSIONS in before.audiences and NHRIS in before.audiences

    said(desk, ref, subject, state="narrowed", audience=["nhris", "companies"])

    newest = records(desk, subject)[-1]
    assert newest.audiences == (NHRIS,)
    assert (newest.mode, newest.basis, newest.until) == (before.mode, before.basis, before.until)


def test_telling_companies_waits_for_a_second_person_who_looks_and_agrees(desk: Stage) -> None:
    desk.log_in("ana")
    ref = open_case(desk)
    subject = subject_on(desk, ref)

    desk.advance(seconds=1)

    shown = said(desk, ref, subject, state="granted", audience=["missions", "companies"])
    assert "One more person has to agree." in shown
    assert COMPANIES not in records(desk, subject)[-1].audiences

    mark = value_of(shown, "mark")
    fields = {"subject": subject, "mark": mark}
    alone = _agree(desk, ref, fields)
    assert alone.status_code == 409
    desk.log_in("ben")
    assert _agree(desk, ref, fields).status_code == 200
    assert set(records(desk, subject)[-1].audiences) == {MISSIONS, COMPANIES}


def _agree(desk: Stage, ref: str, fields: dict[str, str]):  # type: ignore[no-untyped-def]
    html = desk.client.get(f"/cases/{ref}/consent").text
    hidden = {name: value_of(html, name) for name in ("csrf", "nonce")}
    return desk.client.post(f"/cases/{ref}/consent/agree", data=hidden | fields)


def test_a_form_that_lacks_something_comes_back_and_records_nothing(desk: Stage) -> None:
    desk.log_in("ana")
    ref = open_case(desk)
    subject = subject_on(desk, ref)
    before = records(desk, subject)

    for fields, error in (
        ({}, "Choose one."),
        ({"state": "granted"}, "Choose whom we may tell."),
        (
            {"state": "granted", "audience": "missions", "basis": "guardian"},
            "Say why the person could not be asked.",
        ),
        (
            {"state": "granted", "audience": "missions", "basis": "community", "needed": "4",
             "of": "3"},
            "Say how many are needed, and of how many.",
        ),
        ({"state": "revoked", "subject": "hotline/somebody-else"}, "Choose one."),
    ):  # fmt: skip
        assert error in said(desk, ref, fields.pop("subject", subject), **fields)

    assert records(desk, subject) == before


def test_whoever_speaks_for_the_person_is_recorded_with_the_justification_sealed(
    desk: Stage,
) -> None:
    desk.log_in("ana")
    ref = open_case(desk)
    subject = subject_on(desk, ref)

    said(
        desk, ref, subject, state="granted", audience="nhris", basis="guardian",
        inability="detained", note="Her sister may visit on Fridays.", holder="sister-1",
        witness="not an id",
    )  # fmt: skip

    newest = records(desk, subject)[-1]
    assert (newest.inability, newest.holder, newest.witness) == (Inability.DETAINED, "sister-1", "")
    assert newest.note and "Friday" not in repr(newest)
    assert newest.mode is Mode.QUIET


def test_once_somebody_consented_the_board_no_longer_says_that_nobody_did(desk: Stage) -> None:
    """Its plan was made before anybody was asked, and the board went on saying so of everybody."""
    desk.log_in("ana")
    parties = {"cerro-pit": "site", "guardia-sur": "alleged_perpetrator"}
    ref = open_case(desk, report("arrest", id="e9", situation="s9", parties=parties, consents=[]))
    nobody = "because nobody has consented to telling anybody but duty"
    before = desk.client.get(f"/cases/{ref}/left-out").text
    assert nobody in before

    desk.advance(seconds=1)
    said(desk, ref, subject_on(desk, ref), state="granted", audience=["missions"])
    shown = desk.client.get(f"/cases/{ref}/left-out").text

    assert nobody not in shown
    assert "the person allowed embassies" in shown, shown
    assert "embassy-qd" not in shown
