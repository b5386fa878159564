"""What a person on duty meets: the first screen, a case as a story, and acts that are commands."""

import pytest
from sqlalchemy import Connection, func, select

from engine.store import tables
from schemas.facts.system import load_system_fact
from tests.harness.reports import report
from tests.integration.web.stage import PASSWORD, Stage
from tests.integration.web.story import (
    RELEASE,
    WHOLE,
    arrest,
    open_case,
    press,
    release,
    submit,
    value_of,
)

RESOLVED = {"heard": "safe_channel", "outcome": "freed", "risk": "low", "remedy": "none_sought"}


def facts(desk: Stage, kind: str) -> int:
    counted = select(func.count()).select_from(tables.journal).where(tables.journal.c.kind == kind)
    return int(desk.run(desk.reader.run, lambda conn: conn.execute(counted).scalar_one()))


@pytest.mark.parametrize(
    "path", ["/", "/cases", "/owed", "/new", "/stop", "/cases/TC-4F2M9", "/cases/TC-4F2M9/resolve"]
)
def test_every_page_asks_who_one_is(desk: Stage, path: str) -> None:
    shown = desk.client.get(path, follow_redirects=False)

    assert shown.status_code == 303
    assert shown.headers["location"].startswith("/login?to=/")
    posted = desk.client.post(path, data={"act": "own"}, follow_redirects=False)
    assert posted.status_code in (303, 405)


def test_a_link_from_a_message_leads_to_the_board_without_logging_in_again(desk: Stage) -> None:
    """The browser holds the strict cookie back until the page links to itself."""
    shown = desk.client.get("/cases/TC-4F2M9", headers={"Sec-Fetch-Site": "cross-site"})

    assert shown.status_code == 200
    assert 'href="/cases/TC-4F2M9"' in shown.text
    assert "Password" not in shown.text


@pytest.mark.parametrize(
    ("person", "password"), [("ana", "wrong"), ("nobody", PASSWORD), ("", ""), ("<b>", "x")]
)
def test_wrong_and_unknown_look_the_same(desk: Stage, person: str, password: str) -> None:
    answer = desk.client.post(
        "/login", data={"person": person, "password": password, "code": "123456"}
    )

    assert answer.status_code == 401
    assert "That did not match" in answer.text
    assert not desk.client.cookies


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/\nx", "/é"]
)
def test_logging_in_never_leads_elsewhere(desk: Stage, to: str) -> None:
    shown = desk.client.get("/login", params={"to": to})

    assert 'name="to" value="/"' in shown.text


def test_the_session_cookie_is_strict_and_for_this_host_alone(desk: Stage) -> None:
    desk.log_in("ana")

    cookie = next(iter(desk.client.cookies.jar))
    assert cookie.name == "__Host-tocsin"
    assert cookie.secure
    assert cookie.path == "/"
    assert cookie.get_nonstandard_attr("SameSite") == "strict"
    assert cookie.has_nonstandard_attr("HttpOnly")


def test_logging_out_ends_the_session_on_the_server_too(desk: Stage) -> None:
    desk.log_in("ana")
    token = desk.client.cookies["__Host-tocsin"]
    csrf = value_of(desk.client.get("/new").text, "csrf")

    answer = desk.client.post("/logout", data={"csrf": csrf}, follow_redirects=False)
    desk.client.cookies.set("__Host-tocsin", token)

    assert "cookies" in answer.headers["clear-site-data"]
    assert desk.client.get("/", follow_redirects=False).status_code == 303


