"""What a recipient meets: nothing until the code, then stages, then one effect."""

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from engine.registry.world import WorldHolder
from engine.store import tables
from tests.integration.web.stage import PHONE, Stage
from tests.integration.web.story import (
    Page,
    choose,
    enter,
    field_of,
    open_case,
    page_of,
    press,
    release,
    submit,
    token_row,
)

CLOSED = "Nothing more is asked of you."
ASKED = "A person who defends others&#39; rights in QM was arrested."


@pytest.fixture
def page(desk: Stage) -> Page:
    """The capital desk's page, told at night after a release."""
    desk.log_in("ana")
    ref = open_case(desk)
    press(desk, ref, "own")
    release(desk, ref)
    desk.client.cookies.clear()
    return page_of(desk, ref, "embassy-qn", "capital-desk")


def ref_of(desk: Stage) -> str:
    return str(read(desk, select(tables.cases.c.ref)))


def read(desk: Stage, statement):  # type: ignore[no-untyped-def]
    return desk.run(desk.reader.run, lambda conn: conn.execute(statement).scalar())


def facts(desk: Stage, *kinds: str) -> int:
    """How many facts of these kinds the journal has; of all without any."""
    counted = select(func.count()).select_from(tables.journal)
    if kinds:
        counted = counted.where(tables.journal.c.kind.in_(kinds))
    return int(read(desk, counted))


def content(desk: Stage, page: Page):  # type: ignore[no-untyped-def]
    return choose(desk, page, enter(desk, page), "agree")


def test_a_scanner_opening_the_link_fifty_times_changes_nothing(desk: Stage, page: Page) -> None:
    before = facts(desk)
    first = desk.client.get(page.path)

    for _ in range(24):
        assert desk.client.get(page.path).content == first.content
        assert desk.client.head(page.path).status_code == 200
    desk.client.options(page.path)
    desk.client.post(page.path, data={"mark": field_of(first.text, "mark")})
    desk.client.post(page.path)

    assert facts(desk) == before
    assert token_row(desk, page).opened == 49
    assert token_row(desk, page).tries == 0
    assert token_row(desk, page).answered_at is None


def test_a_page_says_the_same_to_those_who_have_a_link_and_to_those_who_guess(
    desk: Stage, page: Page
) -> None:
    real, guessed = desk.client.get(page.path).text, desk.client.get("/a/guessed").text

    without_mark = re.compile(r'name="mark" value="[^"]*"')
    assert without_mark.sub("", real) == without_mark.sub("", guessed)
    assert "QM" not in real


def test_before_the_code_no_word_of_the_case_is_on_the_page(desk: Stage, page: Page) -> None:
    shown = desk.client.get(page.path).text

    assert PHONE in shown
    for word in ("arrest", "embassy", "Cerro", "QM", "capital"):
        assert word not in shown


def test_the_undertaking_comes_before_anything_else(desk: Stage, page: Page) -> None:
    shown = enter(desk, page).text

    assert "safety may depend on how this is handled" in shown
    assert "I will keep this to those who must act" in shown
    assert "arrest" not in shown
    assert "QM" not in shown


def test_the_code_works_with_and_without_its_hyphen(desk: Stage, page: Page) -> None:
    assert "I agree" in enter(desk, page, page.code).text
    assert "I agree" in enter(desk, page, page.code.replace("-", "")).text
    assert "I agree" in enter(desk, page, page.code.replace("-", " ")).text


def test_who_agrees_reads_what_this_audience_may_know_and_no_name(desk: Stage, page: Page) -> None:
    shown = content(desk, page).text

    assert ASKED in shown
    assert "likely, not confirmed" in shown
    assert "Please do not name the person or us" in shown
    assert PHONE in shown
    for word in ("subject-1", "police", "Guardia", "Cerro", "mining", "checked"):
        assert word not in shown


def test_nothing_is_chosen_beforehand(desk: Stage, page: Page) -> None:
    for shown in (enter(desk, page), content(desk, page)):
        assert " checked" not in shown.text
        assert " selected" not in shown.text


