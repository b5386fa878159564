"""A changed module imported in place of the one that is there, with whatever imports it."""

import importlib
import importlib.abc
import importlib.util
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from tests.mutants.sets import imports, name_of

ROOMS = ("schemas", "rules", "notifiers", "engine", "tests")


def put_in_place(path: str, code: str) -> None:
    """From now on whoever imports this module, or one that imports it, gets the changed one."""
    for each in _dependents(name_of(path)):
        _forget(each)
    sys.meta_path.insert(0, _Changed(name_of(path), path, code))


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module with a mutant's text."""

    def __init__(self, name: str, path: str, code: str) -> None:
        self._name, self._path, self._code = name, path, code

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=self._path)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._code, self._path, "exec"), vars(module))  # noqa: S102


def preload(files: Iterable[str], root: Path) -> None:
    """Import what the tests import, so that what a mutant does not touch is not read again."""
    for file in files:
        for name in imports(root / file):
            with suppress(ImportError):
                importlib.import_module(name)


def _dependents(name: str) -> Iterator[str]:
    """A module and every one of ours that imports it, however far away."""
    importers: dict[str, set[str]] = defaultdict(set)
    for each, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if each.partition(".")[0] in ROOMS and file:
            for imported in imports(Path(file)):
                importers[imported].add(each)
    found, frontier = {name}, [name]
    while frontier:
        fresh = importers[frontier.pop()] - found
        found |= fresh
        frontier.extend(fresh)
    yield from found


def _forget(name: str) -> None:
    """A module as if never imported: its package has it too, and would hand it out."""
    sys.modules.pop(name, None)
    package, _, last = name.rpartition(".")
    if package in sys.modules:
        vars(sys.modules[package]).pop(last, None)
