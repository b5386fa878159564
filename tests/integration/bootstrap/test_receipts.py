"""A gateway reports what became of a text, to the address that replies come to."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from sqlalchemy import select

from engine.bootstrap.engine import Engine
from engine.store.tables import notifications
from engine.web.api.inbound import inbound_path
from notifiers.sinks import SmsGatewaySink, Text
from tests.integration.bootstrap.house import begin, running, settings_in
from tests.integration.bootstrap.test_replies import SMS_ROSTER, _event

FLO = """
  - id: "person:flo"
    party: our-desk
    label: Flo
    level: duty_line
    endpoints: [{id: flo-sms, channel: sms, address: "+99900000102"}]
people:"""
TWO_PHONES = SMS_ROSTER.replace("\npeople:", FLO).replace(
    'floor: {id: "person:ana", label: Ana, endpoints: ["sms:ana-mail"]}',
    'floor: {id: "person:flo", label: Flo, endpoints: ["sms:flo-sms"]}',
)


class Night:
    """An engine that has paged Ana by SMS, and its gateway."""

    def __init__(
        self, engine: Engine, client: httpx2.AsyncClient, texts: "asyncio.Queue[Text]"
    ) -> None:
        self.engine = engine
        self.client = client
        self.texts = texts
        self.page = Text(key="", to="", text="")

    async def reports(self, payload: Any, *, secret: str = "") -> httpx2.Response:
        """The gateway posts this."""
        path = inbound_path(self.engine.parts.keys.pepper, "sms")
        path = f"/v1/replies/sms/{secret}" if secret else path
        return await self.client.post(f"{self.engine.address}{path}", json=payload)

    async def state(self) -> str:
        """State of Ana's page."""
        query = select(notifications.c.state).where(notifications.c.key == self.page.key)
        found = await self.engine.parts.reader.run(lambda conn: conn.execute(query).scalar_one())
        return str(found)

    async def becomes(self, state: str) -> None:
        """Wait until the engine has noted what became of the page."""
        async with asyncio.timeout(20):
            while await self.state() != state:  # noqa: ASYNC110 (the state is in a table)
                await asyncio.sleep(0.02)

    def receipt(self, status: str) -> dict[str, str]:
        """What the gateway says of Ana's page."""
        return {"id": f"sink-{self.page.key}", "status": status}

    async def counted(self) -> str:
        """What can be scraped of receipts."""
        lines = self.engine.parts.metrics.exposed().decode().splitlines()
        return " ".join(
            line.removeprefix("tocsin_receipts_total")
            for line in lines
            if "receipts_total{" in line
        )


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[Night]:
    texts: asyncio.Queue[Text] = asyncio.Queue()
    gateway = SmsGatewaySink(on_text=texts.put_nowait)
    await gateway.start()
    (tmp_path / "roster.yaml").write_text(TWO_PHONES, "utf-8")
    settings = settings_in(tmp_path, channels={"sms": gateway.settings()})
    begin(settings)
    try:
        async with running(settings) as engine, httpx2.AsyncClient(trust_env=False) as client:
            night = Night(engine, client, texts)
            await engine.house.services.reports.take(_event(), by="person:ana")
            night.page = await asyncio.wait_for(texts.get(), 20)
            assert night.page.to == "+99900000101"
            await night.becomes("handed_off")
            yield night
    finally:
        await gateway.stop()


async def test_a_text_that_did_not_arrive_rings_the_next_phone_at_once(night: Night) -> None:
    answer = await night.reports(night.receipt("failed"))

    assert (answer.status_code, answer.json()["outcome"]) == (200, "taken")
    assert await night.state() == "failed_permanent"
    following = await asyncio.wait_for(night.texts.get(), 20)
    assert following.to == "+99900000102"


async def test_several_receipts_in_one_request_are_all_taken(night: Night) -> None:
    stranger = {"id": "somebody-elses", "status": "delivered"}
    underway = night.receipt("sent")

    answer = await night.reports([underway, stranger, night.receipt("delivered"), {"status": 1}])

    assert (answer.status_code, answer.json()["outcome"]) == (200, "taken")
    assert await night.state() == "delivered"
    for outcome in ("delivered", "underway", "unknown", "unreadable"):
        assert f'{{outcome="{outcome}"}} 1.0' in await night.counted()


async def test_a_receipt_of_nothing_we_sent_is_no_reason_to_try_again(night: Night) -> None:
    answer = await night.reports({"id": "somebody-elses", "status": "failed"})

    assert (answer.status_code, answer.json()["outcome"]) == (200, "unknown")
    assert await night.state() == "handed_off"


async def test_whoever_does_not_know_the_address_reports_nothing(night: Night) -> None:
    answer = await night.reports(night.receipt("failed"), secret="guessed")

    assert answer.status_code == 404
    assert await night.state() == "handed_off"


async def test_a_flood_of_receipts_does_not_hold_up_a_page(night: Night) -> None:
    flood = [{"id": f"nobodys-{n}", "status": "failed"} for n in range(300)]
    body = orjson.dumps(flood[:200])
    path = inbound_path(night.engine.parts.keys.pepper, "sms")
    posting = [
        asyncio.create_task(night.client.post(f"{night.engine.address}{path}", content=body))
        for _ in range(10)
    ]

    event = orjson.loads(_event()) | {"id": "e-2"}
    event["data"]["event"]["situation"] = "s-2"
    await night.engine.house.services.reports.take(orjson.dumps(event), by="person:ana")
    page = await asyncio.wait_for(night.texts.get(), 20)

    assert page.to == "+99900000101"
    answers = await asyncio.gather(*posting)
    assert {answer.status_code for answer in answers} <= {200, 503}
