"""Find what needs a person, and the newest cases, without reading every case there is.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NOBODYS = sa.text("done_at IS NULL AND owner = ''")
_OPEN = sa.text("done_at IS NULL")
_UNTAKEN = sa.text("status = 'open' AND owner = ''")
_PROMISED = sa.text("state IN ('promised', 'asked') AND due_at IS NOT NULL")


def upgrade() -> None:
    """Indexes only: nothing is rewritten, and the older release does not mind them."""
    _add("tasks_nobodys", "tasks", ["owner", "due_at"], _NOBODYS)
    _add("tasks_critical", "tasks", ["critical", "due_at"], _OPEN)
    _add("cases_untaken", "cases", ["severity", "opened_at"], _UNTAKEN)
    _add("actions_promised", "actions", ["due_at"], _PROMISED)
    op.create_index(
        "cases_listed", "cases", ["severity", sa.text("opened_at DESC"), "id", "status"]
    )


def downgrade() -> None:
    """Slower, and the same."""
    for name, table in (
        ("cases_listed", "cases"),
        ("actions_promised", "actions"),
        ("cases_untaken", "cases"),
        ("tasks_critical", "tasks"),
        ("tasks_nobodys", "tasks"),
    ):
        op.drop_index(name, table_name=table)


def _add(name: str, table: str, columns: list[str], rows: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=rows, postgresql_where=rows)
