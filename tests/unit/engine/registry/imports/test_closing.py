"""A source that says that it is complete closes what it no longer names, and nothing else."""

from dataclasses import replace

from engine.registry.checks import refused
from engine.registry.history import Known
from engine.registry.history.changes import Changes
from engine.registry.imports.closing import CLOSING, name_of, with_closings
from engine.registry.imports.own.written import REGISTRY
from engine.registry.imports.planning import plan
from engine.registry.imports.together import FileRows
from engine.registry.rows import Why
from engine.store.versions import What
from schemas.contact import Contact
from schemas.link import Link
from schemas.party import Party
from tests.unit.engine.registry.history.records import after, contact, link, party, rows

BRAND, MILL = party("brand"), party()
L1, L2 = link("l1"), link("l2", b="brand", a="mill")
C1, C2 = contact("c1"), contact("c2")


def file(
    name: str, *records: Party | Link | Contact, complete: bool = False, source: str = "own"
) -> FileRows:
    return FileRows(
        name=name,
        sha256=name,
        format=name,
        source=source,
        complete=complete,
        updates=False,
        rows=tuple(rows(*records)),
    )


def known(*records: Party | Link | Contact, source: str = "own") -> Known:
    (planned,) = plan([file("before", *records, source=source)], Known())
    return after(Known(), planned.changes)


def closed(before: Known, *files: FileRows) -> list[str]:
    steps, _ = with_closings(files)
    return [each.id for planned in plan(steps, before) for each in planned.changes.closed]


BEFORE = known(BRAND, MILL, L1, L2, C1, C2)


def test_what_a_complete_file_no_longer_names_is_closed_at_the_end() -> None:
    assert closed(BEFORE, file("links", L1, complete=True)) == ["l2"]
    assert closed(BEFORE, file("contacts", C2, complete=True)) == ["c1"]


def test_a_file_that_says_nothing_of_the_kind_closes_nothing() -> None:
    assert closed(BEFORE, file("links", L1)) == []


def test_links_alone_close_no_contact_and_parties_alone_close_nothing() -> None:
    assert closed(BEFORE, file("links", L1, L2, complete=True)) == []
    assert closed(BEFORE, file("parties", BRAND, complete=True)) == []


def test_of_the_registrys_own_files_each_kind_is_closed_also_the_last_of_it() -> None:
    """Whoever takes out the only contact takes it out."""
    before = known(BRAND, MILL, L1, C1, source=REGISTRY.source)

    assert closed(before, file("a", BRAND, L1, complete=True, source=REGISTRY.source)) == ["c1"]


def test_two_files_of_one_source_are_one_truth_whichever_comes_first() -> None:
    one, other = file("a", L1, complete=True), file("b", L2, C1, complete=True)

    assert closed(BEFORE, one, other) == closed(BEFORE, other, one) == ["c2"]


def test_a_file_beside_it_that_does_not_say_so_still_names_what_it_names() -> None:
    assert closed(BEFORE, file("a", L1, complete=True), file("b", L2)) == []


def test_another_source_is_not_touched() -> None:
    theirs = known(BRAND, MILL, L1, source="theirs")

    assert closed(theirs, file("links", link("l9"), complete=True)) == []


def test_where_a_row_was_refused_nothing_is_closed_and_it_is_said_loudly() -> None:
    whole = file("links", L1, L2, complete=True)
    bad = replace(whole, rows=(whole.rows[0], refused(whole.rows[1], Why.DATES_REVERSED, "x")))

    steps, left = with_closings([bad])

    assert [each.format for each in steps] == ["links"]
    assert [each.name for each in left] == [name_of("own")] and "1 row" in left[0].why
    assert closed(BEFORE, bad) == []


def test_what_closes_comes_after_everything_else_and_is_counted_for_the_guard() -> None:
    steps, _ = with_closings([file("links", L1, complete=True), file("other", source="x")])
    found = list(plan(steps, BEFORE))

    assert [each.file.format for each in found] == ["links", "other", CLOSING]
    changes: Changes = found[-1].changes
    assert (len(changes.closed), changes.in_force) == (1, 4)
    assert {each.what for each in changes.all} == {What.LINK}


def test_twice_closes_once() -> None:
    files = (file("links", L1, complete=True),)
    steps, _ = with_closings(files)
    before = BEFORE
    for planned in plan(steps, BEFORE):
        before = after(before, planned.changes)

    assert closed(before, *files) == []
