"""The guard: who may be told, the first reason why not, and what a recipient sees."""

import re
from dataclasses import MISSING, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rules.findings import NEVER_OF_A_CONTROLLER
from rules.graph import Registry
from rules.guard import NotAllowedError, allowed_fields, judge, judge_duty, project
from schemas.codes import Certainty, ContactRule, FieldName, Label, Mode, TrackName
from schemas.commitment import Commitment, PolicyClause
from schemas.consent import ConsentDoor, Inability
from schemas.contact import Contact, Endpoint, Level
from schemas.link import LinkStatus
from schemas.party import Party
from schemas.pattern import Pattern
from schemas.plan import Closure, Excluded, Hop, Reason, Remedy, Verdict, refused
from schemas.projection import Projection, Purpose
from schemas.safeguards import Basis, Safeguards
from tests.unit.rules.build import (
    ALL_FIELDS,
    NOW,
    OUTWARD,
    SUBJECT,
    K,
    L,
    a_consent,
    a_contact,
    a_link,
    a_party,
    an_endpoint,
    safeguards,
)

pytestmark = pytest.mark.guard

EMBASSY = a_party("embassy", K.MISSION, "QN")
LEA = a_contact("embassy", "lea", Level.FOCAL_POINT)
LATER = NOW + timedelta(hours=1)
ALLOWED = Verdict(allowed=True, reason=Reason.ALLOWED)


def _judge(
    given: Safeguards | None = None,
    *,
    party: Party = EMBASSY,
    contact: Contact | None = LEA,
    endpoint: Endpoint | None = LEA.endpoints[0],
    track: TrackName = TrackName.MISSIONS,
    mode: Mode = Mode.QUIET,
    registry: Registry | None = None,
) -> Verdict:
    return judge(
        party=party,
        contact=contact,
        endpoint=endpoint,
        track=track,
        mode=mode,
        safeguards=given or safeguards(TrackName.MISSIONS),
        registry=registry or Registry([EMBASSY], contacts=[LEA]),
        now=NOW,
    )


def _shut(reason: Reason, **more: Any) -> Safeguards:
    entry = Excluded(party="embassy", reason=reason, **more)
    return safeguards(TrackName.MISSIONS, closure=Closure(digest="d1", entries=(entry,)))


def test_a_party_with_consent_is_told_and_the_consent_is_named() -> None:
    assert _judge() == Verdict(
        allowed=True, reason=Reason.ALLOWED, evidence="consent-faro/subject-1"
    )


def test_an_excluded_party_is_told_nothing_and_the_path_says_why() -> None:
    path = (Hop(kind="event", a="alleged_perpetrator", b="embassy"),)

    verdict = _judge(_shut(Reason.PERPETRATOR_CLOSURE, path=path))

    assert verdict == Verdict(
        allowed=False,
        reason=Reason.PERPETRATOR_CLOSURE,
        path=path,
        evidence="d1",
        remedy=Remedy.NOTHING,
    )


def test_neither_clearing_nor_releasing_opens_what_nobody_may_open() -> None:
    given = replace(
        _shut(Reason.PERPETRATOR_CLOSURE), cleared=("embassy",), released_controllers=("embassy",)
    )

    assert _judge(given).reason is Reason.PERPETRATOR_CLOSURE


@pytest.mark.parametrize("how", ["tagged", "clearable"])
def test_two_people_may_lift_the_tagged_set_and_clear_a_soft_tie(how: str) -> None:
    shut = _shut(Reason.UNKNOWN_PERPETRATOR_GROUP, **{how: True})

    refused = _judge(shut)

    assert not refused.allowed
    assert refused.remedy
    assert _judge(replace(shut, cleared=("embassy",))).allowed
    assert not _judge(replace(shut, cleared=("another",))).allowed


