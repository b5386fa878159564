"""The world as kept: registry, roster and rulebook rows, what is in force, and plain imports.

What lives here: loading and saving a `World`, reading registry and roster files with every mistake
at once. What may not: deciding who is told (rules), SQL beyond the records' own tables (store).
"""

from engine.registry.importer import Imported, ImportRefused, read_files
from engine.registry.loading import load_world
from engine.registry.reach import OutOfReachError, check_reach
from engine.registry.saving import (
    hold,
    save_imported,
    save_registry,
    save_roster,
    save_rulebook,
)
from engine.registry.world import World, WorldHolder

__all__ = [
    "ImportRefused",
    "Imported",
    "OutOfReachError",
    "World",
    "WorldHolder",
    "check_reach",
    "hold",
    "load_world",
    "read_files",
    "save_imported",
    "save_registry",
    "save_roster",
    "save_rulebook",
]
