"""Measure the registry's graph against SQLite's recursive query and rustworkx, in one run.

    python -m tests.benchmarks.graph [--parties 1000000] [--rounds 24] [--each 100]

Three questions over links with status, days and share, every side under the same filter: verified,
and holding on the day of the question. Each slice asks everybody the same new questions, by turns,
in CPU time; all answers must be equal. The last line is for machines.

Our side of its ratios is `rules.reach`, which answers what the others answer: who is near. A walk
of the rulebook, which decides who is told, says more than that, and costs more: for each it finds
the nearest path by which it was found, and whom a bad link would have brought in, with why. Its
ratios stand on the line before.
"""

import argparse
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

from engine.registry import kept
from rules import digest
from rules.contacts import Contacts
from rules.graph import Registry
from rules.snapshot import PARTY_KINDS, Snapshot
from schemas.party import Party
from tests.benchmarks.graph import exclusion, invented
from tests.benchmarks.graph.peers import Cte, Rusty, RustyMerged
from tests.benchmarks.graph.questions import CHAIN, GROUP, QUESTIONS, TRADE, Asked, Ours
from tests.benchmarks.graph.walked import Walks

T = TypeVar("T")

RATED = ("q2", "q3")
"""The questions whose ratios count: Q1 is a handful of links."""
BUILDS, LOADS = 3, 5


class Peer(Protocol):
    """Somebody who answers the questions."""

    name: str

    def answer(self, asked: Asked) -> set[int]:
        """The nodes found."""
        ...