def test_a_controller_is_released_by_name_and_only_at_its_headquarters() -> None:
    party = a_party("holding")
    hq = a_contact("holding", "hq", Level.HQ_HUMAN_RIGHTS)
    lawyers = a_contact("holding", "lawyers", Level.LEGAL)
    entry = Excluded(
        party="holding", reason=Reason.CONTROLLER_NEEDS_TWO, levels=NEVER_OF_A_CONTROLLER
    )
    given = safeguards(TrackName.COMPANIES, closure=Closure(digest="d", entries=(entry,)))
    released = replace(given, released_controllers=("holding",))

    def told(given: Safeguards, contact: Contact | None) -> Reason:
        return _judge(
            given, party=party, contact=contact, endpoint=None, track=TrackName.COMPANIES
        ).reason

    assert told(given, hq) is Reason.CONTROLLER_NEEDS_TWO
    assert told(replace(given, cleared=("holding",)), hq) is Reason.CONTROLLER_NEEDS_TWO
    assert told(released, hq) is Reason.ALLOWED
    assert told(released, None) is Reason.ALLOWED
    assert told(released, lawyers) is Reason.CONTROLLER_NEEDS_TWO


@pytest.mark.parametrize(
    ("party", "told"),
    [
        (a_party("new", K.MISSION, "QM"), False),
        (a_party("new", K.STATE_BODY, "QM"), False),
        (a_party("new", K.NHRI, "QM", ganhri="B"), False),
        (a_party("new", K.NHRI, "QM", ganhri="A"), True),
        (a_party("new", K.MISSION, "QN"), True),
    ],
)
def test_a_body_of_an_excluded_state_is_out_even_if_it_was_entered_only_now(
    party: Party, told: bool
) -> None:
    given = safeguards(TrackName.MISSIONS, closure=Closure(digest="d", states=("QM",)))

    verdict = _judge(given, party=party, contact=None, endpoint=None)

    assert verdict.allowed is told
    assert told or verdict.reason is Reason.STATE_OF_PERPETRATOR


# Consent


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, Reason.ALLOWED),
        ({"revoked": True}, Reason.CONSENT_REVOKED),
        ({"until": NOW}, Reason.CONSENT_EXPIRED),
        ({"until": LATER}, Reason.ALLOWED),
        ({"basis": Basis.NECESSITY}, Reason.CONSENT_NONE),
        ({"audiences": ()}, Reason.CONSENT_NONE),
        ({"audiences": (TrackName.DUTY,)}, Reason.CONSENT_NONE),
        ({"audiences": (TrackName.NHRIS,)}, Reason.CONSENT_AUDIENCE),
    ],
)
def test_consent_must_be_live_and_for_this_audience(more: dict[str, Any], reason: Reason) -> None:
    consent = replace(a_consent(TrackName.MISSIONS), **more)

    assert _judge(safeguards(consents=(consent,))).reason is reason


def test_without_any_consent_only_duty_knows() -> None:
    for track in (*OUTWARD, TrackName.PROTECTION):
        assert _judge(safeguards(), track=track).reason is Reason.CONSENT_NONE


def test_a_quieter_consent_does_not_cover_a_louder_way() -> None:
    quiet = safeguards(consents=(a_consent(TrackName.MISSIONS, mode=Mode.QUIET),))

    assert _judge(quiet, mode=Mode.PRIVATE).reason is Reason.CONSENT_MODE


def test_every_person_concerned_must_consent_and_the_strictest_answer_counts() -> None:
    both = ("faro/a", "faro/b")
    yes = a_consent(TrackName.MISSIONS, pseudonym="faro/a")
    other = a_consent(TrackName.MISSIONS, pseudonym="faro/b")

    def given(*consents: Any) -> Reason:
        return _judge(safeguards(subjects=both, consents=consents)).reason

    assert given(yes, other) is Reason.ALLOWED
    assert given(yes) is Reason.CONSENT_NONE
    assert given(yes, replace(other, audiences=(TrackName.MSIS,))) is Reason.CONSENT_AUDIENCE
    assert given(replace(yes, until=NOW), replace(other, revoked=True)) is Reason.CONSENT_REVOKED


def test_somebodys_no_counts_even_if_the_case_does_not_list_them() -> None:
    withdrawn = replace(a_consent(TrackName.MISSIONS, pseudonym="faro/other"), revoked=True)
    given = safeguards(consents=(a_consent(TrackName.MISSIONS), withdrawn))

    assert _judge(given).reason is Reason.CONSENT_REVOKED


