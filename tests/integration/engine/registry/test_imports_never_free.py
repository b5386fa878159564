"""Whatever is imported in whatever order, nobody who was excluded may ever be told.

And following the imports one by one leads to the same registry as reading all of it anew.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from engine.registry import World, load_world
from engine.registry.history import Edition, compare, read_known, take
from engine.registry.loading import load_registry, newer
from engine.registry.rows import RowRead
from rules.exclusion import closure
from rules.graph import Registry
from schemas.event import ThreatEvent
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Ownership, Party, PartyKind
from tests.harness.files import new_database
from tests.unit.engine.registry.history.records import contact, link, party, rows
from tests.unit.rules.build import NOW, a_role, an_event

IDS = ["p0", "p1", "p2", "p3"]


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[Connection]:
    """A store whose transactions are undone: each story begins with an empty one."""
    database = new_database(tmp_path / "store.sqlite")
    conn = database.writer()
    yield conn
    conn.close()
    database.close()


def bring(conn: Connection, read: list[RowRead], source: str, *, complete: bool = False) -> None:
    changes = compare(read_known(conn), read, source=source, complete=complete)
    take(conn, changes, Edition(source=source, by="t"), at=NOW)


def excluded(registry: Registry, event: ThreatEvent) -> set[str]:
    return {entry.party for entry in closure(registry, event).entries}


a_party = st.builds(
    party,
    st.sampled_from(IDS),
    kind=st.sampled_from(
        [
            PartyKind.COMPANY,
            PartyKind.SITE,
            PartyKind.LAW_FIRM,
            PartyKind.PERSON,
            PartyKind.STATE_BODY,
            PartyKind.MISSION,
            PartyKind.NHRI,
            PartyKind.NGO,
        ]
    ),
    state=st.sampled_from(["QM", "QN", None]),
    ownership=st.sampled_from([None, Ownership.STATE_OWNED, Ownership.PRIVATE]),
    ganhri=st.sampled_from([None, "A", "B"]),
    independence_override=st.booleans(),
)
a_link = st.builds(
    link,
    st.sampled_from(["l0", "l1", "l2", "l3", "l4"]),
    a=st.sampled_from(IDS),
    b=st.sampled_from([*IDS, "state:QM"]),
    kind=st.sampled_from(
        [
            LinkKind.PARENT_OF,
            LinkKind.OPERATES,
            LinkKind.INVESTS_IN,
            LinkKind.BODY_OF,
            LinkKind.SAME_AS,
            LinkKind.JOINT_VENTURE_WITH,
            LinkKind.CONTRACTS_SECURITY,
            LinkKind.REPRESENTS,
            LinkKind.OFFICER_OF,
        ]
    ),
    status=st.sampled_from(list(LinkStatus)),
    share=st.sampled_from([None, 10.0, 80.0]),
)
Records = list[Party | Link]
an_edition = st.tuples(
    st.sampled_from(["list", "other"]),
    st.lists(st.one_of(a_party, a_link), max_size=5),
    st.lists(st.sampled_from(["l0", "l1", "l2"]), max_size=1),
    st.booleans(),
)
an_event_about = st.builds(
    lambda who, role, kind, state: an_event(
        parties=[a_role(who, role, perpetrator_kind=kind)], happened=state
    ),
    st.sampled_from(IDS),
    st.sampled_from(["alleged_perpetrator", "adverse_party"]),
    st.sampled_from(["state", "company", "unknown"]),
    st.sampled_from(["QM", "QN"]),
)
all_parties = st.tuples(
    *(
        a_party.map(lambda p, id=id: replace(p, id=id, state=p.state or "QM"))  # type: ignore[misc]
        for id in IDS
    )
)
Story = list[tuple[str, Records, list[str], bool]]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(all_parties, st.lists(an_edition, min_size=1, max_size=4), an_event_about)
def test_no_sequence_of_imports_ever_makes_the_exclusion_closure_smaller(
    conn: Connection, everybody: tuple[Party, ...], story: Story, event: ThreatEvent
) -> None:
    """Everybody and their seats are known from the beginning: who an unknown alleged name turns
    out to be may free those who stood for it (`rules.exclusion`)."""
    with conn.begin() as transaction:
        bring(conn, rows(*everybody), "list")
        before = excluded(load_registry(conn), event)
        for source, records, gone, complete in story:
            bring(conn, rows(*records, gone=gone), source, complete=complete)
            after = excluded(load_registry(conn), event)
            assert before <= after
            before = after
        transaction.rollback()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(an_edition, min_size=1, max_size=4))
@example(
    [("list", [link("l0"), link("l0~1")], [], False), ("list", [link("l0", b="p3")], [], False)]
)
@example(
    [
        ("list", [party("p0", kind=PartyKind.MISSION, state="QM")], [], False),
        ("other", [party("p0", kind=PartyKind.MISSION, state="QN")], [], False),
    ]
)
def test_following_import_after_import_leads_to_the_same_registry_as_reading_it_anew(
    conn: Connection, story: Story
) -> None:
    with conn.begin() as transaction:
        world: World = load_world(conn)
        for number, (source, records, gone, complete) in enumerate(story):
            mail = contact(f"c{number % 2}", label=source)
            bring(conn, rows(*records, mail, gone=gone), source, complete=complete)
            world = newer(conn, world) or world
            assert world.registry.version == load_registry(conn).version
            assert newer(conn, world) is None
        transaction.rollback()


def test_a_corrected_link_goes_on_excluding_whom_it_named_before(conn: Connection) -> None:
    owner = link("l0", kind=LinkKind.PARENT_OF, a="p0", b="p1")
    event = an_event(parties=[a_role("p0")])
    with conn.begin():
        bring(conn, rows(*(party(id) for id in IDS), owner), "list")
        bring(conn, rows(replace(owner, b="p2")), "list")
        bring(conn, rows(replace(owner, b="p3")), "list")
        registry = load_registry(conn)

    earlier = [registry.link(id) for id in ("l0~1", "l0~2")]
    assert [each and (each.b, each.status) for each in earlier] == [
        ("p1", LinkStatus.WITHDRAWN),
        ("p2", LinkStatus.WITHDRAWN),
    ]
    assert excluded(registry, event) >= {"p0", "p1", "p2", "p3"}


def test_a_company_that_moved_its_seat_is_out_with_its_old_state_if_it_acts_for_a_state(
    conn: Connection,
) -> None:
    with conn.begin():
        embassy = party("p1", kind=PartyKind.MISSION, state="QM")
        bring(conn, rows(party("p0", state="QM"), embassy), "list")
        bring(conn, rows(party("p0", state="QN")), "list")
        registry = load_registry(conn)

    event = an_event(parties=[a_role("p0", perpetrator_kind="state")], happened="QO")
    assert "p1" in excluded(registry, event)


def test_a_firm_that_two_sources_together_count_to_a_state_stays_with_it(
    conn: Connection,
) -> None:
    """One said where it is, the other that it is the state's; then the first corrected the seat."""
    with conn.begin():
        bring(conn, rows(party("p0", state="QM")), "list")
        bring(conn, rows(party("p0", ownership=Ownership.STATE_OWNED)), "other")
        bring(conn, rows(party("p0", state="QN")), "list")
        registry = load_registry(conn)

    event = an_event(parties=[a_role(None, perpetrator_kind="state")], happened="QM")
    assert "p0" in excluded(registry, event)


