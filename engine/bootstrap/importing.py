"""Taking a registry into a running house: checked, stored, swapped as a whole."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.admin.errors import NotCarriedOutError
from engine.admin.house import ImportRegistry
from engine.bootstrap.parts import Parts
from engine.duty.ways import by_settings
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
from engine.registry.history import Kept, TooMuchDroppedError
from engine.registry.importer import warnings
from engine.registry.roster_file import Warned
from rules.graph import DuplicateIdError


def importer(parts: Parts) -> ImportRegistry:
    """How this house takes a registry while it runs."""

    async def take(files: Mapping[str, str], *, by: str, drop: bool = False) -> Mapping[str, Any]:
        try:
            # Beside the loop: ten thousand records take half a minute to read, and pages go on.
            read = await asyncio.to_thread(read_files, files)
            looked_at = await asyncio.to_thread(_warned, files, parts) if read.roster else ()
            saving = _saving(read, at=parts.clock.now(), by=by, drop=drop)
            kept, world = await parts.writer.run(saving)
        except (ImportRefused, DuplicateIdError) as error:
            raise NotCarriedOutError(
                "usage", str(error), next_step="Correct these; nothing was taken."
            ) from None
        except TooMuchDroppedError as error:
            raise NotCarriedOutError(
                "refused",
                str(error),
                next_step="Name all of them, or add --accept-removals. Nothing was taken.",
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
            "warnings": [str(each) for each in looked_at],
            "kept": [{"what": each.what, "id": each.id, "why": each.why} for each in kept],
        }

    return take


def _warned(files: Mapping[str, str], parts: Parts) -> tuple[Warned, ...]:
    settings = parts.settings
    return warnings(
        files,
        now=parts.clock.now(),
        zone=settings.timezone,
        ways=by_settings(settings.channels),
    )


def _saving(
    read: Imported, *, at: datetime, by: str, drop: bool
) -> Callable[[Connection], tuple[tuple[Kept, ...], World]]:
    def saving(conn: Connection) -> tuple[tuple[Kept, ...], World]:
        hold(conn)
        kept = save_imported(conn, read, at=at, by=by, drop=drop)
        return kept, load_world(conn)

    return saving
