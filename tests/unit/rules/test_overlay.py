"""A registry edited while it is in use answers like one made of the same records."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import columns
from rules.graph import DuplicateIdError, Gone, Registry
from schemas.contact import Contact
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party
from tests.unit.rules.build import K, L, a_contact, a_link, a_party

IDS = ("a", "b", "c", "d", "é", "z")
LINK_IDS = tuple(f"l{number}" for number in range(7))
KINDS = (L.PARENT_OF, L.INVESTS_IN, L.SAME_AS)
DAYS = st.none() | st.sampled_from(
    [date(1950, 1, 1), date(2020, 1, 1), date(2026, 12, 31), date.max]
)

parties = st.builds(
    a_party,
    st.sampled_from(IDS),
    st.sampled_from([K.COMPANY, K.SITE, K.NHRI]),
    st.sampled_from([None, "QM", "QN"]),
)
links = st.builds(
    a_link,
    st.sampled_from(IDS),
    st.sampled_from(KINDS),
    st.sampled_from(IDS),
    id=st.sampled_from(LINK_IDS),
    status=st.sampled_from(list(LinkStatus)),
    valid_from=DAYS,
    valid_until=DAYS,
    share=st.none() | st.sampled_from([1, 12.5, 100.0]),
    tier=st.none() | st.integers(1, 3),
    evidence=st.sampled_from(["", "p. 7"]),
)
contacts = st.builds(
    a_contact, st.sampled_from(IDS), st.sampled_from(["desk", "chair"]), rank=st.integers(0, 2)
)


@dataclass(frozen=True)
class Edit:
    """What somebody puts in and takes out at once."""

    parties: dict[str, Party] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    gone: Gone = field(default_factory=Gone)

    def on(self, registry: Registry) -> Registry:
        return registry.changed(
            parties=self.parties.values(),
            links=self.links.values(),
            contacts=self.contacts.values(),
            gone=self.gone,
        )

    def after(self, before: "Edit") -> "Edit":
        """Plain dictionaries, changed in the plain way."""
        kept = {id: each for id, each in before.parties.items() if id not in self.gone.parties}
        linked = {id: each for id, each in before.links.items() if id not in self.gone.links}
        told = {id: each for id, each in before.contacts.items() if id not in self.gone.contacts}
        return Edit(kept | self.parties, linked | self.links, told | self.contacts)


def _by_id(records: Iterable[object]) -> dict[str, object]:
    return {record.id: record for record in records}  # type: ignore[attr-defined]


edits = st.builds(
    Edit,
    parties=st.lists(parties, max_size=3).map(_by_id),
    links=st.lists(links, max_size=4).map(_by_id),
    contacts=st.lists(contacts, max_size=2).map(_by_id),
    gone=st.builds(
        Gone,
        parties=st.frozensets(st.sampled_from(IDS), max_size=2),
        links=st.frozensets(st.sampled_from(LINK_IDS), max_size=2),
        contacts=st.frozensets(st.sampled_from(["a.desk", "b.desk", "b.chair"]), max_size=1),
    ),
)


def answers(registry: Registry) -> list[object]:
    """Everything that can be asked, in ids."""
    said: list[object] = [registry.version]
    for id in IDS:
        said += [registry.party(id), registry.links_from(id), registry.links_to(id)]
        said += [registry.contacts(id), registry.links_to(id, {L.SAME_AS})]
        said += [registry.between(id, kind, other) for kind in KINDS for other in IDS]
        node = registry.number(id)
        said.append(None if node is None else registry.kind_of(node))
        said.append([] if node is None else around(registry, node))
    said += [registry.link(id) for id in LINK_IDS]
    said += [registry.endpoint(f"{id}.desk.mail") for id in IDS]
    said += [registry.contact(f"{id}.desk") for id in IDS]
    said += [registry.of_kind(kind) for kind in (K.COMPANY, K.SITE, K.NHRI)]
    said += [registry.of_state(code) for code in ("QM", "QN", "")]
    return said


def around(registry: Registry, node: int) -> list[object]:
    """One hop by number, with what the columns say of each link."""
    found: list[object] = []
    held = registry.columns
    for ways in ((KINDS[:2], KINDS[1:]), (KINDS[:1], ()), ((), KINDS)):
        for near, link in registry.merged(*map(frozenset, ways)).each(node):
            about = held.abouts[held.about[link]]
            days = (held.since(link), held.until[link], held.opens[link])
            coded = (columns.KINDS[held.kind[link]], columns.STATUSES[held.status[link]])
            ends = (registry.id_of(held.a[link]), registry.id_of(held.b[link]))
            share = str(held.share[link])
            found.append((registry.id_of(near), held.ids[link], about, days, coded, ends, share))
    return found


def scratch(state: Edit) -> Registry:
    return Registry(
        state.parties.values(), links=state.links.values(), contacts=state.contacts.values()
    )


@settings(max_examples=80, deadline=None)
@given(st.lists(edits, min_size=1, max_size=5), st.booleans())
def test_after_any_edits_every_answer_is_that_of_a_registry_made_anew(
    made: list[Edit], asked_between: bool
) -> None:
    state = made[0].after(Edit())
    registry = scratch(state)
    for edit in made[1:]:
        if asked_between:  # what was looked at before an edit is brought up to date with it
            answers(registry)
        registry, state = edit.on(registry), edit.after(state)

    assert answers(registry) == answers(scratch(state))


@settings(max_examples=30, deadline=None)
@given(edits, edits, edits)
def test_two_edits_of_one_registry_know_nothing_of_each_other(
    start: Edit, one: Edit, other: Edit
) -> None:
    state = start.after(Edit())
    registry = scratch(state)
    before = answers(registry)

    left, right = one.on(registry), other.on(registry)

    assert answers(left) == answers(scratch(one.after(state)))
    assert answers(right) == answers(scratch(other.after(state)))
    assert answers(registry) == before, "what somebody is reading stays as it was"


def test_an_edit_that_changes_nothing_is_the_same_version_and_takes_no_room() -> None:
    link = a_link("a", L.PARENT_OF, "b", share=10)
    registry = Registry([a_party("a")], links=[link])

    same = registry.changed(
        parties=[a_party("a")], links=[replace(link)], gone=Gone(links=frozenset({"unknown"}))
    )

    assert same.version == registry.version
    assert same.edits == 0


def test_more_links_than_there_is_room_for_are_taken_all_the_same() -> None:
    registry = Registry([a_party("a")], links=[a_link("a", L.PARENT_OF, "b")])
    many = [a_link("b", L.PARENT_OF, f"n{number}") for number in range(columns.SPARE + 5)]

    half = registry.changed(links=many[:300])
    whole = half.changed(links=many[300:])

    assert half.edits == 300
    assert whole.edits == 0, "made anew"
    assert len(whole.links_from("b")) == columns.SPARE + 5
    assert whole.version == Registry([a_party("a")], links=[*registry.links(), *many]).version


def test_a_hub_edited_in_a_running_engine_keeps_the_order_of_its_neighbours() -> None:
    hub = [a_link("hub", L.INVESTS_IN, f"n{number:03}", id=str(number)) for number in range(400)]
    registry = Registry(links=hub[::2])

    edited = registry.changed(links=hub[1::2], gone=Gone(links=frozenset({"8"})))

    assert [link.b for link in edited.links_from("hub")] == [
        f"n{number:03}" for number in range(400) if number != 8
    ]


def test_an_edit_cannot_smuggle_in_two_records_of_one_id() -> None:
    registry = Registry([a_party("a")], contacts=[a_contact("a")])
    end = a_contact("a").endpoints[0]

    with pytest.raises(DuplicateIdError, match="party"):
        registry.changed(parties=[a_party("b"), a_party("b", K.SITE)])
    with pytest.raises(DuplicateIdError, match="link"):
        registry.changed(links=[a_link("a", L.PARENT_OF, x, id="one") for x in "bc"])
    with pytest.raises(DuplicateIdError, match="endpoint"):
        registry.changed(contacts=[a_contact("b", endpoints=(replace(end, channel="sms"),))])


def test_every_party_and_link_can_be_listed_after_edits() -> None:
    first, second = a_link("a", L.PARENT_OF, "b"), a_link("b", L.PARENT_OF, "c")
    registry = Registry([a_party("a"), a_party("b")], links=[first, second])

    edited = registry.changed(
        parties=[a_party("c")],
        links=[replace(second, share=5.0)],
        gone=Gone(parties=frozenset({"a"}), links=frozenset({first.id})),
    )

    assert {party.id for party in edited.parties()} == {"b", "c"}
    assert list(edited.links()) == [replace(second, share=5.0)]
    assert edited.edits == 4


def test_kinds_of_links_all_fit_the_columns() -> None:
    every = [a_link("a", kind, "b") for kind in LinkKind]

    assert {link.kind for link in Registry(links=every).links_from("a")} == set(LinkKind)
    assert len(columns.KINDS) < 32, "five bits of a sort key"
