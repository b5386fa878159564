"""Those who are asked: they read their mail, open the page, and answer, or stay silent."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx2

from engine.demo.cast import Cast, Habit
from engine.demo.page_visit import Answer, PageError, answer_on_page, link_and_code
from engine.demo.story_time import StoryTime
from notifiers.sinks import Mail, Text

_ALERT = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{2,4}\b")
_OUTCOME = "how did it go"
_STAND_DOWN = "nothing more is asked"
SmsReply = Callable[[str, str], Awaitable[None]]
"""Sends (number, words) to the engine, as the gateway would."""


class Crowd:
    """Everybody outside the desk."""

    def __init__(
        self,
        cast: Cast,
        *,
        story: StoryTime,
        client: httpx2.AsyncClient,
        reply: SmsReply,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._cast = cast
        self._story = story
        self._client = client
        self._reply = reply
        self._tasks = tasks
        self._handled: dict[str, None] = {}
        self.troubles: list[str] = []
        """What went wrong while answering; empty in a good run."""

    def mail(self, mail: Mail) -> None:
        """A mail reached a mailbox."""
        address, text = mail.recipients[0], mail.text
        habit = self._habit(address, text, key=mail.key)
        found = link_and_code(text)
        if habit is not None and found is not None:
            self._tasks.create_task(self._answer_by_page(habit, *found))

    def text(self, text: Text) -> None:
        """A text reached a phone of somebody outside the desk."""
        habit = self._habit(text.to, text.text, key=text.key)
        reference = _ALERT.search(text.text)
        if habit is not None and reference is not None:
            self._tasks.create_task(self._answer_by_sms(habit, text.to, reference[0]))

    def _habit(self, address: str, text: str, *, key: str) -> Habit | None:
        if key in self._handled or _STAND_DOWN in text.lower():
            return None  # the same message again is no second request
        self._handled[key] = None
        asked = "ask_outcome" if _OUTCOME in text.lower() else "tell"
        habits = self._cast.answers.get(address, ())
        return next((habit for habit in habits if habit.on == asked), None)

    async def _answer_by_page(self, habit: Habit, link: str, code: str) -> None:
        await self._story.pause(habit.after)
        with self._story.acting():
            due = self._story.clock.now() + timedelta(seconds=habit.due) if habit.due else None
            answer = Answer(
                kind=habit.kind,
                action=habit.action,
                due=due,
                effect=habit.effect,
                reason=habit.reason,
            )
            try:
                await answer_on_page(self._client, link=link, code=code, answer=answer)
            except (PageError, httpx2.HTTPError) as error:
                self.troubles.append(f"{habit.kind}: {error}")

    async def _answer_by_sms(self, habit: Habit, number: str, reference: str) -> None:
        await self._story.pause(habit.after)
        with self._story.acting():
            try:
                await self._reply(number, f"1 {reference}")
            except httpx2.HTTPError as error:
                self.troubles.append(f"SMS: {error}")
