"""A naive oracle: what must have happened, recomputed from what people outside wrote down.

It knows the figures of the town as a reader of its rulebook knows them, and takes from the engine
rows and the JSON of facts. None of the engine's own deciding or reading is used here.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row

from engine.case.ids import event_id
from engine.ports import Record
from tests.harness.reports import Report
from tests.simulation import rounds
from tests.simulation.outside import Letter
from tests.simulation.recipients import Recipients

RUNGS = {"critical": (0, 15, 30, 60), "high": (0, 60, 90), "elevated": (0, 240, 480, 1_440)}
PAUSES = {"critical": (15, 15, 15, 15, 60), "high": (60, 60, 60, 60, 240)}
WATCH, SLOW = (0, 1_440), (240, 240, 1_440)
"""Minutes after duty was woken, and between two calls after the last rung."""
GRAVITY = {"abduction": 3, "death_threat": 2, "arrest": 2, "surveillance": 1, "early_warning": 1}
SAYS_HOW_GRAVE = ("case_opened", "severity_raised")
BY_RANK = ("critical", "high", "elevated", "watch")
NEVER_TOLD = ("holdings-hq.email",)
"""Who controls the alleged perpetrator: only two people with a record could open that."""
MAY_GO = ("noor-deputy",)
"""Contacts that an edited registry lacks: once it is their turn, a person phones instead."""
AUDIENCES = ("companies", "investors", "missions")
ASKS = ("tell", "remind", "ask_outcome", "confirm")
SAYS = (*ASKS, "round")
"""What nobody hears without consent."""
IN_HAND = timedelta(seconds=6)
"""How long a message that was judged may wait for its turn: five seconds, and a little."""
LATE = timedelta(minutes=2)
"""No step is later than this while some engine moves and nothing hinders the store."""
WAITING, STUCK = ("queued", "sending", "failed_temporary", "unknown"), timedelta(minutes=15)
EARLY = timedelta(seconds=1)
SOON = timedelta(minutes=1)
"""A fact as young as that may still be on its way to consumers."""
FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class Noted:
    """A report as its publisher remembers it."""

    report: Report
    asked: datetime
    """When it was first sent; it counts from then at the earliest."""
    answered: datetime | None = None
    """When it was known to be taken; it counts from then at the latest."""


@dataclass(slots=True)
class Ledger:
    """What everybody outside wrote down."""

    reports: dict[str, Noted] = field(default_factory=dict)
    stopped: list[tuple[datetime, datetime]] = field(default_factory=list)
    """From when until when everything outgoing was surely stopped."""
    sound: list[tuple[datetime, int]] = field(default_factory=list)
    """Since when so many engines moved, with a store to write to and a right clock."""

    def report(self, sent: Report, *, asked: datetime) -> Noted:
        """Remember it, once."""
        return self.reports.setdefault(sent.id, Noted(report=sent, asked=asked))

    def subjects(self) -> list[str]:
        """Everybody a report told of."""
        told = (noted.report.event["subjects"][0] for noted in self.reports.values())
        return sorted({subject["pseudonym"] for subject in told})

    def forget(self, since: datetime, until: datetime) -> None:
        """The store was put back as it was then: nothing was owed by it in between."""
        kept = [(at, engines) for at, engines in self.sound if at <= since]
        self.sound = [*kept, (since, 0), (until, 0)]

    def calm(self, since: datetime, until: datetime) -> timedelta:
        """The longest time in between in which some engine moved and nothing changed."""
        ends = [at for at, _ in self.sound[1:]] + [until]
        spans = (
            min(until, end) - max(since, at)
            for (at, engines), end in zip(self.sound, ends, strict=True)
            if engines
        )
        return max((span for span in spans), default=timedelta())


Facts = dict[str, list[tuple[datetime, dict[str, Any]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What lies in the store at the end, and what left the house."""

    now: datetime
    journal: list[Row[Any]]
    quarantine: list[Row[Any]]
    notifications: list[Row[Any]]
    forgotten: dict[str, Row[Any]]
    """Messages by key that the store knew before it was put back."""
    letters: list[Letter]
    poison: list[Record]
    """What was in the log and is no report."""
    published: list[str] | None
    """`case.n` of each fact that consumers read; None where nothing is published."""


def differences(ledger: Ledger, seen: Seen) -> list[str]:
    """Everything in which the engine did something else than it must have done."""
    facts: Facts = defaultdict(list)
    for row in seen.journal:
        facts[row.stream].append((row.at, json.loads(row.body)))
    facts.pop("system", None)
    return [
        *_cases(ledger, seen, facts),
        *(line for case, told in facts.items() for line in ladder(case, told, ledger, seen.now)),
        *_outside(ledger, facts, seen.now),
        *_letters(ledger, seen, facts),
        *_published(seen, facts),
    ]