BOTH_KINDS = (TrackName.MISSIONS, TrackName.PROTECTION)


@pytest.mark.parametrize("agreed", [(), ("ana",), ("ana", "ana")])
def test_that_nobody_can_be_recognised_is_not_taken_on_one_word(agreed: tuple[str, ...]) -> None:
    said = a_consent(
        *BOTH_KINDS, pseudonym="", basis=Basis.NO_IDENTIFIABLE_PERSON, agreed_by=agreed
    )
    given = safeguards(subjects=(), consents=(said,))

    assert _judge(given).reason is Reason.NOBODY_UNCONFIRMED
    assert _judge(given).remedy is Remedy.AGREE_NOBODY
    assert _judge(given, track=TrackName.PROTECTION).allowed, "help waits for nobody's second look"
    assert _judge(replace(given, consents=(replace(said, agreed_by=("ana", "ben")),))).allowed


@pytest.mark.parametrize("basis", [Basis.REPRESENTATIVE, Basis.GUARDIAN])
def test_whoever_speaks_for_the_person_says_why_the_person_cannot(basis: Basis) -> None:
    said = a_consent(*BOTH_KINDS, basis=basis)

    assert _judge(safeguards(consents=(said,))).reason is Reason.PROXY_UNJUSTIFIED
    assert _judge(safeguards(consents=(said,))).remedy is Remedy.JUSTIFY_PROXY
    assert _judge(safeguards(consents=(said,)), track=TrackName.PROTECTION).allowed
    justified = replace(said, inability=Inability.DETAINED)
    assert _judge(safeguards(consents=(justified,))).allowed


def test_what_a_line_says_that_is_run_for_whom_it_accuses_opens_protection_alone() -> None:
    said = a_consent(*BOTH_KINDS, by="their-line", door=ConsentDoor.EVENT)
    given = safeguards(consents=(said,), inside=("their-line",))

    assert _judge(given).reason is Reason.CONSENT_FROM_INSIDE
    assert _judge(given).remedy is Remedy.ASK_ANOTHER_WAY
    assert _judge(given, track=TrackName.PROTECTION).allowed
    assert _judge(replace(given, inside=("another-line",))).allowed
    asked = replace(said, door=ConsentDoor.CONSOLE)
    assert _judge(replace(given, consents=(asked,))).allowed, "a person of ours asked"


def test_where_nobody_can_be_identified_it_must_have_been_said_so() -> None:
    said = a_consent(
        TrackName.MISSIONS,
        pseudonym="",
        basis=Basis.NO_IDENTIFIABLE_PERSON,
        agreed_by=("ana", "ben"),
    )
    representative = replace(said, basis=Basis.REPRESENTATIVE)

    assert _judge(safeguards(subjects=(), consents=(said,))).allowed
    assert _judge(safeguards(subjects=())).reason is Reason.CONSENT_NONE
    assert _judge(safeguards(subjects=(), consents=(representative,))).reason is Reason.CONSENT_NONE


def test_necessity_reaches_vetted_protection_and_nobody_else() -> None:
    necessary = safeguards(consents=(a_consent(*OUTWARD, basis=Basis.NECESSITY),))

    assert _judge(necessary, track=TrackName.PROTECTION).allowed
    for track in OUTWARD:
        assert _judge(necessary, track=track).reason is Reason.CONSENT_NONE


def test_what_the_person_does_not_wish_does_not_happen() -> None:
    given = safeguards(TrackName.MISSIONS, refused_kinds=(TrackName.MISSIONS,))

    assert _judge(given).reason is Reason.WISH


