"""What handlers do about a promise on the board: judge it, take it off, read the ledger."""

from functools import partial

from engine.admin import answering
from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.operation import Asked
from engine.admin.reading import OneCase
from engine.web.console.case_page import load
from schemas.responses import AnswerClass, WithdrawnBecause
from tests.integration.web.stage import Stage
from tests.integration.web.story import (
    choose,
    enter,
    open_case,
    page_of,
    release,
    submit,
)

VISIT = {
    "by": "capital-desk",
    "kind": "committed",
    "action": "visit",
    "due_day": "2027-03-03",
    "due_time": "14:00",
    "condition": "text_cleared",
}


def promised(desk: Stage) -> tuple[str, str, str]:
    """A case whose embassy promised a visit by phone: its reference, the alert, the action."""
    ref = open_case(desk)
    desk.log_in("ana")
    release(desk, ref)
    alert = alert_of(desk, ref).id
    submit(desk, f"/cases/{ref}/answer/{alert}", dict(VISIT))
    return ref, alert, alert_of(desk, ref).promises[0].action


def alert_of(desk: Stage, ref: str):  # type: ignore[no-untyped-def]
    found = desk.run(desk.reader.run, lambda conn: load(conn, ref=ref, zone="UTC"))
    return next(a for a in found.file.case.alerts if a.party == "embassy-qn")


def test_a_promise_that_waits_for_us_says_so_on_the_case_and_is_owed(desk: Stage) -> None:
    ref, _, _ = promised(desk)
    shown = desk.client.get(f"/cases/{ref}").text
    assert "promised a visit by Wed 3 March, 14:00, if we clear the text first" in shown
    assert "A promise waits for us" in shown
    assert "What was promised and done" in shown


def test_a_token_promise_is_judged_and_the_next_contact_is_asked_at_once(desk: Stage) -> None:
    ref, alert, action = promised(desk)
    done = submit(
        desk, f"/cases/{ref}/judge/{alert}", {"action": action, "class": "token", "note": "Empty."}
    )
    assert "What quietens nothing lets the alert go on, now." in done.text
    assert "judged as a token answer" in done.text
    assert [call.contact for call in alert_of(desk, ref).calls] == ["lea"]


def test_a_promise_we_asked_to_drop_is_taken_off_the_list(desk: Stage) -> None:
    ref, alert, action = promised(desk)
    fields = {"action": action, "reason": "at_our_request"}
    done = submit(desk, f"/cases/{ref}/withdraw/{alert}", dict(fields))
    assert "Nobody is asked about that promise again." in done.text
    assert "we asked them to let it be" in done.text
    assert "Phone them, nobody answered" not in done.text
    empty = desk.client.get(f"/cases/{ref}/withdraw/{alert}").text
    assert "They have promised nothing that is still open." in empty


def test_the_recipient_takes_a_promise_back_on_the_page(desk: Stage) -> None:
    ref, _, _ = promised(desk)
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    content = choose(desk, page, enter(desk, page), "agree")
    assert "We cannot do what we promised" in content.text
    asked = choose(desk, page, content, "withdraws")
    assert "A visit, by Wed 3 March, 14:00" in asked.text
    missing = choose(desk, page, asked, "send")
    assert missing.status_code == 422
    assert "Your answer is recorded" in choose(desk, page, asked, "send", promise="visit").text
    assert alert_of(desk, ref).promises == ()


def test_nobody_is_offered_to_take_back_what_they_never_promised(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    release(desk, ref)
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    content = choose(desk, page, enter(desk, page), "agree")
    assert "We cannot do what we promised" not in content.text
    assert choose(desk, page, content, "withdraws").status_code == 422


def test_a_recipient_who_acts_already_says_what_it_is(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    release(desk, ref)
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    content = choose(desk, page, enter(desk, page), "agree")
    asked = choose(desk, page, content, "already_acting")
    assert choose(desk, page, asked, "send").status_code == 422
    choose(desk, page, asked, "send", action="enquiry")
    assert "said to be under way" in desk.client.get(f"/cases/{ref}").text


def test_a_script_reads_the_ledger_judges_and_withdraws(desk: Stage) -> None:
    ref, _, action = promised(desk)
    house = House(
        settings=None,  # type: ignore[arg-type]  # not asked here
        services=desk.services,
        sources=None,  # type: ignore[arg-type]
        world=None,  # type: ignore[arg-type]
        import_registry=None,  # type: ignore[arg-type]
        follow=None,  # type: ignore[arg-type]
    )
    visitor = desk.run(partial(_session, desk))
    asked = Asked(visitor=visitor, request="r1")
    on = {"case": ref, "alert": alert_of(desk, ref).ref, "action": action.rpartition(".")[2]}

    (line,) = desk.run(answering.ledger, house, asked, OneCase(case=ref))["ledger"]
    assert (line["action"], line["kind"], line["state"]) == (on["action"], "visit", "promised")
    assert (line["condition"], line["kept"]) == ("text_cleared", None)

    judged = answering.Classing(**on, answer_class=AnswerClass.ASSISTANCE)
    assert desk.run(answering.judge, house, asked, judged)["done"]
    gone = answering.Withdrawing(**on, reason=WithdrawnBecause.AT_OUR_REQUEST)
    assert desk.run(answering.withdraw, house, asked, gone)["done"]
    assert desk.run(answering.withdraw, house, asked, gone)["already"]
    again = answering.Withdrawing(**on, reason=WithdrawnBecause.MISTAKE)
    try:
        desk.run(answering.withdraw, house, asked, again)
    except NotCarriedOutError as refused:
        assert "none of this kind is open" in refused.what
    else:
        raise AssertionError("it was withdrawn before")
    (line,) = desk.run(answering.ledger, house, asked, OneCase(case=ref))["ledger"]
    assert (line["state"], line["withdrawn"], line["class"]) == (
        "withdrawn",
        "at_our_request",
        "assistance",
    )


async def _session(desk: Stage):  # type: ignore[no-untyped-def]
    cookie = next(iter(desk.client.cookies.values()))
    return await desk.services.sessions.find(cookie)
