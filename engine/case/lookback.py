"""The look back at a case: how long help took, what was promised and what was kept. Pure.

Made of the facts alone, codes and times only: it names nobody outside.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from engine.case import ledger as book
from schemas import facts as f
from schemas.codes import TrackName
from schemas.facts.life import Lesson
from schemas.projection import Purpose

KINDS: tuple[str, ...] = tuple(
    dict.fromkeys(
        (
            *book.KINDS,
            "case_opened",
            "owned",
            "task_raised",
            "task_done",
            "resolution_proposed",
            "reopened",
            "reprisal_suspected",
            "told_before_excluded",
            "reviewed",
        )
    )
)
"""Facts that say something of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookBack:
    """How it went. Lengths count from when the case was opened; None: it never came to that."""

    opened_at: datetime | None = None
    taken_after: timedelta | None = None
    """Until a person of ours had it."""
    first_contact_after: timedelta | None = None
    triage_after: timedelta | None = None
    first_release_after: timedelta | None = None
    first_told_after: timedelta | None = None
    """Until the first outward party was told."""
    resolved_after: timedelta | None = None
    outcome: str = ""
    residual_risk: str = ""
    told: int = 0
    """Parties that were told."""
    promised: int = 0
    kept: int = 0
    missed: int = 0
    withdrawn: int = 0
    late: int = 0
    """Of those kept: after their time."""
    check_ins_kept: int = 0
    check_ins_missed: int = 0
    reprisals: int = 0
    told_wrongly: int = 0
    """Parties told before they were excluded."""
    reopened: int = 0
    lesson: Lesson | None = None
    """What the last review came to; None: nobody has looked back yet."""
    spill_over: bool = False
    """Whether it says that what one party did moved others as well."""


def look_back(facts: Iterable[f.Fact]) -> LookBack:
    """Return how the case went so far; of a reopened one over all its rounds."""
    known = tuple(facts)
    opened = next((x.opened_at for x in known if isinstance(x, f.CaseOpened)), None)
    kinds = {x.task: x.task_kind for x in known if isinstance(x, f.TaskRaised)}
    done = [(kinds.get(x.task, ""), x) for x in known if isinstance(x, f.TaskDone)]
    check_ins = [x.result for kind, x in done if kind == "check_in" and x.by != "engine"]
    tells = [
        x
        for x in known
        if isinstance(x, f.Told) and x.track is not TrackName.DUTY and x.purpose is Purpose.TELL
    ]
    promises = [entry for entry in book.ledger(known) if entry.due_at is not None]
    proposal = _last(known, f.ResolutionProposed)
    review = _last(known, f.Reviewed)

    def after(times: Iterable[datetime]) -> timedelta | None:
        first = min(times, default=None)
        return None if first is None or opened is None else first - opened

    return LookBack(
        opened_at=opened,
        taken_after=after(x.at for x in known if isinstance(x, f.Owned)),
        first_contact_after=after(
            x.at for kind, x in done if kind == "first_contact" and x.result in _SPOKEN
        ),
        triage_after=after(x.at for kind, x in done if kind == "triage"),
        first_release_after=after(x.at for x in known if isinstance(x, f.TrackReleased)),
        first_told_after=after(x.at for x in tells),
        resolved_after=_longest(opened, known),
        outcome="" if proposal is None else proposal.outcome,
        residual_risk="" if proposal is None else proposal.residual_risk,
        told=len({x.party for x in tells}),
        promised=len(promises),
        kept=sum(entry.kept is True for entry in promises),
        missed=sum(entry.standing is book.Standing.MISSED for entry in promises),
        withdrawn=sum(entry.standing is book.Standing.WITHDRAWN for entry in promises),
        late=sum(entry.kept is True and entry.late for entry in promises),
        check_ins_kept=sum(result in _SPOKEN for result in check_ins),
        check_ins_missed=sum(result not in (*_SPOKEN, "case_resolved") for result in check_ins),
        reprisals=sum(isinstance(x, f.ReprisalSuspected) for x in known),
        told_wrongly=sum(isinstance(x, f.ToldBeforeExcluded) for x in known),
        reopened=sum(isinstance(x, f.Reopened) for x in known),
        lesson=None if review is None else review.lesson,
        spill_over=review is not None and review.spill_over,
    )


_SPOKEN = ("done", "heard_of")
F = TypeVar("F")


def _last(facts: Iterable[f.Fact], kind: type[F]) -> F | None:
    found: F | None = None
    for fact in facts:
        if isinstance(fact, kind):
            found = fact
    return found


def _longest(opened: datetime | None, facts: Iterable[f.Fact]) -> timedelta | None:
    ended = _last(facts, f.Resolved)
    return None if ended is None or opened is None else ended.at - opened
