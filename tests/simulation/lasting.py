"""What people do about how cases last: let them stand, link them, part them, look back."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random  # noqa: TID251 (seeded by the run)

from engine.case import commands as c
from engine.case.state import Case, CaseStatus
from schemas.facts import Lesson, TriedBy, WhyStanding, WhyUnlinked

Make = Callable[[c.Inbox], c.Command]


def lasting(rng: Random, case: Case, others: Sequence[Case], by: str, now: datetime) -> Make:
    """One act of a person that the case, as it stands, may or may not allow."""
    id = case.id
    if case.status is CaseStatus.MONITORED:
        return lambda inbox: c.ReviewCase(inbox=inbox, case=id, by=by, lesson=Lesson.MIXED)
    if case.standing_proposal is not None and rng.random() < 0.8:
        return lambda inbox: c.ConfirmStanding(inbox=inbox, case=id, by=by)
    if case.status is CaseStatus.STANDING and rng.random() < 0.5:
        return lambda inbox: c.EndStanding(inbox=inbox, case=id, by=by)
    if case.links and rng.random() < 0.4:
        return lambda inbox: c.UnlinkCase(
            inbox=inbox, case=id, by=by, why=WhyUnlinked.ANOTHER_EVENT
        )
    draw = rng.random()
    if draw < 0.5:
        review = now + timedelta(minutes=rng.randint(20, 400))
        return lambda inbox: c.ProposeStanding(
            inbox=inbox, case=id, by=by, why=WhyStanding.DETENTION, review_at=review
        )
    if draw < 0.9:
        other = rng.choice(others).id
        return lambda inbox: c.LinkCases(inbox=inbox, case=id, other=other, by=by)
    return lambda inbox: c.DocumentAttempt(inbox=inbox, case=id, by=by, way=TriedBy.FAMILY)
