"""The page on reliability tells the truth: every promise, alarm and bad input names its tests."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from engine.invariants.promises import PROMISES, Judged
from schemas.codes import IncidentCode

HOUSE = Path(__file__).parents[1]
PAGE = HOUSE / "docs" / "reliability.md"
SIGNS = HOUSE / "docs" / "howto" / "what-signs-mean.md"
TRIED = re.compile(r"\[`(?P<test>test_\w+)`\]\(\.\./(?P<path>tests/[\w/]+\.py)\)")
SAYS = {Judged.TABLES: "auditor", Judged.BOTH: "auditor, in part", Judged.OUTSIDE: "tests"}


def _rows(page: Path) -> list[list[str]]:
    lines = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _named(kind: str) -> list[list[str]]:
    return [row for row in _rows(PAGE) if re.fullmatch(kind, row[0])]


@cache
def _tests(path: str) -> frozenset[str]:
    tree = ast.parse((HOUSE / path).read_text("utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_every_test_that_the_page_names_exists() -> None:
    named = {(found["path"], found["test"]) for found in TRIED.finditer(PAGE.read_text("utf-8"))}

    assert len(named) > 100
    assert not [f"{path}: {test}" for path, test in sorted(named) if test not in _tests(path)]


def test_every_promise_stands_on_the_page_as_the_code_says_it() -> None:
    rows = _named(r"I\d+")

    assert [row[0] for row in rows] == [promise.id for promise in PROMISES]
    for row, promise in zip(rows, PROMISES, strict=True):
        modules = re.findall(r"`(\w+)`", row[3])
        assert row[1:3] == [promise.says, SAYS[promise.judged]]
        assert tuple(modules) == promise.by
        assert all((HOUSE / "engine" / "invariants" / f"{each}.py").exists() for each in modules)


def test_all_fifty_two_bad_inputs_stand_on_the_page_each_tried() -> None:
    rows = _named(r"B\d+")

    assert [row[0] for row in rows] == [f"B{n}" for n in range(1, 53)]
    assert not [row[0] for row in rows if not TRIED.search(row[3])]


@pytest.mark.parametrize("code", IncidentCode)
def test_every_incident_is_raised_by_a_test(code: IncidentCode) -> None:
    (row,) = [row for row in _named(r"`\w+`") if row[0] == f"`{code}`"]

    assert TRIED.search(row[2])


def test_every_sign_that_is_explained_is_raised_by_a_test() -> None:
    explained = [row[0] for row in _rows(SIGNS) if row[0].startswith("`")]
    signs = [name for name in explained if "moved" not in name]
    tried = {row[0] for row in _rows(PAGE) if len(row) == 3 and TRIED.search(row[2])}

    assert len(signs) > 8
    assert not [name for name in signs if name not in tried]