class Invented(Mapping[str, Party]):
    """The parties of a drawn registry, each made when it is asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def __getitem__(self, id: str) -> Party:
        node = self._snapshot.number(id)
        if node is None:
            raise KeyError(id)
        state = self._snapshot.codes[self._snapshot.states[node]]
        kind = PARTY_KINDS[self._snapshot.kinds[node]]
        return Party(id=id, kind=kind, name=f"Party {id}", state=state, source="invented register")

    def __iter__(self) -> Iterator[str]:
        return iter(self._snapshot.ids)

    def __len__(self) -> int:
        return len(self._snapshot.ids)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 1 when any answer differed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.graph", description=__doc__)
    parser.add_argument("--parties", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=24)
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--closures", type=int, default=1_000)
    given = parser.parse_args(arguments)
    drawn = invented.drawn(given.parties)
    build, snapshot = _median(drawn.snapshot, BUILDS)
    registry = Registry.opened(snapshot, Invented(snapshot), Contacts(), total=0)
    links = len(registry.columns)
    print(f"{given.parties} parties, {links} links of 6 kinds; built from arrays in {build:.2f} s")
    load = _loaded(registry)
    size = _size(registry)
    chance = np.random.default_rng(7)
    closures = _closures(registry, drawn, chance, given.closures)
    columns, nodes = registry.columns, given.parties
    cte, rusty = Cte(columns), Rusty(columns, nodes=nodes)
    peers = (cte, rusty, RustyMerged(columns, nodes=nodes))
    _settle()
    ratios, walked, equal = _compared(registry, drawn, chance, peers, given.rounds, given.each)
    print(
        f"walks, with paths and whom they withhold: cte_ratio={walked[cte.name]:.2f}"
        f" rustworkx_ratio={walked[rusty.name]:.2f}"
    )
    print(
        f"cte_ratio={ratios[cte.name]:.2f} rustworkx_ratio={ratios[rusty.name]:.2f}"
        f" bytes_per_link={size:.1f} build_s={build:.2f} load_s={load:.2f}"
        f" exclusion_p99_ms={closures.p99_ms:.2f} equal={str(equal).lower()}"
    )
    return 0 if equal else 1


def _loaded(registry: Registry) -> float:
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as directory:
        path = Path(directory) / kept.FILE
        kept.save(path, registry, version="invented")
        load, again = _median(lambda: kept.load(path).registry(()), LOADS)
        print(f"loaded from {path.stat().st_size / 1e6:.0f} MB, parties included, in {load:.2f} s")
    some = registry.columns.ids[0]
    if again.link(some) != registry.link(some) or again.total != digest.total((), registry.total):
        raise RuntimeError("What was loaded is not what was saved.")
    return load


def _size(registry: Registry) -> float:
    """Bytes a link of all columns and of the views that the three questions read.

    Without names: the ids of links, as those of parties, are counted beside.
    """
    links = len(registry.columns)
    began = time.process_time()
    views = [registry.merged(*ways) for ways in (*CHAIN, GROUP, TRADE)]
    spent = time.process_time() - began
    columns, held = registry.columns.nbytes / links, sum(view.nbytes for view in views) / links
    ids = registry.columns.ids.nbytes / links
    print(
        f"bytes a link: {columns - ids:.1f} in columns + {held:.1f} in 5 views; its id {ids:.1f};"
        f" a party's id {registry.ids.nbytes / len(registry.ids):.1f}, kind and state 3;"
        f" the views made in {spent:.2f} s"
    )
    return columns - ids + held


def _closures(
    registry: Registry, drawn: invented.Drawn, chance: np.random.Generator, count: int
) -> exclusion.Closures:
    picked = [drawn.ids[int(node)] for node in chance.choice(drawn.companies, count)]
    _settle()
    exclusion.measured(registry, picked[:20], day=exclusion.DAY)  # views are made once
    found = exclusion.measured(registry, picked, day=exclusion.DAY)
    print(
        f"exclusion: {found.small} closures up to {exclusion.SMALL} members p50 {found.p50_ms:.2f}"
        f" p99 {found.p99_ms:.2f} ms; {found.large} larger, up to {found.largest} members,"
        f" {found.beyond_us:.2f} us a member; {found.read_us:.1f} us a member to spell out",
        flush=True,
    )
    return found


def _compared(
    registry: Registry,
    drawn: invented.Drawn,
    chance: np.random.Generator,
    peers: tuple[Peer, ...],
    rounds: int,
    each: int,
) -> tuple[dict[str, float], dict[str, float], bool]:
    ours, walks = Ours(registry), Walks(registry)
    sides: tuple[Peer, ...] = (ours, *peers)
    ratios: dict[str, list[float]] = {peer.name: [] for peer in peers}
    walked_ratios: dict[str, list[float]] = {peer.name: [] for peer in peers}
    equal = True
    for question in QUESTIONS:
        spent: dict[str, list[float]] = {side.name: [] for side in (*sides, walks)}
        found = 0
        for turn in range(rounds + 1):
            starts = chance.choice(drawn.sites if question == "q1" else drawn.companies, each)
            days = chance.integers(invented.FIRST, invented.LAST, each).tolist()
            asked = [
                Asked(question, registry.number(drawn.ids[int(start)]) or 0, date.fromordinal(day))
                for start, day in zip(starts, days, strict=True)
            ]
            answers = {}
            for side in sides[turn % len(sides) :] + sides[: turn % len(sides)]:
                seconds, answers[side.name] = _timed(partial(_answered, side.answer, asked))
                spent[side.name].append(seconds)
            prepared = [walks.prepared(one) for one in asked]
            seconds, walked = _timed(partial(_answered, walks.answer, asked, prepared))
            spent[walks.name].append(seconds)
            answers[walks.name] = [walks.nodes(one) for one in walked]
            equal = equal and all(answer == answers[ours.name] for answer in answers.values())
            found += sum(map(len, answers[ours.name])) if turn else 0
        spent = {name: seconds[1:] for name, seconds in spent.items()}  # the first one warms up
        said = [f"{question}: {found / rounds / each:.1f} found"]
        for name, seconds in spent.items():
            mean = sum(seconds) / rounds / each * 1e6
            against = [one / mine for one, mine in zip(seconds, spent[ours.name], strict=True)]
            quartiles = statistics.quantiles(against, n=4) if rounds > 1 else against * 3
            low, middle, high = quartiles
            said.append(f"{name} {mean:.1f} us (x{middle:.2f}, {low:.2f}-{high:.2f})")
            if question in RATED and name in ratios:
                ratios[name].append(middle)
                apart = zip(seconds, spent[walks.name], strict=True)
                walked_ratios[name].append(statistics.median(one / each for one, each in apart))
        print("; ".join(said), flush=True)
    return _means(ratios), _means(walked_ratios), equal


def _means(ratios: Mapping[str, list[float]]) -> dict[str, float]:
    return {name: statistics.mean(each) for name, each in ratios.items()}


def _settle() -> None:
    """As an engine does before it serves: what stays is not looked through for garbage again."""
    gc.collect()
    gc.freeze()


def _answered(answer: Callable[..., T], *asked: list[Any]) -> list[T]:
    return list(map(answer, *asked))


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.process_time()
    done = work()
    return time.process_time() - began, done


def _median(work: Callable[[], T], times: int) -> tuple[float, T]:
    """Each by itself, as at a start: what came of those before is let go of first.

    To hold them all would measure how fast a machine hands out memory nobody has used yet.
    """
    seconds, done = _timed(work)
    spent = [seconds]
    for _ in range(times - 1):
        del done
        seconds, done = _timed(work)
        spent.append(seconds)
    return statistics.median(spent), done


if __name__ == "__main__":
    sys.exit(main())
