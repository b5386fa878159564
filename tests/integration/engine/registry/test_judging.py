"""What our people decide about a link: one verifies, two refute, all of it journaled."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection

from engine.registry.history import Edition, compare, read_known, take
from engine.registry.history.judging import (
    NotJudgedError,
    WhyNot,
    proposals,
    refute,
    verify,
)
from engine.registry.loading import load_registry, load_world, newer
from engine.store import journal, versions
from engine.store.database import Database, transact
from engine.store.versions import What
from schemas.link import Link, LinkStatus
from tests.unit.engine.registry.history.records import link, rows

NOW = datetime(2030, 5, 1, 8, tzinfo=UTC)
ANA, BEN = "person:ana", "person:ben"
SAID = link("l1", status=LinkStatus.UNVERIFIED)


@pytest.fixture
def conn(store_url: str) -> Iterator[Connection]:
    database = Database(store_url)
    conn = database.writer()
    bring(conn, SAID)
    yield conn
    conn.close()
    database.close()


def bring(conn: Connection, *links: Link) -> None:
    def run(c: Connection) -> None:
        changes = compare(read_known(c), rows(*links), source="list")
        take(c, changes, Edition(source="list", by="t"), at=NOW)

    transact(conn, run)


def now(conn: Connection, id: str = "l1") -> Link:
    found = transact(conn, load_registry).link(id)
    assert found is not None
    return found


def kinds(conn: Connection) -> list[str]:
    with conn.begin():
        assert journal.verify(conn) == ()
        return [row.kind for row in conn.execute(journal.LEAVES)]


def test_one_person_verifies_a_link_and_it_counts_from_then_on(conn: Connection) -> None:
    transact(conn, partial(verify, id="l1", by=ANA, at=NOW))

    assert now(conn) == replace(SAID, status=LinkStatus.VERIFIED, verified_by=ANA, verified_at=NOW)
    assert kinds(conn)[-1] == "link_verified"


def test_one_person_alone_cannot_refute_a_link(conn: Connection) -> None:
    assert transact(conn, partial(refute, id="l1", by=ANA, at=NOW)) is None

    with pytest.raises(NotJudgedError) as refused:
        transact(conn, partial(refute, id="l1", by=ANA, at=NOW))

    assert refused.value.why is WhyNot.SAME_PERSON
    assert now(conn) == SAID
    assert [each.by for each in transact(conn, proposals)] == [ANA]


def test_two_people_refute_a_link_and_both_are_named(conn: Connection) -> None:
    transact(conn, partial(refute, id="l1", by=ANA, at=NOW))
    transact(conn, partial(refute, id="l1", by=BEN, at=NOW))

    assert (now(conn).status, now(conn).verified_by) == (LinkStatus.REFUTED, f"{ANA}, {BEN}")
    assert kinds(conn)[-1] == "link_refuted" and "refutation_proposed" in kinds(conn)
    assert transact(conn, proposals) == ()


def test_a_refuted_link_is_refuted_for_good(conn: Connection) -> None:
    for person in (ANA, BEN):
        transact(conn, partial(refute, id="l1", by=person, at=NOW))

    for decide, why in ((verify, WhyNot.NOT_VERIFIABLE), (refute, WhyNot.ALREADY_REFUTED)):
        with pytest.raises(NotJudgedError) as refused:
            transact(conn, partial(decide, id="l1", by="person:chi", at=NOW))
        assert refused.value.why is why
    bring(conn, link("l1"))
    assert now(conn).status is LinkStatus.REFUTED


def test_nobody_confirms_unawares_that_a_link_is_wrong_which_was_corrected_meanwhile(
    conn: Connection,
) -> None:
    transact(conn, partial(refute, id="l1", by=ANA, at=NOW))
    bring(conn, replace(SAID, b="other"))

    assert transact(conn, proposals) == ()
    assert transact(conn, partial(refute, id="l1", by=BEN, at=NOW)) is None
    assert now(conn).status is LinkStatus.UNVERIFIED


@pytest.mark.parametrize(
    "status", [LinkStatus.DECLARED, LinkStatus.LAPSED, LinkStatus.WITHDRAWN, LinkStatus.REFUTED]
)
def test_what_ended_or_was_declared_is_not_verified(conn: Connection, status: LinkStatus) -> None:
    bring(conn, link("l2", status=status))

    with pytest.raises(NotJudgedError) as refused:
        transact(conn, partial(verify, id="l2", by=ANA, at=NOW))

    assert refused.value.why is WhyNot.NOT_VERIFIABLE and now(conn, "l2").status is status


@pytest.mark.parametrize("decide", [verify, refute])
def test_a_link_that_nobody_knows_is_not_decided_about(conn: Connection, decide: object) -> None:
    with pytest.raises(NotJudgedError) as refused:
        transact(conn, partial(decide, id="never", by=ANA, at=NOW))  # type: ignore[arg-type]

    assert refused.value.why is WhyNot.NO_SUCH_LINK


def test_each_decision_is_a_version_of_the_link_in_its_own_source(conn: Connection) -> None:
    later = NOW + timedelta(hours=1)
    transact(conn, partial(verify, id="l1", by=ANA, at=later))

    first, second = transact(conn, lambda c: versions.history(c, What.LINK, "l1"))

    assert (first.source, second.source) == ("list", "list")
    assert (first.withdrawn_at, second.n, second.line) == (later, 2, first.line)


def test_the_next_edition_closes_a_link_that_a_person_verified_like_any_other(
    conn: Connection,
) -> None:
    transact(conn, partial(verify, id="l1", by=ANA, at=NOW))

    changes = transact(conn, lambda c: compare(read_known(c), rows(), source="list", complete=True))

    assert [each.id for each in changes.closed] == ["l1"]


def test_a_refuted_link_that_another_list_says_again_brings_nobody_in(conn: Connection) -> None:
    bring(conn, replace(SAID, id="l2", status=LinkStatus.VERIFIED))
    for by in (ANA, BEN):
        transact(conn, partial(refute, id="l1", by=by, at=NOW))

    bring(conn, replace(SAID, id="l3", status=LinkStatus.VERIFIED))

    assert [now(conn, id).status for id in ("l1", "l2", "l3")] == [
        LinkStatus.REFUTED,
        LinkStatus.DISPUTED,
        LinkStatus.DISPUTED,
    ]


def test_an_engine_that_runs_hears_of_a_refutation_for_all_who_say_the_same(
    conn: Connection,
) -> None:
    bring(conn, SAID, replace(SAID, id="l2", status=LinkStatus.VERIFIED))
    before = transact(conn, load_world)
    for by in (ANA, BEN):
        transact(conn, partial(refute, id="l1", by=by, at=NOW))

    after = transact(conn, partial(newer, world=before))

    assert after is not None
    assert {link.id: link.status for link in after.registry.links()}["l2"] is LinkStatus.DISPUTED
    assert after.registry.version == now_whole(conn)


def now_whole(conn: Connection) -> str:
    return transact(conn, load_registry).version
