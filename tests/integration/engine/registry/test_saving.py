"""The world in the store: what is in force, and what is never forgotten."""

from collections.abc import Iterator
from dataclasses import replace
from importlib import resources

import pytest
from sqlalchemy import Connection

from engine.registry import (
    Imported,
    load_world,
    read_files,
    save_imported,
    save_registry,
    save_roster,
    save_rulebook,
)
from engine.registry.history import TooMuchDroppedError
from engine.store import journal
from engine.store.database import Database, transact
from rules.exclusion import closure
from rules.graph import DuplicateIdError
from rules.rulebook import RulebookError
from schemas.link import LinkKind, LinkStatus
from schemas.party import PartyKind
from tests.integration.engine.desk.room import START
from tests.unit.engine.case import builders as b
from tests.unit.rules.build import a_role, an_event

PACK = resources.files("rules.packs").joinpath("default.yaml").read_text("utf-8")


@pytest.fixture
def conn(store_url: str) -> Iterator[Connection]:
    database = Database(store_url)
    conn = database.writer()
    yield conn
    conn.close()
    database.close()


def save(conn: Connection, *, links: tuple[b.Link, ...] = b.LINKS, contacts: int = 10) -> str:
    return transact(
        conn,
        lambda c: save_registry(
            c,
            parties=b.PARTIES,
            links=links,
            contacts=b.CONTACTS[:contacts],
            at=START,
            by="person:ana",
        ),
    ).version


def test_nothing_saved_is_an_empty_world(conn: Connection) -> None:
    world = transact(conn, load_world)

    assert (world.rulebook, world.registry.party("pit"), world.roster.people) == (None, None, ())


def test_what_was_saved_is_the_world_after_a_restart(conn: Connection) -> None:
    save(conn)
    roster = replace(b.ROSTER, version="")
    transact(conn, lambda c: save_roster(c, roster, at=START, by="person:ana"))
    version = transact(
        conn, lambda c: save_rulebook(c, PACK, filename="default.yaml", at=START, by="person:ana")
    )

    world = transact(conn, load_world)

    assert world.registry.version == b.REGISTRY.version
    assert replace(world.roster, version="") == roster and world.roster.version
    assert world.rulebook is not None and world.rulebook.version == version
    assert world.rules is not None


def test_a_link_that_is_named_no_more_stops_including_and_goes_on_excluding(
    conn: Connection,
) -> None:
    save(conn)

    save(conn, links=b.LINKS[1:])

    link = transact(conn, load_world).registry.link("l1")
    assert link is not None and link.status is LinkStatus.LAPSED


def test_a_contact_that_is_named_no_more_is_never_told(conn: Connection) -> None:
    save(conn)

    save(conn, contacts=3)

    assert transact(conn, load_world).registry.contacts("haldane") == ()


def test_who_put_what_into_force_is_in_the_journal_once(conn: Connection) -> None:
    save(conn)
    save(conn)

    with conn.begin():
        notes = [row.kind for row in conn.execute(journal.LEAVES)]
        assert journal.verify(conn) == ()
    assert notes == ["world_activated"]


def test_a_registry_that_contradicts_itself_changes_nothing(conn: Connection) -> None:
    version = save(conn)
    twice = (*b.LINKS, replace(b.LINKS[0], a="haldane"))

    with pytest.raises(DuplicateIdError):
        save(conn, links=twice)

    assert transact(conn, load_world).registry.version == version


def test_a_rulebook_with_mistakes_is_not_put_into_force(conn: Connection) -> None:
    with pytest.raises(RulebookError):
        transact(
            conn, lambda c: save_rulebook(c, "rules: 3", filename="x", at=START, by="person:ana")
        )

    assert transact(conn, load_world).rulebook is None


def files(*, links: str = "", name: str = "Lindqvist Kabel AB") -> Imported:
    """The registry's own file, with a company of that name."""
    return read_files(
        {
            "registry.yaml": f"""
parties:
  - {{id: kabel, kind: company, name: "{name}", state: QN, source: ours}}
  - {{id: mill, kind: company, name: Mill, state: QM, source: ours}}
links: [{links}]
"""
        }
    )


TIE = "{id: t1, kind: buys_from, a: kabel, b: mill, status: verified, source: ours}"


def test_half_a_registry_closes_nothing_unless_somebody_says_that_it_is_meant(
    conn: Connection,
) -> None:
    transact(conn, lambda c: save_imported(c, files(links=TIE), at=START, by="person:ana"))

    with pytest.raises(TooMuchDroppedError, match="1 of the 1 links"):
        transact(conn, lambda c: save_imported(c, files(), at=START, by="person:ana"))
    link = transact(conn, load_world).registry.link("t1")
    assert link is not None and link.status is LinkStatus.VERIFIED

    transact(conn, lambda c: save_imported(c, files(), at=START, by="person:ana", drop=True))
    link = transact(conn, load_world).registry.link("t1")
    assert link is not None and link.status is LinkStatus.LAPSED


def test_a_name_that_another_source_has_as_well_excludes_by_whichever_door_it_comes(
    conn: Connection,
) -> None:
    known = b.Party(
        id="tea:5", kind=PartyKind.COMPANY, name="LINDQVIST KABEL A.B.", state="QN", source="tea"
    )
    transact(
        conn,
        lambda c: save_registry(c, parties=[known], links=(), contacts=(), at=START, by="t"),
    )

    transact(conn, lambda c: save_imported(c, files(), at=START, by="person:ana"))

    registry = transact(conn, load_world).registry
    (alike,) = registry.links_from("kabel", {LinkKind.SAME_AS})
    assert (alike.b, alike.status) == ("tea:5", LinkStatus.UNVERIFIED)
    event = an_event(parties=[a_role("tea:5")])
    assert closure(registry, event).find("kabel") is not None

    version = registry.version
    transact(conn, lambda c: save_imported(c, files(), at=START, by="person:ana"))
    assert transact(conn, load_world).registry.version == version, "asked once"
