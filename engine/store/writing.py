"""Writing one batch: one executemany per statement, in one order.

What changes stored rows comes before what adds rows, as `engine.store.project` promises.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Executable,
    bindparam,
    insert,
    or_,
    update,
)

from engine.case.state import Case
from engine.ports import Position
from engine.store import (
    alerts,
    case_keys,
    cases,
    closures,
    consents,
    events,
    inbox,
    journal,
    links,
    meta,
    notifications,
    offsets,
    outbox,
    reported,
    tokens,
    vault,
    watched,
)
from engine.store import canaries as stored_canaries
from engine.store.dialect import insert_or_update
from engine.store.project import Decided, Row, Rows, project
from engine.store.tables import actions, plans, releases, tasks
from schemas.facts import dump_fact
from schemas.facts.system import SystemFact
from schemas.set_aside import SET_ASIDE_TOPIC, SetAside


class MovedError(Exception):
    """A case is not at the version it was read at: somebody else wrote it. Nothing is written."""


INSERT_PLAN = insert(plans)
INSERT_RELEASE = insert(releases)
INSERT_TASK = insert(tasks)
OWN_TASK = (
    update(tasks)
    .where(tasks.c.id == bindparam("of_id"), tasks.c.done_at.is_(None))
    .values(owner=bindparam("to_owner"))
)
FINISH_TASK = (
    update(tasks)
    .where(tasks.c.id == bindparam("of_id"), tasks.c.done_at.is_(None))
    .values(done_at=bindparam("done_at"), done_by=bindparam("done_by"), result=bindparam("result"))
)
MOVE_PROMISE = (
    update(actions).where(actions.c.id == bindparam("of_id")).values(due_at=bindparam("to_due"))
)
INSERT_ACTION = insert(actions)
ACT = insert_or_update(actions, keys=("id",), changes={"state": ..., "done_at": ..., "effect": ...})
MOVE_ACTION = (
    update(actions)
    .where(
        actions.c.id == bindparam("of_id"),
        or_(actions.c.state == "promised", actions.c.state == "asked"),
    )
    .values(state=bindparam("to_state"))
)


@dataclass(slots=True, kw_only=True)
class Batch:
    """Everything one transaction writes; rows are named by the statement that takes them."""

    decided: list[Decided] = field(default_factory=list)
    heads: dict[str, str] = field(default_factory=dict)
    """Newest journal hash of each case, as read."""
    versions: dict[str, int] = field(default_factory=dict)
    """Version of each case, as read."""
    unborn: list[str] = field(default_factory=list)
    """Rows that were made to be locked and became no case."""
    postponed: list[Row] = field(default_factory=list)
    situations: dict[tuple[str, str], Row] = field(default_factory=dict)
    positions: list[Position] = field(default_factory=list)
    places: Mapping[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """(next offset, epoch) of the partitions, as locked."""
    inbox: list[Row] = field(default_factory=list)
    equivocations: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    vault: list[Row] = field(default_factory=list)
    quarantine: list[Row] = field(default_factory=list)
    subjects: list[Row] = field(default_factory=list)
    watched: list[Row] = field(default_factory=list)
    likenesses: list[Row] = field(default_factory=list)
    consents: list[Row] = field(default_factory=list)
    system: list[SystemFact] = field(default_factory=list)
    switches: dict[str, str] = field(default_factory=dict)
    """Values of `meta`."""
    claims: list[Row] = field(default_factory=list)
    attempts: list[Row] = field(default_factory=list)
    tokens: list[Row] = field(default_factory=list)
    settled_attempts: list[Row] = field(default_factory=list)
    retries: list[Row] = field(default_factory=list)
    delays: list[Row] = field(default_factory=list)
    """Notifications whose claim failed; they come again a little later."""
    providers: list[Row] = field(default_factory=list)
    ended_notices: list[Row] = field(default_factory=list)
    """Ends of messages that no fact tells, because deciding on them failed."""
    canaries: list[Row] = field(default_factory=list)
    moved_canaries: list[Row] = field(default_factory=list)
    reported_notices: list[Row] = field(default_factory=list)
    """The same of messages that a provider reports on."""


def write(conn: Connection, batch: Batch, *, at: datetime, topic: str) -> None:
    """Write the batch. `topic` empty: facts are not published, and the outbox stays empty.

    Raises MovedError, and IntegrityError where a key comes twice.
    """
    rows = project(batch.decided, at=at)
    leaves, ended = _chain(batch, at)
    many = _Many(conn)
    if batch.positions:
        offsets.advance(conn, batch.positions, locked=batch.places)
    moved = many(cases.UPDATE, ended)
    if moved != len(ended):
        raise MovedError(f"{len(ended) - moved} of {len(ended)} cases moved while being decided")
    many(cases.DELETE_NEW, [{"of_id": id} for id in batch.unborn])
    many(cases.POSTPONE, batch.postponed)
    many(cases.SAVE_SITUATION, list(batch.situations.values()))
    many(inbox.INSERT, batch.inbox)
    many(inbox.EQUIVOCATED, batch.equivocations)
    many(vault.INSERT, batch.vault)
    many(vault.INSERT_QUARANTINE, batch.quarantine)
    many(events.INSERT, batch.events)
    _about(many, batch, rows)
    _vault(many, rows)
    many(consents.INSERT, batch.consents)
    many(closures.INSERT, list(rows.closures.values()))
    many(INSERT_PLAN, rows.plans)
    many(INSERT_RELEASE, rows.releases)
    many(alerts.SAVE, list(rows.alerts.values()))
    many(notifications.CLAIM, batch.claims)
    many(notifications.INSERT_ATTEMPT, batch.attempts)
    many(notifications.SETTLE_ATTEMPT, batch.settled_attempts)
    many(notifications.RETRY, batch.retries)
    many(notifications.POSTPONE, batch.delays)
    many(notifications.NAME_PROVIDER, batch.providers)
    many(notifications.SETTLE, rows.settle_notices + batch.ended_notices)
    many(reported.REPORT, rows.reported_notices + batch.reported_notices)
    many(notifications.CANCEL, rows.cancel_notices)
    many(notifications.INSERT, list(rows.notices.values()))
    many(tokens.ISSUE, batch.tokens)
    _tasks(many, rows)
    _actions(many, rows)
    many(journal.INSERT, leaves)
    if topic:
        many(outbox.INSERT, [_published(leaf, topic) for leaf in leaves])
        many(outbox.INSERT_UNLESS_WAITING, [_put_aside(row) for row in batch.quarantine])
    if batch.canaries:
        conn.execute(stored_canaries.FORGET, {"before": at - stored_canaries.FORGOTTEN_AFTER})
        many(stored_canaries.INSERT, batch.canaries)
    many(stored_canaries.MOVE, batch.moved_canaries)
    for key, value in sorted(batch.switches.items()):
        meta.write(conn, key, value)
    for fact in batch.system:
        journal.note(conn, fact, at)


def _about(many: "_Many", batch: Batch, rows: Rows) -> None:
    """Whose consent a case concerns, which are linked with it, and what it is found by."""
    many(links.DELETE, rows.unlinked)
    many(cases.INSERT_SUBJECT, batch.subjects + rows.linked)
    many(watched.INSERT, batch.watched)
    many(watched.INSERT_LIKENESS, batch.likenesses)
    many(watched.TELL, _told(batch.decided))


def _told(decided: Iterable[Decided]) -> list[Row]:
    """The cases that told somebody outward, and when they last did."""
    told = {
        each.after.id: each.after.last_outward_at
        for each in decided
        if each.after.last_outward_at != each.before.last_outward_at
    }
    return [{"of_id": id, "last_told_at": at} for id, at in sorted(told.items())]


def _vault(many: "_Many", rows: Rows) -> None:
    """Whose the notes are that facts name; then what is erased, with its key."""
    many(vault.OF_CASE, rows.notes)
    many(case_keys.EMPTY, rows.erased)
    many(case_keys.DESTROY, rows.erased)


def _actions(many: "_Many", rows: Rows) -> None:
    """What was promised and done; and pages stay open for whoever is to say so."""
    many(MOVE_PROMISE, rows.move_promises)
    many(MOVE_ACTION, rows.move_actions)
    many(INSERT_ACTION, list(rows.actions.values()))
    many(ACT, list(rows.act.values()))
    many(tokens.LAST_LONGER, rows.kept_open)


def _tasks(many: "_Many", rows: Rows) -> None:
    many(OWN_TASK, rows.own_tasks)
    many(FINISH_TASK, rows.finish_tasks)
    many(INSERT_TASK, list(rows.tasks.values()))


class _Many:
    """Runs a statement over rows; says how many rows it changed."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def __call__(self, statement: Executable, rows: Sequence[Row]) -> int:
        if not rows:
            return 0
        return int(self._conn.execute(statement, list(rows)).rowcount)


