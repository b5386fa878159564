"""Rulebooks: a good one is loaded whole, a bad one is refused with every mistake in its place."""

from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.candidates import World, candidates
from rules.packs import __path__ as packs
from rules.rulebook import Rulebook, RulebookError, day_of, load
from rules.source import MAX_CHARACTERS, read
from rules.steps import Start
from schemas.codes import (
    Danger,
    DateKind,
    FieldName,
    HeightenedRisk,
    Severity,
    SubjectKind,
    SubjectStatus,
    TrackName,
)
from schemas.event import Subject
from schemas.plan import Anchor, Gate, Spread, Step, Until
from schemas.roster import Role
from schemas.rulebook import TellShape, seconds, signed_seconds
from tests.unit.rules.build import NOW, K, L, a_link, a_party, a_registry, a_role, an_event

HERE = Path(__file__).parent / "rulebooks"
GOOD = (HERE / "good.yaml").read_text("utf-8")
BAD = sorted((HERE / "bad").glob("*.yaml"))
SHIPPED = Path(packs[0]) / "default.yaml"
EXPECTED = (HERE / "bad" / "expected.txt").read_text("utf-8").splitlines()


def _good() -> Rulebook:
    return load(GOOD, filename="good.yaml")


def test_a_good_rulebook_is_loaded_with_its_rules_in_order() -> None:
    book = _good()

    assert book.name == "small"
    assert [rule.shape.id for rule in book.rules] == ["arrests", "mining"]
    assert len(book.version) == 32
    with pytest.raises(FrozenInstanceError):
        book.name = "other"  # type: ignore[misc]


def test_the_version_names_the_content_not_the_layout() -> None:
    commented = GOOD.replace("name: small", "name:   small   # ours").replace(" 4h", " 240m")
    commented = commented.replace('version: "1"\n', "") + "version: '1'\n"

    assert load(commented, filename="x").version == _good().version
    assert load(GOOD.replace("24h", "25h"), filename="x").version != _good().version


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_mistake_is_named_with_its_place_and_what_to_do(path: Path) -> None:
    with pytest.raises(RulebookError) as caught:
        load(path.read_text("utf-8"), filename=path.name)

    expected = [line for line in EXPECTED if line.startswith(f"{path.name}:")]
    assert str(caught.value).splitlines() == expected
    assert all(problem.remedy for problem in caught.value.problems)


def test_every_expected_message_belongs_to_a_file_and_every_file_has_one() -> None:
    assert {line.partition(":")[0] for line in EXPECTED} == {path.name for path in BAD}
    assert len(BAD) > 50


def test_mistakes_of_shape_and_of_conditions_are_shown_in_one_go() -> None:
    text = GOOD.replace("gate: release\n", "gate: open\n").replace("event.sector", "event.sektor")

    with pytest.raises(RulebookError) as caught:
        load(text, filename="x.yaml")

    assert len(caught.value.problems) == 2
    assert caught.value.filename == "x.yaml"


@pytest.mark.parametrize(
    "text",
    [
        "rules: 5",
        "rules: [1, {when: 7}, {when: 'tru'}]",
        "&a [*a]",
        "\x00",
        "a: \ud800",
        "%YAML 9.9\n---\na",
        '? {a: 1}\n: {"b": [}',
        "!!int abc: 1",
        "version: 1e400",
        "a: !!int x",
        "null",
        "a: 0o17\nb: 0x1F\nc: 1_000\nd: .inf\ne: 2027-03-01",
    ],
)
def test_whatever_text_is_given_the_answer_is_a_list_of_problems(text: str) -> None:
    with pytest.raises(RulebookError) as caught:
        load(text, filename="x.yaml")

    assert caught.value.problems


@given(text=st.text(alphabet="ab:-[]{}&*!|>'\"#?,% \n\t0", max_size=40))
def test_no_text_makes_the_reader_fall(text: str) -> None:
    source = read(text)

    assert source.problems or source.data is None or source.data == source.data


