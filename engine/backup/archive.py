"""The file of a backup: a zip with one JSON line a row, and a manifest that vouches for each byte.

Any tool can read it in twenty years: `manifest.json` names the version of the tables, the moment,
and for each table its columns, the number of its rows and the SHA-256 of its lines. Bytes stand as
`{"b64": …}`. Nothing of it is read before the whole file was compared with its manifest.
"""

import base64
import hashlib
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

FORMAT = 1
MANIFEST = "manifest.json"
_PIECE = 1 << 20

Told = Callable[[str, int], None]
"""Hears of each table how many of its rows are done."""


class BackupError(Exception):
    """This backup cannot be taken or put back; the message says why and what to do."""


class Contents(BaseModel):
    """One table in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str


class Manifest(BaseModel):
    """What the file says of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    taken_at: str
    """UTC, as ISO 8601."""
    schema_version: str
    store: str
    """`sqlite` or `postgresql`: where it came from."""
    holds: str
    """`desk`: everything but the keys of cases; `case_keys`: these alone."""
    tables: tuple[Contents, ...]


def write(
    path: Path, *, about: Manifest, tables: Iterable[tuple[str, tuple[str, ...], Iterator[Any]]]
) -> Manifest:
    """Write a new file, for its owner's eyes; return what it says of itself.

    Until `in_place` it has a name that is no backup's, `FILE.part`: what was killed half way is
    never taken for whole. `tables`: name, columns and rows of each. Raises BackupError when there
    is a file already.
    """
    check_free(path)
    part = part_of(path)
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            contents = tuple(_fill(archive, *each) for each in tables)
            manifest = about.model_copy(update={"tables": contents})
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def in_place(path: Path) -> None:
    """Give a file that was written whole its name, lastingly.

    Raises BackupError when there is one by now.
    """
    try:
        os.link(part_of(path), path)  # unlike a rename, it never replaces what came meanwhile
    except FileExistsError:
        raise _taken(path) from None
    part_of(path).unlink()
    handle = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_free(path: Path) -> None:
    """Raises BackupError when there is a file of this name."""
    if path.exists():
        raise _taken(path)


def part_of(path: Path) -> Path:
    """Where a file lies until it is whole."""
    return path.with_name(path.name + ".part")


def _taken(path: Path) -> BackupError:
    return BackupError(f"{path} is there already. Name a file that is not.")


def _fill(
    archive: zipfile.ZipFile, name: str, columns: tuple[str, ...], rows: Iterator[Any]
) -> Contents:
    digest, count = hashlib.sha256(), 0
    with archive.open(_member(name), "w", force_zip64=True) as member:
        for row in rows:
            line = orjson.dumps([_told(value) for value in row], option=orjson.OPT_APPEND_NEWLINE)
            digest.update(line)
            member.write(line)
            count += 1
    return Contents(name=name, columns=columns, rows=count, sha256=digest.hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A file that was compared with its manifest, byte by byte."""

    path: Path
    manifest: Manifest

    @classmethod
    def open(cls, path: Path) -> Self:
        """Compare it whole. Raises BackupError when it is not a backup, or not as it was taken."""
        try:
            with zipfile.ZipFile(path) as archive:
                manifest = _manifest(path, archive)
                for each in manifest.tables:
                    _compare(path, archive, each)
        except (OSError, KeyError, EOFError, zipfile.BadZipFile, zipfile.LargeZipFile) as error:
            raise BackupError(
                f"{path} cannot be read as a backup ({type(error).__name__}). Take an older one."
            ) from None
        return cls(path=path, manifest=manifest)

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(each.rows for each in self.manifest.tables)

    def read(self, name: str) -> Iterator[Sequence[Any]]:
        """The rows of a table, each in the order of its columns."""
        with zipfile.ZipFile(self.path) as archive, archive.open(_member(name)) as member:
            for line in member:
                yield [_value(each) for each in orjson.loads(line)]


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(archive.read(MANIFEST))
    except ValidationError:
        raise BackupError(
            f"{path}: {MANIFEST} is not one of ours. Was it made by a newer release?"
        ) from None
    if manifest.format != FORMAT:
        raise BackupError(
            f"{path} is of format {manifest.format}, this release reads {FORMAT}. Put it back with "
            "the release that made it."
        )
    return manifest


def _compare(path: Path, archive: zipfile.ZipFile, contents: Contents) -> None:
    digest = hashlib.sha256()
    with archive.open(_member(contents.name)) as member:
        while piece := member.read(_PIECE):
            digest.update(piece)
    if digest.hexdigest() != contents.sha256:
        raise BackupError(f"{path}: the table {contents.name} is damaged. Take an older backup.")


def _member(name: str) -> str:
    return f"{name}.jsonl"


def _told(value: Any) -> Any:
    return {"b64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _value(told: Any) -> Any:
    return base64.b64decode(told["b64"]) if isinstance(told, dict) else told
