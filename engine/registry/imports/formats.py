"""Every format that can be imported, by its name."""

from collections.abc import Mapping
from types import MappingProxyType

from engine.registry.imports import spreadsheet, written
from engine.registry.imports.rows import Format

_ALL: tuple[Format, ...] = (
    written.REGISTRY,
    spreadsheet.PARTIES,
    spreadsheet.LINKS,
    spreadsheet.CONTACTS,
)

FORMATS: Mapping[str, Format] = MappingProxyType({each.name: each for each in _ALL})
