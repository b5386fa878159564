"""What a page is given to show of a case: each field from where it is known, or left out."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from engine.case.around import Beside
from engine.case.marked import CaseDate
from engine.case.matter import Matter
from engine.case.state import AlertStatus, CaseStatus, HoldState, Necessity
from engine.web.answer.fields import OF_STAGE, Door, event_fields, look
from engine.web.answer.stages import Stage
from rules.graph import Registry
from schemas.closure import Closure, Excluded
from schemas.codes import ContactRule, DateKind, FieldName, Label, Mode, TrackName
from schemas.commitment import PolicyClause
from schemas.contact import Level
from schemas.pattern import Pattern
from schemas.plan import Hop, Reason
from schemas.projection import Purpose
from schemas.safeguards import Basis, Hold
from tests.unit.engine.web.test_projected import NOW, REGISTRY, a_consent, a_matter
from tests.unit.rules.build import K, L, a_contact, a_link, a_party, a_registry

pytestmark = pytest.mark.guard

MISSIONS, MSIS = TrackName.MISSIONS, TrackName.MSIS
ALL = frozenset(FieldName)
ARREST = {
    "code": "arrest",
    "sector": "mining",
    "countries": [{"code": "KE", "role": "happened"}],
    "subjects": [{"kind": "person", "pseudonym": "s1"}],
}


def told_of(*events: dict[str, Any], track: TrackName = MISSIONS, **case: Any) -> Matter:
    consents = [a_consent(frozenset(), track, Basis.PERSON)]
    return a_matter(track, list(events or (ARREST,)), consents, **case)


def fields(matter: Matter, *, registry: Registry = REGISTRY) -> dict[FieldName, str]:
    return event_fields(matter, matter.case.alerts[0], registry=registry)


def seen(matter: Matter, stage: Stage = Stage.CONTENT, **more: Any) -> Any:
    given: dict[str, Any] = {
        "alert_id": "alert-1", "contact": "recipient.lea", "stage": stage, "registry": REGISTRY,
        "field_class": ALL, "zone": "UTC", "now": NOW,
    }  # fmt: skip
    return look(matter, **given | more)


def _alert(matter: Matter, **changes: Any) -> Matter:
    (alert,) = matter.case.alerts
    return replace(matter, case=_with(matter.case, alerts=(_with(alert, **changes),)))


def _with(value: Any, **changes: Any) -> Any:
    return replace(value, **changes)


def test_each_field_comes_from_where_it_is_known() -> None:
    assert fields(told_of()) == {
        FieldName.COUNTRY: "KE",
        FieldName.ACT: "arrest",
        FieldName.SECTOR: "mining",
        FieldName.COMPANY: "Linked Firm",
        FieldName.CERTAINTY: "likely",
        FieldName.AS_OF: (NOW - timedelta(hours=2)).isoformat(),
        FieldName.WHY_YOU: "buys_from",
        FieldName.ASK: "reply",
        FieldName.ANSWER_BY: (NOW + timedelta(days=1)).isoformat(),
        FieldName.SUBJECT_KIND: "person",
    }


def test_what_nobody_knows_is_left_out() -> None:
    bare = replace(told_of({"code": "arrest"}), as_of=None, answer_by=None, plans=())

    assert set(fields(bare)) == {FieldName.ACT, FieldName.CERTAINTY, FieldName.ASK}


def test_the_newest_report_that_says_where_and_in_which_sector_counts() -> None:
    newer = {"code": "enrichment", "sector": "palm_oil",
             "countries": [{"code": "TZ", "role": "happened"}]}  # fmt: skip

    shown = fields(told_of({"code": "enrichment"}, newer, ARREST))

    assert (shown[FieldName.COUNTRY], shown[FieldName.SECTOR]) == ("TZ", "palm_oil")


def test_it_is_called_by_the_act_with_which_it_began() -> None:
    began = {"code": "raid_search"}

    assert fields(told_of({"code": "enrichment"}, ARREST, began))[FieldName.ACT] == "raid_search"
    assert fields(told_of(ARREST, {"code": "early_warning"}))[FieldName.ACT] == "arrest"
    only = fields(told_of({"code": "enrichment"}, {"code": "early_warning"}))
    assert only[FieldName.ACT] == "early_warning", "without an act, by the first report"


def _kinds(*kinds: str) -> dict[str, Any]:
    return {"code": "arrest", "subjects": [{"kind": kind} for kind in kinds]}


@pytest.mark.parametrize(
    ("kinds", "shown"),
    [
        (("person", "none_identifiable"), "none_identifiable"),
        (("none_identifiable", "person"), "person"),
        (("community", "person"), "community"),
        (("person", "group"), "group"),
        (("institution", "person"), "institution"),
        (("group", "community"), "community"),
    ],
)
def test_of_several_kinds_the_one_that_names_many_counts(
    kinds: tuple[str, ...], shown: str
) -> None:
    assert fields(told_of(_kinds(*kinds)))[FieldName.SUBJECT_KIND] == shown


def _found_by(*path: Hop) -> Matter:
    matter = told_of()
    (plan,) = matter.plans
    (planned,) = plan.alerts
    found = replace(planned, candidate=replace(planned.candidate, path=path))
    return replace(matter, plans=(replace(plan, alerts=(found,)),))


def test_why_you_is_the_part_it_plays_where_the_report_itself_names_it() -> None:
    named = Hop(kind="event", a="operator", b="recipient")

    assert fields(_found_by(named))[FieldName.WHY_YOU] == "operator"
    shown = fields(_found_by(named, Hop(kind="parent_of", a="recipient", b="linked-firm")))
    assert shown[FieldName.WHY_YOU] == "parent_of"


def test_the_company_nearest_to_the_reader_is_named_and_never_the_reader() -> None:
    other = a_party("far-firm", K.COMPANY, "QM")
    fund = a_party("fund", K.INVESTOR, "QM")
    registry = a_registry(
        [a_party("recipient", K.COMPANY, "QN"), a_party("linked-firm", K.COMPANY, "QM"), other,
         fund], contacts=[a_contact("recipient", "lea")],
    )  # fmt: skip
    far = Hop(kind="buys_from", a="linked-firm", b="far-firm")
    near = Hop(kind="buys_from", a="recipient", b="linked-firm")

    assert fields(_found_by(far, near), registry=registry)[FieldName.COMPANY] == "Linked Firm"
    shown = fields(
        _found_by(far, Hop(kind="invests_in", a="fund", b="recipient")), registry=registry
    )
    assert shown[FieldName.COMPANY] == "Far Firm", "neither an investor nor the reader"
    nobody = Hop(kind="buys_from", a="recipient", b="stranger")
    assert FieldName.COMPANY not in fields(_found_by(nobody), registry=registry)


def test_the_newest_plan_that_has_it_says_why() -> None:
    first, second = _found_by(Hop(kind="event", a="operator", b="recipient")), told_of()
    both = replace(first, plans=(*first.plans, *second.plans))

    assert fields(both)[FieldName.WHY_YOU] == "buys_from"
    empty = replace(second.plans[0], alerts=())
    assert fields(replace(first, plans=(*first.plans, empty)))[FieldName.WHY_YOU] == "operator"


def _date(id: str, kind: DateKind, hours: int, *tracks: TrackName) -> CaseDate:
    return CaseDate(id=id, kind=kind, at=NOW + timedelta(hours=hours), tracks=tracks, by="ana")


def test_the_first_date_ahead_that_concerns_the_reader_is_shown() -> None:
    hearing = _date("d1", DateKind.HEARING, 5, MSIS)
    visit = _date("d2", DateKind.VISIT, 9, MISSIONS)
    verdict = _date("d3", DateKind.VERDICT, 12)

    shown = fields(told_of(dates=(hearing, visit, verdict)))

    assert shown[FieldName.DATE_AHEAD] == f"visit {visit.at.isoformat()}"
    assert FieldName.DATE_AHEAD not in fields(told_of(dates=(hearing,)))
    assert fields(told_of(dates=(verdict,)))[FieldName.DATE_AHEAD].startswith("verdict ")


def test_a_date_of_ours_alone_is_nobodys_outside() -> None:
    ours = next(kind for kind in DateKind if not kind.outward)

    assert FieldName.DATE_AHEAD not in fields(told_of(dates=(_date("d1", ours, 5),)))


@pytest.mark.parametrize(
    ("stage", "shown"),
    [
        (Stage.UNDERTAKING, set()),
        (Stage.NOT_FOR_ME, set()),
        (Stage.KIND, {FieldName.COUNTRY, FieldName.ACT, FieldName.AS_OF}),
        (
            Stage.ADVERSE,
            {FieldName.COUNTRY, FieldName.ACT, FieldName.AS_OF, FieldName.COMPANY},
        ),
        (Stage.DETAIL, {FieldName.ASK, FieldName.ANSWER_BY}),
    ],
)
def test_each_stage_of_a_page_shows_this_and_no_more(stage: Stage, shown: set[FieldName]) -> None:
    assert set(seen(told_of(), stage).projection.fields) == shown
    assert OF_STAGE[Stage.CONTENT] == ALL


def test_an_open_page_carries_who_asks_what_until_when_and_how_openly() -> None:
    matter = told_of(mode=Mode.PRIVATE)

    view = seen(matter)

    assert view.door is Door.OPEN and view.alert is matter.case.alerts[0]
    shown = view.projection
    assert (shown.purpose, shown.audience, shown.reference) == (Purpose.TELL, MISSIONS, "7K3Q-92")
    assert (shown.deadline, shown.mode, shown.exercise) == (matter.answer_by, Mode.PRIVATE, False)
    assert (shown.language, shown.zone, shown.count) == ("en", "UTC", 1)
    assert shown.commitments, "what it has said in public stands beside the ask"
    assert (shown.label, shown.may_contact) == (Label.AMBER_STRICT, ContactRule.NOBODY)


def test_only_what_an_initiative_stands_for_today_is_held_against_its_member() -> None:
    initiative = replace(
        a_party("msi", K.MSI, "QN"), policy="page 3", policy_clauses=(PolicyClause.ENGAGE,)
    )
    parties = [a_party("recipient", K.COMPANY, "QN"), initiative]
    reader = a_contact("recipient", "lea")

    def shown(until: date | None) -> Any:
        member = a_link("recipient", L.MEMBER_OF, "msi", valid_until=until)
        registry = a_registry(parties, [member], contacts=[reader])
        return seen(told_of(), registry=registry).projection.commitments

    assert shown(None) and shown(NOW.date()) and not shown(NOW.date() - timedelta(days=1))


def test_where_a_life_cannot_wait_a_vetted_helper_reads_without_consent() -> None:
    protection = TrackName.PROTECTION
    registry = a_registry(
        [a_party("recipient", K.PROTECTION, "QN")], contacts=[a_contact("recipient", "lea")]
    )
    necessity = Necessity(by=("ana",), in_force=True, review_by=NOW + timedelta(hours=1))
    asked = replace(told_of(track=protection, necessity=necessity), consents=())

    assert seen(asked, registry=registry).door is Door.OPEN
    assert seen(asked, registry=registry, now=NOW + timedelta(hours=2)).door is Door.CLOSED
    assert seen(asked).door is Door.CLOSED, "a company is no vetted helper"


def test_who_must_not_know_of_a_linked_case_reads_nothing_of_this_one() -> None:
    entry = Excluded(party="recipient", reason=Reason.PERPETRATOR_CLOSURE)
    beside = Beside(case="c2", consents=(), closure=Closure(digest="d2", entries=(entry,)))

    assert seen(replace(told_of(), linked=(beside,))).door is Door.CLOSED


def test_a_reader_too_near_to_the_place_and_a_list_of_nobody_read_nothing() -> None:
    near = a_contact("recipient", "lea", Level.SITE)
    registry = a_registry([a_party("recipient", K.COMPANY, "QN")], contacts=[near])
    assert seen(told_of(), registry=registry).door is Door.CLOSED

    of_nobody = a_registry(
        [a_party("recipient", K.GROUP, "QN")], contacts=[a_contact("recipient", "lea")]
    )
    assert seen(told_of(), registry=of_nobody).door is Door.CLOSED


def test_a_reader_is_shown_their_own_language_and_time() -> None:
    reader = replace(
        a_contact("recipient", "lea"),
        languages=("fr", "en"),
        hours="daily 08:00-16:00 Africa/Cairo",
    )
    registry = a_registry([a_party("recipient", K.COMPANY, "QN")], contacts=[reader])

    shown = seen(told_of(), registry=registry).projection

    assert (shown.language, shown.zone) == ("fr", "Africa/Cairo")
    silent = replace(reader, languages=(), hours="")
    registry = a_registry([a_party("recipient", K.COMPANY, "QN")], contacts=[silent])
    shown = seen(told_of(), registry=registry, zone="Asia/Tokyo").projection
    assert (shown.language, shown.zone) == ("en", "Asia/Tokyo")


def test_only_fields_of_the_readers_class_are_shown() -> None:
    few = frozenset({FieldName.COUNTRY, FieldName.ASK})

    assert set(seen(told_of(), field_class=few).projection.fields) == few


@pytest.mark.parametrize(
    "status",
    [AlertStatus.CLOSED, AlertStatus.WITHHELD, AlertStatus.DECLINED, AlertStatus.PLANNED],
)
def test_a_page_of_whom_nothing_is_asked_is_closed(status: AlertStatus) -> None:
    closed = seen(_alert(told_of(), status=status))

    assert closed.door is Door.CLOSED
    assert (closed.alert, closed.projection) == (None, None)


@pytest.mark.parametrize(
    "status",
    [
        AlertStatus.WAITING, AlertStatus.ANSWERED, AlertStatus.PROMISED, AlertStatus.ACTED,
        AlertStatus.SILENT,
    ],
)  # fmt: skip
def test_a_page_stays_open_while_somebody_of_it_may_still_answer(status: AlertStatus) -> None:
    assert seen(_alert(told_of(), status=status)).door is Door.OPEN


def test_a_page_is_closed_to_strangers_and_to_who_dropped_out() -> None:
    matter = told_of()

    assert seen(matter, alert_id="another").door is Door.CLOSED
    assert seen(matter, contact="nobody").door is Door.CLOSED
    assert seen(_alert(matter, dropped_contacts=("recipient.lea",))).door is Door.CLOSED
    assert seen(_alert(matter, dropped_contacts=("somebody",))).door is Door.OPEN
    assert seen(_alert(matter, party="gone")).door is Door.CLOSED
    assert seen(replace(matter, case=_with(matter.case, tracks=()))).door is Door.CLOSED


@pytest.mark.parametrize(
    ("status", "door"),
    [
        (CaseStatus.OPEN, Door.OPEN),
        (CaseStatus.STANDING, Door.OPEN),
        (CaseStatus.MONITORED, Door.CLOSED),
        (CaseStatus.CLOSED, Door.CLOSED),
    ],
)
def test_a_page_is_open_while_the_case_is(status: CaseStatus, door: Door) -> None:
    matter = told_of()

    assert seen(replace(matter, case=_with(matter.case, status=status))).door is door


def test_whoever_must_wait_reads_that_and_nothing_of_the_case() -> None:
    matter = told_of()
    (state,) = matter.case.tracks
    hold = Hold(id="h1", until=NOW + timedelta(hours=1), by="ana")
    waiting = (
        replace(matter, stopped=True),
        replace(matter, case=_with(matter.case, tracks=(_with(state, frozen=True),))),
        replace(matter, case=_with(matter.case, holds=(HoldState(hold=hold),))),
    )
    for each in waiting:
        view = seen(each)
        assert view.door is Door.WAIT
        assert view.projection is None


def test_whoever_must_not_know_or_was_not_allowed_is_shown_a_closed_page() -> None:
    matter = told_of()
    entry = Excluded(party="recipient", reason=Reason.PERPETRATOR_CLOSURE)
    out = Closure(digest="d1", entries=(entry,))
    taken = replace(matter.consents[0], revoked=True)

    assert seen(replace(matter, closure=out)).door is Door.CLOSED
    assert seen(replace(matter, consents=(taken,))).door is Door.CLOSED
    assert seen(replace(matter, consents=())).door is Door.CLOSED


def test_a_consent_to_some_fields_narrows_what_the_page_shows() -> None:
    matter = told_of()
    some = replace(matter.consents[0], fields=(FieldName.COUNTRY,))

    shown = set(seen(replace(matter, consents=(some,))).projection.fields)

    assert FieldName.COUNTRY in shown and FieldName.SECTOR not in shown


def test_a_drill_says_that_it_is_one() -> None:
    reader = a_contact("recipient", "lea")
    drill = a_registry(
        [replace(a_party("recipient", K.COMPANY, "QN"), exercise=True)], contacts=[reader]
    )

    assert seen(told_of(exercise=True), registry=drill).projection.exercise is True


def test_a_door_is_called_as_the_pages_read_it() -> None:
    assert [door.value for door in Door] == ["open", "wait", "closed"]


def test_of_a_pattern_only_what_was_counted_is_told_of() -> None:
    """The rest of it: `test_projected.py`."""
    matter = told_of({"code": "pattern", "sector": "mining"}, {"code": "arrest", "sector": "oil"},
                     track=MSIS, pattern=Pattern(people=9, at_least=5, event="e1"))  # fmt: skip

    assert fields(matter)[FieldName.SECTOR] == "oil"
    personal = replace(matter, case=_with(matter.case, personal=True))
    assert fields(personal)[FieldName.SECTOR] == "mining"


def test_a_look_that_the_guard_refused_says_why_to_our_own_people() -> None:
    refused = seen(replace(told_of(), consents=()))

    assert refused.verdict.reason is Reason.CONSENT_NONE
    assert refused.projection is None
    assert seen(told_of()).verdict is None
    assert seen(replace(told_of(), stopped=True)).verdict is None, "the guard was not asked"
