"""Labels: what a reader is asked to keep to only ever becomes narrower by itself (N19)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.labels import label
from schemas.codes import Label, Mode, TrackName, strictest

pytestmark = pytest.mark.guard

OUTWARD = [track for track in TrackName if track is not TrackName.DUTY]
LABELS = st.sampled_from(Label)
INPUTS = st.lists(st.none() | LABELS, max_size=6)
AUDIENCES = st.sampled_from(TrackName)
MODES = st.sampled_from(Mode)


def _label(
    audience: TrackName = TrackName.MISSIONS,
    mode: Mode = Mode.QUIET,
    of_inputs: Label | None = None,
    *,
    pattern: bool = False,
) -> Label:
    return label(audience=audience, mode=mode, of_inputs=of_inputs, pattern=pattern)


def test_the_five_labels_are_written_as_the_protocol_writes_them() -> None:
    assert [each.value for each in Label] == [
        "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED",
    ]  # fmt: skip
    assert all(" " not in each for each in Label)


@pytest.mark.parametrize("audience", OUTWARD)
@pytest.mark.parametrize("mode", Mode)
def test_a_case_stays_in_the_organisation_that_was_asked(audience: TrackName, mode: Mode) -> None:
    assert _label(audience, mode) is Label.AMBER_STRICT


def test_what_duty_sees_is_for_the_person_who_looks_at_it() -> None:
    assert _label(TrackName.DUTY) is Label.RED
    assert _label(TrackName.DUTY, Mode.PUBLIC, Label.CLEAR, pattern=True) is Label.RED


def test_a_pattern_may_go_round_a_community_unless_it_is_asked_quietly() -> None:
    assert _label(TrackName.MSIS, Mode.PRIVATE, pattern=True) is Label.GREEN
    assert _label(TrackName.MSIS, Mode.QUIET, pattern=True) is Label.AMBER_STRICT


def test_nothing_reads_as_free_for_everybody_or_for_the_readers_clients_by_itself() -> None:
    made = {
        _label(audience, mode, pattern=pattern)
        for audience in TrackName
        for mode in Mode
        for pattern in (True, False)
    }

    assert made == {Label.GREEN, Label.AMBER_STRICT, Label.RED}


def test_a_publishers_red_holds_for_everybody_who_reads_it() -> None:
    assert {_label(audience, of_inputs=Label.RED) for audience in TrackName} == {Label.RED}


def test_a_publishers_wider_label_widens_nothing() -> None:
    assert _label(TrackName.COMPANIES, Mode.PRIVATE, Label.CLEAR) is Label.AMBER_STRICT


def test_where_no_input_carries_a_label_there_is_none() -> None:
    assert strictest(()) is None
    assert strictest((None, None)) is None


@given(INPUTS)
def test_the_strictest_is_one_of_the_inputs_and_none_is_stricter(
    inputs: list[Label | None],
) -> None:
    found = strictest(inputs)

    assert found in inputs or (found is None and not any(inputs))
    assert all(each.rank <= found.rank for each in inputs if each is not None and found)


@given(INPUTS, INPUTS)
def test_joining_in_any_order_and_in_any_portions_gives_the_same(
    first: list[Label | None], second: list[Label | None]
) -> None:
    together = strictest([*first, *second])

    assert together is strictest([*second, *first])
    assert together is strictest((strictest(first), strictest(second)))


@given(AUDIENCES, MODES, INPUTS, st.none() | LABELS, st.booleans())
def test_a_further_report_never_widens_what_anybody_reads(
    audience: TrackName, mode: Mode, before: list[Label | None], further: Label | None, many: bool
) -> None:
    was = _label(audience, mode, strictest(before), pattern=many)
    for still_many in (many, False):  # a report about somebody ends a pattern, nothing begins one
        now = _label(audience, mode, strictest([*before, further]), pattern=still_many)
        assert now.rank >= was.rank


@given(AUDIENCES, MODES, st.none() | LABELS, st.booleans())
def test_what_is_read_is_never_wider_than_any_of_its_inputs(
    audience: TrackName, mode: Mode, of_inputs: Label | None, pattern: bool
) -> None:
    found = _label(audience, mode, of_inputs, pattern=pattern)

    assert of_inputs is None or found.rank >= of_inputs.rank


@given(AUDIENCES, st.none() | LABELS, st.booleans())
def test_a_quieter_mode_never_widens(
    audience: TrackName, of_inputs: Label | None, pattern: bool
) -> None:
    ranks = [_label(audience, mode, of_inputs, pattern=pattern).rank for mode in Mode]

    assert ranks == sorted(ranks, reverse=True)