def test_who_may_have_a_conflict_learns_the_least_first(desk: Stage, page: Page) -> None:
    first = choose(desk, page, enter(desk, page), "minimum")

    assert "QM, criminal defence and human rights law, March 2027." in first.text
    assert ASKED not in first.text

    second = choose(desk, page, first, "go_on")

    assert "We name the other side on the phone only" in second.text
    assert ASKED not in second.text
    assert ASKED in choose(desk, page, second, "no_conflict").text


def test_a_conflict_closes_the_page_and_is_no_alarm(desk: Stage, page: Page) -> None:
    first = choose(desk, page, enter(desk, page), "minimum")
    second = choose(desk, page, first, "go_on")

    ended = choose(desk, page, second, "conflict")

    assert "Your answer is recorded" in ended.text
    assert facts(desk, "conflict_declared") == 1
    assert facts(desk, "told_before_excluded") == 0
    assert CLOSED in enter(desk, page).text


def test_a_promise_is_kept_with_its_date(desk: Stage, page: Page) -> None:
    asked = choose(desk, page, content(desk, page), "committed")

    ended = choose(
        desk, page, asked, "send", action="visit", day="2027-03-03", time="14:00", note="We go."
    )

    assert "Your answer is recorded at 22:0" in ended.text
    assert "open this page again with the same code, or call" in ended.text
    action = desk.run(desk.reader.run, lambda conn: conn.execute(select(tables.actions)).one())
    assert (action.kind, action.state, action.party) == ("visit", "promised", "embassy-qn")
    assert f"{action.due_at:%d %H:%M}" == "03 14:00"


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"action": "visit"}, "Please give a day"),
        ({"action": "visit", "day": "2027-02-01"}, "This is in the past"),
        ({"action": "visit", "day": "2099-02-01"}, "too far away"),
        ({"action": "visit", "day": "soon"}, "not a date"),
        ({"action": "visit", "day": "2027-03-03", "time": "25:00"}, "not a date"),
        ({"day": "2027-03-03"}, "Please choose one"),
        ({"action": "<script>", "day": "2027-03-03"}, "Please choose one"),
    ],
)
def test_a_promise_without_what_or_when_comes_back_with_what_is_missing(
    desk: Stage, page: Page, fields: dict[str, str], complaint: str
) -> None:
    asked = choose(desk, page, content(desk, page), "committed")

    again = choose(desk, page, asked, "send", note="kept while mending", **fields)

    assert again.status_code == 422
    assert complaint in again.text
    assert "kept while mending" in again.text
    assert facts(desk, "promised") == 0


def test_sending_an_answer_twice_has_one_effect_and_shows_the_same_page(
    desk: Stage, page: Page
) -> None:
    asked = choose(desk, page, content(desk, page), "committed")
    form = {"action": "visit", "day": "2027-03-03", "time": "14:00", "note": "Twice."}

    first = choose(desk, page, asked, "send", **form)
    desk.advance(minutes=3)
    second = choose(desk, page, asked, "send", **form)

    assert first.text == second.text
    assert facts(desk, "promised") == 1


def test_going_back_and_answering_otherwise_does_not_change_what_was_said(
    desk: Stage, page: Page
) -> None:
    shown = content(desk, page)
    choose(desk, page, shown, "acknowledged")

    other = choose(desk, page, shown, "wrong_contact")

    assert other.status_code == 409
    assert "Your first answer stands" in other.text
    assert facts(desk, "answered") == 2  # Ana's own, and this one
    assert facts(desk, "contact_dropped") == 0


def test_the_page_opens_again_with_the_same_code_and_takes_what_changed(
    desk: Stage, page: Page
) -> None:
    asked = choose(desk, page, content(desk, page), "committed")
    choose(desk, page, asked, "send", action="visit", day="2027-03-03", time="14:00")

    again = enter(desk, page)  # the undertaking holds
    done = choose(desk, page, again, "acted")
    choose(desk, page, done, "send", action="visit", effect="positive")

    assert ASKED in again.text
    assert facts(desk, "acted") == 1


