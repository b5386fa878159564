"""What whoever holds a consent sees: who was told, who was not and why; and one button to stop."""

import re
from collections import Counter
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from engine.case.commands import ConsentChanged, Inbox
from engine.store import holder_links, streams, tables
from engine.store.holder_file import HolderFile, holder_file
from engine.store.told import cases_of, told_cases
from engine.web.headers import HEADERS
from engine.web.holder import english as words
from engine.web.told import told_parties
from schemas.codes import Mode, TrackName
from schemas.consent import Basis, Consent, ConsentDoor
from schemas.facts import Rerouted, Told, load_fact
from schemas.facts.system import load_system_fact
from schemas.projection import Purpose
from tests.harness.reports import report
from tests.integration.web.holder import SUBJECT, Holder
from tests.integration.web.stage import Stage
from tests.integration.web.story import (
    SEALED,
    arrest,
    choose,
    enter,
    field_of,
    open_case,
    page_of,
    press,
    release,
    submit,
)

BYTES_MAX = 30_000


def told_embassy(desk: Stage, **more: object) -> str:
    """A case in which the embassy was told."""
    ref = open_case(desk, arrest(**more))
    desk.log_in("ana")
    press(desk, ref, "own")
    release(desk, ref)
    return ref


def count(desk: Stage, kind: str, stream: str | None = None) -> int:
    wanted = select(func.count()).select_from(tables.journal).where(tables.journal.c.kind == kind)
    if stream is not None:
        wanted = wanted.where(tables.journal.c.stream == stream)
    return int(desk.run(desk.reader.run, lambda conn: conn.execute(wanted).scalar_one()))


def words_of(shown) -> str:  # type: ignore[no-untyped-def]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown.text))


def test_the_person_sees_who_was_told_and_who_was_not_and_why(desk: Stage) -> None:
    told_embassy(desk)

    shown = words_of(Holder(desk).enter())

    assert "Who was told (1) " in shown
    assert "Embassy QN embassies Mon 1 March, 22:00, asked by e-mail: sent" in shown
    assert "so nothing was shown to them" in shown
    assert "They are said to be behind it, or are tied to somebody who is." in shown
    assert "Guardia Sur" in shown
    assert "NHRI QM" in shown
    assert "It was not allowed to tell organisations of this kind. Nordstein" in shown
    assert "Allowed: embassies, human rights institutions" in shown


def test_the_person_sees_what_was_read_and_what_was_answered(desk: Stage) -> None:
    ref = told_embassy(desk)
    desk.advance(hours=1)
    page = page_of(desk, ref, "embassy-qn", "lea")
    content = choose(desk, page, enter(desk, page), "agree")
    choose(desk, page, content, "acknowledged")
    desk.advance(hours=1)

    shown = words_of(Holder(desk).enter())

    assert "Has been able to read, since Mon 1 March, 23:" in shown
    assert "the country, what happened" in shown
    assert "They have it and are looking at it." in shown


def test_the_person_sees_that_computers_of_somebody_told_read_along(desk: Stage) -> None:
    ref = told_embassy(desk)
    assert "Their own computers" not in words_of(Holder(desk).enter())
    (case,) = desk.run(desk.reader.run, lambda conn: told_cases(conn, cases_of(conn, SUBJECT)))
    (party,) = told_parties(case)
    alert = case.case.alert(party.alert)
    assert alert is not None
    at = desk.clock.now()
    desk.run(desk.writer.run, lambda conn: streams.note(conn, alert, at=at))

    shown = words_of(Holder(desk).enter())

    assert "Their own computers are also told, since Mon 1 March, 22:" in shown
    assert "Nothing of what happened, and nothing of anybody else." in shown
    assert "so nothing was shown to them" in shown, "a system that reads along opened no page"
    desk.log_in("ana")
    told = words_of(desk.client.get(f"/cases/{ref}/told"))
    assert "Its system reads its topic since" in told


