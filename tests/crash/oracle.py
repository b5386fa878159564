"""The oracle: what must be there, recomputed from outside, against what is there.

It trusts what publishers noted, what the broker has and what mail servers counted. From the engine
it takes only rows, and reads facts as the JSON they are, so that a mistake in the engine's own
reading cannot hide here. `engine.invariants` is asked as well, as a second opinion.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from engine import invariants
from engine.case.ids import event_id
from engine.clock import SystemClock
from engine.invariants import Outside
from engine.invariants.delivering import ENDED
from engine.store.tables import attempts, cases, events, inbox, journal, notifications, quarantine
from tests.crash.faults import Struck
from tests.crash.heard import Heard
from tests.crash.ledger import Ledger
from tests.crash.records import LogRecord
from tests.crash.town import GRAVEST_FIRST, SEVERITIES
from tests.harness.reports import HOTLINE

_WALL = SystemClock()
HANDED = ("handed_off", "delivered")
CLEAR = ("failed_temporary", "failed_permanent")
"""Tries of which the sender knew that nothing had left."""
GRACE = 1.0
"""Seconds by which clocks of a sink and of whoever struck may differ in what came first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One message as a mail server took it."""

    key: str
    at: float


@dataclass(slots=True)
class Verdict:
    """What is wrong, by kind; nothing, if all is well."""

    events: int = 0
    answers: int = 0
    """Of people, that were said to be taken."""
    cases: int = 0
    facts: int = 0
    parked: int = 0
    lost: list[str] = field(default_factory=list)
    applied_twice: list[str] = field(default_factory=list)
    wrong_state: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    """Messages that came again although nothing had happened in between."""
    duplicates: int = 0
    bound: int = 0

    @property
    def sound(self) -> bool:
        """Whether every promise was kept."""
        wrong = (
            self.lost,
            self.applied_twice,
            self.wrong_state,
            self.missing,
            self.unexplained,
        )
        return not any(wrong) and self.duplicates <= self.bound

    def complaints(self) -> list[str]:
        """Each wrong thing in a line."""
        named = {
            "lost": self.lost,
            "applied twice": self.applied_twice,
            "wrong state": self.wrong_state,
            "missing": self.missing,
            "unexplained": self.unexplained,
        }
        return [f"{name}: {what}" for name, some in named.items() for what in some]

    def line(self) -> str:
        """The last line, for machines."""
        return (
            f"events={self.events} answers={self.answers} lost={len(self.lost)} "
            f"applied_twice={len(self.applied_twice)} "
            f"wrong_state={len(self.wrong_state)} missing_notifications={len(self.missing)} "
            f"duplicates={self.duplicates} bound={self.bound}"
        )


class Oracle:
    """Everything seen from outside, and then one look at the tables."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        taken: Sequence[LogRecord],
        told: Sequence[LogRecord],
        arrivals: Sequence[Arrival],
        struck: Sequence[Struck],
    ) -> None:
        """`taken`: the input topics. `told`: the topic of facts."""
        self._ledger = ledger
        self._taken = taken
        self._told = told
        self._arrivals = arrivals
        self._struck = struck
        self._counts = Counter(arrival.key for arrival in arrivals)

    def judge(self, conn: Connection, *, now: datetime | None = None) -> Verdict:
        """Compare. The engine must be at rest. `now`: since when; none: it never came to that."""
        verdict = Verdict(
            events=len(self._ledger.acknowledged), answers=len(self._ledger.people.acknowledged)
        )
        facts = _facts(conn)
        verdict.cases, verdict.facts = len(facts), sum(map(len, facts.values()))
        verdict.lost += [
            f"{n} reports were answered {status}: their publisher would not have sent them again"
            for status, n in sorted(self._ledger.answers.items())
        ]
        self._log_kept_it(verdict)
        parked = self._accepted(conn, verdict, facts)
        self._situations(conn, verdict, facts, parked)
        self._published(verdict, facts)
        self._messages(conn, verdict, facts)
        self._twice(conn, verdict)
        heard = Heard(self._ledger.people, facts)
        verdict.lost += heard.lost()
        verdict.applied_twice += heard.applied_twice()
        verdict.wrong_state += heard.not_meant(_begun(conn))
        verdict.missing += heard.unheard(set(self._counts))
        world = Outside(
            accepted=dict.fromkeys(
                (pair for pair in self._ledger.identities() if pair[1] not in parked), ""
            ),
            sends=Counter(self._counts),
            left_at=self._first(),
            refused_content={(HOTLINE, id) for id in self._ledger.other},
            poison={hashlib.sha256(body).hexdigest() for body in self._ledger.refuse},
        )
        up_since = self._up_since() if now is not None else None
        asked = invariants.check(conn, now=now or _WALL.now(), world=world, up_since=up_since)
        for broken in asked:
            verdict.wrong_state.append(str(broken))
        return verdict

    def _up_since(self) -> datetime | None:
        """Since when nothing hindered the engine; None: from the start."""
        ended = max((each.ended for each in self._struck), default=None)
        return None if ended is None else datetime.fromtimestamp(ended, UTC)

    def _first(self) -> dict[str, datetime]:
        """When each message first arrived: it cannot have left after that."""
        first: dict[str, float] = {}
        for arrival in self._arrivals:
            first[arrival.key] = min(arrival.at, first.get(arrival.key, arrival.at))
        return {key: datetime.fromtimestamp(at, UTC) for key, at in first.items()}

    def _log_kept_it(self, verdict: Verdict) -> None:
        """What the broker acknowledged is on the broker; else the engine is not to blame."""
        there = {record.value for record in self._taken}
        for id, door in self._ledger.acknowledged.items():
            if door == "log" and self._ledger.sent[id].body not in there:
                verdict.lost.append(f"{id}: the broker acknowledged it and does not have it")

    def _accepted(
        self, conn: Connection, verdict: Verdict, facts: dict[str, list[dict[str, Any]]]
    ) -> set[str]:
        """Every acknowledged report: in one case, once. Returns ids of those that were parked."""
        known = {row.id: row.case_id for row in conn.execute(select(events.c.id, events.c.case_id))}
        places = {
            (row.topic, row.part, row.offset): row.digest
            for row in conn.execute(select(quarantine)).all()
        }
        aside = {
            record.value
            for record in self._taken
            if (record.topic, record.partition, record.offset) in places
        }
        joined: defaultdict[str, list[str]] = defaultdict(list)
        for case, told in facts.items():
            for fact in told:
                if fact["kind"] == "event_joined":
                    joined[fact["event"]].append(case)
        ours = select(inbox.c.id).where(inbox.c.source == HOTLINE)
        boxes = Counter(conn.execute(ours).scalars())
        parked = set()
        for id in self._ledger.acknowledged:
            event = event_id(HOTLINE, id)
            if event in known:
                if joined[event] != [known[event]]:
                    verdict.applied_twice.append(f"{id}: in {known[event]}, joined {joined[event]}")
            elif self._ledger.sent[id].body in aside:
                parked.add(id)
            else:
                verdict.lost.append(f"{id}: acknowledged by {self._ledger.acknowledged[id]}")
            if boxes[id] > 1:
                verdict.applied_twice.append(f"{id}: {boxes[id]} inbox rows")
        expected = {event_id(HOTLINE, id) for id in self._ledger.sent}
        verdict.applied_twice += [f"{x}: nobody sent it" for x in sorted(set(known) - expected)]
        verdict.lost += [
            f"{body!r}: no report, and not in quarantine"
            for body in sorted(self._ledger.refuse)
            if body not in aside
        ]
        verdict.parked = len(parked)
        return parked

    def _situations(
        self,
        conn: Connection,
        verdict: Verdict,
        facts: dict[str, list[dict[str, Any]]],
        parked: set[str],
    ) -> None:
        """Each situation is one case of exactly its reports, as grave as the gravest of them."""
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for id in self._ledger.acknowledged:
            if id not in parked:
                wanted[self._ledger.sent[id].situation].add(id)
        where = {row.id: row.case_id for row in conn.execute(select(events.c.id, events.c.case_id))}
        stored = {row.id: row for row in conn.execute(select(cases))}
        for situation, ids in sorted(wanted.items()):
            of = {where[event] for id in ids if (event := event_id(HOTLINE, id)) in where}
            if len(of) != 1:
                verdict.wrong_state.append(f"{situation}: it is {len(of)} cases")
                continue
            case = of.pop()
            have = {x["event"] for x in facts[case] if x["kind"] == "event_joined"}
            if have != {event_id(HOTLINE, id) for id in ids}:
                verdict.wrong_state.append(f"{case}: {len(have)} reports instead of {len(ids)}")
            gravest = min(GRAVEST_FIRST.index(SEVERITIES[self._ledger.sent[id].code]) for id in ids)
            if stored[case].severity != gravest and not _suspected(
                stored[case].severity, facts[case]
            ):
                verdict.wrong_state.append(f"{case}: severity {stored[case].severity}, {gravest}")
            if stored[case].version != len(facts[case]):
                verdict.wrong_state.append(f"{case}: its version is not how many facts it has")

    def _published(self, verdict: Verdict, facts: dict[str, list[dict[str, Any]]]) -> None:
        """Every fact of every case is on its topic; their first copies are in order."""
        last: Counter[str] = Counter()
        seen: set[str] = set()
        for record in self._told:
            name = record.headers["ce_id"]
            if name in seen:
                continue
            seen.add(name)
            case, _, n = name.rpartition(".")
            if int(n) != last[case] + 1:
                verdict.wrong_state.append(f"{case}: fact {n} was published after {last[case]}")
            last[case] = int(n)
        for case, told in facts.items():
            missing = [n for n in range(1, len(told) + 1) if f"{case}.{n}" not in seen]
            if missing:
                verdict.wrong_state.append(f"{case}: facts {missing[:5]} were never published")

    def _messages(
        self, conn: Connection, verdict: Verdict, facts: dict[str, list[dict[str, Any]]]
    ) -> None:
        """Whatever was decided to be told has left, or ended for a reason; duty was paged."""
        rows = {row.key: row for row in conn.execute(select(notifications))}
        reached = {rows[key].case_id for key in self._counts if key in rows}
        for key in sorted(set(self._counts) - set(rows)):
            verdict.wrong_state.append(f"{key}: it left and nobody decided it")
        for key, row in rows.items():
            if row.state in HANDED and not self._counts[key]:
                verdict.missing.append(f"{key}: {row.state}, and it never left")
            elif row.state not in ENDED:
                verdict.missing.append(f"{key}: still {row.state}")
        real = set(conn.execute(select(cases.c.id).where(cases.c.kind == "case")).scalars())
        for case, told in facts.items():
            owed = [
                notice["key"]
                for fact in told
                if fact["kind"] == "told"
                for notice in fact["notices"]
            ]
            verdict.missing += [f"{key}: decided, no row" for key in owed if key not in rows]
            if case not in real:
                continue
            if not owed:
                verdict.missing.append(f"{case}: nobody of duty was ever to be told")
            elif case not in reached:
                verdict.missing.append(f"{case}: no message of it ever left")

    def _twice(self, conn: Connection, verdict: Verdict) -> None:
        """Every repeat has its unknown try, and something that happened in between."""
        verdict.duplicates = sum(self._counts.values()) - len(self._counts)
        tries: defaultdict[str, list[str]] = defaultdict(list)
        for row in conn.execute(select(attempts.c.key, attempts.c.state)):
            tries[row.key].append(row.state)
        for key, states in tries.items():
            may = sum(state not in CLEAR for state in states)
            verdict.bound += max(0, may - 1)
            if self._counts[key] > max(1, may):
                verdict.unexplained.append(f"{key}: {self._counts[key]} times in {may} tries")
        times: defaultdict[str, list[float]] = defaultdict(list)
        for arrival in self._arrivals:
            times[arrival.key].append(arrival.at)
        for key, at in times.items():
            for first, second in zip(sorted(at), sorted(at)[1:], strict=False):
                if not any(
                    each.began <= second + GRACE and each.ended >= first - GRACE
                    for each in self._struck
                ):
                    verdict.unexplained.append(f"{key}: again after {second - first:.1f} s")


