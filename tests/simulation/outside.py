"""The world outside the processes. It survives every crash, and it alone judges what was sent."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from random import Random  # noqa: TID251 (seeded: the same number, the same schedule)

from engine.intake.ownership import Ownership
from engine.ports import Handler, Record
from engine.store.offsets import Partition, Range
from notifiers.channel import Capabilities
from notifiers.message import ChannelKind, Message
from notifiers.outcome import Outcome, OutcomeReason
from schemas.contact import Endpoint
from tests.simulation.process import Process
from tests.simulation.witness import Witness

HANG_SECONDS = 200.0
A_DAY = 86_400.0
TOPIC = "reports"
PARTITIONS = 2
_TEMPORARY = (
    OutcomeReason.BUSY,
    OutcomeReason.UNREACHABLE,
    OutcomeReason.SERVER_ERROR,
    OutcomeReason.RATE_LIMITED,
)
_PERMANENT = (OutcomeReason.REFUSED_ADDRESS, OutcomeReason.REFUSED_MESSAGE)
_UNKNOWN = (
    OutcomeReason.NO_ANSWER_AFTER_DATA,
    OutcomeReason.CONNECTION_LOST_AFTER_DATA,
    OutcomeReason.UNREADABLE_ANSWER,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message that really left."""

    begun: datetime
    """When the engine gave it out of its hands."""
    at: datetime
    channel: str
    endpoint: str
    key: str
    purpose: str


@dataclass(slots=True)
class World:
    """What next hops took, and what consumers of the engine's facts have read."""

    letters: list[Letter] = field(default_factory=list)
    forgotten: list[Letter] = field(default_factory=list)
    """Those of which the store knows nothing: it was put back from a copy that is older."""
    sends: Counter[str] = field(default_factory=Counter)
    facts: list[str] = field(default_factory=list)
    """`case.n` of each fact, as it was published."""
    leaving: list[Callable[[str], None]] = field(default_factory=list)
    """Hear of a message, by its endpoint, just before it leaves."""
    witness: Witness = field(default_factory=Witness)
    listeners: list[Callable[[Letter], None]] = field(default_factory=list)

    def leave(self, letter: Letter) -> None:
        """A message left the house."""
        self.letters.append(letter)
        self.sends[letter.key] += 1
        for listener in self.listeners:
            listener(letter)

    def forget(self, since: datetime, *, facts: int) -> None:
        """The store knows no letter since then, and consumers go back to so many facts."""
        self.forgotten += [letter for letter in self.letters if letter.at > since]
        self.letters = [letter for letter in self.letters if letter.at <= since]
        self.sends = Counter(letter.key for letter in self.letters)
        del self.facts[facts:]


class SimChannel:
    """The channel port of one process into the world."""

    def __init__(
        self,
        name: str,
        *,
        kind: ChannelKind,
        process: Process,
        world: World,
        now: Callable[[], datetime],
    ) -> None:
        self._name = name
        self._kind = kind
        self._process = process
        self._world = world
        self._now = now
        self.sent: list[str] = []
        """Keys that left by this process."""

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(kind=self._kind, concurrency=4)

    async def send(self, message: Message, endpoint: Endpoint) -> Outcome:
        """Try once, with whatever this seed has in store."""
        process, faults, rng = self._process, self._process.faults, self._process.rng
        begun = self._now()
        for listener in self._world.leaving:
            listener(endpoint.id)
        await process.stand_still(faults.pause_having_claimed, having="claimed")
        draw, seconds = rng.random(), 0.05
        if rng.random() < faults.hang:
            process.counts["a send hung"] += 1
            seconds = HANG_SECONDS
        if draw < faults.temporary:
            await process.effect("refuse for now", _nothing, seconds=seconds)
            reason = rng.choice(_TEMPORARY)
            process.counts[f"outcome {reason}"] += 1
            if reason is OutcomeReason.RATE_LIMITED:
                return Outcome.of(reason, retry_after=A_DAY)
            return Outcome.of(reason)
        if draw < faults.temporary + faults.permanent:
            await process.effect("refuse for good", _nothing, seconds=seconds)
            process.counts["outcome refused"] += 1
            return Outcome.of(rng.choice(_PERMANENT))
        unclear = draw < faults.temporary + faults.permanent + faults.unknown
        if unclear and rng.random() < 0.5:
            await process.effect("lose", _nothing, seconds=seconds)
            return Outcome.of(rng.choice(_UNKNOWN))
        await process.effect(
            f"send {endpoint.id}", lambda: self._leave(begun, message, endpoint), seconds=seconds
        )
        if unclear:
            process.counts["outcome unknown, and it left"] += 1
            return Outcome.of(rng.choice(_UNKNOWN))
        return Outcome.of(OutcomeReason.ACCEPTED)

    def _leave(self, begun: datetime, message: Message, endpoint: Endpoint) -> None:
        for key in (message.key, *message.also):
            self.sent.append(key)
            self._world.witness.read(key, message, endpoint)
            self._world.leave(
                Letter(
                    begun=begun,
                    at=self._now(),
                    channel=self._name,
                    endpoint=endpoint.id,
                    key=key,
                    purpose=message.purpose.value,
                )
            )

    async def aclose(self) -> None:
        return


