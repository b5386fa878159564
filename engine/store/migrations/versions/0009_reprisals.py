"""Know what cases are about, and when each last told somebody outward: for the reprisal watch.

Revision ID: 0009
Revises: 0008
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # UTC microseconds since 1970
_cases = sa.table("cases", sa.column("id"), sa.column("state"), sa.column("outward_at"))
_events = sa.table("events", sa.column("case_id"), sa.column("source"), sa.column("body"))
_watched = sa.table("watched", sa.column("key"), sa.column("case_id"))
_ON_THE_GROUND = frozenset({"operator", "site", "employer", "security_contractor"})


def upgrade() -> None:
    """What runs already is watched as well, as far as its events say."""
    op.create_table(
        "watched",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("case_id", sa.String(40), primary_key=True),
    )
    op.add_column("cases", sa.Column("outward_at", INSTANT, nullable=True))
    conn = op.get_bind()
    for row in conn.execute(sa.select(_cases.c.id, _cases.c.state)).all():
        at = _told_at(bytes(row.state))
        if at is not None:
            conn.execute(sa.update(_cases).where(_cases.c.id == row.id).values(outward_at=at))
    known: set[tuple[str, str]] = set()
    for row in conn.execute(sa.select(_events)).all():
        known.update((key, row.case_id) for key in _keys(row.source, bytes(row.body)))
    if known:
        conn.execute(
            sa.insert(_watched), [{"key": key, "case_id": case} for key, case in sorted(known)]
        )


def downgrade() -> None:
    """The older release watches each case for itself."""
    op.drop_column("cases", "outward_at")
    op.drop_table("watched")


def _told_at(state: bytes) -> int | None:
    try:
        body = json.loads(state if state.startswith(b"{") else zlib.decompress(state))
        said = body.get("last_outward_at")
        at = None if said is None else datetime.fromisoformat(said)
    except (ValueError, AttributeError, TypeError, zlib.error):
        return None  # a case that cannot be read is told about elsewhere
    if at is None:
        return None
    since = at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _keys(source: str, body: bytes) -> set[str]:
    try:
        event = json.loads(body)
        kind = "exercise" if event.get("exercise") else "real"
        return {_digest(kind, *about) for about in _about(source, event)}
    except (ValueError, AttributeError, TypeError):
        return set()


def _about(source: str, event: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for subject in event.get("subjects") or ():
        if subject.get("pseudonym"):
            yield "subject", source, subject["pseudonym"]
    complaint = event.get("reprisal_of") or {}
    if complaint.get("complaint"):
        yield "complaint", source, complaint["complaint"]
        if complaint.get("mechanism"):
            yield "complaint of", complaint["mechanism"], complaint["complaint"]
    for part in event.get("parties") or ():
        company = part.get("perpetrator_kind") in ("company", "security")
        if part.get("party") and (part.get("role") in _ON_THE_GROUND or company):
            yield "party", part["party"]


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in ("watched", *parts):
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(4, "big"))
        digest.update(encoded)
    return base64.b32encode(digest.digest())[:32].decode("ascii").lower()
