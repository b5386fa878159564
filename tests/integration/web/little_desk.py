"""A desk that carries out one command at a time over the real core, store and guard.

It has no lanes, batches or sender; pages do not need them. What it decides and writes is what
production decides and writes.
"""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, replace

import orjson
from sqlalchemy import Connection, insert, select

from engine.case import commands as c
from engine.case import decide, ids
from engine.case.around import Around
from engine.case.state import Case, load_case
from engine.clock import Clock
from engine.intake.accept import Accepted, accept
from engine.intake.scope import EVERY_AUDIENCE, Scope, only
from engine.ports import Reader, Writer
from engine.store import cases, closures, consents, inbox, meta, tables, writing
from engine.vault import Vault
from engine.web.services import Taken
from rules.candidates import World, candidates
from schemas.codes import EventType, Severity
from schemas.responses import Already, Done, Refused, RefusedBecause, Result
from schemas.roster import Roster
from schemas.safeguards import Basis, Consent
from tests.harness.reports import Report

REF_KEY = b"k" * 32
CaseIdOf = Callable[[Connection, c.Command], str]


class LittleDesk:
    """Commands in, facts and rows out, durable before the answer."""

    def __init__(
        self, *, writer: Writer, reader: Reader, clock: Clock, world: World, roster: Roster
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._clock = clock
        self._world = world
        self._roster = roster

    async def urgent(self, command: c.Command) -> Result:
        """No lanes here."""
        return await self.submit(command)

    async def submit(self, command: c.Command) -> Result:
        """Carry one command out, once."""
        return await self._writer.run(lambda conn: self._run(conn, command))

    async def settle(self, state: str = "handed_off") -> int:
        """Tell the core that every message waiting was handed to its next hop, or was not."""
        rows = await self._reader.run(
            lambda conn: conn.execute(
                select(tables.notifications).where(tables.notifications.c.state == "queued")
            ).all()
        )
        for row in rows:
            await self.submit(
                c.Settled(
                    key=row.key,
                    alert=row.alert_id,
                    tell_no=row.tell_no,
                    purpose=row.purpose,
                    contact=row.contact,
                    endpoint=row.endpoint,
                    state=state,  # type: ignore[arg-type]
                )
            )
        return len(rows)

    async def tick(self, case_id: str) -> None:
        """Decide what is due in a case."""
        await self._writer.run(lambda conn: self._decide(conn, case_id, c.Tick()))

    def _run(self, conn: Connection, command: c.Command) -> Result:
        at = self._clock.now()
        given = getattr(command, "inbox", None)
        if given is not None:
            before = inbox.read(conn, [(given.source, given.id)]).get((given.source, given.id))
            if before is not None:
                if before.digest != given.digest:
                    return Refused(reason=RefusedBecause.EQUIVOCATION)
                return Already(previous=before.result)
        if isinstance(command, c.StopOutgoing):
            meta.write(conn, "stopped", "1" if command.on else "0")
            done: Result = Done()
        else:
            case_id = self._case_of(conn, command)
            if case_id is None:
                return Refused(reason=RefusedBecause.UNKNOWN_ALERT)
            try:
                done = self._decide(conn, case_id, command)
            except decide.Refusal as refusal:
                return Refused(reason=refusal.reason, detail=refusal.detail)
        if given is not None and isinstance(done, Done):
            conn.execute(
                inbox.INSERT,
                {
                    "source": given.source,
                    "id": given.id,
                    "digest": given.digest,
                    "at": at,
                    "result": inbox.dump(done),
                },
            )
        return done

    def _decide(self, conn: Connection, case_id: str, command: c.CaseCommand) -> Done:
        at = self._clock.now()
        cases.insert_missing(conn, [case_id], now=at)
        stored = cases.lock(conn, [case_id])[case_id]
        case = load_case(stored.state) if stored.state else Case(id=case_id)
        batch = writing.Batch(heads={case_id: stored.head}, versions={case_id: stored.version})
        given = _consents(command, at=at)
        kept = consents.newest(conn, {*case.subjects, *(each.pseudonym for each in given)})
        newest = {k: v for k, (_, v) in kept.items()}
        newest |= {consent.pseudonym: consent for consent in given}
        known = closures.read(conn, [case.closure_digest] if case.closure_digest else [])
        before = replace(
            case,
            around=Around(
                registry=self._world.registry,
                roster=self._roster,
                consents=tuple(newest[key] for key in sorted(newest)),
                closure=known.get(case.closure_digest, Around().closure),
                ref_key=REF_KEY,
            ),
        )
        after, facts = decide.run(before, command, at)
        batch.decided.append(writing.Decided(before=before, after=after, facts=facts))
        for consent in given:
            n = kept[consent.pseudonym][0] + 1 if consent.pseudonym in kept else 1
            row = {"id": consent.id, "pseudonym": consent.pseudonym, "n": n, "at": at}
            batch.consents.append(row | {"body": consents.dump(consent)})
        if isinstance(command, c.EventArrived):
            report = command.report
            vault_id = f"v{report.event_id}" if report.sealed else None
            if report.sealed and vault_id:
                batch.vault.append(
                    {
                        "id": vault_id,
                        "at": at,
                        "kind": "report",
                        "key_id": report.sealed.key_id,
                        "ciphertext": report.sealed.ciphertext,
                        "digest": "d",
                        "salt": "s",
                    }
                )
            batch.events.append(
                {
                    "id": report.event_id,
                    "case_id": case_id,
                    "source": report.source,
                    "code": report.event.code,
                    "type": report.event.type.value,
                    "at": report.received_at,
                    "body": report.body,
                    "vault_id": vault_id,
                }
            )
        writing.write(conn, batch, at=at, topic="")
        return Done(case=case_id, reference=after.ref)

    def _case_of(self, conn: Connection, command: c.Command) -> str | None:
        if isinstance(command, c.EventArrived):
            report = command.report
            return ids.case_id(report.source, report.event.situation or report.event_id, 0)
        if isinstance(command, c.RaiseIncident):
            return ids.incident_case_id(command.code, command.key, 0)
        if isinstance(command, (c.Respond, c.Settled)):
            found = conn.execute(
                select(tables.alerts.c.case_id).where(tables.alerts.c.id == command.alert)
            ).scalar()
            return None if found is None else str(found)
        return str(command.case)  # type: ignore[union-attr]


class FormDoor:
    """`engine.web.services.Reports`: the production door, then the little desk."""

    def __init__(self, desk: LittleDesk, *, world: World, clock: Clock, vault: Vault) -> None:
        self._desk = desk
        self._world = world
        self._clock = clock
        self._vault = vault

    async def take(self, raw: bytes, *, by: str) -> Taken:
        """Accept an event of the form."""
        return await self.publish(raw, source="form")

    async def publish(self, raw: bytes | Report, *, source: str) -> Taken:
        """Accept an event of any publisher."""
        raw = raw if isinstance(raw, bytes) else raw.bytes()
        scope = Scope(
            source=source,
            types=frozenset(EventType),
            ceiling=Severity.CRITICAL,
            audiences=EVERY_AUDIENCE,
        )
        now = self._clock.now()
        accepted = accept(raw, scopes=only(scope), received_at=now, seal=self._vault.seal)
        if not isinstance(accepted, Accepted):
            return Taken(problems=tuple(map(str, accepted.problems)))
        found = candidates(self._world, accepted.report.event, at=now)
        result = await self._desk.submit(
            c.EventArrived(inbox=accepted.inbox, report=accepted.report, candidates=found)
        )
        done = result.previous if isinstance(result, Already) else result
        return Taken(reference=done.reference if isinstance(done, Done) else "")


def save_registry(conn: Connection, world: World) -> None:
    """Write the parties and contacts of a world where the board reads their names."""
    registry = world.registry
    for table, records in (
        (tables.parties, registry._parties.values()),
        (tables.contacts, registry._contacts.values()),
    ):
        rows = [
            {"id": record.id, "body": orjson.dumps(asdict(record), default=str)}
            for record in records
        ]
        conn.execute(insert(table), rows)


def _consents(command: c.CaseCommand, *, at: object) -> list[Consent]:
    if not isinstance(command, c.EventArrived):
        return []
    report = command.report
    found = []
    for given in report.event.consent:
        named = [s.pseudonym for s in report.event.subjects if s.pseudonym]
        for pseudonym in [given.pseudonym] if given.pseudonym else named:
            who = f"{report.source}/{pseudonym}"
            digest = hashlib.sha256(f"{report.event_id}{who}".encode()).hexdigest()
            found.append(
                Consent(
                    id=digest,
                    pseudonym=who,
                    audiences=given.audiences,
                    mode=given.mode,
                    basis=Basis(given.basis),
                    given_at=report.received_at,
                    fields=given.fields,
                    until=given.until,
                    revoked=given.state == "revoked",
                )
            )
    return found
