"""Canaries on their way, beside everything that is about somebody.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # UTC microseconds since 1970


def upgrade() -> None:
    """Add the table; the release before does not know it."""
    op.create_table(
        "canaries",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("way", sa.String(32), nullable=False),
        sa.Column("arrived_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("key", sa.String(64), nullable=False, server_default=""),
        sa.Column("tried_at", INSTANT, nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    """Take it away: nothing in it is about anybody."""
    op.drop_table("canaries")