# Conflict, mode, holds


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"conflicts": ("embassy",)}, Reason.CONFLICT),
        ({"declined": ("embassy",)}, Reason.DECLINED),
        ({"conflicts": ("another",), "declined": ("another",)}, Reason.ALLOWED),
        ({"stopped": True}, Reason.STOPPED),
        ({"frozen": (TrackName.MISSIONS,)}, Reason.FROZEN),
        ({"frozen": (TrackName.COMPANIES,)}, Reason.ALLOWED),
        ({"certainty": Certainty.POSSIBLE}, Reason.CERTAINTY),
        ({"certainty": Certainty.UNKNOWN}, Reason.CERTAINTY),
        ({"certainty": Certainty.UNLIKELY, "independent_sources": 2}, Reason.ALLOWED),
        ({"certainty": Certainty.CONFIRMED}, Reason.ALLOWED),
        ({"exercise": True}, Reason.EXERCISE),
    ],
)
def test_each_safeguard_refuses_by_itself(more: dict[str, Any], reason: Reason) -> None:
    assert _judge(safeguards(TrackName.MISSIONS, **more)).reason is reason


def test_nobody_is_told_more_loudly_than_the_case_allows_and_never_in_public() -> None:
    quiet = safeguards(TrackName.MISSIONS, mode_ceiling=Mode.QUIET)
    public = safeguards(
        consents=(a_consent(TrackName.MISSIONS, mode=Mode.PUBLIC),), mode_ceiling=Mode.PUBLIC
    )

    assert _judge(quiet, mode=Mode.PRIVATE).reason is Reason.MODE
    assert _judge(quiet, mode=Mode.QUIET).allowed
    assert _judge(public, mode=Mode.PUBLIC).reason is Reason.MODE
    assert _judge(public, mode=Mode.PRIVATE).allowed


def test_protection_may_be_told_before_anybody_is_sure() -> None:
    given = safeguards(TrackName.PROTECTION, certainty=Certainty.POSSIBLE)

    assert _judge(given, track=TrackName.PROTECTION).allowed


def test_the_first_refusal_is_the_one_shown() -> None:
    given = replace(
        _shut(Reason.PERPETRATOR_CLOSURE),
        consents=(),
        conflicts=("embassy",),
        stopped=True,
        certainty=Certainty.UNKNOWN,
        exercise=True,
    )
    seen = []
    for undo in (
        {"closure": Closure()},
        {"consents": (a_consent(TrackName.MISSIONS),)},
        {"conflicts": ()},
        {"stopped": False},
        {"certainty": Certainty.CONFIRMED},
        {"exercise": False},
    ):
        seen.append(_judge(given).reason)
        given = replace(given, **undo)  # type: ignore[arg-type]

    assert seen == [
        Reason.PERPETRATOR_CLOSURE,
        Reason.CONSENT_NONE,
        Reason.CONFLICT,
        Reason.STOPPED,
        Reason.CERTAINTY,
        Reason.EXERCISE,
    ]
    assert _judge(given).allowed


# Ways to reach somebody


def test_a_contact_of_another_party_is_not_used() -> None:
    assert _judge(party=a_party("other"), endpoint=None).reason is Reason.UNKNOWN_PARTY


def test_an_address_that_is_not_the_contacts_own_is_not_used() -> None:
    assert _judge(endpoint=an_endpoint("stray")).reason is Reason.NO_ENDPOINT
    assert _judge(contact=None).reason is Reason.NO_ENDPOINT


@pytest.mark.parametrize(("until", "told"), [(NOW, False), (LATER, True), (None, True)])
def test_an_address_that_nobody_has_verified_lately_is_not_used(until: Any, told: bool) -> None:
    assert _judge(contact=replace(LEA, verified_until=until)).allowed is told


@pytest.mark.parametrize(("days", "told"), [(-1, True), (0, False), (1, False), (None, True)])
def test_whoever_is_on_leave_is_not_told_until_the_day_after(days: int | None, told: bool) -> None:
    until = None if days is None else NOW.date() + timedelta(days=days)
    assert _judge(contact=replace(LEA, away_until=until)).allowed is told


@pytest.mark.parametrize(("days", "told"), [(-1, False), (0, True), (1, True), (None, True)])
def test_a_group_made_for_one_matter_is_told_nothing_after_its_last_day(
    days: int | None, told: bool
) -> None:
    ends = None if days is None else NOW.date() + timedelta(days=days)
    assert _judge(party=replace(EMBASSY, expires=ends)).allowed is told


