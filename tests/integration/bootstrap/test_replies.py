"""Answering by SMS: a code and a reference, from a number that was told."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import orjson
import pytest

from engine.admin.reading import CaseList, list_cases
from engine.bootstrap.engine import Engine
from engine.web.api.inbound import inbound_path
from notifiers.sinks import SmsGatewaySink, Text
from schemas.envelope import THREAT_TYPE
from tests.integration.bootstrap.house import ROSTER, begin, running, settings_in

NUMBER = "+99900000101"
SMS_ROSTER = ROSTER.replace("channel: email, address: ana@desk.example", f'channel: sms, address: "{NUMBER}"').replace("email:ana-mail", "sms:ana-mail")  # noqa: E501  # fmt: skip


class Desk:
    """A desk that pages by SMS, and its gateway."""

    def __init__(self, engine: Engine, client: httpx2.AsyncClient, page: Text) -> None:
        self.engine = engine
        self._client = client
        self.page = page
        found = re.search(r"TC-[0-9A-Z]+", page.text)
        assert found is not None
        self.ref = found[0]

    async def says(self, words: str, *, number: str = NUMBER, secret: str = "") -> httpx2.Response:
        """The gateway reports that somebody wrote."""
        path = inbound_path(self.engine.parts.keys.pepper, "sms")
        path = f"/v1/replies/sms/{secret}" if secret else path
        return await self._client.post(
            f"{self.engine.address}{path}", json={"text": words, "from": number}
        )

    async def cases(self) -> dict[str, tuple[str, str]]:
        """Reference -> owner and what kind of incident it is."""
        found = await list_cases(self.engine.house, None, CaseList())  # type: ignore[arg-type]
        return {row["ref"]: (row["owner"], row["incident"]) for row in found["cases"]}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose Ana has just been paged about an arrest."""
    texts: asyncio.Queue[Text] = asyncio.Queue()
    gateway = SmsGatewaySink(on_text=texts.put_nowait)
    await gateway.start()
    (tmp_path / "roster.yaml").write_text(SMS_ROSTER, "utf-8")
    settings = settings_in(tmp_path, channels={"sms": gateway.settings()})
    begin(settings)
    try:
        async with running(settings) as engine, httpx2.AsyncClient(trust_env=False) as client:
            await engine.house.services.reports.take(_event(), by="person:ana")
            page = await asyncio.wait_for(texts.get(), 20)
            yield Desk(engine, client, page)
    finally:
        await gateway.stop()


def _event() -> bytes:
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": "e-1",
            "source": "hotline-a",
            "type": THREAT_TYPE,
            "data": {"event": {"code": "arrest", "situation": "s-1"}},
        }
    )


async def test_one_digit_takes_the_case(desk: Desk) -> None:
    answer = await desk.says(f"1 {desk.ref}")

    assert answer.status_code == 202
    assert (await desk.cases())[desk.ref] == ("person:ana", "")


async def test_lower_case_dots_and_dashes_are_understood(desk: Desk) -> None:
    await desk.says(f"{desk.ref.lower().replace('-', '–')} - 1.")

    assert (await desk.cases())[desk.ref][0] == "person:ana"


async def test_a_number_that_was_not_told_changes_nothing_and_a_person_hears_of_it(
    desk: Desk,
) -> None:
    answer = await desk.says(f"1 {desk.ref}", number="+99900000999")

    cases = await desk.cases()
    assert answer.status_code == 202
    assert cases[desk.ref][0] == ""
    assert "reply_stranger" in {incident for _, incident in cases.values()}


@pytest.mark.parametrize("words", ["yes", "7", "what is this about?", "1"])
async def test_words_nobody_can_read_are_shown_to_a_person(desk: Desk, words: str) -> None:
    await desk.says(words)

    assert "reply_unclear" in {incident for _, incident in (await desk.cases()).values()}


async def test_no_code_but_the_old_ones_lets_somebody_on_duty_take_the_case(desk: Desk) -> None:
    for words in ("6", "7", "9", "0", "0 24h", "50", "1 8"):
        assert (await desk.says(f"{words} {desk.ref}")).status_code == 202
        assert (await desk.cases())[desk.ref][0] == ""
    assert "reply_unclear" in {incident for _, incident in (await desk.cases()).values()}


async def test_a_no_of_somebody_on_duty_takes_no_case(desk: Desk) -> None:
    await desk.says(f"8 {desk.ref}")

    assert (await desk.cases())[desk.ref] == ("", "")


@pytest.mark.parametrize(
    ("words", "number", "about"),
    [
        ("STOP", NUMBER, "sms:ana-mail"),
        ("stop.", NUMBER, "sms:ana-mail"),
        ("Unsubscribe", "+99900000999", "sms"),
        ("STOP", "no number", "sms"),
    ],
)
async def test_b30_stop_is_told_to_a_person_for_a_network_may_keep_our_texts_back(
    desk: Desk, words: str, number: str, about: str
) -> None:
    """Of one of our own it is grave: they would sleep through the night's pages."""
    await desk.says(words, number=number)

    (stopped,) = [
        row
        for row in (await list_cases(desk.engine.house, None, CaseList()))["cases"]  # type: ignore[arg-type]
        if row["incident"]
    ]
    assert stopped["incident"] == "reply_stop"
    assert stopped["severity"] == ("critical" if about != "sms" else "high")


async def test_b30_stop_beside_a_reference_is_words_like_others(desk: Desk) -> None:
    await desk.says(f"STOP {desk.ref}")

    assert "reply_unclear" in {incident for _, incident in (await desk.cases()).values()}


async def test_the_same_answer_reported_twice_is_one(desk: Desk) -> None:
    await desk.says(f"1 {desk.ref}")
    again = await desk.says(f"1 {desk.ref}")

    assert again.status_code == 202
    assert len(await desk.cases()) == 1


async def test_a_form_is_understood_as_well(desk: Desk) -> None:
    path = inbound_path(desk.engine.parts.keys.pepper, "sms")
    answer = await desk._client.post(
        f"{desk.engine.address}{path}", data={"text": f"1 {desk.ref}", "from": NUMBER}
    )

    assert answer.status_code == 202
    assert (await desk.cases())[desk.ref][0] == "person:ana"


async def test_without_the_secret_there_is_nothing_here(desk: Desk) -> None:
    answer = await desk.says(f"1 {desk.ref}", secret="guessed")

    assert answer.status_code == 404
    assert (await desk.cases())[desk.ref][0] == ""
