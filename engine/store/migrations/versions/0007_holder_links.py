"""Links by which whoever holds a consent sees who was told, and what recipients were shown.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # UTC microseconds since 1970


def upgrade() -> None:
    """Add the tables; the release before does not know them."""
    op.create_table(
        "holder_links",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("pseudonym", sa.String(320), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("opened_at", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    op.create_index("holder_links_by_pseudonym", "holder_links", ["pseudonym"])
    op.create_table(
        "shown",
        sa.Column("alert_id", sa.String(40), primary_key=True),
        sa.Column("contact", sa.String(128), primary_key=True),
        sa.Column("field", sa.String(24), primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
    )


def downgrade() -> None:
    """Take them away: who was told is in the journal, what they were shown is forgotten."""
    op.drop_table("shown")
    op.drop_index("holder_links_by_pseudonym", "holder_links")
    op.drop_table("holder_links")
