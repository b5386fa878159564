"""Keep every version of what the registry says, and which import brought it.

Revision ID: 0006
Revises: 0005
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # UTC microseconds since 1970
BEFORE = {
    "party_versions": "parties",
    "link_versions": "links",
    "contact_versions": "contacts",
}
"""Tables of versions, and those that knew the newest state alone."""
FILES = "files"
"""The source of what was imported as a whole registry."""


def upgrade() -> None:
    """What is stored becomes the first version of each record, in force as before."""
    op.create_table(
        "imports",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("n", sa.Integer(), nullable=True, unique=True),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(160), nullable=False),
        sa.Column("file", sa.String(400), nullable=False, server_default=""),
        sa.Column("sha256", sa.String(64), nullable=False, server_default=""),
        sa.Column("as_of", sa.String(10), nullable=False, server_default=""),
        sa.Column("by", sa.String(128), nullable=False),
        sa.Column("started", INSTANT, nullable=False),
        sa.Column("finished", INSTANT, nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
    )
    for name in BEFORE:
        op.create_table(
            name,
            sa.Column("id", sa.String(128), primary_key=True),
            sa.Column("n", sa.Integer(), primary_key=True),
            sa.Column("import_id", sa.String(64), primary_key=True),
            sa.Column("source", sa.String(160), nullable=False),
            sa.Column("line", sa.Integer(), nullable=False),
            sa.Column("body", sa.LargeBinary(), nullable=False),
        )
        op.create_index(f"{name}_by_import", name, ["import_id"])
    op.create_table(
        "refutations",
        sa.Column("link", sa.String(128), primary_key=True),
        sa.Column("n", sa.Integer(), primary_key=True),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    _keep()
    for old in BEFORE.values():
        op.drop_table(old)


def downgrade() -> None:
    """The newest state of each record; what an earlier version said goes on excluding.

    When which version came, and who is to confirm what, is lost.
    """
    for old in BEFORE.values():
        op.create_table(
            old,
            sa.Column("id", sa.String(128), primary_key=True),
            sa.Column("body", sa.LargeBinary(), nullable=False),
        )
    for name, old in BEFORE.items():
        _go_back(name, old)
    for name in ("refutations", *BEFORE, "imports"):
        op.drop_table(name)


def _keep() -> None:
    conn = op.get_bind()
    size = sum(
        conn.execute(sa.select(sa.func.count()).select_from(sa.table(old))).scalar_one()
        for old in BEFORE.values()
    )
    if not size:
        return
    named = conn.execute(sa.text("SELECT value FROM meta WHERE key = 'registry_version'")).scalar()
    at = conn.execute(
        sa.text("SELECT max(at) FROM journal WHERE stream = 'system' AND kind = 'world_activated'")
    ).scalar()
    first = named or "first"
    conn.execute(
        sa.text(
            'INSERT INTO imports (id, n, base, source, "by", started, finished, size, written,'
            " counts) VALUES (:id, 1, 0, :source, :source, :at, :at, :size, :size, '{}')"
        ),
        {"id": first, "source": FILES, "at": at or 0, "size": size},
    )
    for name, old in BEFORE.items():
        names = ("id", "n", "import_id", "source", "line", "body")
        fields: list[sa.ColumnClause[Any]] = [sa.column(each) for each in names]
        given = (sa.literal(each) for each in (1, first, FILES, 0))
        values: list[sa.ColumnElement[Any]] = [sa.column("id"), *given, sa.column("body")]
        kept = sa.select(*values).select_from(sa.table(old))
        conn.execute(sa.insert(sa.table(name, *fields)).from_select(fields, kept))


def _go_back(name: str, old: str) -> None:
    conn = op.get_bind()
    v = sa.table(name, *(sa.column(field) for field in ("id", "n", "import_id", "body")))
    i = sa.table("imports", sa.column("id"), sa.column("n"))
    rows = conn.execute(
        sa.select(v.c.id, v.c.n, v.c.body)
        .join_from(v, i, i.c.id == v.c.import_id)
        .where(i.c.n.is_not(None))
        .order_by(v.c.id, v.c.n)
    ).all()
    newest = {row.id: row for row in rows}
    kept = {row.id: bytes(row.body) for row in newest.values() if row.body}
    if old == "links":
        for row in rows:
            body = json.loads(bytes(row.body))
            id = f"{row.id}~{row.n}"
            if row.n < newest[row.id].n and _claims(body) != _claims(json.loads(kept[row.id])):
                kept[id] = json.dumps({**body, "id": id, "status": "lapsed"}).encode()
    if kept:
        insert = sa.insert(sa.table(old, sa.column("id"), sa.column("body")))
        conn.execute(insert, [{"id": id, "body": body} for id, body in sorted(kept.items())])


def _claims(link: dict[str, Any]) -> tuple[Any, ...]:
    """What a link excludes by; its share decides whether it is control."""
    return tuple(link.get(part) for part in ("kind", "a", "b", "share"))
