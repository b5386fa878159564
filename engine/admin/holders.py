"""Questions and acts for whoever holds a consent: the list of who was told, and links to it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import Connection

from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.operation import Arguments, Asked
from engine.admin.reading import OneCase, left_out_data, loaded
from engine.holder_links import GOOD_FOR, LONGEST, HolderLinks
from engine.store import board, holder_links
from engine.store.holder_file import HolderFile, holder_file, somebody_knows
from engine.store.told import ToldCase, told_cases
from engine.web.console.case_page import Loaded
from engine.web.console.case_view import case_view
from engine.web.console.names import Names
from engine.web.console.present import tell_fact
from engine.web.console.told_view import as_data, told_views
from engine.web.holder import english as holder_words
from engine.web.told import might_be_told, not_told_now
from engine.web.words.reasons import why
from engine.web.words.sentence import plain
from schemas.facts import ToldBeforeExcluded

WHOSE = r"[^/\s]{1,160}/\S{1,160}"
"""`source/pseudonym`, as the publisher calls the person."""
_HOUR = timedelta(hours=1)


class OnePerson(Arguments):
    """A subject whose consent counts."""

    person: str = Field(pattern=rf"^{WHOSE}$")


class MakingLink(Arguments):
    """For whom, and how long it opens. A case with one subject names the person as well."""

    person: str = Field(default="", pattern=rf"^({WHOSE})?$")
    case: str = Field(default="", max_length=20)
    hours: int = Field(default=GOOD_FOR // _HOUR, ge=1, le=LONGEST // _HOUR)


class OneLink(Arguments):
    """A link by its id."""

    link: str = Field(pattern=r"^[0-9a-f]{16}$")


async def told(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """Who was told of a case: by which channel, what, and their answers; and who was not."""
    found = await loaded(house, args.case)
    (case,) = await house.services.reader.run(lambda conn: told_cases(conn, (found.file.case.id,)))
    view = case_view(
        found.file, names=found.names, visitor=asked.visitor, now=house.services.clock.now()
    )
    names = await house.services.reader.run(
        lambda conn: _names(conn, (case,), zone=house.services.zone)
    )
    return {
        "ref": found.file.row.ref,
        "parties": [as_data(each, names) for each in told_views(case, names=names)],
        "left_out": left_out_data(view),
        "before_excluded": _before_excluded(found),
    }


def _before_excluded(found: Loaded) -> list[str]:
    """Who was told and must not know, and exactly what they saw, newest first."""
    lines = (
        tell_fact(entry.fact, found.names)
        for entry in found.file.entries
        if isinstance(entry.fact, ToldBeforeExcluded)
    )
    return [f"{plain(line.said)} {plain(line.more)}".strip() for line in lines]


async def told_of_person(house: House, asked: Asked, args: OnePerson) -> Mapping[str, Any]:
    """The same over every case of one subject, whatever its state: the holder may always ask."""
    services = house.services

    def read(conn: Connection) -> tuple[HolderFile, Names]:
        file = holder_file(conn, args.person)
        return file, _names(conn, file.cases, zone=services.zone)

    file, names = await services.reader.run(read)
    zone = ZoneInfo(services.zone)
    return {
        "person": args.person,
        "allowed": holder_words.allowed(file.consent, zone=zone, now=services.clock.now()),
        "cases": [
            {
                "ref": case.case.ref,
                "status": case.case.status.value,
                "parties": [as_data(each, names) for each in told_views(case, names=names)],
                "left_out": [
                    {
                        "who": names.party(out.party).text,
                        "contact": names.contact(out.contact).text if out.contact else "",
                        "reason": out.reason.value,
                        "why": why(out.reason),
                    }
                    for out in (
                        *not_told_now(case.case, case.plans, services.clock.now()),
                        *might_be_told(case.case),
                    )
                ],
            }
            for case in file.cases
        ],
    }


async def make_link(house: House, asked: Asked, args: MakingLink) -> Mapping[str, Any]:
    """A link for whoever holds a consent; its text is in the answer and never again."""
    person = args.person or await _only_subject(house, args.case)
    services = house.services
    if not await services.reader.run(lambda conn: somebody_knows(conn, person)):
        raise NotCarriedOutError(
            "refused",
            f"Nothing is known of {person}: the page would be empty, and would stop nothing.",
            next_step="Compare how the case's page on consent writes the person.",
        )
    links = HolderLinks(services.answer_key)
    id = links.id_from(services.entropy.token(8))
    now: datetime = services.clock.now()
    until = now + args.hours * _HOUR
    await services.writer.run(
        partial(holder_links.make, id=id, pseudonym=person, by=asked.by, until=until, now=now)
    )
    base = str(house.settings.http.public_url).rstrip("/")
    return {
        "id": id,
        "person": person,
        "link": f"{base}/h/{links.token(id)}",
        "code": links.code_of(id),
        "until": until,
    }


async def list_links(house: House, asked: Asked, args: OnePerson) -> Mapping[str, Any]:
    """Links made for somebody, newest first; never their text."""
    rows = await house.services.reader.run(lambda conn: holder_links.of(conn, args.person))
    now = house.services.clock.now()
    return {
        "links": [
            {
                "id": row.id,
                "made_at": row.made_at,
                "made_by": row.made_by,
                "until": row.expires_at,
                "open": row.open_at(now),
                "opened_at": row.opened_at,
            }
            for row in rows
        ]
    }


async def end_link(house: House, asked: Asked, args: OneLink) -> Mapping[str, Any]:
    """Let a link open nothing from now on."""
    now = house.services.clock.now()
    ended = await house.services.writer.run(
        lambda conn: holder_links.end(conn, args.link, by=asked.by, now=now)
    )
    if not ended:
        raise NotCarriedOutError(
            "refused",
            "There is no such link in force.",
            next_step="List them: tocsin case view-links SOURCE/PSEUDONYM",
        )
    return {"done": True, "id": args.link}


async def _only_subject(house: House, ref: str) -> str:
    subjects = (await loaded(house, ref)).file.case.subjects
    if len(subjects) == 1:
        return subjects[0]
    raise NotCarriedOutError(
        "usage",
        f"This case is about {len(subjects) or 'nobody whom a report names'}"
        f"{': ' if subjects else ''}{', '.join(subjects)}.",
        next_step="Name one: tocsin case view-link --person SOURCE/PSEUDONYM",
    )


def _names(conn: Connection, cases: Iterable[ToldCase], *, zone: str) -> Names:
    """Whoever these lists mention."""
    ids: set[str] = set()
    alerts = {}
    for case in cases:
        ids |= {message.contact for message in case.messages}
        ids |= {out.party for plan in case.plans for out in plan.withheld}
        ids |= {out.contact for plan in case.plans for out in plan.withheld}
        for given in case.answers:
            named = (getattr(given.fact, name, "") for name in ("by", "to", "contact", "contacts"))
            ids |= {id for each in named for id in (each if isinstance(each, tuple) else (each,))}
        for alert in case.case.alerts:
            ids.add(alert.party)
            alerts[alert.id] = (alert.party, alert.track)
    ids.discard("")
    return Names(
        parties=board.party_names(conn, ids),
        contacts=board.contact_labels(conn, ids),
        people=board.head(conn).people,
        alerts=alerts,
        zone=zone,
    )
