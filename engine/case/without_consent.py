"""Necessity standing in for consent: for vetted protection, with the least there is (N6).

It fills silence; it never overrules a no. Whoever took their consent back, or wishes that
protection is not asked, has said so.
"""

from dataclasses import replace
from datetime import datetime

from engine.case.state import Case
from rules.consents import unconsented
from schemas.codes import Mode, TrackName
from schemas.party import Party, PartyKind
from schemas.safeguards import Basis, Consent, Safeguards


def vetted(party: Party | None) -> bool:
    """Whether the registry knows it as a provider of protection; nobody else is asked this way."""
    return party is not None and party.kind is PartyKind.PROTECTION


def whose(case: Case) -> tuple[str, ...]:
    """Everybody whose consent is needed: the subjects, else whoever the case may be about."""
    return case.subjects or (f"case:{case.id}",)


def uncovered(case: Case, *, now: datetime) -> tuple[str, ...]:
    """Those who have neither allowed that protection is asked nor taken back what they allowed."""
    return tuple(
        pseudonym
        for pseudonym in whose(case)
        if not _covers(record := _record(case, pseudonym), case, now=now)
        and (record is None or not record.revoked)
    )


def said_no(case: Case) -> bool:
    """Whether somebody concerned took back what they had allowed, or wishes no such thing."""
    taken_back = any(consent.revoked for consent in case.around.consents)
    return taken_back or TrackName.PROTECTION in case.refused_tracks


def stand_in(given: Safeguards, case: Case, *, now: datetime) -> Safeguards:
    """These safeguards, with necessity in the place of the consent that could not be had."""
    silent = uncovered(case, now=now)
    instead = tuple(
        Consent(
            id=f"necessity:{case.id}",
            pseudonym=pseudonym,
            audiences=(TrackName.PROTECTION,),
            mode=Mode.QUIET,
            basis=Basis.NECESSITY,
            given_at=now,
        )
        for pseudonym in silent
    )
    kept = tuple(consent for consent in given.consents if consent.pseudonym not in silent)
    return replace(given, subjects=whose(case), consents=(*kept, *instead)) if silent else given


def _record(case: Case, pseudonym: str) -> Consent | None:
    return next((c for c in case.around.consents if c.pseudonym == pseudonym), None)


def _covers(record: Consent | None, case: Case, *, now: datetime) -> bool:
    if record is None:
        return False
    subjects = (record.pseudonym,) if case.subjects else ()
    alone = Safeguards(subjects=subjects, consents=(record,))
    return next(unconsented(TrackName.PROTECTION, Mode.QUIET, alone, now), None) is None
