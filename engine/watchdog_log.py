"""Whether the logs that are read here move: records that wait are taken, or the reader is stuck.

A broker that is away is no stuck reader: nobody could read then, and the lane says so and tries
again. But a reader that believes to read, while records wait and no position moves, has been seen
to stay so for good after a broker's restart; a fresh process reads on from where the store stands.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import structlog

from engine.clock import Clock
from engine.intake.standing import SILENT_AFTER, Standing, State
from engine.ports import Reader
from engine.store.offsets import Partition, all_positions
from engine.watchdog import Turns

LOOK_EVERY = 5.0

_log = structlog.get_logger(__name__)


class Lane(Protocol):
    """A lane as it is looked at."""

    @property
    def name(self) -> str: ...

    @property
    def standing(self) -> Standing: ...


class LogWatch:
    """Notes turns for lanes that move, until cancelled. Both kinds of turns: by the lane's name."""

    def __init__(
        self,
        lanes: Sequence[Lane],
        *,
        turns: Mapping[str, Turns],
        rounds: Mapping[str, Turns],
        reader: Reader,
        clock: Clock,
    ) -> None:
        self._lanes = tuple(lanes)
        self._turns = turns
        self._rounds = rounds
        """One is a turn of each partition that records wait in: the others must not hide one."""
        self._reader = reader
        self._clock = clock
        self._stood: dict[Partition, int] = {}
        self._counted: dict[str, int] = {}
        self._pending: dict[str, frozenset[Partition]] = {}

    async def run(self) -> None:
        """Look every few seconds. A store that does not answer is the desk's to notice."""
        for turns in (*self._turns.values(), *self._rounds.values()):
            turns.turn("the first look")  # which may hang as well
        while True:
            try:
                await self.look()
            except Exception as error:  # whoever watches must not be what stops the watched
                _log.warning("log_watch_waits", error=type(error).__name__)
            await self._clock.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Look once."""
        found = await self._reader.run(all_positions)
        stands = {(topic, partition): following for topic, partition, _, following in found}
        for lane in self._lanes:
            if self._moves(lane, stands):
                self._turns[lane.name].turn(f"{lane.standing.now.behind} records to read")
            if not (pending := self._not_yet(lane, stands)):
                self._rounds[lane.name].turn()
            self._pending[lane.name] = pending or self._waiting(lane)
        self._stood = stands

    def _not_yet(self, lane: Lane, stands: Mapping[Partition, int]) -> frozenset[Partition]:
        """Those that waited when the round began, wait still, and have not moved since."""
        moved = {one for one, at in stands.items() if self._stood.get(one) != at}
        return (self._pending.get(lane.name, frozenset()) & self._waiting(lane)) - moved

    def _waiting(self, lane: Lane) -> frozenset[Partition]:
        """What no broker answers for is no fault of the reader; the lane says so."""
        if lane.standing.now.state is not State.READING:
            return frozenset()
        return lane.standing.waiting - frozenset(lane.standing.unanswered(SILENT_AFTER))

    def _moves(self, lane: Lane, stands: Mapping[Partition, int]) -> bool:
        now = lane.standing.now
        goes_round = lane.standing.counted != self._counted.get(lane.name)
        self._counted[lane.name] = lane.standing.counted
        if now.state is not State.READING:
            return True
        if goes_round and now.behind == 0:
            return True
        return any(stands.get(one) != self._stood.get(one) for one in lane.standing.partitions)
