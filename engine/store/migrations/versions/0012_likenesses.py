"""Find what was told lately, and what another publisher said alike, without reading all there is.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # UTC microseconds since 1970
_TOLD = sa.text("told_at IS NOT NULL")


def upgrade() -> None:
    """What runs already is found by everything it was found by before."""
    op.add_column("watched", sa.Column("told_at", INSTANT, nullable=True))
    op.create_table(
        "likenesses",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("source", sa.String(160), primary_key=True),
        sa.Column("opened_at", INSTANT, primary_key=True),
        sa.Column("case_id", sa.String(40), primary_key=True),
    )
    op.execute(
        "UPDATE watched SET told_at ="
        " (SELECT outward_at FROM cases WHERE cases.id = watched.case_id)"
    )
    op.execute(
        "INSERT INTO likenesses (key, source, opened_at, case_id)"
        " SELECT DISTINCT watched.key, situations.source, cases.opened_at, cases.id FROM watched"
        " JOIN cases ON cases.id = watched.case_id JOIN situations ON situations.case_id = cases.id"
    )
    op.create_index(
        "watched_told",
        "watched",
        ["key", "told_at"],
        sqlite_where=_TOLD,
        postgresql_where=_TOLD,
    )
    op.create_index("watched_case", "watched", ["case_id"])


def downgrade() -> None:
    """Slower, and the same: what likenesses were found by stands in `watched` for the older one."""
    op.execute(
        "INSERT INTO watched (key, case_id) SELECT DISTINCT key, case_id FROM likenesses"
        " WHERE NOT EXISTS (SELECT 1 FROM watched WHERE watched.key = likenesses.key"
        " AND watched.case_id = likenesses.case_id)"
    )
    op.drop_index("watched_case", table_name="watched")
    op.drop_index("watched_told", table_name="watched")
    op.drop_table("likenesses")
    op.drop_column("watched", "told_at")
