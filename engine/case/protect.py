"""The guard as the core asks it: safeguards of a case, and a verdict on one party or contact."""

from dataclasses import replace
from datetime import datetime

from engine.case.beside import stricter
from engine.case.sources import independent
from engine.case.state import Alert, Case
from engine.case.without_consent import stand_in, vetted
from rules import guard
from schemas.codes import Certainty, ContactRule, Mode, TrackName
from schemas.contact import Contact, Endpoint
from schemas.party import Party
from schemas.pattern import Pattern
from schemas.plan import ContactRef, Excluded, Reason, Remedy, Verdict, refused
from schemas.safeguards import Basis, Consent, Hold, Safeguards

EXCLUDED = frozenset(
    {
        Reason.PERPETRATOR_CLOSURE,
        Reason.UNKNOWN_PERPETRATOR_GROUP,
        Reason.CONTROLLER_NEEDS_TWO,
        Reason.REPRESENTS,
        Reason.OFFICER_OF,
        Reason.STATE_OF_PERPETRATOR,
        Reason.REQUESTING_STATE,
        Reason.TRANSIT_STATE,
        Reason.MECHANISM_OF_COMPLAINT,
        Reason.PASSED_ON_INSIDE,
        Reason.CONFLICT,
        Reason.EXERCISE,
    }
)
"""Refusals that no consent or wait can turn: not even a stand-down is sent."""

CLOSURE = EXCLUDED - {Reason.PASSED_ON_INSIDE, Reason.CONFLICT, Reason.EXERCISE}
"""Refusals by the closure; which of them two people may turn, its entry says (`liftable`)."""

UNCONSENTED = frozenset(
    {
        Reason.CONSENT_NONE,
        Reason.CONSENT_AUDIENCE,
        Reason.CONSENT_MODE,
        Reason.CONSENT_EXPIRED,
        Reason.CONSENT_REVOKED,
        Reason.NOBODY_UNCONFIRMED,
        Reason.PROXY_UNJUSTIFIED,
        Reason.CONSENT_FROM_INSIDE,
        Reason.WISH,
    }
)
"""Refusals after which those already told are stood down."""

NO_WAY = frozenset(
    {Reason.NO_ENDPOINT, Reason.LEVEL, Reason.ENDPOINT_FANS_OUT, Reason.UNKNOWN_PARTY}
)
"""Refusals that concern this way or contact alone: the next one is told instead.

Unknown: since the plan, the registry says that the contact is another party's.
"""

WAITING_ONLY = frozenset({Reason.FROZEN, Reason.HELD, Reason.STOPPED})
"""Refusals that end by themselves: what was released goes on without a further release."""

TURNABLE = (
    frozenset(
        {
            Reason.CERTAINTY,
            Reason.SMALL_CELL,
            Reason.MODE,
            Reason.GATE_CLOSED,
            Reason.UNKNOWN_PARTY,
            Reason.LINKED,
            Reason.STALE,
        }
    )
    | WAITING_ONLY
    | UNCONSENTED
    | CLOSURE
)
"""Refusals that people or later events may turn; but for those above a person releases again.

Only what two people may turn is ever planned: of the rest of the closure no alert is withheld.
"""


def safeguards(
    case: Case, *, towards: Party | None = None, now: datetime | None = None
) -> Safeguards:
    """What the guard must know of this case, as it stands in this transaction.

    `towards` and `now`: whom it is to judge and when, so that a necessity in force stands in for
    consent; only towards a vetted provider of protection does it.
    """
    given = Safeguards(
        certainty=case.certainty,
        independent_sources=independent(case),
        mode_ceiling=case.mode_ceiling,
        subjects=case.subjects,
        consents=case.around.consents,
        inside=inside(case),
        closure=case.around.excluded,
        cleared=cleared(case),
        released_controllers=case.released_controllers,
        conflicts=case.conflicts,
        declined=case.declined,
        refused_kinds=case.refused_tracks,
        label=case.label,
        may_contact=case.may_contact or ContactRule.NOBODY,
        pattern=case.pattern,
        personal=case.personal,
        frozen=tuple(s.track.name for s in case.tracks if s.frozen),
        holds=tuple(each.hold for each in case.holds),
        stopped=False,  # Stop outgoing is checked where sends are claimed: what waits there stays.
        exercise=case.exercise,
    )
    given = stricter(given, case)
    necessity = case.necessity
    if now is None or necessity is None or not necessity.holds_at(now) or not vetted(towards):
        return given
    return stand_in(given, case, now=now)


def clearable(entry: Excluded) -> bool:
    """Whether two people may clear it: the liftable set, or what rests on a soft link."""
    return entry.tagged or entry.clearable


def grounds_of(case: Case, party: str) -> tuple[str, ...]:
    """Names of all that leaves this party out of the case now, each once."""
    return tuple(sorted({entry.ground for entry in case.around.excluded.grounds(party)}))


def cleared(case: Case) -> tuple[str, ...]:
    """Parties of which nothing is in the way now but what two people cleared.

    A ground that came up since, or that they did not see, shuts the party out again.
    """
    return tuple(
        each.party
        for each in case.clearings
        if each.agreed and set(grounds_of(case, each.party)) <= set(each.grounds)
    )


