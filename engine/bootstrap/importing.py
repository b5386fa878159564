"""Taking a registry into a running house: checked, stored, swapped as a whole."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.admin.errors import NotCarriedOutError
from engine.admin.house import ImportRegistry
from engine.bootstrap.parts import Parts
from engine.registry import (
    Imported,
    ImportRefused,
    OutOfReachError,
    World,
    hold,
    load_world,
    read_files,
    save_imported,
)
from engine.registry.history import Kept
from rules.graph import DuplicateIdError


def importer(parts: Parts) -> ImportRegistry:
    """How this house takes a registry while it runs."""

    async def take(files: Mapping[str, str], *, by: str) -> Mapping[str, Any]:
        try:
            # Beside the loop: ten thousand records take half a minute to read, and pages go on.
            read = await asyncio.to_thread(read_files, files)
            kept, world = await parts.writer.run(_saving(read, at=parts.clock.now(), by=by))
        except (ImportRefused, DuplicateIdError) as error:
            raise NotCarriedOutError(
                "usage", str(error), next_step="Correct these; nothing was taken."
            ) from None
        except OutOfReachError as error:
            raise NotCarriedOutError(
                "usage",
                str(error),
                next_step="Import the file with your own contacts along with it:"
                " tocsin registry import registry.yaml roster.yaml. Nothing was taken.",
            ) from None
        parts.world.swap(world)
        return {
            "parties": len(read.parties),
            "links": len(read.links),
            "contacts": len(read.contacts),
            "roster": read.roster is not None,
            "version": world.registry.version,
            "kept": [{"what": each.what, "id": each.id, "why": each.why} for each in kept],
        }

    return take


def _saving(
    read: Imported, *, at: datetime, by: str
) -> Callable[[Connection], tuple[tuple[Kept, ...], World]]:
    def saving(conn: Connection) -> tuple[tuple[Kept, ...], World]:
        hold(conn)
        kept = save_imported(conn, read, at=at, by=by)
        return kept, load_world(conn)

    return saving