def test_a_new_grave_case_needs_a_person_now(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")

    board = desk.client.get("/").text

    assert "Needs a person now (1)" in board
    assert ref in board
    assert "nobody owns it" in board
    for word in ("Cerro", "Guardia", "Embassy", "QM", "subject"):
        assert word not in board, "no names of others on the first screen"


def test_taking_a_case_quietens_duty_and_moves_it_to_the_dates(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")

    shown = press(desk, ref, "own")

    assert "You have it" in shown.text
    assert "owned by <bdi>Ana</bdi>" in shown.text
    assert facts(desk, "owned") == 1
    board = desk.client.get("/").text
    assert "Needs a person now (0)" in board
    assert "Waiting for your decision (1)" in board


def test_somebody_who_was_not_paged_may_take_the_case(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("chi")

    assert "owned by <bdi>Chi</bdi>" in press(desk, ref, "own").text


def test_pressing_a_button_twice_is_one_command(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    shown = desk.client.get(f"/cases/{ref}").text
    form = {name: value_of(shown, name) for name in ("csrf", "nonce")} | {"act": "own"}

    for _ in range(3):
        assert desk.client.post(f"/cases/{ref}", data=form).status_code == 200

    assert facts(desk, "owned") == 1


def test_a_case_tells_who_was_told_and_that_sent_is_not_delivered(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    press(desk, ref, "own")

    shown = release(desk, ref).text
    shown = desk.client.get(f"/cases/{ref}").text

    assert "Embassy QN" in shown
    assert "handed to the next hop; whether it arrived is not known" in shown
    assert "told, no answer yet" in shown
    assert "<bdi>Ana</bdi> released Embassies." in shown


def test_a_case_tells_who_was_left_out_and_by_which_path(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("rea")

    shown = desk.client.get(f"/cases/{ref}").text

    minera, guards = "<bdi>Cerro Minera</bdi>", "<bdi>Guardia Sur</bdi>"
    alleged = "is said to be behind it, so it is never told in this case."
    assert f"{guards} {alleged}" in shown
    assert f"{minera} is guarded by {guards}, which {alleged}" in shown
    assert "too near to the place or to the business" in shown  # the commercial attaché
    assert "belongs to QM, as does <bdi>Police QM</bdi>" in shown


def test_a_release_without_its_record_comes_back_with_what_is_missing(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")

    shown = submit(desk, f"/cases/{ref}/release/missions", {"note": "kept"})

    assert shown.status_code == 422
    assert "Read the wishes first" in shown.text
    assert "kept" in shown.text
    assert facts(desk, "release_given") == 0


def test_companies_are_told_only_when_a_second_person_agrees(desk: Stage) -> None:
    event = report(
        "death_threat", id="e2", situation="s2", parties={"police-qm": "alleged_perpetrator"},
        consents=["companies", "missions"], subject="other",
    )  # fmt: skip
    ref = open_case(desk, event)
    path = f"/cases/{ref}/release/companies"
    desk.log_in("ana")
    if desk.client.get(path).status_code == 404:
        pytest.skip("the rulebook of the town plans no company for this event")

    without = submit(desk, path, WHOLE | {"partner": ""})
    first = submit(desk, path, dict(WHOLE))
    again = submit(desk, path, dict(WHOLE))

    assert "a local partner has to agree first" in without.text
    assert "one more is needed" in first.text
    assert again.status_code == 409
    assert "Two people are needed, and you are the first one." in again.text
    assert facts(desk, "track_released") == 0

    desk.log_in("chi")
    submit(desk, path, dict(WHOLE))

    assert facts(desk, "track_released") == 1


def test_closing_takes_two_people(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    proposed = submit(desk, f"/cases/{ref}/resolve", dict(RESOLVED))
    alone = press(desk, ref, "confirm")

    assert "Another person has to confirm" in proposed.text
    assert alone.status_code == 409
    assert facts(desk, "resolved") == 0

    desk.log_in("chi")
    confirmed = press(desk, ref, "confirm")

    assert "Those who were told are asked nothing more" in confirmed.text
    assert "monitored" in confirmed.text
    assert "open" in press(desk, ref, "reopen").text


def test_a_task_is_taken_and_finished_with_its_words_sealed(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ben")
    shown = desk.client.get(f"/cases/{ref}").text
    task = shown.split('value="take:')[1].split('"')[0]

    assert "The task is yours." in press(desk, ref, f"take:{task}").text
    path = f"/cases/{ref}/finish/{task}"
    assert "Choose one." in submit(desk, path, {"note": "x"}).text
    done = submit(desk, path, {"result": "done", "note": "She is well."})

    assert "The task is finished." in done.text
    assert "She is well" not in done.text
    assert facts(desk, "task_done") == 1
    assert desk.client.get(path).status_code == 404


def test_freezing_and_lifting_a_track(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")

    nothing = submit(desk, f"/cases/{ref}/freeze", {})
    frozen = submit(desk, f"/cases/{ref}/freeze", {"track": "missions", "until_day": "2027-03-09"})

    assert "Choose at least one." in nothing.text
    assert "Frozen until Tue 9 March, 18:00" in frozen.text
    agreed = press(desk, ref, "lift:missions")
    assert "agreed; one more is needed" in agreed.text
    desk.log_in("ben")
    assert "Lift as the second person" in desk.client.get(f"/cases/{ref}").text
    lifted = press(desk, ref, "lift:missions")
    assert "lifted by" in lifted.text


def test_asking_to_wait_for_an_embassy_and_ending_it_by_two(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    path = f"/cases/{ref}/hold"
    sent = {"track": "missions", "reason": "talks", "until_day": "2027-03-09"}

    assert "Choose whom" in submit(desk, path, {"reason": "talks"}).text
    assert "Say until when" in submit(desk, path, {"track": "missions", "reason": "talks"}).text
    assert "not a date" in submit(desk, path, sent | {"until_day": "soon"}).text
    held = submit(desk, path, sent)

    assert "Held. Nobody of them is told" in held.text
    assert "until Tue 9 March, 18:00: talks are under way" in held.text
    id = desk.client.get(path).text.split('name="lift" value="')[1].split('"')[0]
    assert "Recorded. The hold ends once" in submit(desk, path, {"lift": id}).text
    assert 'name="lift"' not in desk.client.get(path).text, "she has agreed already"
    desk.log_in("ben")
    assert "A hold was lifted by" in submit(desk, path, {"lift": id}).text
    assert facts(desk, "hold_ended") == 1


def test_an_answer_by_phone_counts_like_one_on_the_page(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    release(desk, ref)
    shown = desk.client.get(f"/cases/{ref}").text
    path = f"/cases/{ref}/answer/" + shown.split(f"/cases/{ref}/answer/")[1].split('"')[0]

    missing = submit(desk, path, {"kind": "committed"})
    done = submit(
        desk,
        path,
        {
            "by": "capital-desk",
            "kind": "committed",
            "action": "visit",
            "due_day": "2027-03-03",
            "due_time": "14:00",
        },
    )

    assert missing.status_code == 422
    assert "Choose who spoke." in missing.text
    assert "Say by when, so that we can ask then." in missing.text
    assert "promised a visit by Wed 3 March, 14:00" in done.text
    assert facts(desk, "promised") == 1


def test_a_reader_looks_and_changes_nothing(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("rea")
    shown = desk.client.get(f"/cases/{ref}").text

    assert "I take this case" not in shown
    assert "Open what is sealed" not in shown
    for path, form in (
        (f"/cases/{ref}", {"act": "own"}),
        (f"/cases/{ref}/freeze", {"track": "missions"}),
        (f"/cases/{ref}/release/missions", dict(RELEASE)),
        (f"/cases/{ref}/resolve", dict(RESOLVED)),
        ("/new", {"code": "arrest"}),
        ("/stop", {"on": "yes"}),
    ):
        answer = submit(desk, path, form)
        assert answer.status_code == 403, path
        assert "Your role does not allow this." in answer.text


def test_a_form_of_an_earlier_session_is_refused_calmly(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    old = value_of(desk.client.get(f"/cases/{ref}").text, "csrf")
    desk.log_in("ana")

    for csrf in (old, "", "x", "\u00e9\udcff".encode("utf-8", "replace").decode()):
        answer = desk.client.post(f"/cases/{ref}", data={"csrf": csrf, "nonce": "n", "act": "own"})
        assert answer.status_code == 403
        assert "Open the page again" in answer.text
    assert facts(desk, "owned") == 0


def test_stopping_takes_two_steps_and_is_seen_on_every_page(desk: Stage) -> None:
    desk.log_in("chi")
    asked = desk.client.get("/stop").text

    assert "Yes, stop everything outgoing" in asked
    assert "Outgoing is stopped" not in desk.client.get("/").text

    stopped = submit(desk, "/stop", {"on": "yes"})

    assert "Outgoing is stopped" in stopped.text
    assert "Outgoing is stopped" in desk.client.get("/cases").text
    board = desk.client.get("/").text
    assert "by Chi (second person). Only duty is told anything. Two people switch on again" in board
    assert "one more person is needed" in submit(desk, "/stop", {"on": "no"}).text
    assert "You have agreed." in desk.client.get("/stop").text
    desk.log_in("ana")
    assert "Yes, switch on as the second person" in desk.client.get("/stop").text
    assert "Only duty is told anything" not in submit(desk, "/stop", {"on": "no"}).text


def test_the_least_report_opens_a_case(desk: Stage) -> None:
    desk.log_in("ana")

    shown = submit(desk, "/new", {"code": "arrest"})

    assert "The report was taken." in shown.text
    assert "Arrest, country not known." in shown.text
    assert "Only we" not in shown.text
    assert facts(desk, "case_opened") == 1


def test_a_report_sent_twice_is_one(desk: Stage) -> None:
    desk.log_in("ana")
    shown = desk.client.get("/new").text
    form = {name: value_of(shown, name) for name in ("csrf", "nonce")} | {"code": "arrest"}

    first = desk.client.post("/new", data=form)
    second = desk.client.post("/new", data=form)

    changed = desk.client.post("/new", data=form | {"code": "assault"})

    assert first.url == second.url
    assert "The report was taken." in second.text
    assert changed.status_code == 409
    assert "the first stays" in changed.text
    assert facts(desk, "event_joined") == 1


def test_what_lies_behind_a_report_stands_with_it_on_the_case(desk: Stage) -> None:
    desk.log_in("ana")

    silent = submit(desk, "/new", {"code": "arrest"})
    shown = submit(
        desk, "/new", {"code": "threat", "cause": ["land_tenure", "corruption", "meteor"]}
    )

    assert "Behind it" not in silent.text
    assert "Behind it: a dispute over land, corruption." in shown.text
    assert "meteor" not in shown.text


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({}, "Choose what comes closest."),
        ({"code": "meteor"}, "Choose what comes closest."),
        ({"code": "arrest", "country": "Narnia"}, "Two letters, such as QM."),
        ({"code": "arrest", "situation": "Mrs. Somebody"}, "a code word, never a name"),
        ({"code": "arrest", "consent": "person"}, "Choose whom the consent allows us to tell."),
        ({"code": "arrest", "day": "yesterday"}, "This is not a date and a time."),
        ({"code": "arrest", "day": "2027-03-01", "time": "9"}, "This is not a date and a time."),
    ],
)
def test_a_report_with_a_slip_comes_back_with_everything_typed(
    desk: Stage, fields: dict[str, str], complaint: str
) -> None:
    desk.log_in("ana")

    shown = submit(desk, "/new", fields | {"narrative": "typed at three in the morning"})

    assert shown.status_code == 422
    assert complaint in shown.text
    assert "typed at three in the morning" in shown.text
    assert facts(desk, "case_opened") == 0


def test_without_consent_nobody_outside_is_told(desk: Stage) -> None:
    desk.log_in("ana")

    shown = submit(desk, "/new", {"code": "arrest", "country": "QM", "subject": "person"})

    assert "Nobody has consented to telling anybody but duty." in shown.text or (
        "may be asked" in shown.text
    )
    assert facts(desk, "told") == 1  # Ana


def test_what_is_sealed_opens_with_a_reason_that_is_written_down_first(desk: Stage) -> None:
    desk.log_in("ana")
    shown = submit(desk, "/new", {"code": "arrest", "identity": "A name", "place": "The gate"})
    assert "A name" not in shown.text
    path = "/cases/" + shown.text.split("/reveal/")[0].split("/cases/")[-1] + "/reveal/"
    path += shown.text.split("/reveal/")[1].split('"')[0]

    hasty = submit(desk, path, {"reason": "x"})
    opened = submit(desk, path, {"reason": "To call the family back"})

    assert "Say why" in hasty.text
    assert "A name" not in hasty.text
    assert "<bdi>A name</bdi>" in opened.text
    assert "<bdi>The gate</bdi>" in opened.text

    def journal(conn: Connection) -> list[bytes]:
        wanted = select(tables.journal.c.body).where(tables.journal.c.stream == "system")
        return list(conn.execute(wanted).scalars())

    bodies = desk.run(desk.reader.run, journal)
    last = [load_system_fact(body) for body in bodies if b"vault_opened" in body]
    assert [fact.by for fact in last] == ["person:ana"]
    assert b"family" not in b"".join(bodies)


def test_nothing_sealed_of_another_case_opens_here(desk: Stage) -> None:
    desk.log_in("ana")
    first = submit(desk, "/new", {"code": "arrest", "identity": "A name"})
    other = open_case(desk, arrest(id="e7", situation="s7"))
    foreign = first.text.split("/reveal/")[1].split('"')[0]

    shown = submit(desk, f"/cases/{other}/reveal/{foreign}", {"reason": "To see what happens"})

    assert shown.status_code == 404
    assert "A name" not in shown.text


@pytest.mark.parametrize("path", ["/cases/TC-NONE1", "/cases/TC-NONE1/story?before=x", "/nothing"])
def test_what_is_not_there_is_said_calmly(desk: Stage, path: str) -> None:
    desk.log_in("ana")

    shown = desk.client.get(path)

    assert shown.status_code == 404
    assert "Traceback" not in shown.text
    assert "nothing here" in shown.text.lower()


def test_a_long_story_is_read_page_by_page(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    for n in range(12):
        desk.run(
            lambda n=n: desk.services.reports.take(arrest(id=f"m{n}").bytes(), by="person:ana")
        )

    first = desk.client.get(f"/cases/{ref}").text
    shown, pages = first, 1
    while f"/cases/{ref}/story?before=" in shown:
        earlier = shown.split(f"/cases/{ref}/story?before=")[1].split('"')[0]
        shown, pages = desk.client.get(f"/cases/{ref}/story?before={earlier}").text, pages + 1

    assert "The case was opened as high." not in first
    assert "The case was opened as high." in shown
    assert pages > 2


def test_cases_are_filtered_by_status_and_severity(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")

    assert ref in desk.client.get("/cases?severity=high").text
    assert ref not in desk.client.get("/cases?severity=watch").text
    assert ref not in desk.client.get("/cases?status=closed").text
    assert ref in desk.client.get("/cases?status=bogus&severity=bogus&page=9z").text
