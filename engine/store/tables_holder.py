"""What whoever holds a consent can look up: their way in, and what recipients were shown."""

from sqlalchemy import Column, Index, Integer, String, Table, text

from engine.store.instant import Instant
from engine.store.metadata import metadata

holder_links = Table(  # links by which a holder sees who was told; the signature is not stored
    "holder_links",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("pseudonym", String(320), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=True),
    Column("opened_at", Instant, nullable=True),
    Column("tries", Integer, nullable=False, server_default=text("0")),
)
Index("holder_links_by_pseudonym", holder_links.c.pseudonym)

shown = Table(  # classes of content that a recipient's page has shown, from the first time on
    "shown",
    metadata,
    Column("alert_id", String(40), primary_key=True),
    Column("contact", String(128), primary_key=True),
    Column("field", String(24), primary_key=True),
    Column("at", Instant, nullable=False),
)