def test_a_file_of_absurd_size_is_not_even_read() -> None:
    (problem,) = read("#" * (MAX_CHARACTERS + 1)).problems

    assert problem.message == "The file is too large."


def test_a_bomb_of_aliases_is_refused_quickly() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 6)}]" for n in range(1, 9)]

    (problem,) = read("\n".join(lines)).problems

    assert problem.message == "Too deep or too long."


# Severity


def _severity(code: str, ceiling: Severity | None = None, **more: object) -> tuple[Severity, bool]:
    return _good().severity(an_event(code, **more), ceiling=ceiling)


def _subject(*risks: HeightenedRisk) -> tuple[Subject, ...]:
    return (Subject(kind=SubjectKind.PERSON, heightened_risk=risks),)


def test_severity_is_the_codes_own_unless_the_rulebook_says_otherwise() -> None:
    assert _severity("arrest") == (Severity.HIGH, False)
    assert _severity("slapp") == (Severity.ELEVATED, False)
    assert _severity("smear") == (Severity.HIGH, False)


def test_an_unknown_code_is_grave() -> None:
    assert _severity("something_new") == (Severity.HIGH, False)


@pytest.mark.parametrize(
    ("danger", "expected"),
    [
        (Danger.YES, Severity.CRITICAL),
        (Danger.NO, Severity.ELEVATED),
        (Danger.UNKNOWN, Severity.ELEVATED),
    ],
)
def test_danger_at_this_moment_makes_anything_critical(danger: Danger, expected: Severity) -> None:
    assert _severity("slapp", danger_now=danger)[0] is expected


def test_heightened_risk_raises_by_a_step_and_no_further_than_the_rulebook_says() -> None:
    child = _subject(HeightenedRisk.CHILD)

    assert _severity("slapp", subjects=child)[0] is Severity.HIGH
    assert _severity("arrest", subjects=child)[0] is Severity.HIGH
    assert _severity("killing", subjects=child)[0] is Severity.CRITICAL
    assert _severity("slapp", subjects=_subject(HeightenedRisk.WOMAN))[0] is Severity.ELEVATED


def test_a_claim_raises_and_never_lowers() -> None:
    assert _severity("slapp", severity=Severity.CRITICAL)[0] is Severity.CRITICAL
    assert _severity("killing", severity=Severity.WATCH)[0] is Severity.CRITICAL


def test_a_key_with_a_ceiling_cannot_claim_more_but_what_happened_stays_what_it_is() -> None:
    claim = {"severity": Severity.CRITICAL, "danger_now": Danger.YES}

    assert _severity("slapp", Severity.HIGH, **claim) == (Severity.HIGH, True)
    assert _severity("arrest", Severity.WATCH, **claim) == (Severity.HIGH, True)
    assert _severity("killing", Severity.WATCH) == (Severity.CRITICAL, False)
    assert _severity("slapp", Severity.HIGH) == (Severity.ELEVATED, False)
    assert _severity("slapp", Severity.CRITICAL, **claim) == (Severity.CRITICAL, False)


# Tracks


def test_a_track_is_frozen_for_the_severity_and_the_rules_ask() -> None:
    tell = TellShape(track=TrackName.MISSIONS, walk="home_missions", ask="visit")

    track = _good().track("plain", tell, Severity.CRITICAL)

    assert (track.answer_by, track.answer_holds_for) == (4 * 3_600, 4 * 3_600)
    assert (track.gate, track.anchor, track.until) == (Gate.RELEASE, Anchor.RELEASED, Until.ACTED)
    assert track.steps == (Step(offset=0),)
    assert track.ask == "visit"
    assert _good().track("plain", tell, Severity.WATCH).answer_by == 259_200


def test_a_track_may_have_its_own_holding_time_repeats_and_ask() -> None:
    companies = TellShape(track=TrackName.COMPANIES, walk="buyers")
    protection = TellShape(track=TrackName.PROTECTION, walk="protection")

    firm = _good().track("plain", companies, Severity.CRITICAL)
    help_ = _good().track("plain", protection, Severity.HIGH)

    assert (firm.answer_holds_for, firm.repeat_every, firm.ask) == (172_800, (3_600,), "reply")
    assert _good().track("plain", companies, Severity.HIGH).repeat_every == ()
    assert help_.steps == (
        Step(offset=0, spread=Spread.NEXT),
        Step(offset=7_200, spread=Spread.NEXT),
    )


