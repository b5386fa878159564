"""What came of the night: counted from the journal, judged by the invariants and nothing else."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from engine import invariants
from engine.demo.director import Director
from engine.demo.stage import Stage
from engine.invariants import Outside, Violation
from engine.store.following import Counts, all_facts, counts
from schemas import facts as f
from schemas.codes import TrackName

_ANSWERS = (f.Promised, f.Acted, f.Declined, f.ConflictDeclared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The last line of the demo."""

    events: int
    """Published, one of them twice."""
    cases: int
    alerts: int
    notifications: int
    withheld: dict[str, int]
    """Parties deliberately not told, by reason."""
    answered: int
    escalated: int
    """Times silence brought in the next contact, or the next of our own people."""
    resolved: int
    stood_down: int
    violations: tuple[Violation, ...] = field(default_factory=tuple)
    told_whole_story: bool = True
    troubles: tuple[str, ...] = ()
    """What somebody of the cast wanted to do and could not: then it is another story."""
    cut_short: bool = False
    """Whoever watched had seen enough: then only the promises count."""

    @property
    def kept(self) -> bool:
        """Whether every promise held, and the story reached its end."""
        return not self.violations and (self.told_whole_story or self.cut_short)

    def as_dict(self) -> dict[str, Any]:
        """The JSON object."""
        return {
            "events": self.events,
            "cases": self.cases,
            "alerts": self.alerts,
            "notifications": self.notifications,
            "withheld": self.withheld,
            "answered": self.answered,
            "escalated": self.escalated,
            "resolved": self.resolved,
            "stood_down": self.stood_down,
            "violations": [
                {"invariant": v.invariant, "row": v.row, "what": v.what} for v in self.violations
            ],
            "troubles": list(self.troubles),
            "told_whole_story": self.told_whole_story,
        }


async def take_stock(
    stage: Stage, director: Director, *, troubles: tuple[str, ...] = (), cut_short: bool = False
) -> Ending:
    """Count, and let the invariants look at every row and every history."""
    now = stage.clock.now()
    outside = Outside(
        accepted=dict(director.published),
        sends=Counter(
            [mail.key for mail in stage.smtp.mails] + [text.key for text in stage.sms.texts]
        ),
    )

    def look(conn: Connection) -> tuple[list[Violation], Counts, list[f.Fact]]:
        found = invariants.check(conn, now=now, world=outside)
        return found, counts(conn), all_facts(conn)

    violations, how_many, facts = await stage.engine.parts.reader.run(look)
    return Ending(
        events=director.sent,
        cases=sum(how_many.cases.values()),
        alerts=how_many.alerts,
        notifications=sum(how_many.notifications.values()),
        withheld=_withheld(facts),
        answered=sum(_is_answer(fact) for fact in facts),
        escalated=sum(isinstance(fact, f.ContactSilent) for fact in facts)
        + sum(_is_later_step(fact) for fact in facts),
        resolved=sum(isinstance(fact, f.Resolved) for fact in facts),
        stood_down=sum(isinstance(fact, f.Told) and fact.purpose == "stand_down" for fact in facts),
        violations=tuple(violations),
        told_whole_story=director.ended and not troubles,
        troubles=troubles,
        cut_short=cut_short,
    )


def _withheld(facts: list[f.Fact]) -> dict[str, int]:
    reasons = Counter(
        out.reason.value for fact in facts if isinstance(fact, f.Planned) for out in fact.withheld
    )
    reasons.update(fact.reason.value for fact in facts if isinstance(fact, f.AlertWithheld))
    return dict(sorted(reasons.items()))


def _is_answer(fact: f.Fact) -> bool:
    outward = isinstance(fact, f.Answered) and not fact.by.startswith("person:")
    return outward or isinstance(fact, _ANSWERS)


def _is_later_step(fact: f.Fact) -> bool:
    return isinstance(fact, f.StepFired) and fact.track is TrackName.DUTY and fact.step > 0
