"""Advice on rulebooks that load: each says where, what, and what to do about it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rules import rulebook
from rules.advice import _repeats, advice
from rules.rulebook import RulebookError
from rules.source import read
from schemas.codes import Severity, TrackName
from schemas.party import PartyKind
from schemas.plan import Spread, Step, Until
from schemas.rulebook import RulebookShape, StepShape, TellShape, TrackShape

SHIPPED = (Path(rulebook.__file__).parent / "packs" / "default.yaml").read_text("utf-8")
SMALL = (
    SHIPPED[: SHIPPED.index("  - id: violence")] + SHIPPED[SHIPPED.index("# The most that an") :]
)
"""With its first rule alone: the rest of it takes longer to read than all that is tried here."""
MISSIONS = """      missions:
        gate: release
        mode: quiet
        answer_by: {critical: 4h, high: 24h, elevated: 72h, watch: 72h}
"""
PLAIN = {"gate": "release", "answer_by": "4h"}


def changed(more: str) -> str:
    """The shipped rulebook with more said of its missions."""
    assert SMALL.count(MISSIONS) == 1
    return SMALL.replace(MISSIONS, f"{MISSIONS}        {more}\n")


def said(text: str) -> list[str]:
    rulebook.load(text, filename="tried.yaml")
    return [each.message for each in rulebook.advise(text)]


def track(text: str, severity: Severity = Severity.HIGH):  # type: ignore[no-untyped-def]
    book = rulebook.load(text, filename="tried.yaml")
    tell = TellShape(track=TrackName.MISSIONS, walk="home_missions")
    return book.track("default", tell, severity)


def test_the_shipped_rulebook_needs_no_advice() -> None:
    assert said(SHIPPED) == []


@pytest.mark.parametrize(
    ("more", "part"),
    [
        ("repeat_every: {high: [4h]}", "Only duty is called again"),
        ("anchor: woken", "Nothing wakes a track but duty's"),
        ("steps: [{after: 0, severity: [critical]}]", "A case that is high has no step here"),
        ("steps: [{after: 0}, {after: 30d}]", "Answers for critical are due before this step"),
        ("steps: [{after: 0}, {after: 0}]", "A step at the same time"),
        ("until: {acted: any}", "one of them is enough to let the others be"),
        (
            "{severity: [high], steps: [{after: 0}, {after: 1h, severity: [critical]}]}",
            "The track is not for cases that are critical",
        ),
    ],
)
def test_what_an_author_can_hardly_mean_is_said(more: str, part: str) -> None:
    if more.startswith("{"):
        more = "severity: [high]\n        steps: [{after: 0}, {after: 1h, severity: [critical]}]"
    assert any(part in message for message in said(changed(more))), said(changed(more))


ROUNDS = "    high: [1h, 1h, 1h, 1h, 4h]\n"


def rounds(pauses: str) -> str:
    """The shipped rulebook with other rounds of duty in a high case."""
    assert SMALL.count(ROUNDS) == 1
    return SMALL.replace(ROUNDS, f"    high: [{pauses}]\n")


@pytest.mark.parametrize("pauses", ["4h, 1h", "1h, 4h, 2h", "1h, 2h, 1h, 4h"])
def test_rounds_that_come_closer_together_are_advised_against_and_load_all_the_same(
    pauses: str,
) -> None:
    assert "Pages come closer together here the longer nobody answers." in said(rounds(pauses))


@given(
    minutes=st.lists(st.integers(1, 1_440), min_size=1, max_size=6),
    widening=st.booleans(),
)
def test_rounds_that_widen_or_stay_need_no_advice_and_all_others_do(
    minutes: list[int], widening: bool
) -> None:
    minutes = sorted(minutes) if widening else minutes
    pauses = [each * 60 for each in minutes]

    found = list(_repeats(("duty",), pauses))

    assert bool(found) is (pauses != sorted(pauses))


def test_rounds_are_advised_against_where_they_stand() -> None:
    text = rounds("4h, 1h")
    found = next(x for x in rulebook.advise(text) if x.message.startswith("Pages come closer"))

    assert text.splitlines()[found.line - 1].strip() == "high: [4h, 1h]"


def test_advice_stands_where_the_mistake_stands() -> None:
    text = changed("repeat_every: {high: [4h]}")
    found = next(x for x in rulebook.advise(text) if x.message.startswith("Only duty"))
    line = text.splitlines()[found.line - 1]
    assert line[found.column - 1 :].startswith("repeat_every")


def advised(*tracks: TrackName) -> list[str]:
    """Of the shipped rulebook, with these tracks of its policy alone."""
    source = read(SMALL)
    shape = RulebookShape.model_validate(source.data)
    policy = shape.policies["default"]
    kept = {track: spec for track, spec in policy.tracks.items() if track in tracks}
    left = shape.model_copy(
        update={"policies": {"default": policy.model_copy(update={"tracks": kept})}}
    )
    return [each.message for each in advice(left, source)]


def test_a_policy_that_tells_businesses_alone_is_said_to_be_one_sided() -> None:
    alone = advised(TrackName.COMPANIES, TrackName.INVESTORS)
    assert any("Only businesses are told here" in each for each in alone)


@pytest.mark.parametrize("beside", [TrackName.MISSIONS, TrackName.PROTECTION, TrackName.UNIONS])
def test_one_who_stands_by_people_is_balance_enough(beside: TrackName) -> None:
    assert not any("Only businesses" in each for each in advised(TrackName.COMPANIES, beside))
    assert not any("Only businesses" in each for each in advised())


def test_a_track_that_no_rule_names_is_said() -> None:
    assert said(SMALL) == ["No rule puts anybody on this track."] * 3, "legal, sports, unions"


@pytest.mark.parametrize(
    ("written", "until", "enough", "per_kind"),
    [
        ("acted", Until.ACTED, None, False),
        ("committed", Until.COMMITTED, None, False),
        ({"acted": "any"}, Until.ACTED, 1, False),
        ({"acted": "each"}, Until.ACTED, 0, False),
        ({"committed": 2}, Until.COMMITTED, 2, False),
        ({"committed": 1, "per": "kind"}, Until.COMMITTED, 1, True),
    ],
)
def test_until_is_written_as_one_says_it(
    written: object, until: Until, enough: int | None, per_kind: bool
) -> None:
    found = TrackShape.model_validate({**PLAIN, "until": written}).until
    assert (found.what, found.enough, found.per_kind) == (until, enough, per_kind)


@pytest.mark.parametrize(
    "written",
    ["never", {"acted": "some"}, {"acted": 0}, {"acted": True}, {"acted": 1, "committed": 1},
     {"acted": 2, "per": "house"}, {"owned": 1}, ["acted"], {}],
)  # fmt: skip
def test_an_until_that_nothing_could_fulfil_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        TrackShape.model_validate({**PLAIN, "until": written})


def test_a_wrong_until_is_refused_in_its_place() -> None:
    text = changed("until: {acted: some}")
    with pytest.raises(RulebookError) as refused:
        rulebook.load(text, filename="tried.yaml")
    (problem,) = refused.value.problems
    line = text.splitlines()[problem.line - 1]
    assert line[problem.column - 1 :].startswith("{acted: some}")


def test_steps_know_kinds_severities_and_how_many_contacts() -> None:
    steps = (
        "steps: [{after: 30s, spread: next, contacts: 2, severity: [critical]},"
        " {after: 90d, only: [mission, nhri]}]"
    )
    assert track(changed(steps)).steps == (
        Step(offset=30, spread=Spread.NEXT, contacts=2, severities=(Severity.CRITICAL,)),
        Step(offset=90 * 86_400, only=(PartyKind.MISSION, PartyKind.NHRI)),
    )


@pytest.mark.parametrize("wrong", [{"contacts": 0}, {"only": ["friend"]}, {"severity": ["grave"]}])
def test_a_step_that_says_what_is_not_there_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        StepShape.model_validate({"after": 0, **wrong})


def test_duty_is_woken_whatever_the_severity_and_by_nobodys_kind() -> None:
    text = SMALL.replace(
        "- {after: 15m, roles: [second]}", "- {after: 15m, roles: [second], severity: [critical]}"
    )
    with pytest.raises(RulebookError, match="everybody in their roles"):
        rulebook.load(text, filename="tried.yaml")
