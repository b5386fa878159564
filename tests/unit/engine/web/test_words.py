"""Whatever happens to a case has words: no code reaches a person's eye unexplained."""

from dataclasses import MISSING, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from engine.case.state import AlertStatus, CaseStatus
from engine.web.answer.english import ASKS, choices
from engine.web.console.names import Names
from engine.web.console.present import SENTENCES, tell_fact
from engine.web.console.present_path import LINKS, tell_path
from engine.web.console.present_telling import PURPOSE
from engine.web.words import care, states
from engine.web.words.countries import country_name
from engine.web.words.form import FORM_POINT
from engine.web.words.reasons import LINKED, NEXT_STEP, REFUSED, TROUBLES, WHY, why
from engine.web.words.remedies import REMEDY
from engine.web.words.sentence import plain
from engine.web.words.threats import ACTS, happened, noun_of
from rules.duty import built_in
from rules.packs import __path__ as packs
from rules.rulebook import load
from schemas import codes
from schemas import facts as f
from schemas.codes import threats
from schemas.facts import Fact
from schemas.form import FormPoint
from schemas.link import LinkKind
from schemas.linked import Strictures
from schemas.plan import Gate, Hop, Linkage, Reason, Remedy, Track, Trouble
from schemas.projection import Purpose
from schemas.responses import (
    AnswerClass,
    DeclineReason,
    RefusedBecause,
    ResponseKind,
    Way,
    WithdrawnBecause,
)
from schemas.safeguards import Hold

KINDS = get_args(get_args(Fact)[0])
AT = datetime(2027, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("table", "vocabulary"),
    [
        (WHY, Reason),
        (REMEDY, Remedy),
        (TROUBLES, Trouble),
        (LINKED, Linkage),
        (REFUSED, RefusedBecause),
        (LINKS, LinkKind),
        (PURPOSE, Purpose),
        (states.SEVERITY, codes.Severity),
        (states.TRACK, codes.TrackName),
        (states.CERTAINTY, codes.Certainty),
        (states.MODE, codes.Mode),
        (states.DANGER, codes.Danger),
        (states.PRECISION, codes.Precision),
        (states.SUBJECT, codes.SubjectKind),
        (states.ROOT_CAUSE, codes.RootCause),
        (states.CASE_STATUS, CaseStatus),
        (states.ALERT_STATUS, AlertStatus),
        (states.GATE, Gate),
        (states.ACTION, codes.ActionKind),
        (states.EFFECT, codes.Effect),
        (states.PROVISO, codes.Proviso),
        (states.WORTH, AnswerClass),
        (states.WITHDRAWN, WithdrawnBecause),
        (states.DECLINE, DeclineReason),
        (states.RESPONSE, ResponseKind),
        (states.WAY, Way),
        (states.COUNTRY_ROLE, codes.CountryRole),
        (states.DATE, codes.DateKind),
        (care.STATUS, codes.SubjectStatus),
        (FORM_POINT, FormPoint),
        (care.HEARD, codes.Heard),
    ],
)
def test_every_member_of_a_vocabulary_has_words(table: Any, vocabulary: Any) -> None:
    assert set(table) == set(vocabulary)


def test_every_kind_of_task_and_every_event_code_has_words() -> None:
    assert set(states.TASK) == set(states.TASK_KINDS)
    assert set(states.DECISIONS) <= set(states.TASK_KINDS)
    assert set(ACTS) == set(threats.THREATS)