@pytest.mark.parametrize(
    ("choice", "fields", "kind"),
    [
        ("acknowledged", None, "answered"),
        ("asks", {"note": "Whom do we ask for?"}, "answered"),
        ("warns", {"day": "2027-03-04"}, "track_frozen"),
        ("passed_on", {"to": "lea"}, "passed_on"),
        ("passed_on", {"to": "outside", "note": "A friend"}, "passed_on"),
        ("declined", {"reason": "not_us"}, "declined"),
        ("wrong_contact", None, "contact_dropped"),
        ("conflict", None, "conflict_declared"),
        ("acted", {"action": "call", "effect": "unknown"}, "acted"),
    ],
)
def test_every_answer_reaches_the_case(
    desk: Stage, page: Page, choice: str, fields: dict[str, str] | None, kind: str
) -> None:
    before = facts(desk, kind)
    shown = choose(desk, page, content(desk, page), choice)
    if fields is not None:
        shown = choose(desk, page, shown, "send", **fields)

    assert "Your answer is recorded" in shown.text
    assert facts(desk, kind) == before + 1


def test_a_question_needs_words(desk: Stage, page: Page) -> None:
    asked = choose(desk, page, content(desk, page), "asks")

    assert "Please write a few words" in choose(desk, page, asked, "send").text


def test_not_for_me_asks_who_is_meant_before_anything_is_recorded(desk: Stage, page: Page) -> None:
    shown = choose(desk, page, enter(desk, page), "not_for_me")

    assert facts(desk, "contact_dropped", "declined") == 0

    ended = choose(desk, page, shown, "someone_else")

    assert "Your answer is recorded" in ended.text
    assert facts(desk, "contact_dropped") == 1
    assert CLOSED in enter(desk, page).text


def test_words_written_on_the_page_lie_in_the_vault_and_in_no_fact(
    desk: Stage, page: Page, tmp_path: Path
) -> None:
    asked = choose(desk, page, content(desk, page), "asks")
    choose(desk, page, asked, "send", note="A sentence nobody else may read")

    def bodies(conn: Connection) -> list[bytes]:
        return [row.body for row in conn.execute(select(tables.journal.c.body))]

    assert not any(b"sentence nobody" in body for body in desk.run(desk.reader.run, bodies))
    kept = select(func.count()).select_from(tables.vault).where(tables.vault.c.kind == "note")
    assert read(desk, kept) >= 1
    for file in tmp_path.glob("tocsin.sqlite*"):
        assert b"sentence nobody" not in file.read_bytes()


def test_five_wrong_codes_kill_the_page_and_duty_is_told(desk: Stage, page: Page) -> None:
    for _ in range(4):
        assert "not the code of this page" in enter(desk, page, "000000").text

    fifth = enter(desk, page, "000000")
    right = enter(desk, page)

    assert "Too many wrong codes" in fifth.text
    assert "Too many wrong codes" in right.text
    assert PHONE in right.text
    incident = select(func.count()).select_from(tables.cases)
    incident = incident.where(tables.cases.c.incident == "answer_code_guessed")
    assert read(desk, incident) == 1

    for _ in range(20):
        assert enter(desk, page, "000000").status_code == 403

    assert read(desk, incident) == 1
    assert facts(desk, "incident_repeated") <= 1  # a stolen link is no way to flood duty


def test_a_guessed_token_and_its_guessed_code_say_no_more_than_a_wrong_code(
    desk: Stage, page: Page
) -> None:
    guessed = Page(token="x" * 32, code="123456")

    answer = enter(desk, guessed)

    assert answer.status_code == 403
    assert answer.text.count("not the code of this page") == 1


def test_the_state_of_one_page_opens_no_other(desk: Stage, page: Page) -> None:
    other = page_of(desk, ref_of(desk), "embassy-qn", "lea")
    mine = enter(desk, page)

    stolen = choose(desk, other, mine, "agree")

    assert stolen.status_code == 403
    assert "enter the code again" in stolen.text