def test_nobodys_name_and_nothing_sealed_and_no_reference_is_on_the_page(desk: Stage) -> None:
    """Neither our people nor theirs, neither the case nor the alert, nor what lies in the vault."""
    desk.log_in("ana")
    fields = {"code": "arrest", "country": "QM", "source": "hotline-a", **SEALED}
    submit(desk, "/new", fields)
    ref = told_embassy(desk)
    page = page_of(desk, ref, "embassy-qn", "lea")
    choose(desk, page, choose(desk, page, enter(desk, page), "agree"), "acknowledged")
    holder = Holder(desk)
    listed = holder.enter()
    pages = [listed, holder.press(listed, "stop"), holder.stop()]

    for shown in pages:
        text = shown.text
        for secret in (*SEALED.values(), ref, "TC-", "Ana", "person:", "capital-desk"):
            assert secret not in text, secret
        assert not re.search(r"\blea\b", text, re.IGNORECASE), "who read the message there"
        assert not re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{2}\b", words_of(shown)), "an alert's own"
        assert SUBJECT not in text and "subject-1" not in text
        assert re.search(r"<title>(.*?)</title>", text)[1] == words.TITLE  # type: ignore[index]


def test_looking_changes_nothing_and_says_the_same_for_every_address(desk: Stage) -> None:
    """A mail scanner opens links: it learns nothing, not even whether there is such a link."""
    told_embassy(desk)
    holder = Holder(desk)
    before = count(desk, "holder_link_opened")

    true = desk.client.get(holder.path)
    false = desk.client.get("/h/" + "x" * 40)
    head = desk.client.head(holder.path)

    strip = partial(re.sub, r'name="mark" value="[^"]+"', "")
    assert strip(true.text) == strip(false.text)
    assert head.status_code == 200
    assert count(desk, "holder_link_opened") == before
    assert count(desk, "consent_recorded") == 0
    for name, value in HEADERS:
        assert true.headers[name] == value
    assert true.headers["cache-control"] == "no-store"
    assert true.headers["referrer-policy"] == "no-referrer"


def test_one_button_stops_everything_and_says_what_that_ended(desk: Stage) -> None:
    ref = told_embassy(desk)
    desk.log_in("ana")
    submit(desk, f"/cases/{ref}/release/nhris", RELEASE_NHRI)  # decided, not yet sent

    holder = Holder(desk)
    asked = holder.press(holder.enter(), "stop")
    assert "What is already out cannot be called back." in asked.text
    assert count(desk, "consent_recorded") == 0, "asking changes nothing"
    stopped = words_of(holder.press(asked, "stop_yes"))

    assert "Everything is stopped" in stopped
    assert "were about to get a message, and will not: NHRI QN" in stopped
    assert "had been asked, and nothing more is asked of them now: Embassy QN" in stopped
    assert "Somebody from here will try to speak to you" in stopped
    jobs = desk.deliver()
    assert {job.purpose for job in jobs if job.party == "embassy-qn"} <= {Purpose.STAND_DOWN}
    assert not [job for job in jobs if job.party == "nhri-qn"]
    again = words_of(holder.enter())
    assert "Everything is stopped, since Mon 1 March" in again
    assert "Stop everything…" not in again
    assert "Who was told (2)" in again, "the list stays"
    asked_of_duty = select(tables.tasks.c.critical).where(tables.tasks.c.kind == "first_contact")
    criticals = desk.run(desk.reader.run, lambda c: c.execute(asked_of_duty).scalars().all())
    assert True in criticals, "somebody is told to speak to them, as the page says"


RELEASE_NHRI = {
    "why": "protect_now",
    "forecast": "low",
    "wishes": "yes",
    "partner": "partner-1",
    "note": "Spoke with the lawyer.",
}


def test_a_button_pressed_twice_stops_once(desk: Stage) -> None:
    told_embassy(desk)
    holder = Holder(desk)
    asked = holder.press(holder.enter(), "stop")

    first, second = holder.press(asked, "stop_yes"), holder.press(asked, "stop_yes")

    assert first.status_code == second.status_code == 200
    assert "It was stopped before, and stays stopped." in second.text
    assert count(desk, "consent_recorded") == 1


def test_what_was_allowed_again_can_be_stopped_again_on_the_same_page(desk: Stage) -> None:
    told_embassy(desk)
    holder = Holder(desk)
    asked = holder.press(holder.enter(), "stop")
    holder.press(asked, "stop_yes")
    desk.advance(minutes=5)
    now = desk.clock.now()
    anew = Consent(
        id="k-anew", pseudonym=SUBJECT, audiences=(TrackName.MISSIONS,), mode=Mode.QUIET,
        basis=Basis.PERSON, given_at=now, door=ConsentDoor.CONSOLE, by="person:ana",
    )  # fmt: skip
    inbox = Inbox(source="console:person:ana", id="anew", digest="d")
    given = ConsentChanged(inbox=inbox, consent=anew, state="granted")
    desk.run(desk.services.desk.urgent, given)
    assert "Allowed: embassies" in holder.enter().text

    again = holder.press(asked, "stop_yes")

    assert "It was stopped before" not in again.text
    assert "Everything is stopped, since" in holder.enter().text


