"""What is broken, and by which tests it is judged: two sets, `guard` and `core`."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path

GUARD = (
    "rules/guard.py",
    "rules/shut.py",
    "rules/consents.py",
    "rules/ways.py",
    "rules/crowd.py",
    "rules/labels.py",
    "rules/contacting.py",
    "rules/states.py",
    "rules/exclusion.py",
    "rules/granting.py",
    "schemas/consent.py",
    "schemas/projection.py",
    "engine/case/recording.py",
    "engine/case/consenting.py",
    "engine/case/sharing.py",
    "engine/web/answer/fields.py",
)
"""What decides who may know, what a word about consent changes, and what makes a projection."""

CORE = "engine/case"
"""Where everything is decided that happens to a case; and in `rules` what it asks itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Modules, and the tests that have to notice what is changed in them."""

    name: str
    paths: tuple[str, ...]
    files: tuple[str, ...]
    """Test files."""
    marker: str
    """Only the tests in them that are marked so; empty for all."""
    quick: float = inf
    """Tests that take more seconds of processor time are not asked."""


def judged(name: str, root: Path) -> Judged:
    """The set called `guard` or `core`."""
    if name == "guard":
        return Judged(name=name, paths=GUARD, files=tuple(_marked(root)), marker="guard")
    rooms = ("tests/unit/engine/case", "tests/unit/rules", "tests/unit/rules/rota")
    files = (path for room in rooms for path in sorted((root / room).glob("test_*.py")))
    paths = tuple(each for each in _core(root) if each not in GUARD)
    return Judged(name=name, paths=paths, files=tuple(_names(files, root)), marker="", quick=1)


def _marked(root: Path) -> Iterator[str]:
    """The test files in which something is marked `guard`."""
    unit = sorted((root / "tests" / "unit").rglob("test_*.py"))
    yield from _names((each for each in unit if "mark.guard" in each.read_text("utf-8")), root)


def _core(root: Path) -> Iterator[str]:
    """Every module of the core, then the modules of `rules` that one of them imports."""
    core = sorted((root / CORE).glob("*.py"))
    yield from _names(core, root)
    imported = {each for path in core for each in imports(path) if each.startswith("rules.")}
    asked = ((root / each.replace(".", "/")).with_suffix(".py") for each in sorted(imported))
    yield from _names((each for each in asked if each.exists()), root)


def _names(paths: Iterator[Path] | list[Path], root: Path) -> Iterator[str]:
    return (path.relative_to(root).as_posix() for path in paths)


@cache
def imports(path: Path) -> frozenset[str]:
    """Modules that a file names in its imports; of `from a import b` both `a` and `a.b`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(names)


def name_of(path: str) -> str:
    """The module of a file, as imports name it."""
    return path.removesuffix(".py").replace("/", ".")
