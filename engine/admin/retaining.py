"""Keeping what is sealed for longer than usual: as the person who asks."""

from collections.abc import Mapping
from typing import Any

from pydantic import AwareDatetime

from engine.admin.handing import inbox, submit
from engine.admin.house import House
from engine.admin.operation import Asked
from engine.admin.reading import OneCase, loaded
from engine.case import commands as c
from schemas.facts import WhyKept


class Keeping(OneCase):
    """Until when it is kept, and why."""

    until: AwareDatetime
    why: WhyKept


async def keep(house: House, asked: Asked, args: Keeping) -> Mapping[str, Any]:
    """Keep what is sealed of a case until then; nobody erases it before."""
    case = (await loaded(house, args.case)).file.case
    command = c.KeepSealed(
        inbox=inbox(asked, args), case=case.id, until=args.until, why=args.why, by=asked.by
    )
    return {**await submit(house, command), "until": args.until}


async def end(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """Say that it need not be kept any longer."""
    case = (await loaded(house, args.case)).file.case
    return await submit(house, c.EndKeeping(inbox=inbox(asked, args), case=case.id, by=asked.by))
