"""A decision while it is being made: the case so far, and the facts that made it so."""

from dataclasses import dataclass, field
from datetime import datetime

from engine.case.evolve import evolve
from engine.case.state import Alert, Case
from schemas.facts import Fact
from schemas.responses import RefusedBecause


class Refusal(Exception):
    """The command may not be carried out; nothing changes.

    Attributes:
        reason: Which rule says so.
        detail: Codes that name what is missing; nothing personal.
    """

    def __init__(self, reason: RefusedBecause, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


@dataclass(slots=True)
class Draft:
    """Collects facts; every added fact is evolved at once, so later decisions see it."""

    case: Case
    now: datetime
    facts: list[Fact] = field(default_factory=list)

    def add(self, fact: Fact) -> None:
        """Decide a fact."""
        self.facts.append(fact)
        self.case = evolve(self.case, fact)

    def alert(self, alert_id: str) -> Alert:
        """The alert as it now stands. Raises Refusal for one that is not of this case."""
        alert = self.case.alert(alert_id)
        if alert is None:
            raise Refusal(RefusedBecause.UNKNOWN_ALERT)
        return alert
