"""Answers from everywhere, over a real desk: the same facts, whichever way they come in."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from sqlalchemy import Connection, select
from starlette.applications import Starlette
from starlette.routing import Route

from engine.case.commands import Inbox, Respond
from engine.case.state import Alert, AlertStatus
from engine.desk import Lane
from engine.intake.answer_stream import ANSWER_TYPE, AnswerHandler
from engine.mail_replies import MailReplies
from engine.ports import Record
from engine.program_answers import ProgramAnswers
from engine.replies import Became, Replies
from engine.store import offsets, tables
from engine.web.api.answering import Answering
from engine.web.console.case_page import load
from notifiers.sinks import SmsGatewaySink
from notifiers.sms.config import SmsSettings
from schemas.codes import ActionKind
from schemas.contact import Contact, Endpoint
from schemas.responses import Response as Answer
from schemas.responses import ResponseKind, Way
from tests.harness.people import duty
from tests.harness.towns import ARREST, THREAT, cerro, rulebook
from tests.integration.web.stage import Stage, stage
from tests.integration.web.story import (
    arrest,
    choose,
    enter,
    open_case,
    page_of,
    release,
    submit,
)

TOPIC = "tocsin.answers"
NUMBER = "+99900000777"
"""The capital desk reads mail, and texts as well."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Stage]:
    place = cerro()
    contacts = tuple(
        _with_texts(each) if each.id == "capital-desk" else each for each in place.contacts
    )
    with stage(
        tmp_path,
        place=replace(place, contacts=contacts),
        rulebook=rulebook(ARREST, THREAT),
        roster=duty(handlers=["Ana"], seconds=["Ben"], shift_leads=["Chi"], ways=("sms", "email")),
    ) as made:
        made.log_in("ana")
        yield made


def _with_texts(known: Contact) -> Contact:
    number = Endpoint(id="capital-desk.sms", channel="sms", address=NUMBER)
    return replace(known, endpoints=(*known.endpoints, number))


