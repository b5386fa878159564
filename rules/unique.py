"""Records by id and by what they have in common, in the order they came."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K")


class DuplicateIdError(ValueError):
    """Two records of one kind bear the same id; the snapshot would silently lose one of them."""


def unique(what: str, pairs: Iterable[tuple[str, T]]) -> Mapping[str, T]:
    """By id. The same record twice does no harm; raises DuplicateIdError when two differ."""
    found: dict[str, T] = {}
    for id, record in pairs:
        if id in found and found[id] != record:
            raise DuplicateIdError(
                f"Two different records of kind {what} have the id {id!r}. Rename or merge one."
            )
        found[id] = record
    return MappingProxyType(found)


def grouped(pairs: Iterable[tuple[K, T]]) -> Mapping[K, tuple[T, ...]]:
    """All values of each key."""
    groups: defaultdict[K, list[T]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return MappingProxyType({key: tuple(values) for key, values in groups.items()})
