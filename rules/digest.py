"""The version of a registry: the same records, the same version, in whatever order they came.

The SHA-256 of every record are added up, modulo 2^256, so that a change costs one subtraction and
one addition, not a look at all of them. Order and path do not matter in a sum; a record cannot
count twice because ids are unique; the kind of record is part of what is hashed. Sums are weaker
than a hash of the whole against somebody who may choose tens of thousands of records and search
for two sets with one sum. Who may do that owns the registry and needs no such trick; the version
tells two states apart, it is no signature.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, replace

import orjson

from schemas.contact import Contact
from schemas.link import Link
from schemas.party import Party

Record = Party | Link | Contact
_MODULUS = 1 << 256


def digest(record: Record) -> int:
    """One record's part in the sum."""
    if isinstance(record, Link):
        record = _plain(record)
    whole = hashlib.sha256(type(record).__name__.encode())
    try:
        whole.update(orjson.dumps(record))
    except TypeError:  # half a pair, or more than 64 bits: odd, but a record like any other
        whole.update(json.dumps(asdict(record), default=str).encode())
    return int.from_bytes(whole.digest(), "big")


def total(records: Iterable[Record], start: int = 0) -> int:
    """The sum over these, added to `start`."""
    return (start + sum(map(digest, records))) % _MODULUS


def without(whole: int, records: Iterable[Record]) -> int:
    """The sum when these are taken away."""
    return (whole - sum(map(digest, records))) % _MODULUS


def swapped(whole: int, before: Record | None, after: Record | None) -> int:
    """The sum when one record stands where another stood; None: there was or is none."""
    taken = 0 if before is None else digest(before)
    return (whole - taken + (0 if after is None else digest(after))) % _MODULUS


def version(whole: int) -> str:
    """32 hex characters that name the sum."""
    return hashlib.sha256(whole.to_bytes(32, "big")).hexdigest()[:32]


def _plain(link: Link) -> Link:
    """Whole shares as fractions, as the columns keep them: 10 and 10.0 are one share."""
    if any(type(number) is int for number in (link.share, link.value)):
        share = None if link.share is None else float(link.share)
        value = None if link.value is None else float(link.value)
        return replace(link, share=share, value=value)
    return link