class Doors:
    """One case after the other, each answered by the capital desk in its own way."""

    def __init__(self, desk: Stage) -> None:
        self.desk = desk
        world: Any = desk.desk._world
        self.sms = Replies(desk=desk.desk, reader=desk.reader, world=world, clock=desk.clock)
        self.mails = MailReplies(desk=desk.desk, reader=desk.reader, world=world)
        self.answers = ProgramAnswers(
            desk=desk.desk,
            writer=desk.writer,
            tokens=desk.services.tokens,
            clock=desk.clock,
            world=world,
        )
        self.api = Answering(self.answers)

    def cases(self, count: int) -> list[tuple[str, Alert]]:
        """Fresh cases whose embassy was told; all open first, or one is another's reprisal."""
        refs = [open_case(self.desk, arrest(id=f"w{n}", situation=f"w{n}")) for n in range(count)]
        return [(ref, self._told(ref)) for ref in refs]

    def case(self) -> tuple[str, Alert]:
        """One of them."""
        return self.cases(1)[0]

    def _told(self, ref: str) -> Alert:
        release(self.desk, ref)
        found = self.desk.run(self.desk.reader.run, lambda conn: load(conn, ref=ref, zone="UTC"))
        alert: Alert = next(a for a in found.file.case.alerts if a.party == "embassy-qn")
        return alert

    def facts(self, ref: str, alert: Alert) -> list[dict[str, Any]]:
        """What the journal says of this case since it was released, without whose case it is."""
        bodies = self._journal(ref)
        last = max(n for n, body in enumerate(bodies) if b'"kind":"handed_off"' in body)
        return [_bare(body, alert) for body in bodies[last + 1 :]]

    def all_facts(self, ref: str) -> list[dict[str, Any]]:
        """All that the journal says of this case."""
        return [orjson.loads(body) for body in self._journal(ref)]

    def _journal(self, ref: str) -> list[bytes]:
        def read(conn: Connection) -> list[bytes]:
            of = conn.execute(select(tables.cases.c.id).where(tables.cases.c.ref == ref)).scalar()
            rows = select(tables.journal.c.body).where(tables.journal.c.stream == of)
            return list(conn.execute(rows.order_by(tables.journal.c.n)).scalars())

        bodies: list[bytes] = self.desk.run(self.desk.reader.run, read)
        return bodies

    def page(self, kind: ResponseKind, ref: str, alert: Alert, **said: str) -> None:
        page = page_of(self.desk, ref, "embassy-qn", "capital-desk")
        shown = choose(self.desk, page, enter(self.desk, page), "agree")
        shown = choose(self.desk, page, shown, kind.value)
        if said:
            given = {"day": said["day"], "time": said["time"]} if "day" in said else {}
            given |= {name: said[name] for name in ("action", "reason") if name in said}
            shown = choose(self.desk, page, shown, "send", **given)
        assert "recorded" in shown.text, shown.text

    def phone(self, kind: ResponseKind, ref: str, alert: Alert, **said: str) -> None:
        fields = {"by": "capital-desk", "kind": kind.value}
        fields |= {name: said[name] for name in ("action", "reason") if name in said}
        if "day" in said:
            fields |= {"due_day": said["day"], "due_time": said["time"]}
        done = submit(self.desk, f"/cases/{ref}/answer/{alert.id}", dict(fields))
        assert done.status_code == 200, done.text

    def program(self, kind: ResponseKind, ref: str, alert: Alert, **said: str) -> None:
        page = page_of(self.desk, ref, "embassy-qn", "capital-desk")
        given = {"id": "x1", "token": page.token, "code": page.code, "answer": kind.value}
        given |= {name: said[name] for name in ("action", "reason") if name in said}
        if "day" in said:
            given["due"] = f"{said['day']}T{said['time']}:00Z"
        assert self.post(given).status_code == 202

    def post(self, given: dict[str, str]) -> Any:
        """What the door for programs says; on the desk's own loop."""
        app = Starlette(routes=[Route("/v1/answers", self.api.post, methods=["POST"])])

        async def send() -> Any:
            transport = httpx2.ASGITransport(app=app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://a") as client:
                return await client.post("/v1/answers", json=given)

        return self.desk.run(send)

    def text(self, kind: ResponseKind, ref: str, alert: Alert, **said: str) -> None:
        settings = SmsSettings.model_validate(SmsGatewaySink.settings_of("http://127.0.0.1:1"))
        words = f"{_CODES[kind]} {alert.ref}"
        report = {"text": words, "from": NUMBER}
        assert self.desk.run(self.sms.take, "sms", settings, report) is Became.TAKEN

    def mail(self, kind: ResponseKind, ref: str, alert: Alert, **said: str) -> None:
        raw = self.a_mail(f"{_CODES[kind]} {alert.ref}", alert)
        assert self.desk.run(self.mails.take, "email", raw) is Became.TAKEN

    def a_mail(self, words: str, alert: Alert, *, sender: str = "", key: str = "") -> bytes:
        """A mail in answer to the newest message to the capital desk."""

        def read(conn: Connection) -> str:
            rows = tables.notifications
            wanted = select(rows.c.key).where(
                rows.c.alert_id == alert.id, rows.c.contact == "capital-desk"
            )
            return str(conn.execute(wanted).scalars().first())

        key = key or self.desk.run(self.desk.reader.run, read)
        return (
            f"From: <{sender or 'capital-desk@email.example'}>\r\nMessage-ID: <m@b.example>\r\n"
            f"In-Reply-To: <{key}@desk.example>\r\n\r\n{words}\r\n"
        ).encode()

    def a_mail_of_duty(self, words: str) -> bytes:
        """A mail in answer to a page that went to one of our own people."""

        def read(conn: Connection) -> tuple[str, str]:
            pages, alerts = tables.notifications, tables.alerts
            of = pages.join(alerts, alerts.c.id == pages.c.alert_id)
            wanted = select(pages.c.key, pages.c.endpoint).select_from(of)
            row = conn.execute(
                wanted.where(alerts.c.track == "duty", pages.c.channel == "email")
            ).first()
            assert row is not None
            return row.key, row.endpoint.partition(":")[2]

        key, endpoint = self.desk.run(self.desk.reader.run, read)
        end = self.desk.services.world.registry().endpoint(endpoint)
        return (
            f"From: <{end.address}>\r\nMessage-ID: <m@b.example>\r\n"
            f"In-Reply-To: <{key}@desk.example>\r\n\r\n{words}\r\n"
        ).encode()

    def stream(self, kind: ResponseKind, ref: str, alert: Alert, **said: str) -> None:
        page = page_of(self.desk, ref, "embassy-qn", "capital-desk")
        data = {"token": page.token, "code": page.code, "answer": kind.value}
        data |= {name: said[name] for name in ("action", "reason") if name in said}
        if "day" in said:
            data["due"] = f"{said['day']}T{said['time']}:00Z"
        self.publish(data)

    def publish(self, data: dict[str, Any], *, id: str = "k1", type: str = ANSWER_TYPE) -> int:
        """One record of the topic of answers; where its reader stands afterwards."""
        event = {"specversion": "1.0", "type": type, "source": "embassy", "id": id, "data": data}
        value = orjson.dumps(event)
        here = (TOPIC, 0)

        def acquire(conn: Connection) -> Any:
            found = offsets.acquire(conn, {here: offsets.Range(begin=0, end=99)}, owner="test")
            return next(iter(found))

        held = self.desk.run(self.desk.writer.run, acquire)
        record = Record(topic=TOPIC, partition=0, offset=held.next_offset, key=None, value=value)
        handler = AnswerHandler(
            answers=self.answers,
            desk=self.desk.desk,
            vault=self.desk.door._vault,
            clock=self.desk.clock,
        )
        self.desk.run(partial(handler, [record], epoch=held.epoch))
        reached = self.desk.run(self.desk.reader.run, lambda c: offsets.positions(c, [here]))
        return int(reached[here][0]) - held.next_offset


_CODES = {
    ResponseKind.ACKNOWLEDGED: "1",
    ResponseKind.WRONG_CONTACT: "2",
    ResponseKind.ASKS: "3",
    ResponseKind.PASSED_ON: "6",
    ResponseKind.WARNS: "7",
}
_WAYS: dict[Way, Callable[..., None]] = {
    Way.PAGE: Doors.page,
    Way.PHONE: Doors.phone,
    Way.API: Doors.program,
    Way.KAFKA: Doors.stream,
    Way.SMS: Doors.text,
    Way.EMAIL: Doors.mail,
}
_BY_DIGIT = (Way.SMS, Way.EMAIL)


def _bare(body: bytes, alert: Alert) -> dict[str, Any]:
    """A fact without the way it came in, and with no id but the parties' own."""
    fact = orjson.loads(body)
    told = {"way", "task", "key", "ref", "case", "action"}
    kept = {name: value for name, value in fact.items() if name not in told}
    text = orjson.dumps(kept).decode().replace(alert.id, "ALERT")
    read: dict[str, Any] = orjson.loads(text)
    for notice in read.get("notices", ()):
        notice.pop("key")
    return read


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (ResponseKind.ACKNOWLEDGED, {}),
        (ResponseKind.WRONG_CONTACT, {}),
        (
            ResponseKind.COMMITTED,
            {"action": ActionKind.VISIT.value, "day": "2027-03-03", "time": "14:00"},
        ),
        (ResponseKind.DECLINED, {"reason": "no_capacity"}),
    ],
)
def test_an_answer_leads_to_the_same_facts_on_every_way(
    desk: Stage, kind: ResponseKind, said: dict[str, str]
) -> None:
    doors = Doors(desk)
    found: dict[Way, list[dict[str, Any]]] = {}
    ways = {way: do for way, do in _WAYS.items() if kind in _CODES or way not in _BY_DIGIT}
    told = doors.cases(len(ways))
    for (way, answer), (ref, alert) in zip(ways.items(), told, strict=True):
        answer(doors, kind, ref, alert, **said)
        found[way] = doors.facts(ref, alert)
    on_page = found.pop(Way.PAGE)
    assert len(on_page) > 1
    for way, facts in found.items():
        assert facts == on_page, way


