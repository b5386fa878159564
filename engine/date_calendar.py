"""The dates ahead as a calendar for our own people: when one is needed, and nothing of any case."""

from collections.abc import Iterable
from datetime import datetime

from engine.calendar_text import Entry, calendar_text
from engine.case.marked import CaseDate
from engine.vault import Secret
from engine.vault.keys import keyed

NAME = "Tocsin"
WORDS = "Tocsin: a date needs you"
"""The same for each: a calendar is synchronised, shared and read aloud by others."""


def date_calendar(dates: Iterable[tuple[str, CaseDate]], *, key: Secret, at: datetime) -> str:
    """The iCalendar text of these dates, each with the id of its case.

    An entry's id is a keyed hash: it stays when the date moves, so that the entry moves with it,
    and nobody outside can tell from it which entries belong to one case.
    """
    entries = (
        Entry(id=f"{_opaque(key, case, date)}@tocsin.invalid", starts=date.at, words=WORDS)
        for case, date in sorted(dates, key=lambda each: (each[1].at, each[1].id))
    )
    return calendar_text(entries, name=NAME, at=at)


def _opaque(key: Secret, case: str, date: CaseDate) -> str:
    return keyed(key, "date", case, date.id).hex()[:32]
