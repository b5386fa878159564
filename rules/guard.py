"""The guard: may this party be told this, in this mode, now? The first refusal wins.

Called when planning, to explain, and inside the claim, to decide. Only this module makes a
`Projection`, so nothing reaches a channel that the guard has not allowed. Everything that is
missing or unclear counts as a refusal.
"""

from collections.abc import Iterator, Mapping, Set
from datetime import datetime

from rules.graph import Registry
from rules.states import of_state
from schemas.codes import Audience, FieldName, Mode, TrackName
from schemas.contact import Contact, Endpoint
from schemas.link import LinkKind
from schemas.party import Party, PartyKind
from schemas.plan import Excluded, Reason, Verdict
from schemas.projection import Projection, Purpose, _make_projection
from schemas.safeguards import Basis, Consent, Safeguards

REQUIRED_SOURCES = 2
"""Independent reliable sources that stand in for certainty (design section 6.5)."""

_SAME = frozenset({LinkKind.SAME_AS})
_ON_A_LIST = frozenset({LinkKind.MEMBER_OF, LinkKind.SAME_AS})
_DUTY_ONLY = frozenset({Purpose.PAGE, Purpose.TASK, Purpose.INCIDENT, Purpose.OVERDUE})
_WITHOUT_FIELDS = frozenset({Purpose.STAND_DOWN, Purpose.WAIT})
_OURS = frozenset({FieldName.ASK, FieldName.ANSWER_BY})
"""Say what the desk wants and nothing of the case: no consent is needed for them."""
_NECESSARY = _OURS | {FieldName.COUNTRY}
_GRAVEST_CONSENT_FAULT = (
    Reason.CONSENT_REVOKED,
    Reason.CONSENT_NONE,
    Reason.CONSENT_EXPIRED,
    Reason.CONSENT_AUDIENCE,
    Reason.CONSENT_MODE,
)


class NotAllowedError(ValueError):
    """A projection was asked for that the guard has not allowed. A fault of the caller."""


def judge(
    *,
    party: Party,
    contact: Contact | None,
    endpoint: Endpoint | None,
    track: TrackName,
    mode: Mode,
    safeguards: Safeguards,
    registry: Registry,
    now: datetime,
) -> Verdict:
    """Whether this party may be told on this track, through this contact and endpoint.

    Without contact or endpoint it judges the party as such (for planning and explaining).
    `safeguards.closure` must already be the union of the case's stored closures and, when
    claiming, of one over the current registry. Duty is judged by `judge_duty`.
    """
    if track is TrackName.DUTY:
        return _no(Reason.UNKNOWN_PARTY, "A party is never told on the duty track.")
    for refusal in (
        *_excluded(party, contact, safeguards),
        *_consent(track, mode, safeguards, now),
        *_conflict(party, track, safeguards),
        *_held(track, mode, safeguards),
        *_way(party, contact, endpoint, safeguards, registry, now),
        *_certainty(track, safeguards),
        *_exercise(party, endpoint, safeguards),
    ):
        return refusal
    return Verdict(allowed=True, reason=Reason.ALLOWED, evidence=_evidence(safeguards))


def judge_duty(
    *, person: str, endpoint: Endpoint | None, safeguards: Safeguards, now: datetime
) -> Verdict:
    """Whether one of our own may be paged. Only mixing a drill with real traffic refuses.

    Neither stop, freeze, hold, consent nor certainty stops a page (design section 5.12).
    """
    if endpoint is not None and endpoint.exercise is not safeguards.exercise:
        return _no(Reason.EXERCISE, "Page an endpoint of the same kind as the case.")
    return Verdict(allowed=True, reason=Reason.ALLOWED, evidence=person)


def allowed_fields(safeguards: Safeguards, *, track: TrackName) -> frozenset[FieldName]:
    """The fields that every consent allows this audience; empty when none of them narrows it.

    Hand the result to `project` as `consent_fields`. Necessity without named fields shows the
    country; consents with nothing in common leave only what is the desk's own.
    """
    narrowed = [
        frozenset(consent.fields) or _NECESSARY
        for consent in safeguards.consents
        if track in _audiences(consent) and (consent.fields or consent.basis is Basis.NECESSITY)
    ]
    if not narrowed:
        return frozenset()
    return frozenset.intersection(*narrowed) or _OURS


