"""Which lines each test runs, and how long it takes: found once, with coverage.

A change can only be told by a test that runs the statement it is in. So a mutant costs those tests,
shortest first, and not all.
"""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TypedDict

import coverage
import pytest

from tests.mutants.mutants import Mutant
from tests.mutants.sets import imports, name_of


class OfTest(TypedDict):
    """What one test costs and runs."""

    seconds: float
    """Of processor time."""
    lines: dict[str, list[int]]
    """By module."""


OfFile = Mapping[str, OfTest]
"""By the test's id."""


def measured(
    items: Sequence[pytest.Item],
    paths: Sequence[Path],
    root: Path,
    passes: Callable[[pytest.Item, pytest.Item | None], bool],
) -> dict[str, OfTest] | str:
    """Run these tests, all of one file; the id of the first that fails, if any does."""
    watch = coverage.Coverage(data_file=None, config_file=False, include=[str(p) for p in paths])
    watch.set_option("run:core", "ctrace")  # the one that can tell whose line it was
    watch.set_option("run:disable_warnings", ["no-data-collected"])  # a file may run none of it
    found: dict[str, OfTest] = {}
    watch.start()
    for item, following in zip_longest(items, items[1:]):
        watch.switch_context(item.nodeid)
        began = time.process_time()
        if not passes(item, following):
            return item.nodeid
        found[item.nodeid] = OfTest(seconds=time.process_time() - began, lines={})
    watch.stop()
    data = watch.get_data()
    for file in sorted(data.measured_files()):
        path = Path(file).relative_to(root).as_posix()
        for line, tests in sorted(data.contexts_by_lineno(file).items()):
            for test in tests:
                if test in found:
                    found[test]["lines"].setdefault(path, []).append(line)
    return found


@dataclass(frozen=True, slots=True)
class Reach:
    """Who runs what."""

    tests: Mapping[tuple[str, int], Sequence[str]]
    """By module and line."""
    seconds: Mapping[str, float]

    @classmethod
    def of(cls, files: Sequence[OfFile], *, quick: float) -> "Reach":
        """All files' together, without the tests that take longer."""
        seconds: dict[str, float] = {}
        tests: dict[tuple[str, int], list[str]] = defaultdict(list)
        for file in files:
            for test, of_test in file.items():
                if of_test["seconds"] > quick:
                    continue
                seconds[test] = of_test["seconds"]
                for path, lines in of_test["lines"].items():
                    for line in lines:
                        tests[path, line].append(test)
        return cls(dict(tests), seconds)

    def who(self, mutant: Mutant, root: Path) -> set[str]:
        """Tests that run what is changed.

        A table is run by nobody after its import: then those that run a line which names it, of its
        own module or of one that imports that. None does where other tables are made of it: it has
        to be imported afresh.
        """
        if mutant.within or mutant.method:
            first, last = mutant.span
            return self._at((mutant.path, line) for line in range(first, last + 1))
        table = (root / mutant.path).read_text("utf-8").splitlines()[mutant.span[0] - 1]
        named = re.match(r"\w+", table)
        name = re.compile(rf"\b{named.group()}\b" if named else r"(?!)")
        return self._at(
            (path, number)
            for path in sorted({path for path, _ in self.tests})
            if path == mutant.path or name_of(mutant.path) in imports(root / path)
            for number, text in enumerate((root / path).read_text("utf-8").splitlines(), 1)
            if name.search(text)
        )

    def _at(self, lines: Iterable[tuple[str, int]]) -> set[str]:
        return {test for line in lines for test in self.tests.get(line, ())}
