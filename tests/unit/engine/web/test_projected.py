"""What a look at the page may hold, for any reports, consents and rulebook: never anything else."""

from collections.abc import Mapping
from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.case.around import Beside
from engine.case.matter import Matter
from engine.case.state import Alert, AlertStatus, Case, CaseStatus, TrackState
from engine.web.answer.fields import OF_STAGE, Door, View, look, over
from engine.web.answer.screens import screen
from engine.web.answer.stages import Stage
from engine.web.words.sentence import plain
from rules.consents import OURS
from rules.contacting import contact_rule
from rules.crowd import OF_A_PATTERN
from schemas import facts as f
from schemas.closure import Closure
from schemas.codes import (
    Certainty,
    ContactRule,
    FieldName,
    HeightenedRisk,
    Label,
    Mode,
    RootCause,
    SubjectKind,
    TrackName,
)
from schemas.commitment import PolicyClause
from schemas.consent import Inability
from schemas.event import ThreatEvent
from schemas.pattern import Pattern
from schemas.plan import Anchor, Candidate, ContactRef, Gate, Hop, Step, Track, Until
from schemas.projection import Projection
from schemas.safeguards import Basis, Consent
from tests.unit.rules.build import K, L, a_contact, a_link, a_party, a_registry

NOW = datetime(2027, 3, 2, 11, 0, tzinfo=UTC)
OUTWARD = [track for track in TrackName if track is not TrackName.DUTY]
MARK = "zebrafinch"
"""Stands in everything of a report that no reader may ever see."""
RECIPIENT = a_party(
    "recipient", K.COMPANY, "QN", policy="page 12", policy_clauses=(PolicyClause.ENGAGE,)
)
LINKED = a_party("linked-firm", K.COMPANY, "QM")
REGISTRY = a_registry([RECIPIENT, LINKED], contacts=[a_contact("recipient", "lea")])
CODES = ["arrest", "pattern", "death_threat", "early_warning", "enrichment", "brand_new"]

some_fields = st.sets(st.sampled_from(FieldName)).map(frozenset)
subjects = st.builds(
    dict,
    kind=st.sampled_from(SubjectKind),
    pseudonym=st.just(f"{MARK}-s1"),
    count=st.integers(0, 12),
    heightened_risk=st.lists(st.sampled_from(HeightenedRisk), max_size=3),
)
reports = st.builds(
    dict,
    code=st.sampled_from(CODES),
    situation=st.just(f"{MARK}-sit"),
    sector=st.none() | st.just("palm_oil"),
    countries=st.lists(st.just({"code": "KE", "role": "happened"}), max_size=1),
    subjects=st.lists(subjects, max_size=2),
    parties=st.just([{"party": f"{MARK}-party", "role": "alleged_perpetrator"}]),
    reprisal_of=st.just({"mechanism": f"{MARK}-line", "complaint": f"{MARK}-77"}),
    defender_kind=st.just([MARK]),
    wishes=st.just(["call_first"]),
    root_causes=st.lists(st.sampled_from(RootCause), max_size=2),
    dates=st.just([{"id": f"{MARK}-d", "kind": "hearing", "at": "2027-03-17T08:00:00Z"}]),
    label=st.none() | st.sampled_from(Label),
    may_contact=st.none() | st.sampled_from(ContactRule),
)


def a_consent(fields: frozenset[FieldName], track: TrackName, basis: Basis) -> Consent:
    return Consent(
        id=f"{MARK}-c",
        pseudonym=f"source/{MARK}-s1",
        audiences=(track,),
        mode=Mode.PRIVATE,
        basis=basis,
        inability=Inability.DETAINED if basis.proxy else None,
        given_at=NOW,
        fields=tuple(sorted(fields)),
    )


def a_matter(
    track: TrackName,
    events: list[dict[str, Any]],
    consents: list[Consent],
    *,
    mode: Mode = Mode.QUIET,
    **case: Any,
) -> Matter:
    """One company told in one case, of which these reports came in, the newest first."""
    ladder = Track(
        name=track, gate=Gate.RELEASE, mode=mode, anchor=Anchor.RELEASED, steps=(Step(offset=0),),
        until=Until.ACTED, answer_by=3_600, answer_holds_for=3_600, repeat_every=(), ask="reply",
    )  # fmt: skip
    alert = Alert(
        id="alert-1", ref="7K3Q-92", track=track, party="recipient",
        contacts=(ContactRef(id="recipient.lea", level="general", endpoints=()),),
        status=AlertStatus.WAITING, told_contacts=("recipient.lea",),
    )  # fmt: skip
    planned = f.Planned(
        plan_no=1, world="w", policy="p", rules=("r",), at=NOW, tracks=(ladder,),
        alerts=(
            f.PlannedAlert(
                alert="alert-1", ref="7K3Q-92",
                candidate=Candidate(
                    party="recipient", track=track, contacts=alert.contacts,
                    path=(Hop(kind="buys_from", a="recipient", b="linked-firm"),),
                ),
            ),
        ),
    )  # fmt: skip
    return Matter(
        case=Case(
            id=f"{MARK}-case", ref=f"TC-{MARK}", status=CaseStatus.OPEN,
            certainty=Certainty.LIKELY, mode_ceiling=Mode.PRIVATE,
            subjects=tuple(sorted({each.pseudonym for each in consents})),
            tracks=(TrackState(track=ladder, anchor_at=NOW),), alerts=(alert,), **case,
        ),
        events=tuple(ThreatEvent.model_validate(each) for each in events),
        event_ids=tuple(f"e{number}" for number in range(len(events))),
        as_of=NOW - timedelta(hours=2), plans=(planned,), closure=Closure(),
        consents=tuple(consents), stopped=False, answer_by=NOW + timedelta(days=1),
    )  # fmt: skip


