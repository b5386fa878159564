"""Keep what is sealed under a key of its own case, so that one case can be erased.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # UTC microseconds since 1970
PREFIX = "case:"
_vault = sa.table(
    "vault", sa.column("id"), sa.column("kind"), sa.column("key_id"), sa.column("case_id")
)
_events = sa.table("events", sa.column("vault_id"), sa.column("case_id"))


def upgrade() -> None:
    """Say whose each row is, as far as its event or its key tells; facts name the others."""
    if "case_keys" not in sa.inspect(op.get_bind()).get_table_names():
        op.create_table(
            "case_keys",
            sa.Column("case_id", sa.String(40), primary_key=True),
            sa.Column("wrapped", sa.LargeBinary(), nullable=False),
            sa.Column("made_at", INSTANT, nullable=False),
        )
    op.add_column("vault", sa.Column("case_id", sa.String(40), nullable=True))
    whose = (
        sa.select(_events.c.case_id)
        .where(_events.c.vault_id == _vault.c.id)
        .limit(1)
        .scalar_subquery()
    )
    op.execute(sa.update(_vault).where(_vault.c.kind == "report").values(case_id=whose))
    moved = _vault.c.key_id.like(f"{PREFIX}%")
    op.execute(
        sa.update(_vault)
        .where(moved)
        .values(case_id=sa.func.substr(_vault.c.key_id, len(PREFIX) + 1))
    )
    op.create_index("vault_by_case", "vault", ["case_id"])
    op.create_index("vault_by_key", "vault", ["key_id"])


def downgrade() -> None:
    """The keys stay, so that nothing is lost; the older release opens only what has none."""
    op.drop_index("vault_by_key", "vault")
    op.drop_index("vault_by_case", "vault")
    op.drop_column("vault", "case_id")
