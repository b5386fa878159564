"""What the subjects of a case allow: whether this audience may be told, and which fields of it.

Absence, expiry and ambiguity mean no. Where several people are concerned, everybody's yes is
needed, and the strictest answer counts.
"""

from collections.abc import Iterator
from datetime import datetime

from schemas.codes import Audience, FieldName, Mode, TrackName
from schemas.consent import ConsentDoor
from schemas.plan import Reason, Verdict, refused
from schemas.safeguards import Basis, Concerned, Consent, Safeguards

OURS = frozenset({FieldName.ASK, FieldName.ANSWER_BY, FieldName.COMMITMENT})
"""Say what the desk wants and nothing of the case: no consent is needed for them."""

NECESSARY = OURS | {FieldName.COUNTRY}
"""What necessity shows when it names no field."""

NECESSARY_AT_MOST = NECESSARY | {FieldName.ACT, FieldName.CERTAINTY, FieldName.AS_OF}
"""What a helper may need to know to help, and nobody to be recognised by (N6)."""

_GRAVEST_FIRST = (
    Reason.CONSENT_REVOKED,
    Reason.CONSENT_NONE,
    Reason.CONSENT_FROM_INSIDE,
    Reason.NOBODY_UNCONFIRMED,
    Reason.PROXY_UNJUSTIFIED,
    Reason.CONSENT_EXPIRED,
    Reason.CONSENT_AUDIENCE,
    Reason.CONSENT_MODE,
)


def unconsented(
    track: TrackName, mode: Mode, safeguards: Safeguards, now: datetime
) -> Iterator[Verdict]:
    """Refuse what the subjects did not allow (design 6.2): the gravest fault first, by its record.

    Then what those of a linked case did not: that narrows what is sent from now on, and takes
    nothing back (design 5.10). Last comes what the person wishes not to happen, whatever the
    consent says.
    """
    faults = _faults(safeguards, safeguards.inside, track, mode, now)
    for reason in _GRAVEST_FIRST:
        for fault, id in faults:
            if fault is reason:
                yield refused(reason, evidence=id)
    for each in safeguards.linked:
        if _faults(each, safeguards.inside, track, mode, now):
            yield refused(Reason.LINKED, evidence=each.case)
    if track in safeguards.refused_kinds:
        yield refused(Reason.WISH, evidence=track.value)


def allowed_fields(safeguards: Safeguards, *, track: TrackName) -> frozenset[FieldName]:
    """The fields that every consent allows this audience; hand them to `guard.project`.

    A consent that names none allows what the field class does, necessity the country. Consents
    with nothing in common leave only what is the desk's own.
    """
    allowed = frozenset(FieldName)
    linked = (consent for each in safeguards.linked for consent in each.consents)
    for consent in (*safeguards.consents, *linked):
        if track in _audiences(consent):
            allowed &= _fields(consent)
    return allowed | OURS


def _fields(consent: Consent) -> frozenset[FieldName]:
    named = frozenset(consent.fields)
    if consent.basis is Basis.NECESSITY:
        return named & NECESSARY_AT_MOST or NECESSARY
    return named or frozenset(FieldName)


def _faults(
    people: Safeguards | Concerned,
    inside: tuple[str, ...],
    track: TrackName,
    mode: Mode,
    now: datetime,
) -> list[tuple[Reason, str]]:
    """What these people did not allow, by its record; nobody asked is a fault of its own."""
    faults = [
        (fault, consent.id)
        for consent in people.consents
        if (fault := _fault(consent, inside, track, mode, now)) is not None
    ]
    missing = _somebody_not_asked(people.subjects, people.consents)
    return faults + [(Reason.CONSENT_NONE, "")] * missing


def _fault(
    consent: Consent, inside: tuple[str, ...], track: TrackName, mode: Mode, now: datetime
) -> Reason | None:
    if consent.revoked:
        return Reason.CONSENT_REVOKED
    if not consent.given:
        return Reason.CONSENT_NONE
    if consent.until is not None and consent.until <= now:
        return Reason.CONSENT_EXPIRED
    if consent.basis is Basis.NECESSITY and track is not TrackName.PROTECTION:
        return Reason.CONSENT_NONE  # necessity opens the door to vetted protection, to nobody else
    outward = [audience for audience in _audiences(consent) if audience is not TrackName.DUTY]
    if not outward:
        return Reason.CONSENT_NONE
    if track not in outward:
        return Reason.CONSENT_AUDIENCE
    if track.outward and consent.door is ConsentDoor.EVENT and consent.by in inside:
        return Reason.CONSENT_FROM_INSIDE
    if track.outward and not consent.stands:
        proxy = consent.basis.proxy
        return Reason.PROXY_UNJUSTIFIED if proxy else Reason.NOBODY_UNCONFIRMED
    return None if mode.within(consent.mode) else Reason.CONSENT_MODE


def _audiences(consent: Consent) -> tuple[Audience, ...]:
    if consent.basis is Basis.NECESSITY:
        return (TrackName.PROTECTION,)
    return consent.audiences


def _somebody_not_asked(subjects: tuple[str, ...], consents: tuple[Consent, ...]) -> bool:
    """Whether a subject is without record; where no subject is known, somebody must have said
    that nobody can be identified."""
    if not subjects:
        return not any(consent.basis is Basis.NO_IDENTIFIABLE_PERSON for consent in consents)
    asked = {consent.pseudonym for consent in consents}
    return not asked.issuperset(subjects)
