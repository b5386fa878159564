"""A person's change of duty, as another roster: refused where it is a mistake. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from rules.roster import UPWARD, Watch, coverage
from rules.rota import mistakes
from schemas.roster import Absence, Cover, Roster, Swap

LONGEST = timedelta(days=366)
KEPT = timedelta(days=31)
"""So long after its end an entry stays in the roster; older versions keep it for ever."""
_LOOKED_AT = timedelta(weeks=8)
"""Of a long absence so much is looked at for gaps, from now or from its beginning."""

Entry = Absence | Cover | Swap
_E = TypeVar("_E", Absence, Cover, Swap)


class ChangeRefusedError(ValueError):
    """It cannot be entered. Says why, and what to do."""

    def __init__(self, what: str, *, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """An absence, cover or swap is taken back; if it has begun, from now on."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a change would lead to."""

    roster: Roster
    entry: str
    starts: datetime
    ends: datetime
    person: str
    differs: tuple[Watch, ...]
    """Who is paged then, where that differs from before."""
    empty: tuple[Watch, ...]
    """Where nobody is left in a role that somebody had before."""


def planned(roster: Roster, change: Entry | Withdrawal, *, now: datetime) -> Planned:
    """What this leads to. Raises ChangeRefusedError; the roster's version is left empty."""
    if isinstance(change, Withdrawal):
        entry = _entry(roster, change.id)
        after = _without(roster, entry, now=now)
    else:
        entry = change
        _check(roster, change, now=now)
        after = _with(roster, change)
    after = replace(trimmed(after, now=now), version="")
    starts, ends = span(entry)
    compared = _compared(roster, after, max(starts, now), ends)
    if not compared and not isinstance(change, Absence | Withdrawal):
        raise ChangeRefusedError(
            "Nothing would change: nobody is on duty then whose place is taken.",
            next_step="Look who is on duty: tocsin duty who --at TIME",
        )
    return Planned(
        roster=after,
        entry=entry.id,
        starts=starts,
        ends=ends,
        person=entry.first.person if isinstance(entry, Swap) else entry.person,
        differs=tuple(new for _, new in compared),
        empty=tuple(new for old, new in compared if old.held and not new.held),
    )


def carried_over(before: Roster, roster: Roster, *, now: datetime) -> Roster:
    """A roster of files with what people entered meanwhile: a file knows nothing of tonight.

    Entries of people whom the new roster does not know are dropped.
    """
    known = {person.id for person in roster.people}
    meanwhile = _rewritten(
        before,
        lambda each: each if each.by and span(each)[1] > now and people_of(each) <= known else None,
    )
    return replace(
        roster,
        absences=_joined(roster.absences, meanwhile.absences),
        covers=_joined(roster.covers, meanwhile.covers),
        swaps=_joined(roster.swaps, meanwhile.swaps),
    )


def trimmed(roster: Roster, *, now: datetime) -> Roster:
    """The roster without what people entered and what ended long ago."""
    since = now - KEPT
    return _rewritten(roster, lambda each: each if not each.by or span(each)[1] > since else None)


def span(entry: Entry) -> tuple[datetime, datetime]:
    """From when to when an entry changes anything."""
    if isinstance(entry, Swap):
        both = (entry.first, entry.second)
        return min(each.starts for each in both), max(each.ends for each in both)
    return entry.starts, entry.ends


def entries(roster: Roster) -> Iterator[Entry]:
    """Everything that changes the rota for a while."""
    yield from roster.absences
    yield from roster.covers
    yield from roster.swaps


def _check(roster: Roster, entry: Entry, *, now: datetime) -> None:
    known = {person.id for person in roster.people}
    for at, what in mistakes.in_change(entry, (), people=known):
        raise ChangeRefusedError(
            f"{'.'.join(map(str, at))}: {what}." if at else f"{what}.",
            next_step="Correct it; nothing was changed.",
        )
    starts, ends = span(entry)
    if ends <= now:
        raise ChangeRefusedError("This is over already.", next_step="Give a time ahead.")
    if ends - starts > LONGEST:
        raise ChangeRefusedError(
            "This is longer than a year.", next_step="Change the roster's file instead."
        )


def _with(roster: Roster, entry: Entry) -> Roster:
    match entry:
        case Absence():
            return replace(roster, absences=_joined(roster.absences, (entry,)))
        case Cover():
            return replace(roster, covers=_joined(roster.covers, (entry,)))
        case Swap():
            return replace(roster, swaps=_joined(roster.swaps, (entry,)))


def _joined(entries: tuple[_E, ...], further: tuple[_E, ...]) -> tuple[_E, ...]:
    """The further ones last, where they count more; the same one is not there twice."""
    ids = {each.id for each in further}
    return tuple(each for each in entries if not each.id or each.id not in ids) + further


def _rewritten(roster: Roster, how: Callable[[Entry], Entry | None]) -> Roster:
    """The roster with each entry as `how` has it, or without it."""

    def each_of(kind: type[_E], entries: tuple[_E, ...]) -> tuple[_E, ...]:
        made = (how(entry) for entry in entries)
        return tuple(entry for entry in made if isinstance(entry, kind))

    return replace(
        roster,
        absences=each_of(Absence, roster.absences),
        covers=each_of(Cover, roster.covers),
        swaps=each_of(Swap, roster.swaps),
    )


def _entry(roster: Roster, id: str) -> Entry:
    found = next((each for each in entries(roster) if id and each.id == id), None)
    if found is None:
        raise ChangeRefusedError(
            "There is no such entry.", next_step="The entries in force: tocsin duty now"
        )
    return found


def _without(roster: Roster, entry: Entry, *, now: datetime) -> Roster:
    """What has begun ends now, so that the roster still says how it was; the rest goes.

    A swap goes whole: half of it would be a gift.
    """
    ended: Entry | None = None
    if not isinstance(entry, Swap) and entry.starts < now:
        ended = replace(entry, ends=min(entry.ends, now))
    return _rewritten(roster, lambda each: ended if each is entry else each)


def _compared(
    before: Roster, after: Roster, starts: datetime, ends: datetime
) -> list[tuple[Watch, Watch]]:
    """Where both differ: how it was and how it is, over the same stretch of one role."""
    ends = min(ends, starts + _LOOKED_AT)
    found = []
    for role in UPWARD:
        olds = coverage(before, starts, ends, roles=(role,))
        news = coverage(after, starts, ends, roles=(role,))
        for old in olds:
            for new in news:
                begun, ended = max(old.starts, new.starts), min(old.ends, new.ends)
                if begun < ended and (old.people, old.held_by) != (new.people, new.held_by):
                    found.append(
                        (
                            replace(old, starts=begun, ends=ended),
                            replace(new, starts=begun, ends=ended),
                        )
                    )
    return found


def people_of(entry: Entry) -> set[str]:
    """Everybody whom it names."""
    if isinstance(entry, Swap):
        return {entry.first.person, entry.second.person}
    also = {entry.instead_of} - {""} if isinstance(entry, Cover) else set()
    return {entry.person} | also
