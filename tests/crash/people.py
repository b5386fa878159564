"""People in a crash run: duty takes cases and lets embassies be told; embassies answer.

Each reads what arrived at the mail server, and holds on to what they asked until they are told that
it is done. The desk's people ask at the door of commands, recipients where programs answer.
"""

import asyncio
import json
import random  # noqa: TID251 (seeded: the same number, the same choices)
from collections.abc import Callable, Mapping
from datetime import timedelta

import pyotp

from engine.access import PersonRole
from engine.clock import SystemClock
from tests.crash.answers import Answer, Answers, Deed
from tests.crash.letters import Letter, Letters
from tests.harness.house import House
from tests.harness.posting import Poster

_WALL = SystemClock()
DUTY = ("ana", "ben", "chi")
RECIPIENTS = ("ines", "capital-qs")
TAKES, RELEASES, REPLIES = 0.5, 0.6, 0.7
"""Shares of pages that are taken, of cases taken that are released, of messages answered."""
THINKS = (0.1, 1.2)
"""Seconds between reading and asking: within the ladder's first steps, and after them."""
LOOKS_EVERY = 0.1
PAUSE = 0.1
"""Seconds before what was not answered is asked again."""
ANSWERS_WITHIN = 5.0
PASSWORD = "a long and invented sentence"
TRIES_AGAIN = "not_durable"
CLOSED = 409
RECORD = {
    "track": "missions",
    "why": "protect_now",
    "forecast": "low",
    "wishes_read": True,
    "partner": "partner-1",
}
"""Of a release."""


async def let_in(house: House) -> dict[str, str]:
    """Add duty's people, and log each in: name -> session. While no engine runs."""
    parts = house.open()
    try:
        sessions = {}
        for name in DUTY:
            person = await parts.people.add_person(
                name, label=name.title(), role=PersonRole.HANDLER, password=PASSWORD, by="test"
            )
            code = pyotp.TOTP(person.secret.reveal().decode()).at(_WALL.now())
            session = await parts.people.log_in(person=name, password=PASSWORD, code=code)
            assert session is not None
            sessions[name] = session
        return sessions
    finally:
        parts.close()


