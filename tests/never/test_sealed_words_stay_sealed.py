"""Who, where and in whose words is nowhere but in the vault, as ciphertext (I18).

A real engine in a process of its own; marker words in every place that a publisher, a handler or a
recipient can fill; then every byte that the engine left behind is searched for them.
"""

import asyncio
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pyotp
import pytest

from engine.access import PersonRole
from engine.cli import asking
from engine.cli.session import keep_session, session_path
from engine.cli.terminal import Terminal
from engine.clock import SystemClock
from engine.demo.page_visit import Answer, answer_on_page, link_and_code
from engine.store import tables
from engine.store.database import Database
from tests.harness.house import House
from tests.harness.people import Place, faro
from tests.harness.reports import HOTLINE, consent, report
from tests.harness.towns import loto

MARK = "zzmark"
"""Begins every sealed word; nothing else in the house has it."""
KNOWN = "Yymark"
"""Begins every name of a party and of a contact: need-to-know, so never outside the database."""
SECTOR = "yymarksector"
PASSWORD = "correct horse battery staple"
CIPHERTEXT = {("vault", "ciphertext"), ("quarantine", "ciphertext")}
SEALED_FIELDS = (
    "identity",
    "exact_place",
    "narrative",
    "source_contact",
    "contact_protocol",
    "wishes_in_words",
    "something_new",
)


class Night:
    """One engine, and everything that it left behind."""

    def __init__(self, folder: Path) -> None:
        self.outbox = folder / "outbox"
        channel = {"kind": "outbox", "folder": str(self.outbox)}
        self.house = House(
            folder,
            place=_named(loto()),
            roster=faro(),
            channels={"sms": channel, "email": channel},
        )
        self.seen: dict[str, bytes] = {}
        """What was answered over HTTP to those who may know nothing."""

    def written(self) -> Mapping[str, bytes]:
        """Every file of the house, but for keys, the log-in, and the two settings files."""
        ours = ("registry.yaml", "roster.yaml")
        return {
            str(path.relative_to(self.house.directory)): path.read_bytes()
            for path in sorted(self.house.directory.rglob("*"))
            if path.is_file() and path.name not in ours
        }

    def columns(self) -> Mapping[tuple[str, str], list[bytes]]:
        """Every value of every column, as bytes."""
        database = Database(self.house.settings.database.get_secret_value(), exclusive=False)
        found: dict[tuple[str, str], list[bytes]] = {}
        with closing(database.reader()) as conn:
            for table in tables.metadata.sorted_tables:
                for row in conn.execute(table.select()):
                    for name, value in row._mapping.items():
                        found.setdefault((table.name, name), []).append(_bytes(value))
        database.close()
        return found


def _named(place: Place) -> Place:
    return replace(
        place,
        parties=tuple(replace(p, name=f"{KNOWN} {p.name}") for p in place.parties),
        contacts=tuple(replace(c, label=f"{KNOWN} {c.label}") for c in place.contacts),
    )


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8")


def _report(id: str, **more: Any) -> bytes:
    """A report with a marker in every field that is sealed, and in every place that is strange."""
    made = json.loads(
        report(
            "arrest",
            id=id,
            situation="s-1",
            country="QR",
            sector=SECTOR,
            parties={"loto-garments": "alleged_perpetrator"},
            consents=("missions", "companies"),
            source_reliability="highly_reliable",
        ).bytes()
    )
    event = made["data"]["event"]
    event |= more
    event["subjects"][0] |= {"kind": "person", "real_name": f"{MARK}-subject"}
    event["countries"][0]["village"] = f"{MARK}-village"
    event["parties"][0]["nickname"] = [f"{MARK}-nickname"]
    event["consent"] = [{**consent("missions", "companies"), "said_by": f"{MARK}-said"}]
    event["occurred"] = {"at": f"{MARK}-time"}
    event["note"] = {f"{MARK}-key": f"{MARK}-value"}
    made["remark"] = f"{MARK}-envelope"
    made["data"]["extra"] = f"{MARK}-data"
    made["data"]["sealed"] = {
        **{name: f"{MARK}-{name}" for name in SEALED_FIELDS},
        "party_names": [f"{MARK}-party"],
    }
    return json.dumps(made).encode()


