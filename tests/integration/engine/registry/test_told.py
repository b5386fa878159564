"""What was said of a link, and when we knew it: corrected, and dropped by its source."""

from dataclasses import replace
from datetime import timedelta

from engine.registry import save_registry
from engine.registry.told import history
from engine.store.database import Database, transact
from engine.store.schema import upgrade
from engine.store.versions import What
from schemas.link import LinkKind, LinkStatus
from tests.unit.rules.build import NOW, a_contact, a_link, a_party


def test_each_version_says_what_changed_who_said_so_and_how_long_it_counted(
    store_url: str,
) -> None:
    database = Database(store_url)
    upgrade(database)
    parties = [a_party("mine"), a_party("brand")]
    first = a_link("brand", LinkKind.BUYS_FROM, "mine", id="l1", tier=1)
    second = replace(first, tier=2, evidence="page 3")
    with database.writer() as conn:
        for day, links, by in ((0, [first], "ana"), (1, [second], "ben"), (2, [], "ana")):
            transact(
                conn,
                lambda c, day=day, links=links, by=by: save_registry(  # type: ignore[misc]
                    c,
                    parties=parties,
                    links=links,
                    contacts=[a_contact("mine")],
                    at=NOW + timedelta(days=day),
                    by=by,
                ),
            )
        told = transact(conn, lambda c: history(c, "l1"))
        nothing = transact(conn, lambda c: history(c, "nobody"))
    database.close()

    assert [(each.what, each.by) for each in told] == [
        (What.LINK, "ana"),
        (What.LINK, "ben"),
        (What.LINK, "ana"),
    ]
    assert [each.since for each in told] == [NOW + timedelta(days=n) for n in range(3)]
    assert [each.until for each in told] == [told[1].since, told[2].since, None]
    assert ("tier", "1") in told[0].changed
    assert told[1].changed == (("tier", "2"), ("evidence", "page 3"))
    assert told[2].changed == (("status", LinkStatus.LAPSED.value),)
    assert nothing == ()
