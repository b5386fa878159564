"""Letting cases stand, linking them, documenting attempts, looking back: as the person who asks."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic import AwareDatetime, Field

from engine.admin.handing import inbox, kept, submit
from engine.admin.house import House
from engine.admin.operation import Asked
from engine.admin.reading import OneCase, loaded
from engine.case import commands as c
from engine.case.lookback import LookBack
from engine.case.state import CaseStatus
from engine.store.ledger import ledger_of
from engine.store.lookback import look_back_of
from engine.web.console.ledger_view import as_data
from engine.web.console.lookback_view import lines
from schemas.facts.life import Lesson, TriedBy, WhyStanding, WhyUnlinked


class Standing(OneCase):
    """Why it lasts, and when people look at it again."""

    why: WhyStanding
    review: AwareDatetime
    note: str = Field(default="", max_length=10_000)


class Linking(OneCase):
    """The other case."""

    other: str = Field(max_length=20)


class Unlinking(OneCase):
    """Why it is not about the same."""

    why: WhyUnlinked
    note: str = Field(default="", max_length=10_000)


class Trying(OneCase):
    """How somebody tried to reach the consent holder; without a time: now."""

    way: TriedBy
    at: AwareDatetime | None = None
    note: str = Field(default="", max_length=10_000)


class Reviewing(OneCase):
    """What is learned, and whether what one did moved others as well."""

    lesson: Lesson
    spill_over: bool = False
    note: str = Field(default="", max_length=10_000)


async def propose(house: House, asked: Asked, args: Standing) -> Mapping[str, Any]:
    """Say that a case lasts; somebody else agrees."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.ProposeStanding(
            inbox=inbox(asked, args),
            case=case.id,
            by=asked.by,
            why=args.why,
            review_at=args.review,
            note=await kept(house, args.note),
        ),
    )


async def agree(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """Agree that it stands, as the second person."""
    case = (await loaded(house, args.case)).file.case
    done = await submit(
        house, c.ConfirmStanding(inbox=inbox(asked, args), case=case.id, by=asked.by)
    )
    standing = (await loaded(house, args.case)).file.case.standing
    return {**done, "review_at": None if standing is None else standing.review_at}


async def end(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """Open a standing case again, or take a proposal back."""
    case = (await loaded(house, args.case)).file.case
    done = await submit(house, c.EndStanding(inbox=inbox(asked, args), case=case.id, by=asked.by))
    after = (await loaded(house, args.case)).file.case
    return {**done, "standing": after.status is CaseStatus.STANDING}


async def link(house: House, asked: Asked, args: Linking) -> Mapping[str, Any]:
    """Say that two cases are about the same: from now on the stricter of both counts in each."""
    case = (await loaded(house, args.case)).file.case
    other = (await loaded(house, args.other)).file.case
    done = await submit(
        house, c.LinkCases(inbox=inbox(asked, args), case=case.id, other=other.id, by=asked.by)
    )
    after = (await loaded(house, args.case)).file.case
    return {
        **done,
        "linked": [each.ref for each in after.links],
        "frozen": any(track.frozen for track in after.tracks),
    }


async def unlink(house: House, asked: Asked, args: Unlinking) -> Mapping[str, Any]:
    """Say that a case is about something else than those it is linked with, as one of two."""
    case = (await loaded(house, args.case)).file.case
    done = await submit(
        house,
        c.UnlinkCase(
            inbox=inbox(asked, args),
            case=case.id,
            by=asked.by,
            why=args.why,
            note=await kept(house, args.note),
        ),
    )
    after = (await loaded(house, args.case)).file.case
    return {**done, "linked": [each.ref for each in after.links]}


async def attempt(house: House, asked: Asked, args: Trying) -> Mapping[str, Any]:
    """Document that somebody tried to reach the consent holder, in vain."""
    case = (await loaded(house, args.case)).file.case
    done = await submit(
        house,
        c.DocumentAttempt(
            inbox=inbox(asked, args),
            case=case.id,
            by=asked.by,
            way=args.way,
            tried_at=args.at,
            note=await kept(house, args.note),
        ),
    )
    after = (await loaded(house, args.case)).file.case
    return {**done, "attempts": len(after.attempts)}


async def look_back(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """How long help took, what was promised and what was kept. Names nobody outside."""
    found = await loaded(house, args.case)
    of = found.file.row.id
    seen, entries = await house.services.reader.run(
        lambda conn: (look_back_of(conn, of), ledger_of(conn, of))
    )
    actions = [{key: each[key] for key in _CODES} for each in as_data(entries, names=found.names)]
    return {
        "case": found.file.row.ref,
        "status": found.file.row.status,
        **_data(seen),
        "lines": [list(line) for line in lines(seen)],
        "actions": actions,
    }


async def review(house: House, asked: Asked, args: Reviewing) -> Mapping[str, Any]:
    """Say what is learned from a case that is over."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.ReviewCase(
            inbox=inbox(asked, args),
            case=case.id,
            by=asked.by,
            lesson=args.lesson,
            spill_over=args.spill_over,
            note=await kept(house, args.note),
        ),
    )


_CODES = ("action", "track", "kind", "state", "kept", "late", "at", "due_at", "over_at", "effect")
"""Of an action, without whose it is."""


def _data(seen: LookBack) -> dict[str, Any]:
    return {
        "minutes": {
            name: _minutes(getattr(seen, f"{name}_after"))
            for name in (
                "taken",
                "first_contact",
                "triage",
                "first_release",
                "first_told",
                "resolved",
            )
        },
        "outcome": seen.outcome,
        "residual_risk": seen.residual_risk,
        "told": seen.told,
        "promised": seen.promised,
        "kept": seen.kept,
        "late": seen.late,
        "missed": seen.missed,
        "withdrawn": seen.withdrawn,
        "check_ins_kept": seen.check_ins_kept,
        "check_ins_missed": seen.check_ins_missed,
        "reprisals": seen.reprisals,
        "told_wrongly": seen.told_wrongly,
        "reopened": seen.reopened,
        "lesson": None if seen.lesson is None else seen.lesson.value,
        "spill_over": seen.spill_over,
    }


def _minutes(length: timedelta | None) -> int | None:
    return None if length is None else int(length.total_seconds() // 60)
