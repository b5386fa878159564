"""Answers from everywhere, over a real desk: the same facts, whichever way they come in."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, get_args

import httpx2
import orjson
import pytest
from sqlalchemy import Connection, select
from starlette.applications import Starlette
from starlette.routing import Route

from engine.admin import acting
from engine.admin.acting import Answering as Typed
from engine.admin.house import House
from engine.admin.operation import Asked
from engine.case.commands import Inbox, Respond
from engine.case.state import Alert, AlertStatus
from engine.coded import KINDS
from engine.desk import Lane
from engine.intake.answer_stream import ANSWER_TYPE, AnswerHandler
from engine.mail_replies import MailReplies
from engine.ports import Record
from engine.program_answers import Kinds, ProgramAnswers
from engine.replies import Became, Replies
from engine.store import offsets, tables
from engine.web.answer import english
from engine.web.answer.particulars import FORMS, OUTSIDE
from engine.web.api.answering import Answering
from engine.web.console.case_page import load
from notifiers.sinks import SmsGatewaySink
from notifiers.sms.config import SmsSettings
from notifiers.sms.inbound import read_code
from schemas.codes import ActionKind, TrackName
from schemas.contact import Contact, Endpoint
from schemas.responses import Done, ResponseKind, Way
from schemas.responses import Response as Answer
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
from tests.model.page import table

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
        self.mails = MailReplies(desk=desk.desk, reader=desk.reader, world=world, clock=desk.clock)
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
        if kind in FORMS:
            given = {name: value for name, value in said.items() if name in _FIELDS}
            given |= {"promise": said["action"]} if kind is ResponseKind.WITHDRAWS else {}
            given |= {"to": OUTSIDE} if kind is ResponseKind.PASSED_ON else {}
            given |= {"note": "When may I call?"} if kind is ResponseKind.ASKS else {}
            shown = choose(self.desk, page, shown, "send", **given)
        assert "recorded" in shown.text, shown.text

    def phone(self, kind: ResponseKind, ref: str, alert: Alert, **said: str) -> None:
        fields = {"by": "capital-desk", "kind": kind.value}
        fields |= {name: said[name] for name in _CODED_FIELDS if name in said}
        if "day" in said:
            fields |= {"due_day": said["day"], "due_time": said["time"]}
        done = submit(self.desk, f"/cases/{ref}/answer/{alert.id}", dict(fields))
        assert done.status_code == 200, done.text

    def program(self, kind: ResponseKind, ref: str, alert: Alert, **said: str) -> None:
        page = page_of(self.desk, ref, "embassy-qn", "capital-desk")
        given = {"id": "x1", "token": page.token, "code": page.code, "answer": kind.value}
        given |= {name: said[name] for name in _CODED_FIELDS if name in said}
        if "day" in said:
            given["due"] = f"{said['day']}T{said['time']}:00Z"
        assert self.post(given).status_code == 202

    def terminal(self, kind: ResponseKind, ref: str, alert: Alert, **said: str) -> None:
        """`tocsin respond`, as Ana."""
        given = {name: said[name] for name in _CODED_FIELDS if name in said}
        if "day" in said:
            given["due"] = f"{said['day']}T{said['time']}:00Z"
        args = Typed.model_validate(
            {"case": ref, "alert": alert.ref, "kind": kind, "contact": "capital-desk", **given}
        )
        house = House(
            settings=None,  # type: ignore[arg-type]  # not asked here
            services=self.desk.services,
            sources=None,  # type: ignore[arg-type]
            world=None,  # type: ignore[arg-type]
            import_registry=None,  # type: ignore[arg-type]
            follow=None,  # type: ignore[arg-type]
        )
        asked = Asked(visitor=self.desk.run(_session, self.desk), request="r1")
        assert self.desk.run(acting.respond, house, asked, args)["done"]

    def promises(self, alert: Alert, due: datetime) -> None:
        """The capital desk has promised something before."""
        given = Answer(
            kind=ResponseKind.COMMITTED,
            way=Way.API,
            by="capital-desk",
            action=ActionKind.OTHER,
            due=due,
        )
        inbox = Inbox(source="tests", id=f"p{alert.ref}", digest="0" * 64)
        command = Respond(inbox=inbox, alert=alert.id, response=given)

        async def submit() -> Any:
            return await self.desk.desk.submit(command, lane=Lane.STOP)

        assert isinstance(self.desk.run(submit)[0], Done)

    def post(self, given: dict[str, str]) -> Any:
        """What the door for programs says; on the desk's own loop."""
        app = Starlette(routes=[Route("/v1/answers", self.api.post, methods=["POST"])])

        async def send() -> Any:
            transport = httpx2.ASGITransport(app=app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://a") as client:
                return await client.post("/v1/answers", json=given)

        return self.desk.run(send)

    def text(self, kind: ResponseKind, ref: str, alert: Alert, **said: str) -> None:
        words = said.get("code") or _CODES[kind]
        assert self.text_became(words, alert) is Became.TAKEN

    def text_became(
        self, words: str, alert: Alert, *, id: str = "", number: str = NUMBER
    ) -> Became:
        """What becomes of this text; its gateway names no text, and reports one twice."""
        settings = SmsSettings.model_validate(SmsGatewaySink.settings_of("http://127.0.0.1:1"))
        report = {"text": f"{words} {alert.ref}", "from": number}
        became: Became = self.desk.run(self.sms.take, "sms", settings, report)
        return became

    def mail(self, kind: ResponseKind, ref: str, alert: Alert, **said: str) -> None:
        words = said.get("code") or _CODES[kind]
        assert self.mail_became(words, alert) is Became.TAKEN

    def mail_became(self, words: str, alert: Alert, *, id: str = "m") -> Became:
        """What becomes of a mail with these words on its first line."""
        raw = self.a_mail(f"{words} {alert.ref}", alert, id=id)
        became: Became = self.desk.run(self.mails.take, "email", raw)
        return became

    def a_mail(
        self, words: str, alert: Alert, *, sender: str = "", key: str = "", id: str = "m"
    ) -> bytes:
        """A mail in answer to the newest message to the capital desk."""

        def read(conn: Connection) -> str:
            rows = tables.notifications
            wanted = select(rows.c.key).where(
                rows.c.alert_id == alert.id, rows.c.contact == "capital-desk"
            )
            return str(conn.execute(wanted).scalars().first())

        key = key or self.desk.run(self.desk.reader.run, read)
        return (
            f"From: <{sender or 'capital-desk@email.example'}>\r\n"
            f"Message-ID: <{id}@b.example>\r\n"
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
        data |= {name: said[name] for name in _CODED_FIELDS if name in said}
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


_CODED_FIELDS = ("action", "effect", "reason")
_FIELDS = (*_CODED_FIELDS, "day", "time")
_CODES = {kind: code for code, kind in reversed(KINDS.items())}
_WAYS: dict[Way, Callable[..., None]] = {
    Way.PAGE: Doors.page,
    Way.PHONE: Doors.phone,
    Way.CLI: Doors.terminal,
    Way.API: Doors.program,
    Way.KAFKA: Doors.stream,
    Way.SMS: Doors.text,
    Way.EMAIL: Doors.mail,
}
_BY_CODE = (Way.SMS, Way.EMAIL)
IN_A_DAY = {"day": "2027-03-02", "time": "22:01"}
IN_FOUR_HOURS = {"day": "2027-03-02", "time": "02:01"}
"""From the minute at which the capital desk answers."""
SAID: tuple[tuple[ResponseKind, dict[str, str], str], ...] = (
    (ResponseKind.ACKNOWLEDGED, {}, "1"),
    (ResponseKind.COMMITTED, {"action": "other", **IN_A_DAY}, "0 24h"),
    (ResponseKind.COMMITTED, {"action": "visit", "day": "2027-03-03", "time": "14:00"}, ""),
    (ResponseKind.ACTED, {"action": "other", "effect": "unknown"}, "4"),
    (ResponseKind.ACTED, {"action": "call", "effect": "negative"}, ""),
    (ResponseKind.DECLINED, {"reason": "other"}, "8"),
    (ResponseKind.DECLINED, {"reason": "not_us"}, "81"),
    (ResponseKind.DECLINED, {"reason": "outside_mandate"}, "82"),
    (ResponseKind.DECLINED, {"reason": "inside_information"}, "83"),
    (ResponseKind.DECLINED, {"reason": "no_capacity"}, "84"),
    (ResponseKind.CONFLICT, {}, "9"),
    (ResponseKind.WRONG_CONTACT, {}, "2"),
    (ResponseKind.PASSED_ON, {}, "6"),
    (ResponseKind.ASKS, {}, "3"),
    (ResponseKind.ASKS, {}, "5"),
    (ResponseKind.WARNS, IN_FOUR_HOURS, "7"),
    (ResponseKind.ALREADY_ACTING, {"action": "other"}, "0"),
    (ResponseKind.WITHDRAWS, {"action": "other"}, "50"),
)
"""Each kind of answer, its particulars, and the code that says the same; none: no code does."""


async def _session(desk: Stage) -> Any:
    return await desk.services.sessions.find(next(iter(desk.client.cookies.values())))


def _bare(body: bytes, alert: Alert) -> dict[str, Any]:
    """A fact without the way it came in, without words, and with no id but the parties' own."""
    fact = orjson.loads(body)
    told = {"way", "task", "key", "ref", "case", "action", "note"}
    kept = {name: value for name, value in fact.items() if name not in told}
    if kept.get("alert") not in (None, alert.id):
        kept["alert"] = "ANOTHER"  # A page to one of our own, whose name stands beside it.
    text = orjson.dumps(kept).decode().replace(alert.id, "ALERT")
    read: dict[str, Any] = orjson.loads(text)
    for notice in read.get("notices", ()):
        notice.pop("key")
    return read


@pytest.mark.parametrize(("kind", "said", "code"), SAID)
def test_an_answer_leads_to_the_same_facts_on_every_way(
    desk: Stage, kind: ResponseKind, said: dict[str, str], code: str
) -> None:
    doors = Doors(desk)
    found: dict[Way, list[dict[str, Any]]] = {}
    ways = {way: do for way, do in _WAYS.items() if code or way not in _BY_CODE}
    told = doors.cases(len(ways))
    desk.advance(seconds=29)  # Forms know minutes, and a code counts from when it came.
    for (way, answer), (ref, alert) in zip(ways.items(), told, strict=True):
        if kind is ResponseKind.WITHDRAWS:
            doors.promises(alert, desk.clock.now() + timedelta(hours=24))
        answer(doors, kind, ref, alert, **(said | {"code": code}))
        found[way] = doors.facts(ref, alert)
    on_page = found.pop(Way.PAGE)
    assert len(on_page) > 1
    for way, facts in found.items():
        assert facts == on_page, way


def test_the_table_of_the_docs_says_what_was_compared_here() -> None:
    """Every kind on every way that offers it: the page's choices, the codes, a program's words."""
    page = {each.kind for each in english.choices(TrackName.MISSIONS, promised=True)}
    by_code = [(kind, code) for kind, _, code in SAID if code]
    program = set(get_args(Kinds))
    rows = {}
    for kind in ResponseKind:
        codes = ", ".join(f"`{code}`" for of, code in by_code if of is kind)
        shown = ["yes" if kind in page else "no", codes or "no"]
        rows[kind.value] = [*shown, "yes" if kind.value in program else "no", "yes"]

    assert table("**Ways.**") == rows
    written = {read_code(code) for _, code in by_code}
    assert {each.words[0] for each in written} == set(KINDS), "no code is left out"
    assert {kind for kind, _, _ in SAID} == set(ResponseKind)


@pytest.mark.parametrize(
    ("words", "became", "owned"),
    [
        *((code, Became.UNCLEAR, False) for code in ("6", "7", "9", "0", "0 24h", "50", "8?")),
        *((code, Became.TAKEN, False) for code in ("2", "8", "84")),
        ("1", Became.TAKEN, True),
    ],
)
def test_a_duty_person_who_says_anything_else_by_mail_does_not_take_the_case(
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


@pytest.mark.parametrize("answer", [Doors.text_became, Doors.mail_became])
@pytest.mark.parametrize("no", ["8", "84"])
@pytest.mark.parametrize("then", ["0 24h", "1", "4"])
def test_somebody_who_said_no_and_then_offers_help_is_heard_by_a_person(
    desk: Stage, answer: Callable[..., Became], no: str, then: str
) -> None:
    doors = Doors(desk)
    ref, alert = doors.case()
    assert answer(doors, no, alert) is Became.TAKEN
    assert answer(doors, then, alert, id="m2") is Became.UNCLEAR
    kinds = [fact["kind"] for fact in doors.facts(ref, alert)]
    assert "declined" in kinds
    assert not {"promised", "answered", "acted"} & set(kinds)
    assert "we could not take" in desk.client.get("/cases").text


@pytest.mark.parametrize("answer", [Doors.text_became, Doors.mail_became])
def test_taking_back_what_nobody_promised_goes_to_a_person(
    desk: Stage, answer: Callable[..., Became]
) -> None:
    doors = Doors(desk)
    ref, alert = doors.case()
    before = doors.facts(ref, alert)
    assert answer(doors, "50", alert) is Became.UNCLEAR
    assert doors.facts(ref, alert) == before


@pytest.mark.parametrize("answer", [Doors.text_became, Doors.mail_became])
@pytest.mark.parametrize(
    "words", ["0 24", "0 Tuesday", "0 300h", "8?", "8 not now", "9 нет", "50 1", "1 8"]
)
def test_a_code_with_words_that_nobody_can_read_changes_nothing_and_goes_to_a_person(
    desk: Stage, answer: Callable[..., Became], words: str
) -> None:
    doors = Doors(desk)
    ref, alert = doors.case()
    before = doors.facts(ref, alert)
    assert answer(doors, words, alert) is Became.UNCLEAR
    assert doors.facts(ref, alert) == before


@pytest.mark.parametrize("answer", [Doors.text_became, Doors.mail_became])
def test_a_promise_by_code_that_is_delivered_twice_is_one_counted_from_the_first(
    desk: Stage, answer: Callable[..., Became]
) -> None:
    doors = Doors(desk)
    ref, alert = doors.case()
    first = desk.clock.now()
    assert answer(doors, "0 24h", alert) is Became.TAKEN
    desk.advance(minutes=5)
    assert answer(doors, "0 24h", alert) is Became.TAKEN
    (promised,) = [f for f in doors.facts(ref, alert) if f["kind"] == "promised"]
    assert datetime.fromisoformat(promised["due_at"]) == first + timedelta(hours=24)


@pytest.mark.parametrize("words", ["8", "9", "0", "0 24h", "50"])
def test_a_number_that_was_told_nothing_answers_nothing(desk: Stage, words: str) -> None:
    doors = Doors(desk)
    ref, alert = doors.case()
    before = doors.facts(ref, alert)
    assert doors.text_became(words, alert, number="+99900000888") is Became.STRANGER
    assert doors.facts(ref, alert) == before


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