def test_a_correction_that_is_taken_back_leaves_one_link_and_not_two(conn: Connection) -> None:
    owner = link("l0", kind=LinkKind.PARENT_OF, a="p0", b="p1")
    with conn.begin():
        for b in ("p1", "p2", "p1"):
            bring(conn, rows(replace(owner, b=b)), "list")
        registry = load_registry(conn)

    assert registry.link("l0~1") is None and registry.link("l0~2") is not None


def test_a_correction_of_what_excludes_nobody_adds_no_link(conn: Connection) -> None:
    with conn.begin():
        for tier in (1, 2):
            bring(conn, rows(link("l0", tier=tier)), "list")
        registry = load_registry(conn)

    assert registry.link("l0~1") is None


def test_a_holding_that_fell_below_a_half_goes_on_excluding_as_control(conn: Connection) -> None:
    held = link("l0", kind=LinkKind.INVESTS_IN, a="p0", b="p1", share=80.0)
    event = an_event(parties=[a_role("p0")])
    with conn.begin():
        bring(conn, rows(*(party(id) for id in IDS), held), "list")
        bring(conn, rows(replace(held, share=10.0)), "list")
        registry = load_registry(conn)

    now = registry.link("l0")
    assert now is not None and now.share == 10.0
    assert "p1" in excluded(registry, event)


def test_a_party_that_another_source_counts_to_another_state_is_out_with_both(
    conn: Connection,
) -> None:
    said = party("p0", kind=PartyKind.STATE_BODY, state="QM")
    with conn.begin():
        bring(conn, rows(said), "list")
        bring(conn, rows(replace(said, state="QN")), "other")
        registry = load_registry(conn)

    for state in ("QM", "QN"):
        event = an_event(parties=[a_role(None, perpetrator_kind="state")], happened=state)
        assert "p0" in excluded(registry, event)
