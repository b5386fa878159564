"""The tables about the running engine itself, and about nobody."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from engine.store.instant import Instant
from engine.store.metadata import metadata

instances = Table(
    "instances",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("roles", String(80), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("beat_at", Instant, nullable=False),
)

canaries = Table(  # the engine's own, about nobody; none is older than an hour or so
    "canaries",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("way", String(32), nullable=False),
    Column("arrived_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=True),
    Column("state", String(12), nullable=False),  # open queued sending handed_off lost
    Column("key", String(64), nullable=False, server_default=""),
    Column("tried_at", Instant, nullable=True),
    Column("settled_at", Instant, nullable=True),
    Column("body", LargeBinary, nullable=False),  # engine.case.state.dump_case
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(40), primary_key=True),
    # registry_version, rulebook_version, roster_version, stopped, held, audited_at
    Column("value", String(200), nullable=False),
)

source_keys = Table(  # bearer keys of publishers
    "source_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("source", String(160), nullable=False),
    Column("secret", String(64), nullable=False),  # HMAC-SHA256 with the deployment pepper
    Column("types", String(200), nullable=False),  # space-separated event types
    Column("severity_ceiling", String(12), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant, nullable=True),
    Column("party", String(160), nullable=False, server_default=""),  # who runs the publisher
)
