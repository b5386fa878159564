"""A naive model of docs/reference/escalation.md: whom one case must tell of what, and when.

Written from that page and those it names, not from the engine, in the plainest way. `Duty` is what
it knows of our own people, `Outward` of parties; here are time, and whatever people do.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace as Thing
from typing import Any

from tests.model import page
from tests.model.duty import ANY_OTHER, TALKS, WORKED_ON
from tests.model.leaving import Leaving
from tests.model.outward import HOLDS, LIVE, OUT, PHONE, WAITS

ASKS = ("tell", "ask_outcome", "remind")
ALL = (*ASKS, "round")
LATEST = timedelta(days=90)
RESTS = ("triage", "release", "release_ends", "still_right", *PHONE, "nobody_left")


class Model(Leaving):
    """One case: what is told in one decision stands in `out`."""

    def __init__(self, now: datetime, severity: str, world: Any) -> None:
        super().__init__(now, severity, world)
        self.proposer, self.standing = "", ("", now)
        self.task("triage", "first_contact")
        self.ask_releases()

    # --- time

    def owed(self) -> Iterator[tuple[datetime, Callable[[], object]]]:
        """Whatever is owed, when, and what is decided then; in the order of the page."""
        for hold in sorted(self.holds):
            yield hold[0], partial(self.end_hold, hold)
        worked_on, parties = self.status in WORKED_ON, self.parties.values()
        tracks = list(self.tracks.values() if worked_on else ())
        if self.necessity and self.necessity.review_by:
            yield self.necessity.review_by, partial(self.necessity_ends, by_hand=False)
        for track in tracks:
            for at in filter(None, (track.ends, track.given_ends)):
                yield at, partial(self.expire, track)
        had = self.status == "standing" and self.quiet and all(t.owner for t in self.tasks)
        if worked_on and not had:
            yield self.quiet or self.duty_at(), self.duty_moves
        for track in tracks:
            if at := self.moves(track):
                yield at, partial(self.thaw if track.frozen else self.climb, track)
        if self.date and worked_on:
            yield self.date.next, self.look
        for task in self.tasks:
            yield task.next, partial(self.fall_due, task)
        for party in parties if worked_on else ():
            for (kind, key), at in self.clocks(party).items():
                yield at, partial(self.clock, party, kind, key)
        if self.round and worked_on:
            yield self.round.next, self.hold_round
        if self.status == "monitored" and not self.tasks:
            yield self.over_at, self.archive

    def due(self) -> datetime:
        return min(at for at, _ in self.owed())

    def decide(self, now: datetime, do: Callable[["Model"], object], *, fire: bool = True) -> None:
        """Do this, and all that is due by now; then go on where a track is quiet no more."""
        self.now, self.out, self.by_hand = now, [], ""
        asleep = [track for track in self.tracks.values() if self.settled(track)]
        do(self)
        if fire:
            self.fire()
        for track in asleep:
            for party in self.of(track):
                woken = not track.frozen and not self.settled(track)
                if woken and party.status == "silent":
                    self.go_on(party)

    def fire(self) -> None:
        alive = (*WORKED_ON, "monitored")
        self.late = self.status in alive and self.now - self.due() > timedelta(minutes=5)
        while self.status in alive:
            over = next((decide for at, decide in self.owed() if at <= self.now), None)
            if over is not None:
                over()
            elif not self.catch_up():
                break
        self.late = False
        if self.quiet and not (self.tasks and all(task.owner for task in self.tasks)):
            self.quiet = min(self.quiet, self.by(ANY_OTHER))

    def archive(self) -> None:
        self.status = "closed"

    # --- gates

    def ask_releases(self) -> None:
        for party in self.parties.values():
            if (party.status, party.why) == ("closed", "consent") and not self.refusal(party):
                vars(party).update(status="withheld", why="gate", told=[], reached=[])
        for track in self.tracks.values():
            in_turn = track.in_turn and track.anchor is not None and self.has_it(track)
            by_itself = self.to_come(track) or (track.anchor and track.anchor > self.now)
            waits = [p for p in self.of(track) if self.waits(p) and p.why not in (*WAITS, "stale")]
            waits = [p for p in waits if p.status != "planned" or not by_itself]
            if not in_turn and any(not self.refusal(party) for party in waits):
                self.task("release", of=track.name)

    def release(self, track: Any, who: str, starts: Any = None, ends: Any = None) -> None:
        self.expire(track)
        track.by.append(who)
        track.given_ends = min(filter(None, (track.given_ends, ends)), default=None)
        track.given_start = max(filter(None, (track.given_start, starts)), default=None)
        if len(track.by) < 1 + track.two:
            return
        given, starts = track.given_ends, max(self.now, track.given_start or self.now)
        if track.anchor is not None and track.anchor <= self.now:
            track.by, track.given_ends, track.given_start = [], None, None
            track.ends = given or track.ends
            self.tell_track(track, by_hand=True)
        else:
            self.opens(track, starts, given or track.ends or starts + LATEST)
            for party in self.of(track) if starts > self.now else ():
                if self.waits(party) and party.why not in WAITS:
                    party.status, party.why = "planned", ""
            self.done("triage")
        self.done("release", of=track.name)
        if given:
            self.remind(track)

    def opens(self, track: Any, at: datetime, ends: Any = None) -> None:
        self.shut(track)
        track.anchor, track.ends, track.rung, track.fired = at, ends, 0, False
        track.answer_due = None
        self.by_hand = track.name

    def remind(self, track: Any) -> None:
        self.done("release_ends", of=track.name)
        if track.ends:
            ahead = min(self.by(ANY_OTHER) - self.now, (track.ends - self.now) / 2)
            self.task("release_ends", of=track.name, due=track.ends - ahead)

    def shut(self, track: Any) -> None:
        vars(track).update(anchor=None, ends=None, passed=False, protocol=False, jumped=None)
        track.by, track.given_ends, track.given_start = [], None, None

    def close_gate(self, track: Any) -> None:
        self.shut(track)
        for party in self.of(track):
            self.call_off(*ALL, party=party.name)
            if party.status == "waiting" and not party.left:
                self.withhold(party, "gate")

    def withhold(self, party: Any, why: str) -> None:
        """Nothing of it left: whoever was to be told counts as not told."""
        party.status, party.why, party.calls, party.promises = "withheld", why, {}, []
        party.told = [who for who in party.told if who in party.reached]

    def expire(self, track: Any) -> None:
        if track.ends and track.ends <= self.now:
            protocol = track.protocol
            self.close_gate(track)
            self.done("release_ends", of=track.name)
            if protocol:
                self.task("protocol_over", of=track.name)
            self.ask_releases()
        elif track.given_ends and track.given_ends <= self.now:
            track.by, track.given_ends, track.given_start = [], None, None

    def take_back(self, track: Any) -> None:
        self.close_gate(track)
        self.done("release_ends", "still_right", "release", "nobody_left", of=track.name)
        self.done("protocol_over", of=track.name)

    def decides_necessity(self, who: str) -> None:
        before = self.necessity
        if before and before.in_force:
            before.by, before.review_by = [*before.by, who], None
            return self.done("necessity_review")
        self.necessity = Thing(by=[who], in_force=False, review_by=None)
        if not before and self.severity != "critical":
            return self.task("necessity_second", owner=self.reviewer(who))
        self.necessity.in_force = True
        self.done("necessity_second", "necessity_withdrawn", "triage")
        if not before:
            until = self.necessity.review_by = self.now + timedelta(hours=2)
            owner = self.reviewer(who)
            self.task("necessity_review", due=until, owner=owner, critical=True)
        self.ask_releases()
        track = self.tracks["protection"]
        if self.is_open(track):
            self.tell_track(track, by_hand=True)
        else:
            self.opens(track, self.now)
        self.done("release", "release_ends", of="protection")

    def reviewer(self, but: str) -> str:
        roles = ("shift_lead", "second", "director")
        people = [who for role in roles for who in self.from_here_up(role)[0]]
        return next((who for who in (*people, *self.floor) if who != but), self.owner)

    def necessity_ends(self, *, by_hand: bool) -> None:
        was, self.necessity = self.necessity, None
        self.shut(self.tracks["protection"])
        self.done("necessity_second", "necessity_review")
        self.recheck()
        if was.in_force and not by_hand:
            self.task("necessity_withdrawn", critical=True)
        self.ask_releases()

    def consents(self, tracks: set[str]) -> None:
        self.consent, self.refused = tracks, not tracks
        self.recheck()
        if self.status == "open":
            self.ask_releases()

    def unlink(self, who: str) -> None:
        if not self.unlinking:
            self.unlinking = who
            return self.task("confirm_unlink")
        self.linked, self.unlinking = {*self.tracks}, ""
        self.done("confirm_unlink")
        if self.status == "open":
            self.ask_releases()

    def recheck(self) -> None:
        for party in self.parties.values():
            idle = party.status in ("planned", *OUT)
            again = (party.status, party.why, party.reached) == ("withheld", "consent", [])
            again = again or party.why == "not_found"
            if self.refusal(party) != "consent" or idle or again:
                continue
            self.call_off(*ALL, party=party.name)
            self.withhold(party, "consent")
            party.status = "closed" if party.reached else "withheld"
            self.tell(party, *self.right_ones(party), purpose="stand_down")
            self.done(*PHONE, "promise_overdue", of=party.name)

    # --- freezes and holds

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
            track.thaws = None
            self.thaw(track)
            if not any(each.frozen for each in self.tracks.values()):
                self.done("reprisal", "warning", "frozen")

    def thaw(self, track: Any) -> None:
        late = track.thaws and self.now - track.thaws > timedelta(hours=12)
        track.frozen, track.thaws, track.lifted = False, None, []
        if late and any(p.status == "withheld" and p.why in WAITS for p in self.of(track)):
            self.still_right(track.name)
        else:
            self.resume(track)
        self.ask_releases()

    def resume(self, track: Any) -> None:
        waited = [p for p in self.of(track) if p.status == "withheld" and p.why in WAITS]
        if track.anchor is not None and not track.frozen:
            for party in waited:
                self.tell_next(party)
            for party in self.of(track) if not self.settled(track) else ():
                if party.status == "silent":
                    self.tell_next(party)
            if self.moves(track) is None and not self.has_it(track):
                self.next_party(track)

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
            if self.now - over[0] > timedelta(hours=12):
                self.still_right(track.name)
            elif not track.in_turn:
                for party in free:
                    self.tell_next(party)
            elif not self.has_it(track):
                self.tell_track(track)
        if self.status == "open":
            self.ask_releases()

    # --- steering by hand

    def jump(self, track: Any, rung: int) -> None:
        track.rung, track.jumped = rung, self.now

    def skip(self, track: Any) -> None:
        track.rung += 1
        if self.rung_at(track, track.rung) is None and not self.has_it(track, or_waits=True):
            self.task("nobody_left", of=track.name)

    def add(self, party: Any, *, by_hand: bool = True) -> None:
        known = self.parties.setdefault(party.name, party)
        known.by_hand = by_hand
        if known.why == "not_found" or self.tracks[known.track].anchor is not None:
            known.status, known.why = "withheld", "gate"
        self.ask_releases()

    def found_again(self) -> None:
        """A report finds those who were found at first."""
        for party in self.parties.values():
            if party.why == "not_found" and party.by_report:
                party.status, party.why = "withheld", "gate"
                self.recheck()

    def replan(self, track: Any, found: list[Any], rungs: tuple[int, ...]) -> None:
        """The track as rulebook and registry of today have it; nobody hears of it."""
        fired = track.rungs[: track.rung] if track.anchor is not None else ()
        track.rungs = (*fired, *(rung for rung in rungs if rung not in fired))
        self.gravest = self.severity
        names = [party.name for party in found]
        for party in self.of(track):
            untold = self.waits(party) and not party.left
            if untold and not party.by_hand and party.name not in names:
                party.status, party.why = "withheld", "not_found"
        for party in found:
            if party.name not in self.parties or self.parties[party.name].why == "not_found":
                self.add(party, by_hand=False)
        self.recheck()
        self.ask_releases()

    # --- answers

    def answer(self, party: Any, who: str, kind: str, **of: Any) -> None:
        before = Thing(**vars(party) | {"promises": [*party.promises], "acts": [*party.acts]})
        self.answered(party, who, kind, **of)
        self.answer_of_a_date(party, before, acted=kind == "acted")

    def answered(self, party: Any, who: str, kind: str, **of: Any) -> None:
        before, whole = party.status, kind in ("committed", "acted", "declined", "conflict")
        track = self.tracks[party.track]
        out = kind in ("declined", "conflict", "wrong_contact")
        self.call_off(*(ALL if out else ASKS), who="" if whole else who, party=party.name)
        if kind in ("acknowledged", "already_acting", "asks", "warns"):
            self.done(*PHONE, of=party.name)
            held = of["until"] if kind == "warns" else self.by(HOLDS[track.name], self.gravest)
            pledged = self.pledged(party) or party.status == "acted"
            if not pledged:
                party.status, party.why = "answered", ""
            if not pledged or who in party.calls:
                party.calls[who] = (held, True)
            if kind == "asks":
                self.task("question", of=f"{party.name}/{who}")
            if kind == "warns":
                self.freeze([track], of["until"])
                self.task("warning", of=party.name, critical=True)
        elif whole:
            waited = {each for each, (_, answered) in party.calls.items() if not answered}
            party.calls = {}
            if kind == "committed":
                party.told = [each for each in party.told if each not in waited - {who}]
                promise = Thing(
                    by=who, ask=of["until"], due=of["until"], asked=False, worthless=False
                )
                party.promises.append(promise)
            elif kind == "acted":
                party.promises = party.promises[1:]
                party.acts.append(Thing(by=who, worthless=False))
            else:
                party.promises, party.no = [], True
            state = "acted" if kind == "acted" else "closed" if kind == "conflict" else "declined"
            party.status, party.why = "promised" if self.pledged(party) else state, ""
            self.needs_no_call(party)
            if party.no:
                self.next_party(track)
        else:
            party.calls.pop(who, None)
            self.settle(party)
            if kind == "wrong_contact":
                party.dropped.append(who)
            elif of["to"] not in party.told:
                self.tell_again(party, of["to"])
            self.go_on_if_silent(party, before)

    def needs_no_call(self, party: Any) -> None:
        asked = any(promise.asked for promise in party.promises)
        self.done(*PHONE, *(() if asked else ("promise_overdue",)), of=party.name)

    def go_on_if_silent(self, party: Any, before: str) -> None:
        if party.status == "silent" != before:
            self.go_on(party)

    def promise_back(self, party: Any) -> None:
        was = Thing(**vars(party) | {"promises": [*party.promises]})
        before, promise = party.status, party.promises.pop(0)
        self.stands(party)
        self.call_off(*ASKS, who=promise.by, party=party.name)
        self.needs_no_call(party)
        self.go_on_if_silent(party, before)
        self.lost(was)

    def judged(self, party: Any, what: Any, *, worthless: bool, harm: bool) -> None:
        before, what.worthless = party.status, worthless
        self.stands(party)
        if harm:
            self.freeze([self.tracks["companies"]], None)
            self.task("warning", of=party.name, critical=True)
        if worthless:
            self.go_on_if_silent(party, before)
        elif party.status in ("promised", "acted"):
            self.call_off(*ASKS, party=party.name)
            self.needs_no_call(party)

    # --- tasks that are done

    def finish(self, task: Any, result: str, who: str) -> None:
        self.tasks.remove(task)
        if self.status not in WORKED_ON:
            return
        if task.kind in TALKS:
            self.kept += result == "done"
            after = self.now + self.pause()
            sooner = min(after, self.by(ANY_OTHER))
            self.task("check_in", due=after if result == "done" else sooner)
            if result != "done":
                self.wake()
        elif task.kind == "still_right" and result == "yes":
            if task.of in self.tracks:
                self.tell_track(self.tracks[task.of], by_hand=True)
            else:
                party = self.parties[task.of]
                if (party.status in LIVE or party.why == "stale") and not party.no:
                    self.go_on(party)
        if self.called_for_a_task and not self.quiet and self.all_owned():
            self.own(who)

    # --- reports, standing, the end

    def report(self, severity: str, *, act: bool, protocol: datetime | None = None) -> None:
        monitored, sharp = self.status == "monitored", page.SEVERITIES.index
        stood = self.happened()
        if monitored:
            self.opened_again()
        elif self.proposer:
            self.proposer = ""
            self.done("confirm_resolution")
        self.recheck()
        month = timedelta(days=30)
        reprisal = act and self.told_outward and self.now - self.told_outward < month
        severity = "critical" if reprisal else severity
        raised = sharp(severity) < sharp(self.severity)
        if raised:
            self.sharpen(severity)
            self.ask_sooner()
        if monitored:
            self.task("triage", "first_contact")
        if reprisal:
            self.freeze([t for t in self.tracks.values() if t.name != "protection"], None)
            self.task("reprisal", critical=True)
        if reprisal or monitored or raised or act or stood:
            self.wake()
        self.found_again()
        self.ask_releases()
        if protocol and not self.tracks["missions"].frozen:
            self.protocol(self.tracks["missions"], protocol)
        if stood:
            self.go_on_after_standing()

    def protocol(self, track: Any, until: datetime) -> None:
        if until <= self.now:
            return self.task("protocol_over", of=track.name)
        self.done("release", of=track.name)
        if self.is_open(track):
            self.tell_track(track, by_hand=True)
        else:
            self.opens(track, self.now, until)
            track.protocol = True
            self.remind(track)

    def happened(self) -> bool:
        stood = self.status == "standing"
        if self.standing[0]:
            self.standing = ("", self.now)
            self.done("confirm_standing")
        if stood:
            self.status = "open"
            self.done("standing_review")
            self.task("triage")
        return stood

    def lasts(self, who: str, until: datetime) -> None:
        self.standing = (who, until)
        self.task("confirm_standing")

    def lasts_indeed(self) -> None:
        who, until = self.standing
        self.status, self.standing = "standing", ("", until)
        self.done("confirm_standing", "standing_review", *RESTS)
        self.task("standing_review", due=until, owner=self.owner or who)
        if not any(task.kind in TALKS for task in self.tasks):
            self.task("check_in", due=self.now + self.pause())
        if not self.quiet:
            self.own(who)

    def lasts_no_more(self, who: str) -> None:
        if self.standing[0]:
            self.standing = ("", self.now)
            self.done("confirm_standing")
        else:
            self.happened()
            self.go_on_after_standing()
            self.own(who)

    def go_on_after_standing(self) -> None:
        self.ask_releases()
        for track in self.tracks.values():
            if not track.frozen:
                self.resume(track)

    def opened_again(self) -> None:
        self.status, self.owner, self.kept = "open", "", 0
        self.done("review")
        self.reopen_date()
        for party in self.parties.values():
            if party.why == "over":
                vars(party).update(status="planned", why="", told=[], reached=[], acts=[])
                self.done("stand_down_held", of=party.name)
                self.done("unreachable", of=f"{party.name}/stand_down")

    def to_say_over(self, task: Any) -> bool:
        return task.kind == "stand_down_held" or str(task.of).endswith("/stand_down")

    def reopen(self) -> None:
        self.opened_again()
        self.task("triage", "first_contact")
        self.ask_releases()
        self.wake()

    def propose(self, who: str) -> None:
        self.proposer = who
        self.task("confirm_resolution")

    def confirm(self) -> None:
        self.status, self.proposer = "monitored", ""
        self.tasks = [task for task in self.tasks if self.to_say_over(task)]
        self.standing, self.necessity, self.round = ("", self.now), None, None
        self.over_at, self.quiet = self.now + timedelta(days=30), None
        self.pending = [told for told in self.pending if told[1] == "stand_down"]
        for track in self.tracks.values():
            self.shut(track)
        for party in self.parties.values():
            held = self.held_until(party)
            asked = party.left and party.status not in OUT
            if asked and held:
                self.task("stand_down_held", of=party.name, due=held[0])
            elif asked:
                self.tell(party, *self.right_ones(party), purpose="stand_down")
            if party.status in ("planned", "acted", *LIVE):
                party.status, party.why = "closed", "over"
            party.calls, party.promises = {}, []
        self.task("review", due=self.over_at)
