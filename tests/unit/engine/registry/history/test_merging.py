"""One party out of what several sources say of it."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from engine.registry.history.merging import merge
from schemas.party import FormPoint, Mark, Ownership, Party, PartyKind, PolicyClause
from tests.unit.engine.registry.history.records import party


def test_one_source_is_believed_as_it_stands() -> None:
    only = party(aliases=("Mill", "The Mill"), details=(("b", "1"), ("a", "2")))

    assert merge([only]) == only


def test_the_source_that_named_it_first_has_precedence_and_others_fill_what_it_leaves_open() -> (
    None
):
    first = party(name="Mill", state="QM", sectors=("garments",))
    second = party(name="Mill Ltd", state="QN", located="QO", sectors=("mining",), policy="page 3")

    merged = merge([first, second])

    assert (merged.name, merged.state, merged.sectors) == ("Mill", "QM", ("garments",))
    assert (merged.located, merged.policy) == ("QO", "page 3")


def test_what_a_policy_promises_is_believed_of_the_source_that_says_where_and_when() -> None:
    """Else a promise would be quoted from a page on which it does not stand."""
    elsewhere = party(policy="page 3", policy_as_of=date(2020, 1, 1))
    promising = party(
        policy="page 12", policy_clauses=(PolicyClause.ENGAGE,), policy_as_of=date(2026, 11, 2)
    )

    for claims in ([elsewhere, promising], [promising, elsewhere]):
        merged = merge(claims)
        assert (merged.policy, merged.policy_clauses, merged.policy_as_of) == (
            "page 12", (PolicyClause.ENGAGE,), date(2026, 11, 2),
        )  # fmt: skip
    assert merge([party(name="Mill"), elsewhere]).policy == "page 3"


def test_the_form_of_a_mechanism_is_the_one_source_that_says_it_whole_and_in_its_order() -> None:
    """Two halves put together would be the form of nobody."""
    bare = party()
    first = party(requirements=(FormPoint.STATE, FormPoint.ACT))
    second = party(requirements=(FormPoint.WHEN,))

    assert merge([bare, first, second]).requirements == (FormPoint.STATE, FormPoint.ACT)
    assert merge([second, first]).requirements == (FormPoint.WHEN,)


@given(st.lists(st.none() | st.integers(1, 3_653), min_size=1, max_size=4))
def test_of_several_complaint_windows_the_shortest_counts_whoever_came_first(
    said: list[int | None],
) -> None:
    """Whoever complains within it is in time, whichever source is right."""
    known = [days for days in said if days is not None]
    window = merge([party(complaint_window=days) for days in said]).complaint_window

    assert window == (min(known) if known else None)
    assert merge([party(complaint_window=d) for d in reversed(said)]).complaint_window == window


def test_a_party_is_found_by_the_names_and_identifiers_of_all_its_sources() -> None:
    first = party(name="Mill", identifiers=("lei:1",))
    second = party(name="Mill Ltd", aliases=("Mill",), identifiers=("lei:1", "os_id:2"))

    merged = merge([first, second])

    assert (merged.aliases, merged.identifiers) == (("Mill Ltd",), ("lei:1", "os_id:2"))


def test_a_regional_initiative_stays_regional_when_another_source_names_no_region() -> None:
    everywhere, regional = party(regions=()), party(regions=("QM",))

    assert merge([regional, everywhere]).regions == ("QM",)
    assert merge([everywhere, regional]).regions == ()


def test_details_of_all_sources_are_kept_sorted_and_the_first_one_is_believed() -> None:
    first = party(details=(("b", "first"),))
    second = party(details=(("a", "x"), ("b", "second")))

    assert merge([first, second]).details == (("a", "x"), ("b", "first"))


claims = st.lists(
    st.builds(
        party,
        st.just("nhri"),
        kind=st.just(PartyKind.NHRI),
        name=st.sampled_from(["One", "Two"]),
        ganhri=st.sampled_from([None, "A", "B"]),
        independence_override=st.booleans(),
        ownership=st.sampled_from([None, *Ownership]),
        marks=st.sampled_from([(), tuple(Mark)[:1], tuple(Mark)[1:3]]),
    ),
    min_size=1,
    max_size=3,
)


@given(claims)
def test_what_protects_is_believed_of_whoever_says_it(said: list[Party]) -> None:
    merged = merge(said)

    assert merged.independence_override == any(each.independence_override for each in said)
    if any(each.ownership is Ownership.STATE_OWNED for each in said):
        assert merged.ownership is Ownership.STATE_OWNED
    if any(each.ganhri == "B" for each in said):
        assert merged.ganhri == "B"
    assert set(merged.marks) == {mark for each in said for mark in each.marks}


@given(claims)
def test_saying_the_same_again_adds_nothing(said: list[Party]) -> None:
    merged = merge(said)

    assert merge([*said, replace(said[-1])]) == merged
    assert merge([merged, *said]) == merged
