"""Duty: who is on, and what people change of it, as the person who asks."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, Field

from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.operation import Arguments, Asked, Nothing
from engine.duty import editions, feed, telling
from engine.duty.keeping import Duty
from engine.duty.ways import by_settings
from rules.rota.changes import ChangeRefusedError, Withdrawal
from rules.rota.changes import Entry as Change
from rules.rota.lint import lint
from rules.rota.stints import stint_at
from schemas.roster import Absence, Cover, Role, Stint, Swap


class At(Arguments):
    """An instant; now unless said."""

    at: AwareDatetime | None = None


class _Changing(Arguments):
    confirmed: bool = False
    """It may leave a role to nobody."""


class Absent(_Changing):
    """Somebody is away."""

    person: str = Field(default="", max_length=128)
    """Whoever asks, unless said."""
    starts: AwareDatetime | None = None
    """Now, unless said."""
    ends: AwareDatetime


class Covering(_Changing):
    """Somebody takes a role, or somebody's place."""

    person: str = Field(default="", max_length=128)
    instead_of: str = Field(default="", max_length=128)
    role: Role | None = None
    starts: AwareDatetime | None = None
    ends: AwareDatetime


class Swapping(_Changing):
    """Two shifts, each named by an instant within it."""

    person: str = Field(default="", max_length=128)
    at: AwareDatetime
    other: str = Field(max_length=128)
    theirs: AwareDatetime


class OneEntry(_Changing):
    """An absence, a cover or a swap by its id."""

    id: str = Field(min_length=1, max_length=64)


class OneCalendar(Arguments):
    """Whose calendar."""

    person: str = Field(default="", max_length=128)
    everybody: bool = False
    weeks: int = Field(default=8, ge=1, le=53)
    anew: bool = False
    """Give it another address; the one before opens nothing any more."""


async def now(house: House, asked: Asked, args: At) -> Mapping[str, Any]:
    """Who is on duty, who next, who is away, and who cannot be reached."""
    found = await _duty(house).standing(args.at)
    return telling.told(found, zone=house.services.zone)


async def absent(house: House, asked: Asked, args: Absent) -> Mapping[str, Any]:
    """Enter that somebody is away."""
    entry = Absence(
        id=_id(asked, args),
        person=_person(house, args.person or asked.by),
        starts=args.starts or house.services.clock.now(),
        ends=args.ends,
        by=asked.by,
    )
    return await _change(house, asked, entry, args)


async def cover(house: House, asked: Asked, args: Covering) -> Mapping[str, Any]:
    """Enter that somebody takes a role or a place for a while."""
    entry = Cover(
        id=_id(asked, args),
        person=_person(house, args.person or asked.by),
        instead_of=_person(house, args.instead_of) if args.instead_of else "",
        role=args.role,
        starts=args.starts or house.services.clock.now(),
        ends=args.ends,
        by=asked.by,
    )
    return await _change(house, asked, entry, args)


async def swap(house: House, asked: Asked, args: Swapping) -> Mapping[str, Any]:
    """Enter that two people exchange a shift each."""
    first = _shift(house, args.person or asked.by, args.at)
    second = _shift(house, args.other, args.theirs)
    entry = Swap(id=_id(asked, args), first=first, second=second, by=asked.by)
    return await _change(house, asked, entry, args)


async def withdraw(house: House, asked: Asked, args: OneEntry) -> Mapping[str, Any]:
    """Take an entry back; one that has begun ends now."""
    return await _change(house, asked, Withdrawal(id=args.id), args)


async def check(house: House, asked: Asked, args: Nothing) -> Mapping[str, Any]:
    """What a person should look at in the roster in force."""
    found = lint(
        _duty(house).roster(),
        now=house.services.clock.now(),
        zone=house.services.zone,
        ways=by_settings(house.settings.channels),
    )
    return {
        "warnings": [
            {
                "flaw": each.flaw.value,
                "where": ".".join(map(str, each.at)),
                "what": each.what,
                "next_step": each.next_step,
                "starts": each.starts,
                "ends": each.ends,
                "times": each.times,
            }
            for each in found
        ]
    }


async def calendar(house: House, asked: Asked, args: OneCalendar) -> Mapping[str, Any]:
    """The calendar as text, and the address at which it is always the newest."""
    roster = _duty(house).roster()
    whose = feed.EVERYBODY if args.everybody else _person(house, args.person or asked.by)
    services = house.services

    if args.anew:
        edition = await services.writer.run(lambda conn: editions.another(conn, whose))
    else:
        edition = await services.reader.run(lambda conn: editions.of(conn, whose))
    secret = feed.secret(services.answer_key, whose, edition=edition)
    text = feed.calendar(roster, whose, at=services.clock.now(), ahead=timedelta(weeks=args.weeks))
    return {
        "person": whose,
        "calendar": text,
        "address": f"{services.public_url}/calendar/{secret}.ics",
    }


async def _change(
    house: House, asked: Asked, change: Change | Withdrawal, args: _Changing
) -> Mapping[str, Any]:
    try:
        changed = await _duty(house).change(change, by=asked.by, confirmed=args.confirmed)
    except ChangeRefusedError as error:
        raise NotCarriedOutError("usage", error.what, next_step=error.next_step) from None
    return {
        "done": changed.done,
        "id": changed.planned.entry,
        "zone": house.services.zone,
        "differs": telling.watches(changed.planned.differs),
        "empty": telling.watches(changed.planned.empty),
        "labels": {each.id: each.label for each in _duty(house).roster().people},
    }


def _shift(house: House, words: str, at: datetime) -> Stint:
    person = _person(house, words)
    found = stint_at(_duty(house).roster(), person, at)
    if found is None:
        raise NotCarriedOutError(
            "usage",
            f"{words} has no shift at that time that could be exchanged.",
            next_step="Look who is on duty: tocsin duty who --at TIME. A duty without an end is"
            " covered instead: tocsin duty cover",
        )
    return found


def _person(house: House, words: str) -> str:
    found = telling.named(_duty(house).roster(), words)
    if found is None:
        raise NotCarriedOutError(
            "usage",
            f"{words} is not among the people of the roster.",
            next_step="Use an id or a label that `tocsin duty now` shows.",
        )
    return found


def _duty(house: House) -> Duty:
    if house.services.duty is None:
        raise NotCarriedOutError("refused", "There is no roster here.", next_step="tocsin doctor")
    return house.services.duty


def _id(asked: Asked, args: Arguments) -> str:
    """The same request twice is one entry."""
    content = f"{asked.by}\n{asked.request}\n{args.model_dump_json(exclude={'confirmed'})}"
    return f"d{hashlib.sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()[:11]}"