def test_stopping_needs_the_page_and_its_button(desk: Stage) -> None:
    """No bare POST, no POST with a code alone, and none that another site sends stops anything."""
    told_embassy(desk)
    holder = Holder(desk)
    asked = holder.press(holder.enter(), "stop")
    state = field_of(asked.text, "state")
    mark = field_of(desk.client.get(holder.path).text, "mark")

    for fields in (
        {"choice": "stop_yes"},
        {"choice": "stop_yes", "state": "x.y"},
        {"choice": "stop_yes", "state": state[:-2] + "AA"},
        {"choice": "stop_yes", "mark": mark, "code": holder.code},
        {"choice": "", "state": state},
    ):
        desk.client.post(holder.path, data=fields)
    elsewhere = desk.client.post(
        holder.path,
        data={"choice": "stop_yes", "state": state},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    desk.client.get(holder.path, params={"choice": "stop_yes", "state": state})

    assert elsewhere.status_code == 403
    assert count(desk, "consent_recorded") == 0


def test_a_state_of_one_link_is_nothing_on_another(desk: Stage) -> None:
    told_embassy(desk)
    one, other = Holder(desk), Holder(desk, whose="hotline-a/somebody-else")
    state = field_of(one.press(one.enter(), "stop").text, "state")

    answer = desk.client.post(other.path, data={"state": state, "choice": "stop_yes"})

    assert answer.status_code == 403
    assert count(desk, "consent_recorded") == 0


def test_a_visit_ends_and_the_code_is_asked_again(desk: Stage) -> None:
    told_embassy(desk)
    holder = Holder(desk)
    shown = holder.enter()
    desk.advance(minutes=61)

    late = holder.press(shown, "stop_yes")

    assert late.status_code == 403
    assert words.TOO_LONG in late.text
    assert count(desk, "consent_recorded") == 0


def test_five_wrong_codes_close_the_link_and_duty_is_told_once(desk: Stage) -> None:
    told_embassy(desk)
    holder = Holder(desk)

    answers = [holder.enter("000000") for _ in range(8)]

    assert [a.status_code for a in answers] == [403] * 8
    assert words.CODE_WRONG in answers[3].text
    assert words.DEAD_HEADING in answers[4].text
    assert words.DEAD_HEADING in holder.enter().text, "nor does the right one open it now"
    desk.log_in("ana")
    assert "Somebody guessed at the code of a defender" in desk.client.get("/").text
    assert "Who was told" in Holder(desk).enter().text, "a new link always opens"


@pytest.mark.parametrize("how", ["expired", "ended"])
def test_a_link_that_is_over_says_calmly_what_to_do(desk: Stage, how: str) -> None:
    told_embassy(desk)
    holder = Holder(desk, hours=2)
    shown = holder.enter()
    if how == "expired":
        desk.advance(hours=2)
    else:
        end = partial(holder_links.end, id=holder.id, by="person:ana", now=desk.clock.now())
        assert desk.run(desk.writer.run, end)
        assert not desk.run(desk.writer.run, end), "ended once"

    for answer in (holder.enter(), holder.press(shown, "stop_yes")):
        assert answer.status_code == 403
        assert "Who was told" not in answer.text
        assert "+00 000 000" in answer.text
    assert words.OVER_HEADING in holder.enter().text
    assert "call us, and we make a new link" in holder.enter().text
    assert count(desk, "consent_recorded") == 0


def test_a_tampered_link_opens_nothing_and_reads_no_row(desk: Stage) -> None:
    told_embassy(desk)
    holder = Holder(desk)
    token = holder.path.removeprefix("/h/")
    for at in (0, 5, 15, 16, 17, 30, 39):
        other = "b" if token[at] != "b" else "c"
        forged = f"/h/{token[:at]}{other}{token[at + 1 :]}"
        answer = holder.enter(path=forged)
        assert answer.status_code == 403
        assert words.CODE_WRONG in answer.text
    for odd in ("x", "x" * 40, "x" * 400, "ü" * 40, holder.id, holder.id + "=" * 24):
        assert words.CODE_WRONG in holder.enter(path=f"/h/{odd}").text
    tries = desk.run(desk.reader.run, lambda c: holder_links.find(c, holder.id)).tries
    assert tries == 0


def test_a_stolen_database_makes_no_link(desk: Stage) -> None:
    """The signature is nowhere in the store, nor is the code."""
    told_embassy(desk)
    holder = Holder(desk)
    holder.enter()
    token = holder.path.removeprefix("/h/")

    def dump(conn: Connection) -> str:
        return "".join(
            repr(tuple(row))
            for table in tables.metadata.sorted_tables
            for row in conn.execute(select(table))
        )

    stored = desk.run(desk.reader.run, dump)
    assert holder.id in stored
    assert token not in stored
    assert token[16:] not in stored
    assert holder.code not in stored


def test_the_list_can_always_be_had(desk: Stage) -> None:
    """N29: frozen, stopped, taken back, resolved and archived: the list is there, and the same."""
    ref = told_embassy(desk)
    holder = Holder(desk, days=60)
    told = "Embassy QN embassies"
    assert told in words_of(holder.enter())
    desk.log_in("ana")
    submit(desk, f"/cases/{ref}/freeze", {"track": "missions"})
    assert told in words_of(holder.enter())
    desk.log_in("ana")
    submit(desk, "/stop", {"on": "yes"})
    assert told in words_of(holder.enter())
    holder.stop()
    assert told in words_of(holder.enter())
    desk.log_in("ana")
    resolved = {"heard": "safe_channel", "outcome": "freed", "risk": "low"}
    submit(desk, f"/cases/{ref}/resolve", resolved | {"remedy": "none_sought"})
    desk.log_in("ben")
    press(desk, ref, "confirm")
    assert told in words_of(holder.enter())
    file = desk.run(desk.reader.run, partial(holder_file, pseudonym=SUBJECT))
    assert file.cases[0].case.status.value == "monitored"
    desk.advance(days=31)
    desk.run(partial(desk.desk.fire_due, limit=100))
    assert told in words_of(holder.enter())


def test_somebody_of_whom_nothing_is_known_sees_a_calm_empty_page(desk: Stage) -> None:
    shown = words_of(Holder(desk, whose="hotline-z/nobody").enter())

    assert words.TOLD_NOBODY in shown
    assert words.NOT_TOLD_NOBODY in shown
    assert "Nothing is allowed: nobody outside may be told." in shown


def test_one_sees_only_what_is_about_oneself(desk: Stage) -> None:
    told_embassy(desk)
    other = report(
        "death_threat", id="e2", situation="s2", subject="other", consents=["companies"],
        parties={"police-qm": "alleged_perpetrator"}, danger_now="yes",
    )  # fmt: skip
    open_case(desk, other)

    shown = words_of(Holder(desk, whose="hotline-a/other").enter())

    assert "Who was told (0)" in shown
    assert "Embassy QN embassies" not in shown


def test_every_page_is_small_enough_for_a_bad_line_and_asks_for_no_script(desk: Stage) -> None:
    told_embassy(desk)
    holder = Holder(desk)
    listed = holder.enter()
    for shown in (
        desk.client.get(holder.path),
        listed,
        holder.press(listed, "stop"),
        holder.stop(),
    ):
        assert len(shown.content) < BYTES_MAX
        assert "<script" not in shown.text
        assert shown.headers["cache-control"] == "no-store"


def test_whoever_opened_the_page_and_made_the_link_is_written_down(desk: Stage) -> None:
    told_embassy(desk)
    holder = Holder(desk)
    holder.enter()

    def facts(conn: Connection) -> list[object]:
        wanted = select(tables.journal.c.body).where(tables.journal.c.stream == "system")
        found = [load_system_fact(body) for body in conn.execute(wanted).scalars()]
        return [fact for fact in found if fact.kind.startswith("holder_link")]

    made, opened = desk.run(desk.reader.run, facts)
    assert (made.link, made.pseudonym, made.by) == (holder.id, SUBJECT, "person:ana")
    assert opened.link == holder.id


def test_a_handler_makes_a_link_on_the_board_and_ends_it(desk: Stage) -> None:
    ref = told_embassy(desk)
    desk.log_in("ana")

    made = submit(desk, f"/cases/{ref}/told", {"act": f"make:{SUBJECT}"})
    link = re.search(r'value="[^"]*(/h/[A-Za-z0-9_=-]+)"', made.text)[1]  # type: ignore[index]
    code = re.search(r'Code: <b class="ref">([0-9-]+)</b>', made.text)[1]  # type: ignore[index]
    assert link not in desk.client.get(f"/cases/{ref}/told").text, "shown once"
    holder = Holder(desk)
    holder.path, holder.code = link, code
    assert "Who was told (1)" in words_of(holder.enter())
    desk.log_in("ana")
    page = desk.client.get(f"/cases/{ref}/told").text
    for act in set(re.findall(r'value="(end:[0-9a-f]{16})"', page)):
        submit(desk, f"/cases/{ref}/told", {"act": act})
    assert words.OVER_HEADING in holder.enter().text


def test_nobody_makes_a_link_for_somebody_the_case_is_not_about(desk: Stage) -> None:
    ref = told_embassy(desk)
    desk.log_in("ana")
    answer = submit(desk, f"/cases/{ref}/told", {"act": "make:hotline-a/other"})
    assert answer.status_code == 422
    desk.log_in("rea")
    assert submit(desk, f"/cases/{ref}/told", {"act": f"make:{SUBJECT}"}).status_code == 403
    assert count(desk, "holder_link_made") == 0


STEPS = ["release", "stop_outgoing", "freeze", "answer", "tick", "deliver", "fail", "revoke"]


@given(steps=st.lists(st.sampled_from(STEPS), max_size=6))
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_view_lists_exactly_the_messages_that_the_journal_decided(
    desk: Stage, steps: list[str]
) -> None:
    """Against a naive reading of the journal: every message of every round, no more and no less."""
    number = next(_NUMBERS)
    pseudonym = f"person-{number}"
    sent = arrest(id=f"p{number}", situation=f"p{number}", subject=pseudonym)
    ref = open_case(desk, sent)
    for step in steps:
        _act(desk, ref, step)

    file = desk.run(desk.reader.run, partial(holder_file, pseudonym=f"hotline-a/{pseudonym}"))

    listed = Counter(
        (party.party, message.tell_no, message.contact, message.channel)
        for case in file.cases
        for party in told_parties(case)
        for message in party.messages
    )
    assert listed == desk.run(desk.reader.run, partial(_journal, file=file))


_NUMBERS = iter(range(10_000))


def _journal(conn: Connection, *, file: HolderFile) -> Counter[tuple[str, int, str, str]]:
    found: Counter[tuple[str, int, str, str]] = Counter()
    for case in file.cases:
        rows = select(tables.journal.c.body).where(tables.journal.c.stream == case.case.id)
        for body in conn.execute(rows).scalars():
            fact = load_fact(body)
            if isinstance(fact, Told | Rerouted) and fact.track.value != "duty":
                for notice in fact.notices:
                    way = notice.endpoint.partition(":")[0]
                    found[(fact.party, fact.tell_no, notice.contact, way)] += 1
    return found


def _act(desk: Stage, ref: str, step: str) -> None:
    match step:
        case "release":
            desk.log_in("ana")
            release(desk, ref)
            submit(desk, f"/cases/{ref}/release/nhris", dict(RELEASE_NHRI))
        case "stop_outgoing":
            desk.log_in("ana")
            submit(desk, "/stop", {"on": "yes"})
        case "freeze":
            desk.log_in("ana")
            submit(desk, f"/cases/{ref}/freeze", {"track": "missions"})
        case "tick":
            desk.advance(hours=5)
            desk.run(partial(desk.desk.fire_due, limit=100))
        case "deliver":
            desk.deliver()
        case "fail":
            desk.deliver("failed_permanent")
        case "answer":
            page = page_of(desk, ref, "embassy-qn", "lea")
            asked = enter(desk, page)
            if 'value="agree"' in asked.text:
                choose(desk, page, choose(desk, page, asked, "agree"), "acknowledged")
        case "revoke":
            file = desk.run(desk.reader.run, lambda c: _of_ref(c, ref))
            Holder(desk, whose=file).stop()


def _of_ref(conn: Connection, ref: str) -> str:
    found = conn.execute(
        select(tables.case_subjects.c.pseudonym)
        .join(tables.cases, tables.cases.c.id == tables.case_subjects.c.case_id)
        .where(tables.cases.c.ref == ref)
    )
    return str(found.scalars().first())
