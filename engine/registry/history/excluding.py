"""What a link said before it was corrected: it still excludes.

A wrong exclusion costs one helper, a wrong inclusion may cost a life. So each earlier version that
ties other parties, in another way or by control, goes into the snapshot as a link of its own, with
the status `withdrawn` and the id `<id>~<n>`. It includes nobody.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.store import versions
from engine.store.versions import What
from rules.net import controls
from schemas.link import Link, LinkStatus


def links_of(grouped: Iterable[tuple[str, Sequence[Any]]]) -> tuple[Link, ...]:
    """The links in force and what earlier ones excluded by, out of their versions."""
    newest: dict[str, Link] = {}
    earlier: list[tuple[str, Link]] = []
    for id, rows in grouped:
        newest[id] = link = versions.load(What.LINK, rows[-1].body)
        if len(rows) > 1:
            before = {row.n: versions.load(What.LINK, row.body) for row in rows[:-1]}
            earlier += [(f"{id}~{n}", before[n]) for n in _excluding(link, before)]
    for id, link in earlier:
        while id in newest:  # somebody may have called a link of theirs so
            id += "~"
        newest[id] = replace(link, id=id, status=LinkStatus.WITHDRAWN)
    return tuple(newest.values())


def read_links(conn: Connection, *, at: datetime | None = None) -> tuple[Link, ...]:
    """Every link ever known; `at`: as the registry was at that time."""
    return links_of(versions.read(conn, What.LINK, at=at))


def _excluding(newest: Link, before: dict[int, Link]) -> Collection[int]:
    """The last version of each way in which the link once excluded, besides how it does now."""
    last = {_way(link): n for n, link in before.items()}
    last.pop(_way(newest), None)
    return sorted(last.values())


def _way(link: Link) -> tuple[Any, ...]:
    """All that exclusion looks at."""
    return link.kind, link.a, link.b, controls(link)