def test_a_track_may_count_from_a_date_with_steps_before_and_after_it() -> None:
    dated = (
        "        anchor: date\n        dates: [hearing]\n"
        "        steps: [{after: -14d}, {after: 4h}]\n"
    )
    text = GOOD.replace(
        "        answer_by: {critical: 4h", dated + "        answer_by: {critical: 4h"
    )
    tell = TellShape(track=TrackName.MISSIONS, walk="home_missions")

    track = load(text, filename="x").track("plain", tell, Severity.HIGH)

    assert (track.anchor, track.dates) == (Anchor.DATE, (DateKind.HEARING,))
    assert [step.offset for step in track.steps] == [-14 * 86_400, 4 * 3_600]


def test_the_duty_track_is_the_rulebooks_own_ladder() -> None:
    track = _good().duty_track(Severity.CRITICAL)

    assert track.name is TrackName.DUTY
    assert (track.gate, track.until, track.anchor) == (Gate.NONE, Until.OWNED, Anchor.OPENED)
    assert track.steps == (
        Step(offset=0, roles=(Role.HANDLER,)),
        Step(offset=900, roles=(Role.DIRECTOR,)),
    )
    assert (track.answer_holds_for, track.repeat_every) == (14_400, (900, 3_600))


def test_a_rulebook_without_check_ins_has_the_shipped_ones() -> None:
    assert _good().duty_track(Severity.HIGH).check_ins is None
    shipped = load(SHIPPED.read_text("utf-8"), filename="default.yaml")
    assert shipped.shape.duty.check_ins
    assert shipped.duty_track(Severity.HIGH).check_ins is None, "the pack says what is built in"


def test_a_rulebooks_own_check_ins_count_beside_the_shipped_ones() -> None:
    own = "duty:\n  check_ins: {critical: [3h, 1d]}\n  by_status: {detained: [12h]}\n"
    book = load(GOOD.replace("duty:\n", own, 1), filename="x")

    check_ins = book.duty_track(Severity.WATCH).check_ins

    assert check_ins is not None
    assert dict(check_ins.by_severity)[Severity.CRITICAL] == (3 * 3_600, 86_400)
    assert dict(check_ins.by_severity)[Severity.WATCH] == (30 * 86_400,)
    assert check_ins.by_status == ((SubjectStatus.DETAINED, (12 * 3_600,)),)


@pytest.mark.parametrize("pauses", ["[]", "[0]", "[5m]", "[91d]", "[soon]"])
def test_check_ins_that_come_never_or_all_the_time_are_refused(pauses: str) -> None:
    own = f"duty:\n  check_ins: {{critical: {pauses}}}\n"
    with pytest.raises(RulebookError) as caught:
        load(GOOD.replace("duty:\n", own, 1), filename="x")
    assert "duty.check_ins.critical" in str(caught.value)


def test_a_walk_under_its_own_name_finds_the_states_it_lists() -> None:
    registry = a_registry(
        [a_party("qs", K.MISSION, "QS"), a_party("qo", K.MISSION, "QO")],
        [a_link("qs", L.ACCREDITED_TO, "QM"), a_link("qo", L.ACCREDITED_TO, "QM")],
    )
    start = Start(registry=registry, event=an_event(), on=NOW.date())

    assert [found.party for found in _good().walk("friends", start).found] == ["qs"]
    assert _good().walk("home_missions", start).found == ()


def _with_walks(*lines: str) -> Rulebook:
    friends = "  friends: {walk: third_missions, states: [QS]}\n"
    return load(GOOD.replace(friends, friends + "".join(lines)), filename="x.yaml")


