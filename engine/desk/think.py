"""Thinking: each unit decides on copies. No SQL here, and nothing a unit does touches another.

A unit that raises, is refused or is fenced loses only its own copies.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from engine.case import commands as c
from engine.case.decide import Refusal, run
from engine.case.due import due_at
from engine.case.state import Case, CaseStatus
from engine.desk import canary as canaries
from engine.desk import (
    consenting,
    faults,
    giving,
    inner,
    linked,
    nearby,
    reporting,
    sends,
    settling,
    stopping,
)
from engine.desk.gather import incident_of, judged_now, situation_of
from engine.desk.lanes import CommandFailed, Fenced, Unit
from engine.desk.setting import Setting
from engine.desk.sheet import Sheet, Unread
from engine.desk.traces import where
from engine.store import inbox, offsets, vault
from rules.candidates import fallback
from schemas.codes import IncidentCode
from schemas.facts import Fact
from schemas.facts.system import (
    Equivocated,
    Quarantined,
)
from schemas.responses import Already, Done, Refused, RefusedBecause, Result

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a unit: answers, an exception, or neither: it has to run again."""

    answers: tuple[Any, ...] = ()
    error: Exception | None = None
    again: bool = False


def think(unit: Unit, sheet: Sheet, setting: Setting) -> Outcome:
    """Carry out a unit on a fork of the sheet, and join the fork if all of it went well."""
    if unit.position is not None and offsets.fenced(unit.position, sheet.batch.places):
        return Outcome(error=Fenced("another process owns this partition now"))
    fork = sheet.fork()
    try:
        answers = tuple(_carry_out(command, unit, fork, setting) for command in unit.commands)
    except Refusal as refusal:
        fork = sheet.fork()
        refused = Refused(reason=refusal.reason, detail=refusal.detail)
        answers = tuple(refused for _ in unit.commands)
    except Unread:
        return Outcome(again=True)
    except Exception as error:  # whatever it is: the others of this batch go on, and duty is told
        name = type(error).__name__
        _log.error("command_failed", error=name, commands=_names(unit.commands), where=where(error))
        sheet.follow_ups.append(c.RaiseIncident(code=IncidentCode.COMMAND_FAILED, key=name))
        failed = CommandFailed(f"{name} while deciding; nothing of it was written, duty is told")
        failed.__cause__ = error
        return Outcome(error=failed)
    if unit.position is not None:
        fork.batch.positions.append(unit.position)
        for row in fork.batch.quarantine:
            row.update(
                topic=unit.position.topic,
                part=unit.position.partition,
                offset=unit.position.offset,
            )
    sheet.join(fork)
    return Outcome(answers=answers)


def follow_up(command: c.RaiseIncident, sheet: Sheet, setting: Setting) -> None:
    """Raise an incident of the desk's own; one that cannot be raised is logged and left."""
    fork = sheet.fork()
    try:
        _incident(command, fork, setting)
    except Unread:  # the incident was closed while we looked: all of it once more
        raise
    except Exception as error:  # the work that led to it is sound and must be stored
        _log.error(
            "incident_failed", code=command.code, error=type(error).__name__, where=where(error)
        )
        return
    sheet.join(fork)


def _carry_out(command: Any, unit: Unit, fork: Sheet, setting: Setting) -> Any:
    identity: c.Inbox | None = getattr(command, "inbox", None)
    handler: _Handler = _HANDLERS.get(type(command), _on_case)
    if identity is None:
        return handler(command, fork, setting)
    before = fork.inbox.get((identity.source, identity.id))
    if before is not None:
        if before.digest == identity.digest:
            return Already(previous=before.result)
        return _equivocated(identity, fork)
    done = handler(command, fork, setting)
    if isinstance(done, Done):
        fork.inbox[(identity.source, identity.id)] = inbox.Entry(
            digest=identity.digest, result=done
        )
        fork.batch.inbox.append(
            {
                "source": identity.source,
                "id": identity.id,
                "digest": identity.digest,
                "at": setting.now,
                "result": inbox.dump(done),
                "equivocations": 0,
            }
        )
    return done


