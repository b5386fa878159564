"""What was done in a crash run, and what came of it."""

import statistics
from collections import Counter
from dataclasses import dataclass, field

from tests.crash.faults import NOT_REACHED, Struck
from tests.crash.oracle import Verdict

EXIT = "exit"
"""Among the faults: a process that ended by itself."""
MISSED = 3
"""Times that nobody comes to a point, and never otherwise, by which a run did not test it."""
COMPLAINTS = 20
"""Lines of what is wrong that are shown."""


@dataclass(slots=True)
class Outcome:
    """What was done, and what came of it."""

    store: str
    runner: str
    seed: int
    lasting_members: bool
    """Whether a process that comes back is known to its consumer group by its name."""
    struck: list[Struck] = field(default_factory=list)
    served_after: list[float] = field(default_factory=list)
    """Seconds from the end of each fault until every door and partition moved again."""
    exits: int = 0
    """Processes that ended without having been killed by a fault: fenced, or in doubt."""
    halts: Counter[str] = field(default_factory=Counter)
    """Why processes ended by themselves, without the numbers in it."""
    doubtful: Counter[str] = field(default_factory=Counter)
    """Where publishers or people asked -> tries of which nobody knows what became."""
    verdict: Verdict = field(default_factory=Verdict)
    stuck: str = ""

    @property
    def sound(self) -> bool:
        """Whether nothing was broken, and no point was missed throughout."""
        return self.verdict.sound and not self.stuck and not self.never_reached()

    def never_reached(self) -> list[str]:
        """Points at which nothing was ever killed, as often as it was their turn."""
        names = Counter(one.name for one in self.struck)
        points = (name.removeprefix(NOT_REACHED) for name in names if name.startswith(NOT_REACHED))
        return sorted(p for p in points if names[NOT_REACHED + p] >= MISSED and not names[p])

    def lines(self) -> list[str]:
        """Complaints, what was done, and the last line."""
        wrong = self.verdict.complaints()
        kinds = Counter(one.name for one in self.struck if one.name != EXIT)
        named = " ".join(f"{name}={n}" for name, n in sorted(kinds.items()))
        took = self.served_after or [0.0]
        return [
            *wrong[:COMPLAINTS],
            *([f"stuck: {self.stuck}"] if self.stuck else []),
            *(f"never reached: {point}" for point in self.never_reached()),
            *(f"halted {n} times: {why}" for why, n in sorted(self.halts.items())),
            f"store={self.store} runner={self.runner} seed={self.seed} "
            f"members={'lasting' if self.lasting_members else 'passing'} "
            f"faults={kinds.total()} ({named}) exits={self.exits} "
            f"cases={self.verdict.cases} facts={self.verdict.facts} "
            f"parked={self.verdict.parked} doubtful={self.doubtful.total()} "
            f"served_again_s median={statistics.median(took):.1f} max={max(took):.1f} "
            f"violations={len(wrong) + bool(self.stuck)}",
            self.verdict.line(),
        ]
