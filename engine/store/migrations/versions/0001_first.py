"""Everything the first release stores.

Revision ID: 0001
Revises: none
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # UTC microseconds since 1970
BYTES = sa.LargeBinary()


def _table(name: str, *parts: sa.Column[object] | sa.UniqueConstraint) -> None:
    op.create_table(name, *parts)


def _index(name: str, table: str, columns: list[str], *, where: str | None = None) -> None:
    only = None if where is None else sa.text(where)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def upgrade() -> None:
    """Make all tables, and the journal insert-only."""
    _intake_and_cases()
    _what_is_told_and_owed()
    _registry_and_people()
    _make_insert_only("journal")


def downgrade() -> None:
    """There is nothing before the first version: dropping it would drop every case."""
    raise NotImplementedError("0001 is the first version; restore a backup instead")


def _make_insert_only(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the {table} only grows'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION 'the {table} only grows'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_grows()"
    )


def _intake_and_cases() -> None:
    _table(
        "inbox",
        sa.Column("source", sa.String(160), primary_key=True),
        sa.Column("id", sa.String(160), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("result", BYTES, nullable=False),
        sa.Column("equivocations", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    _table(
        "events",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("source", sa.String(160), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("body", BYTES, nullable=False),
        sa.Column("vault_id", sa.String(64)),
    )
    _index("events_by_case", "events", ["case_id", "at"])
    _table(
        "offsets",
        sa.Column("topic", sa.String(200), primary_key=True),
        sa.Column("part", sa.Integer(), primary_key=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column(
            "starts_at_offset", sa.BigInteger(), nullable=False, server_default=sa.text("-1")
        ),
    )
    _table(
        "quarantine",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("source", sa.String(160), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("ciphertext", BYTES, nullable=False),
        sa.Column("topic", sa.String(200)),
        sa.Column("part", sa.Integer()),
        sa.Column("offset", sa.BigInteger()),
    )
    _table(
        "cases",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("ref", sa.String(16), nullable=False, unique=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("incident", sa.String(64), nullable=False, server_default=""),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False, server_default=""),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("due_at", INSTANT),
        sa.Column("closure_digest", sa.String(64), nullable=False, server_default=""),
        sa.Column("state", BYTES, nullable=False),
    )
    _index("cases_due", "cases", ["severity", "due_at"], where="due_at IS NOT NULL")
    _table(
        "situations",
        sa.Column("source", sa.String(160), primary_key=True),
        sa.Column("situation", sa.String(160), primary_key=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
    )
    _table(
        "case_subjects",
        sa.Column("pseudonym", sa.String(320), primary_key=True),
        sa.Column("case_id", sa.String(40), primary_key=True),
    )
    _table(
        "closures",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("body", BYTES, nullable=False),
    )
    _table(
        "plans",
        sa.Column("case_id", sa.String(40), primary_key=True),
        sa.Column("plan_no", sa.Integer(), primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("world", sa.String(80), nullable=False),
        sa.Column("policy", sa.String(64), nullable=False),
        sa.Column("body", BYTES, nullable=False),
    )
    _table(
        "journal",
        sa.Column("stream", sa.String(40), primary_key=True),
        sa.Column("n", sa.Integer(), primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("v", sa.Integer(), nullable=False),
        sa.Column("body", BYTES, nullable=False),
        sa.Column("prev", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    _table(
        "outbox",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("topic", sa.String(200), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("body", BYTES, nullable=False),
        sa.UniqueConstraint("key", "n"),
    )


def _what_is_told_and_owed() -> None:
    _table(
        "alerts",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("ref", sa.String(16), nullable=False, unique=True),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("track", sa.String(16), nullable=False),
        sa.Column("party", sa.String(128), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("tell_no", sa.Integer(), nullable=False),
        sa.Column("first_told_at", INSTANT),
        sa.Column("answered_at", INSTANT),
        sa.Column("reason", sa.String(40), nullable=False, server_default=""),
        sa.UniqueConstraint("case_id", "track", "party"),
    )
    _table(
        "notifications",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("alert_id", sa.String(40), nullable=False),
        sa.Column("tell_no", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("party", sa.String(128), nullable=False),
        sa.Column("contact", sa.String(128), nullable=False),
        sa.Column("endpoint", sa.String(160), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("tell_rank", sa.Integer(), nullable=False),
        sa.Column("detail", sa.String(64), nullable=False, server_default=""),
        sa.Column("answer_by", INSTANT),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("next_at", INSTANT),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("unknowns", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("instance", sa.String(64), nullable=False, server_default=""),
        sa.Column("provider_id", sa.String(200), nullable=False, server_default=""),
        sa.Column("settled_at", INSTANT),
        sa.Column("reason", sa.String(40), nullable=False, server_default=""),
    )
    _index("notifications_by_alert", "notifications", ["alert_id"])
    _index("notifications_by_case", "notifications", ["case_id"])
    _index(
        "notifications_due",
        "notifications",
        ["channel", "lane", "tell_rank", "next_at", "case_id"],
        where="next_at IS NOT NULL",
    )
    _table(
        "attempts",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("attempt_no", sa.Integer(), primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("instance", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, server_default="sending"),
        sa.Column("reason", sa.String(40), nullable=False, server_default=""),
        sa.Column("settled_at", INSTANT),
    )
    _table(
        "tokens",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("alert_id", sa.String(40), nullable=False),
        sa.Column("contact", sa.String(128), nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("opened", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("agreed_at", INSTANT),
        sa.Column("answered_at", INSTANT),
    )
    _index("tokens_by_alert", "tokens", ["alert_id"])
    _table(
        "tasks",
        sa.Column("id", sa.String(48), primary_key=True),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("alert_id", sa.String(40), nullable=False, server_default=""),
        sa.Column("detail", sa.String(64), nullable=False, server_default=""),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("owner", sa.String(64), nullable=False, server_default=""),
        sa.Column("done_at", INSTANT),
        sa.Column("done_by", sa.String(64), nullable=False, server_default=""),
        sa.Column("result", sa.String(64), nullable=False, server_default=""),
    )
    _index("tasks_by_case", "tasks", ["case_id"])
    _index("tasks_open", "tasks", ["due_at"], where="done_at IS NULL")
    _table(
        "actions",
        sa.Column("id", sa.String(48), primary_key=True),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("alert_id", sa.String(40), nullable=False),
        sa.Column("party", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("by", sa.String(128), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("promised_at", INSTANT),
        sa.Column("due_at", INSTANT),
        sa.Column("done_at", INSTANT),
        sa.Column("effect", sa.String(12), nullable=False, server_default=""),
    )
    _index("actions_by_case", "actions", ["case_id"])
    _table(
        "consents",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("pseudonym", sa.String(320), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("body", BYTES, nullable=False),
        sa.UniqueConstraint("pseudonym", "n"),
    )
    _table(
        "releases",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("body", BYTES, nullable=False),
    )


def _registry_and_people() -> None:
    _table(
        "parties",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("body", BYTES, nullable=False),
    )
    _table(
        "links",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("body", BYTES, nullable=False),
    )
    _table(
        "contacts",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("body", BYTES, nullable=False),
    )
    _table(
        "rosters",
        sa.Column("version", sa.String(64), primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("body", BYTES, nullable=False),
    )
    _table(
        "rulebooks",
        sa.Column("version", sa.String(64), primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
    )
    _table(
        "vault",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("ciphertext", BYTES, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
    )
    _table(
        "people",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("totp", BYTES, nullable=False),
        sa.Column("totp_step", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("failures", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("locked_until", INSTANT),
        sa.Column("disabled", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    _table(
        "sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
    )
    _table(
        "source_keys",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("source", sa.String(160), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("types", sa.String(200), nullable=False),
        sa.Column("severity_ceiling", sa.String(12), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT),
    )
    _table(
        "instances",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("roles", sa.String(80), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("beat_at", INSTANT, nullable=False),
    )
    _table(
        "meta",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("value", sa.String(200), nullable=False),
    )
