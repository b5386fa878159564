"""An import that lets control run in a circle says so, with the line, and takes it all the same."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry.circles import CONTROL, circles
from engine.registry.history import Known
from engine.registry.imports.circling import SHOWN, Circle, circles_of, warnings
from engine.registry.imports.planning import Planned, plan
from engine.registry.imports.together import FileRows
from engine.registry.rows import Fate, RowRead
from rules.graph import Registry
from schemas.link import Link, LinkKind, LinkStatus
from tests.unit.engine.registry.history.records import after, rows

K = LinkKind


def owns(
    a: str,
    b: str,
    *,
    kind: LinkKind = K.PARENT_OF,
    status: LinkStatus = LinkStatus.UNVERIFIED,
    share: float | None = None,
) -> Link:
    id = f"{a}:{kind}:{b}"
    return Link(id=id, kind=kind, a=a, b=b, status=status, source="list", share=share)


def a_file(*links: Link, name: str = "links.csv", gone: Iterable[str] = ()) -> FileRows:
    """One link a row, from line 2 on."""
    return FileRows(
        name=name,
        sha256="0",
        format="list",
        source="list",
        complete=False,
        updates=False,
        rows=tuple(rows(*links, gone=gone)),
    )


def knowing(*links: Link) -> Known:
    known = Known()
    for each in plan([a_file(*links)], known):
        known = after(known, each.changes)
    return known


def found(known: Known, *files: FileRows) -> list[Circle]:
    planned: list[Planned] = list(plan(files, known))
    return list(circles_of(planned, known.links))


def test_owners_that_a_file_lets_own_each_other_are_named_once_with_its_first_line() -> None:
    (circle,) = found(
        Known(),
        a_file(owns("x", "y"), owns("mill", "brand"), owns("brand", "mill")),
    )
    assert (circle.file, circle.line, circle.parties) == ("links.csv", 3, ("brand", "mill"))


def test_a_file_that_closes_a_circle_with_what_is_known_is_named() -> None:
    known = knowing(owns("top", "middle"), owns("middle", "site", kind=K.OPERATES))
    (circle,) = found(known, a_file(owns("site", "top"), owns("top", "other")))
    assert (circle.line, circle.parties) == (2, ("middle", "site", "top"))


def test_two_files_that_make_a_circle_together_name_it_at_the_first() -> None:
    (circle,) = found(
        Known(), a_file(owns("a", "b"), name="one.csv"), a_file(owns("b", "a"), name="two.csv")
    )
    assert (circle.file, circle.line) == ("one.csv", 2)


def test_a_circle_that_was_there_before_is_not_said_again_of_a_file_beside_it() -> None:
    known = knowing(owns("a", "b"), owns("b", "a"))
    assert found(known, a_file(owns("b", "c"), owns("top", "a"))) == []
    assert found(known, a_file(owns("a", "b"))) == [], "the file changes nothing"


def test_a_changed_share_in_a_circle_says_it_again() -> None:
    known = knowing(owns("a", "b"), owns("b", "a"))
    (circle,) = found(known, a_file(owns("a", "b", share=51)))
    assert circle.parties == ("a", "b")


def test_buying_from_each_other_is_no_circle_of_control() -> None:
    assert not found(
        Known(),
        a_file(owns("a", "b", kind=K.BUYS_FROM), owns("b", "a", kind=K.BUYS_FROM)),
        a_file(owns("qm", "c", kind=K.BODY_OF), owns("c", "qm", kind=K.BODY_OF)),
    )


def test_an_owner_whose_source_takes_the_other_half_back_is_in_no_circle() -> None:
    known = knowing(owns("a", "b"))
    assert not found(known, a_file(owns("b", "a"), gone=["a:parent_of:b"]))


def test_a_party_that_owns_itself_is_named_should_it_get_that_far() -> None:
    (circle,) = found(Known(), a_file(owns("a", "a"), owns("a", "b")))
    assert circle.parties == ("a",)


def test_a_refused_row_makes_no_circle() -> None:
    known = knowing(owns("a", "b"))
    bad = a_file()
    row = RowRead(line=2, fate=Fate.REFUSED, links=(owns("b", "a"),))
    assert (
        found(known, FileRows(**{n: getattr(bad, n) for n in bad.__slots__} | {"rows": (row,)}))
        == []
    )


@pytest.mark.parametrize("size", [3, 20_000])
def test_a_circle_of_any_length_is_found_and_told_on_one_short_line(size: int) -> None:
    chain = [owns(f"p{n:05}", f"p{(n + 1) % size:05}") for n in range(size)]
    (circle,) = found(knowing(*chain[:-1]), a_file(chain[-1]))
    (said,) = warnings([circle], every=False)
    assert len(circle.parties) == size
    assert said.startswith("links.csv:2: control runs in a circle: p00000, p00001, p00002")
    assert ("19,990 more" in said) is (size > SHOWN)
    assert len(said) < 250


def test_of_very_many_circles_some_are_shown_and_all_if_all_are_wanted() -> None:
    circles = [Circle(file="l.csv", line=n, parties=("a", "b")) for n in range(SHOWN + 2)]
    assert warnings(circles, every=False)[-1] == "2 more circles of control (--all-lines)."
    assert len(warnings(circles, every=False)) == SHOWN + 1
    assert len(warnings(circles, every=True)) == SHOWN + 2
    assert warnings([], every=False) == ()


ids = st.sampled_from("abcdef")
LINKS = st.lists(
    st.builds(owns, ids, ids, kind=st.sampled_from([K.PARENT_OF, K.OPERATES, K.BUYS_FROM])),
    max_size=10,
    unique_by=lambda link: link.id,
)


@given(LINKS, LINKS)
def test_an_import_names_just_those_circles_of_the_registry_after_it_that_it_touches(
    before: list[Link], new: list[Link]
) -> None:
    known = knowing(*before)
    entered = [link for link in new if link.id not in known.links and link.kind in CONTROL]
    later = [*known.links.values(), *(each for each in new if each.id not in known.links)]

    named = [circle.parties for circle in found(known, a_file(*new))]

    assert sorted(named) == sorted(
        circle
        for circle in circles(Registry(links=later), CONTROL)
        if any(link.a in circle and link.b in circle for link in entered)
    )