@pytest.mark.parametrize(
    ("words", "became", "owned"),
    [("6", Became.UNCLEAR, False), ("7", Became.UNCLEAR, False), ("1", Became.TAKEN, True)],
)
def test_a_duty_person_who_passes_a_page_on_or_warns_by_mail_does_not_take_the_case(
    desk: Stage, words: str, became: Became, owned: bool
) -> None:
    doors = Doors(desk)
    ref = open_case(desk, arrest(id="w0", situation="w0"))
    desk.deliver()

    assert desk.run(doors.mails.take, "email", doors.a_mail_of_duty(words)) is became

    desk.advance(minutes=1)
    assert ("owned" in [fact["kind"] for fact in doors.all_facts(ref)]) is owned


def test_a_mail_from_another_address_changes_nothing_and_a_person_hears_of_it(
    desk: Stage,
) -> None:
    doors = Doors(desk)
    ref, alert = doors.case()
    raw = doors.a_mail("1", alert, sender="somebody@email.example")
    assert desk.run(doors.mails.take, "email", raw) is Became.STRANGER
    assert not any(fact["kind"] == "answered" for fact in doors.facts(ref, alert))


def test_a_mail_that_knows_the_reference_and_no_message_of_ours_changes_nothing(
    desk: Stage,
) -> None:
    doors = Doors(desk)
    ref, alert = doors.case()
    raw = doors.a_mail(f"1 {alert.ref}", alert, key="0" * 40)
    assert desk.run(doors.mails.take, "email", raw) is Became.STRANGER
    assert not any(fact["kind"] == "answered" for fact in doors.facts(ref, alert))


