"""Who must not know, as the desk keeps it between two batches."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine

from engine.desk import exclusions
from engine.desk.exclusions import Exclusions
from engine.store import closures, tables
from rules.exclusion import closure, join
from rules.graph import Registry
from schemas.event import ThreatEvent
from schemas.link import LinkKind
from schemas.plan import Closure, Reason
from tests.unit.rules.build import a_link, a_party, a_role, an_event


@pytest.fixture
def conn() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    tables.closures.create(engine)
    with engine.connect() as conn:
        yield conn
    engine.dispose()


def _of(id: str) -> Closure:
    return closure(Registry([a_party(id)]), an_event(parties=[a_role(id)]))


def _store(conn: Connection, *stored: Closure) -> None:
    rows = [{"digest": each.digest, "body": closures.dump(each)} for each in stored]
    conn.execute(closures.INSERT, rows)


def _body(event: ThreatEvent) -> bytes:
    return event.model_dump_json().encode()


def test_a_stored_closure_comes_back_whole(conn: Connection) -> None:
    one = _of("one")
    _store(conn, one)

    known = Exclusions().read(conn, [one.digest, ""])

    assert known == {one.digest: one, "": Closure()}


def test_a_closure_of_the_first_release_still_excludes(conn: Connection) -> None:
    body = (
        b'{"digest":"0123456789abcdef0123456789abcdef","entries":[{"party":"bad",'
        b'"reason":"perpetrator_closure","path":[{"kind":"event","a":"alleged_perpetrator",'
        b'"b":"bad"}]},{"party":"firm","reason":"represents","clearable":true,"distance":1}],'
        b'"states":["QM"]}'
    )
    conn.execute(closures.INSERT, [{"digest": "0123456789abcdef0123456789abcdef", "body": body}])

    known = Exclusions().read(conn, ["0123456789abcdef0123456789abcdef"])
    old = known["0123456789abcdef0123456789abcdef"]

    assert [entry.party for entry in old.entries] == ["bad", "firm"]
    assert old.states == ("QM",)
    firm = join(old, _of("other")).find("firm")
    assert firm is not None
    assert firm.clearable


def test_a_full_cache_that_was_emptied_lost_the_closures_of_cases_already_known(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exclusions, "KEPT_AT_MOST", 1)
    one, two, three = _of("one"), _of("two"), _of("three")
    _store(conn, one, two, three)
    kept = Exclusions()
    kept.read(conn, [one.digest, two.digest])

    known = kept.read(conn, [one.digest, three.digest])

    assert known[one.digest] == one
    assert known[three.digest] == three


def test_whoever_became_tied_since_the_case_was_planned_is_out_when_a_message_is_claimed() -> None:
    event = an_event(parties=[a_role("bad")])
    before = Registry([a_party("bad"), a_party("guards")])
    after = before.changed(links=[a_link("bad", LinkKind.CONTRACTS_SECURITY, "guards")])
    kept, stored = Exclusions(), closure(before, event)

    assert kept.now(stored, [("e1", _body(event))], registry=before).find("guards") is None
    found = kept.now(stored, [("e1", _body(event))], registry=after).find("guards")

    assert found is not None
    assert found.reason is Reason.PERPETRATOR_CLOSURE


def test_a_tie_that_is_gone_since_still_excludes_when_a_message_is_claimed() -> None:
    event = an_event(parties=[a_role("bad")])
    before = Registry(
        [a_party("bad"), a_party("guards")],
        links=[a_link("bad", LinkKind.CONTRACTS_SECURITY, "guards")],
    )
    stored = closure(before, event)

    now = Exclusions().now(stored, [("e1", _body(event))], registry=Registry([a_party("bad")]))

    assert now.find("guards") is not None
    assert now == join(stored, closure(Registry([a_party("bad")]), event))


def test_thousands_of_cases_about_one_perpetrator_are_searched_once() -> None:
    kept = Exclusions()
    registry = Registry([a_party("bad")])
    events = [an_event(parties=[a_role("bad")], situation=f"s-{n}") for n in range(3)]

    found = [
        kept.now(Closure(), [(f"e{n}", _body(event))], registry=registry)
        for n, event in enumerate(events)
    ]

    assert found[0] is found[1] is found[2]
    assert found[0].find("bad") is not None