def _cases(ledger: Ledger, seen: Seen, facts: Facts) -> Iterator[str]:
    """Each situation is one case of exactly its reports, as grave as the gravest of them."""
    parked = {row.digest for row in seen.quarantine}
    joined: dict[str, list[str]] = defaultdict(list)
    for case, told in facts.items():
        for _, fact in told:
            if fact["kind"] == "event_joined":
                joined[fact["event"]].append(case)
    aside = {(row.part, row.offset) for row in seen.quarantine}
    for record in seen.poison:
        if (record.partition, record.offset) not in aside:
            yield f"{record.value!r} is no report, and in no quarantine"
    situations: dict[str, dict[str, int]] = defaultdict(dict)
    for id, noted in ledger.reports.items():
        cases = joined.pop(event_id(noted.report.source, id), [])
        if len(cases) > 1:
            yield f"{id} joined {cases}"
        elif not cases and hashlib.sha256(noted.report.bytes()).hexdigest() not in parked:
            yield f"{id} is nowhere"
        for case in cases:
            rank = GRAVITY.get(noted.report.event["code"], 0)
            of = situations[noted.report.event["situation"]]
            of[case] = max(of.get(case, 0), rank)
    yield from (f"{event} was never sent" for event in joined)
    for situation, of in situations.items():
        if len(of) > 1:
            yield f"{situation} is {sorted(of)}"
        for case, rank in of.items():
            of_case = [fact for _, fact in facts[case]]
            kinds = {fact["kind"] for fact in of_case}
            may = {BY_RANK[3 - rank], *(["critical"] * ("reprisal_suspected" in kinds))}
            said = [fact["severity"] for fact in of_case if fact["kind"] in SAYS_HOW_GRAVE]
            if said[-1] not in may:
                yield f"{case} is {said[-1]} and must be {sorted(may)}"


def ladder(
    case: str, told: list[tuple[datetime, dict[str, Any]]], ledger: Ledger, now: datetime
) -> Iterator[str]:
    """Duty is called again and again, each rung once and at its time, until somebody has it."""
    severity, anchor, step = "watch", told[0][0], 0
    quiet: datetime | None = None
    resting = standing = False
    for at, fact in told:
        kind, duty = fact["kind"], fact.get("track") == "duty"
        if kind in ("case_opened", "severity_raised"):
            severity = fact["severity"]
        elif kind == "track_woken" and duty:
            step, quiet, resting = fact.get("step", 0), None, False
            anchor = _time(fact["at"]) - _offset(severity, step)
        elif kind in ("owned", "hold_extended"):
            quiet = _time(fact["hold_until" if kind == "owned" else "until"])
            # While it lasts, who has it again is called when something is due in vain.
            resting = resting or standing
        elif kind in ("standing_set", "resolved", "archived"):
            resting, standing = True, kind == "standing_set"
        elif kind == "standing_ended":
            resting = standing = False
        elif kind == "case_faulted":
            yield f"{case} could not be decided at {at}: {fact['code']}"
        elif kind == "step_superseded" and duty:
            step += 1
        elif kind == "step_fired" and duty:
            due = anchor + _offset(severity, fact["step"])
            if fact["step"] != step:
                yield f"{case} fired rung {fact['step']} instead of {step}"
            if resting or (quiet is not None and at < quiet):
                yield f"{case} called duty at {at} although somebody has it"
            if at < due - EARLY:
                yield f"{case} fired rung {step} at {at}, before {due}"
            if ledger.calm(due, at) > LATE:
                yield f"{case} fired rung {step} at {at}, and it was due at {due}"
            step = fact["step"] + 1
    due = quiet or anchor + _offset(severity, step)
    if not resting and ledger.calm(due, now) > LATE:
        yield f"{case} owes rung {step} of {severity} since {due}"


def _offset(severity: str, step: int) -> timedelta:
    rungs, pauses = RUNGS.get(severity, WATCH), PAUSES.get(severity, SLOW)
    minutes = rungs[min(step, len(rungs) - 1)]
    for n in range(step - len(rungs) + 1):
        minutes += pauses[min(n, len(pauses) - 1)]
    return timedelta(minutes=minutes)


def _outside(ledger: Ledger, facts: Facts, now: datetime) -> Iterator[str]:
    """Whoever is to be told outside is, in time; who answers, and where nothing goes, is not."""
    sent = {event_id(noted.report.source, id): noted for id, noted in ledger.reports.items()}
    # By a clock that was set back a report joins before it was sent.
    known = {noted.report.id: noted.asked for noted in sent.values()}
    for told in facts.values():
        for at, fact in told:
            if fact["kind"] == "event_joined" and fact["event"] in sent:
                id = sent[fact["event"]].report.id
                known[id] = min(known[id], at)
    for case, told in facts.items():
        events = (fact["event"] for _, fact in told if fact["kind"] == "event_joined")
        until = _agreed(ledger, known, [sent[event] for event in events if event in sent])
        recipients, late = Recipients(NEVER_TOLD, may_go=MAY_GO), dict[str, str]()
        for at, fact in (*told, (now, {"kind": ""})):
            for due, what in recipients.owed():
                if ledger.calm(due, min(at, until)) > LATE:
                    late.setdefault(what, f"{case}, {what}: due at {due}")
            yield from (f"{case}: {what}" for what in recipients.wrong(fact, at))
            recipients.take(fact, at)
        yield from late.values()
        yield from (f"{case}: {what}" for what in rounds.wrong(told))
        for due, held in rounds.owed(told, now):
            if ledger.calm(due, held) > LATE:
                yield f"{case} owes a round since {due}"


