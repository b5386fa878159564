"""GLEIF's own files: the golden copy and its deltas, in JSON and in XML.

Both nest what its interface and most copies have flat: a text is `{"$": …}` with its attributes
beside it (`@type`), a list stands under its own singular (`OtherEntityNames.OtherEntityName`), a
relationship in a `RelationshipRecord`. `flat` gives the record as `ownership.gleif` reads it;
what it does not know stays as it is.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.registry.imports.fields import Data
from engine.registry.rows import SourceFile

LISTS = ("records", "relations", "exceptions")
"""Under which key the JSON files have their records."""
ELEMENTS = ("LEIRecord", "RelationshipRecord", "Exception")
"""Which elements of the XML files are records."""
TEXT = "$"

_HEAD = 1 << 16
_FULL = re.compile(rb"<(?:\w+:)?FileContent>\s*(?:GLEIF|LOU)_FULL_PUBLISHED\s*<")


def flat(record: Data) -> Data:
    """The record without its nesting."""
    inside = record.get("RelationshipRecord")
    found = _plain(inside if isinstance(inside, Mapping) else record)
    return found if isinstance(found, Mapping) else {}


def is_whole(file: SourceFile) -> bool:
    """Whether its header says that it has everything; a delta has what changed alone."""
    return _FULL.search(file.data[:_HEAD]) is not None


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        some = [_plain(one) for one in value]
        return some[0] if some and all(isinstance(one, str) for one in some) else some
    if not isinstance(value, Mapping):
        return value
    if TEXT in value:
        return value[TEXT]
    return dict(_members(value))


def _members(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, inside in value.items():
        name = _local(key)
        one = name.removesuffix("s")
        if one != name and isinstance(inside, Mapping) and [*map(_local, inside)] == [one]:
            (listed,) = inside.values()
            every = listed if isinstance(listed, list) else [listed]
            yield name, [_item(one, each) for each in every]
        else:
            yield name, _plain(inside)


def _item(name: str, value: Any) -> Any:
    """One of a list: an object, or a text under its own name with its attributes beside it."""
    if isinstance(value, Mapping) and TEXT not in value:
        return _plain(value)
    if not isinstance(value, Mapping):
        return {name: value}
    return {name if key == TEXT else _local(key): one for key, one in value.items()}


def _local(key: str) -> str:
    """Without its name space, and without the sign of an attribute."""
    return key.removeprefix("@").rpartition(":")[2]
