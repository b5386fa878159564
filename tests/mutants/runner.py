"""Whether the tests of a set notice a mutant: each one lives in a process of its own.

Forked from one that has everything imported and every test collected, so that a mutant costs the
tests it takes to notice it and no more. A change within a function or method is put into the one
that is there, and only tests that run the changed statement are run; a table takes the place of the
one that is there; for what a class is made of, its module and whatever imports that are imported
afresh.
"""

import os
import resource
import select
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property, partial
from itertools import zip_longest
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from hypothesis import Phase, settings

from tests.mutants.afresh import preload, put_in_place
from tests.mutants.kept import Kept
from tests.mutants.mutants import Came, Mutant
from tests.mutants.reach import Reach, measured
from tests.mutants.sets import Judged, name_of

CPU_TO_IMPORT = 90
"""Seconds of processor time until the first test; who needs longer loops, and is noticed."""

CPU_AT_LEAST, CPU_TIMES = 3, 10
"""Seconds that any test has, and how often what it takes without a change: then it loops."""

MEMORY = 4 << 30
"""Bytes: a loop that collects ends here."""

SURVIVED, KILLED, BROKEN = 0, 1, 2

_Test = Callable[[], tuple[int, str]]


class NotGreenError(RuntimeError):
    """The tests fail without any change: there is nothing to learn from them."""


def run(
    mutants: Sequence[Mutant],
    judged: Judged,
    kept: Kept,
    *,
    root: Path,
    workers: int,
    say: Callable[[Came], None],
) -> None:
    """Try each, so many at a time; `say` hears how each ended. Raises NotGreenError."""
    sys.path.insert(0, str(root))
    preload(judged.files, root)
    loop = _ForkingLoop(mutants, judged, kept, _Pool(workers, say), root)
    _pytest(judged, root, [loop])
    if loop.failed:
        raise NotGreenError(f"It fails as it is, mend it first: {loop.failed}")


def _unchanged(path: str) -> Mutant:
    return Mutant(path=path, line=0, span=(0, 0), operator="", before="", after="", within="",
                  method="", afresh=True, occurrence=0, cut=(0, 0), piece="")  # fmt: skip


class _ForkingLoop:
    """Collects as usual; then, in place of one run of the tests, one for each mutant."""

    def __init__(
        self, mutants: Sequence[Mutant], judged: Judged, kept: Kept, pool: "_Pool", root: Path
    ) -> None:
        self._mutants, self._judged, self._kept = mutants, judged, kept
        self._pool, self._root = pool, root
        self.failed = "not all tests could be collected"

    def pytest_collection(self) -> None:
        _hurry()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        code, self.failed = _in_a_fork(partial(self._measure, session.items))
        if code != SURVIVED:
            self.failed = self.failed or "the tests"
            return True
        files = [each for file in self._judged.files if (each := self._kept.reach(file))]
        reach = Reach.of(files, quick=self._judged.quick)
        afresh = []
        for mutant in self._mutants:
            run = reach.who(mutant, self._root) if not mutant.afresh else set()
            if mutant.afresh or not (run or mutant.within or mutant.method):
                afresh.append(mutant)
                continue
            known = self._pool.known(mutant)
            order = partial(_order, known=known, reach=reach)
            items = sorted((each for each in session.items if each.nodeid in run), key=order)
            self._pool.add(mutant, partial(_change_and_test, mutant, items, reach, self._root))
        self._pool.finish()
        if afresh and not self._kept.green_afresh.exists():
            control = _unchanged(afresh[0].path)
            code, by = _in_a_fork(partial(self._import, control, Counter(), reach))
            if code != SURVIVED:
                self.failed = f"imported afresh, {by or 'it'}"
            else:
                self._kept.green_afresh.touch()
        for mutant in () if self.failed else afresh:
            known = self._pool.known(mutant)
            self._pool.add(mutant, partial(self._import, mutant, known, reach))
        self._pool.finish()
        return True

    def _import(self, mutant: Mutant, known: Counter[str], reach: Reach) -> tuple[int, str]:
        return _import_and_test(mutant, known, reach, self._judged, self._root)

    def _measure(self, items: Sequence[pytest.Item]) -> tuple[int, str]:
        """Find out what each test runs, a file at a time, unless that is kept."""
        by_file: dict[str, list[pytest.Item]] = defaultdict(list)
        for item in items:
            by_file[item.nodeid.partition("::")[0]].append(item)
        paths = [self._root / path for path in self._judged.paths]
        for file, of_file in by_file.items():
            if self._kept.reach(file) is not None:
                continue
            found = measured(of_file, paths, self._root, _passes)
            if isinstance(found, str):
                return KILLED, found
            self._kept.reached(file, found)
        return SURVIVED, ""


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
        child, pipe = _forked(test, CPU_TO_IMPORT)
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
            self._say(Came(mutant.id, code == KILLED, by or ("", "could not run")[code == BROKEN]))


