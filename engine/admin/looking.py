"""Standing for the registry as a whole: a person looked, and it is still right."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from engine.admin.house import House
from engine.admin.operation import Asked, Nothing
from engine.registry.loading import REGISTRY_LOOKED_AT, REGISTRY_VERSION
from engine.store import meta
from engine.store.journal import note
from schemas.facts.system import RegistryLookedAt


async def look(house: House, asked: Asked, args: Nothing) -> Mapping[str, Any]:
    """From now on protocols may release by machine again; journaled."""
    now = house.services.clock.now()

    def looked(conn: Connection) -> str:
        version = meta.read(conn, REGISTRY_VERSION)
        meta.write(conn, REGISTRY_LOOKED_AT, now.isoformat())
        note(conn, RegistryLookedAt(version=version, by=asked.by), now)
        return version

    version = await house.services.writer.run(looked)
    await house.follow()
    return {"done": True, "registry": version, "looked_at": now}
