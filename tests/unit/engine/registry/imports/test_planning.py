"""What files would change, one after the other: half a file removes nothing unasked."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engine.cli.importing import Run, Wish, plan_files
from engine.registry.history import Known
from engine.registry.imports.planning import plan
from engine.registry.imports.together import FileRows
from engine.registry.rows import Fate, RowRead, Why
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind
from tests.unit.engine.registry.history.records import after


def link(n: int) -> RowRead:
    parties = tuple(Party(id=id, kind=PartyKind.COMPANY, name=id) for id in (f"a{n}", f"b{n}"))
    one = Link(
        id=f"l{n}",
        kind=LinkKind.PARENT_OF,
        a=f"a{n}",
        b=f"b{n}",
        status=LinkStatus.UNVERIFIED,
        source="list",
    )
    return RowRead(line=n + 2, fate=Fate.IMPORTED, parties=parties, links=(one,))


def edition(*numbers: int, name: str = "list.csv") -> FileRows:
    """The whole truth of its source."""
    return FileRows(
        name=name,
        sha256="0",
        format="list",
        source="list",
        complete=True,
        updates=False,
        rows=tuple(map(link, numbers)),
    )


def planned(file: FileRows, wish: Wish | None = None) -> Run:
    """A file that comes where an edition of twenty is in force."""
    (before,) = plan([edition(*range(20))], Known())
    run = Run()
    plan_files([file], after(Known(), before.changes), wish or Wish(), run)
    return run


def test_half_an_edition_is_not_taken_unless_a_person_says_that_it_is_meant() -> None:
    half = edition(*range(10), name="half.csv")

    refused = planned(half)
    meant = planned(half, Wish(accept_removals=True))

    (not_taken,) = refused.not_taken
    assert "--accept-removals" in not_taken.why
    assert not any(each.changes.closed for each in refused.planned)
    assert not meant.not_taken
    assert len(meant.planned[-1].changes.closed) == 10


def test_an_edition_that_drops_little_closes_what_it_names_no_more() -> None:
    run = planned(edition(*range(19), name="next.csv"))

    (closed,) = run.planned[-1].changes.closed
    assert (closed.id, run.not_taken) == ("l19", [])
    assert isinstance(closed.record, Link) and closed.record.status is LinkStatus.LAPSED


def test_what_a_file_may_not_change_is_a_question_to_a_person() -> None:
    state = Party(id="s", kind=PartyKind.STATE, name="S", state="QM")
    row = RowRead(line=2, fate=Fate.IMPORTED, parties=(state,))
    file = replace(edition(), complete=False, rows=(row,))
    moved = replace(row, parties=(replace(state, state="QN"),))

    _, second = plan([file, replace(file, rows=(moved,))], Known())

    assert [(each.fate, each.why) for each in second.file.rows] == [
        (Fate.AMBIGUOUS, Why.NOT_TRUSTED)
    ]
    assert not second.changes.all


@given(st.lists(st.lists(st.integers(0, 6), max_size=5, unique=True), max_size=4))
def test_files_that_were_planned_one_after_the_other_change_nothing_the_next_time(
    editions: list[list[int]],
) -> None:
    files = [replace(edition(*numbers), complete=False) for numbers in editions]

    twice = list(plan([*files, *files], Known()))[len(files) :]

    assert not any(each.changes.all for each in twice)
    assert [each.changes.unchanged for each in twice] == [3 * len(rows) for rows in editions]