UNREADABLE = (
    b'{"zzmark-cut": "zzmark',
    b'{"specversion": "1.0", "zzmark": NaN}',
    b"\xff\xfezzmark",
    json.dumps({"specversion": "1.0", "id": "x", "source": f"{MARK}-source", "data": 3}).encode(),
    json.dumps({"data": {"event": {"code": f"{MARK} free", "severity": f"{MARK}"}}}).encode(),
)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A night in which everybody says what must not be repeated; then the engine is stopped."""
    night = Night(tmp_path_factory.mktemp("night"))
    asyncio.run(_lived(night))
    return night


async def _lived(night: Night) -> None:
    house = night.house
    key = await house.prepare(source=HOTLINE)
    await _ana(house)
    await house.start()
    try:
        async with httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{house.port}", trust_env=False, timeout=20
        ) as client:
            await _told(night, client, key=key)
    finally:
        await house.stop()


async def _ana(house: House) -> None:
    parts = house.open()
    try:
        added = await parts.people.add_person(
            "ana", label="Ana", role=PersonRole.HANDLER, password=PASSWORD, by="test"
        )
        code = pyotp.TOTP(added.secret.reveal().decode()).at(SystemClock().now())
        session = await parts.people.log_in(person="ana", password=PASSWORD, code=code)
    finally:
        parts.close()
    path = session_path(Terminal(_settings=house.settings))
    keep_session(path, person="ana", session=str(session))


async def _told(night: Night, client: httpx2.AsyncClient, *, key: str) -> None:
    headers = {"authorization": f"Bearer {key}", "content-type": "application/cloudevents+json"}
    sent = [_report("e-1"), _report("e-1", danger_now="yes"), _report("e-2", code="death_threat")]
    statuses = []
    for body in (*sent, *UNREADABLE):
        answer = await client.post("/v1/events", content=body, headers=headers)
        night.seen[f"answer {len(night.seen)}"] = answer.content
        statuses.append(answer.status_code)
    assert statuses == [202, 409, 202, 400, 400, 400, 400, 400]
    await client.post("/v1/events", content=b"{}", headers={"authorization": f"Bearer {MARK}"})
    terminal = Terminal(_settings=night.house.settings)
    listed = await asking.ask(terminal, "case.list")
    ref = next(case["ref"] for case in listed["cases"] if case["kind"] == "case")
    given = {"case": ref, "note": f"{MARK}-note"}
    await asking.ask(
        terminal, "release", track="missions", why="protect_now", forecast="low",
        wishes_read=True, **given,
    )  # fmt: skip
    link, code = await _asked(night)
    for words in (f"/a/{MARK}-token", f"/case/{MARK}", f"/v1/replies/sms/{MARK}"):
        await client.post(words, data={"code": f"{MARK}-code"})
    ending = await answer_on_page(
        client, link=link, code=code, answer=Answer(kind="asks", note=f"{MARK}-answer")
    )
    assert ending == "Thank you", ending
    tasks = (await asking.ask(terminal, "task.list"))["tasks"]
    task = next(t for t in tasks if t["kind"] == "first_contact")
    await asking.ask(
        terminal, "task.done", case=task["case"], task=task["id"], note=f"{MARK}-task-note"
    )
    await asking.ask(
        terminal, "resolve.propose", outcome="safe", risk="low", remedy="none_sought",
        heard="safe_channel", **given,
    )  # fmt: skip
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/login"):
        night.seen[path] = (await client.get(path)).content


async def _asked(night: Night) -> tuple[str, str]:
    """Path and code of the message to the embassy, once it lies in the outbox."""
    async with asyncio.timeout(20):
        while True:
            for path in sorted(night.outbox.glob("*.txt")):
                found = link_and_code(path.read_text("utf-8").partition("\n\n")[2])
                if found is not None:
                    return urlsplit(found[0]).path, found[1]
            await asyncio.sleep(0.05)


def test_no_file_of_the_house_has_a_sealed_word(night: Night) -> None:
    written = night.written()

    assert {"engine.log", "data/tocsin.db"} <= set(written)
    assert not [name for name, content in written.items() if MARK.encode() in content.lower()]


def test_n21_no_column_has_a_sealed_word(night: Night) -> None:
    columns = night.columns()
    rows = {table for table, _ in columns}

    assert {"vault", "quarantine", "journal", "alerts", "tasks"} <= rows
    assert len(columns["vault", "ciphertext"]) >= 6, "the words were kept, sealed"
    assert not [at for at, values in columns.items() if any(MARK.encode() in v for v in values)]


def test_n25_the_history_has_no_name_of_a_party(night: Night) -> None:
    columns = night.columns()
    facts = b"\n".join(columns["journal", "body"])

    assert b"Told" in facts or b"told" in facts
    assert KNOWN.encode() not in facts
    assert SECTOR.encode() not in facts


def test_n04_no_message_and_no_log_line_has_a_name_or_a_sector(night: Night) -> None:
    outside = {
        name: content
        for name, content in night.written().items()
        if not name.startswith("data/tocsin.db")
    }

    assert any(name.startswith("outbox/") for name in outside)
    for word in (KNOWN, SECTOR, "loto", "haldane", "arrest", "death"):
        hits = [name for name, content in outside.items() if word.encode() in content]
        assert not [name for name in hits if not name.endswith("tocsin.yaml")], word


def test_no_answer_repeats_what_was_sent(night: Night) -> None:
    assert not [at for at, said in night.seen.items() if MARK.encode() in said]


def test_n04_what_is_counted_names_no_country_and_no_threat(night: Night) -> None:
    counted = night.seen["/metrics"].decode()

    assert "tocsin_reports_total{" in counted
    for word in ("QR", "arrest", "death_threat", KNOWN, SECTOR, HOTLINE, "TC-"):
        assert word not in counted
