"""All tables. Times are stored as UTC microseconds since 1970 (`Instant`), bodies as exact bytes.

Nothing here is of the sealed class except `vault.ciphertext` and `quarantine.ciphertext`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from engine.store.instant import Instant
from engine.store.metadata import metadata as metadata
from engine.store.metadata import only
from engine.store.tables_holder import holder_links as holder_links
from engine.store.tables_holder import shown as shown
from engine.store.tables_registry import contact_versions as contact_versions
from engine.store.tables_registry import imports as imports
from engine.store.tables_registry import link_versions as link_versions
from engine.store.tables_registry import party_versions as party_versions
from engine.store.tables_registry import refutations as refutations
from engine.store.tables_registry import rosters as rosters
from engine.store.tables_registry import rulebooks as rulebooks
from engine.store.tables_running import canaries as canaries
from engine.store.tables_running import instances as instances
from engine.store.tables_running import meta as meta
from engine.store.tables_running import source_keys as source_keys
from engine.store.tables_watched import likenesses as likenesses
from engine.store.tables_watched import watched as watched

inbox = Table(
    "inbox",
    metadata,
    Column("source", String(160), primary_key=True),
    Column("id", String(160), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("result", LargeBinary, nullable=False),  # JSON of Done or Refused
    Column("equivocations", Integer, nullable=False, server_default=text("0")),
)

events = Table(
    "events",
    metadata,
    Column("id", String(64), primary_key=True),  # hash(source, id)
    Column("case_id", String(40), nullable=False),
    Column("source", String(160), nullable=False),
    Column("code", String(64), nullable=False),
    Column("type", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),  # exact bytes of the event, unsealed classes
    Column("vault_id", String(64), nullable=True),
)
Index("events_by_case", events.c.case_id, events.c.at)

offsets = Table(
    "offsets",
    metadata,
    Column("topic", String(200), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("owner", String(64), nullable=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("starts", Integer, nullable=False, server_default=text("0")),
    Column("starts_at_offset", BigInteger, nullable=False, server_default=text("-1")),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("source", String(160), nullable=False),
    Column("reason", String(400), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("key_id", String(64), nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    Column("topic", String(200), nullable=True),
    Column("part", Integer, nullable=True),
    Column("offset", BigInteger, nullable=True),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("ref", String(16), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("incident", String(64), nullable=False, server_default=""),
    Column("status", String(10), nullable=False),
    Column("severity", Integer, nullable=False),  # Severity.rank, 0 the gravest
    Column("exercise", Boolean, nullable=False),
    Column("owner", String(64), nullable=False, server_default=""),
    Column("opened_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),  # facts so far; the journal's n
    Column("head", String(64), nullable=False),  # hash of the newest journal leaf
    Column("due_at", Instant, nullable=True),
    Column("closure_digest", String(64), nullable=False, server_default=""),
    Column("outward_at", Instant, nullable=True),  # when it last told somebody outward
    Column("state", LargeBinary, nullable=False),  # engine.case.state.dump_case
)
Index("cases_due", cases.c.severity, cases.c.due_at, **only(cases.c.due_at.is_not(None)))
Index(
    "cases_untaken",
    cases.c.severity,
    cases.c.opened_at,
    **only(text("status = 'open' AND owner = ''")),
)
Index("cases_listed", cases.c.severity, cases.c.opened_at.desc(), cases.c.id, cases.c.status)

situations = Table(  # (source, situation) -> newest generation
    "situations",
    metadata,
    Column("source", String(160), primary_key=True),
    Column("situation", String(160), primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("case_id", String(40), nullable=False),
)

case_subjects = Table(  # which cases a subject's consent concerns
    "case_subjects",
    metadata,
    Column("pseudonym", String(320), primary_key=True),
    Column("case_id", String(40), primary_key=True),
)

closures = Table(  # content-addressed exclusion closures
    "closures",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

plans = Table(
    "plans",
    metadata,
    Column("case_id", String(40), primary_key=True),
    Column("plan_no", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("world", String(80), nullable=False),
    Column("policy", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),  # the Planned fact
)

journal = Table(
    "journal",
    metadata,
    Column("stream", String(40), primary_key=True),  # case id, or "system"
    Column("n", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("v", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

outbox = Table(  # rows are deleted after the broker's answer; never a cursor over a sequence
    "outbox",
    metadata,
    Column(
        "id",
        BigInteger().with_variant(Integer, "sqlite"),  # only so does SQLite number rows by itself
        primary_key=True,
        autoincrement=True,
    ),
    Column("topic", String(200), nullable=False),
    Column("key", String(40), nullable=False),  # case id: order is kept per key
    Column("n", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("key", "n"),
)
Index("outbox_by_topic", outbox.c.topic, outbox.c.id)

alerts = Table(
    "alerts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("ref", String(16), nullable=False, unique=True),
    Column("case_id", String(40), nullable=False),
    Column("track", String(16), nullable=False),
    Column("party", String(128), nullable=False),
    Column("status", String(16), nullable=False),
    Column("tell_no", Integer, nullable=False),
    Column("first_told_at", Instant, nullable=True),
    Column("answered_at", Instant, nullable=True),
    Column("reason", String(40), nullable=False, server_default=""),
    UniqueConstraint("case_id", "track", "party"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("case_id", String(40), nullable=False),
    Column("alert_id", String(40), nullable=False),
    Column("tell_no", Integer, nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("party", String(128), nullable=False),
    Column("contact", String(128), nullable=False),
    Column("endpoint", String(160), nullable=False),  # channel:endpoint id
    Column("channel", String(32), nullable=False),
    Column("lane", Integer, nullable=False),  # 0 duty grave, 1 duty rest, 2 outward grave, 3 rest
    Column("tell_rank", Integer, nullable=False),  # 0 first tell of its case, else 1
    Column("detail", String(64), nullable=False, server_default=""),
    Column("answer_by", Instant, nullable=True),
    Column("decided_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    # queued sending handed_off delivered failed_temporary failed_permanent unknown
    # superseded cancelled: they only move forward
    Column("next_at", Instant, nullable=True),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("unknowns", Integer, nullable=False, server_default=text("0")),
    Column("instance", String(64), nullable=False, server_default=""),
    Column("provider_id", String(200), nullable=False, server_default=""),
    Column("settled_at", Instant, nullable=True),
    Column("reason", String(40), nullable=False, server_default=""),
)
Index(  # claimed per channel, since each has its own free slots
    "notifications_due",
    notifications.c.channel,
    notifications.c.lane,
    notifications.c.tell_rank,
    notifications.c.next_at,
    notifications.c.case_id,
    **only(notifications.c.next_at.is_not(None)),
)
_sending = only(notifications.c.state == "sending")
Index("notifications_sending", notifications.c.instance, **_sending)
Index("notifications_by_alert", notifications.c.alert_id)
Index("notifications_by_case", notifications.c.case_id)
Index(  # for delivery receipts that name nothing else
    "notifications_by_provider",
    notifications.c.channel,
    notifications.c.provider_id,
    sqlite_where=notifications.c.provider_id != "",
    postgresql_where=notifications.c.provider_id != "",
)

attempts = Table(
    "attempts",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("attempt_no", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("instance", String(64), nullable=False),
    Column("state", String(16), nullable=False, server_default="sending"),
    Column("reason", String(40), nullable=False, server_default=""),
    Column("settled_at", Instant, nullable=True),
)

tokens = Table(  # answer pages: one token per (alert, contact); codes are derived, never stored
    "tokens",
    metadata,
    Column("digest", String(64), primary_key=True),  # sha256 of the token in the link
    Column("alert_id", String(40), nullable=False),
    Column("contact", String(128), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("opened", Integer, nullable=False, server_default=text("0")),
    Column("agreed_at", Instant, nullable=True),
    Column("answered_at", Instant, nullable=True),
)
Index("tokens_by_alert", tokens.c.alert_id)

tasks = Table(
    "tasks",
    metadata,
    Column("id", String(48), primary_key=True),
    Column("case_id", String(40), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("alert_id", String(40), nullable=False, server_default=""),
    Column("detail", String(64), nullable=False, server_default=""),
    Column("critical", Boolean, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("owner", String(64), nullable=False, server_default=""),
    Column("done_at", Instant, nullable=True),
    Column("done_by", String(64), nullable=False, server_default=""),
    Column("result", String(64), nullable=False, server_default=""),
)
Index("tasks_by_case", tasks.c.case_id)
Index("tasks_open", tasks.c.due_at, **only(tasks.c.done_at.is_(None)))
_nobodys = only(text("done_at IS NULL AND owner = ''"))  # written out: only so is it used
Index("tasks_nobodys", tasks.c.owner, tasks.c.due_at, **_nobodys)
Index("tasks_critical", tasks.c.critical, tasks.c.due_at, **only(tasks.c.done_at.is_(None)))

actions = Table(  # the ledger
    "actions",
    metadata,
    Column("id", String(48), primary_key=True),
    Column("case_id", String(40), nullable=False),
    Column("alert_id", String(40), nullable=False),
    Column("party", String(128), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("by", String(128), nullable=False),
    Column("state", String(12), nullable=False),  # promised asked done missed withdrawn
    Column("promised_at", Instant, nullable=True),
    Column("due_at", Instant, nullable=True),
    Column("done_at", Instant, nullable=True),
    Column("effect", String(12), nullable=False, server_default=""),
)
Index("actions_by_case", actions.c.case_id)
Index(
    "actions_promised",
    actions.c.due_at,
    **only(text("state IN ('promised', 'asked') AND due_at IS NOT NULL")),
)

consents = Table(
    "consents",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("pseudonym", String(320), nullable=False),
    Column("n", Integer, nullable=False),  # the newest n of a pseudonym counts
    Column("at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("pseudonym", "n"),
)

releases = Table(  # release records: codes only
    "releases",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("case_id", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

vault = Table(
    "vault",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(24), nullable=False),  # report, note, wording of an answer
    Column("case_id", String(40), nullable=True),  # unknown until a fact names the row
    Column("key_id", String(64), nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    Column("digest", String(64), nullable=False),  # salted
    Column("salt", String(64), nullable=False),
)
Index("vault_by_case", vault.c.case_id)
Index("vault_by_key", vault.c.key_id)

case_keys = Table(  # an erased case has no row: what lay under its key is noise from then on
    "case_keys",
    metadata,
    Column("case_id", String(40), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),  # under a key of the deployment
    Column("made_at", Instant, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", String(64), primary_key=True),  # person:ana
    Column("label", String(80), nullable=False),
    Column("role", String(12), nullable=False),  # handler second reader
    Column("password", String(200), nullable=False),  # Argon2id
    Column("totp", LargeBinary, nullable=False),  # sealed with the deployment key
    Column("totp_step", BigInteger, nullable=False, server_default=text("0")),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("locked_until", Instant, nullable=True),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),  # sha256 of the cookie
    Column("person", String(64), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
)
