"""N4, N5, N10, N19 to N22, N26: what is never said, wherever somebody might read it."""

import re
import socket
from typing import Any, cast

import pytest
from starlette.applications import Starlette

from engine.bootstrap.services import DeskForPages
from engine.entropy import SeededEntropy
from engine.store.inline import InlineReader, InlineWriter
from engine.vault import DeploymentKeys
from engine.web.answer.page import AnswerPage
from engine.web.services import Services
from schemas import facts as f
from schemas.codes import FieldName, TrackName
from schemas.codes.labels import Label, strictest
from tests.harness.assembly import MASTER
from tests.harness.recording import Sent
from tests.harness.story import Story
from tests.never.night import (
    OURS,
    agree_that_nobody_is_recognised,
    all_read,
    night,
    release_all,
    threat,
    told,
)
from tests.replay_harm.outside import Browser

_CHANGES = re.compile(
    r"[0-9A-Z]{4}-[0-9A-Z]{2,4}\b|\b\d{4}-\d{2}\b|https://\S+|\b\d{1,2} \w{3}\b.*"
)
STAGE = re.compile(r'name="state" value="([^"]*)"')
MARK = re.compile(r'name="mark" value="([^"]*)"')
SENSITIVE = ("QR", "loto", "haldane", "garment", "arrest", "death", "threat", "subject-1", "TC-")


def _letters(story: Story) -> list[Sent]:
    ours = {f"{name.lower()}.{way}" for name in OURS for way in ("sms", "email")}
    return [sent for sent in story.post.sent if sent.endpoint not in ours]


async def _told_of(code: str, **more: Any) -> list[Sent]:
    async with night() as story:
        await story.publish(threat(code=code, **more))
        await release_all(story)
        all_read(story)
        return _letters(story)


async def test_n04_no_message_says_who_where_or_what() -> None:
    letters = [
        *await _told_of("death_threat"),
        *await _told_of("abduction", situation="another", sector="garments"),
    ]

    assert letters
    assert len({sent.message.subject for sent in letters if sent.message.subject}) == 1
    for sent in letters:
        body = sent.message.body.replace(sent.message.how.url, "")  # chance alone
        seen = f"{sent.message.subject}\n{body}\n{sent.message.key}"
        found = [word for word in SENSITIVE if word.lower() in seen.lower()]
        assert not found, (found, seen)


async def test_n05_whatever_happened_the_message_is_the_same() -> None:
    """But for its reference, code, time and link: so nothing of the case can be in it."""
    one = await _told_of("death_threat", sector="garments")
    other = await _told_of("assault", situation="else", wishes=("call_first",))

    def masked(letters: list[Sent]) -> set[str]:
        return {_CHANGES.sub("*", sent.message.body) for sent in letters}

    assert masked(one) == masked(other)
    assert len(masked(one)) <= 2, "a letter, and a text"


class Reader:
    """A recipient at its page, in this process."""

    def __init__(self, story: Story) -> None:
        assert story.engine is not None
        made, keys, nobody = story.engine.parts, DeploymentKeys.derive(MASTER), cast(Any, None)
        self.seen: list[bytes] = []
        services = Services(
            clock=story.clock,
            entropy=SeededEntropy("reader"),
            reader=InlineReader(story.database),
            writer=InlineWriter(story.database),
            desk=DeskForPages(made.desk),
            people=nobody,
            sessions=nobody,
            reports=nobody,
            sealing=nobody,
            world=made.world,
            tokens=made.answers,
            answer_key=keys.answer,
            phone="+00 1",
        )
        app = Starlette(routes=AnswerPage(services).routes())
        self.browser = Browser(app, read=lambda _, content: self.seen.append(content))

    async def opens(self, sent: Sent) -> str:
        """Enter the code and agree; the page with the content."""
        how = sent.message.how
        page = await self.browser.get(how.url)
        page = await self.browser.post(how.url, {"mark": _first(MARK, page.text), "code": how.code})
        for choice in ("agree", "go_on", "no_conflict"):
            if f'value="{choice}"' in page.text:
                page = await self.says(sent, page.text, choice=choice)
        return page.text

    async def says(self, sent: Sent, page: str, **given: str) -> Any:
        """Press a button of this page."""
        return await self.browser.post(
            sent.message.how.url, {"state": _first(STAGE, page), **given}
        )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    assert found is not None, text[-600:]
    return found[1].replace("&#34;", '"').replace("&amp;", "&")


