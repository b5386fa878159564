"""Comparing a file with what is known: what a dry run shows, and what no file may do."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry.history import Change, Changes, Known, TooMuchDroppedError, compare
from engine.registry.rows import Why
from engine.store.versions import What
from schemas.contact import Endpoint
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Ownership, Party, PartyKind
from tests.unit.engine.registry.history.records import after, contact, known, link, party, rows

THEN = datetime(2030, 1, 2, tzinfo=UTC)


def the_link(changes: Changes) -> Link:
    (change,) = [each for each in changes.all if each.what is What.LINK]
    assert isinstance(change.record, Link)
    return change.record


def the_party(changes: Changes) -> Party:
    (change,) = [each for each in changes.all if each.what is What.PARTY]
    assert isinstance(change.record, Party)
    return change.record


def why(changes: Changes) -> list[Why]:
    return [each.why for each in changes.kept]


def test_what_was_never_known_is_added_with_the_line_it_stands_on() -> None:
    found = compare(Known(), rows(party(), link(), contact()), source="list")

    assert [(each.id, each.n, each.line) for each in found.added] == [
        ("mill", 1, 2),
        ("l1", 1, 3),
        ("c1", 1, 4),
    ]
    assert (found.changed, found.closed, found.unchanged) == ((), (), 0)


def test_the_same_contents_on_another_line_are_no_change() -> None:
    before = known(party(), link(), contact())

    found = compare(before, rows(contact(), link(), party()), source="list", complete=True)

    assert (found.all, found.unchanged) == ((), 3)


def test_a_corrected_record_shows_what_it_was() -> None:
    before = known(party(name="Mil"))

    (change,) = compare(before, rows(party(name="Mill")), source="list").changed

    assert isinstance(change.was, Party) and isinstance(change.record, Party)
    assert (change.was.name, change.record.name, change.n) == ("Mil", "Mill", 2)


def test_what_a_file_says_last_of_an_id_counts() -> None:
    found = compare(Known(), rows(link(tier=1), link(tier=2)), source="list")

    assert the_link(found).tier == 2


def test_a_link_that_a_complete_edition_names_no_more_lapses() -> None:
    before = known(link("l1"), link("l2"))

    (closed,) = compare(before, rows(link("l1")), source="list", complete=True).closed

    assert (closed.id, closed.line) == ("l2", 0)
    assert isinstance(closed.record, Link) and closed.record.status is LinkStatus.LAPSED


def test_a_part_of_a_source_closes_nothing() -> None:
    before = known(link("l1"), link("l2"), contact())

    assert compare(before, rows(link("l1")), source="list").all == ()


def test_one_source_never_closes_the_links_of_another() -> None:
    before = known(link("l1"), contact(), source="other")

    found = compare(before, rows(link("l2")), source="list", complete=True)

    assert [each.id for each in found.all] == ["l2"]


def test_a_link_that_lapsed_and_is_named_again_counts_again() -> None:
    before = known(link(status=LinkStatus.LAPSED))

    assert the_link(compare(before, rows(link()), source="list")).status is LinkStatus.VERIFIED


def test_what_its_source_takes_back_is_withdrawn_and_stays_known() -> None:
    before = known(link())

    (change,) = compare(before, rows(gone=["l1"]), source="list").withdrawn

    assert isinstance(change.record, Link)
    assert change.record == replace(link(), status=LinkStatus.WITHDRAWN)


def test_what_is_taken_back_in_the_file_that_brings_it_is_known_as_withdrawn() -> None:
    found = compare(Known(), rows(link(), gone=["l1"]), source="list")

    assert the_link(found).status is LinkStatus.WITHDRAWN


def test_what_is_taken_back_and_then_named_again_counts() -> None:
    back_and_forth = [*rows(gone=["l1"]), *rows(link(tier=3))]

    assert the_link(compare(known(link()), back_and_forth, source="list")).tier == 3


def test_taking_back_what_nobody_knows_is_nothing() -> None:
    assert compare(Known(), rows(gone=["never"]), source="list").all == ()


def test_no_source_takes_back_the_link_of_another() -> None:
    before = known(link(), source="other")

    found = compare(before, rows(gone=["l1"]), source="list")

    assert (found.all, why(found)) == ((), [Why.ID_TWICE])


def test_no_source_rewrites_the_link_or_contact_of_another() -> None:
    before = known(link(), contact(), source="other")

    found = compare(before, rows(link(tier=4), contact(label="ours")), source="list")

    assert (found.all, why(found)) == ((), [Why.ID_TWICE, Why.ID_TWICE])


def test_contacts_that_a_complete_edition_names_no_more_are_gone_and_others_stay() -> None:
    before = after(
        known(contact("c1"), contact("c2")),
        compare(known(contact("c1"), contact("c2")), rows(contact("x")), source="other"),
    )

    found = compare(before, rows(contact("c1")), source="list", complete=True)

    assert [(each.id, each.record) for each in found.closed] == [("c2", None)]


def test_an_endpoint_of_somebody_else_gets_no_other_address() -> None:
    theirs = Endpoint(id="c1-mail", channel="outbox", address="x@example.org")
    before = known(contact("c1"), source="other")

    found = compare(before, rows(contact("c2", endpoints=(theirs,))), source="list")

    assert (found.all, why(found)) == ((), [Why.ID_TWICE])


def test_a_mailbox_may_serve_two_contacts() -> None:
    before = known(contact("c1"), source="other")

    found = compare(before, rows(contact("c2", endpoints=contact("c1").endpoints)), source="list")

    assert [each.id for each in found.added] == ["c2"]


def test_an_endpoint_may_move_from_one_contact_of_a_file_to_another() -> None:
    moved = contact("c2", endpoints=contact("c1").endpoints)
    before = known(contact("c1"))

    found = compare(before, rows(moved), source="list", complete=True)

    assert (why(found), {each.id for each in found.all}) == ([], {"c1", "c2"})


def test_half_a_file_is_refused_before_it_closes_what_it_does_not_name() -> None:
    before = known(*(link(f"l{n}") for n in range(20)))
    half = compare(before, rows(*(link(f"l{n}") for n in range(10))), source="list", complete=True)
    less = compare(before, rows(*(link(f"l{n}") for n in range(18))), source="list", complete=True)

    with pytest.raises(TooMuchDroppedError, match=r"10 of the 20 .* list"):
        half.check_dropped()
    less.check_dropped()


def test_a_file_never_makes_a_known_institution_independent() -> None:
    before = known(party("nhri", kind=PartyKind.NHRI, state="QM", ganhri="B"))
    better = party("nhri", kind=PartyKind.NHRI, state="QM", ganhri="A", name="Ours")

    found = compare(before, rows(better), source="list")

    assert (the_party(found).ganhri, the_party(found).name) == ("B", "Ours")
    assert why(found) == [Why.NOT_TRUSTED]


def test_no_second_source_makes_a_known_institution_independent() -> None:
    before = known(party("nhri", kind=PartyKind.NHRI, state="QM"))
    better = party("nhri", kind=PartyKind.NHRI, state="QM", ganhri="A")

    found = compare(before, rows(better), source="other")

    assert after(before, found).parties["nhri"].ganhri is None
    assert why(found) == [Why.NOT_TRUSTED]


def test_a_file_never_takes_back_that_an_institution_was_judged_captured() -> None:
    captured = party("nhri", kind=PartyKind.NHRI, ganhri="A", independence_override=True)
    before = known(captured)

    found = compare(before, rows(replace(captured, independence_override=False)), source="list")

    assert (found.all, why(found)) == ((), [Why.NOT_TRUSTED])


@pytest.mark.parametrize(
    "change",
    [
        {"kind": PartyKind.NGO},
        {"state": "QN"},
        {"ownership": Ownership.PRIVATE},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_file_never_ends_that_a_party_is_the_states(change: dict[str, object]) -> None:
    firm = party(kind=PartyKind.STATE_BODY, state="QM", ownership=Ownership.STATE_OWNED)

    found = compare(known(firm), rows(replace(firm, **change)), source="list")  # type: ignore[arg-type]

    assert (found.all, why(found)) == ((), [Why.NOT_TRUSTED])


def test_a_company_may_move_its_seat() -> None:
    found = compare(known(party(state="QM")), rows(party(state="QN")), source="list")

    assert (the_party(found).state, why(found)) == ("QN", [])


def test_what_hardens_is_taken_from_a_file() -> None:
    before = known(party("nhri", kind=PartyKind.NHRI, ganhri="A"))
    worse = party("nhri", kind=PartyKind.NHRI, ganhri="B", independence_override=True)

    found = compare(before, rows(worse), source="list")

    assert (the_party(found).ganhri, the_party(found).independence_override) == ("B", True)


@pytest.mark.parametrize("status", [LinkStatus.REFUTED, LinkStatus.DECLARED])
@pytest.mark.parametrize("says", [LinkStatus.VERIFIED, LinkStatus.UNVERIFIED, LinkStatus.LAPSED])
def test_no_file_takes_back_what_people_said_against_a_link(
    status: LinkStatus, says: LinkStatus
) -> None:
    before = known(link(status=status, verified_by="person:ana, person:ben", verified_at=THEN))

    found = compare(before, rows(link(status=says)), source="list")

    assert (found.all, why(found)) == ((), [Why.NOT_TRUSTED])


@pytest.mark.parametrize("status", [LinkStatus.REFUTED, LinkStatus.DECLARED])
def test_what_people_said_against_a_link_outlives_its_source(status: LinkStatus) -> None:
    before = known(link(status=status))

    assert compare(before, rows(gone=["l1"]), source="list").all == ()
    assert compare(before, rows(party()), source="list", complete=True).changed == ()
    assert compare(before, rows(party()), source="list", complete=True).closed == ()


def test_a_refuted_link_that_its_source_corrects_stays_refuted() -> None:
    before = known(link(status=LinkStatus.REFUTED))

    found = compare(before, rows(link(b="other")), source="list")

    assert (the_link(found).b, the_link(found).status) == ("other", LinkStatus.REFUTED)


def test_a_source_that_repeats_itself_does_not_take_back_what_a_person_verified() -> None:
    said = link(status=LinkStatus.UNVERIFIED, as_of=date(2029, 1, 1))
    before = known(
        replace(said, status=LinkStatus.VERIFIED, verified_by="person:ana", verified_at=THEN)
    )

    again = compare(before, rows(said), source="list")
    newer = compare(before, rows(replace(said, as_of=date(2030, 1, 1))), source="list")

    assert (again.all, why(again)) == ((), [])
    assert (the_link(newer).status, the_link(newer).verified_by) == (
        LinkStatus.VERIFIED,
        "person:ana",
    )


@pytest.mark.parametrize(
    "news", [{"b": "other"}, {"share": 60.0}, {"valid_until": date(2020, 1, 1)}]
)
def test_what_a_person_verified_is_not_verified_once_it_says_something_else(
    news: dict[str, object],
) -> None:
    said = link(status=LinkStatus.UNVERIFIED, kind=LinkKind.INVESTS_IN, share=10.0)
    before = known(replace(said, status=LinkStatus.VERIFIED, verified_by="person:ana"))

    found = compare(before, rows(replace(said, **news)), source="list")  # type: ignore[arg-type]

    assert the_link(found).status is LinkStatus.UNVERIFIED


def test_a_register_that_no_longer_stands_for_a_link_is_heard() -> None:
    before = known(link(verified_by="register"))

    found = compare(before, rows(link(status=LinkStatus.UNVERIFIED)), source="list")

    assert the_link(found).status is LinkStatus.UNVERIFIED


def test_a_link_looked_at_again_is_no_change() -> None:
    before = known(link(verified_by="register", verified_at=THEN))
    again = link(verified_by="register", verified_at=THEN.replace(year=2031))

    assert compare(before, rows(again), source="list").all == ()


def test_changes_are_in_one_order_whatever_the_order_of_the_file() -> None:
    records = [party("a"), party("b"), link("l1"), link("l2"), contact("c1")]

    def ids(*of: Party | Link) -> list[tuple[What, str]]:
        found = compare(Known(), rows(*of), source="list").all
        return [(each.what, each.id) for each in found]

    assert ids(*records) == ids(*reversed(records))  # type: ignore[arg-type]


# Whatever two sources say in whatever order, saying it again changes nothing.

some_parties = st.builds(
    party,
    st.sampled_from(["a", "b"]),
    kind=st.sampled_from([PartyKind.COMPANY, PartyKind.NHRI, PartyKind.STATE_BODY]),
    state=st.sampled_from([None, "QM", "QN"]),
    ganhri=st.sampled_from([None, "A", "B"]),
    independence_override=st.booleans(),
    ownership=st.sampled_from([None, Ownership.STATE_OWNED, Ownership.PRIVATE]),
    name=st.sampled_from(["Mill", "Mill Ltd"]),
    identifiers=st.sampled_from([(), ("lei:1",), ("os_id:2",)]),
    details=st.sampled_from([(), (("k", "v"),)]),
)
some_links = st.builds(
    link,
    st.sampled_from(["l1", "l2", "l3"]),
    b=st.sampled_from(["mill", "other"]),
    status=st.sampled_from(list(LinkStatus)),
    share=st.sampled_from([None, 10.0, 60.0]),
    verified_by=st.sampled_from(["", "person:ana", "register"]),
)
some_contacts = st.builds(
    contact, st.sampled_from(["c1", "c2"]), label=st.sampled_from(["one", "two"])
)
files = st.tuples(
    st.sampled_from(["list", "other"]),
    st.lists(st.one_of(some_parties, some_links, some_contacts), max_size=6),
    st.lists(st.sampled_from(["l1", "l2"]), max_size=1),
    st.booleans(),
)


@settings(max_examples=40)
@given(st.lists(files, min_size=1, max_size=4))
def test_importing_any_file_again_changes_nothing(
    editions: list[tuple[str, list[Party | Link], list[str], bool]],
) -> None:
    so_far = Known()
    for source, records, gone, complete in editions:
        read = rows(*records, gone=gone)
        so_far = after(so_far, compare(so_far, read, source=source, complete=complete))
        assert compare(so_far, read, source=source, complete=complete).all == ()


def test_a_source_that_says_no_more_that_an_institution_is_not_independent_leaves_it_so() -> None:
    """Once its cell was empty, what another source says, A, counted again."""
    so_far = Known()
    for source, ganhri in (("list", "A"), ("other", "B"), ("other", None)):
        read = rows(party("b", ganhri=ganhri))
        so_far = after(so_far, compare(so_far, read, source=source, complete=False))
    assert so_far.parties["b"].ganhri == "B"


@settings(max_examples=40)
@given(st.lists(files, min_size=1, max_size=4))
def test_nothing_protective_is_ever_lost_to_a_file(
    editions: list[tuple[str, list[Party | Link], list[str], bool]],
) -> None:
    so_far = Known()
    for source, records, gone, complete in editions:
        changes = compare(so_far, rows(*records, gone=gone), source=source, complete=complete)
        following = after(so_far, changes)
        for id, before in so_far.parties.items():
            now = following.parties[id]
            assert now.independence_override or not before.independence_override
            assert now.ganhri != "A" or before.ganhri == "A"
            assert now.ownership is Ownership.STATE_OWNED or (
                before.ownership is not Ownership.STATE_OWNED
            )
        for id, link_before in so_far.links.items():
            if link_before.status in (LinkStatus.REFUTED, LinkStatus.DECLARED):
                assert following.links[id].status is link_before.status
        so_far = following


@settings(max_examples=40)
@given(st.lists(files, min_size=1, max_size=4))
def test_every_change_is_the_next_version_of_its_record(
    editions: list[tuple[str, list[Party | Link], list[str], bool]],
) -> None:
    so_far = Known()
    seen: dict[tuple[What, str], int] = {}
    for source, records, gone, complete in editions:
        changes = compare(so_far, rows(*records, gone=gone), source=source, complete=complete)
        for change in changes.all:
            assert isinstance(change, Change)
            assert change.n == seen.get((change.what, change.id), 0) + 1
            seen[change.what, change.id] = change.n
        so_far = after(so_far, changes)
