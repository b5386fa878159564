"""What each audience reads: the words agreed, from what was projected, and nothing besides."""

from collections.abc import Set
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vault import Secret
from engine.web.answer.english import before_content, content, staged
from engine.web.answer.fields import OF_STAGE
from engine.web.answer.ground_rules import contact_words
from engine.web.answer.screens import screen
from engine.web.answer.stages import Stage, Visit, begin, first_mark, first_stage, seal, unseal
from engine.web.words.sentence import plain
from rules import guard
from schemas.codes import FieldName, Mode, TrackName
from schemas.plan import Reason, Verdict
from schemas.projection import Projection, Purpose
from schemas.safeguards import Basis, Consent, Safeguards

NOW = datetime(2027, 3, 2, 11, 0, tzinfo=UTC)
KEY = Secret(b"a" * 32)
OUTWARD = [track for track in TrackName if track is not TrackName.DUTY]
ALL: dict[FieldName, str] = {
    FieldName.COUNTRY: "KE",
    FieldName.ACT: "arrest",
    FieldName.SECTOR: "palm_oil",
    FieldName.COMPANY: "Verdant Palm",
    FieldName.CERTAINTY: "likely",
    FieldName.AS_OF: "2027-03-02T09:00:00+00:00",
    FieldName.WHY_YOU: "seat",
    FieldName.ASK: "enquire_quietly",
    FieldName.ANSWER_BY: "2027-03-03T09:00:00+00:00",
    FieldName.SUBJECT_KIND: "person",
    FieldName.DATE_AHEAD: "hearing 2027-03-17T08:00:00+00:00",
}
OURS = {FieldName.ASK, FieldName.ANSWER_BY, FieldName.COMMITMENT}


def projected(audience: TrackName, fields: dict[FieldName, str] | None = None) -> Projection:
    return guard.project(
        verdict=Verdict(allowed=True, reason=Reason.ALLOWED),
        purpose=Purpose.TELL,
        audience=audience,
        reference="7K3Q-92",
        deadline=None,
        language="en",
        zone="Europe/Berlin",
        severity="",
        detail="",
        count=1,
        event_fields=ALL if fields is None else fields,
        field_class=set(FieldName),
        consent_fields=set(FieldName),
        exercise=False,
    )


def said(audience: TrackName, fields: dict[FieldName, str] | None = None) -> str:
    return " ".join(plain(paragraph) for paragraph in content(projected(audience, fields)))


def test_an_embassy_is_asked_quietly() -> None:
    assert said(TrackName.MISSIONS) == (
        "A person who defends others' rights in Kenya was arrested. Status: likely, not "
        "confirmed, as of Tue 2 March, 10:00 (UTC+1). Why you: your state is home to a linked "
        "company. We ask, quietly: a visit, an enquiry, or somebody at the hearing. Please answer "
        "by Wed 3 March, 10:00 (UTC+1). Hearing: Wed 17 March, 09:00 (UTC+1). Please do not name "
        "the person or us. If this could spoil something under way, tell us now. "
        "For details, call."
    )


def test_a_company_is_not_accused_and_asked_not_to_look_for_the_person() -> None:
    text = said(TrackName.COMPANIES)

    assert "Someone who raised concerns in palm oil in Kenya is at risk." in text
    assert "We do not say that your company caused it" in text
    assert "do not try to find out who it is" in contact_words(projected(TrackName.COMPANIES))
    assert "arrested" not in text


def test_an_investor_hears_of_trading_rules_before_anything_else() -> None:
    assert "You may decline unopened." in before_content(TrackName.INVESTORS)[0]
    assert before_content(TrackName.MISSIONS) == ()
    assert "you hold or finance Verdant Palm" in said(TrackName.INVESTORS)
    assert "take no public step" in said(TrackName.INVESTORS)


def test_an_initiative_hears_that_no_member_is_found_guilty() -> None:
    text = said(TrackName.MSIS)

    assert "not a finding against any member" in text
    assert "do not use member lists or chapters" in text


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        ("person", "A person who defends others' rights in Kenya was arrested."),
        ("community", "People who defend their land or rights in Kenya were arrested."),
        ("group", "People who defend their land or rights in Kenya were arrested."),
        ("institution", "An organisation that defends rights in Kenya was arrested."),
        ("none_identifiable", "A situation in Kenya puts people at risk."),
    ],
)
def test_the_number_of_people_is_told_as_it_is(kind: str, begins: str) -> None:
    assert said(TrackName.NHRIS, ALL | {FieldName.SUBJECT_KIND: kind}).startswith(begins)


@pytest.mark.parametrize("audience", OUTWARD)
@given(st.sets(st.sampled_from(list(ALL))))
def test_every_sentence_stands_without_the_fields_that_may_be_missing(
    audience: TrackName, given_fields: set[FieldName]
) -> None:
    text = said(audience, {name: ALL[name] for name in given_fields})

    assert text
    for slip in ("  ", " .", " ,", "..", "None", "{", "}", " in is", "_"):
        assert slip not in text, text
    for name, trace in (
        (FieldName.COUNTRY, "Kenya"),
        (FieldName.COMPANY, "Verdant"),
        (FieldName.SECTOR, "palm oil"),
        (FieldName.ACT, "arrested"),
        (FieldName.DATE_AHEAD, "17 March"),
    ):
        assert trace not in text or name in given_fields


