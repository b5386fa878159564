"""What an event brings along: its own row, its sealed part, its subjects and their consent."""

import base64
import hashlib

from engine.case import commands as c
from engine.case import ids, recording
from engine.case.arrival import subjects_of
from engine.case.said import said_in
from engine.case.state import Case
from engine.desk.setting import Setting
from engine.desk.sheet import Sheet
from engine.store import consents, vault
from schemas.consent import Consent
from schemas.event import ConsentGiven

_SALT_BYTES = 16


def event_row(identity: c.Inbox) -> str:
    """Row id of an event, or of anything else that came under a source's id."""
    return ids.event_id(identity.source, identity.id)


def quarantine_id(command: c.Quarantine) -> str:
    """The same bytes of the same source are kept once."""
    return ids.event_id(f"quarantine/{command.source}", command.digest)


def subjects_of_report(command: c.EventArrived) -> tuple[str, ...]:
    """Pseudonyms of the event's subjects."""
    return subjects_of(command.report.source, command.report.event)


def store_event(command: c.EventArrived, case_id: str, sheet: Sheet, setting: Setting) -> None:
    """Keep the event, its sealed part and whose it is."""
    report = command.report
    vault_id: str | None = None
    if report.sealed is not None:
        vault_id = report.event_id
        salt = setting.entropy.token(_SALT_BYTES).hex()
        sheet.batch.vault.append(
            vault.row(
                report.sealed, id=vault_id, kind="report", salt=salt, at=setting.now, case=case_id
            )
        )
    sheet.batch.events.append(
        {
            "id": report.event_id,
            "case_id": case_id,
            "source": report.source,
            "code": report.event.code,
            "type": report.event.type.value,
            "at": setting.now,
            "body": report.body,
            "vault_id": vault_id,
        }
    )
    for pseudonym in (*subjects_of_report(command), consents.of_case(case_id)):
        known = sheet.subjects.get(pseudonym, ())
        if case_id not in known:
            sheet.subjects[pseudonym] = (*known, case_id)
            sheet.batch.subjects.append({"pseudonym": pseudonym, "case_id": case_id})


def store_consents(
    command: c.EventArrived, case: Case, sheet: Sheet, setting: Setting
) -> tuple[c.ConsentChanged, ...]:
    """Store what the event says about consent; return what is news, for other cases to hear."""
    changed = []
    event = command.report.event
    for index, given in enumerate(event.consent):
        for pseudonym in _whose(given, command, case):
            said, certain = said_in(
                event,
                given,
                pseudonym=pseudonym,
                id=_consent_id(command, index, pseudonym),
                source=command.report.source,
                now=setting.now,
            )
            known = sheet.consents.get(pseudonym)
            recorded = recording.record(
                None if known is None else known[1], said, given.state, certain=certain
            )
            if recorded is None:
                continue
            store_consent(recorded.consent, sheet, setting)
            changed.append(
                c.ConsentChanged(
                    inbox=command.inbox, consent=recorded.consent, state=recorded.state
                )
            )
    return tuple(changed)


def store_consent(record: Consent, sheet: Sheet, setting: Setting) -> None:
    """Add a record to its pseudonym's; from now on it is the one that counts."""
    known = sheet.consents.get(record.pseudonym)
    n = 1 if known is None else known[0] + 1
    sheet.consents[record.pseudonym] = (n, record)
    sheet.batch.consents.append(
        {
            "id": record.id,
            "pseudonym": record.pseudonym,
            "n": n,
            "at": setting.now,
            "body": consents.dump(record),
        }
    )


def _whose(given: ConsentGiven, command: c.EventArrived, case: Case) -> tuple[str, ...]:
    if given.pseudonym is not None:
        return (f"{command.report.source}/{given.pseudonym}",)
    return subjects_of_report(command) or (consents.of_case(case.id),)


def _consent_id(command: c.EventArrived, index: int, pseudonym: str) -> str:
    named = f"{command.report.event_id}\0{index}\0{pseudonym}".encode()
    short = base64.b32encode(hashlib.sha256(named).digest())[:25].decode("ascii").lower()
    return f"k{short}"
