"""Linked cases: what is told of one is never more than the people of either allow."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.consents import allowed_fields, unconsented
from schemas.codes import FieldName, Mode, TrackName
from schemas.plan import Reason
from schemas.safeguards import Basis, Concerned, Consent, Safeguards

NOW = datetime(2027, 3, 18, 5, 20, tzinfo=UTC)
TRACKS = (TrackName.MISSIONS, TrackName.COMPANIES, TrackName.PROTECTION)

consents = st.builds(
    Consent,
    id=st.sampled_from(("k1", "k2", "k3")),
    pseudonym=st.sampled_from(("one", "two")),
    audiences=st.lists(st.sampled_from(TRACKS), unique=True, max_size=3).map(tuple),
    mode=st.sampled_from(Mode),
    basis=st.sampled_from((Basis.PERSON, Basis.NO_IDENTIFIABLE_PERSON)),
    fields=st.lists(st.sampled_from(list(FieldName)[:6]), unique=True, max_size=3).map(tuple),
    until=st.sampled_from((None, NOW, NOW + timedelta(days=1))),
    revoked=st.booleans(),
    agreed_by=st.sampled_from(((), ("ana", "ben"))),
    given_at=st.just(NOW - timedelta(days=1)),
)
people = st.builds(
    Concerned,
    case=st.sampled_from(("a", "b", "c")),
    subjects=st.lists(st.sampled_from(("one", "two")), unique=True, max_size=2).map(tuple),
    consents=st.lists(consents, max_size=3).map(tuple),
)


def allowed(given: Safeguards, track: TrackName, mode: Mode) -> bool:
    return next(unconsented(track, mode, given, NOW), None) is None


def of(own: Concerned, *linked: Concerned) -> Safeguards:
    return Safeguards(subjects=own.subjects, consents=own.consents, linked=linked)


@settings(max_examples=150, deadline=None)
@given(people, st.lists(people, max_size=2), st.sampled_from(TRACKS), st.sampled_from(Mode))
def test_a_link_allows_exactly_what_all_of_them_allow(
    own: Concerned, linked: list[Concerned], track: TrackName, mode: Mode
) -> None:
    together = allowed(of(own, *linked), track, mode)
    assert together is all(allowed(of(each), track, mode) for each in (own, *linked))


@settings(max_examples=100, deadline=None)
@given(people, st.lists(people, min_size=1, max_size=2), st.sampled_from(TRACKS))
def test_no_field_is_shown_that_one_of_them_keeps(
    own: Concerned, linked: list[Concerned], track: TrackName
) -> None:
    shown = allowed_fields(of(own, *linked), track=track)
    for each in (own, *linked):
        assert shown <= allowed_fields(of(each), track=track)


@settings(max_examples=60, deadline=None)
@given(st.lists(people, min_size=2, max_size=3), st.sampled_from(TRACKS), st.sampled_from(Mode))
def test_it_is_the_same_from_whichever_side_one_looks(
    group: list[Concerned], track: TrackName, mode: Mode
) -> None:
    seen = {allowed(of(own, *rest), track, mode) for own, *rest in permutations(group)}
    shown = {allowed_fields(of(own, *rest), track=track) for own, *rest in permutations(group)}
    assert len(seen) == len(shown) == 1


def test_its_own_people_are_named_before_those_of_the_other() -> None:
    yes = Consent(
        id="k1", pseudonym="one", audiences=(TrackName.MISSIONS,), mode=Mode.QUIET,
        basis=Basis.PERSON, given_at=NOW,
    )  # fmt: skip
    other = Concerned(case="b", subjects=("two",))
    given = of(Concerned(case="a", subjects=("one",), consents=(yes,)), other)
    (no,) = unconsented(TrackName.MISSIONS, Mode.QUIET, given, NOW)
    assert (no.reason, no.evidence) == (Reason.LINKED, "b")
    silent = replace(given, consents=())
    first = next(unconsented(TrackName.MISSIONS, Mode.QUIET, silent, NOW))
    assert first.reason is Reason.CONSENT_NONE
