"""Looking at what was put aside, and opening one: as the person who asks."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.operation import Arguments, Asked, Nothing
from engine.store.aside import put_aside

MOST = 200


class Opening(Arguments):
    """Which, and why."""

    id: str = Field(min_length=1, max_length=64)
    reason: str = Field(min_length=8, max_length=200)


async def show(house: House, asked: Asked, args: Nothing) -> Mapping[str, Any]:
    """What came and was no report, the newest first; nothing is opened."""
    found = await house.services.reader.run(lambda conn: put_aside(conn, most=MOST))
    return {
        "aside": [
            {
                "id": each.id,
                "at": each.at.isoformat(),
                "source": each.source,
                "reason": each.reason,
                "place": each.place,
                "kept": each.kept,
            }
            for each in found
        ]
    }


async def open_one(house: House, asked: Asked, args: Opening) -> Mapping[str, Any]:
    """Open one. Who did, and why, is journaled before anything is shown."""
    found = await house.services.reader.run(lambda conn: put_aside(conn, most=MOST))
    if args.id not in {each.id for each in found}:
        raise NotCarriedOutError(
            "refused", "There is no such thing put aside.", next_step="tocsin quarantine list"
        )
    words = await house.services.sealing.reveal(args.id, by=asked.by, reason=args.reason)
    if words is None:
        raise NotCarriedOutError(
            "refused",
            "It can no longer be opened: its time is over, or its key was destroyed.",
            next_step="Ask the source to send again what it meant.",
        )
    return {"id": args.id, "content": words}
