"""Who tells a story: the verbs of a script, over whatever time, post and doors there are.

People's acts are commands to the desk, as the board gives them. How a report comes in, how time
passes and how somebody answers a message is said by whoever derives from this.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from engine.case import commands as c
from engine.case.ids import date_id, event_id
from engine.demo.stories.duty_acts import DutyActs, short
from engine.demo.stories.failing import expect
from engine.demo.stories.inbox import Inbox, Letter, Unread
from engine.demo.stories.moments import last_moment, next_moment
from engine.demo.stories.reports import HOTLINES, Report
from schemas.codes import ActionKind, Effect, Proviso
from schemas.responses import DeclineReason, Refused, Response, ResponseKind, Way


class Teller(DutyActs):
    """One telling of a story."""

    def __init__(self) -> None:
        self.began_by = {}
        self._unread: Unread[Letter]
        self._inboxes: dict[str, Inbox[Any]] = {}

    # What each telling has of its own

    def say(self, text: str) -> None:
        """Something that whoever watches should know; tests say nothing."""

    @abstractmethod
    async def publish(self, report: Report) -> object:
        """Send a report through the door."""

    @abstractmethod
    async def until(self, said: str) -> None:
        """Let time pass until then: `until("Tue 08:30")`."""

    @abstractmethod
    async def down(self) -> None:
        """The engine ends, as a machine does that loses its power."""

    @abstractmethod
    async def up(self) -> None:
        """It starts again."""

    async def respond(self, letter: Any, kind: str, more: dict[str, Any]) -> None:
        """Whoever got this message answers it. By default as on the page or by text message."""
        await self._respond(letter, kind, more)

    # Messages

    def phone(self, name: str) -> Inbox[Any]:
        """The text messages of one of our own people, or of a contact."""
        return self._inbox_of(f"{short(name)}.sms")

    def mail(self, name: str) -> Inbox[Any]:
        """The mailbox of a contact, or of one of our own people."""
        return self._inbox_of(f"{short(name)}.email")

    def nothing_else_sent(self) -> None:
        """Every message that left has been spoken of."""
        expect(not self._unread.left(), self._unread.all_left())

    def letters(self) -> Sequence[Letter]:
        """Every message that ever left."""
        return self._unread.all()

    def remember(self, report: Report) -> None:
        """Know by its situation which case this report went to."""
        situation = str(report.event.get("situation", ""))
        self.began_by.setdefault(situation, event_id(report.source, report.id))

    async def answers_by_hand(
        self, *, contact: str, alert: str, kind: str, more: dict[str, Any]
    ) -> None:
        """This contact answers this alert. `more`: what an answer may carry, in a story's words."""
        due = more.get("due")
        response = Response(
            kind=ResponseKind(kind),
            way=Way(more.get("way", "page")),
            by=contact,
            action=ActionKind(more["action"]) if "action" in more else None,
            due=next_moment(due, after=self.now) if isinstance(due, str) else due,
            effect=Effect(more["effect"]) if "effect" in more else None,
            reason=DeclineReason(more["reason"]) if "reason" in more else None,
            passed_on_to=more.get("to", ""),
            condition=Proviso(more["condition"]) if "condition" in more else None,
            for_date=self._date(more["date"]) if "date" in more else "",
        )
        result = await self.do(c.Respond(inbox=self.inbox(), alert=alert, response=response))
        expect(more.get("refused", False) is isinstance(result, Refused), result)

    def _date(self, named: str) -> str:
        """Our id of a date as its hotline names it."""
        known = {date.id for case in self.cases() for date in case.dates}
        ids = {date_id(case.id, source, named) for case in self.cases() for source in HOTLINES}
        (found,) = known & ids
        return found

    def _inbox_of(self, endpoint: str) -> Inbox[Any]:
        if endpoint not in self._inboxes:
            self._inboxes[endpoint] = Inbox(
                endpoint,
                unread=self._unread,
                now=lambda: self.now,
                when=lambda said: last_moment(said, before=self.now),
                reply=self.respond,
            )
        return self._inboxes[endpoint]

    async def _respond(self, letter: Letter, kind: str, more: dict[str, Any]) -> None:
        alert, contact = self.addressed(letter.key)
        await self.answers_by_hand(contact=contact, alert=alert, kind=kind, more=more)
