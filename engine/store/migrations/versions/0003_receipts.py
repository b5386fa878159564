"""Find a message by the name its provider gave it: delivery receipts often know no other.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the names; most messages, those by mail, have none."""
    named = sa.text("provider_id != ''")
    op.create_index(
        "notifications_by_provider",
        "notifications",
        ["channel", "provider_id"],
        sqlite_where=named,
        postgresql_where=named,
    )


def downgrade() -> None:
    """An index holds nothing of its own."""
    op.drop_index("notifications_by_provider", "notifications")
