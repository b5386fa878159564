"""The judges stay naive (docs/adr/0017): what they know of the engine, how long a thought is."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
MODEL = ("model.py", "leaving.py", "outward.py", "rounds.py", "duty.py", "dates.py", "page.py")
ORACLE = TESTS / "simulation" / "oracle.py"
RECIPIENTS = TESTS / "simulation" / "recipients.py"
ROUNDS = TESTS / "simulation" / "rounds.py"
JUDGES = (*(TESTS / "model" / name for name in MODEL), ORACLE, RECIPIENTS, ROUNDS)
OF_THE_ENGINE = {"engine.case.ids", "engine.ports"}
"""What the oracle may take: how an id is made, and the shape of a record."""
LONGEST = 45
"""Lines of one function: a screen."""


def imported(path: Path) -> Iterator[str]:
    """The modules that a file names, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write imports in full: they are looked at here"
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


@pytest.mark.parametrize("name", MODEL)
def test_the_model_knows_nothing_of_what_it_judges(name: str) -> None:
    modules = set(imported(TESTS / "model" / name))

    others = {each for each in modules if each.split(".")[0] not in sys.stdlib_module_names}

    assert {each for each in others if not f"{each}.".startswith("tests.model.")} == set()


def test_the_model_reaches_the_engine_through_no_module_beside_it() -> None:
    taken = {
        module
        for name in MODEL
        for module in imported(TESTS / "model" / name)
        if module.startswith("tests.")
    }

    assert taken <= {"tests.model", *(f"tests.model.{Path(name).stem}" for name in MODEL)}


def test_the_oracle_takes_no_decision_from_the_engine() -> None:
    ours = {each for each in imported(ORACLE) if each.split(".")[0] in ("engine", "rules")}

    assert ours == OF_THE_ENGINE


def test_whom_outside_must_be_told_is_recomputed_from_nothing_but_facts() -> None:
    modules = set(imported(RECIPIENTS))

    assert {each for each in modules if each.split(".")[0] not in sys.stdlib_module_names} == set()


@pytest.mark.parametrize("path", JUDGES, ids=lambda path: path.stem)
def test_each_thought_of_a_judge_fits_on_a_screen(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]
    long = {each.name: (each.end_lineno or 0) - each.lineno + 1 for each in functions}

    assert {name: lines for name, lines in long.items() if lines > LONGEST} == {}
