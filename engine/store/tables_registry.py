"""The tables of the registry, as versions, and of what else is put into force: rosters, rulebooks.

A version is written once and never changed. It counts from the moment its import came into force
(`imports.n`), until the next version of its id does; so that one row decides about a whole import.
"""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from engine.store.instant import Instant
from engine.store.metadata import metadata

imports = Table(
    "imports",
    metadata,
    Column("id", String(64), primary_key=True),  # digest of what it brings
    Column(
        "n", Integer, nullable=True, unique=True
    ),  # order of coming into force; null: unfinished
    Column("base", Integer, nullable=False),  # n of the newest one that it was compared with
    Column("source", String(160), nullable=False),
    Column("file", String(400), nullable=False, server_default=""),
    Column("sha256", String(64), nullable=False, server_default=""),
    Column("as_of", String(10), nullable=False, server_default=""),  # ISO day
    Column("by", String(128), nullable=False),
    Column("started", Instant, nullable=False),
    Column("finished", Instant, nullable=True),
    Column("size", Integer, nullable=False),  # versions it brings
    Column("written", Integer, nullable=False),  # of them already stored
    Column("counts", Text, nullable=False),  # JSON: name -> how many
)


def _versions(name: str) -> Table:
    """Versions of one kind of record: their shape is that of `schemas`."""
    table = Table(
        name,
        metadata,
        Column("id", String(128), primary_key=True),
        Column("n", Integer, primary_key=True),  # from 1
        Column("import_id", String(64), primary_key=True),  # one of them at most comes into force
        Column("source", String(160), nullable=False),  # whose edition it belongs to
        Column("line", Integer, nullable=False),  # of the file; 0: none
        Column("body", LargeBinary, nullable=False),  # empty: gone, as only contacts go
    )
    Index(f"{name}_by_import", table.c.import_id)
    return table


party_versions = _versions("party_versions")
link_versions = _versions("link_versions")
contact_versions = _versions("contact_versions")

refutations = Table(  # what one person proposed; a second one confirms or nobody does
    "refutations",
    metadata,
    Column("link", String(128), primary_key=True),
    Column("n", Integer, primary_key=True),  # the version that is meant
    Column("by", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)

rosters = Table(
    "rosters",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
rulebooks = Table(
    "rulebooks",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("source", Text, nullable=False),  # exact YAML as activated
)
