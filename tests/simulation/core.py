"""The second level: the pure core over dictionaries, a hundred schedules in the time of one.

No SQL, no event loop, no ports. Workers are generators that yield each effect; a heap of times,
with the seed deciding between equals, carries them out. A worker may die before an effect and
after it, or stand still for longer than its lease and go on. What the store promises (a
transaction is all or nothing) is given here by doing it in one step.

python -m tests.simulation.core --seeds 5000
python -m tests.simulation.core --seed 7 --shrink
"""

import argparse
import heapq
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import Random  # noqa: TID251 (seeded: the same number, the same schedule)
from typing import Any

import orjson

from engine.case import commands as c
from engine.case import ids
from engine.case.decide import Refusal, run
from engine.case.due import due_at
from engine.case.evolve import evolve
from engine.case.state import Case, dump_case
from engine.clock import SystemClock
from rules import duty, exclusion
from schemas import facts as f
from schemas.codes import Severity
from schemas.facts import Fact, dump_fact
from schemas.plan import Candidates
from schemas.responses import Response, ResponseKind, Way
from tests.simulation.oracle import Ledger, ladder
from tests.unit.engine.case.builders import BRIGHT, EMBASSY, FJORD, HALDANE, TRACKS, Story, an_event
from tests.unit.engine.case.builders import at as moment

START = moment("Mon 08:00")
CHAOS_FOR, HEAL_FOR = timedelta(hours=2), timedelta(minutes=20)
LEASE, STUCK = timedelta(seconds=30), timedelta(minutes=10)
AGAIN_AFTER = timedelta(seconds=20)
CODES = {"arrest": Severity.HIGH, "abduction": Severity.CRITICAL, "enrichment": Severity.HIGH}
WAITING = ("queued", "unknown")
BLANK = Story().case
CHAOS = {"crash": 0.15, "zombie": 0.03, "unclear": 0.3}
"""What may go wrong, and the strongest of each: a chance for each effect, or for each send."""
ENOUGH = 100
"""Schedules from which on a run must have been everywhere."""
SOMETIMES = {
    "died before take": 0.1,
    "died before fire": 0.02,
    "died before claim": 0.2,
    "died before send": 0.2,
    "died before settle": 0.1,
    "died after take": 0.1,
    "died after fire": 0.02,
    "died after claim": 0.2,
    "died after send": 0.2,
    "died after settle": 0.1,
    "zombies": 0.1,
    "taken over": 1.0,
    "came too late to say": 0.02,
    "left and nobody knew": 0.1,
    "answers": 1.0,
    "a report twice": 0.3,
}
"""What a run must have met, and how often in a schedule on average, at least."""
_WALL = SystemClock()

Effect = tuple[str, Any]
Work = Generator[Effect, Any, None]


@dataclass(slots=True, kw_only=True)
class Mail:
    """One message that is owed."""

    case: str
    told: f.Told | f.Rerouted
    notice: f.Notice
    state: str = "queued"
    due: datetime
    attempt: int = 0
    sent: int = 0
    unclear: int = 0