def _facts(conn: Connection) -> dict[str, list[dict[str, Any]]]:
    """Case -> its facts as plain JSON, in order."""
    query = select(journal.c.stream, journal.c.body).order_by(journal.c.stream, journal.c.n)
    found: dict[str, list[dict[str, Any]]] = {
        id: [] for id in conn.execute(select(cases.c.id)).scalars()
    }
    for row in conn.execute(query):
        if row.stream in found:
            found[row.stream].append(json.loads(row.body))
    return found


def _begun(conn: Connection) -> dict[str, list[datetime]]:
    """Key -> when each try of the message began."""
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    for row in conn.execute(select(attempts.c.key, attempts.c.at)):
        found[row.key].append(row.at)
    return found


def _suspected(severity: int, told: Sequence[dict[str, Any]]) -> bool:
    """Whether it is critical because something came after somebody outside was told."""
    kinds = [fact["kind"] for fact in told]
    outward = [n for n, x in enumerate(told) if x["kind"] == "told" and x["track"] != "duty"]
    return severity == 0 and bool(outward) and "event_joined" in kinds[outward[0] :]


def arrivals(lines: Iterable[str]) -> list[Arrival]:
    """What the sinks wrote down."""
    told = (json.loads(line) for line in lines)
    return [Arrival(key=one["key"], at=one["at"]) for one in told]
