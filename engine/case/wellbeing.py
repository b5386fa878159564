"""How the person is: what reports and people say of it, and what worse news leads to.

Worse news raises severity by the codelist, brings the next check-in forward and calls duty. Better
news changes what is known and nothing else: no relief softens or closes by itself.
"""

from collections.abc import Iterator
from datetime import datetime

from engine.case import tasks
from engine.case.conditions import gravest
from engine.case.draft import Draft
from engine.case.state import Case
from schemas import facts as f
from schemas.codes import SAID_BY_CODE, SubjectStatus, TrackName
from schemas.event import Subject, ThreatEvent


def learn(draft: Draft, *, source: str, event: ThreatEvent) -> bool:
    """Take in what a report says of its people. True when some of it is worse than was known.

    What its code says by itself was weighed by the rulebook, with the severity of that code.
    """
    at = min(event.occurred.at or draft.now, draft.now)
    news = [
        _say(draft, status=status, subject=subject, at=at, by="event", raises=itself)
        for subject, status, itself in _said(source, event)
    ]
    return any(news)


def note(draft: Draft, *, status: SubjectStatus, subject: str, by: str, words: str) -> None:
    """Take in what a person of ours knows. Worse than was known, duty is called."""
    if _say(draft, status=status, subject=subject, at=draft.now, by=by, words=words):
        draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="status_worse"))


def _said(source: str, event: ThreatEvent) -> Iterator[tuple[str, SubjectStatus, bool]]:
    """Whom, how they are, and whether the report says so itself rather than by its code."""
    by_code = SAID_BY_CODE.get(event.code)
    people: tuple[Subject | None, ...] = event.subjects or (None,)
    for subject in people:
        itself = None if subject is None else subject.status
        status = by_code if itself is None else itself
        if status is not None:
            named = "" if subject is None or subject.pseudonym is None else subject.pseudonym
            yield f"{source}/{named}" if named else "", status, itself is not None


def _say(
    draft: Draft,
    *,
    status: SubjectStatus,
    subject: str,
    at: datetime,
    by: str,
    words: str = "",
    raises: bool = True,
) -> bool:
    before, at_before = _known(draft.case, subject, by)
    worse = status.worse_than(before)
    if at_before is not None and (status is before or (at < at_before and not worse)):
        return False  # Said already, or older than what is known and no graver.
    draft.add(f.StatusNoted(status=status, at=at, by=by, subject=subject, worse=worse, note=words))
    if worse:
        if raises:
            tasks.raise_severity(draft, status.at_least)
        tasks.hasten(draft)
    return worse


def _known(case: Case, subject: str, by: str) -> tuple[SubjectStatus, datetime | None]:
    """How this person was, and since when: the newest word about them, else about everybody."""
    if not subject and by != "event":
        newest = max((each.at for each in case.conditions), default=None)
        return gravest(case.conditions), newest
    of = {each.subject: each for each in case.conditions}
    known = of.get(subject, of.get(""))
    return (SubjectStatus.UNKNOWN, None) if known is None else (known.status, known.at)
