"""A decision while it is being made: the case so far, and the facts that made it so."""

import re
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
    late: bool = False
    """What it decides lay overdue for so long that it counts as an outage."""

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


_CODE = re.compile(r"[a-z][a-z0-9_]{0,47}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")


def code_only(value: str, *, of: str) -> str:
    """Return the value if it is a code. Raises Refusal: the journal carries codes, never words."""
    if not _CODE.fullmatch(value):
        raise Refusal(RefusedBecause.INCOMPLETE, f"{of}: a short code; put words into the note.")
    return value


def id_only(value: str, *, of: str) -> str:
    """Return the value if it is empty or an id, without spaces. Raises Refusal otherwise."""
    if value and not _ID.fullmatch(value):
        raise Refusal(RefusedBecause.INCOMPLETE, f"{of}: an id, without a name or spaces.")
    return value
