"""Folding what changed into fresh arrays: in a child process, for it is long work, then swapped.

The child reads the store, not our memory, so that what is laid over the arrays here can never
become the truth; it writes a file (`engine.registry.kept`), which the next start uses as well.
"""

import asyncio
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from engine.clock import Clock
from engine.ports import Reader
from engine.registry import kept
from engine.registry.loading import from_arrays, in_force, load_registry, with_history
from engine.registry.world import World, WorldHolder
from engine.store.database import Database, StoreError
from rules.unique import DuplicateIdError

_log = structlog.get_logger(__name__)

LOOK_EVERY = 60.0
FEW = 500
"""Edits over the arrays that are never worth a rebuild."""
SHARE = 0.01
"""Of a large registry so many edits for each party and link are not, either."""
LARGE = 20_000
"""Parties and links from which a start without a file takes notably longer."""
_NICE = 5


class Rebuild:
    """Looks now and then whether the world's registry wants fresh arrays, until cancelled."""

    def __init__(
        self,
        world: WorldHolder,
        *,
        reader: Reader,
        clock: Clock,
        database: str,
        path: Path,
        few: int = FEW,
        large: int = LARGE,
    ) -> None:
        """`database` as in the settings; `path`: where the file is, or is to be."""
        self._world = world
        self._reader = reader
        self._clock = clock
        self._given = json.dumps({"database": database, "path": str(path)}).encode()
        self._path = path
        self._few = few
        self._large = large

    async def run(self) -> None:
        """Look every minute. What cannot be done now is tried again."""
        while True:
            await self._clock.sleep(LOOK_EVERY)
            try:
                await self.look()
            except (SQLAlchemyError, DuplicateIdError, OSError) as error:  # no room for a child
                _log.warning("registry_not_rebuilt", error=type(error).__name__)

    async def look(self) -> bool:
        """Look once; whether a registry with fresh arrays is in force now."""
        before = self._world.current
        if not self._due(before):
            return False
        code = await self._child()
        if code != 0:
            _log.warning("registry_not_rebuilt", code=code)
            return False
        fresh = await self._reader.run(lambda conn: from_arrays(conn, self._path))
        if fresh is None or self._world.current is not before:
            return False  # what came meanwhile is looked at next time
        version, registry = fresh
        if version != before.versions[0]:
            return False  # another registry came into force; `reload` sees to that
        if registry.version != before.registry.version:
            _log.error("registry_differed_from_store", registry=registry.version[:12])
        self._world.swap(replace(before, registry=registry))
        _log.info("registry_rebuilt", registry=registry.version[:12], edits=before.registry.edits)
        return True

    def _due(self, world: World) -> bool:
        registry = world.registry
        size = len(registry.columns) + len(registry.ids)
        if registry.edits > max(self._few, size * SHARE):
            return True
        if size < self._large or registry.edits or not world.versions:
            return False
        named = kept.version_in(self._path) or ""
        return named.partition("/")[0] != world.versions[0]

    async def _child(self) -> int:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "engine.registry.rebuild"), stdin=asyncio.subprocess.PIPE
        )
        try:
            await process.communicate(self._given)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode or 0


def rebuild(given: dict[str, Any]) -> int:
    """The child: read the registry in force from the store, write its arrays. 0: done."""
    try:
        database = Database(given["database"], exclusive=False)
        conn = database.reader()
        try:
            with conn.begin():  # one view of the store for all of it
                version = with_history(conn, in_force(conn)[0])
                registry = load_registry(conn)
        finally:
            conn.close()
            database.close()
        if version is None:  # nothing ever came into force
            return 1
        kept.save(Path(given["path"]), registry, version=version)
    except (SQLAlchemyError, StoreError, DuplicateIdError, OSError) as error:
        sys.stderr.write(f"The registry's arrays were not rebuilt: {type(error).__name__}.\n")
        return 1
    return 0


if __name__ == "__main__":
    os.nice(_NICE)  # an alarm is never to wait for this
    sys.exit(rebuild(json.load(sys.stdin)))
