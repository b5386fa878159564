"""Find what waits for one topic without reading over what waits for another.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the topics."""
    op.create_index("outbox_by_topic", "outbox", ["topic", "id"])


def downgrade() -> None:
    """An index holds nothing of its own."""
    op.drop_index("outbox_by_topic", "outbox")
