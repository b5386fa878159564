"""Whatever happens to a case, in whatever order: what must never break.

A machine throws random commands at a case over random stretches of time, with outages between.
After each one the promises of the core are checked on what was decided.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.case import commands as c
from engine.case import ladder
from engine.case.decide import Refusal, decide, run
from engine.case.draft import Draft
from engine.case.due import due_at
from engine.case.evolve import evolve
from engine.case.protect import EXCLUDED
from engine.case.state import AlertStatus, Case, CaseStatus, dump_case, load_case
from rules import duty, exclusion
from schemas import facts as f
from schemas.codes import ActionKind, Effect, Heard, Mode, Proviso, Severity, TrackName
from schemas.facts import Fact, dump_fact, load_fact
from schemas.link import Link, LinkKind, LinkStatus
from schemas.plan import Candidates, Closure, Gate, Reason, Spread, Trouble
from schemas.projection import Purpose
from schemas.responses import AnswerClass, Response, ResponseKind, Way, WithdrawnBecause
from schemas.safeguards import Consent
from tests.unit.engine.case.builders import (
    BRIGHT,
    EMBASSY,
    FJORD,
    HALDANE,
    NHRI,
    NORDSTEIN,
    OUTWARD,
    REGISTRY,
    SECRET,
    Story,
    a_consent,
    an_event,
    outward,
    registry_without,
)

PEOPLE = ("ana", "ben", "chi")
TRACKS = (
    outward(TrackName.MISSIONS, offsets=(0, 7_200)),
    outward(TrackName.NHRIS),
    outward(TrackName.COMPANIES, gate=Gate.RELEASE_TWO, mode=Mode.PRIVATE),
    outward(TrackName.INVESTORS, spread=Spread.NEXT),
)
CANDIDATES = (EMBASSY, NHRI, HALDANE, NORDSTEIN, FJORD, BRIGHT)
CODES = (
    "arrest",
    "summons",
    "enrichment",
    "released_from_custody",
    "reprisal_risk",
    "consent_granted",
)
PERPETRATORS = ("guardia", "minera", "fjord", "embassy", "haldane")

people = st.sampled_from(PEOPLE)
tracks = st.sampled_from(OUTWARD)
pauses = st.sampled_from((0, 1, 14, 60, 239, 240, 600, 1_440, 4_000, 20_000))


class CaseMachine(RuleBasedStateMachine):
    """One case, and everything that anybody may do to it."""

    def __init__(self) -> None:
        super().__init__()
        self.story = Story()
        self.replayed = Case(id=self.story.case.id, around=self.story.case.around)
        self.kept: dict[tuple[str, int], tuple[f.Told | f.Rerouted, list[f.Notice]]] = {}

    # -- doing

    def do(self, command: c.CaseCommand) -> None:
        before, now = self.story.case, self.story.now
        try:
            after, facts = run(before, command, now)
        except Refusal as refusal:
            assert SECRET not in str(refusal)
            return
        assert decide(before, command, now) == list(facts), "the same input, the same facts"
        self.check(before, facts, command)
        self.story.case, self.story.last = after, facts
        self.story.facts.extend(facts)
        for fact in facts:
            if isinstance(fact, f.Told | f.Rerouted):
                self.kept[fact.alert, len(self.kept)] = (fact, list(fact.notices))

    @initialize(
        severity=st.sampled_from(list(Severity)),
        released=st.sets(tracks),
        delivered=st.booleans(),
        taken=st.booleans(),
    )
    def opens(
        self, severity: Severity, released: set[TrackName], delivered: bool, taken: bool
    ) -> None:
        """A case as it may stand after its first hours."""
        self.report("arrest", severity, "guardia", None)
        if taken:
            self.somebody_takes_it("ana")
        for track in sorted(released):
            for by in ("ana", "chi"):
                self.release(track, by, True, True)
        for told, notices in list(self.kept.values()) if delivered else ():
            while notices:
                self.settled(told, notices.pop(), "handed_off")

    @rule(by=people)
    def somebody_takes_it(self, by: str) -> None:
        mine = next((a.id for a in self.story.case.alerts if a.party == by), None)
        if mine is not None:
            response = Response(kind=ResponseKind.ACKNOWLEDGED, way=Way.SMS, by=by)
            self.do(c.Respond(inbox=self.story.inbox(), alert=mine, response=response))

    @rule(by=people, remedy=st.sampled_from(("sought", "none_sought")))
    def two_people_resolve_it(self, by: str, remedy: str) -> None:
        self.propose(by, remedy)
        self.confirm("dia")

    @rule(
        code=st.sampled_from(CODES),
        severity=st.sampled_from(list(Severity)),
        perpetrator=st.sampled_from(PERPETRATORS),
        trouble=st.sampled_from((None, Trouble.RULE_ERRED, Trouble.PLANNING_FAILED)),
    )
    def report(
        self, code: str, severity: Severity, perpetrator: str, trouble: Trouble | None
    ) -> None:
        event = an_event(code, parties=[{"party": perpetrator, "role": "alleged_perpetrator"}])
        box = self.story.inbox()
        report = c.Report(
            event_id=f"e{box.id}",
            source="hotline",
            event=event,
            body=SECRET.encode(),
            sealed=c.SealedBox(key_id="k", ciphertext=SECRET.encode()),
            received_at=self.story.now,
        )
        candidates = planned(severity, exclusion.closure(REGISTRY, event), trouble)
        self.do(c.EventArrived(inbox=box, report=report, candidates=candidates))

    @rule(minutes=pauses)
    def time_passes(self, minutes: int) -> None:
        end = self.story.now + timedelta(minutes=minutes)
        for _ in range(200):
            due = due_at(self.story.case)
            if due is None or due > end:
                break
            self.story.now = max(self.story.now, due)
            self.do(c.Tick())
        self.story.now = end

    @rule(minutes=pauses)
    def an_outage(self, minutes: int) -> None:
        self.story.now += timedelta(minutes=minutes)
        self.do(c.Tick())

    @rule(track=tracks, by=people, named=st.booleans(), whole=st.booleans())
    def release(self, track: TrackName, by: str, named: bool, whole: bool) -> None:
        controllers = ("nordstein",) if named else ()
        more = {} if whole else {"local_partner": ""}
        self.do(self.story.a_release(track, by=by, controllers=controllers, **more))

    @rule(
        at=st.integers(min_value=0, max_value=20),
        kind=st.sampled_from(list(ResponseKind)),
        who=st.integers(min_value=0, max_value=3),
        due=st.sampled_from((None, -60, 30, 600)),
        to=st.sampled_from(("", "desk", "guardia", "nhri-qm", "somebody")),
        action=st.sampled_from((None, ActionKind.VISIT, ActionKind.LETTER)),
        effect=st.sampled_from(list(Effect)),
        condition=st.sampled_from((None, Proviso.TEXT_CLEARED)),
    )
    def answer(
        self,
        at: int,
        kind: ResponseKind,
        who: int,
        due: int | None,
        to: str,
        action: ActionKind | None,
        effect: Effect,
        condition: Proviso | None,
    ) -> None:
        """Whoever was told answers; now and then somebody of duty types it in."""
        told = [a for a in self.story.case.alerts if a.told_contacts]
        alerts = told or list(self.story.case.alerts)
        alert = alerts[at % len(alerts)]
        known = (*alert.told_contacts, "ana")
        by = known[who % len(known)]
        when = None if due is None else self.story.now + timedelta(minutes=due)
        response = Response(
            kind=kind,
            way=Way.PAGE,
            by=by,
            due=when,
            passed_on_to=to,
            action=action,
            effect=effect,
            note="vault-7",
            condition=condition,
        )
        self.do(c.Respond(inbox=self.story.inbox(), alert=alert.id, response=response))

    @rule(at=st.integers(min_value=0, max_value=20), worth=st.sampled_from(AnswerClass), by=people)
    def judge(self, at: int, worth: AnswerClass, by: str) -> None:
        """A person says what an answer is worth."""
        alert = self.story.case.alerts[at % len(self.story.case.alerts)]
        self.do(
            c.ClassAnswer(
                inbox=self.story.inbox(),
                case=self.story.case.id,
                alert=alert.id,
                by=by,
                answer_class=worth,
            )
        )

    @rule(
        at=st.integers(min_value=0, max_value=20), why=st.sampled_from(WithdrawnBecause), by=people
    )
    def withdraw(self, at: int, why: WithdrawnBecause, by: str) -> None:
        """A promise is none any more."""
        alerts = [a for a in self.story.case.alerts if a.promises] or list(self.story.case.alerts)
        self.do(
            c.WithdrawPromise(
                inbox=self.story.inbox(),
                case=self.story.case.id,
                alert=alerts[at % len(alerts)].id,
                by=by,
                reason=why,
            )
        )

    @rule(
        state=st.sampled_from(("granted", "narrowed", "revoked")),
        audiences=st.sets(tracks),
        runs_out=st.booleans(),
    )
    def consent(self, state: str, audiences: set[TrackName], runs_out: bool) -> None:
        record = a_consent(
            audiences=tuple(sorted(audiences)),
            revoked=state == "revoked",
            until=self.story.now + timedelta(hours=20) if runs_out else None,
        )
        self.story.around(consents=(record,))
        self.do(
            c.ConsentChanged(
                inbox=self.story.inbox(),
                consent=record,
                state=state,  # type: ignore[arg-type]
            )
        )

    @rule(some=st.sets(tracks), by=people, hours=st.sampled_from((None, -1, 1, 50)))
    def freeze(self, some: set[TrackName], by: str, hours: int | None) -> None:
        until = None if hours is None else self.story.now + timedelta(hours=hours)
        self.do(
            c.Freeze(
                inbox=self.story.inbox(),
                case=self.story.case.id,
                tracks=tuple(sorted(some)),
                by=by,
                until=until,
            )
        )

    @rule(track=tracks, by=people)
    def lift(self, track: TrackName, by: str) -> None:
        self.do(self.story.a_lift(track, by))

    @rule(
        at=st.integers(min_value=0, max_value=20),
        by=people,
        finish=st.booleans(),
        yes=st.booleans(),
    )
    def task(self, at: int, by: str, finish: bool, yes: bool) -> None:
        owed = self.story.case.tasks
        if not owed:
            return
        task, box, case = owed[at % len(owed)], self.story.inbox(), self.story.case.id
        if not finish:
            self.do(c.TakeTask(inbox=box, case=case, task=task.id, by=by))
            return
        result = ("yes" if yes else "no") if task.kind == "still_right" else "done"
        heard = Heard.SAFE_CHANNEL if yes else Heard.LAWYER
        self.do(c.FinishTask(inbox=box, case=case, task=task.id, by=by, result=result, heard=heard))

    @rule(by=people, remedy=st.sampled_from(("sought", "none_sought")))
    def propose(self, by: str, remedy: str) -> None:
        self.do(
            c.ProposeResolution(
                inbox=self.story.inbox(),
                case=self.story.case.id,
                by=by,
                outcome="freed",
                residual_risk="low",
                remedy=remedy,  # type: ignore[arg-type]
                heard="safe_channel",
            )
        )

    @rule(by=people)
    def confirm(self, by: str) -> None:
        self.do(self.story.a_confirmation(by))

    @rule(by=people)
    def reopen(self, by: str) -> None:
        self.do(self.story.a_reopening(by))

    @rule(gone=st.sampled_from(("", "lea", "noor", "fjord-mail")), linked=st.booleans())
    def registry_changes(self, gone: str, linked: bool) -> None:
        self.story.around(registry=registry_without(gone, links=(NEW_LINK,) if linked else ()))

    @precondition(lambda self: self.kept)
    @rule(
        at=st.integers(min_value=0, max_value=50),
        state=st.sampled_from(("handed_off", "failed_permanent", "unknown_exhausted")),
    )
    def settle(self, at: int, state: str) -> None:
        told, notices = list(self.kept.values())[-1 - at % len(self.kept)]
        if not notices:
            return
        self.settled(told, notices.pop(), state)

    def settled(self, told: f.Told | f.Rerouted, notice: f.Notice, state: str) -> None:
        self.do(
            c.Settled(
                key=notice.key,
                alert=told.alert,
                tell_no=told.tell_no,
                purpose=told.purpose.value,
                contact=notice.contact,
                endpoint=notice.endpoint,
                state=state,  # type: ignore[arg-type]
            )
        )

    @precondition(lambda self: self.kept)
    @rule(at=st.integers(min_value=0, max_value=50))
    def claim(self, at: int) -> None:
        told, notices = list(self.kept.values())[-1 - at % len(self.kept)]
        due = tuple(
            c.DueNotice(
                key=notice.key,
                alert=told.alert,
                tell_no=told.tell_no,
                purpose=told.purpose.value,
                contact=notice.contact,
                endpoint=notice.endpoint,
                decided_at=told.at,
            )
            for notice in notices
        )
        self.do(c.Claimed(notices=due))

    # -- what must hold of each decision

    def check(self, before: Case, facts: tuple[Fact, ...], command: c.CaseCommand) -> None:
        case = before
        for fact in facts:
            if isinstance(fact, f.Told):
                self.check_told(case, fact, command)
            body = dump_fact(fact)
            stored = load_fact(body)
            assert SECRET.encode() not in body
            assert dump_fact(stored) == body
            case = evolve(case, fact)
            self.replayed = evolve(self.replayed, stored)

    def check_told(self, case: Case, fact: f.Told, command: c.CaseCommand) -> None:
        alert = case.alert(fact.alert)
        assert fact.tell_no == (0 if alert is None else alert.tell_no) + 1
        assert len({n.key for n in fact.notices}) == len(fact.notices)
        if fact.track is TrackName.DUTY:
            return
        assert alert is not None
        assert not shut_out(case, fact.party), "nobody of the closure is ever told"
        if fact.purpose is Purpose.STAND_DOWN:
            assert {n.contact for n in fact.notices} <= {*alert.reached, *settled_by(command)}
            return
        state = case.track(fact.track)
        assert state is not None
        assert state.anchor_at is not None, "nothing outward before its release"
        assert not state.frozen
        assert case.status is CaseStatus.OPEN, "after Resolved only stand-downs"
        assert alert.status not in (AlertStatus.CLOSED, AlertStatus.DECLINED)
        assert fact.party not in (*case.declined, *case.conflicts)
        assert consented(case, fact.track, self.story.now)
        if state.track.gate is Gate.RELEASE_TWO:
            assert len(set(state.released_by)) >= 2

    @invariant()
    def owes_something_while_it_lives(self) -> None:
        case = self.story.case
        if case.status.alive:
            assert due_at(case) is not None

    @invariant()
    def nothing_is_left_overdue(self) -> None:
        """Firing came to an end, and firing again changes nothing."""
        draft = Draft(case=self.story.case, now=self.story.now)
        if draft.case.status is not CaseStatus.NEW:
            ladder.fire(draft)
            again = Draft(case=draft.case, now=self.story.now)
            ladder.fire(again)
            assert again.facts == []

    @invariant()
    def state_survives_storing_and_replay(self) -> None:
        case = self.story.case
        body = dump_case(case)
        assert dump_case(load_case(body)) == body
        assert replace(load_case(body), around=case.around) == case
        assert dump_case(self.replayed) == body
        assert self.replayed.version == len(self.story.facts)

    @invariant()
    def nobody_waits_in_silence(self) -> None:
        """Whoever was told and owes an answer has a clock, or a person was asked about them."""
        case = self.story.case
        if case.status is not CaseStatus.OPEN:
            return
        asked = {x.alert for x in self.story.facts if isinstance(x, f.TaskRaised)}
        for alert in case.alerts:
            if alert.track is TrackName.DUTY or alert.status is not AlertStatus.WAITING:
                continue
            assert alert.calls or alert.id in asked

    @invariant()
    def nobody_excluded_has_seen_it_without_duty_hearing_so(self) -> None:
        known = {x.alert for x in self.story.facts if isinstance(x, f.ToldBeforeExcluded)}
        known |= {x.alert for x in self.story.facts if isinstance(x, f.PassedOn)}
        for alert in self.story.case.alerts:
            shut = alert.status is AlertStatus.CLOSED and alert.reason in EXCLUDED
            if shut and alert.reason is not Reason.CONFLICT and alert.handed_off:
                assert alert.id in known

    @invariant()
    def steps_are_decided_once_and_none_is_skipped(self) -> None:
        expected: dict[TrackName, int] = {}
        for fact in self.story.facts:
            if isinstance(fact, f.TrackWoken | f.TrackReleased):
                expected[fact.track] = 0
            elif isinstance(fact, f.StepFired | f.StepSuperseded):
                assert fact.step == expected.get(fact.track, 0)
                expected[fact.track] = fact.step + 1

    @invariant()
    def state_stays_small(self) -> None:
        assert len(dump_case(self.story.case)) <= 8_192


NEW_LINK = Link(
    id="l9",
    kind=LinkKind.REPRESENTS,
    a="fjord",
    b="guardia",
    status=LinkStatus.UNVERIFIED,
    source="paper",
)


def planned(severity: Severity, closure: Closure, trouble: Trouble | None) -> Candidates:
    return Candidates(
        world="w",
        severity=severity,
        tracks=(duty.built_in(severity), *TRACKS),
        candidates=CANDIDATES,
        closure=closure,
        troubles=() if trouble is None else (trouble,),
    )


def shut_out(case: Case, party: str) -> bool:
    """Whether the closure of all events so far holds this party, and nobody lifted it."""
    entry = case.around.closure.find(party)
    lifted = (
        entry is not None
        and entry.reason is Reason.CONTROLLER_NEEDS_TWO
        and party in case.released_controllers
    )
    return entry is not None and not lifted


def settled_by(command: c.CaseCommand) -> Iterable[str]:
    return (command.contact,) if isinstance(command, c.Settled) else ()


def consented(case: Case, track: TrackName, now: datetime) -> bool:
    """Every subject's newest consent is live and covers this audience and its mode."""
    given: dict[str, Consent] = {each.pseudonym: each for each in case.around.consents}
    state = case.track(track)
    assert state is not None
    for subject in case.subjects:
        consent = given.get(subject)
        if consent is None or consent.revoked or track not in consent.audiences:
            return False
        if not state.track.mode.within(consent.mode):
            return False
        if consent.until is not None and consent.until <= now:
            return False
    return True


