"""Dates of a case: set, moved and removed, as the person who asks."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic import AwareDatetime, Field

from engine.admin.errors import NotCarriedOutError
from engine.admin.handing import inbox, submit
from engine.admin.house import House
from engine.admin.operation import Arguments, Asked
from engine.admin.reading import OneCase, loaded
from engine.case import commands as c
from engine.case import ids
from engine.case.marked import CaseDate
from engine.date_calendar import date_calendar
from engine.duty import editions, feed
from engine.store.dates import DatesAhead
from schemas.codes import DateKind, Precision, TrackName

UN_REPLY_WITHIN = timedelta(days=60)
"""What a state has to answer a communication of the UN."""


class AddingDate(OneCase):
    """What will be, and when."""

    kind: DateKind
    on: AwareDatetime | None = None
    """None: for a reply to the UN, in 60 days."""
    precision: Precision = Precision.HOUR
    tracks: tuple[TrackName, ...] = ()
    """Whom it concerns; none: every outward track that was released."""


class Subscribing(Arguments):
    """The calendar of dates."""

    anew: bool = False
    """Give it another address; the old one opens nothing from then on."""


class OnDate(OneCase):
    """A date of a case."""

    date: str = Field(max_length=20)


class MovingDate(OnDate):
    """When it is now."""

    on: AwareDatetime


async def add(house: House, asked: Asked, args: AddingDate) -> Mapping[str, Any]:
    """Set a date of a case."""
    case = (await loaded(house, args.case)).file.case
    identity = inbox(asked, args)
    on = args.on
    if on is None and args.kind is DateKind.UN_REPLY:
        on = house.services.clock.now() + UN_REPLY_WITHIN
    if on is None:
        raise NotCarriedOutError("usage", "When?", next_step="Say it: --on 2027-03-17T08:00Z")
    done = await submit(
        house,
        c.AddDate(
            inbox=identity,
            case=case.id,
            date_kind=args.kind,
            on=on,
            by=asked.by,
            precision=args.precision,
            tracks=args.tracks,
        ),
    )
    return {**done, "date": ids.date_id(case.id, identity.source, identity.id)}


async def move(house: House, asked: Asked, args: MovingDate) -> Mapping[str, Any]:
    """Say that a date is at another time now."""
    case = (await loaded(house, args.case)).file.case
    done = await submit(
        house,
        c.MoveDate(inbox=inbox(asked, args), case=case.id, date=args.date, on=args.on, by=asked.by),
    )
    after = (await loaded(house, args.case)).file.case.date(args.date)
    return {**done, "asked": 0 if after is None else len(after.confirming)}


async def remove(house: House, asked: Asked, args: OnDate) -> Mapping[str, Any]:
    """Say that a date fell away."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.RemoveDate(inbox=inbox(asked, args), case=case.id, date=args.date, by=asked.by),
    )


async def show(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """The dates ahead of a case, the nearest first."""
    case = (await loaded(house, args.case)).file.case
    return {"case": case.ref, "dates": [_shown(each) for each in case.dates]}


async def calendar(house: House, asked: Asked, args: Subscribing) -> Mapping[str, Any]:
    """The dates ahead of all cases as a calendar, which says nothing of any case; its address."""
    services = house.services
    if args.anew:
        edition = await services.writer.run(lambda conn: editions.another(conn, feed.DATES))
    else:
        edition = await services.reader.run(lambda conn: editions.of(conn, feed.DATES))
    found = await services.reader.run(DatesAhead().read)
    secret = feed.secret(services.answer_key, feed.DATES, edition=edition)
    return {
        "count": len(found),
        "calendar": date_calendar(found, key=services.answer_key, at=services.clock.now()),
        "address": f"{services.public_url}/calendar/{secret}.ics",
    }


def _shown(date: CaseDate) -> Mapping[str, Any]:
    return {
        "date": date.id,
        "kind": date.kind.value,
        "on": date.at.isoformat(),
        "precision": date.precision.value,
        "tracks": [each.value for each in date.tracks],
        "by": date.by,
        "looked_at_next": None if date.next_at is None else date.next_at.isoformat(),
        "not_confirmed": [each.alert for each in date.confirming],
    }