def inside(case: Case) -> tuple[str, ...]:
    """Publishers whose house is among those who must not know, and was not cleared: of this case,
    and of those that it is linked with.

    Asked anew each time, over the closure as it is now.
    """
    free = cleared(case)
    closure = case.around.excluded
    houses = [(each.source, each.party) for each in case.houses]
    houses += [house for link in case.links for house in link.strictures.houses]
    return tuple(
        source
        for source, party in dict.fromkeys(houses)
        if party not in free and closure.find(party) is not None
    )


def liftable(case: Case, party: str, reason: Reason | None) -> bool:
    """Whether this refusal is an exclusion that two people may turn for the case."""
    if reason not in EXCLUDED:
        return False
    entry = case.around.excluded.find(party)
    return entry is not None and entry.liftable and entry.reason is reason


def judge_party(
    case: Case, *, track: TrackName, party: str, now: datetime, mode: Mode | None = None
) -> Verdict:
    """Whether this party may be told at all, whoever of it. `mode`: of a track being planned."""
    return _judge(case, track=track, party=party, contact=None, endpoint=None, now=now, mode=mode)


def judge_contact(
    case: Case, alert: Alert, ref: ContactRef, *, now: datetime, mode: Mode | None = None
) -> Verdict:
    """Whether this contact of the alert's party may be told now, by its next usable endpoint.

    `mode`: of a track being planned.
    """
    registry = case.around.registry
    contact = registry.contact(ref.id)
    if contact is None:
        return refused(Reason.NO_ENDPOINT, evidence=ref.id, remedy=Remedy.NEXT_CONTACT)
    name = next_endpoint(alert, ref)
    endpoint = None if name is None else registry.endpoint(endpoint_id(name))
    if endpoint is None:
        return refused(Reason.NO_ENDPOINT, evidence=ref.id)
    return _judge(
        case,
        track=alert.track,
        party=alert.party,
        contact=contact,
        endpoint=endpoint,
        now=now,
        mode=mode,
    )


def judge_stand_down(case: Case, alert: Alert, ref: ContactRef | None, *, now: datetime) -> Verdict:
    """Whether this party, or contact, may hear that nothing more is asked of it.

    That says nothing of the case, so neither consent nor freeze is in its way; exclusion,
    conflict, and who else reads the address are.
    """
    free = replace(
        safeguards(case),
        subjects=(),
        linked=(),
        consents=(
            Consent(
                id="",
                pseudonym="",
                audiences=(alert.track,),
                mode=Mode.PUBLIC,
                basis=Basis.NO_IDENTIFIABLE_PERSON,
                given_at=now,
                agreed_by=("it says nothing", "of the case"),
            ),
        ),
        refused_kinds=(),
        frozen=(),
        declined=(),
        certainty=Certainty.CONFIRMED,
        pattern=Pattern(people=1, at_least=1),
        personal=False,
    )
    known = case.around.registry.party(alert.party)
    if known is None:
        return refused(Reason.UNKNOWN_PARTY, evidence=alert.party)
    contact = endpoint = None
    if ref is not None:
        registry = case.around.registry
        name = next_endpoint(alert, ref)
        contact = registry.contact(ref.id)
        endpoint = None if name is None else registry.endpoint(endpoint_id(name))
        if contact is None or endpoint is None:
            return refused(Reason.NO_ENDPOINT, evidence=ref.id)
    return guard.judge(
        party=known,
        contact=contact,
        endpoint=endpoint,
        track=alert.track,
        mode=Mode.QUIET,
        safeguards=free,
        registry=case.around.registry,
        now=now,
    )


def held(case: Case, alert: Alert, *, now: datetime) -> Hold | None:
    """The hold that keeps this alert's party waiting; its clocks stand as long."""
    if not case.holds:
        return None
    verdict = judge_party(case, track=alert.track, party=alert.party, now=now)
    if verdict.reason is not Reason.HELD:
        return None
    return next((x.hold for x in case.holds if x.hold.id == verdict.evidence), None)


def next_endpoint(alert: Alert, ref: ContactRef) -> str | None:
    """The first way to reach a contact that has not failed for good in this case."""
    return next((name for name in ref.endpoints if name not in alert.failed), None)


def endpoint_id(name: str) -> str:
    """The registry's id of `channel:endpoint id`."""
    return name.partition(":")[2]


def _judge(
    case: Case,
    *,
    track: TrackName,
    party: str,
    contact: Contact | None,
    endpoint: Endpoint | None,
    now: datetime,
    mode: Mode | None = None,
) -> Verdict:
    known = case.around.registry.party(party)
    if known is None:
        return refused(Reason.UNKNOWN_PARTY, evidence=party)
    state = case.track(track)
    if mode is None and state is not None:
        mode = state.mode
    if mode is None:
        return refused(Reason.GATE_CLOSED, evidence=track.value)
    return guard.judge(
        party=known,
        contact=contact,
        endpoint=endpoint,
        track=track,
        mode=mode,
        safeguards=safeguards(case, towards=known, now=now),
        registry=case.around.registry,
        now=now,
    )
