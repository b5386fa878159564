"""Anything that may happen to a case, in any order, to the engine and to its model."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from engine.case import commands as c
from engine.case.due import due_at
from schemas.codes import ActionKind, TrackName
from schemas.codes.status import Heard
from schemas.facts.life import Lesson
from schemas.responses import ResponseKind
from schemas.safeguards import Hold, HoldReason
from tests.model.both import Both
from tests.model.page import SEVERITIES
from tests.model.world import PARTIES, PEOPLE
from tests.unit.engine.case.builders import a_consent

TRACKS = tuple(PARTIES)
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
        severity=st.sampled_from(SEVERITIES), hour=st.integers(min_value=0, max_value=7 * 24 - 1)
    )
    def begins(self, severity: str, hour: int) -> None:
        self.both = Both(severity, hours=hour)

    def teardown(self) -> None:
        if hasattr(self, "both"):
            COUNTED["runs"] += 1
            COUNTED["steps"] += self.both.steps
            COUNTED["messages"] += self.both.messages

    def open(self) -> bool:
        return self.both.model.status == "open"

    # --- time

    @rule(minutes=pauses)
    def time_passes(self, minutes: float) -> None:
        self.both.wait_until(self.both.story.now + timedelta(minutes=minutes))

    @rule(just_before=st.booleans())
    def up_to_what_is_due(self, just_before: bool) -> None:
        due = due_at(self.both.story.case)
        if due is not None:
            less = timedelta(microseconds=1) if just_before else timedelta(0)
            self.both.story.now = max(self.both.story.now, due - less)

    @rule(minutes=pauses)
    def an_outage(self, minutes: float) -> None:
        self.both.outage(minutes=minutes)

    @rule()
    def a_restart(self) -> None:
        self.both.restart()

    @rule()
    def what_was_decided_leaves(self) -> None:
        self.both.everything_leaves()

    # --- reports, rosters, rules

    @precondition(lambda self: self.both.model.status != "closed")
    @rule(
        code=st.sampled_from(("surveillance", "reprisal_risk", "enrichment", "suit_withdrawn")),
        severity=st.sampled_from(SEVERITIES),
        rules=st.booleans(),
    )
    def a_report(self, code: str, severity: str, rules: bool) -> None:
        """`rules`: by now the rulebook says something else; the case goes on as planned."""
        changed = {"answer_by": 60, "answer_holds_for": 60} if rules else {}
        self.both.report(code, severity, **changed)

    @rule(
        role=st.sampled_from(("handler", "second", "shift_lead", "director")), who=st.sets(people)
    )
    def the_roster_changes(self, role: str, who: set[str]) -> None:
        self.both.roster(role, tuple(sorted(who)))

    # --- duty

    @precondition(lambda self: self.both.model.status != "closed")
    @rule(at=nth, declines=st.booleans())
    def somebody_of_duty_answers(self, at: int, declines: bool) -> None:
        told = [a.party for a in self.both.story.case.alerts if a.track is TrackName.DUTY]
        declines = declines and self.open()  # A no to a case that is over says little.
        if told:
            who = told[at % len(told)]
            kind = ResponseKind.DECLINED if declines else ResponseKind.ACKNOWLEDGED
            self.both.both(
                f"{who} {kind.value}",
                self.both.answers(who, who, kind),
                lambda model: model.duty_answers(who, declines=declines),
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
        if task.kind == "confirm_resolution":
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

    # --- gates

    @precondition(open)
    @rule(name=tracks, who=people)
    def a_release(self, name: str, who: str) -> None:
        track = self.both.model.tracks[name]
        if who not in track.by:
            self.both.release(name, who)

    @precondition(open)
    @rule(some=st.sets(tracks))
    def consent_changes(self, some: set[str]) -> None:
        story = self.both.story
        given = a_consent(*(TrackName(name) for name in sorted(some)), revoked=not some)
        story.around(consents=(given,))
        state: Any = "narrowed" if some else "revoked"
        command = c.ConsentChanged(inbox=story.inbox(), consent=given, state=state)
        self.both.both(f"consent for {sorted(some)}", command, lambda m: m.consents(some))

    @precondition(open)
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

    @precondition(open)
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

    # --- the end

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


_TALKS = ("first_contact", "check_in")
_MAY_ANSWER = ("waiting", "answered", "promised", "silent", "acted")
Machine.TestCase.settings = settings(
    max_examples=200,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,  # `make sweep` tries others.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestEngineAndModel = Machine.TestCase