@dataclass(slots=True)
class Store:
    """What survives: dictionaries."""

    cases: dict[str, Case] = field(default_factory=dict)
    due: dict[str, datetime | None] = field(default_factory=dict)
    journal: dict[str, list[tuple[datetime, Fact]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    inbox: set[str] = field(default_factory=set)
    mail: dict[str, Mail] = field(default_factory=dict)
    position: int = 0


class Schedule:
    """One seed: a log of reports and answers, workers that take it in, and what they send."""

    def __init__(self, seed: int, *, off: Collection[str] = ()) -> None:
        """`off`: kinds of `CHAOS` to leave out."""
        self.rng = Random(seed)
        self.now = START
        self.store = Store()
        self.log: list[tuple[str, str, Callable[[], Any]]] = []  # id, case, its command
        self.counts: Counter[str] = Counter()
        self.ledger = Ledger()
        self.wrong: list[str] = []
        self._chaos = {
            name: self.rng.choice((0.0, strength / 5, strength)) * (name not in off)
            for name, strength in CHAOS.items()
        }
        self._heap: list[tuple[datetime, float, int, Callable[[], None]]] = []
        self._order = count()
        self._epochs = [0] * self.rng.randint(1, 3)
        self._still: set[int] = set()
        for number in range(self.rng.randint(1, 6)):
            self.later(self.rng.uniform(0, CHAOS_FOR.seconds), partial(self._report, number))
        for worker in range(len(self._epochs)):
            self.later(self.rng.random(), partial(self._boot, worker))
        self.later(CHAOS_FOR.total_seconds(), self._heal)

    # Time

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Do it then; of two at once, the seed says which is first."""
        when = self.now + timedelta(seconds=seconds)
        heapq.heappush(self._heap, (when, self.rng.random(), next(self._order), do))

    def live(self) -> None:
        """Until everything that was owed has to be met; then look."""
        while self._heap and self._heap[0][0] < START + CHAOS_FOR + HEAL_FOR:
            self.now, _, _, do = heapq.heappop(self._heap)
            do()
            self.counts["effects"] += 1
        self._look()

    # Workers

    def _heal(self) -> None:
        """Nothing more goes wrong, and whoever is down is started, as a supervisor does."""
        self._chaos = dict.fromkeys(self._chaos, 0.0)
        for worker in sorted(self._still):
            self._boot(worker)

    def _boot(self, worker: int) -> None:
        self._epochs[worker] += 1
        self._still.discard(worker)
        self._moved()
        self._step(worker, self._epochs[worker], self._work(f"{worker}#{self._epochs[worker]}"))

    def _work(self, name: str) -> Work:
        """What an engine does, one effect after the other."""
        while True:
            if self.store.position < len(self.log):
                yield "take", self._take
            if any(self._due()):
                yield "fire", self._fire
            claimed = (yield "claim", self._claim) if any(self._claimable()) else ()
            for mail, attempt in claimed:
                outcome = yield "send", partial(self._send, mail)
                yield "settle", partial(self._settle, mail, attempt, outcome)
            yield "wait", None

    def _step(self, worker: int, epoch: int, work: Work, came: Any = None) -> None:
        kind, do = work.send(came)
        pause = 60.0 if kind == "wait" else 0.008
        then = partial(self._effect, worker, epoch, work, kind, do)
        self.later(self.rng.uniform(0, pause), then)

    def _effect(self, worker: int, epoch: int, work: Work, kind: str, do: Any) -> None:
        if self._epochs[worker] != epoch:
            return  # it died
        if worker in self._still:
            self._still.discard(worker)
            self._moved()
        elif kind != "wait" and self.rng.random() < self._chaos["zombie"]:
            self._still.add(worker)
            self.counts["zombies"] += 1
            self._moved()
            again = partial(self._effect, worker, epoch, work, kind, do)
            return self.later(self.rng.expovariate(1 / 60), again)
        if self._dies(worker, kind):
            self.counts[f"died before {kind}"] += 1
            return None
        came = do() if do is not None else None
        if self._dies(worker, kind):
            self.counts[f"died after {kind}"] += 1
            return None
        return self._step(worker, epoch, work, came)

    def _dies(self, worker: int, kind: str) -> bool:
        if kind == "wait" or self.rng.random() >= self._chaos["crash"]:
            return False
        self.counts["crashes"] += 1
        self._epochs[worker] += 1  # nothing of it has an effect any more
        self._still.add(worker)
        self._moved()
        down = self.rng.choice((0.5, 5.0, 300.0))
        self.later(self.rng.expovariate(1 / down), partial(self._boot, worker))
        return True

    def _moved(self) -> None:
        self.ledger.sound.append((self.now, len(self._epochs) - len(self._still)))

    # Transactions

    def _take(self) -> None:
        """The next of the log: its command, its id, and the position behind it, in one."""
        store = self.store
        if store.position < len(self.log):
            id, case, make = self.log[store.position]
            if id not in store.inbox:
                self._decide(case, make())
                store.inbox.add(id)
            store.position += 1

    def _fire(self) -> None:
        for id in list(self._due()):
            self._decide(id, c.Tick())

    def _due(self) -> Iterator[str]:
        for id, due in self.store.due.items():
            if due is not None and due <= self.now:
                yield id

    def _claimable(self) -> Iterator[Mail]:
        for mail in self.store.mail.values():
            if mail.due <= self.now and mail.state in (*WAITING, "sending"):
                yield mail

    def _decide(self, id: str, command: Any) -> bool:
        case = self.store.cases.get(id) or replace_id(id)
        try:
            after, facts = run(case, command, self.now)
        except Refusal:
            return False
        if facts:
            self.store.cases[id], self.store.due[id] = after, due_at(after)
        for fact in facts:
            self.store.journal[id].append((self.now, fact))
            self._project(id, fact)
        return bool(facts)

    def _project(self, case: str, fact: Fact) -> None:
        mail = self.store.mail
        match fact:
            case f.Told() | f.Rerouted():
                for notice in fact.notices:
                    if notice.key in mail:
                        self.wrong.append(f"{notice.key} was decided twice")
                    mail[notice.key] = Mail(case=case, told=fact, notice=notice, due=self.now)
            case f.HandedOff(key=key):
                mail[key].state = "handed_off"
            case f.DeliveryFailed(key=key):
                mail[key].state = "failed"
            case f.TellRefused(keys=keys):
                for key in keys:
                    mail[key].state = "refused"
            case f.NoticesCancelled():
                for each in mail.values():
                    meant = each.told.alert in fact.alerts and each.told.purpose in fact.purposes
                    if meant and fact.contact in ("", each.notice.contact):
                        each.state = "cancelled" if each.state in WAITING else each.state
            case _:
                pass

    def _claim(self) -> list[tuple[Mail, int]]:
        """What is due, and what somebody has had in hand for longer than the lease."""
        claimed = []
        for mail in list(self._claimable()):
            if mail.state == "sending":
                self.counts["taken over"] += 1
                mail.unclear += 1
            elif self._decide(mail.case, _claimed(mail)):
                continue
            mail.state, mail.due = "sending", self.now + LEASE
            mail.attempt += 1
            claimed.append((mail, mail.attempt))
        return claimed

    def _settle(self, mail: Mail, attempt: int, outcome: str) -> None:
        if outcome == "handed_off" and mail.state in (*WAITING, "sending"):
            self._decide(mail.case, c.Settled(**_named(mail), state="handed_off"))
        elif mail.state == "sending" and mail.attempt == attempt:
            mail.state, mail.due = "unknown", self.now + AGAIN_AFTER
            mail.unclear += 1
        else:
            self.counts["came too late to say"] += 1

    # Outside

    def _report(self, number: int) -> None:
        """A publisher puts a report into the log, some of them twice."""
        situation, code = f"sit-{number % 3}", self.rng.choice(sorted(CODES))
        id, case = f"report-{number}", ids.case_id("hotline", f"sit-{number % 3}", 0)
        entry = (id, case, partial(self._arrived, id, situation, code))
        times = self.rng.choice((1, 1, 2))
        self.counts["a report twice"] += times - 1
        self.log += [entry] * times

    def _arrived(self, id: str, situation: str, code: str) -> c.EventArrived:
        event = an_event(code, situation=situation)
        return c.EventArrived(
            inbox=_inbox(id),
            report=c.Report(
                event_id=ids.event_id("hotline", id),
                source="hotline",
                event=event,
                body=b"{}",
                sealed=None,
                received_at=self.now,
            ),
            candidates=Candidates(
                world="w1",
                severity=CODES[code],
                policy="default",
                rules=("arrest",),
                tracks=(duty.built_in(CODES[code]), *TRACKS),
                candidates=(EMBASSY, HALDANE, FJORD, BRIGHT),
                closure=exclusion.closure(BLANK.around.registry, event),
            ),
        )

    def _send(self, mail: Mail) -> str:
        mail.sent += 1
        if self.rng.random() < 0.3 and self.now < START + CHAOS_FOR:
            self.later(self.rng.expovariate(1 / 600), partial(self._answer, mail))
        unclear = self.rng.random() < self._chaos["unclear"]
        self.counts["left and nobody knew"] += unclear
        return "unknown" if unclear else "handed_off"

    def _answer(self, mail: Mail) -> None:
        number, by = len(self.log), mail.notice.contact
        said = Response(kind=ResponseKind.ACKNOWLEDGED, way=Way.PAGE, by=by)
        make = partial(c.Respond, inbox=_inbox(f"said-{number}"), alert=mail.told.alert)
        self.log.append((f"said-{number}", mail.case, partial(make, response=said)))
        self.counts["answers"] += 1

    # In the end

    def _look(self) -> None:
        store, joined = self.store, Counter[str]()
        for id, journal in store.journal.items():
            case = replace_id(id)
            for _, fact in journal:
                case = evolve(case, fact)
                if isinstance(fact, f.EventJoined):
                    joined[fact.event] += 1
            if dump_case(case) != dump_case(store.cases[id]):
                self.wrong.append(f"{id}: its facts lead to another state")
            told = [(when, orjson.loads(dump_fact(fact))) for when, fact in journal]
            self.wrong += ladder(id, told, self.ledger, self.now)
        for id, _, _ in self.log:
            if id.startswith("report") and joined[ids.event_id("hotline", id)] != 1:
                self.wrong.append(f"{id} joined {joined[ids.event_id('hotline', id)]} cases")
        for key, mail in store.mail.items():
            if mail.state in (*WAITING, "sending") and self.now - mail.told.at > STUCK:
                self.wrong.append(f"{key} is {mail.state} in the end")
            if mail.state == "handed_off" and not mail.sent:
                self.wrong.append(f"{key} counts as handed off and never left")
            if mail.sent > 1 + mail.unclear:
                self.wrong.append(f"{key} left {mail.sent} times, {mail.unclear} unclear")


def replace_id(id: str) -> Case:
    """A case of this name to which nothing has happened."""
    return replace(BLANK, id=id)


def _inbox(id: str) -> c.Inbox:
    return c.Inbox(source="simulation", id=id, digest="0" * 64)


def _claimed(mail: Mail) -> c.Claimed:
    due = c.DueNotice(**_named(mail), decided_at=mail.told.at, tried=mail.attempt > 0)
    return c.Claimed(notices=(due,))


def _named(mail: Mail) -> dict[str, Any]:
    told, notice = mail.told, mail.notice
    return {
        "key": notice.key,
        "alert": told.alert,
        "tell_no": told.tell_no,
        "purpose": told.purpose.value,
        "contact": notice.contact,
        "endpoint": notice.endpoint,
    }


def lived(seed: int, *, off: Collection[str] = ()) -> Schedule:
    """One schedule, to its end."""
    schedule = Schedule(seed, off=off)
    schedule.live()
    return schedule


def missed(counts: Counter[str]) -> list[str]:
    """Where a run should have been and was not, once it was long enough to tell."""
    schedules = counts["schedules"]
    if schedules < ENOUGH:
        return []
    return [
        f"{name}: {counts[name]} times in {schedules} schedules"
        for name, least in SOMETIMES.items()
        if counts[name] < least * schedules
    ]


def shrink(seed: int) -> int:
    """Leave out one kind of chaos after the other, as long as it still goes wrong."""
    off: frozenset[str] = frozenset()
    wrong = lived(seed).wrong
    if not wrong:
        print(f"seed {seed}: nothing is wrong")
        return 0
    for kind in CHAOS:
        if less := lived(seed, off=off | {kind}).wrong:
            off, wrong = off | {kind}, less
    print(f"seed {seed}: {wrong[0]}")
    print(f"It takes: {', '.join(kind for kind in CHAOS if kind not in off) or 'nothing'}")
    return 1


def main(arguments: list[str] | None = None) -> int:
    """Run many; the last line counts them. 1 when anything was wrong, or was not met."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.core", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5_000)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--shrink", action="store_true", help="leave out all that need not be")
    parser.add_argument("--seconds", type=float, help="begin none after so many, beyond 5,000")
    parser.add_argument("--stop", action="store_true", help="go no further than what is wrong")
    given = parser.parse_args(arguments)
    if given.seed is not None and given.shrink:
        return shrink(given.seed)
    first, seeds = (given.first, given.seeds) if given.seed is None else (given.seed, 1)
    counts: Counter[str] = Counter()
    wrong = 0
    until = _WALL.monotonic() + (given.seconds or float("inf"))
    for seed in range(first, first + seeds):
        if _WALL.monotonic() > until and counts["schedules"] >= 5_000:
            break
        schedule = lived(seed)
        counts += schedule.counts
        counts["schedules"] += 1
        wrong += len(schedule.wrong)
        for line in schedule.wrong[:3]:
            print(f"seed {seed}: {line}", flush=True)
        if given.stop and wrong:
            break
    for line in (nowhere := missed(counts)):
        print(f"not met often enough: {line}")
    print(" ".join(f"{name.replace(' ', '_')}={n}" for name, n in sorted(counts.items())))
    print(f"core_schedules={counts['schedules']} crashes={counts['crashes']} violations={wrong}")
    return 1 if wrong or nowhere else 0


if __name__ == "__main__":
    sys.exit(main())