@pytest.mark.parametrize("level", list(Level))
def test_only_levels_a_machine_may_address_are_told(level: Level) -> None:
    reason = _judge(contact=replace(LEA, level=level)).reason

    assert reason is (Reason.ALLOWED if level.automatic else Reason.LEVEL)


def test_a_list_address_is_used_only_if_everybody_on_it_may_know() -> None:
    shared = an_endpoint("list", members=("embassy.lea", "ngo.desk"))
    lea = replace(LEA, endpoints=(shared,))
    ngo = a_contact("ngo")
    bad = Closure(digest="d", entries=(Excluded(party="ngo", reason=Reason.CONTROLLER_NEEDS_TWO),))
    fine = safeguards(TrackName.MISSIONS)
    registry = Registry([EMBASSY, a_party("ngo", K.NGO)], contacts=[lea, ngo])

    def told(given: Safeguards = fine, registry: Registry = registry) -> Reason:
        return _judge(given, contact=lea, endpoint=shared, registry=registry).reason

    out = Reason.ENDPOINT_FANS_OUT
    assert told() is Reason.ALLOWED
    assert told(replace(fine, closure=bad)) is out
    assert told(replace(fine, closure=bad, released_controllers=("ngo",))) is Reason.ALLOWED
    assert told(replace(fine, conflicts=("ngo",))) is out
    assert told(registry=Registry([EMBASSY], contacts=[lea])) is out, "an unknown member"
    assert told(registry=Registry([EMBASSY], contacts=[lea, ngo])) is out, "an unknown party"
    sourcing = replace(ngo, level=Level.SOURCING)
    assert told(registry=Registry([EMBASSY, a_party("ngo")], contacts=[lea, sourcing])) is out
    drill = a_party("ngo", exercise=True)
    assert told(registry=Registry([EMBASSY, drill], contacts=[lea, ngo])) is out


def test_a_group_is_told_only_if_every_member_of_it_may_know() -> None:
    group, inner = a_party("group", K.GROUP), a_party("inner", K.GROUP)
    parties = [group, inner, a_party("x"), a_party("y")]
    links = [
        a_link("x", L.MEMBER_OF, "group"),
        a_link("inner", L.MEMBER_OF, "group"),
        a_link("y", L.MEMBER_OF, "inner"),
        a_link("group", L.MEMBER_OF, "inner"),
    ]
    bad = Closure(digest="d", entries=(Excluded(party="y", reason=Reason.PERPETRATOR_CLOSURE),))

    def told(closure: Closure, registry: Registry) -> Reason:
        return _judge(
            safeguards(TrackName.MSIS, closure=closure),
            party=group,
            contact=None,
            endpoint=None,
            track=TrackName.MSIS,
            registry=registry,
        ).reason

    whole = Registry(parties, links=links)
    assert told(Closure(), whole) is Reason.ALLOWED
    assert told(bad, whole) is Reason.ENDPOINT_FANS_OUT
    assert told(Closure(), Registry(parties)) is Reason.ENDPOINT_FANS_OUT, "nobody knows who"


@pytest.mark.parametrize("turned", [False, True])
def test_whoever_is_on_another_record_of_the_same_list_must_be_allowed_to_know_as_well(
    turned: bool,
) -> None:
    group, twin = a_party("group", K.GROUP), a_party("twin", K.GROUP)
    pair = ("twin", "group") if turned else ("group", "twin")
    registry = Registry(
        [group, twin, a_party("x"), a_party("y")],
        links=[
            a_link("x", L.MEMBER_OF, "group"),
            a_link(pair[0], L.SAME_AS, pair[1], status=LinkStatus.UNVERIFIED),
            a_link("y", L.MEMBER_OF, "twin"),
        ],
    )
    bad = Closure(digest="d", entries=(Excluded(party="y", reason=Reason.PERPETRATOR_CLOSURE),))

    def told(closure: Closure) -> Reason:
        return _judge(
            safeguards(TrackName.MSIS, closure=closure),
            party=group,
            contact=None,
            endpoint=None,
            track=TrackName.MSIS,
            registry=registry,
        ).reason

    assert told(Closure()) is Reason.ALLOWED
    assert told(bad) is Reason.ENDPOINT_FANS_OUT


