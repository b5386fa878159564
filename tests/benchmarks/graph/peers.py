"""Those we measure against: SQLite's recursive query and rustworkx, each as fast as we know how.

Both hold the same links and judge them by the same days; a link that is not verified has none.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import rustworkx

from rules.columns import KINDS, Columns
from rules.snapshot import Ways
from schemas.link import LinkKind
from tests.benchmarks.graph.questions import HOPS, QUESTIONS, Asked, ways_of


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
    """rustworkx with a graph for each way of each question: more memory, but one call a hop."""

    name = f"rustworkx {rustworkx.__version__}"

    def __init__(self, columns: Columns, *, nodes: int) -> None:
        count = len(columns)
        days = [np.asarray(each)[:count].tolist() for each in (columns.opens, columns.until)]
        held = list(zip(*days, strict=True))
        self._graphs = {
            question: [_graph(columns, held, ways, nodes) for ways in ways_of(question)]
            for question in QUESTIONS
        }

    def answer(self, asked: Asked) -> set[int]:
        """The nodes found."""
        graphs, day = self._graphs[asked.question], asked.on.toordinal()
        if asked.question == "q1":
            ends = {asked.start}
            for graph in graphs:
                ends = {
                    other
                    for node in ends
                    for _, other, (opens, until) in graph.out_edges(node)
                    if opens <= day <= until
                }
            return ends
        out_edges = graphs[0].out_edges
        seen, fresh = {asked.start}, [asked.start]
        for _ in range(HOPS):
            found = []
            for node in fresh:
                for _, other, (opens, until) in out_edges(node):
                    if opens <= day <= until and other not in seen:
                        seen.add(other)
                        found.append(other)
            fresh = found
        return seen


def _graph(
    columns: Columns, held: list[tuple[int, int]], ways: Ways, nodes: int
) -> "rustworkx.PyDiGraph[int, tuple[int, int]]":
    graph: Any = rustworkx.PyDiGraph(multigraph=True)
    graph.add_nodes_from(range(nodes))
    graph.add_edges_from(list(_edges(columns, held, ways)))
    return graph


def _edges(
    columns: Columns, held: list[tuple[int, int]], ways: Ways
) -> Iterator[tuple[int, int, tuple[int, int]]]:
    count = len(columns)
    kind = np.asarray(columns.kind)[:count]
    for kinds, start, end in ((ways[0], columns.a, columns.b), (ways[1], columns.b, columns.a)):
        codes = [KINDS.index(each) for each in sorted(kinds)]
        for number in np.flatnonzero(np.isin(kind, codes)).tolist():
            yield start[number], end[number], held[number]
