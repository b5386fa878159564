"""The planted bugs: what each one is, the change that makes it, and what may find it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

HERE = Path(__file__).parent
BUGS, SEEDS = HERE / "bugs.toml", HERE / "seeds.toml"


class Finder(StrEnum):
    """Who is to find a bug. Each is a command that ends at the first thing that is wrong."""

    SIMULATION = "simulation"
    CORE = "simulation, core"
    TESTS = "tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One place of one file: `old` stands there exactly once, and `new` takes its place."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """One bug that somebody could make."""

    name: str
    says: str
    """What is wrong with the code then, in a sentence."""
    listed: bool
    """Whether it is of the list every such engine is tried with; else it is our own invention."""
    edits: tuple[Edit, ...]
    finder: Finder
    tests: tuple[str, ...] = ()
    """Of these, at least one must fail; empty where a simulation finds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a search found."""

    seed: int
    """The first one that exposes it."""
    needed: int
    """Schedules that were lived until then, that one included."""


class DoesNotApplyError(Exception):
    """The code has moved on: what was to be changed does not stand there once."""


def read_bugs(path: Path = BUGS) -> tuple[Bug, ...]:
    """All of them, in the order of the file. Raises ValueError where two have one name."""
    bugs = tuple(
        Bug(
            name=name,
            says=given["says"],
            listed=given["listed"],
            edits=tuple(Edit(**edit) for edit in given["edits"]),
            finder=Finder(given["finder"]),
            tests=tuple(given.get("tests", ())),
        )
        for name, given in tomllib.loads(path.read_text("utf-8")).items()
    )
    for bug in bugs:
        if (bug.finder is Finder.TESTS) != bool(bug.tests):
            raise ValueError(f"{bug.name}: tests are named where tests find it, and only there")
    return bugs


def read_seeds(path: Path = SEEDS) -> dict[str, Known]:
    """Bug -> what the last search found."""
    given = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    return {name: Known(**found) for name, found in given.items()}


def write_seeds(known: Mapping[str, Known], path: Path = SEEDS) -> None:
    """Keep what a search found."""
    lines = ["# Written by `python -m tests.planted --search`: by which seed each bug is found."]
    lines += [
        f"{name} = {{ seed = {one.seed}, needed = {one.needed} }}"
        for name, one in sorted(known.items())
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def plant(bug: Bug, root: Path) -> None:
    """Change the code under `root`. Raises DoesNotApplyError, and then has changed nothing."""
    changed: dict[Path, str] = {}
    for edit in bug.edits:
        path = root / edit.file
        text = changed.get(path) or (path.read_text("utf-8") if path.is_file() else "")
        if text.count(edit.old) != 1:
            raise DoesNotApplyError(
                f"{bug.name}: what it changes in {edit.file} stands there"
                f" {text.count(edit.old)} times: {edit.old.strip().splitlines()[0]!r}"
            )
        changed[path] = text.replace(edit.old, edit.new)
    for path, text in changed.items():
        path.write_text(text, "utf-8")
