"""The calendar of duty: when somebody is on duty, and nothing of any case."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from engine.calendar_text import Entry, calendar_text
from engine.vault import Secret
from engine.vault.keys import keyed
from rules.rota.stints import stints
from schemas.roster import Roster, Stint

BEFORE, AHEAD = timedelta(days=7), timedelta(weeks=8)
EVERYBODY = ""
"""Whose calendar it is when it is that of all."""
DATES = "!dates"
"""Instead of a person: the dates ahead of all cases, of which no entry says anything."""
_SECRET_BYTES = 24


def calendar(roster: Roster, person: str, *, at: datetime, ahead: timedelta = AHEAD) -> str:
    """The iCalendar text of one person, or of everybody with their labels."""
    today = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    starts, ends = today - BEFORE, today + ahead
    labels = {each.id: each.label for each in roster.people}
    found = stints(roster, starts, ends, person=person)
    name = f"Duty: {labels.get(person, person)}" if person else "Duty"
    return calendar_text((_entry(each, person, starts, labels) for each in found), name=name, at=at)


def secret(key: Secret, person: str, *, edition: str) -> str:
    """The part of the feed's address that nobody can guess. Another edition ends the one before."""
    raw = keyed(key, "duty calendar", person, edition)[:_SECRET_BYTES]
    return base64.urlsafe_b64encode(raw).decode("ascii")


def whose(
    key: Secret, given: str, people: Iterable[str], *, editions: dict[str, str]
) -> str | None:
    """Whose calendar this secret opens, or None. Compares with all of them, always."""
    found = None
    for person in people:
        expected = secret(key, person, edition=editions.get(person, ""))
        if hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
            found = person
    return found


def _entry(stint: Stint, person: str, since: datetime, labels: dict[str, str]) -> Entry:
    role = stint.role.value.replace("_", " ")
    # A duty that began before what is shown keeps its id from one day to the next.
    begun = "" if stint.starts == since else stint.starts.isoformat()
    digest = hashlib.sha256(f"{stint.role}\n{stint.person}\n{begun}".encode()).hexdigest()[:32]
    words = f"On duty: {role}" if person else f"{labels.get(stint.person, stint.person)}: {role}"
    return Entry(id=f"{digest}@duty", starts=stint.starts, ends=stint.ends, words=words)