def looked(
    matter: Matter, track: TrackName, classes: frozenset[FieldName], stage: Stage = Stage.CONTENT
) -> View:
    return look(
        matter, alert_id="alert-1", contact="recipient.lea", stage=stage, registry=REGISTRY,
        field_class=classes, zone="UTC", now=NOW,
    )  # fmt: skip


def shown(projection: Projection) -> str:
    """Everything that the object holds, and everything that is read off it."""
    held = " ".join(str(getattr(projection, each.name)) for each in fields_of(projection))
    read = " ".join(
        f"{s.heading} {s.label} {[plain(p) for p in s.paragraphs]} {s.keep_to} {s.options}"
        for s in (screen(stage, projection) for stage in Stage if stage is not Stage.DETAIL)
    )
    return f"{held} {read}".lower()


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    track=st.sampled_from(OUTWARD),
    events=st.lists(reports, min_size=1, max_size=3),
    consented=st.lists(some_fields, min_size=1, max_size=2),
    basis=st.sampled_from([Basis.PERSON, Basis.REPRESENTATIVE, Basis.NECESSITY]),
    classes=some_fields,
    stage=st.sampled_from(Stage),
    many=st.booleans(),
    label=st.none() | st.sampled_from(Label),
    said=st.none() | st.sampled_from(ContactRule),
)
def test_nothing_is_shown_but_what_class_stage_and_consents_all_allow(
    track: TrackName,
    events: list[dict[str, Any]],
    consented: list[frozenset[FieldName]],
    basis: Basis,
    classes: frozenset[FieldName],
    stage: Stage,
    many: bool,
    label: Label | None,
    said: ContactRule | None,
) -> None:
    consents = [a_consent(each, track, basis) for each in consented]
    pattern = Pattern(people=9, at_least=5) if many else None
    matter = a_matter(track, events, consents, pattern=pattern, label=label, may_contact=said)

    view = looked(matter, track, classes, stage)

    if view.projection is None:
        assert basis is Basis.NECESSITY and track is not TrackName.PROTECTION
        return
    may = frozenset(classes) & OF_STAGE[stage]
    for each in consented:
        named = each or (OURS | {FieldName.COUNTRY} if basis is Basis.NECESSITY else frozenset())
        may &= (named or frozenset(FieldName)) | OURS
    if many:
        may &= OF_A_PATTERN
    assert set(view.projection.fields) <= may
    assert bool(view.projection.commitments) is (FieldName.COMMITMENT in may)
    assert view.projection.label.rank >= (label.rank if label else Label.GREEN.rank)
    assert view.projection.may_contact is contact_rule(
        audience=track, said=said or ContactRule.NOBODY
    )
    words = shown(view.projection)
    assert MARK not in words
    for code in (*HeightenedRisk, *RootCause):
        assert code.value not in words.split()


@pytest.mark.parametrize("counted", ["e0", "e1"])
def test_of_a_pattern_only_the_country_and_sector_are_told_whose_people_were_counted(
    counted: str,
) -> None:
    """Two patterns came in one moment, and the page told the sector of the smaller one."""
    events = [
        {"code": "pattern", "sector": "mining"},
        {"code": "pattern", "sector": "palm_oil"},
        {"code": "enrichment", "countries": [{"code": "KE", "role": "happened"}]},
    ]
    consents = [a_consent(frozenset(), TrackName.MSIS, Basis.PERSON)]
    pattern = Pattern(people=9, at_least=5, event=counted)

    shown = _fields(
        looked(
            a_matter(TrackName.MSIS, events, consents, pattern=pattern),
            TrackName.MSIS,
            frozenset(FieldName),
        )
    )

    assert shown[FieldName.SECTOR] == events[int(counted[1])]["sector"]
    assert FieldName.COUNTRY not in shown, "another report's country makes the cell smaller"


def test_of_a_pattern_whose_report_is_no_longer_at_hand_nothing_is_told() -> None:
    consents = [a_consent(frozenset(), TrackName.MSIS, Basis.PERSON)]
    pattern = Pattern(people=9, at_least=5, event="long ago")
    matter = a_matter(
        TrackName.MSIS, [{"code": "enrichment", "sector": "mining"}], consents, pattern=pattern
    )

    shown = _fields(looked(matter, TrackName.MSIS, frozenset(FieldName)))

    assert FieldName.SECTOR not in shown and FieldName.ACT not in shown


