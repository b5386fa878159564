"""Whose mail house an address lies in, and whom an open case tells in the wrong one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry.doctor import Finding, Told, Unsound, examine, in_cases
from engine.registry.houses import PUBLIC_PROVIDERS, Houses
from rules.graph import Registry
from schemas.contact import Contact, Endpoint
from schemas.link import LinkKind
from schemas.party import Party, PartyKind
from schemas.plan import Closure, Excluded, Reason
from tests.unit.rules.build import NOW, a_contact, a_link, a_party, a_registry

K, L = PartyKind, LinkKind


def mail(party: str, address: str) -> Contact:
    end = Endpoint(id=f"{party}.{address}", channel="email", address=address)
    return a_contact(party, address, endpoints=(end,))


def shared(registry: Registry) -> list[tuple[str, ...]]:
    found = examine(registry, now=NOW)
    return [each.parties for each in found if each.what is Unsound.SHARED_DOMAIN]


def closure(*parties: str, states: tuple[str, ...] = ()) -> dict[str, Closure]:
    entries = tuple(
        Excluded(party=each, reason=Reason.PERPETRATOR_CLOSURE) for each in sorted(parties)
    )
    return {"d1": Closure(digest="d1", entries=entries, states=states)}


def told(party: str = "union", case: str = "TC-4F2M9") -> Told:
    return Told(case=case, party=party, closure="d1")


@pytest.mark.parametrize(
    "more",
    [
        {"policy": "https://www.mine.example/people/policy.pdf"},
        {"policy": "its report of 2026, http://MINE.example."},
        {"complaints": "grievance@mine.example, or by letter"},
        {"details": (("website", "www.mine.example/about"),)},
        {"details": (("Homepage", "https://mine.example"),)},
        {"identifiers": ("lei:1", "website:mine.example")},
        {"identifiers": ("domain:mine.example",)},
    ],
)
def test_a_union_that_writes_from_the_site_of_a_mine_without_contacts_is_named(
    more: dict[str, object],
) -> None:
    for address in ("rep@mine.example", "rep@Mail.mine.example. "):
        parties = [a_party("mine", **more), a_party("union", K.UNION)]
        assert shared(a_registry(parties, [], [mail("union", address)])) == [("union", "mine")]


@pytest.mark.parametrize(
    "address",
    ["rep@notmine.example", "rep@mine.example.other", "rep@example", "rep@my-mine.example", "+49"],
)
def test_an_address_that_only_looks_like_a_house_lies_in_none(address: str) -> None:
    parties = [a_party("mine", policy="https://mine.example"), a_party("union", K.UNION)]
    assert shared(a_registry(parties, [], [mail("union", address)])) == []


def test_a_site_that_other_details_mention_is_nobodys_house() -> None:
    parties = [a_party("mine", details=(("seen at", "https://press.example"),)), a_party("paper")]
    assert shared(a_registry(parties, [], [mail("paper", "desk@press.example")])) == []


def test_every_contact_in_a_strange_house_is_named_not_the_first_alone() -> None:
    contacts = [mail("union", "a@mine.example"), mail("union", "b@mine.example")]
    registry = a_registry(
        [a_party("mine", policy="https://mine.example"), a_party("union", K.UNION)], [], contacts
    )
    records = [e.record for e in examine(registry, now=NOW) if e.what is Unsound.SHARED_DOMAIN]
    assert records == [each.id for each in contacts]


def a_union_in_the_mines_house() -> Registry:
    return a_registry(
        [a_party("mine", policy="https://mine.example"), a_party("union", K.UNION), a_party("ngo")],
        [],
        [mail("union", "rep@mine.example"), mail("ngo", "desk@ngo.example")],
    )


def test_somebody_told_in_a_case_at_the_perpetrators_own_address_is_named_with_the_case() -> None:
    found = in_cases(a_union_in_the_mines_house(), [told(), told("ngo")], closure("mine"))
    assert found == (
        Finding(
            what=Unsound.IN_EXCLUDED_HOUSE,
            parties=("union", "mine"),
            record="union.rep@mine.example",
            case="TC-4F2M9",
        ),
    )


def test_a_case_that_excludes_somebody_else_says_nothing_of_that_house() -> None:
    registry = a_union_in_the_mines_house()
    assert in_cases(registry, [told()], closure("ngo")) == ()
    assert in_cases(registry, [told()], {}) == ()
    assert in_cases(registry, [], closure("mine")) == ()


def test_a_ministrys_house_is_shut_where_its_state_is() -> None:
    ministry = a_party("ministry", K.STATE_BODY, "QM", policy="https://gov.example/rights")
    registry = a_registry(
        [ministry, a_party("institute", K.NGO)], [], [mail("institute", "desk@hr.gov.example")]
    )
    (found,) = in_cases(registry, [told("institute")], closure(states=("QM",)))
    assert found.parties == ("institute", "ministry")


def test_a_sister_company_in_the_house_of_their_excluded_parent_is_named() -> None:
    """Control explains the address; it does not make it safe."""
    registry = a_registry(
        [a_party("holding"), a_party("sister")],
        [a_link("holding", L.PARENT_OF, "sister")],
        [mail("holding", "a@group.example"), mail("sister", "b@group.example")],
    )
    assert ("sister", "holding") not in shared(registry)
    (found,) = in_cases(registry, [told("sister")], closure("holding"))
    assert found.parties == ("sister", "holding")


labels = st.sampled_from(["mine", "hr", "mail", "example", "union"])
domains = st.lists(labels, min_size=2, max_size=4).map(".".join)


@given(domains, domains)
def test_an_address_lies_in_a_house_just_where_it_ends_on_the_whole_of_its_name(
    house: str, domain: str
) -> None:
    mine = Party(id="mine", kind=K.COMPANY, name="Mine", identifiers=(f"domain:{house}",))
    others = Houses([mine], []).others(mail("union", f"rep@{domain}"))
    assert bool(others) is f".{domain}".endswith(f".{house}")


@pytest.mark.parametrize("house", sorted(PUBLIC_PROVIDERS))
def test_a_house_open_to_everybody_ties_nobody(house: str) -> None:
    mine = Party(id="mine", kind=K.COMPANY, name="Mine", complaints=f"mine@{house}")
    assert Houses([mine], [mail("ngo", f"a@{house}")]).others(mail("union", f"b@{house}")) == ()