def _agreed(ledger: Ledger, known: Mapping[str, datetime], joined: list[Noted]) -> datetime:
    """Until when it is sure, and everybody asked agrees: after that, others may be told or not."""
    about = {noted.report.event["subjects"][0]["pseudonym"] for noted in joined}
    unsure = [
        known[noted.report.id]
        for noted in ledger.reports.values()
        if noted.report.event["subjects"][0]["pseudonym"] in about
        and not _says_yes(noted.report.event)
    ]
    return min(unsure, default=FOR_EVER)


def _says_yes(event: Mapping[str, Any]) -> bool:
    granted = [each for each in event.get("consent", ()) if each["state"] == "granted"]
    asked = {audience for each in granted for audience in each["audiences"]}
    return event["certainty"] == "confirmed" and set(AUDIENCES) <= asked


def _letters(ledger: Ledger, seen: Seen, facts: Facts) -> Iterator[str]:
    """What was decided left or was called off; what left was allowed to."""
    rows = {row.key: row for row in seen.notifications}
    left = Counter(letter.key for letter in seen.letters)
    waits = set(_frozen(facts, seen.now))
    known = seen.forgotten | rows
    for key, row in rows.items():
        if row.state in ("handed_off", "delivered") and not left[key]:
            yield f"{key} counts as {row.state} and never left"
        if row.state in WAITING and seen.now - row.decided_at > STUCK and key not in waits:
            yield f"{key} is {row.state} in the end"
    reached = {rows[key].case_id for key in left if key in rows}
    yield from (f"{case} was told to nobody" for case in facts if case not in reached)
    silenced = list(_silenced(ledger))
    for letter in seen.letters:
        if letter.key not in known:
            yield f"{letter.key} left and nobody decided it"
            continue
        if letter.endpoint in NEVER_TOLD:
            yield f"{letter.endpoint} was told, at {letter.at}"
        if known[letter.key].contact.startswith("person:"):
            continue  # one of ours
        for since, until in ledger.stopped:
            if since + IN_HAND < letter.begun < until:
                yield f"{letter.endpoint} was told at {letter.at}, while all was stopped"
        for cases, since, until in silenced:
            if known[letter.key].situation in cases and letter.purpose in SAYS:
                if since + IN_HAND < letter.begun < until:
                    yield f"{letter.endpoint} was told at {letter.at}, without consent"


def _frozen(facts: Facts, now: datetime) -> Iterator[str]:
    """The messages on tracks that are frozen: they wait until two people lift it."""
    for told in facts.values():
        until: dict[str, datetime] = {}
        keys: dict[str, list[str]] = defaultdict(list)
        for _, fact in told:
            match fact["kind"]:
                case "track_frozen":
                    end = datetime.fromisoformat(fact["until"]) if fact["until"] else FOR_EVER
                    until |= dict.fromkeys(fact["tracks"], end)
                case "track_lifted":
                    until.pop(fact["track"], None)
                case "told":
                    keys[fact["track"]] += [notice["key"] for notice in fact["notices"]]
        for track, end in until.items():
            if end > now:
                yield from keys[track]


def _silenced(ledger: Ledger) -> Iterator[tuple[set[str], datetime, datetime]]:
    """Situations of a subject, and from when until when nobody outside may be asked for it."""
    of: dict[str, set[str]] = defaultdict(set)
    granted: dict[str, list[Noted]] = defaultdict(list)
    for noted in ledger.reports.values():
        event = noted.report.event
        subject = event["subjects"][0]["pseudonym"]
        of[subject].add(event["situation"])
        if any(each["state"] == "granted" for each in event.get("consent", ())):
            granted[subject].append(noted)
    for noted in ledger.reports.values():
        event, since = noted.report.event, noted.answered
        if event["code"] == "consent_revoked" and since is not None:
            subject = event["subjects"][0]["pseudonym"]
            maybe_later = (
                grant.asked
                for grant in granted[subject]
                if grant.answered is None or grant.answered > noted.asked
            )
            yield of[subject], since, min(maybe_later, default=FOR_EVER)


def _published(seen: Seen, facts: Facts) -> Iterator[str]:
    """Consumers read every fact of every case; the first copies are in order."""
    if seen.published is None:
        return
    last: Counter[str] = Counter()
    for name in dict.fromkeys(seen.published):
        case, _, n = name.rpartition(".")
        if int(n) != last[case] + 1:
            yield f"fact {name} was published after {last[case]}"
        last[case] = int(n)
    for case, told in facts.items():
        old = sum(seen.now - at > SOON for at, _ in told)
        if not old <= last[case] <= len(told):
            yield f"{case} has {len(told)} facts and {last[case]} were published"


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