class Log:
    """A topic, its partitions, and the group that reads it. At least once, as brokers are."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._records: list[list[Record]] = [[] for _ in range(PARTITIONS)]
        self._members: list[LogStream] = []
        self.turn = 0
        """Grows whenever partitions change hands."""
        self.changed = asyncio.Event()

    def append(self, value: bytes) -> Record:
        """Put a record at the end of some partition: the publisher is answered."""
        partition = self._rng.randrange(PARTITIONS)
        records = self._records[partition]
        at = {"topic": TOPIC, "partition": partition, "offset": len(records)}
        records.append(Record(key=None, value=value, **at))
        self.changed.set()
        return records[-1]

    def range(self, partition: Partition) -> Range:
        return Range(begin=0, end=len(self._records[partition[1]]))

    def read(self, partition: Partition, offset: int, *, most: int) -> list[Record]:
        return self._records[partition[1]][offset : offset + most]

    async def probe(self, topic: str, partition: int, offset: int) -> int | None:
        found = self.read((topic, partition), offset, most=1)
        return found[0].offset if found else None

    def join(self, member: "LogStream") -> None:
        self._members = [each for each in self._members if not each.process.dead] + [member]
        self.rebalance()

    def rebalance(self) -> None:
        """Partitions change hands. Who stands still does not hear of it: a zombie."""
        self.turn += 1
        for member in self._members:
            if not member.process.still:
                member.ownership.release(member.ownership.partitions)
        self.changed.set()

    def of(self, member: "LogStream") -> list[Partition]:
        """What this member may read now: whoever stands still is left out."""
        reading = [each for each in self._members if not each.process.still]
        return [
            (TOPIC, n)
            for n in range(PARTITIONS)
            if reading and reading[(n + self.turn) % len(reading)] is member
        ]


class LogStream:
    """The stream port of one process over the log."""

    def __init__(self, log: Log, process: Process, ownership: Ownership) -> None:
        self._log = log
        self.process = process
        self.ownership = ownership
        self.in_hand: list[Record] = []
        """Polled for the first time, and not all of them taken yet."""

    async def run(self, handler: Handler) -> None:
        """Feed the handler until cancelled."""
        self._log.join(self)
        while True:
            turn = self._log.turn
            mine = self._log.of(self)
            following = await self.ownership.acquire({key: self._log.range(key) for key in mine})
            while self._log.turn == turn:
                records = await self.process.effect("poll", partial(self._poll, following))
                if records:
                    self.in_hand = [
                        r for r in records if r.offset >= following[r.topic, r.partition]
                    ]
                    await self._deliver(records, handler)
                    self.in_hand = []
                    following |= {(r.topic, r.partition): r.offset + 1 for r in records}
                else:
                    self._log.changed.clear()
                    if self._log.turn == turn:
                        await self._log.changed.wait()

    async def _deliver(self, records: list[Record], handler: Handler) -> None:
        if self.process.rng.random() < self.process.faults.rebalance:
            self.process.counts["a rebalance in the midst of a batch"] += 1
            after = self.process.rng.expovariate(1 / self.process.faults.slow)
            asyncio.get_running_loop().call_later(after, self._log.rebalance)
        await self.process.stand_still(self.process.faults.pause_having_read, having="read")
        await self.ownership.deliver(records, handler)

    def _poll(self, following: dict[Partition, int]) -> list[Record]:
        """Some of what there is; sometimes again what was there before."""
        rng, found = self.process.rng, []
        for key, offset in sorted(following.items()):
            again = rng.random() < self.process.faults.repeated and offset > 0
            self.process.counts["a record came twice"] += again
            found += self._log.read(key, offset - again, most=rng.randint(1, 5) + again)
        fresh = [r for r in found if r.offset >= following[r.topic, r.partition]]
        return found if fresh else []


class SimPublisher:
    """The publisher port: where the relay puts facts."""

    def __init__(self, process: Process, world: World) -> None:
        self._process = process
        self._world = world

    async def publish(self, *, topic: str, key: str, value: bytes, headers: dict[str, str]) -> None:
        process, faults = self._process, self._process.faults
        if process.rng.random() < faults.temporary:
            await process.effect("publish in vain", _nothing)
            raise ConnectionError
        name = headers["ce_id"]

        def publish() -> None:
            self._world.facts.append(name)
            said = (topic, key, *map(":".join, headers.items()))
            self._world.witness.heard("topic", *map(str.encode, said), value)

        await process.effect(f"publish {name}", publish)
        if process.rng.random() < faults.repeated:
            process.counts["a fact was published twice"] += 1
            raise ConnectionError


def _nothing() -> None:
    return