class People:
    """Everybody who answers."""

    def __init__(
        self,
        house: House,
        *,
        sessions: dict[str, str],
        letters: Letters,
        answers: Answers,
        rng: random.Random,
        stopping: Callable[[], bool],
    ) -> None:
        self._house = house
        self._sessions = sessions
        self._letters = letters
        self._answers = answers
        self._rng = rng
        self._stopping = stopping
        self._boxes: dict[str, asyncio.Queue[Letter]] = {
            name: asyncio.Queue() for name in (*DUTY, *RECIPIENTS)
        }
        self._seen: set[tuple[str, str]] = set()
        """Name and reference: nobody decides twice about the same."""
        self._released: set[str] = set()

    async def run(self) -> None:
        """Read and answer until told to stop; then end what was begun."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sort())
            for name in self._boxes:
                group.create_task(self._one(name))

    async def _sort(self) -> None:
        while not self._stopping():
            for letter in self._letters.fresh():
                if letter.name in self._boxes:
                    self._boxes[letter.name].put_nowait(letter)
            await asyncio.sleep(LOOKS_EVERY)

    async def _one(self, name: str) -> None:
        door = CommandDoor(self._house, self._sessions.get(name, ""), self._answers)
        page = ReplyDoor(self._house, self._answers)
        box = self._boxes[name]
        try:
            while not self._stopping():
                if box.empty():
                    await asyncio.sleep(LOOKS_EVERY)
                elif name in DUTY:
                    await self._on_duty(name, box.get_nowait(), door)
                else:
                    await self._asked(name, box.get_nowait(), page)
        finally:
            await door.aclose()
            await page.aclose()

    async def _on_duty(self, name: str, letter: Letter, door: "CommandDoor") -> None:
        case = letter.case
        if not (case and self._decides(name, case, TAKES)):
            return
        await asyncio.sleep(self._rng.uniform(*THINKS))
        await door.ask(self._a(Deed.TAKE, f"person:{name}", case), "case.take", case=case)
        if case not in self._released and self._rng.random() < RELEASES:
            self._released.add(case)
            release = self._a(Deed.RELEASE, f"person:{name}", case)
            result = await door.ask(release, "release", case=case, **RECORD)
            if not result.get("parties_told"):
                self._answers.told_nobody.add(release.id)

    async def _asked(self, name: str, letter: Letter, page: "ReplyDoor") -> None:
        asked = letter.asked
        if asked is None or not self._decides(name, asked.ref, REPLIES):
            return
        await asyncio.sleep(self._rng.uniform(*THINKS))
        kind = self._rng.choice(tuple(REPLY))
        said = REPLY[kind] | ({"due": _tomorrow()} if kind == "promised" else {})
        answer = self._a(Deed.REPLY, name, asked.ref, kind=kind)
        await page.reply(answer, {"token": asked.token, "code": asked.code, **said})

    def _decides(self, name: str, ref: str, share: float) -> bool:
        known = (name, ref) in self._seen
        self._seen.add((name, ref))
        return not known and self._rng.random() < share

    def _a(self, deed: Deed, by: str, ref: str, *, kind: str = "") -> Answer:
        made = Answer(id=f"{deed}-{len(self._answers.given)}", deed=deed, by=by, ref=ref, kind=kind)
        self._answers.given[made.id] = made
        return made


REPLY: dict[str, dict[str, object]] = {
    "answered": {"answer": "acknowledged"},
    "promised": {"answer": "committed", "action": "enquiry"},
    "declined": {"answer": "declined", "reason": "not_us"},
}
"""The fact that a reply becomes -> how it is said."""


class CommandDoor:
    """The loopback door of commands, as `tocsin` knocks at it; done means that it says so."""

    def __init__(self, house: House, session: str, answers: Answers) -> None:
        self._file = house.settings.data_dir / "engine.json"
        self._session = session
        self._answers = answers
        self._open: tuple[tuple[int, str], Poster] | None = None

    async def ask(self, answer: Answer, operation: str, **args: object) -> dict[str, object]:
        """Ask until answered; the result, empty where it was refused."""
        asking = {
            "name": operation,
            "args": args,
            "session": self._session,
            "request": answer.id,
        }
        while True:
            said = await self._once(json.dumps(asking).encode())
            if said is not None and said["ok"]:
                self._answers.acknowledged.setdefault(answer.id, _WALL.now().timestamp())
                return dict(said["result"])
            if said is not None and said["ending"] != TRIES_AGAIN:
                self._answers.refused[f"{answer.deed}: {said['what']}"] += 1
                return {}
            await asyncio.sleep(PAUSE)

    async def aclose(self) -> None:
        """Close the connection."""
        if self._open is not None:
            await self._open[1].aclose()

    async def _once(self, body: bytes) -> "dict[str, object] | None":
        try:
            told = json.loads(self._file.read_bytes())
        except (OSError, ValueError):  # no engine runs
            return None
        place = (int(told["port"]), str(told["token"]))
        if self._open is None or self._open[0] != place:
            await self.aclose()
            self._open = place, _poster(*place)
        try:
            answer = await self._open[1].post("/admin/command", body)
            return dict(json.loads(answer.body))
        except (OSError, ValueError):  # gone, or broken inside
            self._answers.doubtful += 1
            return None


class ReplyDoor:
    """`POST /v1/answers`; done means 202."""

    def __init__(self, house: House, answers: Answers) -> None:
        self._poster = _poster(house.port, "")
        self._answers = answers

    async def reply(self, answer: Answer, said: Mapping[str, object]) -> None:
        """Answer until it is taken, or refused."""
        body = json.dumps({"id": answer.id, **said}).encode()
        while True:
            try:
                told = await self._poster.post("/v1/answers", body)
            except OSError:
                self._answers.doubtful += 1
            else:
                if told.status == 202:
                    self._answers.acknowledged.setdefault(answer.id, _WALL.now().timestamp())
                    return
                if told.status == CLOSED:
                    self._answers.closed.add(answer.id)
                    return
                if told.status not in (500, 503):
                    self._answers.refused[f"{answer.deed}: {told.status} {told.body[:200]!r}"] += 1
                    return
            await asyncio.sleep(PAUSE)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._poster.aclose()


def _poster(port: int, key: str) -> Poster:
    return Poster(port=port, key=key, timeout=ANSWERS_WITHIN, content_type="application/json")


def _tomorrow() -> str:
    return (_WALL.now() + timedelta(days=1)).isoformat()
