"""Whether the tests marked `guard` notice a mutant: each one lives in a process of its own.

Forked from one that has everything imported and every test collected, so that a mutant costs the
tests it takes to notice it and no more. A change within a function is put into the function that
is there, and only tests that come through it are run; a table takes the place of the one that is
there; for a class, its module and whatever imports it are imported afresh.
"""

import ast
import importlib
import importlib.abc
import importlib.util
import json
import os
import resource
import select
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import FrameType, FunctionType, ModuleType
from typing import Any

import pytest
from hypothesis import Phase, settings

from tests.mutants.mutants import Mutant

CPU_AT_MOST = 90
"""Seconds of processor time a mutant has; one that runs longer loops, and is noticed."""

MEMORY = 4 << 30
"""Bytes: a loop that collects ends here."""

ROOMS = ("schemas", "rules", "notifiers", "engine", "tests")
SURVIVED, KILLED, BROKEN = 0, 1, 2

_Test = Callable[[], tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Came:
    """How one mutant ended, and the test that noticed it."""

    id: str
    killed: bool
    by: str


class NotGreenError(RuntimeError):
    """The tests fail without any change: there is nothing to learn from them."""


def run(
    mutants: Sequence[Mutant],
    files: Sequence[str],
    *,
    root: Path,
    workers: int,
    say: Callable[[Came], None],
) -> None:
    """Try each, so many at a time; `say` hears how each ended. Raises NotGreenError."""
    sys.path.insert(0, str(root))
    inside = [each for each in mutants if not each.afresh]
    afresh = [each for each in mutants if each.afresh]
    _preload(files, root)
    pool = _Pool(workers, say)
    if afresh:
        control = _unchanged(afresh[0].path, root)
        code, by = _in_a_fork(partial(_import_and_test, control, files, root))
        if code != SURVIVED:
            raise NotGreenError(f"Imported afresh, what is there fails {by or 'to import'}.")
    for mutant in afresh:
        pool.add(mutant, partial(_import_and_test, mutant, files, root))
    pool.finish()
    if inside:
        loop = _ForkingLoop(inside, pool, root)
        _pytest(files, root, [loop])
        if not loop.green:
            raise NotGreenError("The tests marked `guard` fail as they are: mend them first.")


def _unchanged(path: str, root: Path) -> Mutant:
    text = (root / path).read_text("utf-8")
    return Mutant(
        path=path, line=0, before="", after="", within="", afresh=True, occurrence=0, code=text
    )


class _ForkingLoop:
    """Collects as usual; then, in place of one run of the tests, one for each mutant."""

    def __init__(self, mutants: Sequence[Mutant], pool: "_Pool", root: Path) -> None:
        self._mutants, self._pool, self._root = mutants, pool, root
        self.green = False

    def pytest_collection(self) -> None:
        _hurry()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        paths = {each.path: str(self._root / each.path) for each in self._mutants}
        code, text = _in_a_fork(partial(_reach, session.items, paths))
        self.green = code == SURVIVED
        reached = json.loads(text) if self.green else {}
        for mutant in self._mutants if self.green else ():
            items = session.items
            if mutant.within:
                wanted = set(reached.get(f"{mutant.path}:{mutant.within}", ()))
                items = [item for item in session.items if item.nodeid in wanted]
            known = self._pool.known(mutant)
            self._pool.add(mutant, partial(_change_and_test, mutant, items, known))
        self._pool.finish()
        return True


class _Pool:
    """So many processes at a time, one mutant each; what noticed one is tried first on the next."""

    def __init__(self, workers: int, say: Callable[[Came], None]) -> None:
        self._workers, self._say = workers, say
        self._running: dict[int, tuple[int, Mutant]] = {}
        self._killers: dict[str, Counter[str]] = defaultdict(Counter)

    def known(self, mutant: Mutant) -> Counter[str]:
        """Tests that noticed mutants of the same module, and above all of the same function."""
        return self._killers[mutant.path] + self._killers[f"{mutant.path}:{mutant.within}"]

    def add(self, mutant: Mutant, test: "_Test") -> None:
        """Try it as soon as there is room."""
        while len(self._running) >= self._workers:
            self._end_some()
        child, pipe = _forked(test, CPU_AT_MOST)
        self._running[pipe] = (child, mutant)

    def finish(self) -> None:
        """Wait for those that are still tried."""
        while self._running:
            self._end_some()

    def _end_some(self) -> None:
        for pipe in select.select(list(self._running), [], [])[0]:
            child, mutant = self._running.pop(pipe)
            code, by = _ended(child, pipe)
            if by:
                self._killers[mutant.path][by] += 1
                self._killers[f"{mutant.path}:{mutant.within}"][by] += 3
            self._say(Came(mutant.id, code != SURVIVED, by or ("", "could not run")[code > 0]))


def _reach(items: Sequence[pytest.Item], paths: Mapping[str, str]) -> tuple[int, str]:
    """Run all tests, and note for each function of these files which of them come through it."""
    of_file = {file: path for path, file in paths.items()}
    reached: dict[str, set[str]] = defaultdict(set)
    for item in items:

        def note(frame: FrameType, event: str, _: object, name: str = item.nodeid) -> None:
            path = of_file.get(frame.f_code.co_filename) if event == "call" else None
            if path is not None:
                function = frame.f_code.co_qualname.partition(".")[0]
                reached[f"{path}:{function}"].add(name)

        sys.setprofile(note)
        code, by = _test([item], Counter())
        sys.setprofile(None)
        if code != SURVIVED:
            return code, by
    return SURVIVED, json.dumps({name: sorted(tests) for name, tests in reached.items()})


def _in_a_fork(test: "_Test") -> tuple[int, str]:
    """What `test` says, in a process of its own: its code and the id of the test that failed."""
    return _ended(*_forked(test, None))


def _forked(test: "_Test", cpu: int | None) -> tuple[int, int]:
    """A process that runs it, and where to hear what it says."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        code, by = BROKEN, ""
        with suppress(BaseException):
            os.close(ours)
            _quiet()
            if cpu is not None:
                resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
                signal.signal(signal.SIGXCPU, signal.SIG_DFL)
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            code, by = test()
        with os.fdopen(theirs, "wb") as said:
            said.write(f"{code} {by}".encode())
        os._exit(0)
    os.close(theirs)
    return child, ours


def _ended(child: int, pipe: int) -> tuple[int, str]:
    with os.fdopen(pipe, "rb") as said:
        text = said.read().decode()
    os.waitpid(child, 0)
    code, _, by = text.partition(" ")
    return (int(code) if code else KILLED, by)


def _quiet() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)


def _test(items: Sequence[pytest.Item], known: Counter[str]) -> tuple[int, str]:
    """Run tests until one fails: first what noticed others of its kind, last what tries examples.

    A test that several mutants of a function failed is likely to fail for the next one.
    """
    ordered = sorted(items, key=lambda item: (-known[item.nodeid], _tries_examples(item)))
    for item, following in zip(ordered, [*ordered[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if item.session.testsfailed:
            return KILLED, item.nodeid
    return SURVIVED, ""


def _tries_examples(item: pytest.Item) -> bool:
    return hasattr(getattr(item, "obj", None), "hypothesis")


def _change_and_test(
    mutant: Mutant, items: Sequence[pytest.Item], known: Counter[str]
) -> tuple[int, str]:
    module = sys.modules[_name(mutant.path)]
    changed: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__}
    try:
        exec(compile(mutant.code, mutant.path, "exec"), changed)  # noqa: S102  # that is the point
    except Exception:
        return KILLED, ""
    for name, new in changed.items():
        old = vars(module).get(name)
        if isinstance(old, FunctionType) and old.__module__ == module.__name__:
            old.__code__ = new.__code__
            old.__defaults__ = new.__defaults__
            old.__kwdefaults__ = new.__kwdefaults__
        elif name.strip("_") and not mutant.within and not isinstance(old, type) and old != new:
            _rebind(name, old, new)
    return _test(items, known)


def _rebind(name: str, old: object, new: object) -> None:
    """Wherever a table was imported to."""
    for module in list(sys.modules.values()):
        if module is not None and vars(module).get(name) is old:
            setattr(module, name, new)


def _import_and_test(mutant: Mutant, files: Sequence[str], root: Path) -> tuple[int, str]:
    name = _name(mutant.path)
    for each in _dependents(name, root):
        _forget(each)
    sys.meta_path.insert(0, _Changed(name, mutant))
    listener = _Listener()
    code = _pytest(files, root, [listener], "-x")
    return (SURVIVED if code == pytest.ExitCode.OK else KILLED), listener.failed


def _forget(name: str) -> None:
    """A module as if never imported: its package has it too, and would hand it out."""
    sys.modules.pop(name, None)
    package, _, last = name.rpartition(".")
    if package in sys.modules:
        vars(sys.modules[package]).pop(last, None)


class _Listener:
    def __init__(self) -> None:
        self.failed = ""

    def pytest_collection(self) -> None:
        _hurry()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=_tries_examples)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = report.nodeid


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module with a mutant's text."""

    def __init__(self, name: str, mutant: Mutant) -> None:
        self._name, self._mutant = name, mutant

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=self._mutant.path)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._mutant.code, self._mutant.path, "exec"), vars(module))  # noqa: S102


