"""The guard: may this party be told this, in this mode, now? The first refusal wins.

Called when planning, to explain, and inside the claim, to decide. Only this module makes a
`Projection`, so nothing reaches a channel that the guard has not allowed. Everything that is
missing or unclear counts as a refusal, and each says what decided it and what would turn it.

In the order of the design (section 6): `rules.shut` says who is kept out, `rules.consents` what
the subjects allow, `rules.ways` whether the address reaches them and nobody else.
"""

from collections.abc import Iterator, Mapping, Set
from datetime import datetime

from rules.consents import OURS, unconsented
from rules.consents import allowed_fields as allowed_fields
from rules.contacting import contact_rule
from rules.crowd import fields_of, is_pattern, too_few
from rules.graph import Registry
from rules.labels import label
from rules.shut import conflicted, excluded, held
from rules.ways import unreachable
from schemas.codes import Audience, FieldName, Label, Mode, TrackName
from schemas.commitment import Commitment
from schemas.contact import Contact, Endpoint
from schemas.party import Party
from schemas.plan import Reason, Remedy, Verdict, refused
from schemas.projection import Projection, Purpose, _make_projection
from schemas.safeguards import Safeguards

REQUIRED_SOURCES = 2
"""Independent reliable sources that stand in for certainty (design section 6.5)."""

NOTHING_KNOWN = Safeguards(label=Label.RED)
"""Of a message, which shows nothing: whatever were read in it is for its reader alone."""

_DUTY_ONLY = frozenset({Purpose.PAGE, Purpose.TASK, Purpose.INCIDENT, Purpose.OVERDUE})
_WITHOUT_FIELDS = frozenset({Purpose.STAND_DOWN, Purpose.WAIT})


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
        return refused(Reason.UNKNOWN_PARTY, evidence=party.id, remedy=Remedy.OUTWARD_TRACK)
    for refusal in (
        *excluded(party, contact, safeguards),
        *unconsented(track, mode, safeguards, now),
        *conflicted(party, safeguards),
        *_stopped(track, mode, safeguards),
        *held(party, track, safeguards, now),
        *unreachable(
            party,
            contact,
            endpoint,
            track=track,
            safeguards=safeguards,
            registry=registry,
            now=now,
        ),
        *_unsure(track, safeguards),
        *too_few(party, track, safeguards),
        *_mixed(party, endpoint, safeguards),
    ):
        return refusal
    consents = sorted(consent.id for consent in safeguards.consents)
    return Verdict(allowed=True, reason=Reason.ALLOWED, evidence=",".join(consents))


def judge_duty(
    *, person: str, endpoint: Endpoint | None, safeguards: Safeguards, now: datetime
) -> Verdict:
    """Whether one of our own may be paged. Only mixing a drill with real traffic refuses.

    Neither stop, freeze, hold, consent nor certainty stops a page (design section 5.12).
    """
    if endpoint is not None and endpoint.exercise is not safeguards.exercise:
        return refused(Reason.EXERCISE, evidence=endpoint.id)
    return Verdict(allowed=True, reason=Reason.ALLOWED, evidence=person)


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
    mode: Mode = Mode.QUIET,
    safeguards: Safeguards = NOTHING_KNOWN,
    promised: tuple[Commitment, ...] = (),
) -> Projection:
    """What this recipient may see: what its field class and the consents both allow.

    `consent_fields` are those of `allowed_fields`; what is the desk's own needs no consent. From
    `mode` and `safeguards` comes what the reader is asked to keep to: how far it may pass it on,
    and whom it may speak to; `promised` is what it has itself said in public.
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
    if not duty:
        shown &= (consent_fields | OURS) & fields_of(safeguards)
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
        mode=mode,
        label=label(
            audience=audience,
            mode=mode,
            of_inputs=safeguards.label,
            pattern=is_pattern(safeguards),
        ),
        may_contact=contact_rule(audience=audience, said=safeguards.may_contact),
        pattern=is_pattern(safeguards),
        commitments=promised if FieldName.COMMITMENT in shown else (),
    )


def _stopped(track: TrackName, mode: Mode, safeguards: Safeguards) -> Iterator[Verdict]:
    if mode is Mode.PUBLIC or not mode.within(safeguards.mode_ceiling):
        yield refused(Reason.MODE, evidence=safeguards.mode_ceiling.value)
    if safeguards.stopped:
        yield refused(Reason.STOPPED)
    if track in safeguards.frozen:
        yield refused(Reason.FROZEN, evidence=track.value)


def _unsure(track: TrackName, safeguards: Safeguards) -> Iterator[Verdict]:
    sure = (
        safeguards.certainty.likely_or_better or safeguards.independent_sources >= REQUIRED_SOURCES
    )
    if track.outward and not sure:
        yield refused(Reason.CERTAINTY, evidence=safeguards.certainty.value)


def _mixed(party: Party, endpoint: Endpoint | None, safeguards: Safeguards) -> Iterator[Verdict]:
    """Refuse a drill that would reach a real address, and the real thing that reaches a drill's."""
    if party.exercise and not safeguards.exercise:
        yield refused(Reason.EXERCISE, evidence=party.id)
    if endpoint is not None and endpoint.exercise is not safeguards.exercise:
        yield refused(Reason.EXERCISE, evidence=endpoint.id)
