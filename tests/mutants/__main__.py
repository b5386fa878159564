"""Break the code that decides who may know, one small change at a time, and see the tests notice.

    python -m tests.mutants

What ended before is kept in `.mutants/` and not tried again while code and tests stay as they are.
Mutants that change nothing anybody could see are listed, each with the reason, in
`tests/mutants/equivalent.toml`. The last line counts the others; 1 when one of them survived.
"""

import argparse
import hashlib
import json
import os
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tests.mutants.mutants import Mutant, mutants_of
from tests.mutants.runner import Came, NotGreenError, run

HERE = Path(__file__).parents[2]
TARGETS = (
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

EQUIVALENT = HERE / "tests" / "mutants" / "equivalent.toml"
KEPT = HERE / ".mutants"


def main(arguments: list[str] | None = None) -> int:
    """Run all, or those of `--only`; the last line is the count alone."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", default="", help="modules whose path holds this")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="try again what ended before")
    parser.add_argument("--json", action="store_true", help="one object a survivor, one at the end")
    given = parser.parse_args(arguments)
    mutants = {
        each.id: each
        for path in TARGETS
        if given.only in path
        for each in mutants_of(HERE / path, root=HERE)
    }
    why = _equivalent()
    files = guard_files(HERE)
    store = KEPT / f"{_digest(files)}.jsonl"
    came = {} if given.fresh else _read(store, mutants)
    wanted = [m for id, m in mutants.items() if id not in why and id not in came]
    try:
        _run_all(wanted, files, came, store=store, workers=given.workers, quiet=given.json)
    except NotGreenError as error:
        print(error, file=sys.stderr)
        return 2
    stale = [] if given.only else sorted(why.keys() - mutants.keys())
    return _tell(mutants, came, why, stale, as_json=given.json)


def guard_files(root: Path) -> list[str]:
    """The test files in which something is marked `guard`."""
    marked = (
        path for path in sorted((root / "tests" / "unit").rglob("test_*.py"))
        if "mark.guard" in path.read_text("utf-8")
    )  # fmt: skip
    return [path.relative_to(root).as_posix() for path in marked]


def _run_all(
    wanted: Sequence[Mutant],
    files: Sequence[str],
    came: dict[str, Came],
    *,
    store: Path,
    workers: int,
    quiet: bool,
) -> None:
    """Try them, and keep what became of each as soon as it is known."""
    if not wanted:
        return
    KEPT.mkdir(exist_ok=True)
    with (
        store.open("a", encoding="utf-8") as kept,
        _bar(len(wanted), quiet=quiet) as step,
        _silent(),
    ):

        def say(ended: Came) -> None:
            kept.write(json.dumps(asdict(ended)) + "\n")
            kept.flush()
            came[ended.id] = ended
            step(sum(not each.killed for each in came.values()))

        run(wanted, files, root=HERE, workers=workers, say=say)


@contextmanager
def _silent() -> Iterator[None]:
    """Whatever the test runner prints about its own work goes nowhere."""
    sys.stdout.flush()
    kept, null = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(null)


@contextmanager
def _bar(total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    if quiet or not sys.stderr.isatty():
        yield lambda survivors: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("mutants", total=total)
        yield lambda survivors: progress.update(
            task, advance=1, description=f"mutants, {survivors} alive"
        )


def _tell(
    mutants: Mapping[str, Mutant],
    came: Mapping[str, Came],
    why: Mapping[str, str],
    stale: Sequence[str],
    *,
    as_json: bool,
) -> int:
    counted = [id for id in mutants if id not in why]
    alive = [mutants[id] for id in counted if id not in came or not came[id].killed]
    for each in alive:
        if as_json:
            print(json.dumps({"survived": each.id, "at": f"{each.path}:{each.line}",
                              "before": each.before, "after": each.after}))  # fmt: skip
        else:
            print(f"{each.id} {each.path}:{each.line}\n  - {each.before}\n  + {each.after}")
    for id in stale:
        print(f"{EQUIVALENT.name}: no mutant is called {id} any more, take it out", file=sys.stderr)
    killed, equivalent = len(counted) - len(alive), len(mutants) - len(counted)
    if as_json:
        print(json.dumps({"killed": killed, "of": len(counted), "equivalent": equivalent}))
    else:
        print(f"equivalent={equivalent}, each with its reason in {EQUIVALENT.relative_to(HERE)}")
        print(f"killed={killed}/{len(counted)}")
    return 1 if alive or stale else 0


def _equivalent() -> dict[str, str]:
    """Id -> why nobody could tell it from the code as it is."""
    listed = tomllib.loads(EQUIVALENT.read_text("utf-8")).get("mutant", [])
    return {each["id"]: each["why"] for each in listed}


def _digest(files: Sequence[str]) -> str:
    """Of all that a result depends on: code, and the tests with what they are built of."""
    rooms = [
        path
        for room in ("rules", "schemas", "engine/case", "engine/web/answer")
        for path in (HERE / room).rglob("*.py")
    ]
    built_of = ("tests/unit/rules", "tests/unit/engine/case", "tests/harness")
    tests = [
        *(HERE / file for file in files),
        *(path for room in built_of for path in (HERE / room).glob("*.py")),
    ]
    whole = hashlib.sha256()
    for path in sorted({*rooms, *tests}):
        whole.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:16]


def _read(store: Path, mutants: Mapping[str, Mutant]) -> dict[str, Came]:
    if not store.exists():
        return {}
    ended = [Came(**json.loads(line)) for line in store.read_text("utf-8").splitlines()]
    return {each.id: each for each in ended if each.id in mutants}


if __name__ == "__main__":
    sys.exit(main())
