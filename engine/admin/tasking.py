"""Tasks by hand: what a person wants done, by when, by whom."""

from collections.abc import Mapping
from typing import Any

from pydantic import AwareDatetime, Field

from engine.admin.handing import inbox, kept, submit
from engine.admin.house import House
from engine.admin.operation import Asked
from engine.admin.reading import OneCase, loaded
from engine.case import commands as c


class AddingTask(OneCase):
    """What is to be done."""

    words: str = Field(min_length=1, max_length=10_000)
    """Sealed in the vault; a message says only that there is a task."""
    due: AwareDatetime
    owner: str = Field(default="", max_length=64)
    """Somebody of the roster; empty: whoever has the case."""
    critical: bool = False
    """They are called now, not only told."""


async def add(house: House, asked: Asked, args: AddingTask) -> Mapping[str, Any]:
    """Write down what must be done."""
    case = (await loaded(house, args.case)).file.case
    owner = f"person:{args.owner.removeprefix('person:')}" if args.owner else ""
    return await submit(
        house,
        c.AddTask(
            inbox=inbox(asked, args), case=case.id, by=asked.by, due_at=args.due, owner=owner,
            critical=args.critical, note=await kept(house, args.words),
        ),
    )  # fmt: skip
