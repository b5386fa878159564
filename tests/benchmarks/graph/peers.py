"""Those we measure against: SQLite's recursive query and rustworkx, each as fast as we know how.

Both hold the same links and judge them by the same days; a link that is not verified has none.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import rustworkx

from rules.columns import KINDS, Columns
from rules.snapshot import Ways
from schemas.link import LinkKind
from tests.benchmarks.graph.questions import HOPS, QUESTIONS, Asked, ways_of

Edge = tuple[int, int, tuple[int, int]]
Hop = tuple[Callable[[int], Iterable[Edge]], int]
"""The links of a node, and which end of each is the other one."""


class Cte:
    """SQLite in memory: everything a question reads stands in the index it reads it from."""

    name = f"SQLite {sqlite3.sqlite_version}"

    def __init__(self, columns: Columns) -> None:
        count = len(columns)
        wanted = ("kind", "a", "b", "opens", "until", "status", "share")
        lists = [np.asarray(getattr(columns, name))[:count].tolist() for name in wanted]
        self._db = sqlite3.connect(":memory:")
        self._db.execute(
            "CREATE TABLE links (kind INT, a INT, b INT, opens INT, until INT, status INT, share)"
        )
        self._db.executemany(
            "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?)", zip(*lists, strict=True)
        )
        self._db.execute("CREATE INDEX forth ON links (kind, a, opens, until, b)")
        self._db.execute("CREATE INDEX back ON links (kind, b, opens, until, a)")
        self._asks = {question: _sql(question) for question in QUESTIONS}

    def answer(self, asked: Asked) -> set[int]:
        """The nodes found."""
        given = {"start": asked.start, "day": asked.on.toordinal()}
        return {node for (node,) in self._db.execute(self._asks[asked.question], given)}


def _sql(question: str) -> str:
    """Which index to use is said: with few links the planner guesses wrong, a thousandfold."""
    ways = ways_of(question)
    if question == "q1":
        node, joined = ":start", ""
        for n, (_, against) in enumerate(ways):
            joined += _join(f"l{n}", "back", against, "b", node)
            node = f"l{n}.a"
        return f"SELECT DISTINCT {node} FROM (SELECT 1){joined}"  # noqa: S608 - our own words
    along, against = ways[0]
    hops = " UNION ".join(
        f"SELECT l.{other}, hops + 1 FROM near{_join('l', index, [kind], end, 'node')}"  # noqa: S608
        f" WHERE hops < {HOPS}"
        for kinds, index, end, other in ((along, "forth", "a", "b"), (against, "back", "b", "a"))
        for kind in sorted(kinds)
    )
    return (
        f"WITH RECURSIVE near (node, hops) AS (SELECT :start, 0 UNION {hops})"  # noqa: S608
        " SELECT DISTINCT node FROM near"
    )


def _join(name: str, index: str, kinds: Iterable[LinkKind], end: str, node: str) -> str:
    (code,) = (KINDS.index(kind) for kind in kinds)
    return (
        f" CROSS JOIN links {name} INDEXED BY {index} ON {name}.kind = {code}"
        f" AND {name}.{end} = {node} AND {name}.opens <= :day AND {name}.until >= :day"
    )


class Rusty:
    """rustworkx with one graph for each kind of link."""

    name = f"rustworkx {rustworkx.__version__}"

    def __init__(self, columns: Columns, *, nodes: int) -> None:
        every = {kind for q in QUESTIONS for one in ways_of(q) for kind in (*one[0], *one[1])}
        graphs = {kind: _graph(columns, (frozenset({kind}), frozenset()), nodes) for kind in every}
        self._hops: dict[str, list[list[Hop]]] = {
            question: [
                [(graphs[kind].out_edges, 1) for kind in sorted(along)]
                + [(graphs[kind].in_edges, 0) for kind in sorted(against)]
                for along, against in ways_of(question)
            ]
            for question in QUESTIONS
        }

    def answer(self, asked: Asked) -> set[int]:
        """The nodes found."""
        return _spread(self._hops[asked.question], asked)


class RustyMerged:
    """rustworkx with a graph for each way of each question: more memory, but one call a hop."""

    name = f"rustworkx {rustworkx.__version__}, a graph for each question"

    def __init__(self, columns: Columns, *, nodes: int) -> None:
        self._hops: dict[str, list[list[Hop]]] = {
            question: [[(_graph(columns, ways, nodes).out_edges, 1)] for ways in ways_of(question)]
            for question in QUESTIONS
        }

    def answer(self, asked: Asked) -> set[int]:
        """The nodes found."""
        return _spread(self._hops[asked.question], asked)


def _spread(steps: list[list[Hop]], asked: Asked) -> set[int]:
    day = asked.on.toordinal()
    if asked.question == "q1":
        ends = {asked.start}
        for hops in steps:
            ends = {
                edge[end]
                for node in ends
                for hop, end in hops
                for edge in hop(node)
                if edge[2][0] <= day <= edge[2][1]
            }
        return ends
    seen, fresh = {asked.start}, [asked.start]
    for _ in range(HOPS):
        found = []
        for node in fresh:
            for hop, end in steps[0]:
                for edge in hop(node):
                    opens, until = edge[2]
                    if opens <= day <= until:
                        other = edge[end]
                        if other not in seen:
                            seen.add(other)
                            found.append(other)
        fresh = found
    return seen


def _graph(columns: Columns, ways: Ways, nodes: int) -> Any:
    graph: Any = rustworkx.PyDiGraph(multigraph=True)
    graph.add_nodes_from(range(nodes))
    graph.add_edges_from(list(_edges(columns, ways)))
    return graph


def _edges(columns: Columns, ways: Ways) -> Iterator[Edge]:
    kind = np.asarray(columns.kind)[: len(columns)]
    opens, until = columns.opens, columns.until
    for kinds, start, end in ((ways[0], columns.a, columns.b), (ways[1], columns.b, columns.a)):
        codes = [KINDS.index(each) for each in sorted(kinds)]
        for number in np.flatnonzero(np.isin(kind, codes)).tolist():
            yield start[number], end[number], (opens[number], until[number])
