"""What was said, and with which commit it became true: all that the oracle goes by.

Whoever says something writes it down here first; the store's own order of commits then says since
when it holds. What the engine made of it is not read.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas.codes import Severity
from schemas.contact import Contact
from schemas.link import Link
from schemas.party import Party
from tests.harness.people import Place
from tests.replay_harm.sayings import Act, Allowed, Published, Saying, Stopped

Identity = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The registry since this commit, and everything it ever said before."""

    n: int
    parties: Mapping[str, Party]
    once: tuple[Party, ...]
    """Earlier records of parties that read differently."""
    links: tuple[Link, ...]
    """Every version of every link ever known."""
    current: frozenset[Link]
    """Those that the files name now, as they do."""


@dataclass(slots=True)
class Ledger:
    """Survives every crash."""

    commits: int = 0
    began: dict[int, datetime] = field(default_factory=dict)
    events: defaultdict[str, list[tuple[int, Published]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Case -> its reports."""
    allowed: defaultdict[str, list[tuple[int, Allowed]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Pseudonym -> what it allowed, oldest first."""
    acts: list[tuple[int, Act]] = field(default_factory=list)
    """What people did in all cases, oldest first."""
    critical: set[tuple[str, int]] = field(default_factory=set)
    """(case, commit): a case that was critical when somebody did something in it."""
    stopped: list[tuple[int, Stopped]] = field(default_factory=list)
    claims: dict[str, int] = field(default_factory=dict)
    """Notification key -> the commit with which it was handed out last."""
    editions: list[Edition] = field(default_factory=list)
    contacts: dict[str, Contact] = field(default_factory=dict)
    """Endpoint id -> whose it is."""
    _said: dict[Identity, tuple[Saying, ...]] = field(default_factory=dict)
    _rows: dict[str, int] = field(default_factory=dict)
    _pending: Place | None = None
    _version: str = ""

    def say(self, identity: Identity, *sayings: Saying) -> None:
        """Somebody is about to say this under this identity; without id: all that source says."""
        self._said[identity] = sayings

    def know(self, place: Place) -> None:
        """The registry is about to read like this: from the commit that puts it into force."""
        self._pending = place
        for contact in place.contacts:
            self.contacts.update({end.id: contact for end in contact.endpoints})

    def _registry(self, conn: sqlite3.Connection) -> None:
        if self._pending is None:
            return
        row = conn.execute("SELECT value FROM meta WHERE key = 'registry_version'").fetchone()
        if row is None or row[0] == self._version:
            return
        place, self._pending = self._pending, None
        self._version = row[0]
        before = self.editions[-1] if self.editions else None
        links = dict.fromkeys([*(before.links if before else ()), *place.links])
        parties = {each.id: each for each in place.parties}
        once = dict.fromkeys(before.once if before else ())
        for each in before.parties.values() if before else ():
            if parties.get(each.id, each) != each:
                once[each] = None
        edition = Edition(
            n=self.commits,
            parties=parties,
            once=tuple(once),
            links=tuple(links),
            current=frozenset(place.links),
        )
        self.editions.append(edition)

    def look(self, conn: sqlite3.Connection, *, at: datetime) -> None:
        """Right after a commit: which sayings became true with it, and what was handed out."""
        self.commits += 1
        self.began[self.commits] = at
        self._registry(conn)
        for source, id, result in self._new(conn, "inbox", "source, id, result"):
            case = json.loads(result).get("case", "")
            for saying in self._said.get((source, id), self._said.get((source, ""), ())):
                self._became_true(saying, case)
            if case:
                self._look_how_grave(conn, case)
        for (key,) in self._new(conn, "attempts", "key"):
            self.claims[key] = self.commits

    def _look_how_grave(self, conn: sqlite3.Connection, case: str) -> None:
        row = conn.execute("SELECT severity FROM cases WHERE id = ?", (case,)).fetchone()
        if row is not None and row[0] == Severity.CRITICAL.rank:
            self.critical.add((case, self.commits))

    def in_case(self, case: str, n: int) -> list[tuple[int, Act]]:
        """What people did in this case by that commit, oldest first."""
        return [(at, act) for at, act in self.acts if at <= n and act.case == case]

    def _new(self, conn: sqlite3.Connection, table: str, columns: str) -> list[Any]:
        last = self._rows.get(table, 0)
        query = f"SELECT rowid, {columns} FROM {table} WHERE rowid > ? ORDER BY rowid"  # noqa: S608
        rows = conn.execute(query, (last,)).fetchall()
        if rows:
            self._rows[table] = rows[-1][0]
        return [row[1:] for row in rows]

    def _became_true(self, saying: Saying, case: str) -> None:
        n = self.commits
        match saying:
            case Published():
                self.events[case].append((n, saying))
                for each in _allowed_by(saying, case):
                    self.allowed[each.pseudonym].append((n, each))
            case Allowed():
                self.allowed[saying.pseudonym].append((n, saying))
            case Stopped():
                self.stopped.append((n, saying))
            case _:
                self.acts.append((n, saying))


def _allowed_by(published: Published, case: str) -> Iterable[Allowed]:
    """What a report says about consent, for each subject it is about."""
    event, source = published.event, published.source
    subjects = [f"{source}/{each.pseudonym}" for each in event.subjects if each.pseudonym]
    for given in event.consent:
        if given.pseudonym is not None:
            whose = [f"{source}/{given.pseudonym}"]
        else:
            whose = subjects or [of_case(case)]
        for pseudonym in whose:
            yield Allowed(
                pseudonym=pseudonym,
                audiences=frozenset(given.audiences),
                mode=given.mode.value,
                until=given.until,
                revoked=given.state == "revoked",
                fields=frozenset(given.fields),
                basis=given.basis,
                narrows=given.state == "narrowed",
                source=source,
            )


def of_case(case: str) -> str:
    """Whose consent it is where nobody can be identified."""
    return f"case:{case}"