def test_a_code_of_a_later_release_breaks_no_page() -> None:
    odd = {name: "brand_new" for name in FieldName} | {
        name: ALL[name] for name in (FieldName.AS_OF, FieldName.ANSWER_BY, FieldName.DATE_AHEAD)
    }

    for audience in OUTWARD:
        assert "at risk" in said(audience, odd) or "brand new" in said(audience, odd)


def test_a_lawyer_learns_country_branch_and_month_before_the_other_side() -> None:
    only = {name: ALL[name] for name in OF_STAGE[Stage.KIND] & set(ALL)}
    first = staged(projected(TrackName.LEGAL, only), Stage.KIND)
    second = staged(projected(TrackName.LEGAL), Stage.ADVERSE)

    assert [plain(x) for x in first] == [
        "Kenya, criminal defence and human rights law, March 2027.",
        "Can you take instructions if there is no conflict?",
    ]
    assert plain(second[0]) == "The other side may be linked to Verdant Palm."


def test_where_the_other_side_may_not_be_written_it_is_told_on_the_phone() -> None:
    shown = staged(projected(TrackName.LEGAL, {}), Stage.ADVERSE)

    assert "on the phone only" in plain(shown[0])


@pytest.mark.parametrize("stage", [Stage.UNDERTAKING, Stage.NOT_FOR_ME])
@pytest.mark.parametrize("audience", OUTWARD)
def test_nothing_of_the_case_is_told_before_the_undertaking(
    audience: TrackName, stage: Stage
) -> None:
    shown = screen(stage, projected(audience))

    assert not shown.label[0] and not shown.keep_to
    text = shown.heading + " ".join(plain(x) for x in shown.paragraphs) + str(shown.options)
    for trace in ("Kenya", "Verdant", "palm oil", "arrest", "Hearing"):
        assert trace not in text


@pytest.mark.parametrize("stage", list(Stage))
def test_a_stage_asks_the_guard_for_no_more_than_it_shows(stage: Stage) -> None:
    early = {Stage.UNDERTAKING, Stage.NOT_FOR_ME}

    assert stage in OF_STAGE
    assert not OF_STAGE[stage] or stage not in early


def consent(*fields: FieldName) -> Consent:
    return Consent(
        id="c",
        pseudonym="s/p",
        audiences=(TrackName.MISSIONS,),
        mode=Mode.QUIET,
        basis=Basis.PERSON,
        given_at=NOW,
        fields=fields,
    )


def allowed(consents: list[Consent], track: TrackName = TrackName.MISSIONS) -> Set[FieldName]:
    """As the page asks the guard."""
    return guard.allowed_fields(Safeguards(consents=tuple(consents)), track=track)


def test_what_one_of_several_people_holds_back_is_held_back_for_all() -> None:
    country, sector = FieldName.COUNTRY, FieldName.SECTOR

    assert allowed([consent(), consent()]) == set(FieldName)  # nobody narrowed it
    assert allowed([consent(country, sector), consent(country)]) == {country} | OURS
    assert allowed([consent(), consent(country)]) == {country} | OURS


def test_where_nobody_consented_a_helper_sees_the_least_it_can_act_on() -> None:
    necessary = replace(consent(), basis=Basis.NECESSITY, audiences=(TrackName.PROTECTION,))

    shown = allowed([necessary], TrackName.PROTECTION)

    assert shown == {FieldName.COUNTRY} | OURS


def test_people_who_agree_on_no_field_do_not_thereby_allow_all() -> None:
    shown = allowed([consent(FieldName.COUNTRY), consent(FieldName.SECTOR)])

    assert shown == OURS  # the desk's own words, on every page


def visit(**changes: Any) -> Visit:
    return begin(nonce="n", stage=changes.pop("stage", Stage.CONTENT), now=NOW)


def test_a_visit_comes_back_as_it_was_sealed() -> None:
    for stage in Stage:
        one = visit(stage=stage)
        assert unseal(seal(one, key=KEY, digest="d"), key=KEY, digest="d", now=NOW) == one


def test_a_visit_is_over_after_two_hours_and_opens_no_other_page() -> None:
    state = seal(visit(), key=KEY, digest="d")
    later = datetime(2027, 3, 2, 13, 0, tzinfo=UTC)

    assert unseal(state, key=KEY, digest="d", now=later) is None
    assert unseal(state, key=KEY, digest="other", now=NOW) is None
    assert unseal(state, key=Secret(b"b" * 32), digest="d", now=NOW) is None


@given(st.text(max_size=80))
def test_what_we_did_not_seal_is_no_visit(state: str) -> None:
    assert unseal(state, key=KEY, digest="d", now=NOW) is None


def test_a_first_mark_belongs_to_one_page() -> None:
    assert first_mark(KEY, "d") == first_mark(KEY, "d") != first_mark(KEY, "e")


def test_who_agreed_before_need_not_agree_again_but_a_lawyer_learns_in_stages() -> None:
    assert first_stage(TrackName.MISSIONS, agreed=False) is Stage.UNDERTAKING
    assert first_stage(TrackName.MISSIONS, agreed=True) is Stage.CONTENT
    assert first_stage(TrackName.LEGAL, agreed=True) is Stage.KIND
