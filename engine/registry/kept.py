"""The registry's arrays in a file of the data directory, so that a start need not read every row.

Only a copy of what the store says, and believed only as that: a file that is torn, of another
release or of a registry that this store never had is as good as none. Contacts are not in it: their
addresses stay in the store.

Magic line, SHA-256 of all that follows, length of the header, header (JSON), arrays one after the
other. Mode 0600, written beside and renamed. Read whole and checked whole before anything of it is
used, never mapped: a page that is read again later could be another by then. The columns of links
are written with their rows to spare, so that they are used where they lie.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from rules import digest
from rules.columns import KINDS, NAMES, STATUSES, About, Columns, Notes, with_room
from rules.contacts import Contacts
from rules.graph import Registry
from rules.snapshot import NOBODY, PARTY_KINDS, Snapshot
from rules.texts import Numbers, Texts
from schemas.contact import Contact
from schemas.link import Link
from schemas.party import Party, PartyKind

FILE = "registry.arrays"
"""In the data directory."""
_MAGIC = b"tocsin registry arrays 2\n"
_DIGEST = 32
_LENGTH = 8
_ALIGN = 64
_LONGEST = 1 << 28
_COLUMN = "column."
"""Before the names of arrays that are columns of links."""
_PARTY: TypeAdapter[Party] = TypeAdapter(Party)
_ABOUTS: TypeAdapter[tuple[About, ...]] = TypeAdapter(tuple[About, ...])
_REMEMBERED = 1 << 16


class UnusableError(ValueError):
    """Not a whole file of this release; the message says what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a file holds: the registry less its contacts, and what the store called it."""

    version: str
    snapshot: Snapshot
    parties: Mapping[str, Party]
    total: int
    """Of parties and links alone; see `rules.digest`."""

    def registry(self, contacts: Iterable[Contact]) -> Registry:
        """The registry with these contacts. Raises DuplicateIdError."""
        reached = Contacts(contacts)
        total = digest.total(reached, self.total)
        return Registry.opened(self.snapshot, self.parties, reached, total=total)


def save(path: Path, registry: Registry, *, version: str) -> None:
    """Write a registry under the name the store has for it. Raises OSError.

    Raises ValueError when it has edits that are not in its arrays.
    """
    if registry.edits:
        raise ValueError("Only a registry without edits over its arrays can be written.")
    arrays = dict(_arrays(registry))
    total = digest.without(registry.total, registry.everybody_reached())
    header = json.dumps(
        {
            "version": version,
            "total": hex(total),
            "words": _words(),
            "codes": registry.snapshot.codes,
            "abouts": _ABOUTS.dump_json(registry.columns.abouts).decode(),
            "arrays": [[name, array.dtype.str, len(array)] for name, array in arrays.items()],
        }
    ).encode()
    header += b" " * (-(len(_MAGIC) + _DIGEST + _LENGTH + len(header)) % _ALIGN)
    parts = [len(header).to_bytes(_LENGTH, "little"), header]
    for array in arrays.values():
        raw = np.ascontiguousarray(array).tobytes()
        parts += [raw, b"\0" * (-len(raw) % _ALIGN)]
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part)
    _write(path, [_MAGIC, whole.digest(), *parts])


def version_in(path: Path) -> str | None:
    """The version a file says it is, without a look at the rest.

    None: there is none to read, or it is of a release that wrote it otherwise and is to be made
    anew.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                return None
            file.seek(_DIGEST, os.SEEK_CUR)
            length = int.from_bytes(file.read(_LENGTH), "little")
            header = json.loads(file.read(min(length, _LONGEST)))
            return str(header["version"]) if header["words"] == _words() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def load(path: Path) -> Kept:
    """Read a file. Raises UnusableError, and OSError when there is none."""
    read = _read(path)
    held = memoryview(read).toreadonly()
    start = len(_MAGIC) + _DIGEST
    if bytes(held[: len(_MAGIC)]) != _MAGIC:
        raise UnusableError("it is no file of arrays of this release")
    if hashlib.sha256(held[start:]).digest() != bytes(held[len(_MAGIC) : start]):
        raise UnusableError("it is torn or was changed")
    first = start + _LENGTH
    last = first + int.from_bytes(held[start:first], "little")
    header = json.loads(bytes(held[first:last]))
    if header["words"] != _words():
        raise UnusableError("it is of a release with other kinds of parties or links")
    try:
        abouts = _ABOUTS.validate_json(header["abouts"])
    except ValidationError:
        raise UnusableError("it is of a release with other fields") from None
    arrays = {}
    for name, dtype, length in header["arrays"]:
        owned = read if name.startswith(_COLUMN) else held  # with rows to spare, to write in
        arrays[name] = np.frombuffer(owned, dtype=dtype, count=length, offset=last)
        last += -(-arrays[name].nbytes // _ALIGN) * _ALIGN
    snapshot = _snapshot(arrays, codes=tuple(header["codes"]), abouts=abouts)
    return Kept(
        version=header["version"],
        snapshot=snapshot,
        parties=_StoredParties(snapshot, _texts(arrays, "party")),
        total=int(header["total"], 16),
    )


class _StoredParties(Mapping[str, Party]):
    """The parties of a file, each read when it is asked for."""

    def __init__(self, snapshot: Snapshot, bodies: Texts) -> None:
        self._snapshot = snapshot
        self._bodies = bodies
        self._known: dict[int, Party] = {}

    def __getitem__(self, id: str) -> Party:
        node = self._snapshot.number(id)
        if node is None or self._snapshot.kinds[node] == NOBODY:
            raise KeyError(id)
        party = self._known.get(node)
        if party is None:
            if len(self._known) >= _REMEMBERED:
                self._known = {}
            body = self._bodies.raw(node)
            if not body.startswith(b"{"):
                body = _head(id, PARTY_KINDS[self._snapshot.kinds[node]]) + body
            party = self._known[node] = _PARTY.validate_json(body)
        return party

    def __iter__(self) -> Iterator[str]:
        kinds = self._snapshot.kinds
        return (id for node, id in enumerate(self._snapshot.ids) if kinds[node] != NOBODY)

    def __len__(self) -> int:
        return len(self._snapshot.kinds) - self._snapshot.kinds.count(NOBODY)


def _words() -> list[list[str]]:
    """What the numbers mean, and the fields of what is stored: another release may differ."""
    kept = [[str(word) for word in words] for words in (KINDS, STATUSES, PARTY_KINDS)]
    return [*kept, *([field.name for field in fields(record)] for record in (Party, Link))]


def _arrays(registry: Registry) -> Iterator[tuple[str, Numbers]]:
    snapshot, columns = registry.snapshot, registry.columns
    snapshot.link_number("")  # so that the order by id is there
    bodies = ("" if (party := registry.party(id)) is None else _body(party) for id in snapshot.ids)
    for name, texts in (
        ("id", snapshot.ids),
        ("link", columns.ids),
        ("note", columns.notes.texts),
        ("party", Texts.of(bodies)),
    ):
        yield f"{name}.blob", np.frombuffer(texts.blob, dtype=np.uint8)
        yield f"{name}.offsets", np.asarray(texts.offsets)
    yield "kinds", np.frombuffer(snapshot.kinds, dtype=np.uint8)
    yield "states", np.asarray(snapshot.states)
    yield "noted", np.asarray(columns.notes.numbers)
    yield "by_id", np.asarray(snapshot.by_id)
    for name in NAMES:
        column = np.array(getattr(columns, name))
        column[len(columns) :] = 0  # of rows to spare some may be taken by an edit since
        yield f"{_COLUMN}{name}", column


def _body(party: Party) -> str:
    """What the arrays do not say of a party: a third less to read and to check at every start."""
    whole = _PARTY.dump_json(party, exclude_defaults=True)
    return whole.removeprefix(_head(party.id, party.kind)).decode()


def _head(id: str, kind: PartyKind) -> bytes:
    return f'{{"id":{json.dumps(id, ensure_ascii=False)},"kind":"{kind}",'.encode()


def _snapshot(
    arrays: dict[str, Numbers], *, codes: tuple[str, ...], abouts: tuple[About, ...]
) -> Snapshot:
    links = _texts(arrays, "link")
    columns = {name: arrays[f"{_COLUMN}{name}"] for name in NAMES}
    return Snapshot(
        _texts(arrays, "id"),
        kinds=arrays["kinds"].tobytes(),
        states=arrays["states"].data,
        codes=codes,
        by_id=arrays["by_id"].data,
        columns=Columns(
            **with_room(columns, len(links)),
            ids=links,
            abouts=abouts,
            notes=Notes(arrays["noted"].data, _texts(arrays, "note")),
        ),
    )


def _texts(arrays: dict[str, Numbers], name: str) -> Texts:
    return Texts(arrays[f"{name}.blob"].data, arrays[f"{name}.offsets"])


def _read(path: Path) -> mmap:
    """The whole file, in memory of our own."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < len(_MAGIC):
            raise UnusableError("it is no file of arrays of this release")
        # Can be written in, like a bytearray, but nobody fills it with zeros first.
        held = mmap(-1, size, flags=MAP_PRIVATE | MAP_ANONYMOUS)
        if file.readinto(held) != size or file.read(1):
            raise UnusableError("it is torn or was changed")
    return held


def _write(path: Path, parts: Iterable[Any]) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(handle, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