def project(
    *,
    verdict: Verdict,
    purpose: Purpose,
    audience: Audience,
    reference: str,
    deadline: datetime | None,
    language: str,
    zone: str,
    severity: str,
    detail: str,
    count: int,
    event_fields: Mapping[FieldName, str],
    field_class: Set[FieldName],
    consent_fields: Set[FieldName],
    exercise: bool,
) -> Projection:
    """What this recipient may see. Empty `consent_fields`: what the field class allows.

    Outward messages carry neither severity nor detail nor count, whatever is handed in;
    stand-downs and requests to wait carry no field at all.
    Raises NotAllowedError when the verdict refuses, or when a duty purpose goes outward.
    """
    if not verdict.allowed or verdict.reason is not Reason.ALLOWED:
        raise NotAllowedError(
            f"The guard refused ({verdict.reason}). Nothing may be sent; do not ask again without "
            "a new verdict."
        )
    duty = audience is TrackName.DUTY
    if purpose in _DUTY_ONLY and not duty:
        raise NotAllowedError(f"{purpose} is for duty. Use TELL, ASK_OUTCOME, WAIT or STAND_DOWN.")
    shown = set() if purpose in _WITHOUT_FIELDS else set(field_class)
    if consent_fields and not duty:
        shown &= set(consent_fields) | _OURS
    return _make_projection(
        purpose=purpose,
        audience=audience,
        reference=reference,
        deadline=deadline,
        language=language,
        zone=zone,
        severity=severity if duty else "",
        detail=detail if duty else "",
        count=count if duty else 1,
        fields={
            name: event_fields[name] for name in FieldName if name in shown & set(event_fields)
        },
        exercise=exercise,
    )


def _excluded(party: Party, contact: Contact | None, safeguards: Safeguards) -> Iterator[Verdict]:
    entry = safeguards.closure.find(party.id)
    if entry is not None and not _lifted(entry, contact, safeguards):
        yield Verdict(
            allowed=False,
            reason=entry.reason,
            path=entry.path,
            evidence=safeguards.closure.digest,
            remedy=_LIFT.get(entry.reason, "") if entry.liftable else "",
        )
    if of_state(party, safeguards.closure.states):
        yield Verdict(
            allowed=False,
            reason=Reason.STATE_OF_PERPETRATOR,
            evidence=safeguards.closure.digest,
        )


_LIFT: Mapping[Reason, str] = {
    Reason.UNKNOWN_PERPETRATOR_GROUP: "Two people may lift it once somebody else is alleged.",
    Reason.CONTROLLER_NEEDS_TWO: "Two people may release its headquarters, with a record.",
    Reason.REPRESENTS: "Two people may clear an ended or unverified link for this case.",
    Reason.OFFICER_OF: "Two people may clear an ended or unverified link for this case.",
    Reason.PERPETRATOR_CLOSURE: "Two people may clear an ended or unverified link for this case.",
    Reason.MECHANISM_OF_COMPLAINT: "Two people may lift it once it is known who runs it.",
}


def _lifted(entry: Excluded, contact: Contact | None, safeguards: Safeguards) -> bool:
    if entry.tagged or entry.clearable:
        lifted = entry.party in safeguards.cleared
    else:
        lifted = (
            entry.reason is Reason.CONTROLLER_NEEDS_TWO
            and entry.party in safeguards.released_controllers
        )
    # Of a controller, levels below headquarters stay shut whatever two people said.
    return lifted and (contact is None or contact.level.value not in entry.levels)


def _consent(
    track: TrackName, mode: Mode, safeguards: Safeguards, now: datetime
) -> Iterator[Verdict]:
    faults = [
        (fault, consent.id)
        for consent in safeguards.consents
        if (fault := _consent_fault(consent, track, mode, now)) is not None
    ]
    given_for = {consent.pseudonym for consent in safeguards.consents}
    if any(subject not in given_for for subject in safeguards.subjects):
        faults.append((Reason.CONSENT_NONE, ""))
    if not safeguards.subjects and not any(
        consent.basis is Basis.NO_IDENTIFIABLE_PERSON for consent in safeguards.consents
    ):
        faults.append((Reason.CONSENT_NONE, ""))
    for reason in _GRAVEST_CONSENT_FAULT:
        for fault, id in faults:
            if fault is reason:
                yield Verdict(
                    allowed=False,
                    reason=reason,
                    evidence=id,
                    remedy="Ask the person, or who may speak for them, and record what they allow.",
                )
    if track in safeguards.refused_kinds:
        yield _no(Reason.WISH, "Ask the person whether the wish still stands.")


def _consent_fault(consent: Consent, track: TrackName, mode: Mode, now: datetime) -> Reason | None:
    if consent.revoked:
        return Reason.CONSENT_REVOKED
    if consent.until is not None and consent.until <= now:
        return Reason.CONSENT_EXPIRED
    if consent.basis is Basis.NECESSITY and track is not TrackName.PROTECTION:
        return Reason.CONSENT_NONE  # necessity opens the door to vetted protection, to nobody else
    outward = [audience for audience in _audiences(consent) if audience is not TrackName.DUTY]
    if not outward:
        return Reason.CONSENT_NONE
    if track not in outward:
        return Reason.CONSENT_AUDIENCE
    return None if mode.within(consent.mode) else Reason.CONSENT_MODE


