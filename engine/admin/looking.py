"""Standing for the registry as a whole: a person looked, and it is still right."""

from collections.abc import Mapping
from typing import Any

from engine.admin.house import House
from engine.admin.operation import Asked, Nothing
from engine.registry.standing_for import looked


async def look(house: House, asked: Asked, args: Nothing) -> Mapping[str, Any]:
    """From now on what goes outward goes on, and protocols release by machine again; journaled."""
    now = house.services.clock.now()

    version = await house.services.writer.run(lambda conn: looked(conn, by=asked.by, now=now))
    await house.follow()
    return {"done": True, "registry": version, "looked_at": now}