def test_of_a_case_about_somebody_every_report_adds_what_it_knows() -> None:
    consents = [a_consent(frozenset(), TrackName.MSIS, Basis.PERSON)]
    events = [{"code": "enrichment", "sector": "mining"}, {"code": "arrest"}]
    matter = a_matter(
        TrackName.MSIS, events, consents, personal=True, pattern=Pattern(people=9, at_least=5)
    )

    shown = _fields(looked(matter, TrackName.MSIS, frozenset(FieldName)))

    assert (shown[FieldName.SECTOR], shown[FieldName.ACT]) == ("mining", "arrest")


@pytest.mark.parametrize("mode", [Mode.QUIET, Mode.PRIVATE])
def test_a_page_says_how_openly_its_track_was_released(mode: Mode) -> None:
    consents = [a_consent(frozenset(), TrackName.MISSIONS, Basis.PERSON)]
    matter = a_matter(TrackName.MISSIONS, [{"code": "arrest"}], consents, mode=mode)

    view = looked(matter, TrackName.MISSIONS, frozenset(FieldName))

    assert view.projection is not None
    assert view.projection.mode is mode


def test_a_pattern_of_too_few_closes_the_page_of_whoever_was_told() -> None:
    consents = [a_consent(frozenset(), TrackName.MSIS, Basis.PERSON)]
    matter = a_matter(
        TrackName.MSIS, [{"code": "pattern"}], consents, pattern=Pattern(people=4, at_least=5)
    )

    assert looked(matter, TrackName.MSIS, frozenset(FieldName)).door is Door.CLOSED


def _fields(view: View) -> Mapping[FieldName, str]:
    return (view.projection or SimpleNamespace(fields={})).fields


# Who came in since


CONSENT = a_consent(frozenset(), TrackName.INVESTORS, Basis.PERSON)
REPORT = {
    "code": "arrest",
    "situation": "sit-1",
    "subjects": [{"kind": "person", "pseudonym": "s1"}],
    "parties": [{"party": "guards", "role": "alleged_perpetrator"}],
}
TIED = a_registry(
    [RECIPIENT, LINKED, a_party("guards", K.COMPANY, "QM")],
    links=[a_link("recipient", L.CONTRACTS_SECURITY, "guards")],
    contacts=[a_contact("recipient", "lea")],
)


def judged_over(registry: Any, matter: Matter) -> View:
    return look(
        over(matter, registry), alert_id="alert-1", contact="recipient.lea", stage=Stage.CONTENT,
        registry=registry, field_class=frozenset(FieldName), zone="UTC", now=NOW,
    )  # fmt: skip


def of_case(matter: Matter, id: str, *reports: dict[str, Any]) -> Matter:
    return replace(matter, reports={id: tuple(ThreatEvent.model_validate(r) for r in reports)})


@pytest.mark.guard
def test_a_page_closes_for_whoever_is_tied_since_to_somebody_an_old_report_accuses() -> None:
    """However many reports came after it: the page itself shows of the newest fifty."""
    matter = a_matter(TrackName.INVESTORS, [REPORT | {"parties": []}], [CONSENT])
    assert judged_over(TIED, of_case(matter, matter.case.id)).door is Door.OPEN
    assert judged_over(TIED, of_case(matter, matter.case.id, REPORT)).door is Door.CLOSED


@pytest.mark.guard
def test_a_page_closes_for_whoever_is_tied_since_to_somebody_a_linked_case_accuses() -> None:
    matter = a_matter(TrackName.INVESTORS, [REPORT | {"parties": []}], [CONSENT])
    matter = replace(matter, linked=(Beside(case="other", consents=()),))
    assert judged_over(TIED, of_case(matter, "other", REPORT)).door is Door.CLOSED
    assert judged_over(REGISTRY, of_case(matter, "other", REPORT)).door is Door.OPEN


@pytest.mark.guard
def test_what_was_known_when_it_was_planned_stays_known() -> None:
    matter = a_matter(TrackName.INVESTORS, [REPORT | {"parties": []}], [CONSENT])
    stored = over(of_case(matter, matter.case.id, REPORT), TIED)
    other = replace(matter, linked=(Beside(case="other", consents=(), closure=stored.closure),))
    assert judged_over(REGISTRY, replace(stored, reports={})).door is Door.CLOSED
    assert judged_over(REGISTRY, other).door is Door.CLOSED


@pytest.mark.guard
def test_a_page_asks_for_what_was_decided_since_and_not_for_what_the_plan_said() -> None:
    """Somebody lowered the mode: whoever opens an old link is asked to act quietly as well."""
    matter = a_matter(TrackName.INVESTORS, [REPORT], [CONSENT], mode=Mode.PRIVATE)
    (track,) = matter.case.tracks
    lowered = replace(matter.case, tracks=(replace(track, mode_set=Mode.QUIET),))
    before = looked(matter, TrackName.INVESTORS, frozenset(FieldName)).projection
    after = looked(
        replace(matter, case=lowered), TrackName.INVESTORS, frozenset(FieldName)
    ).projection
    assert before is not None and before.mode is Mode.PRIVATE
    assert after is not None and after.mode is Mode.QUIET
