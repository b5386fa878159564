"""What a publisher's program experiences at `POST /v1/events`, over a real desk."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from starlette.requests import Request

from engine.answer_tokens import AnswerTokens
from engine.case import commands as c
from engine.clock import SystemClock
from engine.desk.lanes import Busy, Lane, StoreUnavailable
from engine.entropy import SeededEntropy
from engine.intake.door import Door
from engine.intake.scope import Scope
from engine.ports import Position
from engine.program_answers import ProgramAnswers
from engine.signs import Sign
from engine.store import tables
from engine.vault import Secret
from engine.web.api.answering import Answering
from engine.web.api.answers import Check
from engine.web.api.body import BodyRefusedError, read_body
from engine.web.api.events import Events
from engine.web.api.health import Health, Probe
from engine.web.api.routes import api_routes
from schemas.codes import EventType, Severity
from schemas.responses import Result
from tests.integration.intake.room import Room, a_room, body
from tests.unit.engine.intake.builders import WIDE, a_message, an_event

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


class Publisher:
    """A program with a key."""

    def __init__(self, client: httpx.AsyncClient, key: str) -> None:
        self._client = client
        self._key = key

    async def post(
        self,
        content: Any,
        *,
        kind: str = STRUCTURED,
        headers: dict[str, str] | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        raw = content if isinstance(content, bytes) else body(content)
        return await self._client.post(
            "/v1/events",
            content=raw,
            headers={
                "authorization": f"Bearer {self._key if key is None else key}",
                "content-type": kind,
                **(headers or {}),
            },
        )

    async def get(self, path: str) -> httpx.Response:
        return await self._client.get(path)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(tmp_path, clock=SystemClock()) as room:
        yield room


@asynccontextmanager
async def a_publisher(room: Room, door: Door) -> AsyncIterator[Publisher]:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.router.routes.extend(
        api_routes(
            events=Events(door=door, keys=room.keys, clock=room.clock, metrics=room.metrics),
            health=a_health(room),
            answering=Answering(
                ProgramAnswers(
                    desk=room.desk,
                    writer=room.writer,
                    tokens=AnswerTokens(Secret(b"n" * 32)),
                    clock=room.clock,
                    world=room.world,
                )
            ),
        )
    )
    key = await room.keys.issue(WIDE, valid=timedelta(days=30), by="person:ana")
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield Publisher(client, key.text)


def a_health(room: Room, **probes: Probe) -> Health:
    """The signs of health of a room, in which nothing else is amiss."""

    async def nothing() -> tuple[Sign, ...]:
        return ()

    return Health(
        probes=probes,
        signs=nothing,
        metrics=room.metrics,
        reader=room.reader,
        vault=room.vault,
        clock=room.clock,
    )


@pytest.fixture
async def publisher(room: Room) -> AsyncIterator[Publisher]:
    async with a_publisher(room, room.door) as publisher:
        yield publisher


class RaisingDesk:
    """A desk that takes nothing, each time for the same reason."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def submit(
        self, *commands: c.Command, lane: Lane, position: Position | None = None
    ) -> tuple[Result, ...]:
        raise self._error


async def test_a_report_is_on_disk_when_the_answer_is_202(publisher: Publisher, room: Room) -> None:
    answer = await publisher.post(a_message(sealed={"identity": "Invented Person"}))

    assert answer.status_code == 202
    told = answer.json()
    assert (told["outcome"], told["id"]) == ("taken", "evt-1")
    assert told["reference"].startswith("R-")
    assert await room.taken() == ["evt-1"]
    (event,) = await room.rows(tables.events)
    (sealed,) = await room.rows(tables.vault)
    assert b"Invented" not in event.body + sealed.ciphertext
    assert len(await room.rows(tables.cases)) == 1


async def test_b9_the_same_report_a_thousand_times_is_one_case_and_one_receipt(
    publisher: Publisher, room: Room
) -> None:
    answers = [await publisher.post(a_message()) for _ in range(20)]
    answers += await asyncio.gather(*(publisher.post(a_message()) for _ in range(80)))

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["reference"] for answer in answers}) == 1
    assert len(await room.rows(tables.cases)) == 1
    assert len(await room.rows(tables.events)) == 1