def _chain(batch: Batch, at: datetime) -> tuple[list[Row], list[Row]]:
    """The leaves of all facts, and the rows of the cases they lead to."""
    leaves: list[Row] = []
    heads = dict(batch.heads)
    ended: dict[str, Case] = {}
    for each in batch.decided:
        stream = each.after.id
        for n, fact in enumerate(each.facts, start=each.before.version + 1):
            leaf = journal.leaf(
                stream=stream,
                n=n,
                at=at,
                kind=fact.kind,
                v=fact.v,
                body=dump_fact(fact),
                prev=heads.get(stream, journal.FIRST),
            )
            heads[stream] = leaf["hash"]
            leaves.append(leaf)
        if each.facts:
            ended[stream] = each.after
    rows = [
        cases.row_of(case, was=batch.versions[id], head=heads[id])
        for id, case in sorted(ended.items())
    ]
    return leaves, rows


def _published(leaf: Row, topic: str) -> dict[str, Any]:
    return {"topic": topic, "key": leaf["stream"], "n": leaf["n"], "body": leaf["body"]}


def _put_aside(row: Row) -> dict[str, Any]:
    """That something lies in quarantine; the bytes stay there."""
    told = SetAside(
        id=row["id"],
        at=row["at"],
        source=row["source"],
        reason=row["reason"],
        digest=row["digest"],
        topic=row["topic"],
        partition=row["part"],
        offset=row["offset"],
    )
    body = told.model_dump_json().encode("utf-8")
    return {"topic": SET_ASIDE_TOPIC, "key": row["id"], "n": 1, "body": body}
