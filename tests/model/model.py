"""A naive model of docs/reference/escalation.md: whom one case must tell of what, and when.

Written from that page, not from the engine, in the plainest way. Times in the tables are minutes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from types import SimpleNamespace as Thing
from typing import Any

from tests.model import page

LADDER = ("handler", "second", "shift_lead", "director")
RUNGS = {severity: page.rungs(severity) for severity in page.SEVERITIES}
PAUSES = {severity: page.pauses(severity) for severity in page.SEVERITIES}
CHECK_INS = page.check_ins()
ANY_OTHER, TRIAGE = (page.row("## What duty owes", row) for row in ("any other", "triage"))
FIRST = page.row("## What duty owes", "first contact")
WITHIN = {"triage": TRIAGE, "release": TRIAGE, "first_contact": FIRST}
TRACKS = ("protection", "missions", "companies")
ANSWER_BY = {name: page.row("## Outward tracks", name) for name in TRACKS}
HOLDS = ANSWER_BY | {"protection": ANY_OTHER}
PHONE = ("phone_them", "phone_at_opening")
LIVE = ("waiting", "answered", "promised", "silent")
WAITS = ("frozen", "held")


class Model:
    """One case: its `tracks` and `parties` as the test made them, and what is told as `out`."""

    def __init__(self, now: datetime, severity: str, world: Any) -> None:
        self.now, self.severity, self.planned, self.status = now, severity, severity, "open"
        self.tracks, self.parties = world.tracks(), world.parties()
        self.open_at, self.next_opening = world.open_at, world.next_opening
        self.roster, self.consent = dict(world.roster), {*self.tracks}
        self.owner, self.proposer, self.no, self.kept = "", "", set[str](), 0
        self.told_outward, self.late, self.over_at = None, False, now
        self.holds: list[tuple[datetime, str]] = []
        self.tasks: list[Any] = []
        self.out: list[tuple[datetime, str, str]] = []
        self.pending: list[tuple[str, str, str]] = []
        self.wake()
        self.task("triage", "first_contact")
        self.ask_releases()

    # --- time

    def due(self) -> datetime:
        owed = [task.next for task in self.tasks] + [until for until, _ in self.holds]
        if self.status == "monitored":
            return min(owed if self.tasks else [*owed, self.over_at])
        for track in self.tracks.values():
            owed += filter(None, [self.moves(track)])
        for party in self.parties.values():
            frozen = self.tracks[party.track].frozen
            owed += [] if frozen else [*self.clocks(party).values()]
        return min(*owed, self.quiet or self.duty_at())

    def duty_at(self) -> datetime:
        rungs, pauses = RUNGS[self.severity], PAUSES[self.severity]
        repeats = max(self.rung - len(rungs) + 1, 0)
        minutes = rungs[min(self.rung, len(rungs) - 1)][0] + sum(pauses[:repeats])
        minutes += max(repeats - len(pauses), 0) * pauses[-1]
        return self.anchor + timedelta(minutes=minutes)

    def moves(self, track: Any) -> datetime | None:
        if track.frozen:
            return track.thaws
        on = track.anchor is not None and track.rung < len(track.rungs)
        return track.anchor + timedelta(minutes=track.rungs[track.rung]) if on else None

    def clocks(self, party: Any) -> dict[Any, datetime]:
        asked = {("promise", n): promise.ask for n, promise in enumerate(party.promises)}
        return asked | {("call", who): at for who, (at, _) in party.calls.items()}

    def fire(self, now: datetime) -> None:
        """Decide all that is due by now, in the order of the page."""
        self.now, alive = now, self.status in ("open", "monitored")
        self.late = alive and now - self.due() > timedelta(minutes=5)
        while self.status in ("open", "monitored") and self.due() <= now:
            self.one()
        self.late = False

    def one(self) -> None:
        over = min((hold for hold in self.holds if hold[0] <= self.now), default=None)
        if over:
            return self.end_hold(over)
        if self.status == "open":
            if (self.quiet or self.duty_at()) <= self.now:
                return self.duty_moves()
            for track in self.tracks.values():
                at = self.moves(track)
                if at and at <= self.now:
                    return self.thaw(track) if track.frozen else self.climb(track, at)
        for task in self.tasks:
            if task.next <= self.now:
                return self.fall_due(task)
        for party in self.parties.values() if self.status == "open" else ():
            frozen = self.tracks[party.track].frozen
            due = [key for key, at in self.clocks(party).items() if at <= self.now]
            if due and not frozen:
                return self.clock(party, *due[0])
        self.status = "closed"

    def by(self, table: tuple[int, ...], severity: str = "") -> datetime:
        severity = severity or self.severity
        return self.now + timedelta(minutes=table[page.SEVERITIES.index(severity)])

    # --- duty

    def send(self, who: str, purpose: str, party: str = "") -> None:
        purpose = "overdue" if self.late and not party else purpose
        self.no -= {who}  # Whoever is told anew has said nothing yet.
        self.out.append((self.now, who, purpose))
        self.pending.append((who, purpose, party))

    def call_off(self, *purposes: str, who: str = "", party: str = "") -> None:
        self.pending = [
            (to, purpose, of)
            for to, purpose, of in self.pending
            if purpose not in purposes or who not in ("", to) or party not in ("", of)
        ]

    def page(self, rungs: Iterable[tuple[int, str]], *, besides: bool = False) -> None:
        people: dict[str, None] = {}
        for role in " ".join(roles for _, roles in rungs).split():
            up = [self.roster[each] for each in LADDER[LADDER.index(role) :]]
            groups = [group for group in (*up, ("eve",)) if group]
            willing = (tuple(who for who in group if who not in self.no) for group in groups)
            people |= dict.fromkeys(next(filter(None, willing), groups[0]))
        for who in people:
            if not (besides and {"page", "overdue"} & self.said(who)):
                self.send(who, "page")

    def said(self, who: str) -> set[str]:
        return {purpose for _, to, purpose in self.out if to == who}

    def duty_moves(self) -> None:
        if self.quiet:
            if self.all_owned():
                self.quiet = self.by(ANY_OTHER)
            else:
                self.wake(for_a_task=True)
            return
        first, rungs = self.rung, RUNGS[self.severity]
        while self.duty_at() <= self.now:
            self.rung += 1
        self.page(rungs if self.rung > len(rungs) else rungs[first : self.rung])

    def wake(self, *, for_a_task: bool = False) -> None:
        self.anchor, self.rung, self.quiet = self.now, 0, None
        self.called_for_a_task = for_a_task

    def all_owned(self) -> bool:
        return bool(self.tasks) and all(t.owner and t.due > self.now for t in self.tasks)

    def own(self, who: str) -> None:
        self.owner, self.quiet = who, self.by(ANY_OTHER) if self.status == "open" else None
        for task in self.tasks:
            task.owner = task.owner or who
        self.call_off("page", "overdue")

    def duty_answers(self, who: str, *, declines: bool) -> None:
        self.no -= {who}
        if not declines:
            return self.own(who)
        free = not self.quiet or self.owner == who
        self.no |= {who}
        self.owner = "" if self.owner == who else self.owner
        for task in self.tasks:
            task.owner = "" if task.owner == who else task.owner
        self.call_off("page", "overdue", "task", who=who)
        if self.status == "open" and free:
            self.wake()

    # --- tasks

    def task(self, *kinds: str, of: str = "", due: Any = None, **more: Any) -> None:
        for kind in kinds:
            if not any((task.kind, task.of) == (kind, of) for task in self.tasks):
                task = Thing(kind=kind, of=of, owner=self.owner, critical=False, told=False)
                task.due = due or self.by(WITHIN.get(kind, ANY_OTHER))
                vars(task).update(more)
                task.next = self.now if task.critical else task.due
                self.tasks.append(task)

    def done(self, *kinds: str, of: str = "") -> None:
        self.tasks = [t for t in self.tasks if t.kind not in kinds or of not in ("", t.of)]

    def fall_due(self, task: Any) -> None:
        monitored, rungs, told = self.status == "monitored", RUNGS[self.severity], task.told
        task.told, again = True, self.by(ANY_OTHER)
        task.next = self.now + timedelta(days=1) if monitored and not task.critical else again
        if task.owner and not told:
            said = self.said(task.owner)
            if not ({"page", "overdue"} & said or ("task" in said and not task.critical)):
                self.send(task.owner, "task")
        elif monitored:
            self.page(rungs if told else rungs[:1], besides=True)
        elif self.quiet:
            self.wake(for_a_task=True)
        elif task.critical and not told:
            self.page(rungs[: max(self.rung, 1)], besides=True)

    def still_right(self, of: str) -> None:
        self.task("still_right", of=of, critical=self.severity in ("critical", "high"))

    def take(self, task: Any, who: str) -> None:
        task.owner, task.next, task.told = who, max(task.next, task.due), False
        if self.status == "open" and not self.quiet and self.all_owned():
            self.own(who)

    def finish(self, task: Any, result: str, who: str) -> None:
        self.tasks.remove(task)
        if self.status != "open":
            return
        if task.kind in ("first_contact", "check_in"):
            self.kept += result == "done"
            after = self.now + self.pause()
            sooner = min(after, self.by(ANY_OTHER))
            self.task("check_in", due=after if result == "done" else sooner)
            if result != "done":
                self.wake()
        elif task.kind == "still_right" and result == "yes":
            if task.of in self.tracks:
                self.tell_track(self.tracks[task.of], by_hand=True)
            elif (party := self.parties[task.of]).status in LIVE and not party.no:
                self.go_on(party)
        if self.called_for_a_task and not self.quiet and self.all_owned():
            self.own(who)

    def pause(self) -> timedelta:
        pauses = CHECK_INS[page.SEVERITIES.index(self.severity)]
        return timedelta(minutes=pauses[min(max(self.kept - 1, 0), len(pauses) - 1)])

    # --- outward

    def refusal(self, party: Any) -> str:
        if party.track not in self.consent:
            return "consent"
        if party.no:
            return "no"
        held = any(of == party.name for _, of in self.holds)
        return "frozen" if self.tracks[party.track].frozen else "held" if held else ""

    def of(self, track: Any) -> list[Any]:
        return [party for party in self.parties.values() if party.track == track.name]

    def has_it(self, track: Any, *, or_waits: bool = False) -> bool:
        having = (*LIVE, "acted", *(("held",) if or_waits else ()))
        return any(
            (p.why if p.status == "withheld" else p.status) in having for p in self.of(track)
        )

    def ask_releases(self) -> None:
        for party in self.parties.values():
            if (party.status, party.why) == ("closed", "consent") and not self.refusal(party):
                vars(party).update(status="withheld", why="gate", told=[], reached=[])
        for track in self.tracks.values():
            in_turn = track.in_turn and track.anchor is not None and self.has_it(track)
            waits = [p for p in self.of(track) if self.waits(p) and p.why not in WAITS]
            to_come = track.anchor is not None and not track.fired and track.rung < len(track.rungs)
            waits = [p for p in waits if p.status != "planned" or not to_come]
            if not in_turn and any(not self.refusal(party) for party in waits):
                self.task("release", of=track.name)

    def waits(self, party: Any) -> bool:
        return party.status == "planned" or (party.status == "withheld" and party.why != "nobody")

    def release(self, track: Any, who: str, until: datetime | None) -> None:
        track.by.append(who)
        if len(track.by) < 1 + track.two:
            return
        track.by = []
        if track.anchor is not None:
            if track.rung:  # Before its first rung fires, that one tells them.
                self.tell_track(track, by_hand=True)
        else:
            track.anchor, track.rung, track.fired = self.now, 0, False
            self.done("triage")
        self.done("release", "release_ends", of=track.name)
        if until:
            self.task("release_ends", of=track.name, due=until)

    def climb(self, track: Any, at: datetime) -> None:
        track.rung += 1
        if (self.moves(track) or self.now + timedelta(1)) <= self.now:
            return  # A later rung is due as well.
        if self.now - at > timedelta(hours=12):
            return self.still_right(track.name)
        track.fired = True
        told = self.tell_track(track, by_hand=track.rung == 1)
        if not told and not self.has_it(track, or_waits=True):
            self.task("nobody_left", of=track.name)

    def tell_track(self, track: Any, *, by_hand: bool = False) -> bool:
        told = False
        for party in self.of(track):
            if self.waits(party) and (by_hand or party.status == "planned" or party.why in WAITS):
                told = self.tell_next(party) or told
                if told and track.in_turn:
                    break
        return told

    def tell_next(self, party: Any) -> bool:
        if self.tracks[party.track].anchor is None:
            return False
        left = [who for who in party.contacts if who not in (*party.told, *party.dropped)]
        why = self.refusal(party) or ("" if left or party.told else "nobody")
        if why and party.status in ("planned", "withheld"):
            party.status, party.why = "withheld", why
        if why or not left:
            return False
        there = [who for who in left if self.open_at(who, self.now)]
        if left[0] not in there and not there and self.severity in ("critical", "high"):
            at = self.next_opening(left[0], self.now)
            self.task("phone_at_opening", of=party.name, due=at)
        self.tell(party, *dict.fromkeys([left[0], *there[:1]]))
        return True

    def tell(self, party: Any, *whom: str, purpose: str = "tell") -> None:
        for who in whom:
            self.send(who, purpose, party.name)
            if purpose == "tell":
                party.told += [] if who in party.told else [who]
                party.calls[who] = (self.by(ANSWER_BY[party.track], self.planned), False)
                party.status = "promised" if party.promises else "waiting"
                party.why = ""
                if party.track != "protection":
                    self.told_outward = self.now

    def tell_again(self, party: Any, who: str, purpose: str = "tell") -> bool:
        closed = self.tracks[party.track].anchor is None
        if closed or who in party.dropped or self.refusal(party):
            return False
        self.tell(party, who, purpose=purpose)
        return True

    def go_on(self, party: Any) -> None:
        if self.tell_next(party):
            return
        if self.tracks[party.track].anchor is None:
            return self.task("release", of=party.track)
        if party.status == "silent":
            self.task("phone_them", of=party.name)
        self.next_party(self.tracks[party.track])

    def next_party(self, track: Any) -> None:
        if track.anchor is None or track.frozen or (track.in_turn and self.tell_track(track)):
            return
        if not self.has_it(track, or_waits=True):
            self.task("nobody_left", of=track.name)

    def settle(self, party: Any) -> None:
        if party.status in ("waiting", "answered"):
            said = any(answered for _, answered in party.calls.values())
            party.status = "answered" if said else "waiting" if party.calls else "silent"

    def clock(self, party: Any, kind: str, key: Any) -> None:
        held = [until for until, of in self.holds if of == party.name]
        if held and self.refusal(party) == "held":
            for promise in party.promises:
                promise.ask = max(promise.ask, *held)
            for who, (at, answered) in party.calls.items():
                party.calls[who] = (max(at, *held), answered)
            return
        right = self.refusal(party) not in ("consent", "no")
        at, answered = (
            (party.promises[key].ask, False) if kind == "promise" else party.calls.pop(key)
        )
        late = self.now - at > timedelta(hours=12)
        if kind == "promise":
            promise = party.promises[key]
            if not promise.asked:
                promise.asked, promise.ask = True, self.now + timedelta(hours=4)
                if right and not late:
                    self.tell_again(party, promise.by, "ask_outcome")
                return self.task("promise_overdue", of=party.name, critical=True)
            party.promises.remove(promise)
            party.status = "promised" if party.promises else "silent"
            if party.promises or not right:
                return
        else:
            self.settle(party)
            track = self.tracks[party.track]
            if not right:
                return self.next_party(track)
            if track.committed and any(each.promises for each in self.of(track)):
                return
        if late:
            self.still_right(party.name)
        elif not (answered and self.tell_again(party, key)):
            self.go_on(party)

    # --- answers, and what else people do

    def answer(self, party: Any, who: str, kind: str, **of: Any) -> None:
        before, whole = party.status, kind in ("committed", "acted", "declined", "conflict")
        if kind != "passed_on":
            self.call_off("tell", "ask_outcome", who="" if whole else who, party=party.name)
        if kind in ("acknowledged", "already_acting", "asks", "warns"):
            self.done(*PHONE, of=party.name)
            if not party.promises and party.status != "acted":
                until = (
                    of["until"] if kind == "warns" else self.by(HOLDS[party.track], self.planned)
                )
                party.status, party.why = "answered", ""
                party.calls[who] = (until, True)
            if kind == "asks":
                self.task("question", of=party.name)
            if kind == "warns":
                self.freeze([self.tracks[party.track]], of["until"])
                self.task("warning", of=party.name, critical=True)
        elif whole:
            waited = {each for each, (_, answered) in party.calls.items() if not answered}
            party.calls = {}
            if kind == "committed":
                party.told = [each for each in party.told if each not in waited - {who}]
                promise = Thing(by=who, ask=of["until"], asked=False)
                party.promises.append(promise)
            elif kind == "acted":
                party.promises = party.promises[1:]
            else:
                party.promises, party.no = [], True
            state = "acted" if kind == "acted" else "closed" if kind == "conflict" else "declined"
            party.status, party.why = "promised" if party.promises else state, ""
            asked = any(promise.asked for promise in party.promises)
            self.done(*PHONE, *(() if asked else ("promise_overdue",)), of=party.name)
            if party.no:
                self.next_party(self.tracks[party.track])
        else:
            party.calls.pop(who, None)
            self.settle(party)
            if kind == "wrong_contact":
                party.dropped.append(who)
            elif of["to"] not in party.told:
                self.tell_again(party, of["to"])
            if party.status == "silent" != before:
                self.go_on(party)

    def consents(self, tracks: set[str]) -> None:
        self.consent = tracks
        for party in self.parties.values():
            idle = party.status in ("planned", "closed", "declined")
            again = (party.status, party.why, party.reached) == ("withheld", "consent", [])
            if self.refusal(party) != "consent" or idle or again:
                continue
            self.call_off("tell", "ask_outcome", party=party.name)
            party.status = "closed" if party.reached else "withheld"
            party.why, party.calls, party.promises = "consent", {}, []
            self.tell(party, *self.heard(party), purpose="stand_down")
            self.done(*PHONE, "promise_overdue", of=party.name)
        self.ask_releases()

    def heard(self, party: Any) -> list[str]:
        return [who for who in party.contacts if who in party.reached]

    def freeze(self, tracks: list[Any], until: datetime | None) -> None:
        for track in tracks:
            both = until and (not track.frozen or track.thaws)
            track.thaws = max(until, track.thaws or until) if until and both else None
            track.frozen, track.lifted = True, []

    def freeze_by_hand(self, track: Any, until: datetime | None) -> None:
        self.freeze([track], until)
        self.task("frozen", due=until, critical=True)

    def lift(self, track: Any, who: str) -> None:
        track.lifted.append(who)
        if len(track.lifted) == 2:
            self.thaw(track)
            if not any(each.frozen for each in self.tracks.values()):
                self.done("reprisal", "warning", "frozen")

    def thaw(self, track: Any) -> None:
        track.frozen, track.thaws, track.lifted = False, None, []
        self.tell_those_who_waited(track)

    def tell_those_who_waited(self, track: Any) -> None:
        waited = [p for p in self.of(track) if p.status == "withheld" and p.why in WAITS]
        if track.anchor is not None and not track.frozen:
            for party in waited:
                self.tell_next(party)
            if self.moves(track) is None and not self.has_it(track):
                self.next_party(track)
        self.ask_releases()

    def hold(self, party: Any, until: datetime, who: str, name: str) -> None:
        self.holds.append((until, party.name))
        self.task("hold", of=name, due=until, owner=who)
        for track in self.tracks.values():
            waits = [p for p in self.of(track) if self.waits(p) and p.why not in WAITS]
            if waits and all(self.refusal(each) == "held" for each in waits):
                self.done("release", of=track.name)

    def end_hold(self, over: tuple[datetime, str]) -> None:
        self.holds.remove(over)
        for track in self.tracks.values() if self.status == "open" else ():
            free = [p for p in self.of(track) if p.why == "held" and not self.refusal(p)]
            if track.anchor is None or track.frozen or not free:
                continue
            if not track.in_turn:
                for party in free:
                    self.tell_next(party)
            elif not self.has_it(track):
                self.tell_track(track)
        if self.status == "open":
            self.ask_releases()

    def report(self, severity: str, *, act: bool) -> None:
        monitored, sharp = self.status == "monitored", page.SEVERITIES.index
        if monitored:
            self.opened_again()
        elif self.proposer:
            self.proposer = ""
            self.done("confirm_resolution")
        month = timedelta(days=30)
        reprisal = act and self.told_outward and self.now - self.told_outward < month
        severity = "critical" if reprisal else severity
        raised = sharp(severity) < sharp(self.severity)
        if raised:
            self.sharpen(severity)
        if monitored:
            self.task("triage", "first_contact")
        if reprisal:
            self.freeze([t for t in self.tracks.values() if t.name != "protection"], None)
            self.task("reprisal", critical=True)
        if reprisal or monitored or raised or act:
            self.wake()
        self.ask_releases()

    def sharpen(self, severity: str) -> None:
        self.severity = severity
        for task in list(self.tasks):
            due = self.by(WITHIN[task.kind]) if task.kind in WITHIN else task.due
            if task.kind == "check_in":
                due = self.now + self.pause()
            if due < task.due:
                self.tasks.remove(task)
                self.task(task.kind, of=task.of, due=due, owner=task.owner)

    def opened_again(self) -> None:
        self.status, self.owner, self.kept = "open", "", 0
        self.done("review")
        for party in self.parties.values():
            if party.why == "over":
                vars(party).update(status="planned", why="", told=[], reached=[])

    def reopen(self) -> None:
        self.opened_again()
        self.task("triage", "first_contact")
        self.ask_releases()
        self.wake()

    def propose(self, who: str) -> None:
        self.proposer = who
        self.task("confirm_resolution")

    def confirm(self) -> None:
        self.status, self.tasks, self.proposer = "monitored", [], ""
        self.over_at, self.quiet = self.now + timedelta(days=30), None
        self.pending = [told for told in self.pending if told[1] == "stand_down"]
        for track in self.tracks.values():
            track.anchor, track.by = None, []
        for party in self.parties.values():
            held = any(of == party.name for _, of in self.holds)
            if party.status not in ("closed", "declined") and not held:
                right = [who for who in self.heard(party) if who not in party.dropped]
                self.tell(party, *right, purpose="stand_down")
            if party.status in ("planned", "acted", *LIVE):
                party.status, party.why = "closed", "over"
            party.calls, party.promises = {}, []
        self.task("review", due=self.over_at)

    def leaves(self, who: str, purpose: str) -> None:
        message = next(told for told in self.pending if told[:2] == (who, purpose))
        self.pending.remove(message)
        party = self.parties.get(message[2])
        if party and who not in party.reached:
            party.reached.append(who)
        if party and party.track != "protection":
            self.told_outward = self.now
