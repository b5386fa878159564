"""A question goes both ways: asked on the page, answered on the board, read on the page again."""

from datetime import datetime

from sqlalchemy import select

from engine.store import tables
from engine.web.console.case_page import load
from schemas.projection import Purpose
from tests.integration.web.stage import Stage
from tests.integration.web.story import (
    Page,
    choose,
    enter,
    open_case,
    page_of,
    press,
    release,
    submit,
    token_row,
)

ANSWER = "In room four.\nThe door on the left."


def asked(desk: Stage) -> tuple[str, Page]:
    """The capital desk asks a question on its page."""
    desk.log_in("ana")
    ref = open_case(desk)
    press(desk, ref, "own")
    release(desk, ref)
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    shown = choose(desk, page, choose(desk, page, enter(desk, page), "agree"), "asks")
    done = choose(desk, page, shown, "send", note="Where is the hearing?")
    assert "recorded" in done.text
    return ref, page


def question(desk: Stage, ref: str) -> str:
    found = desk.run(desk.reader.run, lambda conn: load(conn, ref=ref, zone="UTC"))
    return next(task.id for task in found.file.case.tasks if task.kind == "question")


def answered(desk: Stage) -> tuple[str, Page]:
    ref, page = asked(desk)
    said = {"result": "done", "reply": ANSWER, "note": "Looked it up."}
    done = submit(desk, f"/cases/{ref}/finish/{question(desk, ref)}", dict(said))
    assert "Whoever asked is told that there is an answer." in done.text
    return ref, page


def test_the_asker_is_told_and_reads_the_answer_on_the_page(desk: Stage) -> None:
    _, page = answered(desk)
    (job,) = [job for job in desk.deliver() if job.purpose is Purpose.ANSWER]
    assert (job.contact, bool(job.token), bool(job.code)) == ("capital-desk", True, True)
    shown = enter(desk, page).text
    assert "Our answer, of" in shown
    assert "In room four." in shown
    assert "The door on the left." in shown
    assert "Looked it up." not in shown, "the note is ours"


def test_a_colleague_of_the_asker_does_not_read_it(desk: Stage) -> None:
    ref, _ = answered(desk)
    other = page_of(desk, ref, "embassy-qn", "lea")
    assert "In room four." not in enter(desk, other).text


def test_nobody_reads_it_before_the_code_or_once_the_page_is_closed(desk: Stage) -> None:
    ref, page = answered(desk)
    assert "room" not in desk.client.get(page.path).text
    submit(desk, f"/cases/{ref}/freeze", {"track": "missions"})
    assert "room" not in enter(desk, page).text


def test_each_showing_of_it_is_written_down_and_no_word_of_it_in_the_clear(desk: Stage) -> None:
    _, page = answered(desk)
    enter(desk, page)
    bodies = desk.run(
        desk.reader.run, lambda c: list(c.execute(select(tables.journal.c.body)).scalars())
    )
    opened = [body for body in bodies if b'"vault_opened"' in body]
    assert any(b"contact:capital-desk" in body for body in opened)
    assert not any(b"room four" in body for body in bodies)


def test_a_question_settled_on_the_phone_writes_to_nobody(desk: Stage) -> None:
    ref, _ = asked(desk)
    desk.deliver()
    submit(desk, f"/cases/{ref}/finish/{question(desk, ref)}", {"result": "done", "reply": ""})
    assert [job for job in desk.deliver() if job.purpose is Purpose.ANSWER] == []


# --- tasks by hand


def test_a_task_is_written_on_the_board_and_its_words_are_read_with_a_reason(desk: Stage) -> None:
    desk.log_in("ana")
    ref = open_case(desk)
    said = {"note": "Bring the blue folder.", "due_day": "2027-03-05", "due_time": "09:00"}
    done = submit(desk, f"/cases/{ref}/task", dict(said))
    assert "Do what a colleague wrote" in done.text
    assert "blue folder" not in done.text
    assert "Read what it is" in done.text


def test_a_task_without_words_or_time_comes_back_with_what_it_had(desk: Stage) -> None:
    desk.log_in("ana")
    ref = open_case(desk)
    back = submit(desk, f"/cases/{ref}/task", {"note": "Bring the blue folder."})
    assert back.status_code == 422
    assert "Say by when." in back.text
    assert "Bring the blue folder." in back.text
    assert submit(desk, f"/cases/{ref}/task", {"due_day": "2027-03-05"}).status_code == 422


# --- pages of those who promised


def test_whoever_promised_for_next_week_says_then_that_it_is_done(desk: Stage) -> None:
    desk.log_in("ana")
    ref = open_case(desk)
    press(desk, ref, "own")
    release(desk, ref)
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    first: datetime = token_row(desk, page).expires_at
    content = choose(desk, page, enter(desk, page), "agree")
    promising = choose(desk, page, content, "committed")
    due = {"action": "letter", "day": "2027-03-12", "time": "12:00"}
    assert "recorded" in choose(desk, page, promising, "send", **due).text
    until: datetime = token_row(desk, page).expires_at
    assert until > first
    assert f"{until:%d %b %H:%M}" == "13 Mar 16:00", "28 hours after the asking"
    desk.advance(days=9)
    assert "What we ask" in enter(desk, page).text


def test_a_later_message_never_closes_a_page_earlier(desk: Stage) -> None:
    desk.log_in("ana")
    ref = open_case(desk)
    press(desk, ref, "own")
    release(desk, ref)
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    content = choose(desk, page, enter(desk, page), "agree")
    due = {"action": "letter", "day": "2027-03-12", "time": "12:00"}
    choose(desk, page, choose(desk, page, content, "committed"), "send", **due)
    until = token_row(desk, page).expires_at
    shown = choose(desk, page, enter(desk, page), "asks")
    choose(desk, page, shown, "send", note="Which language?")
    submit(
        desk, f"/cases/{ref}/finish/{question(desk, ref)}", {"result": "done", "reply": "Either."}
    )
    assert desk.deliver()
    assert token_row(desk, page).expires_at >= until
