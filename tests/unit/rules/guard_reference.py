"""The guard as the design reads (section 6), written plainly: every reason against, in its order.

Slow and without a helper of the production code, so that a mistake there is none here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from rules.graph import Registry
from schemas.codes import Mode, TrackName
from schemas.contact import Contact, Endpoint, Level
from schemas.link import LinkKind
from schemas.party import Mark, Ownership, Party, PartyKind
from schemas.plan import Reason
from schemas.safeguards import Basis, Consent, Safeguards

NEVER_AUTOMATIC = (
    Level.SITE,
    Level.COUNTRY_OFFICE,
    Level.CLIENT_TEAM,
    Level.COMMERCIAL,
    Level.SOURCING,
)
LOUDNESS = (Mode.QUIET, Mode.PRIVATE, Mode.PUBLIC)
SURE = ("likely", "confirmed")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the guard is asked."""

    party: Party
    contact: Contact | None
    endpoint: Endpoint | None
    track: TrackName
    mode: Mode
    safeguards: Safeguards
    registry: Registry
    now: datetime


def reasons_against(q: Question) -> list[Reason]:
    """Every one, the first that counts first; empty: may be told."""
    return list(_reasons(q))


def _reasons(q: Question) -> Iterator[Reason]:
    s = q.safeguards
    if q.track is TrackName.DUTY:
        yield Reason.UNKNOWN_PARTY
    yield from _exclusions(q.party, q.contact, s)
    faults = _all_faults(s.subjects, s.consents, q)
    for fault in (
        Reason.CONSENT_REVOKED,
        Reason.CONSENT_NONE,
        Reason.CONSENT_FROM_INSIDE,
        Reason.NOBODY_UNCONFIRMED,
        Reason.PROXY_UNJUSTIFIED,
        Reason.CONSENT_EXPIRED,
        Reason.CONSENT_AUDIENCE,
        Reason.CONSENT_MODE,
    ):
        if fault in faults:
            yield fault
    for other in s.linked:
        if _all_faults(other.subjects, other.consents, q):
            yield Reason.LINKED
    if q.track in s.refused_kinds:
        yield Reason.WISH
    if q.party.id in s.conflicts:
        yield Reason.CONFLICT
    if q.party.id in s.declined:
        yield Reason.DECLINED
    if q.mode is Mode.PUBLIC or LOUDNESS.index(q.mode) > LOUDNESS.index(s.mode_ceiling):
        yield Reason.MODE
    if s.stopped:
        yield Reason.STOPPED
    if q.track in s.frozen:
        yield Reason.FROZEN
    if _is_held(q.party, q):
        yield Reason.HELD
    yield from _ways(q)
    if q.track not in (TrackName.DUTY, TrackName.PROTECTION):
        if s.certainty.value not in SURE and s.independent_sources < 2:
            yield Reason.CERTAINTY
    about_many = s.pattern is not None and not s.personal
    if s.pattern is not None and about_many and s.pattern.people < s.pattern.at_least:
        yield Reason.SMALL_CELL
    if not about_many and Mark.PATTERN_ONLY in q.party.marks:
        yield Reason.PATTERN_ONLY
    if q.party.exercise and not s.exercise:
        yield Reason.EXERCISE
    if q.endpoint is not None and q.endpoint.exercise != s.exercise:
        yield Reason.EXERCISE


def _exclusions(party: Party, contact: Contact | None, s: Safeguards) -> Iterator[Reason]:
    for entry in s.closure.entries:
        if entry.party != party.id:
            continue
        by_two = s.cleared if entry.tagged or entry.clearable else ()
        if not by_two and entry.reason is Reason.CONTROLLER_NEEDS_TWO:
            by_two = () if entry.tagged or entry.clearable else s.released_controllers
        below = contact is not None and contact.level.value in entry.levels
        if party.id not in by_two or below:
            yield entry.reason
    speaks = (
        party.kind in (PartyKind.STATE, PartyKind.STATE_BODY, PartyKind.MISSION)
        or party.ownership is Ownership.STATE_OWNED
        or (party.kind is PartyKind.NHRI and (party.ganhri != "A" or party.independence_override))
    )
    if speaks and party.state in s.closure.states:
        yield Reason.STATE_OF_PERPETRATOR


def _all_faults(
    subjects: tuple[str, ...], consents: tuple[Consent, ...], q: Question
) -> list[Reason]:
    faults = [fault for consent in consents for fault in _faults(consent, q)]
    for subject in subjects:
        if all(consent.pseudonym != subject for consent in consents):
            faults.append(Reason.CONSENT_NONE)
    if len(subjects) == 0:
        if all(consent.basis is not Basis.NO_IDENTIFIABLE_PERSON for consent in consents):
            faults.append(Reason.CONSENT_NONE)
    return faults