def test_every_kind_of_fact_has_a_sentence() -> None:
    assert set(SENTENCES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_fact_reads_as_a_sentence(kind: type) -> None:
    fact = kind(**{each.name: _example(each) for each in fields(kind) if each.default is MISSING})

    line = tell_fact(fact, Names(alerts={"x": ("embassy-qn", codes.TrackName.MISSIONS)}))

    said = plain(line.said)
    assert said.endswith((".", ":")), said
    assert said[0].isupper() or said[0] == "x" or said.startswith("embassy"), said
    assert "_" not in said, said
    assert "  " not in said + plain(line.more), said


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_code_that_a_fact_may_carry_has_words(kind: type) -> None:
    """A standing case that came to life again had no words for why: the board could not show it."""
    given = {each.name: _example(each) for each in fields(kind) if each.default is MISSING}
    for each in fields(kind):
        codes_of = get_args(each.type) if each.name not in ("kind", "v", "case_kind") else ()
        for code in codes_of:
            if isinstance(code, str):
                assert plain(tell_fact(kind(**{**given, each.name: code}), Names()).said)


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_a_sentence_and_its_remedy_too(reason: Reason) -> None:
    assert WHY[reason].endswith(".")
    assert NEXT_STEP.get(reason, ".").endswith(".")


@pytest.mark.parametrize("remedy", Remedy)
def test_what_would_turn_a_refusal_is_a_sentence(remedy: Remedy) -> None:
    assert REMEDY[remedy][0].isupper()
    assert REMEDY[remedy].endswith(".")


def test_a_reason_of_a_later_release_is_shown_rather_than_hidden() -> None:
    assert "brand_new" in why("brand_new")


def test_an_unknown_event_code_is_shown_as_it_came_and_promises_nothing() -> None:
    assert noun_of("meteor") == "Unknown code meteor"
    assert happened("meteor", many=False) == "is at risk"
    assert happened("meteor", many=True) == "are at risk"


def test_a_warning_is_never_told_as_if_it_had_happened() -> None:
    assert happened("eviction_announced", many=True) == "may be evicted soon"
    assert happened("arrest", many=False) == "was arrested"
    assert happened("arrest", many=True) == "were arrested"


def test_the_path_to_somebody_left_out_is_told_in_words() -> None:
    names = Names(parties={"pit": "Cerro Pit", "minera": "Cerro Minera"})
    path = (
        Hop(kind="event", a="alleged_perpetrator", b="minera"),
        Hop(kind="operates", a="minera", b="pit", link="l1"),
        Hop(kind="seat", a="minera", b="KE"),
        Hop(kind="event", a="residence", b="QN"),
    )

    assert [plain(said) for said in tell_path(path, names)] == [
        "Cerro Minera is said to be behind it",
        "Cerro Minera operates Cerro Pit",
        "Cerro Minera belongs to Kenya",
        "QN: residence",
    ]


def test_a_country_without_a_name_is_called_by_its_code() -> None:
    assert country_name("KE") == "Kenya"
    assert country_name("QM") == "QM"
    assert country_name("KE", language="no-such-language") == "Kenya"


def test_everything_the_shipped_rulebook_asks_for_has_words() -> None:
    for path in sorted(Path(packs[0]).glob("*.yaml")):
        shape = load(path.read_text("utf-8"), filename=path.name).shape
        asked = {
            track.ask for policy in shape.policies.values() for track in policy.tracks.values()
        }
        asked |= {tell.ask for rule in shape.rules for tell in rule.tell if tell.ask}

        assert asked <= set(ASKS), f"{path.name}: give these words in engine/web/answer/english.py"


@pytest.mark.parametrize("audience", [t for t in codes.TrackName if t is not codes.TrackName.DUTY])
def test_everybody_may_promise_ask_warn_decline_and_name_a_conflict(audience: Any) -> None:
    kinds = [choice.kind for choice in choices(audience)]

    assert len(kinds) == len(set(kinds)) == len(ResponseKind) - 1  # nothing is promised yet
    assert {choice.kind for choice in choices(audience, promised=True)} == set(ResponseKind)
    assert ResponseKind.WARNS in kinds
    assert ResponseKind.CONFLICT in kinds


def _example(field: Any) -> Any:
    """A value of the field's type; the first of a choice."""
    kind = field.type if not isinstance(field.type, str) else eval(field.type)  # noqa: S307
    return _value(kind)


def _value(kind: Any) -> Any:
    options = get_args(kind)
    if kind is datetime:
        return AT
    if kind is Hold:
        return Hold(id="h1", until=AT, by="x", tracks=(codes.TrackName.MISSIONS,))
    if kind is Track:
        return built_in(codes.Severity.HIGH)
    if kind is Strictures:
        return Strictures()
    if kind in (str, int, bool):
        return {str: "x", int: 2, bool: True}[kind]
    if options and type(None) in options:
        return None
    if options and isinstance(options[0], str):
        return options[0]
    if options:  # a tuple of something
        return (_value(options[0]),) if options[0] in (str, codes.TrackName) else ()
    return next(iter(kind))


def test_a_lone_track_or_alert_leaves_no_hole_in_the_sentence() -> None:
    names = Names()
    frozen = f.TrackFrozen(
        tracks=(codes.TrackName.MISSIONS, codes.TrackName.COMPANIES),
        at=AT,
        by="person:ana",
        reason="warned",
    )

    assert plain(tell_fact(frozen, names).said) == (
        "person:ana froze Embassies, Companies until somebody lifts it, "
        "because somebody said that acting now would do harm. Two people are needed to lift it."
    )


def test_a_talk_that_went_on_after_a_no_says_whose_it_is_and_blames_nobody() -> None:
    fact = f.ContactOwnersSet(owners=("ben", "chi"), by="engine", at=AT, to="chi")
    assert plain(tell_fact(fact, Names()).said) == "Talks with the person went to chi."