CaseMachine.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestAnyOrderOfEvents = CaseMachine.TestCase


def test_thirty_parties_with_two_contacts_each_fit_the_state() -> None:
    contacts = EMBASSY.contacts
    many = tuple(
        replace(
            EMBASSY,
            party=f"embassy-of-some-state-{number:02d}",
            contacts=tuple(replace(x, id=f"{x.id}-{number:02d}") for x in contacts),
        )
        for number in range(30)
    )
    story = Story().report(candidates=many)
    case = story.case
    for alert in case.alerts:
        now = story.now
        notices = tuple(
            f.Notice(key="k", endpoint=x.endpoints[0], contact=x.id) for x in alert.contacts
        )
        if alert.track.outward:
            told = f.Told(
                alert=alert.id,
                ref=alert.ref,
                track=alert.track,
                party=alert.party,
                tell_no=1,
                purpose=Purpose.TELL,
                at=now,
                notices=notices,
                answer_by=now + timedelta(hours=24),
            )
            case = evolve(case, told)
    assert sum(len(a.calls) for a in case.alerts) == 60
    assert len(dump_case(case)) <= 8_192
    assert replace(load_case(dump_case(case)), around=case.around) == case


def test_a_small_state_is_stored_as_plain_text() -> None:
    assert dump_case(Case(id="c1")) == b'{"id":"c1"}'


def test_surroundings_are_never_stored() -> None:
    case = Story().case
    assert case.around.ref_key not in dump_case(case)
    assert load_case(dump_case(case)).around.ref_key == b""