@pytest.mark.parametrize(
    ("drill_case", "drill_party", "drill_endpoint", "told"),
    [
        (False, False, False, True),
        (False, False, True, False),
        (False, True, False, False),
        (True, False, False, False),
        (True, False, True, True),
        (True, True, True, True),
    ],
)
def test_a_drill_and_the_real_thing_never_mix(
    drill_case: bool, drill_party: bool, drill_endpoint: bool, told: bool
) -> None:
    party = replace(EMBASSY, exercise=drill_party)
    endpoint = an_endpoint("mail", exercise=drill_endpoint)
    lea = replace(LEA, endpoints=(endpoint,))
    given = safeguards(TrackName.MISSIONS, exercise=drill_case)

    assert _judge(given, party=party, contact=lea, endpoint=endpoint).allowed is told


def test_a_party_is_never_told_as_if_it_were_duty() -> None:
    assert not _judge(safeguards(TrackName.DUTY), track=TrackName.DUTY).allowed


# Duty


def test_our_own_people_are_paged_whatever_is_stopped() -> None:
    given = Safeguards(stopped=True, frozen=tuple(TrackName))
    endpoint = an_endpoint("ana.sms")

    verdict = judge_duty(person="person:ana", endpoint=endpoint, safeguards=given, now=NOW)
    unresolved = judge_duty(person="person:ana", endpoint=None, safeguards=given, now=NOW)

    assert verdict == Verdict(allowed=True, reason=Reason.ALLOWED, evidence="person:ana")
    assert unresolved.allowed


def test_a_real_page_does_not_go_to_a_drill_phone() -> None:
    drill = an_endpoint("ana.sms", exercise=True)

    verdict = judge_duty(person="person:ana", endpoint=drill, safeguards=Safeguards(), now=NOW)

    assert verdict == refused(Reason.EXERCISE, evidence="ana.sms")


# Fields and projections


def test_fields_are_what_every_consent_allows() -> None:
    def of(*fields: tuple[FieldName, ...], basis: Basis = Basis.PERSON) -> frozenset[FieldName]:
        consents = tuple(
            a_consent(TrackName.MISSIONS, pseudonym=f"faro/{n}", fields=each, basis=basis)
            for n, each in enumerate(fields)
        )
        return allowed_fields(safeguards(consents=consents), track=TrackName.MISSIONS)

    assert of(()) == ALL_FIELDS
    assert of((FieldName.COUNTRY, FieldName.ACT), ()) == OURS | {FieldName.COUNTRY, FieldName.ACT}
    assert of((FieldName.COUNTRY, FieldName.ACT), (FieldName.ACT,)) == OURS | {FieldName.ACT}
    assert of((FieldName.COUNTRY,), (FieldName.ACT,)) == OURS


def test_necessity_shows_the_country_and_never_what_somebody_is_recognised_by() -> None:
    def of(*fields: FieldName) -> frozenset[FieldName]:
        consent = a_consent(basis=Basis.NECESSITY, fields=fields)
        return allowed_fields(safeguards(consents=(consent,)), track=TrackName.PROTECTION)

    few = {FieldName.COUNTRY, FieldName.ACT, FieldName.CERTAINTY, FieldName.AS_OF}
    assert of() == OURS | {FieldName.COUNTRY}
    assert of(FieldName.ACT) == OURS | {FieldName.ACT}
    assert of(FieldName.COMPANY) == OURS | {FieldName.COUNTRY}
    assert of(*FieldName) == OURS | few


def test_consent_for_another_audience_narrows_nothing_here() -> None:
    consent = a_consent(TrackName.NHRIS, fields=(FieldName.COUNTRY,))

    assert allowed_fields(safeguards(consents=(consent,)), track=TrackName.MISSIONS) == ALL_FIELDS


OURS = {FieldName.ASK, FieldName.ANSWER_BY, FieldName.COMMITMENT}
PROMISED = (Commitment(clauses=(PolicyClause.ENGAGE,), as_of=None, source=""),)
EVERYTHING = {name: f"value of {name}" for name in FieldName}