def _audiences(consent: Consent) -> tuple[Audience, ...]:
    if consent.basis is Basis.NECESSITY:
        return (TrackName.PROTECTION,)
    return consent.audiences


def _conflict(party: Party, track: TrackName, safeguards: Safeguards) -> Iterator[Verdict]:
    if party.id in safeguards.conflicts:
        yield _no(Reason.CONFLICT)
    if party.id in safeguards.declined:
        yield _no(Reason.DECLINED)


def _held(track: TrackName, mode: Mode, safeguards: Safeguards) -> Iterator[Verdict]:
    if mode is Mode.PUBLIC or not mode.within(safeguards.mode_ceiling):
        yield _no(Reason.MODE, "Use a quieter mode, or let a person raise the case's ceiling.")
    if safeguards.stopped:
        yield _no(Reason.STOPPED, "Somebody must lift Stop outgoing.")
    if track in safeguards.frozen:
        yield _no(Reason.FROZEN, "Two people may lift the freeze of this track.")


def _way(
    party: Party,
    contact: Contact | None,
    endpoint: Endpoint | None,
    safeguards: Safeguards,
    registry: Registry,
    now: datetime,
) -> Iterator[Verdict]:
    if contact is not None:
        if contact.party != party.id:
            yield _no(Reason.UNKNOWN_PARTY, "This contact belongs to another party.")
        if not contact.level.automatic:
            yield _no(Reason.LEVEL, "Choose a contact at headquarters.")
        if contact.verified_until is not None and contact.verified_until <= now:
            yield _no(Reason.NO_ENDPOINT, "Verify the contact: nobody knows whose it is now.")
        if contact.away_until is not None and now.date() <= contact.away_until:
            yield _no(Reason.NO_ENDPOINT, "On leave: use the next contact.")
    if party.expires is not None and party.expires < now.date():
        yield _no(Reason.NO_ENDPOINT, "It was made for one matter, and its time is over.")
    if party.kind is PartyKind.GROUP and not _all_may_know(
        _members_of(party.id, registry), safeguards, registry
    ):
        yield _no(Reason.ENDPOINT_FANS_OUT, "Tell the members one by one.")
    if endpoint is None:
        return
    if contact is None or endpoint.id not in {each.id for each in contact.endpoints}:
        yield _no(Reason.NO_ENDPOINT, "Use an endpoint of the contact.")
    if endpoint.members and not _all_contacts_may_know(endpoint, safeguards, registry):
        yield _no(Reason.ENDPOINT_FANS_OUT, "Use the address of one person.")


def _all_contacts_may_know(endpoint: Endpoint, safeguards: Safeguards, registry: Registry) -> bool:
    """Whether everybody behind a list address is known and allowed; unknown members are not."""
    for id in endpoint.members:
        contact = registry.contact(id)
        if contact is None or not contact.level.automatic:
            return False
        if not _all_may_know((contact.party,), safeguards, registry, contact=contact):
            return False
    return True


def _all_may_know(
    parties: tuple[str, ...],
    safeguards: Safeguards,
    registry: Registry,
    *,
    contact: Contact | None = None,
) -> bool:
    for id in parties:
        party = registry.party(id)
        if party is None or party.exercise is not safeguards.exercise:
            return False
        if any(_excluded(party, contact, safeguards)) or id in safeguards.conflicts:
            return False
    return bool(parties)


def _members_of(group: str, registry: Registry) -> tuple[str, ...]:
    """The members of a group, of groups within it, whatever the link's status; loops end.

    What another record of the same group lists is on it as well.
    """
    members: set[str] = set()
    read, frontier = {group}, [group]
    while frontier:
        into = [each for id in frontier for each in registry.links_to(id, _ON_A_LIST)]
        members.update(link.a for link in into if link.kind is LinkKind.MEMBER_OF)
        others = [each for id in frontier for each in registry.links_from(id, _SAME)]
        met = {link.a for link in into} | {link.b for link in others}
        frontier = sorted(met - read)
        read |= met
    return tuple(sorted(members))


def _certainty(track: TrackName, safeguards: Safeguards) -> Iterator[Verdict]:
    sure = (
        safeguards.certainty.likely_or_better or safeguards.independent_sources >= REQUIRED_SOURCES
    )
    if track.outward and not sure:
        yield _no(Reason.CERTAINTY, "Find a second independent reliable source.")


def _exercise(party: Party, endpoint: Endpoint | None, safeguards: Safeguards) -> Iterator[Verdict]:
    mixed = party.exercise and not safeguards.exercise
    if endpoint is not None and endpoint.exercise is not safeguards.exercise:
        mixed = True
    if mixed:
        yield _no(Reason.EXERCISE)


def _no(reason: Reason, remedy: str = "") -> Verdict:
    return Verdict(allowed=False, reason=reason, remedy=remedy)


def _evidence(safeguards: Safeguards) -> str:
    return ",".join(sorted(consent.id for consent in safeguards.consents))
