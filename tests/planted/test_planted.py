"""The judge of planted bugs can say yes, no, and that it does not know."""

from pathlib import Path

import pytest

from tests.planted.__main__ import Line, table
from tests.planted.bugs import (
    Bug,
    DoesNotApplyError,
    Edit,
    Finder,
    Known,
    plant,
    read_bugs,
    read_seeds,
    write_seeds,
)
from tests.planted.judge import ROOT, Came, Verdict, judge

A_TEST = (
    "from engine import house\n\n\ndef test_it_stands() -> None:\n    assert house.WALLS == 4\n"
)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small tree with one test of its own."""
    (tmp_path / "engine").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "house.py").write_text("", "utf-8")
    (tmp_path / "engine" / "__init__.py").write_text("", "utf-8")
    (tmp_path / "engine" / "house.py").write_text("WALLS = 4\nDOORS = 2\n", "utf-8")
    (tmp_path / "tests" / "test_house.py").write_text(A_TEST, "utf-8")
    (tmp_path / "pyproject.toml").write_text("", "utf-8")
    return tmp_path


def a_bug(old: str, new: str) -> Bug:
    return Bug(
        name="a_bug",
        says="It leaks.",
        listed=False,
        edits=(Edit(file="engine/house.py", old=old, new=new),),
        finder=Finder.TESTS,
        tests=("tests/test_house.py",),
    )


async def test_what_a_test_notices_is_found_and_the_checkout_stays_as_it_was(small: Path) -> None:
    came = await judge(a_bug("WALLS = 4\n", "WALLS = 3\n"), root=small)

    assert came.verdict is Verdict.FOUND
    assert came.said == "tests/test_house.py::test_it_stands"
    assert (small / "engine" / "house.py").read_text("utf-8") == "WALLS = 4\nDOORS = 2\n"


async def test_a_change_that_harms_nobody_is_not_found(small: Path) -> None:
    came = await judge(a_bug("DOORS = 2\n", "DOORS = 3\n"), root=small)

    assert came.verdict is Verdict.MISSED


async def test_a_check_that_could_not_run_has_found_nothing(small: Path) -> None:
    came = await judge(a_bug("WALLS = 4\n", "WALLS = = 4\n"), root=small)

    assert came.verdict is Verdict.BROKE


async def test_a_bug_whose_place_is_gone_is_named(small: Path) -> None:
    came = await judge(a_bug("ROOF = 1\n", "ROOF = 0\n"), root=small)

    assert came.verdict is Verdict.DOES_NOT_APPLY
    assert came.said == "a_bug: what it changes in engine/house.py stands there 0 times: 'ROOF = 1'"


def test_a_place_that_stands_there_twice_is_not_guessed(small: Path) -> None:
    with pytest.raises(DoesNotApplyError, match="2 times"):
        plant(a_bug(" = ", " == "), small)


def test_every_planted_bug_still_finds_its_place(tmp_path: Path) -> None:
    for bug in read_bugs():
        files = sorted({edit.file for edit in bug.edits})
        for file in files:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_bytes((ROOT / file).read_bytes())

        plant(bug, tmp_path)

        for file in files:
            compile((tmp_path / file).read_text("utf-8"), file, "exec")


def test_each_bug_has_a_test_or_a_known_seed_and_five_are_our_own() -> None:
    bugs, known = read_bugs(), read_seeds()

    assert [bug.name for bug in bugs if not bug.tests and bug.name not in known] == []
    assert known.keys() <= {bug.name for bug in bugs}
    assert sum(bug.listed for bug in bugs) >= 20
    assert sum(not bug.listed for bug in bugs) >= 5


def test_the_page_on_reliability_names_each_and_by_what_it_is_found() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    bugs = read_bugs()

    rows = [f"| `{bug.name}` | {bug.says} | {bug.finder} |" for bug in bugs]
    assert [row for row in rows if row not in page] == []
    assert f"`caught={len(bugs)}/{len(bugs)}`" in page


def test_seeds_are_read_as_they_were_written(tmp_path: Path) -> None:
    known = {"a_bug": Known(seed=7, needed=8), "b": Known(seed=0, needed=1)}
    write_seeds(known, tmp_path / "seeds.toml")

    assert read_seeds(tmp_path / "seeds.toml") == known


def test_the_last_line_counts_what_was_caught() -> None:
    bug = a_bug("a", "b")
    found = Came(verdict=Verdict.FOUND, said="I6 it left twice", seed=7, lived=1)
    lines = [
        Line(bug=bug, came=found, needed=8, known=True),
        Line(bug=bug, came=Came(verdict=Verdict.MISSED, said="0 wrong"), needed=None, known=False),
    ]

    told = table(lines)

    assert told[-1] == "caught=1/2"
    assert told[1].split() == ["a_bug", "tests", "8", "I6", "it", "left", "twice"]
    assert "MISSED" in told[2]