async def test_n10_every_recipient_is_told_not_to_contact_the_defender() -> None:
    async with night() as story:
        await story.publish(threat())
        await release_all(story)
        reader = Reader(story)
        letters = {sent.endpoint: sent for sent in _letters(story) if sent.message.how.code}
        all_read(story)

        assert len(letters) >= 3
        for sent in letters.values():
            page = await reader.opens(sent)
            assert re.search(r"(not|nobody|never)[^.<]{0,40}(contact|approach|call)", page, re.I), (
                page
            )


async def test_n19_a_label_only_ever_tightens() -> None:
    async with night() as story:
        labels: list[Label | None] = []
        for n, label in enumerate(
            (Label.GREEN, Label.CLEAR, None, Label.AMBER_STRICT, Label.AMBER, Label.CLEAR)
        ):
            labels.append(label)
            said = {} if label is None else {"label": label.value}
            await story.publish(threat(id=f"threat-{n}", **said))
            assert story.case().label is strictest(labels)
        all_read(story)


@pytest.mark.parametrize(("people", "shown"), [(4, False), (5, True)])
async def test_n20_a_pattern_of_fewer_than_five_is_never_told(people: int, shown: bool) -> None:
    """With five or more it may be, once two people agreed that nobody can be recognised."""
    async with night() as story:
        await story.publish(
            threat(
                code="pattern",
                subject=None,
                subjects=[{"kind": "group", "count": people}],
                consents=None,
                consent=[
                    {
                        "basis": "no_identifiable_person",
                        "audiences": ["investors", "companies"],
                        "mode": "private",
                    }
                ],
            )
        )
        await release_all(story, ["investors", "companies"])
        assert not told(story), "one report's word that nobody can be recognised is not enough"
        await agree_that_nobody_is_recognised(story, TrackName.INVESTORS, TrackName.COMPANIES)
        await release_all(story, ["investors", "companies"])
        all_read(story)

        assert bool(told(story)) is shown


async def test_n21_a_child_and_a_source_are_in_nothing_that_a_renderer_can_reach() -> None:
    """What may be projected is a closed list without them; no page of a child's case has any."""
    unreachable = (
        "name",
        "identity",
        "family",
        "child",
        "minor",
        "source",
        "narrative",
        "protocol",
    )
    assert not [name for name in FieldName for word in unreachable if word in name.value]

    async with night() as story:
        child = {"kind": "person", "pseudonym": "subject-1", "heightened_risk": ["child"]}
        await story.publish(threat(subject=None, subjects=[child]))
        await release_all(story)
        reader = Reader(story)
        letters = {s.endpoint: s for s in _letters(story) if s.message.how.code}
        all_read(story)
        assert letters
        for sent in letters.values():
            page = await reader.opens(sent)
            assert not re.search(r"child|minor|subject-1|hotline", page, re.I), page


async def test_n22_a_case_makes_no_connection_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only channels speak to anybody: with recording ones, no socket is opened at all."""
    opened: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, to: opened.append(to))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *to, **_: opened.append(to))
    async with night() as story:
        await story.publish(threat(sector="garments"))
        await release_all(story)
        await Reader(story).opens(_letters(story)[0])
        all_read(story)

    assert not opened


async def test_n26_opening_a_link_answers_nothing_and_an_answer_counts_once() -> None:
    async with night() as story:
        await story.publish(threat())
        await story.release("missions", by="Ana")
        sent = next(s for s in _letters(story) if s.message.how.code)
        all_read(story)
        reader = Reader(story)

        for _ in range(5):
            await reader.browser.get(sent.message.how.url)  # as a mail scanner does
        assert not story.facts(f.Answered)
        assert not any(word.lower() in sent.message.how.url.lower() for word in SENSITIVE)
        page = await reader.opens(sent)
        assert "<img" not in page, "nothing tells that it was read"
        assert "checked" not in page and not re.search(r"<option[^>]*selected", page)
        assert not story.facts(f.Answered), "reading is no answer"
        for _ in range(2):
            await reader.says(sent, page, choice="acknowledged")
        assert len(story.facts(f.Answered)) == 1