def test_a_mail_that_names_another_reference_than_it_answers_changes_nothing(
    desk: Stage,
) -> None:
    doors = Doors(desk)
    (_, other), (ref, alert) = doors.cases(2)
    raw = doors.a_mail(f"1 {other.ref}", alert)
    assert desk.run(doors.mails.take, "email", raw) is Became.STRANGER
    assert not any(fact["kind"] == "answered" for fact in doors.facts(ref, alert))


def test_the_same_mail_delivered_twice_is_one_answer(desk: Stage) -> None:
    doors = Doors(desk)
    ref, alert = doors.case()
    raw = doors.a_mail("1", alert)
    for copy in (raw, b"Received: by another.example\r\n" + raw):
        assert desk.run(doors.mails.take, "email", copy) is Became.TAKEN
    assert [f["kind"] for f in doors.facts(ref, alert)].count("answered") == 1


def test_five_wrong_codes_of_a_program_close_the_page_and_duty_is_told(desk: Stage) -> None:
    doors = Doors(desk)
    ref, _ = doors.case()
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    given = {"id": "x", "token": page.token, "code": "0000-00", "answer": "acknowledged"}
    assert {doors.post(given).status_code for _ in range(5)} == {403}
    assert doors.post(given | {"code": page.code}).status_code == 403
    assert "Somebody guessed at the code" in desk.client.get("/cases").text


@pytest.mark.parametrize(
    ("said", "status"),
    [({"answer": "forwarded"}, 400), ({"answer": "committed"}, 409), ({"words": "x"}, 400)],
)
def test_a_program_is_told_what_its_answer_lacks(
    desk: Stage, said: dict[str, str], status: int
) -> None:
    doors = Doors(desk)
    ref, _ = doors.case()
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    given = {"id": "x", "token": page.token, "code": page.code, "answer": "acknowledged"}
    assert doors.post(given | said).status_code == status


def test_a_program_that_passed_it_on_names_a_colleague_by_our_id(
    desk: Stage,
) -> None:
    doors = Doors(desk)
    ref, alert = doors.case()
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    given = {"id": "x", "token": page.token, "code": page.code, "answer": "passed_on"}
    assert doors.post(given | {"passed_on_to": "lea"}).status_code == 202
    facts = {fact["kind"]: fact for fact in doors.facts(ref, alert)}
    assert facts["passed_on"]["to"] == "lea"
    assert "task_raised" not in facts, "nobody has to ask"


def test_a_name_that_a_program_gives_stays_out_of_the_journal_and_a_person_asks(
    desk: Stage,
) -> None:
    doors = Doors(desk)
    ref, _ = doors.case()
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    given = {"id": "x", "token": page.token, "code": page.code, "answer": "passed_on"}
    assert doors.post(given | {"passed_on_to": "Wendelin"}).status_code == 202
    facts = doors.all_facts(ref)
    assert "Wendelin" not in orjson.dumps(facts).decode()
    (raised,) = [f for f in facts if f.get("task_kind") == "question"]
    assert raised["detail"] == "passed_on"


