"""Who tells a story: the verbs of a script, over whatever time, post and doors there are.

People's acts are commands to the desk, as the board gives them. How a report comes in, how time
passes and how somebody answers a message is said by whoever derives from this.
"""

import hashlib
from datetime import datetime
from typing import Any

from engine.case import commands as c
from engine.case.ids import event_id
from engine.demo.stories.failing import expect
from engine.demo.stories.inbox import Inbox, Letter, Unread
from engine.demo.stories.looking import Looking
from engine.demo.stories.moments import last_moment, next_moment
from engine.demo.stories.records import for_companies
from engine.demo.stories.reports import Report
from schemas.codes import ActionKind, Effect, Mode, Proviso, TrackName
from schemas.responses import DeclineReason, Refused, Response, ResponseKind, Result, Way
from schemas.safeguards import Hold, HoldReason


class Teller(Looking):
    """One telling of a story."""

    def __init__(self) -> None:
        self.began_by = {}
        self._commands = 0
        self._unread: Unread[Letter]
        self._inboxes: dict[str, Inbox[Any]] = {}

    # What each telling has of its own

    def say(self, text: str) -> None:
        """Something that whoever watches should know; tests say nothing."""

    async def publish(self, report: Report) -> object:
        """Send a report through the door."""
        raise NotImplementedError

    async def until(self, said: str) -> None:
        """Let time pass until then: `until("Tue 08:30")`."""
        raise NotImplementedError

    async def do(self, command: c.Command) -> Result:
        """Give the desk a command, as the console would."""
        raise NotImplementedError

    async def down(self) -> None:
        """The engine ends, as a machine does that loses its power."""
        raise NotImplementedError

    async def up(self) -> None:
        """It starts again."""
        raise NotImplementedError

    async def respond(self, letter: Any, kind: str, more: dict[str, Any]) -> None:
        """Whoever got this message answers it. By default as on the page or by text message."""
        await self._respond(letter, kind, more)

    # People on duty

    async def release(
        self,
        track: str,
        *,
        by: str,
        controllers: tuple[str, ...] = (),
        of: str = "",
        **record: Any,
    ) -> Result:
        """A person allows a track of the case: `release("missions", by="Ana")`."""
        record = {
            "id": f"release-{self._commands}",
            "why": "leverage",
            "reprisal_forecast": "low",
            "wishes_read": True,
            **(for_companies(self.now) if track == "companies" else {}),
            **record,
        }
        return await self.do(
            c.Release(
                inbox=self.inbox(),
                case=self.case(of).id,
                track=TrackName(track),
                by=person_id(by),
                record=c.ReleaseRecord(**record),
                controllers=controllers,
            )
        )

    async def finish(
        self, kind: str, *, by: str, party: str = "", result: str = "done", of: str = ""
    ) -> Result:
        """A person does what the (oldest) open task of this kind asks for."""
        return await self.do(
            c.FinishTask(
                inbox=self.inbox(),
                case=self.case(of).id,
                task=self.task(kind, party=party, of=of).id,
                by=person_id(by),
                result=result,
            )
        )

    async def take(self, kind: str, *, by: str, party: str = "", of: str = "") -> Result:
        """A person takes the (oldest) open task of this kind."""
        return await self.do(
            c.TakeTask(
                inbox=self.inbox(),
                case=self.case(of).id,
                task=self.task(kind, party=party, of=of).id,
                by=person_id(by),
            )
        )

    async def hold(
        self,
        *tracks: str,
        by: str,
        until: str,
        why: HoldReason = HoldReason.OTHER,
        of: str = "",
    ) -> Result:
        """A person asks to wait: nobody on these tracks is approached until then."""
        inbox = self.inbox()
        return await self.do(
            c.PlaceHold(
                inbox=inbox,
                case=self.case(of).id,
                hold=Hold(
                    id=f"hold-{inbox.id}",
                    until=next_moment(until, after=self.now),
                    by=person_id(by),
                    reason=why,
                    tracks=tuple(TrackName(track) for track in tracks),
                ),
            )
        )

    async def needs(self, *, by: str, why: str = "life_at_stake", of: str = "") -> Result:
        """A person decides, or reviews, that protection is asked without consent."""
        return await self.do(
            c.DecideNecessity(inbox=self.inbox(), case=self.case(of).id, by=person_id(by), why=why)
        )

    async def lower(self, mode: str, *, by: str, of: str = "") -> Result:
        """A person makes recipients act more quietly from now on."""
        return await self.do(
            c.LowerMode(
                inbox=self.inbox(), case=self.case(of).id, mode=Mode(mode), by=person_id(by)
            )
        )

    async def propose(
        self,
        *,
        by: str,
        outcome: str = "freed",
        remedy: str = "none_sought",
        heard: str = "safe_channel",
        of: str = "",
    ) -> Result:
        """A person says that the case is resolved."""
        return await self.do(
            c.ProposeResolution(
                inbox=self.inbox(),
                case=self.case(of).id,
                by=person_id(by),
                outcome=outcome,
                residual_risk="low",
                remedy=remedy,  # type: ignore[arg-type]
                heard=heard,  # type: ignore[arg-type]
            )
        )

    async def confirm(self, *, by: str, of: str = "") -> Result:
        """Another person agrees."""
        return await self.do(
            c.ConfirmResolution(inbox=self.inbox(), case=self.case(of).id, by=person_id(by))
        )

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

    def inbox(self) -> c.Inbox:
        """A fresh identity for a command."""
        self._commands += 1
        id_ = f"command-{self._commands}"
        return c.Inbox(source="story", id=id_, digest=hashlib.sha256(id_.encode()).hexdigest())

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
            for_date=more.get("date", ""),
        )
        result = await self.do(c.Respond(inbox=self.inbox(), alert=alert, response=response))
        expect(more.get("refused", False) is isinstance(result, Refused), result)

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


def short(name: str) -> str:
    """Ana -> ana, Capital desk -> capital-desk: as ids are made of names."""
    return name.lower().replace(" ", "-")


def person_id(name: str) -> str:
    """Ana -> person:ana."""
    return f"person:{short(name)}"


def said_at(at: datetime) -> str:
    """A moment as stories write it."""
    return f"{at:%a %d %b %H:%M}"