def _order(item: pytest.Item, known: Counter[str], reach: Reach) -> tuple[int, bool, float]:
    """First what noticed others of its kind, last what tries examples, the shortest first.

    A test that several mutants of a function failed is likely to fail for the next one.
    """
    seconds = reach.seconds.get(item.nodeid, 0.0)
    return -known[item.nodeid], _tries_examples(item), seconds


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
                _allow(cpu)
                signal.signal(signal.SIGXCPU, signal.SIG_DFL)
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            try:
                code, by = test()
            except Exception as error:
                by = repr(error)
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


def _allow(seconds: float) -> None:
    """From now on; who uses more ends there."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    at_most = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (at_most, resource.RLIM_INFINITY))


def _allow_for(test: str, reach: Reach) -> None:
    _allow(CPU_AT_LEAST + CPU_TIMES * reach.seconds.get(test, 0.0))


def _test(items: Sequence[pytest.Item], reach: Reach) -> tuple[int, str]:
    """Run tests until one fails."""
    for item, following in zip_longest(items, items[1:]):
        _allow_for(item.nodeid, reach)
        if not _passes(item, following):
            return KILLED, item.nodeid
    return SURVIVED, ""


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    return not item.session.testsfailed


def _tries_examples(item: pytest.Item) -> bool:
    return hasattr(getattr(item, "obj", None), "hypothesis")


def _change_and_test(
    mutant: Mutant, items: Sequence[pytest.Item], reach: Reach, root: Path
) -> tuple[int, str]:
    module = sys.modules[name_of(mutant.path)]
    changed: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__}
    code = mutant.code(root)
    try:
        exec(compile(code, mutant.path, "exec"), changed)  # noqa: S102  # that is the point
    except Exception:
        return KILLED, ""
    if mutant.method:
        owner, _, name = mutant.method.partition(".")
        _become(_function(vars(vars(module)[owner])[name]), _function(vars(changed[owner])[name]))
        return _test(items, reach)
    for name, new in changed.items():
        old = vars(module).get(name)
        if isinstance(old, FunctionType) and old.__module__ == module.__name__:
            _become(old, new)
        elif name.strip("_") and not mutant.within and not isinstance(old, type) and old != new:
            _rebind(name, old, new)
    return _test(items, reach)


def _become(old: FunctionType, new: FunctionType) -> None:
    old.__code__ = new.__code__
    old.__defaults__ = new.__defaults__
    old.__kwdefaults__ = new.__kwdefaults__


def _function(member: Any) -> FunctionType:
    """The function that a method is made of."""
    if isinstance(member, property):
        member = member.fget
    elif isinstance(member, cached_property):
        member = member.func
    member = getattr(member, "__func__", member)
    assert isinstance(member, FunctionType)
    return member


def _rebind(name: str, old: object, new: object) -> None:
    """Wherever a table was imported to."""
    for module in list(sys.modules.values()):
        if module is not None and vars(module).get(name) is old:
            setattr(module, name, new)


def _import_and_test(
    mutant: Mutant, known: Counter[str], reach: Reach, judged: Judged, root: Path
) -> tuple[int, str]:
    put_in_place(mutant.path, mutant.code(root))
    listener = _Listener(known, reach)
    code = _pytest(judged, root, [listener], "-x")
    return (SURVIVED if code == pytest.ExitCode.OK else KILLED), listener.failed


class _Listener:
    def __init__(self, known: Counter[str], reach: Reach) -> None:
        self._known, self._reach = known, reach
        self.failed = ""

    def pytest_collection(self) -> None:
        _hurry()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid in self._reach.seconds]
        items.sort(key=lambda item: _order(item, self._known, self._reach))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        _allow_for(nodeid, self._reach)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = report.nodeid


def _hurry() -> None:
    """Before tests are imported: one failing example is enough, the smallest is not sought."""
    quick = settings(settings.get_profile("house"), phases=(Phase.explicit, Phase.generate))
    settings.register_profile("mutants", quick)
    settings.load_profile("mutants")


def _pytest(judged: Judged, root: Path, plugins: list[object], *more: str) -> int:
    arguments = ["-q", "-m", judged.marker, "-p", "no:cacheprovider", "-p", "no:xdist"]
    arguments += ["-o", "faulthandler_timeout=0", *more]  # a mutant that loops is only ended
    # What is imported already is not rewritten: a failing assertion then says less, and fails.
    arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    return pytest.main([*arguments, f"--rootdir={root}", *judged.files], plugins=plugins)
