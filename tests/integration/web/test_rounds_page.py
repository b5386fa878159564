"""Those who help are kept informed of each other: set on the board, read on the page."""

from datetime import timedelta
from functools import partial

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
)


def told(desk: Stage) -> tuple[str, Page, Page]:
    """The embassy and the institution were told; the embassy promises a visit."""
    desk.log_in("ana")
    ref = open_case(desk)
    press(desk, ref, "own")
    release(desk, ref)
    release(desk, ref, "nhris")
    embassy = page_of(desk, ref, "embassy-qn", "capital-desk")
    institution = page_of(desk, ref, "nhri-qn", contact_of(desk, ref, "nhri-qn"))
    for track in ("missions", "nhris"):
        submit(desk, f"/cases/{ref}/mode", {"mode": "private", "track": track})
    content = choose(desk, embassy, enter(desk, embassy), "agree")
    promising = choose(desk, embassy, content, "committed")
    day = f"{desk.clock.now() + timedelta(days=9):%Y-%m-%d}"
    due = {"action": "visit", "day": day, "time": "14:00"}
    assert "recorded" in choose(desk, embassy, promising, "send", **due).text
    return ref, embassy, institution


def contact_of(desk: Stage, ref: str, party: str) -> str:
    found = desk.run(desk.reader.run, lambda conn: load(conn, ref=ref, zone="UTC"))
    alert = next(a for a in found.file.case.alerts if a.party == party)
    return str(alert.reached[-1])


def alerts(desk: Stage, ref: str, *parties: str) -> list[str]:
    found = desk.run(desk.reader.run, lambda conn: load(conn, ref=ref, zone="UTC"))
    return [a.id for a in found.file.case.alerts if a.party in parties]


def kept_informed(desk: Stage, ref: str, *parties: str):  # type: ignore[no-untyped-def]
    day = f"{desk.clock.now() + timedelta(days=1):%Y-%m-%d}"
    said = {"alert": alerts(desk, ref, *parties), "first_day": day, "first_time": "10:00"}
    return submit(desk, f"/cases/{ref}/round", {**said, "every": "7"})


def agreed(desk: Stage, page: Page) -> str:
    """What stands on the page once its terms are agreed to."""
    shown = enter(desk, page)
    if "I agree" in shown.text:
        shown = choose(desk, page, shown, "agree")
    return str(shown.text)


def test_those_who_help_read_what_the_others_promised_and_no_name(desk: Stage) -> None:
    ref, embassy, institution = told(desk)
    assert "An embassy" not in agreed(desk, institution), "nobody decided that yet"

    done = kept_informed(desk, ref, "embassy-qn", "nhri-qn")
    assert "Set. They hear at that time" in done.text
    assert "Those who help are kept informed of each other." in done.text

    read = agreed(desk, institution)
    assert "An embassy or consulate: a visit, promised for" in read
    assert "Nobody is named to anybody" in read
    assert "Embassy" not in read.replace("An embassy", "")
    assert "You: a visit, promised for" in agreed(desk, embassy)


def test_at_its_time_each_gets_a_message_with_a_code_and_we_a_task(desk: Stage) -> None:
    ref, _, _ = told(desk)
    kept_informed(desk, ref, "embassy-qn", "nhri-qn")
    desk.deliver()
    desk.advance(hours=13)
    desk.run(partial(desk.desk.fire_due, limit=100))
    jobs = [job for job in desk.deliver() if job.purpose is Purpose.ROUND]
    assert {job.party for job in jobs} == {"embassy-qn", "nhri-qn"}
    assert all(job.token and job.code for job in jobs)
    desk.log_in("ana")
    shown = desk.client.get(f"/cases/{ref}").text
    assert "Speak with those who help" in shown
    assert "Those who help hear of each other; again on" in shown


def test_whoever_takes_no_part_reads_nothing_of_the_others(desk: Stage) -> None:
    ref, embassy, institution = told(desk)
    kept_informed(desk, ref, "embassy-qn")
    assert "An embassy" not in agreed(desk, institution)
    assert "You: a visit" in agreed(desk, embassy)


def test_nobody_reads_it_before_the_code_while_frozen_or_once_it_has_ended(desk: Stage) -> None:
    ref, _, institution = told(desk)
    kept_informed(desk, ref, "embassy-qn", "nhri-qn")
    assert "An embassy" not in desk.client.get(institution.path).text
    ended = submit(desk, f"/cases/{ref}/round", {"end": "yes"})
    assert "Ended. Nobody hears of what the others do." in ended.text
    assert "An embassy" not in agreed(desk, institution)
    kept_informed(desk, ref, "embassy-qn", "nhri-qn")
    submit(desk, f"/cases/{ref}/freeze", {"track": "nhris"})
    assert "An embassy" not in enter(desk, institution).text


def test_a_round_without_anybody_or_a_time_comes_back_with_what_it_had(desk: Stage) -> None:
    ref, _, _ = told(desk)
    back = submit(desk, f"/cases/{ref}/round", {"every": "7"})
    assert back.status_code == 422
    assert "Choose at least one." in back.text and "Say when." in back.text
    assert 'value="7" checked' in back.text


def test_the_page_says_before_what_they_will_read(desk: Stage) -> None:
    ref, _, _ = told(desk)
    shown = desk.client.get(f"/cases/{ref}/round").text
    assert "An embassy or consulate: a visit, promised for" in shown
    assert "Embassy" in shown, "whom one chooses has a name"
