"""Consent that comes by no event: stored, journaled, and known to every case of its subject."""

import hashlib
from dataclasses import replace

from engine.case import commands as c
from engine.case import recording
from engine.case.decide import run
from engine.desk import faults, giving, linked
from engine.desk.setting import Setting
from engine.desk.sheet import Sheet
from engine.store import consents
from schemas.consent import Consent
from schemas.facts.system import ConsentRecorded
from schemas.responses import Done, Result


def change(command: c.ConsentChanged, fork: Sheet, setting: Setting) -> Result:
    """A word about a subject's consent, by a person of ours. Raises Refusal."""
    at = min(command.consent.given_at, setting.now)
    said = replace(command.consent, given_at=at, recorded_at=setting.now)
    recorded = recording.record(_known(said.pseudonym, fork), said, command.state)
    return _recorded(command.inbox, recorded, fork, setting)


def agree(command: c.AgreeToConsent, fork: Sheet, setting: Setting) -> Result:
    """One more person agrees that a subject allows more. Raises Refusal."""
    recorded = recording.agree(
        _known(command.pseudonym, fork),
        wider=command.wider,
        by=command.by,
        door=command.door,
        id=command.id,
        now=setting.now,
    )
    return _recorded(command.inbox, recorded, fork, setting)


def revoke_by_holder(command: c.RevokeByHolder, fork: Sheet, setting: Setting) -> Result:
    """Whoever holds the consent takes it back. Nothing refuses that."""
    known = _known(command.pseudonym, fork)
    said = recording.holders_word(
        known,
        pseudonym=command.pseudonym,
        holder=command.holder,
        id=command.id,
        now=setting.now,
    )
    recorded = recording.record(known, said, "revoked")
    return _recorded(command.inbox, recorded, fork, setting)


def _known(pseudonym: str, fork: Sheet) -> Consent | None:
    found = fork.consents.get(pseudonym)
    return None if found is None else found[1]


def _recorded(
    identity: c.Inbox, recorded: recording.Recorded | None, fork: Sheet, setting: Setting
) -> Result:
    """Store a consent that came by no event, and let every case of its subject know."""
    if recorded is None:
        return Done(detail=recording.Ruling.NOTHING_NEW.value)
    consent = recorded.consent
    giving.store_consent(consent, fork, setting)
    fork.batch.system.append(
        ConsentRecorded(
            consent=consent.id,
            state=recorded.state,
            digest=hashlib.sha256(consents.dump(consent)).hexdigest(),
            by=consent.by,
            door=consent.door,
        )
    )
    changed = c.ConsentChanged(inbox=identity, consent=consent, state=recorded.state)
    everywhere(changed, fork, setting)
    return Done(detail=recorded.ruling.value)


def everywhere(command: c.ConsentChanged, fork: Sheet, setting: Setting, *, but: str = "") -> None:
    """Apply a consent to every case of its subject. One that cannot take it faults alone."""
    for case_id in fork.subjects.get(command.consent.pseudonym, ()):
        case = fork.cases.get(case_id)
        if case is None or case_id == but or not case.status.alive:
            continue
        case = setting.informed(fork, case)
        try:
            after, decided = run(case, command, setting.now)
        except Exception as error:  # a revocation must reach all the others
            faults.tell(case, error, fork)
            continue
        fork.decide(case, after, decided)
        linked.tell(after, fork, setting)