async def test_a_receipt_names_no_case(publisher: Publisher, room: Room) -> None:
    answer = await publisher.post(a_message())

    (case,) = await room.rows(tables.cases)
    assert case.ref not in answer.text
    assert case.id not in answer.text


async def test_b10_other_content_under_the_same_id_is_kept_aside_and_a_person_is_told(
    publisher: Publisher, room: Room
) -> None:
    await publisher.post(a_message())
    answer = await publisher.post(a_message(an_event(code="assault")))

    assert answer.status_code == 409
    assert answer.json()["problems"][0]["path"] == "id"
    (event,) = await room.rows(tables.events)
    assert event.code == "arrest"
    (aside,) = await room.rows(tables.quarantine)
    assert aside.reason == "equivocation"
    assert "equivocation" in await room.incidents()


async def test_b7_a_bad_report_is_answered_with_every_problem_and_nothing_is_stored(
    publisher: Publisher, room: Room
) -> None:
    answer = await publisher.post(a_message(an_event(severity="dire", danger_now="maybe"), id=""))

    assert answer.status_code == 400
    told = answer.json()
    assert {one["path"] for one in told["problems"]} == {
        "id",
        "data.event.severity",
        "data.event.danger_now",
    }
    assert all(one["fix"] for one in told["problems"])
    assert await room.rows(tables.inbox) == []
    assert await room.rows(tables.quarantine) == []


@pytest.mark.parametrize(
    "raw",
    [b"", b"hello", b'{"a": ', b"\xff\xfe{", b'{"a": NaN}', b'{"id": 1, "id": 2}', b"[" * 5_000],
)
async def test_b1_to_b5_what_no_parser_may_see_is_answered_400(
    publisher: Publisher, raw: bytes
) -> None:
    answer = await publisher.post(raw)

    assert answer.status_code in (400, 413)
    assert answer.json()["problems"]


async def test_without_a_valid_key_nothing_is_read(publisher: Publisher, room: Room) -> None:
    for key in ("", "tocsin_a_b", "tocsin_" + "a" * 16 + "_" + "b" * 43):
        answer = await publisher.post(a_message(), key=key)

        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["problems"][0]["code"] == "not_authorised"
    assert await room.rows(tables.inbox) == []


async def test_b12_a_key_speaks_for_its_own_source_only(publisher: Publisher, room: Room) -> None:
    answer = await publisher.post(a_message(source="hotline-b"))

    assert answer.status_code == 400
    assert answer.json()["problems"][0]["code"] == "foreign_source"
    assert await room.rows(tables.inbox) == []


async def test_b14_a_claim_beyond_the_keys_scope_is_taken_capped_and_seen_by_a_person(
    publisher: Publisher, room: Room
) -> None:
    narrow = Scope(source="hotline-a", types=frozenset({EventType.WARNING}), ceiling=Severity.WATCH)
    key = (await room.keys.issue(narrow, valid=timedelta(days=1), by="person:ana")).text

    event = an_event(code="pattern", severity="critical")
    answer = await publisher.post(a_message(event), key=key)

    assert answer.status_code == 202
    (stored,) = await room.rows(tables.events)
    assert json.loads(stored.body)["severity"] == "watch"


async def test_a_batch_is_answered_report_by_report(publisher: Publisher, room: Room) -> None:
    good, repeated, bad = a_message(id="e1"), a_message(id="e1"), a_message(id="e2", type="x")
    raw = b"[" + b", ".join([body(good), body(repeated), body(bad), b'{"a": NaN}']) + b"]"

    answer = await publisher.post(raw, kind=BATCH)

    assert answer.status_code == 207
    items = answer.json()["items"]
    assert [item["status"] for item in items] == [202, 202, 400, 400]
    assert items[0]["reference"] == items[1]["reference"]
    assert await room.taken() == ["e1"]


