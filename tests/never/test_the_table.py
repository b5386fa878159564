"""Every one of the thirty has its test, and the table in the reference says where."""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
HOUSE = HERE.parents[1]
TABLE = HOUSE / "docs/reference/never.md"
ALL = [f"N{n}" for n in range(1, 31)]


def _tests() -> dict[str, set[str]]:
    """N -> files with a test of its name."""
    found: dict[str, set[str]] = {name: set() for name in ALL}
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                named = re.match(r"test_n(\d\d)_", node.name)
                if named is not None:
                    found[f"N{int(named[1])}"].add(path.name)
    return found


def _rows() -> dict[str, list[str]]:
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| N")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]
    return {row[0]: row for row in cells}


def test_every_one_of_the_thirty_has_its_test() -> None:
    assert not [name for name, files in _tests().items() if not files]


def test_the_table_has_all_thirty_once_and_in_order() -> None:
    assert list(_rows()) == ALL


@pytest.mark.parametrize("name", ALL)
def test_a_row_names_just_the_files_with_its_tests_and_code_that_exists(name: str) -> None:
    _, sentence, code, tests, _ = _rows()[name]

    assert set(re.findall(r"\((?:[./\w]+/)?(test_\w+\.py)\)", tests)) == _tests()[name]
    assert sentence.endswith(".")
    paths = re.findall(r"`([^`]+)`", code)
    assert paths
    assert not [path for path in paths if not (HOUSE / path).exists()]