def test_a_forged_or_damaged_state_asks_for_the_code_again(desk: Stage, page: Page) -> None:
    good = field_of(enter(desk, page).text, "state")

    for state in (good[:-2], good + "A", "." + good, "a.b", "\u00e9", good.swapcase(), "x" * 999):
        answer = desk.client.post(page.path, data={"state": state, "choice": "agree"})
        assert answer.status_code == 403, state
        assert "enter the code again" in answer.text


def test_a_visit_left_open_for_hours_asks_for_the_code_again(desk: Stage, page: Page) -> None:
    shown = enter(desk, page)
    desk.advance(hours=3)

    assert choose(desk, page, shown, "agree").status_code == 403
    assert "I agree" in enter(desk, page).text


def test_a_page_is_over_when_its_time_is_over(desk: Stage, page: Page) -> None:
    desk.advance(hours=73)

    shown = enter(desk, page)

    assert CLOSED in shown.text
    assert "keep it to yourself" in shown.text


def test_a_page_closes_in_the_middle_of_a_visit_when_the_guard_refuses(
    desk: Stage, page: Page
) -> None:
    shown = content(desk, page)
    withdraw(desk)

    ended = choose(desk, page, shown, "committed")

    assert CLOSED in ended.text
    assert "arrested" not in ended.text
    assert CLOSED in enter(desk, page).text


def test_while_everything_is_stopped_the_page_asks_to_wait(desk: Stage, page: Page) -> None:
    shown = content(desk, page)
    desk.log_in("ana")
    submit(desk, "/stop", {"on": "yes"})

    ended = choose(desk, page, shown, "committed")

    assert "Please do nothing for the moment" in ended.text
    assert "arrested" not in ended.text


def test_a_resolved_case_asks_nothing_more_of_anybody(desk: Stage, page: Page) -> None:
    resolved = {"heard": "safe_channel", "outcome": "freed", "risk": "low", "remedy": "none_sought"}
    desk.log_in("ana")
    submit(desk, f"/cases/{ref_of(desk)}/resolve", dict(resolved))
    desk.log_in("chi")
    press(desk, ref_of(desk), "confirm")

    assert CLOSED in enter(desk, page).text


def test_a_form_from_another_site_is_refused(desk: Stage, page: Page) -> None:
    shown = enter(desk, page)
    before = facts(desk)

    answer = desk.client.post(
        page.path,
        data={"state": field_of(shown.text, "state"), "choice": "agree"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403
    assert facts(desk) == before


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"x" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"a=%FF", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a=1" for _ in range(500)), "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 415),
        (b"", "multipart/form-data; boundary=x", 415),
    ],
)
def test_a_body_that_is_no_form_gets_a_calm_page(
    desk: Stage, page: Page, body: bytes, kind: str, status: int
) -> None:
    answer = desk.client.post(page.path, content=body, headers={"Content-Type": kind})

    assert answer.status_code == status
    assert "Please enter your code" in answer.text


def withdraw(desk: Stage) -> None:
    """The person takes every consent back."""
    from tests.harness.reports import withdrawal

    sent = withdrawal(id="e9", situation="s1").bytes()
    desk.run(lambda: desk.services.reports.take(sent, by="person:ana"))


def test_the_token_is_stored_nowhere(desk: Stage, page: Page, tmp_path: Path) -> None:
    row = token_row(desk, page)

    assert row.digest == hashlib.sha256(page.token.encode()).hexdigest()
    for file in tmp_path.glob("tocsin.sqlite*"):
        stored = file.read_bytes()
        assert page.token.encode() not in stored
        assert page.code.encode() not in stored


def test_over_a_registry_that_another_process_has_replaced_the_page_asks_to_wait(
    desk: Stage, page: Page
) -> None:
    """Until it is read here as well: it may say that this reader must not know."""
    world = desk.services.world
    assert isinstance(world, WorldHolder)
    current = world.current
    world.swap(replace(current, versions=("older", "", "", "")))
    assert "Please do nothing for the moment" in enter(desk, page).text
    world.swap(current)
    assert "Please do nothing for the moment" not in enter(desk, page).text
