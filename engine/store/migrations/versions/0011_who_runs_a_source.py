"""Know which party runs a publisher: what it says of consent opens nothing once that is excluded.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keys made before name nobody, which changes nothing for them."""
    op.add_column(
        "source_keys", sa.Column("party", sa.String(160), nullable=False, server_default="")
    )


def downgrade() -> None:
    """The older release counts every publisher as nobody's."""
    op.drop_column("source_keys", "party")
