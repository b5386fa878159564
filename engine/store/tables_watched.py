"""What cases are about, as digests: for the reprisal watch, and for finding the same told twice."""

from sqlalchemy import Column, Index, String, Table

from engine.store.instant import Instant
from engine.store.metadata import metadata, only

watched = Table(  # what an act in one case has in common with others
    "watched",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("case_id", String(40), primary_key=True),
    Column("told_at", Instant, nullable=True),  # when the case last told somebody outward
)
Index("watched_told", watched.c.key, watched.c.told_at, **only(watched.c.told_at.is_not(None)))
Index("watched_case", watched.c.case_id)

likenesses = Table(  # what was done where, as one publisher says: another may say the same
    "likenesses",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("source", String(160), primary_key=True),
    Column("opened_at", Instant, primary_key=True),
    Column("case_id", String(40), primary_key=True),
)