def _equivocated(identity: c.Inbox, fork: Sheet) -> Refused:
    """The first stays; that somebody says two things under one id is recorded, and paged."""
    fork.batch.equivocations.append({"of_source": identity.source, "of_id": identity.id})
    fork.batch.system.append(Equivocated(id=giving.event_row(identity), digest=identity.digest))
    fork.follow_ups.append(
        c.RaiseIncident(code=IncidentCode.EQUIVOCATION, key=identity.source, severe=False)
    )
    return Refused(
        reason=RefusedBecause.EQUIVOCATION,
        detail="This id came before with other content, which stays. Use a new id.",
    )


def _event(command: c.EventArrived, fork: Sheet, setting: Setting) -> Result:
    key = situation_of(command)
    generation, case_id = fork.situations[key]
    case = fork.case(case_id)
    if case.status is CaseStatus.CLOSED:  # by this very batch: the next one finds the generation
        raise Unread(case_id)
    given = giving.store_consents(command, case, fork, setting)
    also = giving.subjects_of_report(command)
    case = nearby.informed(setting.informed(fork, case, also=also), command.report.event_id, fork)
    try:
        after, decided = run(case, command, setting.now)
    except Refusal:
        raise
    except Exception as error:  # the built-in duty plan needs no rule, no registry and no luck
        _log.error("planning_failed", error=type(error).__name__, where=where(error))
        plain = replace(fallback(command.candidates.severity), closure=command.candidates.closure)
        after, decided = run(case, replace(command, candidates=plain), setting.now)
    fork.decide(case, after, decided)
    if case.status is CaseStatus.NEW:
        fork.batch.situations[key] = {
            "source": key[0],
            "situation": key[1],
            "generation": generation,
            "case_id": case_id,
        }
    giving.store_event(command, case_id, fork, setting)
    nearby.watch(after, command.report.event_id, command.report.source, fork)
    nearby.freeze_touched(case_id, command.report.event_id, decided, fork, setting)
    linked.spread(case, after, fork, setting)
    for changed in given:
        # Its own case was planned with it already; but people have to agree to what is wider.
        planned = "" if changed.consent.wider is not None else case_id
        consenting.everywhere(changed, fork, setting, but=planned)
    return Done(case=case_id, reference=after.ref)


def _incident(command: c.RaiseIncident, fork: Sheet, setting: Setting) -> Result:
    key = incident_of(command)
    generation, case_id = fork.situations[key]
    case = fork.case(case_id)
    if case.status is CaseStatus.CLOSED:
        raise Unread(case_id)
    case = setting.informed(fork, case)
    after, decided = run(case, command, setting.now)
    fork.decide(case, after, decided)
    if case.status is CaseStatus.NEW:
        fork.batch.situations[key] = {
            "source": key[0],
            "situation": key[1],
            "generation": generation,
            "case_id": case_id,
        }
    return Done(case=case_id, reference=after.ref)


def _respond(command: c.Respond, fork: Sheet, setting: Setting) -> Result:
    case_id = fork.alerts.get(command.alert)
    if case_id is None:
        raise Refusal(RefusedBecause.UNKNOWN_ALERT)
    after = _run(case_id, command, fork, setting)
    alert = after.alert(command.alert)
    return Done(case=case_id, reference="" if alert is None else alert.ref)


def _on_case(command: Any, fork: Sheet, setting: Setting) -> Result:
    case_id: str = command.case
    if case_id in fork.broken:
        raise CommandFailed("the stored state of this case cannot be read; duty is told")
    if case_id not in fork.cases:
        raise Refusal(RefusedBecause.UNKNOWN_CASE)
    after = _run(case_id, command, fork, setting)
    return Done(case=case_id, reference=after.ref)


