"""What one run of Faust and our store tell each other: how far was read, and what is wrong."""

from dataclasses import dataclass

from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from engine.intake.ownership import Ownership
from engine.intake.standing import Standing
from engine.ports import Halt
from engine.settings import KafkaSettings
from engine.store.offsets import Partition


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far one partition was fetched, which is not how far it was dealt with."""

    position: int
    """First offset not fetched; beyond markers."""
    last: int
    """Offset of the last record fetched, -1 before any."""
    end: int
    """The log's."""
    answered: int
    """When the broker last answered, milliseconds."""


class Books:
    """What one run of Faust and our store tell each other."""

    def __init__(
        self, settings: KafkaSettings, *, ownership: Ownership, standing: Standing, halt: Halt
    ) -> None:
        self.settings = settings
        self.ownership = ownership
        self.standing = standing
        self.halt = halt
        self.trouble: str | None = None
        """Why the log cannot be read; Faust itself would stand still without a word."""
        self.places: dict[Partition, Place] = {}
        """How far was fetched of each partition."""
        self.thread: driver.AIOKafkaConsumerThread | None = None
        """In which Faust reads."""

    @property
    def reads_on(self) -> bool:
        """Whether Faust's thread still runs."""
        worker = self.thread._thread if self.thread is not None else None
        return worker is not None and worker.is_alive()

    def count(self, assigned: set[TP]) -> None:
        """How far behind we are. Markers at the end of a log are fetched past and no record.

        Raises LogTroubleError when what is assigned to us stays without an owner.
        """
        behind = {}
        answers: dict[Partition, int | None] = {}
        for key, expected in sorted(self.ownership.expected.items()):
            answers[key] = 0  # what is expected and was never fetched is no news of a broker
            if (place := self.places.get(key)) is not None:
                done = expected > place.last
                behind[key] = max(0, place.end - (place.position if done else expected))
                answers[key] = place.answered if done else None
        self.standing.count(behind)
        self.standing.holds(
            {(tp.topic, tp.partition) for tp in assigned} <= set(self.ownership.partitions)
        )
        self.standing.asked(answers)