def _project(verdict: Verdict = ALLOWED, **more: Any) -> Projection:
    given: dict[str, Any] = {
        "purpose": Purpose.TELL,
        "audience": TrackName.MISSIONS,
        "reference": "7K3Q-92",
        "deadline": LATER,
        "language": "en",
        "zone": "UTC",
        "severity": "critical",
        "detail": "told_before_excluded",
        "count": 3,
        "event_fields": EVERYTHING,
        "field_class": ALL_FIELDS,
        "consent_fields": ALL_FIELDS,
        "exercise": False,
    }
    return project(verdict=verdict, **given | more)


def test_a_recipient_outside_sees_no_severity_no_detail_and_no_count() -> None:
    seen = _project()

    assert (seen.severity, seen.detail, seen.count) == ("", "", 1)
    assert (seen.reference, seen.deadline, seen.language, seen.zone) == (
        "7K3Q-92",
        LATER,
        "en",
        "UTC",
    )
    assert dict(seen.fields) == EVERYTHING


def test_duty_sees_how_grave_it_is() -> None:
    seen = _project(purpose=Purpose.PAGE, audience=TrackName.DUTY, consent_fields={FieldName.ACT})

    assert (seen.severity, seen.detail, seen.count) == ("critical", "told_before_excluded", 3)
    assert dict(seen.fields) == EVERYTHING, "consent does not bind our own people"


def test_a_recipient_sees_only_what_its_class_and_the_consent_both_allow() -> None:
    seen = _project(
        field_class={FieldName.COUNTRY, FieldName.ACT, FieldName.ASK},
        consent_fields={FieldName.COUNTRY, FieldName.SECTOR},
    )

    assert set(seen.fields) == {FieldName.COUNTRY, FieldName.ASK}


def test_where_the_consents_have_nothing_in_common_only_the_desks_own_is_shown() -> None:
    assert set(_project(consent_fields=frozenset()).fields) == OURS


def test_what_the_event_does_not_say_is_not_shown() -> None:
    assert dict(_project(event_fields={FieldName.ACT: "arrest"}).fields) == {
        FieldName.ACT: "arrest"
    }


@pytest.mark.parametrize("purpose", [Purpose.STAND_DOWN, Purpose.WAIT])
def test_a_stand_down_says_nothing_of_the_case(purpose: Purpose) -> None:
    assert dict(_project(purpose=purpose).fields) == {}


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.ALLOWED])
def test_nothing_can_be_made_for_somebody_the_guard_refused(reason: Reason) -> None:
    with pytest.raises(NotAllowedError, match=reason.value):
        _project(Verdict(allowed=False, reason=reason))
    with pytest.raises(NotAllowedError):
        _project(Verdict(allowed=True, reason=reason))


@pytest.mark.parametrize("purpose", [Purpose.PAGE, Purpose.TASK, Purpose.INCIDENT, Purpose.OVERDUE])
def test_what_is_meant_for_duty_never_goes_outward(purpose: Purpose) -> None:
    with pytest.raises(NotAllowedError, match="for duty"):
        _project(purpose=purpose)


def test_whoever_asks_without_leave_reads_what_to_do_about_it() -> None:
    with pytest.raises(NotAllowedError) as caught:
        _project(refused(Reason.FROZEN))

    assert str(caught.value) == (
        "The guard refused (frozen). Nothing may be sent; do not ask again without a new verdict."
    )
    with pytest.raises(NotAllowedError) as caught:
        _project(purpose=Purpose.PAGE)
    assert str(caught.value) == "page is for duty. Use TELL, ASK_OUTCOME, WAIT or STAND_DOWN."


def test_a_message_of_which_nothing_is_known_is_for_its_reader_alone() -> None:
    seen = _project()

    assert (seen.label, seen.mode) == (Label.RED, Mode.QUIET)
    assert (seen.may_contact, seen.pattern, seen.commitments) == (ContactRule.NOBODY, False, ())


def _of_a_pattern(**more: Any) -> Projection:
    """Of one that is about many, that asks for little, and to whom they may be put through."""
    given = safeguards(
        TrackName.MISSIONS,
        label=Label.GREEN,
        may_contact=ContactRule.ORGANISATION,
        pattern=Pattern(people=9, at_least=5),
    )
    return _project(safeguards=given, promised=PROMISED, **{"mode": Mode.PRIVATE} | more)


