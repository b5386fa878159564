"""Necessity standing in for consent: for vetted protection, with the least there is (N6).

It fills silence; it never overrules a no. Whoever took their consent back, or wishes that
protection is not asked, has said so.
"""

from dataclasses import replace
from datetime import datetime

from engine.case.beside import stricter
from engine.case.state import Case
from rules.consents import unconsented
from schemas.codes import Mode, TrackName
from schemas.party import Party, PartyKind
from schemas.safeguards import Basis, Concerned, Consent, Safeguards


def vetted(party: Party | None) -> bool:
    """Whether the registry knows it as a provider of protection; nobody else is asked this way."""
    return party is not None and party.kind is PartyKind.PROTECTION


def uncovered(case: Case, *, now: datetime) -> tuple[str, ...]:
    """Those who have neither allowed that protection is asked nor taken back what they allowed.

    Of a linked case as well: what is sent here is as much about them.
    """
    return tuple(name for each in (_own(case), *_linked(case)) for name in _silent(each, now))


def said_no(case: Case) -> bool:
    """Whether somebody concerned took back what they had allowed, or wishes no such thing."""
    consents = (consent for each in (_own(case), *_linked(case)) for consent in each.consents)
    wishes = (case.refused_tracks, *(link.strictures.refused_tracks for link in case.links))
    refused = any(TrackName.PROTECTION in tracks for tracks in wishes)
    return refused or any(consent.revoked for consent in consents)


def stand_in(given: Safeguards, case: Case, *, now: datetime) -> Safeguards:
    """These safeguards, with necessity in the place of the consent that could not be had."""
    own = _instead(_own(case), case, now)
    return replace(
        given,
        subjects=own.subjects,
        consents=own.consents,
        linked=tuple(_instead(each, case, now) for each in given.linked),
    )


def _instead(people: Concerned, case: Case, now: datetime) -> Concerned:
    silent = _silent(people, now)
    if not silent:
        return people
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
    kept = tuple(consent for consent in people.consents if consent.pseudonym not in silent)
    return replace(people, subjects=_whose(people), consents=(*kept, *instead))


def _own(case: Case) -> Concerned:
    return Concerned(case=case.id, subjects=case.subjects, consents=case.around.consents)


def _linked(case: Case) -> tuple[Concerned, ...]:
    return stricter(Safeguards(), case).linked


def _whose(people: Concerned) -> tuple[str, ...]:
    return people.subjects or (f"case:{people.case}",)


def _silent(people: Concerned, now: datetime) -> tuple[str, ...]:
    records = {consent.pseudonym: consent for consent in people.consents}
    return tuple(
        pseudonym
        for pseudonym in _whose(people)
        if not _covers(record := records.get(pseudonym), people, now=now)
        and (record is None or not record.revoked)
    )


def _covers(record: Consent | None, people: Concerned, *, now: datetime) -> bool:
    if record is None:
        return False
    subjects = (record.pseudonym,) if people.subjects else ()
    alone = Safeguards(subjects=subjects, consents=(record,))
    return next(unconsented(TrackName.PROTECTION, Mode.QUIET, alone, now), None) is None