async def test_a_whole_batch_taken_is_202_and_a_plain_list_is_a_batch(
    publisher: Publisher, room: Room
) -> None:
    messages = [a_message(id=f"e{n}") for n in range(50)]

    answer = await publisher.post(messages, kind="application/json")
    empty = await publisher.post(b"[]", kind=BATCH)

    assert answer.status_code == 202
    assert [item["id"] for item in answer.json()["items"]] == [f"e{n}" for n in range(50)]
    assert len(await room.taken()) == 50
    assert (empty.status_code, empty.json()["items"]) == (202, [])


@pytest.mark.parametrize("raw", [b"[{", b"{}", b"[1,,2]", b"[" + b"1," * 600 + b"1]"])
async def test_a_batch_that_cannot_be_taken_apart_is_refused_whole(
    publisher: Publisher, raw: bytes
) -> None:
    answer = await publisher.post(raw, kind=BATCH)

    assert answer.status_code in (400, 413)


async def test_attributes_may_stand_in_the_headers(publisher: Publisher, room: Room) -> None:
    message = a_message()
    headers = {f"ce-{name}": str(value) for name, value in message.items() if name != "data"}

    answer = await publisher.post(message["data"], kind="application/json", headers=headers)

    assert answer.status_code == 202
    assert await room.taken() == ["evt-1"]


@pytest.mark.parametrize(
    ("kind", "headers", "status"),
    [
        ("text/plain", {}, 415),
        ("application/cloudevents+avro", {}, 415),
        ("", {}, 415),
        (STRUCTURED, {"content-encoding": "gzip"}, 415),
        (STRUCTURED, {"content-encoding": "br"}, 415),
    ],
)
async def test_b6_a_packed_or_foreign_body_is_refused(
    publisher: Publisher, kind: str, headers: dict[str, str], status: int
) -> None:
    answer = await publisher.post(gzip.compress(b"0" * 10_000_000), kind=kind, headers=headers)

    assert answer.status_code == status
    assert answer.json()["problems"][0]["fix"]


async def test_b6_too_much_is_refused_before_it_is_read(publisher: Publisher) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65_536
            yield b" " * 65_536

    answer = await publisher._client.post(
        "/v1/events",
        content=endless(),
        headers={"authorization": f"Bearer {publisher._key}", "content-type": STRUCTURED},
    )

    assert answer.status_code == 413
    assert read < 3_000_000
    declared = await publisher.post(b"{}", headers={"content-length": "10000000"})
    assert declared.status_code == 413


@pytest.mark.parametrize("error", [Busy("too much"), StoreUnavailable("no disk")])
async def test_when_nothing_can_be_stored_the_answer_is_503_and_says_when_to_come_again(
    room: Room, error: Exception
) -> None:
    async with a_publisher(room, room.another_door(RaisingDesk(error))) as publisher:
        answer = await publisher.post(a_message())
        several = await publisher.post([a_message(), a_message(id="e2")], kind=BATCH)

    assert (answer.status_code, several.status_code) == (503, 503)
    assert int(answer.headers["retry-after"]) > 0
    assert [item["status"] for item in several.json()["items"]] == [503, 503]


async def test_while_the_database_is_away_a_report_is_answered_to_come_again_and_not_as_a_fault(
    room: Room,
) -> None:
    away = OperationalError("select", {}, ConnectionError())
    async with a_publisher(room, room.another_door(RaisingDesk(away))) as publisher:
        answer = await publisher.post(a_message())

    assert answer.status_code == 503
    assert answer.json()["outcome"] == "busy"
    assert int(answer.headers["retry-after"]) > 0


async def test_a_fault_of_ours_is_an_answer_and_never_a_traceback(room: Room) -> None:
    door = room.another_door(RaisingDesk(RuntimeError("Invented Person")))
    async with a_publisher(room, door) as publisher:
        answer = await publisher.post(a_message())

    assert answer.status_code == 500
    assert answer.json()["outcome"] == "failed"
    assert "Traceback" not in answer.text
    assert "Invented" not in answer.text


async def test_without_any_rulebook_help_is_called_all_the_same(
    publisher: Publisher, room: Room
) -> None:
    await publisher.post(a_message())

    metrics = (await publisher.get("/metrics")).text
    assert "tocsin_planning_failed_total 1.0" in metrics
    (case,) = await room.rows(tables.cases)
    assert case.status == "open"


