"""Break the code that decides, one small change at a time, and see the tests notice.

    python -m tests.mutants                                   who may know: each change
    python -m tests.mutants --set core --sample 500 --seed 1  what happens to a case: some

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
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.kept import Kept, listed
from tests.mutants.mutants import Came, Mutant
from tests.mutants.runner import NotGreenError, run
from tests.mutants.sets import Judged, judged

HERE = Path(__file__).parents[2]
EQUIVALENT = HERE / "tests" / "mutants" / "equivalent.toml"


def main(arguments: list[str] | None = None) -> int:
    """Run all, or those of `--only` and `--sample`; the last line is the count alone."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--set", default="guard", choices=("guard", "core"), dest="name")
    parser.add_argument("--only", default="", help="modules whose path holds this")
    parser.add_argument("--sample", type=int, help="so many of them; without it all")
    parser.add_argument("--seed", type=int, default=0, help="which: the same seed, the same ones")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="try again what ended before")
    parser.add_argument("--json", action="store_true", help="one object a survivor, one at the end")
    given = parser.parse_args(arguments)
    these = judged(given.name, HERE)
    every = {
        each.id: each
        for path in these.paths
        if given.only in path
        for each in listed(path, root=HERE)
    }
    why = _equivalent(given.name)
    mutants = _sample(every, why, given.seed, given.sample)
    kept = Kept(these, root=HERE)
    came = {} if given.fresh else kept.came(mutants.keys())
    wanted = [m for id, m in mutants.items() if id not in why and id not in came]
    try:
        _run_all(wanted, these, kept, came, workers=given.workers, quiet=given.json)
    except NotGreenError as error:
        print(error, file=sys.stderr)
        return 2
    stale = [] if given.only else sorted(why.keys() - every.keys())
    return _tell(mutants, came, why, stale, as_json=given.json)


def _sample(
    mutants: Mapping[str, Mutant], why: Mapping[str, str], seed: int, size: int | None
) -> dict[str, Mutant]:
    """In an order that hangs on the seed alone, those up to the last that is wanted.

    A change of code moves only its own mutants in or out. Those that nobody could tell are passed
    over and come on top, so that `size` is what is counted.
    """
    if size is None:
        return dict(mutants)
    ordered = sorted(mutants, key=lambda id: hashlib.sha256(f"{seed}:{id}".encode()).digest())
    sample: dict[str, Mutant] = {}
    counted = 0
    for id in ordered:
        if counted == size:
            break
        sample[id] = mutants[id]
        counted += id not in why
    return sample


def _run_all(
    wanted: Sequence[Mutant],
    these: Judged,
    kept: Kept,
    came: dict[str, Came],
    *,
    workers: int,
    quiet: bool,
) -> None:
    """Try them, and keep what became of each as soon as it is known."""
    if not wanted:
        return
    with kept.writing() as write, _bar(len(wanted), quiet=quiet) as step, _silent():

        def say(ended: Came) -> None:
            write(ended)
            came[ended.id] = ended
            step(sum(not each.killed for each in came.values()))

        run(wanted, these, kept, root=HERE, workers=workers, say=say)


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
            print(f"{each.id} {each.path}:{each.line} {each.operator}")
            print(f"  - {each.before}\n  + {each.after}")
    for id in stale:
        print(f"{EQUIVALENT.name}: no mutant is called {id} any more, take it out", file=sys.stderr)
    killed, equivalent = len(counted) - len(alive), len(mutants) - len(counted)
    operators = Counter(mutants[id].operator for id in counted)
    missed = Counter(each.operator for each in alive)
    if as_json:
        print(json.dumps({"killed": killed, "of": len(counted), "equivalent": equivalent,
                          "operators": {each: [n - missed[each], n]
                                        for each, n in operators.most_common()}}))  # fmt: skip
    else:
        for operator, of in operators.most_common():
            print(f"{operator}={of - missed[operator]}/{of}")
        print(f"equivalent={equivalent}, each with its reason in {EQUIVALENT.relative_to(HERE)}")
        print(f"killed={killed}/{len(counted)}")
    return 1 if alive or stale else 0


def _equivalent(name: str) -> dict[str, str]:
    """Of a set, id -> why nobody could tell it from the code as it is."""
    listed = tomllib.loads(EQUIVALENT.read_text("utf-8")).get("mutant", [])
    return {each["id"]: each["why"] for each in listed if each.get("set", "guard") == name}


if __name__ == "__main__":
    sys.exit(main())