def _faults(consent: Consent, q: Question) -> Iterator[Reason]:
    necessary = consent.basis is Basis.NECESSITY
    waits = q.track not in (TrackName.DUTY, TrackName.PROTECTION)
    whom = {TrackName.PROTECTION} if necessary else set(consent.audiences) - {TrackName.DUTY}
    if consent.revoked:
        yield Reason.CONSENT_REVOKED
    elif consent.basis is Basis.COMMUNITY and not _enough(consent):
        yield Reason.CONSENT_NONE
    elif consent.until is not None and q.now >= consent.until:
        yield Reason.CONSENT_EXPIRED
    elif not whom or (necessary and q.track is not TrackName.PROTECTION):
        yield Reason.CONSENT_NONE
    elif q.track not in whom:
        yield Reason.CONSENT_AUDIENCE
    elif waits and consent.door.value == "event" and consent.by in q.safeguards.inside:
        yield Reason.CONSENT_FROM_INSIDE
    elif waits and consent.basis is Basis.NO_IDENTIFIABLE_PERSON and len({*consent.agreed_by}) < 2:
        yield Reason.NOBODY_UNCONFIRMED
    elif (
        waits
        and consent.basis in (Basis.REPRESENTATIVE, Basis.GUARDIAN)
        and consent.inability is None
    ):
        yield Reason.PROXY_UNJUSTIFIED
    elif LOUDNESS.index(q.mode) > LOUDNESS.index(consent.mode):
        yield Reason.CONSENT_MODE


def _enough(consent: Consent) -> bool:
    community = consent.community
    if community is None:
        return False
    agreed = len(set(community.agreed))
    return community.needed > 0 and community.needed <= agreed and agreed <= community.of


def _is_held(party: Party, q: Question) -> bool:
    for hold in q.safeguards.holds:
        fits = [
            hold.until > q.now,
            hold.tracks == () or q.track in hold.tracks,
            hold.parties == () or party.id in hold.parties,
            hold.kinds == () or party.kind in hold.kinds,
            hold.states == ()
            or party.state in hold.states
            or any(state in hold.states for state in party.other_states),
        ]
        if all(fits):
            return True
    return False


def _ways(q: Question) -> Iterator[Reason]:
    contact, endpoint = q.contact, q.endpoint
    if contact is not None:
        if contact.party != q.party.id:
            yield Reason.UNKNOWN_PARTY
        if contact.level in NEVER_AUTOMATIC:
            yield Reason.LEVEL
        if contact.verified_until is not None and q.now >= contact.verified_until:
            yield Reason.NO_ENDPOINT
        if contact.away_until is not None and contact.away_until >= q.now.date():
            yield Reason.NO_ENDPOINT
    if q.party.expires is not None and q.now.date() > q.party.expires:
        yield Reason.NO_ENDPOINT
    if q.party.kind is PartyKind.GROUP:
        members = {
            link.a
            for id in _other_records(q.party.id, q.registry)
            for link in q.registry.links_to(id, frozenset({LinkKind.MEMBER_OF}))
        }
        if not members or any(not _may_read(id, None, q) for id in members):
            yield Reason.ENDPOINT_FANS_OUT
    if endpoint is not None:
        if contact is None or endpoint not in contact.endpoints:
            yield Reason.NO_ENDPOINT
        for id in endpoint.members:
            behind = q.registry.contact(id)
            if behind is None or behind.level in NEVER_AUTOMATIC:
                yield Reason.ENDPOINT_FANS_OUT
            elif not _may_read(behind.party, behind, q):
                yield Reason.ENDPOINT_FANS_OUT


def _other_records(id: str, registry: Registry) -> set[str]:
    """The group, other records of it, and groups on it, as far as that goes."""
    found = {id}
    while True:
        more = {
            other
            for one in found
            for other in (
                *(link.a for link in registry.links_to(one, frozenset(LinkKind))
                  if link.kind in (LinkKind.SAME_AS, LinkKind.MEMBER_OF)),
                *(link.b for link in registry.links_from(one, frozenset({LinkKind.SAME_AS}))),
            )
        }  # fmt: skip
        if more <= found:
            return found
        found |= more


def _may_read(id: str, contact: Contact | None, q: Question) -> bool:
    party, s = q.registry.party(id), q.safeguards
    if party is None or party.exercise != s.exercise:
        return False
    if id in s.conflicts or id in s.declined or _is_held(party, q):
        return False
    about_many = s.pattern is not None and not s.personal
    if s.pattern is not None and about_many and s.pattern.people < s.pattern.at_least:
        return False
    if Mark.PATTERN_ONLY in party.marks and not about_many:
        return False
    return not list(_exclusions(party, contact, s))