def _hurry() -> None:
    """Before tests are imported: one failing example is enough, the smallest is not sought."""
    quick = settings(settings.get_profile("house"), phases=(Phase.explicit, Phase.generate))
    settings.register_profile("mutants", quick)
    settings.load_profile("mutants")


def _pytest(files: Iterable[str], root: Path, plugins: list[object], *more: str) -> int:
    arguments = ["-q", "-m", "guard", "-p", "no:cacheprovider", "-p", "no:xdist"]
    arguments += ["-o", "faulthandler_timeout=0", *more]  # a mutant that loops is only ended
    # What is imported already is not rewritten: a failing assertion then says less, and fails.
    arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    return pytest.main([*arguments, f"--rootdir={root}", *files], plugins=plugins)


def _preload(files: Iterable[str], root: Path) -> None:
    """Import what the tests import, so that what a mutant does not touch is not read again."""
    for file in files:
        for name in _imports(root / file):
            with suppress(ImportError):
                importlib.import_module(name)


def _dependents(name: str, root: Path) -> Iterator[str]:
    """A module and every one of ours that imports it, however far away."""
    importers: dict[str, set[str]] = defaultdict(set)
    for each, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if each.partition(".")[0] in ROOMS and file:
            for imported in _imports(Path(file)):
                importers[imported].add(each)
    found, frontier = {name}, [name]
    while frontier:
        fresh = importers[frontier.pop()] - found
        found |= fresh
        frontier.extend(fresh)
    yield from found


def _imports(path: Path) -> set[str]:
    """Modules that a file names in its imports; of `from a import b` both `a` and `a.b`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def _name(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")
