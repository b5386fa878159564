"""What people on duty do in a story: each act a command to the desk, as the board gives it."""

import hashlib
from abc import abstractmethod
from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from engine.case import commands as c
from engine.case.check_ins import TALKS
from engine.demo.stories.failing import StoryError, expect
from engine.demo.stories.looking import Looking
from engine.demo.stories.moments import next_moment
from engine.demo.stories.records import for_companies
from schemas.codes import DateKind, Heard, Mode, TrackName
from schemas.facts import HeardAtTheEnd, RemedyState, WhySteered
from schemas.facts.life import Lesson, WhyStanding
from schemas.responses import Refused, Result, WithdrawnBecause
from schemas.safeguards import Hold, HoldReason


class DutyActs(Looking):
    """The acting half of a story. `of`: the situation, where there are several cases."""

    _commands = 0
    strict = False
    """Whether an act that the desk refuses fails the story."""

    async def asked(self, command: c.Command) -> Result:
        """Somebody on duty asks for this. Raises StoryError when the desk refuses it."""
        result = await self.do(command)
        expect(not (self.strict and isinstance(result, Refused)), f"{command}: {result}")
        return result

    async def refused(self, act: Awaitable[Result], *, because: str) -> Refused:
        """This act is refused, for this reason."""
        strict, self.strict = self.strict, False
        try:
            result = await act
        finally:
            self.strict = strict
        if not isinstance(result, Refused) or result.reason != because:
            raise StoryError(f"not refused because of {because}: {result}")
        return result

    @abstractmethod
    async def do(self, command: c.Command) -> Result:
        """Give the desk a command, as the console would."""

    def inbox(self) -> c.Inbox:
        """A fresh identity for a command."""
        self._commands += 1
        id_ = f"command-{self._commands}"
        return c.Inbox(source="story", id=id_, digest=hashlib.sha256(id_.encode()).hexdigest())

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
        return await self.asked(
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
        self,
        kind: str,
        *,
        by: str,
        party: str = "",
        due: str = "",
        result: str = "done",
        of: str = "",
    ) -> Result:
        """A person does what the (oldest) open task of this kind asks for."""
        return await self.asked(
            c.FinishTask(
                inbox=self.inbox(),
                case=self.case(of).id,
                task=self.task(kind, party=party, due=due, of=of).id,
                by=person_id(by),
                result=result,
                heard=Heard.SAFE_CHANNEL if kind in TALKS and result == "done" else None,
            )
        )

    async def take(self, kind: str, *, by: str, party: str = "", of: str = "") -> Result:
        """A person takes the (oldest) open task of this kind."""
        return await self.asked(
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
        why: str = "other",
        of: str = "",
    ) -> Result:
        """A person asks to wait: nobody on these tracks is approached until then."""
        inbox = self.inbox()
        return await self.asked(
            c.PlaceHold(
                inbox=inbox,
                case=self.case(of).id,
                hold=Hold(
                    id=f"hold-{inbox.id}",
                    until=next_moment(until, after=self.now),
                    by=person_id(by),
                    reason=HoldReason(why),
                    tracks=tuple(TrackName(track) for track in tracks),
                ),
            )
        )

    async def needs(self, *, by: str, why: str = "life_at_stake", of: str = "") -> Result:
        """A person decides, or reviews, that protection is asked without consent."""
        return await self.asked(
            c.DecideNecessity(inbox=self.inbox(), case=self.case(of).id, by=person_id(by), why=why)
        )

    async def lower(self, mode: str, *, by: str, of: str = "") -> Result:
        """A person makes recipients act more quietly from now on."""
        return await self.asked(
            c.LowerMode(
                inbox=self.inbox(), case=self.case(of).id, mode=Mode(mode), by=person_id(by)
            )
        )

    async def propose(
        self,
        *,
        by: str,
        outcome: str = "freed",
        remedy: RemedyState = "none_sought",
        heard: HeardAtTheEnd = "safe_channel",
        of: str = "",
    ) -> Result:
        """A person says that the case is resolved."""
        return await self.asked(
            c.ProposeResolution(
                inbox=self.inbox(),
                case=self.case(of).id,
                by=person_id(by),
                outcome=outcome,
                residual_risk="low",
                remedy=remedy,
                heard=heard,
            )
        )

    async def confirm(self, *, by: str, of: str = "") -> Result:
        """Another person agrees."""
        return await self.asked(
            c.ConfirmResolution(inbox=self.inbox(), case=self.case(of).id, by=person_id(by))
        )

    async def look_back(self, *, by: str, lesson: str = "went_well", of: str = "") -> Result:
        """A person says what is learned from a case that is over."""
        return await self.asked(
            c.ReviewCase(
                inbox=self.inbox(), case=self.case(of).id, by=person_id(by), lesson=Lesson(lesson)
            )
        )

    async def stand(
        self, *, by: str, review: str, why: str = "proceedings", of: str = ""
    ) -> Result:
        """A person says that the case lasts, and when it is looked at again."""
        return await self.asked(
            c.ProposeStanding(
                inbox=self.inbox(),
                case=self.case(of).id,
                by=person_id(by),
                why=WhyStanding(why),
                review_at=next_moment(review, after=self.now),
            )
        )

    async def agree_to_stand(self, *, by: str, of: str = "") -> Result:
        """Another person agrees that it lasts."""
        return await self.asked(
            c.ConfirmStanding(inbox=self.inbox(), case=self.case(of).id, by=person_id(by))
        )

    async def link(self, one: str, other: str, *, by: str) -> Result:
        """A person says that the cases of these two situations are about the same."""
        return await self.asked(
            c.LinkCases(
                inbox=self.inbox(),
                case=self.case(one).id,
                other=self.case(other).id,
                by=person_id(by),
            )
        )

    async def take_back(
        self, track: str, *, by: str, why: WhySteered = "other", of: str = ""
    ) -> Result:
        """A person takes the release of a track back."""
        return await self.asked(
            c.WithdrawRelease(
                inbox=self.inbox(),
                case=self.case(of).id,
                track=TrackName(track),
                by=person_id(by),
                why=why,
            )
        )

    async def add_date(self, kind: str, *, by: str, on: datetime, of: str = "") -> Result:
        """A person says that something will be on a date."""
        return await self.asked(
            c.AddDate(
                inbox=self.inbox(),
                case=self.case(of).id,
                date_kind=DateKind(kind),
                on=on,
                by=person_id(by),
            )
        )

    async def hand_over(
        self, kind: str, *, by: str, to: str, due: str = "", of: str = ""
    ) -> Result:
        """A person gives the (oldest) open task of this kind to a colleague."""
        return await self.asked(
            c.HandOver(
                inbox=self.inbox(),
                case=self.case(of).id,
                by=person_id(by),
                to=person_id(to),
                tasks=(self.task(kind, due=due, of=of).id,),
            )
        )

    async def drop_promise(
        self, party: str, *, by: str, why: str = "at_our_request", of: str = ""
    ) -> Result:
        """A person records that this party's promise is no longer one."""
        case = self.case(of)
        return await self.asked(
            c.WithdrawPromise(
                inbox=self.inbox(),
                case=case.id,
                alert=self.alert(party, of=of).id,
                by=person_id(by),
                reason=WithdrawnBecause(why),
            )
        )


def short(name: str) -> str:
    """Ana -> ana, Capital desk -> capital-desk: as ids are made of names."""
    return name.lower().replace(" ", "-")


def person_id(name: str) -> str:
    """Ana -> person:ana."""
    return f"person:{short(name)}"
