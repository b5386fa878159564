"""What is being sent, by whom: looked at every second by whoever takes over from the dead.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME = "notifications_sending"
ONLY = sa.text("state = 'sending'")


def upgrade() -> None:
    """Add the index; the release before does not mind it."""
    op.create_index(NAME, "notifications", ["instance"], sqlite_where=ONLY, postgresql_where=ONLY)


def downgrade() -> None:
    """Take it away."""
    op.drop_index(NAME, "notifications")
