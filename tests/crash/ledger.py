"""What publishers gave and what they were told: the memory outside, which outlives every crash."""

import random  # noqa: TID251 (seeded: the same number, the same reports)
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tests.crash.answers import Answers
from tests.crash.town import SEVERITIES
from tests.harness.reports import HOTLINE, report

PER_SITUATION = 3
HTTP = "http"
"""The door of the engine itself."""
AGAIN = 0.12
"""Share of reports that somebody has sent before, under the same id."""
REMEMBERED = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One report as its publisher wrote it down before sending."""

    id: str
    situation: str
    code: str
    body: bytes

    @property
    def critical(self) -> bool:
        """Whether its publisher puts it on the critical topic."""
        return SEVERITIES[self.code] == "critical"


@dataclass(slots=True)
class Ledger:
    """Every report, and which door said that it has it."""

    sent: dict[str, Sent] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)
    """Id -> the first door that acknowledged it."""
    refuse: dict[bytes, str] = field(default_factory=dict)
    """Bytes that are no report and were acknowledged by the broker all the same -> topic."""
    other: set[str] = field(default_factory=set)
    """Ids that came again with other content, and of which somebody was told so."""
    doubtful: Counter[str] = field(default_factory=Counter)
    """Door -> tries of which nobody knows what became."""
    answers: Counter[int] = field(default_factory=Counter)
    """Status -> answers that were neither `taken` nor `try again`."""
    people: Answers = field(default_factory=Answers)
    """What those who were told did then."""

    def identities(self) -> Iterator[tuple[str, str]]:
        """(source, id) of whatever was acknowledged."""
        return ((HOTLINE, id) for id in sorted(self.acknowledged))


class Reports:
    """An endless supply: several of one situation, through whichever door, some a second time."""

    def __init__(self, ledger: Ledger, *, seed: int) -> None:
        self._ledger = ledger
        self._rng = random.Random(seed)
        self._made = 0
        self._recent: list[Sent] = []

    def next(self) -> Sent:
        """A new report, or one that was sent before."""
        if self._recent and self._rng.random() < AGAIN:
            return self._rng.choice(self._recent)
        return self.fresh()

    def fresh(self, *, critical: bool | None = None) -> Sent:
        """A new report; of a grave act or of none, where that is said."""
        codes = [
            code
            for code, severity in SEVERITIES.items()
            if critical is None or (severity == "critical") is critical
        ]
        code = self._rng.choice(codes)
        n = self._made
        self._made += 1
        situation = f"situation-{(n + self._rng.randint(0, 2)) // PER_SITUATION}"
        text = report(
            code,
            id=f"report-{n}",
            situation=situation,
            country="QR",
            subject=f"subject-of-{situation}",
            consents=["missions"],
        ).bytes()
        made = Sent(id=f"report-{n}", situation=situation, code=code, body=text)
        self._ledger.sent[made.id] = made
        self._recent = [*self._recent[-REMEMBERED:], made]
        return made

    def other(self) -> Sent | None:
        """Other content under an id that the engine itself has acknowledged; None: there is none.

        Not under one that only the broker has: it might come first, and be the report.
        """
        known = [one for one in self._recent if self._ledger.acknowledged.get(one.id) == HTTP]
        if not known:
            return None
        one = self._rng.choice(known)
        body = report(one.code, id=one.id, situation="another", country="QT").bytes()
        return replace(one, body=body)

    def garbage(self) -> bytes:
        """Bytes that no reader can make anything of."""
        self._made += 1
        return f"no report {self._made}".encode()