@pytest.mark.parametrize("answer", [Doors.text, Doors.mail])
@pytest.mark.parametrize(
    ("kind", "fact"),
    [(ResponseKind.PASSED_ON, "passed_on"), (ResponseKind.WARNS, "track_frozen")],
)
def test_six_passes_it_on_and_seven_warns_by_text_and_by_mail(
    desk: Stage, answer: Callable[..., None], kind: ResponseKind, fact: str
) -> None:
    doors = Doors(desk)
    ref, alert = doors.case()
    answer(doors, kind, ref, alert)
    assert fact in [fact["kind"] for fact in doors.facts(ref, alert)]


def test_two_answers_of_a_program_under_one_name_and_the_first_stands(desk: Stage) -> None:
    doors = Doors(desk)
    ref, alert = doors.case()
    doors.program(ResponseKind.ACKNOWLEDGED, ref, alert)
    doors.program(ResponseKind.ACKNOWLEDGED, ref, alert)
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    given = {"id": "x1", "token": page.token, "code": page.code, "answer": "declined"}
    refused = doors.post(given)
    assert (refused.status_code, refused.json()["problems"][0]["code"]) == (409, "equivocation")
    assert [f["kind"] for f in doors.facts(ref, alert)].count("answered") == 1


def test_a_record_read_twice_is_one_answer_and_the_reader_goes_on(desk: Stage) -> None:
    doors = Doors(desk)
    ref, alert = doors.case()
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    data = {"token": page.token, "code": page.code, "answer": "acknowledged"}
    assert [doors.publish(data), doors.publish(data)] == [1, 1]
    assert [f["kind"] for f in doors.facts(ref, alert)].count("answered") == 1


@pytest.mark.parametrize(
    ("data", "type"),
    [
        ({"answer": "acknowledged", "token": "x", "code": "0000-00"}, ANSWER_TYPE),
        ({"answer": "acknowledged"}, ANSWER_TYPE),
        ({"answer": "acknowledged", "token": "x", "code": "1"}, "org.elsewhere"),
    ],
)
def test_a_record_that_answers_nothing_is_set_aside_and_a_person_hears_of_it(
    desk: Stage, data: dict[str, str], type: str
) -> None:
    doors = Doors(desk)
    assert doors.publish(data, type=type) == 1
    rows = desk.run(desk.reader.run, lambda c: list(c.execute(select(tables.quarantine))))
    assert [(row.topic, "token" in str(row.ciphertext)) for row in rows] == [(TOPIC, False)]
    assert "Something arrived that is not an event" in desk.client.get("/cases").text


@pytest.mark.parametrize("answer_first", [True, False])
def test_an_answer_in_the_very_moment_its_time_is_over_counts_in_either_order(
    desk: Stage, answer_first: bool
) -> None:
    doors = Doors(desk)
    ref, alert = doors.case()
    (told,) = [f for f in doors.all_facts(ref) if f["kind"] == "told" and f["alert"] == alert.id]
    by = datetime.fromisoformat(told["answer_by"])
    desk.run(desk.clock.advance, seconds=(by - desk.clock.now()).total_seconds())
    answer = Respond(
        inbox=Inbox(source="tests", id="race", digest="0" * 64),
        alert=alert.id,
        response=Answer(kind=ResponseKind.ACKNOWLEDGED, way=Way.API, by="capital-desk"),
    )

    async def together() -> None:
        both = [
            lambda: desk.desk.submit(answer, lane=Lane.STOP),
            lambda: desk.desk.fire_due(limit=10),
        ]
        tasks = [asyncio.ensure_future(do()) for do in (both if answer_first else both[::-1])]
        await asyncio.gather(*tasks)

    desk.run(together)
    found = desk.run(desk.reader.run, lambda conn: load(conn, ref=ref, zone="UTC")).file.case
    now = next(a for a in found.alerts if a.id == alert.id)
    facts = doors.all_facts(ref)
    assert [f["contact"] for f in facts if f["kind"] == "answered"] == ["capital-desk"]
    assert now.status is AlertStatus.ANSWERED
    assert [(call.contact, call.answered) for call in now.calls] == [("capital-desk", True)]
    assert len([f for f in facts if f["kind"] == "told" and f["alert"] == alert.id]) == 1
    assert not any(t.kind == "phone_them" for t in found.tasks)