async def test_signs_of_health_name_nobody(publisher: Publisher) -> None:
    await publisher.post(a_message(sealed={"identity": "Invented Person"}))

    alive, ready = await publisher.get("/healthz"), await publisher.get("/readyz")
    metrics = await publisher.get("/metrics")

    assert (alive.status_code, ready.status_code, metrics.status_code) == (200, 200, 200)
    told = ready.json()
    assert (told["ready"], told["degraded"], set(told["checks"])) == (True, False, {"database"})
    database = told["checks"]["database"]
    assert (database["ok"], database["says"]) == (True, "answers") and database["since"]
    assert 'tocsin_reports_total{outcome="taken",way="api"} 1.0' in metrics.text
    assert 'tocsin_open{kind="case",severity="high"} 1.0' in metrics.text
    assert "tocsin_messages_waiting " in metrics.text
    assert "tocsin_next_due_timestamp_seconds 1." in metrics.text
    for secret in ("Invented", "QM", "arrest", "S-17"):
        assert secret not in metrics.text


async def test_a_check_that_breaks_is_amiss_and_closes_the_door_only_where_it_must(
    room: Room,
) -> None:
    async def sick() -> Check:
        raise RuntimeError("never shown")

    degraded = await a_health(room, sick=sick).ready(None)  # type: ignore[arg-type]
    stands = await a_health(room, timers=sick).ready(None)  # type: ignore[arg-type]

    assert (degraded.status_code, stands.status_code) == (200, 503)
    assert b"never shown" not in degraded.body
    assert b'"degraded":true' in degraded.body
    assert b'"sick":{"ok":false,"says":"RuntimeError","since":"' in degraded.body


async def test_publishers_find_the_key_to_seal_to(publisher: Publisher, room: Room) -> None:
    told = (await publisher.get("/v1/intake-key")).json()

    assert told["key_id"] == room.vault.intake_key[0]


async def test_the_description_is_whole_and_loads_nothing_from_elsewhere(
    publisher: Publisher,
) -> None:
    document = (await publisher.get("/openapi.json")).json()

    text = json.dumps(document)
    assert set(document["paths"]) == {
        "/v1/events",
        "/v1/answers",
        "/v1/intake-key",
        "/healthz",
        "/readyz",
        "/metrics",
    }
    assert "http://" not in text
    assert "https://" not in text
    assert document["components"]["schemas"]["ThreatMessage"]["properties"]["data"]
    for path in ("/docs", "/redoc"):
        assert (await publisher.get(path)).status_code == 404
    refs = {part.split('"')[0] for part in text.split('"$ref": "')[1:]}
    assert {ref.removeprefix("#/components/schemas/") for ref in refs} <= set(
        document["components"]["schemas"]
    )


async def test_no_request_whatever_its_bytes_gets_a_fault_for_an_answer(
    publisher: Publisher,
) -> None:
    chance = SeededEntropy("requests")
    good = body(a_message(sealed={"identity": "x"}))
    kinds = [STRUCTURED, BATCH, "application/json", "application/json; charset=utf-8"]
    for n in range(300):
        raw = bytearray(good if n % 2 else b"[" + good + b"]")
        for _ in range(1 + n % 4):
            at, byte = int.from_bytes(chance.token(2)) % len(raw), chance.token(1)
            raw[at : at + 1] = byte * (n % 3)

        answer = await publisher.post(bytes(raw), kind=kinds[n % len(kinds)])

        assert answer.status_code in (202, 207, 400, 409, 413), bytes(raw)
        told = answer.json()
        assert told["status"] == answer.status_code
        assert told["outcome"]


async def never(*_: Any) -> Any:
    await asyncio.get_running_loop().create_future()


async def gone(*_: Any) -> Any:
    return {"type": "http.disconnect"}


@pytest.mark.parametrize(("receive", "status"), [(never, 408), (gone, 400)])
async def test_b6_a_body_that_never_comes_is_cut_off(receive: Any, status: int) -> None:
    request = Request({"type": "http", "method": "POST", "headers": []}, receive)

    with pytest.raises(BodyRefusedError) as caught:
        await read_body(request, most=10, within=0.01)

    assert caught.value.status == status
