"""Ana, Ben and Chi at their desk: they take cases, do what is owed, release, and end one case.

What they do goes through the operations that the command line uses, as persons who are logged in.
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from engine.admin.door import answer
from engine.admin.house import House
from engine.demo.cast import Act, Cast
from engine.demo.crowd import SmsReply
from engine.demo.story_time import StoryTime
from notifiers.sinks import Text

_CASE = re.compile(r"\bTC-[0-9A-Z]{4,9}\b")
TAKES_AFTER = 3 * 60
LOOKS_EVERY = 15 * 60
_FOR = timedelta(days=14)
_WHOLE = {
    "whether": "linked",
    "how": "quiet_request",
    "waiting": "high",
    "checks": {
        "convenor_legitimacy": "accepted",
        "actors_ability": "able",
        "power_dynamics": "uneven_provided_for",
        "previous_interventions": "none",
        "context": "fits",
    },
}
"""The pre-flight that companies need."""
AHEAD = timedelta(minutes=35)
"""What falls due within this is done now."""
_DOES: Mapping[str, str] = {
    "first_contact": "done",
    "triage": "done",
    "check_in": "done",
    "planning_trouble": "done",
    "question": "done",
    "phone_them": "done",
    "phone_at_opening": "done",
    "promise_overdue": "done",
    "nobody_left": "done",
    "unreachable": "done",
    "warning": "done",
    "still_right": "yes",
}


class DeskPeople:
    """The three on shift."""

    def __init__(
        self,
        cast: Cast,
        *,
        house: House,
        sessions: Mapping[str, str],
        story: StoryTime,
        reply: SmsReply,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._cast = cast
        self._reply = reply
        self._house = house
        self._sessions = sessions
        self._story = story
        self._tasks = tasks
        self._number = count()
        self._taking: dict[str, None] = {}
        self._taken_at: dict[str, datetime] = {}
        self._planned: dict[str, None] = {}
        self.situations: dict[str, str] = {}
        """Case reference -> situation; the director fills it in as cases open."""
        self.troubles: list[str] = []

    def text(self, text: Text) -> None:
        """A page reached a phone. Ana answers each one, in her own time."""
        person = next((p for p, number in self._cast.duty.items() if number == text.to), "")
        case = _CASE.search(text.text)
        if person == "person:ana" and case is not None and case[0] not in self._taking:
            self._taking[case[0]] = None
            self._tasks.create_task(self._take(person, case[0]))

    async def look_after(self) -> None:
        """Do what is owed, for ever."""
        while True:
            await self._story.pause(LOOKS_EVERY)
            with self._story.acting():
                await self._do_what_is_owed()

    async def end_case(self, ref: str) -> None:
        """One proposes, another confirms: the only way a case ends."""
        ending = self._cast.ending
        propose, confirm = ending["propose"], ending["confirm"]
        waits = [_seconds(propose["after"]), _seconds(confirm["after"])]
        await self._story.pause(waits[0])
        words = {name: propose[name] for name in ("outcome", "risk", "remedy", "heard")}
        with self._story.acting():
            await self._ask(propose["by"], "resolve.propose", case=ref, **words)
        await self._story.pause(waits[1] - waits[0])
        with self._story.acting():
            await self._ask(confirm["by"], "resolve.confirm", case=ref)

    def plan(self, ref: str, situation: str) -> None:
        """A case is known by its situation: what duty means to do about it begins to count."""
        self.situations[ref] = situation
        if ref in self._taken_at:
            self._begin(ref)

    async def _take(self, person: str, ref: str) -> None:
        await self._story.pause(TAKES_AFTER)
        with self._story.acting():
            self._taking.pop(ref, None)
            await self._reply(self._cast.duty[person], f"1 {ref}")
            self._taken_at[ref] = self._story.clock.now()
            if ref in self.situations:
                self._begin(ref)

    def _begin(self, ref: str) -> None:
        situation = self.situations[ref]
        if situation in self._planned:
            return
        self._planned[situation] = None
        for act in self._cast.plans.get(situation, ()):
            doing = self._phone(ref, act) if act.phone else self._release(ref, act)
            self._tasks.create_task(doing)

    async def _release(self, ref: str, act: Act) -> None:
        await self._story.pause(act.after)
        record = {
            "case": ref,
            "track": act.release,
            "why": act.why,
            "forecast": act.forecast,
            "wishes_read": True,
            "partner": act.partner,
        }
        if act.two:
            record |= _WHOLE | {"expires_at": (self._story.clock.now() + _FOR).isoformat()}
        with self._story.acting():
            await self._ask("person:ana", "release", **record)
        if act.two:
            await self._story.pause(10 * 60)
            with self._story.acting():
                await self._ask("person:chi", "release", **record)

    async def _phone(self, ref: str, act: Act) -> None:
        """Ana phones somebody and writes down what they said: the same answer as on their page."""
        await self._story.pause(act.after)
        with self._story.acting():
            told = await self._ask("person:ana", "case.told", case=ref)
            alerts = [a["alert"] for a in told.get("parties", ()) if a["id"] == act.phone]
            due = self._story.clock.now() + timedelta(seconds=act.due)
            if alerts:
                await self._ask(
                    "person:ana",
                    "respond",
                    case=ref,
                    alert=alerts[0],
                    kind=act.kind,
                    action=act.action,
                    due=due.isoformat(),
                )

    async def _do_what_is_owed(self) -> None:
        found = await self._ask("person:ana", "task.list")
        soon = self._story.clock.now() + AHEAD
        for task in found.get("tasks", ()):
            if task["kind"] == "reprisal":
                await self._lift(task["case"])
                continue
            result = _DOES.get(task["kind"])
            if result is None or datetime.fromisoformat(task["due_at"]) > soon:
                continue
            await self._ask(
                "person:ana", "task.done", case=task["case"], task=task["id"], result=result,
                heard="safe_channel",
            )  # fmt: skip

    async def _lift(self, ref: str) -> None:
        """A suspected reprisal: both have looked, and let go on what still helps."""
        case = await self._ask("person:ana", "case.show", case=ref)
        for track in case.get("tracks", ()):
            if track["frozen"]:
                for person in ("person:ana", "person:chi"):
                    await self._ask(person, "lift", case=ref, track=track["track"])

    async def _ask(self, person: str, name: str, **args: Any) -> Mapping[str, Any]:
        said = await answer(
            self._house,
            name=name,
            args=args,
            session=self._sessions[person],
            request=f"demo-{next(self._number)}",
        )
        if said["ok"]:
            result: Mapping[str, Any] = said["result"]
            return result
        self.troubles.append(f"{person} {name}: {said['what']}")
        return {}


def _seconds(text: str) -> int:
    from schemas.rulebook import seconds

    return seconds(text)