def _run(case_id: str, command: Any, fork: Sheet, setting: Setting) -> Case:
    case = fork.case(case_id)
    if judged_now(command) and case.status is not CaseStatus.NEW:
        case = setting.over_now(fork, case)
    else:
        case = setting.informed(fork, case)
    after: Case
    decided: Sequence[Fact]
    after, decided = run(case, command, setting.now)
    fork.decide(case, after, decided)
    linked.spread(case, after, fork, setting)
    return after


def _quarantine(command: c.Quarantine, fork: Sheet, setting: Setting) -> Result:
    id = giving.quarantine_id(command)
    row = vault.row(command.sealed, id=id, kind="quarantine", salt="", at=setting.now)
    fork.batch.quarantine.append(
        {
            "id": id,
            "at": setting.now,
            "source": command.source[:160],
            "reason": command.reason[:400],
            "digest": command.digest,
            "key_id": row["key_id"],
            "ciphertext": row["ciphertext"],
            "topic": command.topic,
            "part": command.partition,
            "offset": command.offset,
        }
    )
    fork.batch.system.append(Quarantined(id=id, digest=command.digest))
    if command.reason != "equivocation":  # that has an incident of its own: one matter, one page
        fork.follow_ups.append(
            c.RaiseIncident(code=IncidentCode.QUARANTINE, key=command.source[:128])
        )
    return Done(reference=id)


def _claim(command: inner.Claim, fork: Sheet, setting: Setting) -> inner.Claimed:
    claimed = sends.claim(command, fork, setting)
    if not command.canaries:
        return claimed
    return replace(claimed, canaries=canaries.claim(fork, setting))


def _settle(command: inner.Settle, fork: Sheet, setting: Setting) -> None:
    settling.settle(command, fork, setting)
    canaries.settle(command, fork, setting)


def _fire(command: inner.Fire, fork: Sheet, setting: Setting) -> inner.Fired:
    due = list(command.only) or fork.due
    done = 0
    for case_id in due:
        if done >= _FIRE_AT_LEAST and setting.over():
            break
        done += 1
        case = fork.cases.get(case_id)
        if case is None:
            faults.unreadable(case_id, fork, setting.now)
        elif not _decided_meanwhile(case, command, fork, setting):
            faults.tick(case, fork, setting)
    canaries.fire(fork, setting)
    more = done < len(due) or (not command.only and len(due) >= command.limit)
    return inner.Fired(cases=done, more=more, next_due=None)


def _decided_meanwhile(case: Case, command: inner.Fire, fork: Sheet, setting: Setting) -> bool:
    """Whether it owes nothing any more: by this batch, or by whoever had it when it was named."""
    if not command.only and fork.batch.versions.get(case.id) == case.version:
        return False
    owed = due_at(case)
    return owed is None or owed > setting.now


_FIRE_AT_LEAST = 16
"""Due cases decided in a batch however long it takes: so many share a commit."""

_Handler = Callable[[Any, Sheet, Setting], Any]

_HANDLERS: dict[type[Any], _Handler] = {
    c.EventArrived: _event,
    c.RaiseIncident: _incident,
    c.Respond: _respond,
    c.ConsentChanged: consenting.change,
    c.AgreeToConsent: consenting.agree,
    c.RevokeByHolder: consenting.revoke_by_holder,
    c.LinkCases: linked.link,
    c.UnlinkCase: linked.unlink,
    c.Quarantine: _quarantine,
    c.StopOutgoing: stopping.switch,
    inner.StopFile: stopping.file_seen,
    inner.Canary: canaries.arrived,
    inner.Fire: _fire,
    inner.Claim: _claim,
    inner.Look: sends.look,
    inner.Delay: sends.delay,
    inner.Settle: _settle,
    inner.Report: reporting.report,
    inner.Fault: faults.by_hand,
}


def _names(commands: Sequence[Any]) -> list[str]:
    return [type(command).__name__ for command in commands]
