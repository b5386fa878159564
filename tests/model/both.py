"""The engine's core and its model, side by side: every command to both, and what they tell."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from engine.case import commands as c
from engine.case.around import Beside
from engine.case.commands import CaseCommand
from engine.case.decide import Refusal, run
from engine.case.due import due_at
from engine.case.evolve import evolve
from engine.case.replanning import difference
from engine.case.state import Case, Task, dump_case
from rules import exclusion
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.facts import Fact, dump_fact, load_fact
from schemas.linked import Strictures
from schemas.plan import Candidates
from schemas.responses import ResponseKind
from tests.model.clock import Time
from tests.model.model import Model
from tests.model.world import PACK, World
from tests.unit.engine.case.builders import Story, a_consent, an_event, at

PLAYED: Counter[str] = Counter()
"""Commands that both were given, by kind, of this process."""
_MOST = 30
"""Things decided in one stretch of time."""
_OF_EACH = ("question", "dead_way", "unreachable")
"""Tasks of which one alert may owe several, each of a matter of its own."""
_LONGEST = 90 * 24
"""Hours."""


class DifferenceError(AssertionError):
    """The engine and its model tell different people; the message is the story up to there."""


class Both:
    """One case in the engine's core and in the model. Raises DifferenceError where they differ."""

    def __init__(self, severity: str, *, hours: int = 22, until: str = "acted") -> None:
        self.world = World(until)
        self.tale: list[str] = []
        self.journal: list[Fact] = []
        self.steps = self.messages = 0
        self.pending: list[tuple[f.Told | f.Rerouted, str]] = []
        self.stopped = False
        self.story = Story(
            now=at("Mon 00:00") + timedelta(hours=hours),
            registry=self.world.registry(),
            roster=self.world.on_shift(),
            consents=(a_consent(*(TrackName(name) for name in self.world.tracks())),),
        )
        self.blank_at = self.story.now
        self.time = Time(self.story.now)
        self.around = self.story.case.around
        self.blank = self.story.case
        self.model = Model(self.story.now, severity, self.world)
        self.both(
            f"a {severity} report, {until}", self.a_report("surveillance", severity), lambda m: None
        )

    # --- the same to both

    def both(self, what: str, command: CaseCommand, do: Callable[[Model], object]) -> None:
        """Give the command to the engine and do the same to the model; compare."""
        self.steps += 1
        PLAYED[type(command).__name__] += 1
        story, now = self.story, self.story.now
        self.tale.append(f"{now:%a %d %b %Y %H:%M}  {what}")
        try:
            story.case, facts = run(story.case, command, now)
        except Refusal as refusal:
            raise self.differs(f"the engine refuses: {refusal}") from refusal
        self.journal.extend(facts)
        if facts:
            self.time.decided(now)
        # A message that leaves lets nothing fall due.
        self.model.decide(now, do, fire=not isinstance(command, c.Claimed | c.Settled))
        self.compare(facts)

    def compare(self, facts: tuple[Fact, ...]) -> None:
        """What was told by either, what has not left, and when either decides something next."""
        engine = sorted(message for fact in facts for message in told_by(fact))
        model = sorted(self.model.out)
        self.messages += len(engine)
        for when, who, purpose in engine if engine == model else ():
            self.tale.append(f"    {when:%H:%M} {who}: {purpose}")
        if engine != model:
            raise self.differs(f"engine tells {lines(engine)}\nmodel tells  {lines(model)}")
        for fact in facts:
            self.keep_pending(fact)
        left = sorted((who, t.purpose.value, party_of(t), t.at) for t, who in self.pending)
        if left != sorted(self.model.pending):
            raise self.differs(f"not left: engine {left}\n          model {self.model.pending}")
        case = self.story.case
        if case.status.value != self.model.status:
            raise self.differs(f"engine: {case.status}, model: {self.model.status}")
        if case.status.alive and due_at(case) != self.model.due():
            raise self.differs(f"next: engine {due_at(case)}, model {self.model.due()}")

    def keep_pending(self, fact: Fact) -> None:
        """What has been decided and has not left."""
        if isinstance(fact, f.Told):
            self.pending += [(fact, who) for _, who, _ in told_by(fact)]
        elif isinstance(fact, f.Rerouted):
            self.pending += [(fact, notice.contact) for notice in fact.notices]
        elif isinstance(fact, f.TellRefused):
            self.pending = [
                (told, who)
                for told, who in self.pending
                if not any(n.key in fact.keys and n.contact == who for n in told.notices)
            ]
        elif isinstance(fact, f.HandedOff | f.DeliveryFailed):
            self.pending = [
                (told, who)
                for told, who in self.pending
                if not any((n.key, n.contact) == (fact.key, who) for n in told.notices)
            ]
        elif isinstance(fact, f.NoticesCancelled):
            self.pending = [
                (told, who)
                for told, who in self.pending
                if told.alert not in fact.alerts
                or told.purpose not in fact.purposes
                or fact.contact not in ("", who)
            ]

    def notices(self) -> list[tuple[f.Told | f.Rerouted, f.Notice]]:
        """One message to each whom something decided has not reached."""
        return [
            (told, next(notice for notice in told.notices if notice.contact == who))
            for told, who in self.pending
        ]

    def differs(self, how: str) -> DifferenceError:
        """The story so far and where it parts, to be raised."""
        open_tasks = [(t.kind, t.owner, f"{t.next_at:%d %H:%M}") for t in self.story.case.tasks]
        modelled = [(t.kind, t.owner, f"{t.next:%d %H:%M}") for t in self.model.tasks]
        states = [(a.party, a.status.value, a.reason) for a in self.story.case.alerts]
        told = [(p.name, p.status, p.why) for p in self.model.parties.values()]
        story = "\n".join(self.tale)
        return DifferenceError(
            f"\n{story}\n{how}\ntasks: engine {open_tasks}\n       model  {modelled}"
            f"\nalerts: engine {states}\n        model  {told}"
        )

    # --- time

    def goes_to(self, then: datetime) -> None:
        """Let time pass until then, whatever the clock shows; it never goes back."""
        self.time.machine.passes(then - self.story.now)
        self.story.now = self.time.now()

    def wait_until(self, then: datetime) -> None:
        """Let time pass, each thing decided when it is due; in a loud month not the whole of it."""
        for _ in range(_MOST):
            due = due_at(self.story.case)
            if due is None or due > then:
                return self.goes_to(then)
            self.goes_to(due)
            self.both("time", c.Tick(), lambda m: None)

    def outage(self, **pause: float) -> None:
        """Nothing runs for so long; then everything overdue is decided at once."""
        self.goes_to(self.story.now + timedelta(**pause))
        self.both("after an outage", c.Tick(), lambda m: None)

    def clock_set_back(self, **by: float) -> None:
        """Somebody sets the machine's clock back, by so much."""
        self.time.machine.is_set_back(timedelta(**by))
        PLAYED["ClockSetBack"] += 1
        self.tale.append(f"    the clock shows {self.time.machine.now():%a %d %b %Y %H:%M}")
        self.story.now = self.time.now()

    def restart(self) -> None:
        """Only the journal is left; the case is made from it again."""
        case: Case = replace(self.blank, around=self.around)
        for fact in self.journal:
            case = evolve(case, load_fact(dump_fact(fact)))
        self.tale.append("    a restart")
        self.time.restart()
        self.story.now = self.time.now()
        if dump_case(case) != dump_case(self.story.case):
            raise self.differs("the journal leads to another state")
        self.story.case = replace(case, around=self.story.case.around)

    def stop(self) -> None:
        """Stop outgoing, or two people let it go on: no case hears of either."""
        self.stopped = not self.stopped
        PLAYED["Stop"] += 1
        self.tale.append("    outgoing is stopped" if self.stopped else "    outgoing goes on")

    def waiting(self) -> list[tuple[f.Told | f.Rerouted, f.Notice]]:
        """What the sender would take up now: while outgoing is stopped, duty's alone."""
        return [each for each in self.notices() if not (self.stopped and party_of(each[0]))]

    def everything_leaves(self) -> None:
        """The sender looks once more at what is decided, and hands on what may leave."""
        for told, notice in self.waiting():
            if self.may_leave(told, notice):
                who = notice.contact
                self.both(
                    f"the message to {who} leaves",
                    settled(told, notice, "handed_off"),
                    partial(Model.leaves, who=who, purpose=told.purpose.value, at=told.at),
                )

    def bounces(self, nth: int) -> None:
        """One message will not arrive: to a party by one way, to one of our own people by any."""
        waiting = self.waiting()
        told, first = waiting[nth % len(waiting)] if waiting else (None, None)
        if told is None or first is None or not self.may_leave(told, first):
            return
        ways = [notice for notice in told.notices if notice.contact == first.contact]
        outward = bool(party_of(told))
        PLAYED["DeadWay" if outward else "DeadWayOfDuty"] += 1
        for notice in ways[:1] if outward else ways:
            way = notice.endpoint.partition(":")[0]
            of: Any = {"who": notice.contact, "purpose": told.purpose.value, "at": told.at}
            self.both(
                f"the message to {notice.contact} will not arrive by {way}",
                settled(told, notice, "failed_permanent"),
                partial(Model.bounces, way=way, **of)
                if outward
                else partial(Model.fails, way=way, first=notice is first, **of),
            )

    def may_leave(self, told: f.Told | f.Rerouted, notice: f.Notice) -> bool:
        """Look at a message once more, as the sender does; whether it still waits to leave."""
        who, purpose = notice.contact, told.purpose.value
        due = c.DueNotice(
            key=notice.key,
            alert=told.alert,
            tell_no=told.tell_no,
            purpose=purpose,
            contact=who,
            endpoint=notice.endpoint,
            decided_at=told.at,
        )
        self.both(
            f"the message to {who} is taken up",
            c.Claimed(notices=(due,)),
            partial(Model.is_taken_up, who=who, purpose=purpose, at=told.at),
        )
        return (told, who) in self.pending

    # --- what commands are made of

    def report(
        self, code: str, severity: str, *, protocol: int | None = None, **changed: Any
    ) -> None:
        """A further report, under rules that may have changed, and a protocol for so many hours."""
        act = code == "surveillance"
        until = None if protocol is None else self.story.now + timedelta(hours=protocol)
        self.both(
            f"a {severity} report: {code}" + (f", protocol until {until}" if until else ""),
            self.a_report(code, severity, protocol=until, **changed),
            lambda model: model.report(severity, act=act, protocol=until),
        )

    def roster(self, role: str, people: tuple[str, ...]) -> None:
        """From now on these are on shift in the role."""
        self.world.roster[role] = self.model.roster[role] = people
        self.tale.append(f"    {role} from now on: {', '.join(people) or 'nobody'}")
        self.story.around(roster=self.world.on_shift())

    def floor(self, people: tuple[str, ...]) -> None:
        """From now on this is the floor contact, or there is none."""
        self.world.floor = self.model.floor = people
        self.tale.append(f"    floor contact from now on: {', '.join(people) or 'nobody'}")
        self.story.around(roster=self.world.on_shift())

    def release(
        self, name: str, who: str, *, starts: int | None = None, ends: int | None = None
    ) -> None:
        """A person releases a track, in so many hours, for so many; companies never for good."""
        ends = _LONGEST if ends is None and name == "companies" else ends
        start, end = (hours and self.story.now + timedelta(hours=hours) for hours in (starts, ends))
        command = self.story.a_release(TrackName(name), by=who, expires_at=end, starts_at=start)
        self.both(
            f"{who} releases {name} from {start or 'now'} until {end or 'it is over'}",
            command,
            lambda m: m.release(m.tracks[name], who, start, end),
        )

    def link(self, tracks: set[str], who: str) -> None:
        """A person links it with a case whose people allow these tracks."""
        allows = a_consent(*(TrackName(name) for name in sorted(tracks)), pseudonym="hotline/s9")
        self.story.around(linked=(Beside(case="other", consents=(allows,)),))
        command = c.BeLinked(
            case=self.story.case.id,
            other="other",
            ref="TC-OTHER",
            by=who,
            strictures=Strictures(subjects=("hotline/s9",)),
        )
        told = f"{who} links it with a case that allows {sorted(tracks)}"
        self.both(told, command, lambda m: setattr(m, "linked", tracks))

    def replan(self, who: str, found: tuple[str, ...], second: int) -> None:
        """A person plans it anew, as rulebook and registry have the missions today."""
        case = self.story.case
        today = Candidates(
            world="today",
            severity=case.severity,
            tracks=self.world.planned(case.severity, PACK, second=second),
            candidates=self.world.found_today(found),
            closure=exclusion.closure(case.around.registry, an_event()),
        )
        shown = difference(case, today)
        if shown.empty:
            return
        parties = self.world.missions(found)
        self.both(
            f"{who} plans it anew: {', '.join(found) or 'nobody'}, and after {second} min",
            c.Replan(
                inbox=self.story.inbox(),
                case=case.id,
                by=who,
                candidates=today,
                difference=shown.digest,
            ),
            lambda m: m.replan(m.tracks["missions"], parties, (0, second)),
        )

    def propose(self, who: str) -> None:
        """A person says that it is resolved."""
        story = Story(now=self.story.now)
        story.case, sent = self.story.case, list[CaseCommand]()
        story.send = partial(_keep, story, sent)  # type: ignore[method-assign]
        story.proposed(who)
        self.both(f"{who} proposes", sent[0], lambda model: model.propose(who))

    def answers(self, party: str, by: str, kind: ResponseKind, **more: Any) -> CaseCommand:
        """What somebody of a party answers."""
        return self.story.an_answer(by, kind, alert=self.story.alert(party).id, **more)

    def same(self, task: Task, modelled: Any) -> bool:
        """Whether a task of the engine is this one of the model."""
        alert = self.story.case.alert(task.alert)
        of = alert.party if alert is not None else task.detail
        of = f"{of}/{task.detail}" if task.kind in _OF_EACH else of
        return (task.kind, of) == (modelled.kind, modelled.of)

    def a_report(
        self, code: str, severity: str, *, protocol: datetime | None = None, **changed: Any
    ) -> CaseCommand:
        """A report of this case, under the shipped rulebook; `changed` in its tracks."""
        story, grave = Story(now=self.story.now), Severity(severity)
        story.case = self.blank
        tracks = tuple(replace(track, **changed) for track in self.world.planned(grave, PACK))
        sent: list[CaseCommand] = []
        story.send = partial(_keep, story, sent)  # type: ignore[method-assign]
        story._serial = self.steps * 10
        agreed: dict[str, Any] = {}
        event = an_event(code)
        if protocol is not None:
            agreed = {"protocols": (self.world.protocol(protocol),)}
            event = an_event(code, consent=[{"basis": "person", "audiences": ["missions"]}])
        story.report(
            event, severity=grave, tracks=tracks, candidates=self.world.candidates(), **agreed
        )
        return sent[0]


def settled(told: f.Told | f.Rerouted, notice: f.Notice, state: c.Ending) -> c.Settled:
    """What became of a message."""
    return c.Settled(
        key=notice.key,
        alert=told.alert,
        tell_no=told.tell_no,
        purpose=told.purpose.value,
        contact=notice.contact,
        endpoint=notice.endpoint,
        state=state,
    )


def _keep(story: Story, sent: list[CaseCommand], command: CaseCommand) -> Story:
    sent.append(command)
    return story


def told_by(fact: Fact) -> list[tuple[datetime, str, str]]:
    """Whom a fact tells, for what, when; each person once, however many ways lead to them."""
    if not isinstance(fact, f.Told):
        return []
    people = dict.fromkeys(notice.contact for notice in fact.notices)
    return [(fact.at, who, fact.purpose.value) for who in people]


def party_of(told: f.Told | f.Rerouted) -> str:
    """The party that is told; nobody's where it is one of our own."""
    return "" if told.track is TrackName.DUTY else told.party


def lines(told: list[tuple[datetime, str, str]]) -> str:
    """Readable: who is told what, when."""
    return (
        "; ".join(f"{when:%d %b %H:%M} {who}: {purpose}" for when, who, purpose in told) or "nobody"
    )