def test_a_recipient_reads_how_far_it_may_go_with_what_it_reads() -> None:
    seen = _of_a_pattern(exercise=True)

    assert (seen.purpose, seen.audience, seen.exercise) == (Purpose.TELL, TrackName.MISSIONS, True)
    assert (seen.mode, seen.label, seen.pattern) == (Mode.PRIVATE, Label.GREEN, True)
    assert (seen.may_contact, seen.commitments) == (ContactRule.ORGANISATION, PROMISED)
    assert FieldName.COMPANY not in seen.fields, "a company makes the cell smaller"


def test_each_of_what_is_known_narrows_what_a_recipient_may_do_with_it() -> None:
    red = safeguards(TrackName.MISSIONS, label=Label.RED, pattern=Pattern(people=9, at_least=5))
    single = safeguards(TrackName.MISSIONS, label=Label.GREEN)

    assert _of_a_pattern(mode=Mode.QUIET).label is Label.AMBER_STRICT
    assert _project(safeguards=red, mode=Mode.PRIVATE).label is Label.RED
    assert _project(safeguards=single, mode=Mode.PRIVATE).label is Label.AMBER_STRICT
    assert not _project(safeguards=single).pattern
    duty = _of_a_pattern(audience=TrackName.DUTY, purpose=Purpose.PAGE)
    assert (duty.audience, duty.label, duty.purpose) == (TrackName.DUTY, Label.RED, Purpose.PAGE)
    company = _of_a_pattern(audience=TrackName.COMPANIES)
    assert company.may_contact is ContactRule.NOBODY


def test_whoever_may_not_read_promises_reads_none() -> None:
    assert _of_a_pattern(field_class={FieldName.COUNTRY}).commitments == ()


def test_what_nobody_said_of_a_projection_is_the_strictest() -> None:
    defaults = {each.name: each.default for each in fields(Projection)}

    assert defaults == dict.fromkeys(defaults, MISSING) | {
        "mode": Mode.QUIET,
        "label": Label.RED,
        "may_contact": ContactRule.NOBODY,
        "pattern": False,
        "commitments": (),
    }


def test_what_a_message_is_for_keeps_its_name_since_it_is_stored() -> None:
    assert {each.name: each.value for each in Purpose} == {
        "TELL": "tell",
        "ASK_OUTCOME": "ask_outcome",
        "CONFIRM": "confirm",
        "REMIND": "remind",
        "ANSWER": "answer",
        "ROUND": "round",
        "STAND_DOWN": "stand_down",
        "WAIT": "wait",
        "PAGE": "page",
        "TASK": "task",
        "INCIDENT": "incident",
        "OVERDUE": "overdue",
        "SEVERAL": "several",
    }


def test_fields_cannot_be_added_afterwards() -> None:
    with pytest.raises(TypeError):
        _project().fields[FieldName.ACT] = "x"  # type: ignore[index]


def test_nothing_but_the_guard_makes_a_projection() -> None:
    here = Path(__file__).parents[3]
    sealed = re.compile(
        r"\b_make_projection\b|projection\._SEAL|schemas\.projection import [^\n]*\b_SEAL\b"
    )
    rooms = ("schemas", "rules", "notifiers", "engine")
    files = [path for room in rooms for path in (here / room).rglob("*.py")]
    texts = [(path, path.read_text("utf-8")) for path in files]
    makers = [
        path.relative_to(here).as_posix()
        for path, text in texts
        if ("_SEAL" in text or "_make_projection" in text) and sealed.search(text)
    ]

    assert set(makers) == {"schemas/projection.py", "rules/guard.py"}
    with pytest.raises(TypeError) as caught:
        Projection(None, *[None] * 12)  # type: ignore[arg-type, call-arg]
    assert str(caught.value) == "Only rules.guard makes a Projection; ask the guard for one."


def test_the_subject_of_the_builders_is_the_one_consents_are_for() -> None:
    assert safeguards(TrackName.MISSIONS).consents[0].pseudonym == SUBJECT
