"""Clearing for one case whom the closure leaves out, as the person who asks."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from engine.admin.handing import inbox, kept, submit
from engine.admin.house import House
from engine.admin.linkage import the_one
from engine.admin.operation import Asked
from engine.admin.reading import OneCase, loaded
from engine.case import commands as c
from schemas.facts import WhyCleared


class Clearing(OneCase):
    """Whom to clear, and why."""

    parties: tuple[str, ...] = Field(min_length=1, max_length=50)
    """Ids, or names that one party has."""
    why: WhyCleared
    note: str = Field(default="", max_length=10_000)


async def clear(house: House, asked: Asked, args: Clearing) -> Mapping[str, Any]:
    """One person's agreement to clear these parties; the second one clears them."""
    case = (await loaded(house, args.case)).file.case
    registry = house.services.world.registry()
    parties = tuple(the_one(registry, words).id for words in args.parties)
    done = await submit(
        house,
        c.ClearExclusion(
            inbox=inbox(asked, args),
            case=case.id,
            parties=parties,
            by=asked.by,
            why=args.why,
            note=await kept(house, args.note),
        ),
    )
    after = (await loaded(house, args.case)).file.case
    agreed = {each.party for each in after.clearings if each.agreed}
    return {**done, "parties": list(parties), "cleared": set(parties) <= agreed}
