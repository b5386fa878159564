"""Acts about the person: how they are, who speaks with them, severity down, remedy."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from engine.admin.handing import inbox, kept, submit
from engine.admin.house import House
from engine.admin.operation import Asked
from engine.admin.reading import OneCase, loaded
from engine.case import commands as c
from schemas.codes import Severity, SubjectStatus
from schemas.facts import RemedyState, WhyLowered

_Note = Field(default="", max_length=10_000)


class Noting(OneCase):
    """How the person is."""

    status: SubjectStatus
    subject: str = Field(default="", max_length=260)
    """One of the case's, as `source/pseudonym`; empty: everybody it is about."""
    note: str = _Note


class Owning(OneCase):
    """Who alone speaks with the person; none: whoever is on duty."""

    owners: tuple[str, ...] = Field(default=(), max_length=12)


class Lowering(OneCase):
    """How grave it is now, and why no more."""

    severity: Severity
    why: WhyLowered
    note: str = _Note


class Seeking(OneCase):
    """Whether a remedy is sought."""

    state: RemedyState
    note: str = _Note


async def note_status(house: House, asked: Asked, args: Noting) -> Mapping[str, Any]:
    """Say how the person is."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.NoteStatus(
            inbox=inbox(asked, args), case=case.id, status=args.status, by=asked.by,
            subject=args.subject, note=await kept(house, args.note),
        ),
    )  # fmt: skip


async def set_owners(house: House, asked: Asked, args: Owning) -> Mapping[str, Any]:
    """Say who alone speaks with the person."""
    case = (await loaded(house, args.case)).file.case
    owners = tuple(f"person:{one.removeprefix('person:')}" for one in args.owners)
    return await submit(
        house,
        c.SetContactOwners(inbox=inbox(asked, args), case=case.id, owners=owners, by=asked.by),
    )


async def lower(house: House, asked: Asked, args: Lowering) -> Mapping[str, Any]:
    """Say that the case is less grave."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.LowerSeverity(
            inbox=inbox(asked, args), case=case.id, severity=args.severity, was=case.severity,
            why=args.why, by=asked.by, note=await kept(house, args.note),
            duty=house.services.world.duty_track(args.severity),
        ),
    )  # fmt: skip


async def note_remedy(house: House, asked: Asked, args: Seeking) -> Mapping[str, Any]:
    """Say whether a remedy is sought."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.NoteRemedy(
            inbox=inbox(asked, args), case=case.id, state=args.state, by=asked.by,
            note=await kept(house, args.note),
        ),
    )  # fmt: skip
