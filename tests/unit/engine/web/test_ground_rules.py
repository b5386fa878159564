"""What every reader is asked to keep to: said in one sentence, before and beside what is asked."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.web.answer.english import choices, content
from engine.web.answer.ground_rules import LABEL, MODE, contact_words, label_words, promised
from engine.web.answer.screens import screen
from engine.web.answer.stages import Stage
from engine.web.words.sentence import plain
from notifiers.message import ChannelKind, HowToAnswer
from notifiers.render import render
from rules import guard
from schemas.codes import ContactRule, FieldName, Label, Mode, TrackName
from schemas.commitment import Commitment, PolicyClause
from schemas.pattern import Pattern
from schemas.plan import Reason, Verdict
from schemas.projection import Projection, Purpose
from schemas.responses import ResponseKind
from schemas.safeguards import Safeguards

OUTWARD = [track for track in TrackName if track is not TrackName.DUTY]
TELLING = [Stage.KIND, Stage.ADVERSE, Stage.CONTENT]
FIELDS = {
    FieldName.COUNTRY: "KE",
    FieldName.SECTOR: "palm_oil",
    FieldName.COMPANY: "Verdant Palm",
    FieldName.ACT: "arrest",
    FieldName.ASK: "senior_contact",
    FieldName.DATE_AHEAD: "hearing 2027-03-17T08:00:00+00:00",
}
POLICY = Commitment(
    clauses=(PolicyClause.ZERO_TOLERANCE,),
    as_of=date(2026, 11, 2),
    source="https://nordstein.example/people",
)


def projected(
    audience: TrackName = TrackName.MISSIONS,
    *,
    mode: Mode = Mode.QUIET,
    promises: Iterable[Commitment] = (),
    kind: str = "person",
    field_class: Iterable[FieldName] = FieldName,
    **known: object,
) -> Projection:
    safeguards = Safeguards(**known)
    return guard.project(
        verdict=Verdict(allowed=True, reason=Reason.ALLOWED),
        purpose=Purpose.TELL,
        audience=audience,
        reference="7K3Q-92",
        deadline=datetime(2027, 3, 2, 12, tzinfo=UTC),
        language="en",
        zone="Europe/Berlin",
        severity="",
        detail="",
        count=1,
        event_fields={**FIELDS, FieldName.SUBJECT_KIND: kind},
        field_class=set(field_class),
        consent_fields=set(FieldName),
        exercise=False,
        mode=mode,
        safeguards=safeguards,
        promised=tuple(promises),
    )


def all_words(stage: Stage, projection: Projection) -> str:
    shown = screen(stage, projection)
    told = " ".join(plain(each) for each in shown.paragraphs)
    return " ".join((*shown.label, told, *shown.keep_to))


@pytest.mark.parametrize("audience", OUTWARD)
@pytest.mark.parametrize("stage", TELLING)
def test_nobody_is_told_anything_without_hearing_whom_not_to_contact(
    audience: TrackName, stage: Stage
) -> None:
    words = all_words(stage, projected(audience))

    assert "Please do not contact the person, the family or their organisation" in words


@pytest.mark.parametrize("audience", OUTWARD)
def test_everybody_hears_whom_to_speak_to_instead(audience: TrackName) -> None:
    words = contact_words(projected(audience))

    assert "Speak to us" in words or "we put you in touch" in words


def test_a_company_is_asked_to_leave_its_site_and_its_lawyers_out_of_it() -> None:
    words = contact_words(projected(TrackName.COMPANIES))

    assert "nor the site, its managers, security or lawyers" in words
    assert "do not try to find out who it is" in words


def test_an_embassy_may_speak_to_the_lawyer_when_the_protocol_says_so() -> None:
    words = contact_words(projected(may_contact=ContactRule.REPRESENTATIVE))

    assert words.startswith("You may speak to whoever represents the person: call us")
    assert "do not contact the person, the family or their organisation" in words


def test_where_the_organisation_may_be_spoken_to_the_person_and_family_may_not() -> None:
    words = contact_words(projected(TrackName.UNIONS, may_contact=ContactRule.ORGANISATION))

    assert words == (
        "You may speak to their organisation: call us, and we put you through. "
        "Please do not contact the person or the family."
    )


@pytest.mark.parametrize("said", ContactRule)
def test_no_report_opens_the_way_from_a_company_to_the_defenders_side(said: ContactRule) -> None:
    words = contact_words(projected(TrackName.COMPANIES, may_contact=said))

    assert "You may speak" not in words


@given(st.sampled_from(OUTWARD), st.sampled_from(ContactRule), st.sampled_from(["person", "group"]))
def test_nobody_is_ever_sent_to_the_person_or_the_family(
    audience: TrackName, said: ContactRule, kind: str
) -> None:
    words = contact_words(projected(audience, may_contact=said, kind=kind))
    asked, _, kept = words.partition("Please do not contact")

    assert kept
    assert "famil" in kept and ("the person" in kept or "the people" in kept)
    assert "famil" not in asked


@pytest.mark.parametrize("kind", ["group", "community", "none_identifiable"])
def test_of_many_it_is_not_said_that_there_is_one(kind: str) -> None:
    assert "the people concerned, their families" in contact_words(projected(kind=kind))


@pytest.mark.parametrize("stage", TELLING)
def test_the_label_stands_above_what_is_told_with_what_it_means(stage: Stage) -> None:
    shown = screen(stage, projected())

    assert shown.label == (
        "TLP:AMBER+STRICT",
        "Only for those in your organisation who must act on it: not for clients, members, "
        "partners or suppliers.",
    )


def test_what_only_one_may_know_is_said_to_that_one_and_not_to_be_passed_on() -> None:
    shown = screen(Stage.CONTENT, projected(label=Label.RED))

    assert shown.label[0] == "TLP:RED"
    assert shown.label[1].startswith("Only for you")
    assert dict(shown.options)[ResponseKind.PASSED_ON.value] == "Already passed on, without blame"


def test_whoever_passed_it_on_can_say_so_under_every_label() -> None:
    for label in Label:
        kinds = {each.kind for each in choices(TrackName.COMPANIES, label=label)}
        assert ResponseKind.PASSED_ON in kinds


def test_every_label_and_every_mode_reads_as_one_short_sentence() -> None:
    assert set(LABEL) == set(Label)
    assert set(MODE) == set(Mode)
    for words in (*LABEL.values(), *MODE.values()):
        assert words.endswith(".") and words.count(".") == 1
        assert len(words) <= 110


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        (Mode.QUIET, "nobody may learn that you were asked"),
        (Mode.PRIVATE, "never in public"),
        (Mode.PUBLIC, "in the words agreed with us"),
    ],
)
def test_how_openly_to_act_is_said_beside_what_is_asked(mode: Mode, says: str) -> None:
    assert says in screen(Stage.CONTENT, projected(mode=mode)).keep_to[-1]


def test_a_company_reads_its_own_promise_right_before_what_is_asked_of_it() -> None:
    told = [plain(each) for each in content(projected(TrackName.COMPANIES, promises=[POLICY]))]

    at = told.index(
        "You have said publicly that you tolerate no reprisal against anybody who raises a "
        "concern (https://nordstein.example/people, as of 2 November 2026)."
    )
    assert told[at + 1].startswith("We ask for ")


def test_a_promise_given_through_an_initiative_names_it() -> None:
    shared = Commitment(
        clauses=(PolicyClause.ENGAGE, PolicyClause.PETITION_STATE, PolicyClause.ZERO_TOLERANCE),
        as_of=None,
        source="",
        through="Field Accord",
    )

    assert [plain(each) for each in promised(projected(promises=[shared]))] == [
        "As a member of Field Accord you have said publicly that you engage with people who "
        "defend rights, speak up for them with states and tolerate no reprisal against anybody "
        "who raises a concern."
    ]


def test_nobody_is_told_of_a_promise_where_the_rulebook_shows_none() -> None:
    shown = set(FieldName) - {FieldName.COMMITMENT}

    assert promised(projected(promises=[POLICY], field_class=shown)) == ()


@given(
    st.sets(st.sampled_from(PolicyClause), min_size=1),
    st.none() | st.dates(),
    st.sampled_from(["", "page 12"]),
    st.sampled_from(["", "Field Accord"]),
)
def test_every_promise_reads_as_a_sentence(
    clauses: set[PolicyClause], as_of: date | None, source: str, through: str
) -> None:
    promise = Commitment(
        clauses=tuple(sorted(clauses)), as_of=as_of, source=source, through=through
    )
    (said,) = promised(projected(promises=[promise]))

    text = plain(said)
    assert "you have said publicly that you" in text.lower()
    for slip in ("  ", "()", "(,", ", )", " .", "..", "None", "_"):
        assert slip not in text
    assert text.endswith(".")


@pytest.mark.parametrize("kind", list(ChannelKind))
@given(st.sampled_from(Label), st.sampled_from(Mode), st.sampled_from(ContactRule), st.booleans())
def test_a_message_says_nothing_of_what_stands_on_the_page(
    kind: ChannelKind, label: Label, mode: Mode, said: ContactRule, many: bool
) -> None:
    """Neither label nor mode nor rule nor promise changes a word of it, or of its subject."""
    more = PATTERN if many else {}
    page = projected(label=label, mode=mode, may_contact=said, promises=[POLICY], **more)
    bare = projected(field_class=())
    how = HowToAnswer(url="https://desk.example/a/x", code="4821-93", phone="+00 000 000")
    at = datetime(2027, 3, 2, 9, tzinfo=UTC)

    one, other = (render(p, key="k", at=at, how=how, channel_kind=kind) for p in (page, bare))

    assert (one.subject, one.body) == (other.subject, other.body)
    assert "TLP" not in one.subject + one.body


PATTERN = {"pattern": Pattern(people=9, at_least=5)}


@pytest.mark.parametrize("audience", [TrackName.MSIS, TrackName.INVESTORS, TrackName.COMPANIES])
def test_a_pattern_reads_as_many_and_names_no_company_and_no_hearing(audience: TrackName) -> None:
    words = all_words(Stage.CONTENT, projected(audience, mode=Mode.PRIVATE, **PATTERN))

    assert "People who speak up about palm oil in Kenya are at risk." in words
    assert "a pattern, not one case" in words
    assert "Verdant" not in words and "17 March" not in words
    assert "TLP:GREEN You may share this with colleagues in your field, never in public." in words
    assert "those we bring together" not in words, "it would say the opposite of the label"


def test_a_pattern_asked_quietly_is_not_to_be_shared() -> None:
    assert label_words(projected(**PATTERN))[0] == "TLP:AMBER+STRICT"


@pytest.mark.parametrize("audience", OUTWARD)
def test_a_pattern_never_speaks_of_one_person(audience: TrackName) -> None:
    words = all_words(Stage.CONTENT, projected(audience, mode=Mode.PRIVATE, **PATTERN))

    for one in ("A person", "Someone", "the person", "was arrested"):
        assert one not in words