def test_a_walk_of_ones_own_is_a_path_and_may_name_others_of_ones_own_and_the_shipped_ones() -> (
    None
):
    book = _with_walks(
        "  traders: {path: '^buys_from[tier <= 2]'}\n",
        "  their-money: {path: 'traders/^invests_in | direct_investors'}\n",
        "  neighbours: {path: 'desk.states/mission', states: [QT]}\n",
    )
    registry = a_registry(
        [a_party(id) for id in ("mine", "shop", "far-shop", "fund", "saver")]
        + [a_party("qt", K.MISSION, "QT")],
        [
            a_link("shop", L.BUYS_FROM, "mine", tier=2),
            a_link("far-shop", L.BUYS_FROM, "mine", tier=3),
            a_link("fund", L.INVESTS_IN, "shop"),
            a_link("saver", L.INVESTS_IN, "mine"),
        ],
    )
    event = an_event(parties=[a_role("mine", "site")])
    start = Start(registry=registry, event=event, on=NOW.date())

    def found(name: str) -> list[str]:
        return [each.party for each in book.walk(name, start).found]

    assert found("traders") == ["shop"]
    assert found("their-money") == ["saver", "fund"]
    assert found("neighbours") == ["qt"]
    assert book.version != _good().version


def test_what_a_walk_of_ones_own_explains_stands_under_the_audience_of_each_party() -> None:
    text = GOOD.replace("explain: [", "explain: [around, ")
    assert text != GOOD
    friends = "  friends: {walk: third_missions, states: [QS]}\n"
    around = "  around: {path: '^buys_from | ^invests_in | ^officer_of'}\n"
    book = load(text.replace(friends, friends + around), filename="x.yaml")
    parties = [a_party("mine", K.SITE), a_party("shop"), a_party("fund", K.INVESTOR)]
    links = [a_link("shop", L.BUYS_FROM, "mine"), a_link("fund", L.INVESTS_IN, "mine")]
    parties.append(a_party("boss", K.PERSON))
    links.append(a_link("boss", L.OFFICER_OF, "mine"))

    told = candidates(
        World(book, a_registry(parties, links)), an_event(parties=[a_role("mine", "site")])
    )

    explained = {each.party: each.track for each in told.explained}
    assert explained["shop"] is TrackName.COMPANIES
    assert explained["fund"] is TrackName.INVESTORS
    assert "boss" not in explained


def test_an_audience_without_a_field_class_sees_nothing() -> None:
    assert _good().field_class(TrackName.MISSIONS) == {FieldName.COUNTRY, FieldName.ACT}
    assert _good().field_class(TrackName.SPORTS) == frozenset()


def test_links_must_hold_on_the_day_of_the_event_else_on_the_day_it_came() -> None:
    other = date(2026, 1, 1)

    assert day_of(an_event(), otherwise=other) == NOW.date()
    assert day_of(an_event(at=None), otherwise=other) == other
    assert day_of(an_event(at=None), otherwise=None) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [("15m", 900), ("4h", 14_400), ("2d", 172_800), ("90s", 90), ("0", 0), (7, 7), ("30", 30)],
)
def test_durations_are_read_as_people_write_them(written: object, expected: int) -> None:
    assert seconds(written) == expected


@pytest.mark.parametrize("written", ["", "4 h", "-1m", -1, True, None, 1.5, "1w", "01m", "٣m"])
def test_what_is_no_duration_is_refused_with_an_example(written: object) -> None:
    with pytest.raises(ValueError, match="write for example 15m"):
        seconds(written)


@pytest.mark.parametrize(
    ("written", "expected"), [("-14d", -1_209_600), ("-72h", -259_200), (-60, -60), ("4h", 14_400)]
)
def test_a_time_before_a_date_has_a_minus(written: object, expected: int) -> None:
    assert signed_seconds(written) == expected


@pytest.mark.parametrize("written", ["--1m", "- 1m", "-", "-1w", None])
def test_what_is_no_time_before_a_date_is_refused_with_an_example(written: object) -> None:
    with pytest.raises(ValueError, match="write for example 15m"):
        signed_seconds(written)
