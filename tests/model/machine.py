"""Anything that may happen to a case, in any order, to the engine and to its model."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from engine.case import commands as c
from engine.case.due import due_at
from schemas.codes import ActionKind, DateKind, Mode, Severity, TrackName
from schemas.codes.status import Heard
from schemas.facts.life import Lesson, WhyUnlinked
from schemas.responses import AnswerClass, ResponseKind, WithdrawnBecause
from schemas.safeguards import Hold, HoldReason
from tests.model.both import Both
from tests.model.duty import RUNGS, WORKED_ON
from tests.model.page import SEVERITIES
from tests.model.world import ADDED, PARTIES, PEOPLE, UNTIL
from tests.unit.engine.case.builders import a_consent

TRACKS = tuple(PARTIES)
MISSIONS = (*PARTIES["missions"], ADDED)
people = st.sampled_from(PEOPLE)
tracks = st.sampled_from(TRACKS)
nth = st.integers(min_value=0, max_value=30)
pauses = st.sampled_from((0.05, 1, 14, 15, 59, 240, 479, 1_440, 4_321, 10_080, 43_200))
"""Minutes: from seconds to a month."""


COUNTED = {"runs": 0, "steps": 0, "messages": 0}
"""Of this process, for whoever prints them."""


class Machine(RuleBasedStateMachine):
    """One case."""

    both: Both

    @initialize(
        severity=st.sampled_from(SEVERITIES),
        hour=st.integers(min_value=0, max_value=7 * 24 - 1),
        until=st.sampled_from(tuple(UNTIL)),
        told=st.sampled_from(((), (), ("missions",), ("companies", "missions"))),
    )
    def begins(self, severity: str, hour: int, until: str, told: tuple[str, ...] = ()) -> None:
        """`told`: tracks that are told before anything else; most of what happens comes after."""
        self.both = Both(severity, hours=hour, until=until)
        for name in told:
            for who in ("ana", "chi") if name == "companies" else ("ana",):
                self.both.release(name, who)
            self.both.everything_leaves()

    def teardown(self) -> None:
        if hasattr(self, "both"):
            COUNTED["runs"] += 1
            COUNTED["steps"] += self.both.steps
            COUNTED["messages"] += self.both.messages

    def open(self) -> bool:
        return self.both.model.status == "open"

    def worked_on(self) -> bool:
        return self.both.model.status in WORKED_ON

    def of_case(self) -> dict[str, Any]:
        return {"inbox": self.both.story.inbox(), "case": self.both.story.case.id}

    # --- time

    @rule(minutes=pauses)
    def time_passes(self, minutes: float) -> None:
        self.both.wait_until(self.both.story.now + timedelta(minutes=minutes))

    @rule(just_before=st.booleans())
    def up_to_what_is_due(self, just_before: bool) -> None:
        due = due_at(self.both.story.case)
        if due is not None:
            less = timedelta(microseconds=1) if just_before else timedelta(0)
            self.both.goes_to(due - less)

    @rule(minutes=pauses)
    def an_outage(self, minutes: float) -> None:
        self.both.outage(minutes=minutes)

    @rule(hours=st.sampled_from((0.1, 2, 100)))
    def the_clock_is_set_back(self, hours: float) -> None:
        self.both.clock_set_back(hours=hours)

    @rule()
    def a_restart(self) -> None:
        self.both.restart()

    @rule()
    def what_was_decided_leaves(self) -> None:
        self.both.everything_leaves()

    @rule()
    def outgoing_is_stopped_or_goes_on(self) -> None:
        self.both.stop()

    @rule(at=nth)
    def a_way_is_dead(self, at: int) -> None:
        self.both.bounces(at)

    # --- reports, rosters, rules

    @precondition(lambda self: self.both.model.status != "closed")
    @rule(
        code=st.sampled_from(("surveillance", "reprisal_risk", "enrichment", "suit_withdrawn")),
        severity=st.sampled_from(SEVERITIES),
        rules=st.booleans(),
        protocol=st.sampled_from((None, None, 20, -1)),
    )
    def a_report(self, code: str, severity: str, rules: bool, protocol: int | None) -> None:
        """`rules`: by now the rulebook says something else; the case goes on as planned."""
        protocol = protocol if code in ("surveillance", "enrichment") else None
        changed = {"answer_by": 60, "answer_holds_for": 60} if rules else {}
        self.both.report(code, severity, protocol=protocol, **changed)

    @rule(
        role=st.sampled_from(("handler", "second", "shift_lead", "director")), who=st.sets(people)
    )
    def the_roster_changes(self, role: str, who: set[str]) -> None:
        self.both.roster(role, tuple(sorted(who)))

    @rule(anybody=st.booleans(), floor=st.booleans())
    def the_floor_contact_changes(self, anybody: bool, floor: bool) -> None:
        """`anybody`: whether the roles keep theirs; else all of them are empty from now on."""
        self.both.floor(("eve",) if floor else ())
        for role in () if anybody else tuple(self.both.world.roster):
            self.both.roster(role, ())

    # --- duty

    @precondition(lambda self: self.both.model.status != "closed")
    @rule(at=nth, declines=st.booleans())
    def somebody_of_duty_answers(self, at: int, declines: bool) -> None:
        told = [a.party for a in self.both.story.case.alerts if a.track is TrackName.DUTY]
        if told:
            who = told[at % len(told)]
            kind = ResponseKind.DECLINED if declines else ResponseKind.ACKNOWLEDGED
            self.both.both(
                f"{who} {kind.value}",
                self.both.answers(who, who, kind),
                lambda model: model.duty_answers(who, declines=declines),
            )

    @precondition(worked_on)
    @rule(who=people, to=st.sampled_from((*PEOPLE, "", "")), rung=st.integers(0, 3))
    def duty_is_called_or_handed_over(self, who: str, to: str, rung: int) -> None:
        rung %= len(RUNGS[self.both.model.severity])
        if not to:
            self.both.both(
                f"{who} calls duty from step {rung}",
                c.Escalate(**self.of_case(), by=who, step=rung),
                lambda m: m.wake(rung),
            )
        elif to != who:
            self.both.both(
                f"{who} hands the case to {to}",
                c.HandOver(**self.of_case(), by=who, to=to),
                lambda m: m.hand_over(who, to),
            )

    @precondition(lambda self: self.both.model.status != "closed")
    @rule(
        who=people,
        owner=st.sampled_from(("", *PEOPLE)),
        hours=st.sampled_from((1, 5, 100)),
        critical=st.booleans(),
    )
    def a_task_by_hand(self, who: str, owner: str, hours: int, critical: bool) -> None:
        due = self.both.story.now + timedelta(hours=hours)
        if not any(task.kind == "by_hand" for task in self.both.model.tasks):
            self.both.both(
                f"{who} writes a task for {owner or 'whoever has it'}, due {due:%d %b %H:%M}",
                c.AddTask(
                    **self.of_case(), by=who, due_at=due, note="n", owner=owner, critical=critical
                ),
                lambda m: m.task_by_hand(who, due, owner, critical=critical),
            )

    @precondition(open)
    @rule(who=people, severity=st.sampled_from(SEVERITIES))
    def it_is_less_grave(self, who: str, severity: str) -> None:
        model = self.both.model
        reprisal = any(task.kind == "reprisal" for task in model.tasks)
        if SEVERITIES.index(severity) > SEVERITIES.index(model.severity) and not reprisal:
            self.both.both(
                f"{who}: it is {severity}",
                c.LowerSeverity(
                    **self.of_case(),
                    severity=Severity(severity),
                    was=self.both.story.case.severity,
                    why="other",
                    by=who,
                ),
                lambda m: m.soften(severity),
            )

    @precondition(lambda self: self.both.model.tasks)
    @rule(at=nth, who=people, takes=st.booleans(), well=st.booleans())
    def somebody_does_what_is_owed(self, at: int, who: str, takes: bool, well: bool) -> None:
        model, case = self.both.model, self.both.story.case
        task = model.tasks[at % len(model.tasks)]
        theirs = [t for t in case.tasks if self.both.same(t, task)]
        assert len(theirs) == 1, self.both.differs(f"{task} is not owed by the engine")
        box, id = self.both.story.inbox(), theirs[0].id
        command: Any = c.TakeTask(inbox=box, case=case.id, task=id, by=who)
        if takes:
            self.both.both(f"{who} takes {task.kind}", command, lambda m: m.take(task, who))
            return
        if task.kind in _ON_THE_CASE:
            return
        if task.kind == "review":
            command = c.ReviewCase(inbox=box, case=case.id, by=who, lesson=Lesson.WENT_WELL)
            self.both.both(f"{who} reviews", command, lambda m: m.finish(task, "done", who))
            return
        result = {"still_right": "yes" if well else "no"}.get(
            task.kind, "done" if well else "no_sign"
        )
        result = "done" if result == "no_sign" and task.kind not in _TALKS else result
        heard = (Heard.SAFE_CHANNEL if well else Heard.NO_SIGN) if task.kind in _TALKS else None
        command = c.FinishTask(inbox=box, case=case.id, task=id, by=who, result=result, heard=heard)
        self.both.both(
            f"{who} finishes {task.kind}: {result}", command, lambda m: m.finish(task, result, who)
        )

    # --- dates

    @precondition(worked_on)
    @rule(who=people, days=st.sampled_from((0.5, 2, 10, 20)))
    def a_hearing_is_set(self, who: str, days: float) -> None:
        story = self.both.story
        on = story.now + timedelta(days=days)
        if self.both.model.date is None:
            self.both.both(
                f"{who}: there is a hearing on {on:%d %b %H:%M}",
                c.AddDate(**self.of_case(), date_kind=DateKind.HEARING, on=on, by=who),
                lambda m: m.add_date(next((d.id for d in story.case.dates), ""), on),
            )

    @precondition(worked_on)
    @rule(who=people)
    def a_hearing_falls_away(self, who: str) -> None:
        date = self.both.model.date
        if date is not None:
            self.both.both(
                f"{who}: the hearing falls away",
                c.RemoveDate(**self.of_case(), date=date.id, by=who),
                lambda m: m.remove_date(),
            )

    # --- gates

    @precondition(open)
    @rule(
        name=tracks,
        who=people,
        starts=st.sampled_from((None, None, 2)),
        ends=st.sampled_from((None, None, 5, 30)),
    )
    def a_release(self, name: str, who: str, starts: int | None, ends: int | None) -> None:
        track, now = self.both.model.tracks[name], self.both.story.now
        over = any(end and end <= now for end in (track.ends, track.given_ends))
        if who not in track.by or over:
            self.both.release(name, who, starts=starts, ends=ends)

    @precondition(open)
    @rule(name=tracks, who=people)
    def a_release_taken_back(self, name: str, who: str) -> None:
        track = self.both.model.tracks[name]
        if track.anchor is not None or track.by:
            self.both.both(
                f"{who} takes the release of {name} back",
                c.WithdrawRelease(**self.of_case(), track=TrackName(name), by=who, why="faster"),
                lambda m: m.take_back(track),
            )

    @precondition(open)
    @rule(name=tracks, who=people, rung=st.integers(min_value=0, max_value=1), skips=st.booleans())
    def a_rung_by_hand(self, name: str, who: str, rung: int, skips: bool) -> None:
        model = self.both.model
        model.now = self.both.story.now
        ahead = [t for t in model.tracks.values() if t.anchor is not None and t.rung < len(t.rungs)]
        track = next((t for t in ahead if t.name == name), ahead[0] if ahead else None)
        if track is None:
            return
        name, rung = track.name, min(max(rung, track.rung), len(track.rungs) - 1)
        of: Any = {**self.of_case(), "track": TrackName(name), "by": who, "why": "faster"}
        if skips:
            self.both.both(
                f"{who} skips step {track.rung} of {name}",
                c.SkipStep(**of, step=track.rung),
                lambda m: m.skip(track),
            )
        elif model.is_open(track) and not track.frozen:
            self.both.both(
                f"{who} lets {name} go on to step {rung}",
                c.JumpStep(**of, step=rung),
                lambda m: m.jump(track, rung),
            )

    @precondition(open)
    @rule(who=people)
    def somebody_is_added(self, who: str) -> None:
        party = self.both.world.party(ADDED, "missions", ("consul-mail",))
        known = self.both.model.parties.get(ADDED)
        if (known and known.why != "not_found") or self.both.model.refusal(party) not in _WAIT:
            return
        if known and not any(known.ways.values()):
            return  # The guard refuses it: nobody of it can be reached.
        self.both.both(
            f"{who} adds {ADDED}",
            c.AddRecipient(
                **self.of_case(), track=TrackName.MISSIONS, party=ADDED, by=who, why="faster"
            ),
            lambda m: m.add(party),
        )

    @precondition(open)
    @rule(
        who=people, found=st.sets(st.sampled_from(MISSIONS)), second=st.sampled_from((30, 120, 480))
    )
    def it_is_planned_anew(self, who: str, found: set[str], second: int) -> None:
        """The registry finds other missions by now, and the rulebook has its second step sooner."""
        self.both.replan(who, tuple(name for name in MISSIONS if name in found), second)

    @precondition(open)
    @rule(who=people, takes_back=st.booleans())
    def a_necessity(self, who: str, takes_back: bool) -> None:
        model = self.both.model
        known = model.necessity
        if known and takes_back:
            command: Any = c.WithdrawNecessity(**self.of_case(), by=who)
            self.both.both(
                f"{who} takes the necessity back",
                command,
                lambda m: m.necessity_ends(by_hand=True),
            )
            return
        if known and known.in_force:
            waits = known.review_by is not None and known.review_by > self.both.story.now
        else:
            covered = "protection" in model.consent & model.linked
            waits = not covered and not model.refused
        if waits and not (known and who in known.by):
            command = c.DecideNecessity(**self.of_case(), by=who, why="life_at_stake")
            self.both.both(f"{who} decides necessity", command, lambda m: m.decides_necessity(who))

    @precondition(worked_on)
    @rule(some=st.sets(tracks))
    def consent_changes(self, some: set[str]) -> None:
        story = self.both.story
        given = a_consent(*(TrackName(name) for name in sorted(some)), revoked=not some)
        story.around(consents=(given,))
        state: Any = "narrowed" if some else "revoked"
        command = c.ConsentChanged(inbox=story.inbox(), consent=given, state=state)
        self.both.both(f"consent for {sorted(some)}", command, lambda m: m.consents(some))

    @precondition(worked_on)
    @rule(who=people, some=st.sets(tracks, min_size=1))
    def it_is_linked_or_parted(self, who: str, some: set[str]) -> None:
        """With a case whose people allow only so much; parting takes two."""
        story, model = self.both.story, self.both.model
        if not story.case.links:
            self.both.link(some, who)
        elif who != model.unlinking:
            command = c.UnlinkCase(**self.of_case(), by=who, why=WhyUnlinked.MISTAKE)
            self.both.both(f"{who} parts it", command, lambda m: m.unlink(who))

    @precondition(worked_on)
    @rule(name=tracks, who=people, hours=st.sampled_from((None, 1, 30)))
    def a_freeze(self, name: str, who: str, hours: int | None) -> None:
        story = self.both.story
        until = None if hours is None else story.now + timedelta(hours=hours)
        command = c.Freeze(
            inbox=story.inbox(), case=story.case.id, tracks=(TrackName(name),), by=who, until=until
        )
        self.both.both(
            f"{who} freezes {name} until {until}",
            command,
            lambda m: m.freeze_by_hand(m.tracks[name], until),
        )

    @precondition(open)
    @rule(name=tracks, who=people)
    def a_lift(self, name: str, who: str) -> None:
        track = self.both.model.tracks[name]
        if track.frozen and who not in track.lifted:
            self.both.both(
                f"{who} lifts {name}",
                self.both.story.a_lift(TrackName(name), who),
                lambda m: m.lift(track, who),
            )

    @precondition(open)
    @rule(at=nth, who=people, hours=st.sampled_from((1, 30, 200)))
    def a_hold(self, at: int, who: str, hours: int) -> None:
        story, model = self.both.story, self.both.model
        party = [*model.parties.values()][at % len(model.parties)]
        if len(model.holds) > 3:
            return
        name, until = f"hold-{self.both.steps}", story.now + timedelta(hours=hours)
        hold = Hold(id=name, until=until, by=who, reason=HoldReason.TALKS, parties=(party.name,))
        self.both.both(
            f"{who} asks to wait for {party.name} until {until:%d %b %H:%M}",
            c.PlaceHold(inbox=story.inbox(), case=story.case.id, hold=hold),
            lambda m: m.hold(party, until, who, name),
        )

    # --- answers

    @precondition(worked_on)
    @rule(
        at=nth,
        who=nth,
        kind=st.sampled_from([k for k in ResponseKind if k is not ResponseKind.WITHDRAWS]),
        hours=st.sampled_from((1, 5, 100)),
    )
    def somebody_answers(self, at: int, who: int, kind: ResponseKind, hours: int) -> None:
        asked = [p for p in self.both.model.parties.values() if p.status in _MAY_ANSWER]
        if not asked:
            return
        party = asked[at % len(asked)]
        by = party.told[who % len(party.told)]
        until = self.both.story.now + timedelta(hours=hours)
        if by in party.dropped or (kind is ResponseKind.WRONG_CONTACT and party.promises):
            return
        if kind is ResponseKind.COMMITTED and len(party.promises) > 2:
            return
        to = party.contacts[-1]
        more: dict[str, Any] = {"action": ActionKind.LETTER} if kind == "committed" else {}
        if kind in ("committed", "warns"):
            more["due"] = until
        if kind == "passed_on":
            more["passed_on_to"] = to
        self.both.both(
            f"{by} {kind.value}",
            self.both.answers(party.name, by, kind, **more),
            lambda m: m.answer(party, by, kind.value, until=until, to=to),
        )

    @precondition(open)
    @rule(at=nth, who=people, worth=st.sampled_from((None, *AnswerClass)), latest=st.booleans())
    def an_answer_is_judged_or_let_go(
        self, at: int, who: str, worth: AnswerClass | None, latest: bool
    ) -> None:
        """`worth`: none where a promise is recorded as a mistake, so that it never was one."""
        model, story = self.both.model, self.both.story
        theirs = [p for p in model.parties.values() if p.acts or p.promises]
        theirs = [p for p in theirs if p.status in _MAY_ANSWER]
        if not theirs:
            return
        party = theirs[at % len(theirs)]
        alert = story.alert(party.name)
        of: Any = {**self.of_case(), "alert": alert.id, "by": who}
        if worth is None:
            if len(party.promises) == 1:
                command: Any = c.WithdrawPromise(**of, reason=WithdrawnBecause.MISTAKE)
                self.both.both(
                    f"{who}: {party.name} promised nothing",
                    command,
                    lambda m: m.promise_back(party),
                )
            return
        known: list[Any] = [*zip(alert.promises, party.promises, strict=True)]
        known += zip(alert.acts, party.acts[-len(alert.acts) :], strict=True) if alert.acts else []
        if not known:
            return
        real, modelled = known[-1 if latest else 0]
        self.both.both(
            f"{who} judges what {party.name} did or promised: {worth.value}",
            c.ClassAnswer(**of, action=real.action, answer_class=worth),
            lambda m: m.judged(
                party,
                modelled,
                worthless=not worth.quietens,
                harm=worth is AnswerClass.COUNTER_PRODUCTIVE,
            ),
        )

    # --- rounds

    @precondition(open)
    @rule(name=st.sampled_from(("missions", "companies")), who=people)
    def it_is_quieter_or_louder(self, name: str, who: str) -> None:
        """`private`, or `quiet` again: whether those told may know of each other."""
        track = self.both.model.tracks[name]
        made, mode = (c.RaiseMode, Mode.PRIVATE) if track.quiet else (c.LowerMode, Mode.QUIET)
        quiet = not track.quiet
        self.both.both(
            f"{who} lets {name} be {mode.value}",
            made(**self.of_case(), by=who, mode=mode, track=TrackName(name)),
            lambda m: m.says_how_openly(track, quiet=quiet),
        )

    @precondition(worked_on)
    @rule(
        which=st.sets(nth, min_size=1),
        who=people,
        hours=st.sampled_from((1, 30, 200)),
        days=st.sampled_from((1, 7, 90)),
    )
    def a_round(self, which: set[int], who: str, hours: int, days: int) -> None:
        model, story = self.both.model, self.both.story
        may = [party.name for party in model.parties.values() if model.may_join(party)]
        if not may:
            return
        names = list(dict.fromkeys(may[at % len(may)] for at in sorted(which)))
        first = story.now + timedelta(hours=hours)
        alerts = tuple(story.alert(name).id for name in names)
        self.both.both(
            f"{who} keeps informed of each other {', '.join(names)} every {days} d",
            c.SetRound(**self.of_case(), by=who, alerts=alerts, first_at=first, every_days=days),
            lambda m: m.opens_round(names, first, days),
        )

    @precondition(lambda self: self.worked_on() and self.both.model.round)
    @rule(who=people)
    def a_round_ends(self, who: str) -> None:
        command = c.EndRound(**self.of_case(), by=who)
        self.both.both(f"{who} ends the round", command, lambda m: m.ends_round())

    # --- the end

    @precondition(worked_on)
    @rule(who=people, days=st.sampled_from((1, 29)))
    def it_lasts(self, who: str, days: int) -> None:
        model, story = self.both.model, self.both.story
        until = story.now + timedelta(days=days)
        first, review = model.standing
        if model.proposer:
            return
        if not first:
            self.both.both(
                f"{who} says that it lasts",
                story.a_standing(until=until, by=who),
                lambda m: m.lasts(who, until),
            )
        elif who != first and review > story.now:
            self.both.both(
                f"{who} agrees that it lasts",
                story.a_standing_agreed(who),
                lambda m: m.lasts_indeed(),
            )

    @precondition(worked_on)
    @rule(who=people)
    def it_lasts_no_more(self, who: str) -> None:
        if self.both.model.status == "standing" or self.both.model.standing[0]:
            self.both.both(
                f"{who}: it lasts no more",
                c.EndStanding(**self.of_case(), by=who),
                lambda m: m.lasts_no_more(who),
            )

    @precondition(open)
    @rule(who=people)
    def somebody_proposes(self, who: str) -> None:
        if not self.both.model.proposer:
            self.both.propose(who)

    @precondition(lambda self: self.open() and self.both.model.proposer)
    @rule(who=people)
    def another_confirms(self, who: str) -> None:
        if who != self.both.model.proposer:
            story = self.both.story
            self.both.both(f"{who} confirms", story.a_confirmation(who), lambda m: m.confirm())

    @precondition(lambda self: self.both.model.status == "monitored")
    @rule(who=people)
    def it_is_opened_again(self, who: str) -> None:
        story = self.both.story
        self.both.both(f"{who} reopens", story.a_reopening(who), lambda m: m.reopen())


_WAIT = ("", "frozen", "held")
_TALKS = ("first_contact", "check_in")
_ON_THE_CASE = (
    "confirm_resolution",
    "confirm_standing",
    "confirm_unlink",
    "standing_review",
    "necessity_second",
    "necessity_review",
)
"""Tasks that an act on the case ends, and no word that they are done."""
_MAY_ANSWER = ("waiting", "answered", "promised", "silent", "acted")
Machine.TestCase.settings = settings(
    max_examples=200,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,  # Others by tests/model/__main__.py.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestEngineAndModel = Machine.TestCase
