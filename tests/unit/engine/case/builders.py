"""A small invented world, and `Story`: a case that commands happen to at given times."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from engine.case import commands as c
from engine.case import ids
from engine.case.around import Around
from engine.case.decide import Refusal, run
from engine.case.due import due_at
from engine.case.state import Alert, Case, Task, TrackState
from rules import duty, exclusion
from rules.graph import Registry
from schemas import facts as f
from schemas.codes import ActionKind, Certainty, Effect, Heard, Mode, Severity, TrackName
from schemas.contact import Contact, Endpoint, Level
from schemas.event import ThreatEvent
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind
from schemas.plan import (
    Anchor,
    Candidate,
    Candidates,
    ContactRef,
    Gate,
    Hop,
    Reason,
    Spread,
    Step,
    Track,
    Until,
)
from schemas.projection import Purpose
from schemas.responses import RefusedBecause, Response, ResponseKind, Way
from schemas.roster import DutyPerson, Role, Roster, Shift
from schemas.safeguards import Basis, Consent, Hold, HoldReason
from tests.harness.records import for_companies

F = TypeVar("F")

HOUR = 3_600
SUBJECT = "hotline/s1"
SECRET = "Zebrafinch-of-Nowhere"
"""Stands in every sealed text of these tests; no fact may ever hold it."""
OFFICE_HOURS = "Mon-Fri 08:00-16:00 UTC"


def at(text: str) -> datetime:
    """`Mon 22:00` in the week of 1 March 2027, or `20 Mar 07:00`."""
    day, clock = text.rsplit(" ", 1)
    hour, minute = (int(part) for part in clock.split(":"))
    week = {"Mon": 1, "Tue": 2, "Wed": 3, "Thu": 4, "Fri": 5, "Sat": 6, "Sun": 7}
    if day in week:
        return datetime(2027, 3, week[day], tzinfo=UTC) + timedelta(hours=hour, minutes=minute)
    number, month = day.split()
    months = {"Mar": 3, "Apr": 4, "May": 5}
    start = datetime(2027, months[month], int(number), tzinfo=UTC)
    return start + timedelta(hours=hour, minutes=minute)


# --- who there is


def _contact(id: str, party: str, level: Level, *, hours: str = "", rank: int = 0) -> Contact:
    ways = ("email", "sms") if id in ("lea", "noor") else ("email",)
    ends = tuple(
        Endpoint(id=f"{way}-{id}", channel=way, address=f"{id}@desk.example") for way in ways
    )
    return Contact(
        id=id, party=party, label=level.value, level=level, endpoints=ends, hours=hours, rank=rank
    )


PARTIES = (
    Party(id="pit", kind=PartyKind.SITE, name="Cerro Pit", state="QM"),
    Party(id="minera", kind=PartyKind.COMPANY, name="Cerro Minera", state="QM"),
    Party(id="nordstein", kind=PartyKind.COMPANY, name="Nordstein", state="QN"),
    Party(id="guardia", kind=PartyKind.COMPANY, name="Guardia Sur", state="QM"),
    Party(id="police", kind=PartyKind.STATE_BODY, name="Police", state="QM"),
    Party(id="state-qm", kind=PartyKind.STATE, name="QM", state="QM"),
    Party(id="embassy", kind=PartyKind.MISSION, name="Embassy QN", state="QN"),
    Party(id="nhri-qn", kind=PartyKind.NHRI, name="NHRI QN", state="QN", ganhri="A"),
    Party(id="nhri-qm", kind=PartyKind.NHRI, name="NHRI QM", state="QM", ganhri="B"),
    Party(id="haldane", kind=PartyKind.COMPANY, name="Haldane", state="QS"),
    Party(id="fjord", kind=PartyKind.INVESTOR, name="Fjord Pension", state="QS"),
    Party(id="bright", kind=PartyKind.INVESTOR, name="Brightwater", state="QS"),
)
LINKS = (
    Link(
        id="l1",
        kind=LinkKind.OPERATES,
        a="minera",
        b="pit",
        status=LinkStatus.VERIFIED,
        source="register",
    ),
    Link(
        id="l2",
        kind=LinkKind.PARENT_OF,
        a="nordstein",
        b="minera",
        status=LinkStatus.VERIFIED,
        source="register",
    ),
    Link(
        id="l3",
        kind=LinkKind.CONTRACTS_SECURITY,
        a="minera",
        b="guardia",
        status=LinkStatus.VERIFIED,
        source="report",
    ),
    Link(
        id="l4",
        kind=LinkKind.BODY_OF,
        a="police",
        b="state-qm",
        status=LinkStatus.VERIFIED,
        source="law",
    ),
)
CONTACTS = (
    _contact("lea", "embassy", Level.FOCAL_POINT, hours=OFFICE_HOURS),
    _contact("desk", "embassy", Level.CAPITAL_DESK, rank=1),
    _contact("vik", "embassy", Level.COMMERCIAL, rank=2),
    _contact("nhri-mail", "nhri-qn", Level.GENERAL, hours="daily 10:00-18:00 UTC"),
    _contact("noor", "haldane", Level.HQ_HUMAN_RIGHTS),
    _contact("omar", "haldane", Level.HQ_HUMAN_RIGHTS, rank=1),
    _contact("stein", "nordstein", Level.HQ_HUMAN_RIGHTS),
    _contact("fjord-mail", "fjord", Level.FOCAL_POINT),
    _contact("bright-mail", "bright", Level.FOCAL_POINT),
    _contact("bright-deputy", "bright", Level.DEPUTY, rank=1),
)
REGISTRY = Registry(PARTIES, links=LINKS, contacts=CONTACTS)


def registry_without(*contacts: str, links: tuple[Link, ...] = ()) -> Registry:
    """The same world after somebody changed the registry."""
    kept = tuple(each for each in CONTACTS if each.id not in contacts)
    return Registry(PARTIES, links=(*LINKS, *links), contacts=kept)


def _person(id: str) -> DutyPerson:
    return DutyPerson(id=id, label=id.title(), endpoints=(f"sms:{id}-sms", f"email:{id}-mail"))


ROSTER = Roster(
    version="r1",
    people=tuple(_person(id) for id in ("ana", "ben", "chi", "dia")),
    shifts=(
        Shift(role=Role.HANDLER, person="ana"),
        Shift(role=Role.SECOND, person="ben"),
        Shift(role=Role.SHIFT_LEAD, person="chi"),
        Shift(role=Role.DIRECTOR, person="dia"),
    ),
    floor=DutyPerson(id="eve", label="Eve", endpoints=("sms:eve-sms", "email:eve-mail")),
)


# --- what is planned

_ANSWER_BY = {
    Severity.CRITICAL: 4 * HOUR,
    Severity.HIGH: 24 * HOUR,
    Severity.ELEVATED: 72 * HOUR,
    Severity.WATCH: 72 * HOUR,
}


def outward(
    name: TrackName,
    *,
    gate: Gate = Gate.RELEASE,
    spread: Spread = Spread.ALL,
    severity: Severity = Severity.HIGH,
    mode: Mode = Mode.QUIET,
    offsets: tuple[int, ...] = (0,),
    until: Until = Until.ACTED,
) -> Track:
    """An outward track with the default times of this severity."""
    return Track(
        name=name,
        gate=gate,
        mode=mode,
        anchor=Anchor.RELEASED,
        steps=tuple(Step(offset=offset, spread=spread) for offset in offsets),
        until=until,
        answer_by=_ANSWER_BY[severity],
        answer_holds_for=_ANSWER_BY[severity],
        repeat_every=(),
        ask="reply",
    )


def found(party: str, track: TrackName, *, rank: int = 0) -> Candidate:
    """This party as a walk finds it, with the contacts a rule may address."""
    refs = tuple(
        ContactRef(
            id=contact.id,
            level=contact.level.value,
            endpoints=tuple(f"{end.channel}:{end.id}" for end in contact.endpoints),
            hours=contact.hours,
        )
        for contact in REGISTRY.contacts(party)
        if contact.level.automatic
    )
    hop = Hop(kind="accredited_to", a=party, b="QM")
    return Candidate(party=party, track=track, path=(hop,), contacts=refs, rank=rank)


EMBASSY = found("embassy", TrackName.MISSIONS)
NHRI = found("nhri-qn", TrackName.NHRIS)
HALDANE = found("haldane", TrackName.COMPANIES)
NORDSTEIN = found("nordstein", TrackName.COMPANIES, rank=1)
FJORD = found("fjord", TrackName.INVESTORS)
BRIGHT = found("bright", TrackName.INVESTORS, rank=1)

TRACKS = (
    outward(TrackName.MISSIONS),
    outward(TrackName.NHRIS),
    outward(TrackName.COMPANIES, gate=Gate.RELEASE_TWO, mode=Mode.PRIVATE),
    outward(TrackName.INVESTORS, spread=Spread.NEXT),
)


def an_event(code: str = "arrest", **changes: Any) -> ThreatEvent:
    """An arrest by Guardia Sur in QM, likely."""
    return ThreatEvent.model_validate(
        {
            "code": code,
            "situation": "sit-1",
            "certainty": "likely",
            "subjects": [{"kind": "person", "pseudonym": "s1"}],
            "parties": [{"party": "guardia", "role": "alleged_perpetrator"}],
            "countries": [{"code": "QM", "role": "happened"}],
            **changes,
        }
    )


def a_consent(*audiences: TrackName, **changes: Any) -> Consent:
    """What the subject allows: these audiences, privately, unless changed."""
    given = Consent(
        id="consent-1",
        pseudonym=SUBJECT,
        audiences=audiences or OUTWARD,
        mode=Mode.PRIVATE,
        basis=Basis.PERSON,
        given_at=at("Mon 21:00"),
    )
    return replace(given, **changes)


OUTWARD = (TrackName.MISSIONS, TrackName.NHRIS, TrackName.COMPANIES, TrackName.INVESTORS)


_ENOUGH = 8
"""So many facts of a kind are written down and read again; a ladder of years fires thousands."""

_SAYS_IT_ALL = {
    RefusedBecause.UNKNOWN_CASE,
    RefusedBecause.UNKNOWN_ALERT,
    RefusedBecause.NO_SUCH_TRACK,
    RefusedBecause.ALREADY_ANSWERED,
    RefusedBecause.STALE,
}
"""Reasons that need no more words than every door has for them."""

_SENTENCE = re.compile(r"([a-z][a-z0-9_]*: \S|[A-Z0-9]).*\.")
_CODES = re.compile(r"(preflight: )?[a-z][a-z0-9_]*((, |/)[a-z][a-z0-9_]*)*")
_NOBODY_READS = re.compile(r"\bNone\b|(?!UTC\b|TC-)\b[A-Z]{2}")


def in_words(refusal: Refusal) -> Refusal:
    """The same; whoever is refused can read why.

    A sentence, behind what of the form or whom it is about; or codes that doors have words for.
    """
    words = refusal.detail
    assert isinstance(refusal.reason, RefusedBecause)
    assert words if refusal.reason not in _SAYS_IT_ALL else words is not None
    kind = _SENTENCE if words.endswith(".") else _CODES
    assert not words or (kind.fullmatch(words) and not _NOBODY_READS.search(words)), words
    return refusal


class Story:
    """A case and everything that was decided about it, one command after the other."""

    def __init__(
        self,
        *,
        now: datetime | None = None,
        registry: Registry = REGISTRY,
        roster: Roster = ROSTER,
        consents: tuple[Consent, ...] | None = None,
    ) -> None:
        self.now = now or at("Mon 22:00")
        self.facts: list[f.Fact] = []
        self.last: tuple[f.Fact, ...] = ()
        self._serial = 0
        self._written: Counter[type] = Counter()
        self.case = Case(
            id=ids.case_id("hotline", "sit-1", 0),
            around=Around(
                registry=registry,
                roster=roster,
                consents=(a_consent(),) if consents is None else consents,
                ref_key=b"key of these tests",
            ),
        )

    # -- time and commands

    def when(self, text: str) -> "Story":
        """Let time pass to this moment, firing whatever is due on the way."""
        return self.until(at(text))

    def until(self, moment: datetime) -> "Story":
        while (due := due_at(self.case)) is not None and due <= moment:
            self.now = max(self.now, due)
            self.send(c.Tick())
        self.now = moment
        return self

    def by(self, text: str) -> "Story":
        """Let time pass up to this moment; what falls due at it waits for the next command."""
        self.until(at(text) - timedelta(microseconds=1))
        self.now = at(text)
        return self

    def after(self, **pause: float) -> "Story":
        return self.until(self.now + timedelta(**pause))

    def outage(self, **pause: float) -> "Story":
        """Nothing runs for a while; then everything overdue is decided at once."""
        self.now += timedelta(**pause)
        return self.send(c.Tick())

    def send(self, command: c.CaseCommand) -> "Story":
        self.case, self.last = run(self.case, command, self.now)
        for fact in self.last:
            self._written[type(fact)] += 1
            if self._written[type(fact)] <= _ENOUGH:
                body = f.dump_fact(fact)
                assert f.dump_fact(f.load_fact(body)) == body, "the journal keeps something else"
        self.facts.extend(self.last)
        return self

    def refused(self, command: c.CaseCommand) -> Refusal:
        """The refusal this command meets; nothing may change by it."""
        before = self.case
        try:
            self.send(command)
        except Refusal as refusal:
            assert self.case is before
            return in_words(refusal)
        raise AssertionError(f"{command} was carried out")

    def inbox(self) -> c.Inbox:
        self._serial += 1
        return c.Inbox(source="tests", id=str(self._serial), digest="0" * 64)

    def around(self, **changes: Any) -> "Story":
        self.case = replace(self.case, around=replace(self.case.around, **changes))
        return self

    # -- what happens to the case

    def report(
        self,
        event: ThreatEvent | None = None,
        *,
        severity: Severity = Severity.HIGH,
        tracks: tuple[Track, ...] = TRACKS,
        candidates: tuple[Candidate, ...] = (EMBASSY, NHRI, HALDANE, FJORD, BRIGHT),
        house: str = "",
        **more: Any,
    ) -> "Story":
        """An event of this case arrives, with what its rules lead to.

        `house`: the party that runs the publisher.
        """
        event = event or an_event()
        self._serial += 1
        closure = more.pop("closure", None)
        if closure is None:
            closure = exclusion.closure(self.case.around.registry, event)
        return self.send(
            c.EventArrived(
                inbox=self.inbox(),
                report=c.Report(
                    event_id=ids.event_id("hotline", str(self._serial)),
                    source="hotline",
                    event=event,
                    body=SECRET.encode(),
                    sealed=c.SealedBox(key_id="k", ciphertext=SECRET.encode()),
                    received_at=self.now,
                    source_party=house,
                ),
                candidates=Candidates(
                    world="w1",
                    severity=severity,
                    policy="default",
                    rules=("arrest",),
                    tracks=(duty.built_in(severity), *tracks),
                    candidates=candidates,
                    closure=closure,
                    **more,
                ),
            )
        )

    def page_answered(self, person: str = "ana", kind: str = "acknowledged") -> "Story":
        return self.answer(person, ResponseKind(kind), alert=self.duty(person).id)

    def release(
        self,
        track: TrackName,
        *,
        by: str = "ana",
        controllers: tuple[str, ...] = (),
        **changes: Any,
    ) -> "Story":
        return self.send(self.a_release(track, by=by, controllers=controllers, **changes))

    def a_release(
        self,
        track: TrackName,
        *,
        by: str = "ana",
        controllers: tuple[str, ...] = (),
        **changes: Any,
    ) -> c.Release:
        record = c.ReleaseRecord(
            id="rec-1",
            why="protect_now",
            reprisal_forecast="low",
            wishes_read=True,
        )
        if track is TrackName.COMPANIES:
            record = replace(record, **for_companies(self.now, partner="partner-1"))
        return c.Release(
            inbox=self.inbox(),
            case=self.case.id,
            track=track,
            by=by,
            record=replace(record, **changes),
            controllers=controllers,
        )

    def answer(
        self,
        by: str,
        kind: ResponseKind,
        *,
        alert: str = "",
        way: Way = Way.PAGE,
        due: str | datetime | None = None,
        **more: Any,
    ) -> "Story":
        return self.send(self.an_answer(by, kind, alert=alert, way=way, due=due, **more))

    def an_answer(
        self,
        by: str,
        kind: ResponseKind,
        *,
        alert: str = "",
        way: Way = Way.PAGE,
        due: str | datetime | None = None,
        **more: Any,
    ) -> c.Respond:
        when = at(due) if isinstance(due, str) else due
        return c.Respond(
            inbox=self.inbox(),
            alert=alert or self.alert_of_contact(by).id,
            response=Response(kind=kind, way=way, by=by, due=when, **more),
        )

    def promises(
        self, by: str, action: ActionKind, *, due: str | datetime, alert: str = ""
    ) -> "Story":
        return self.answer(by, ResponseKind.COMMITTED, due=due, action=action, alert=alert)

    def acts(self, by: str, effect: Effect = Effect.POSITIVE, **more: Any) -> "Story":
        return self.answer(by, ResponseKind.ACTED, effect=effect, **more)

    def consent(self, state: Any, *records: Consent) -> "Story":
        """The subject's consent changed; the desk attaches the new record first."""
        self.around(consents=records)
        return self.send(c.ConsentChanged(inbox=self.inbox(), consent=records[0], state=state))

    def freeze(self, *tracks: TrackName, by: str = "ana", until: str = "") -> "Story":
        return self.send(
            c.Freeze(
                inbox=self.inbox(),
                case=self.case.id,
                tracks=tracks,
                by=by,
                until=at(until) if until else None,
            )
        )

    def lift(self, track: TrackName, by: str) -> "Story":
        return self.send(self.a_lift(track, by))

    def lifted(self, track: TrackName) -> "Story":
        """Two people let a frozen track go on."""
        return self.lift(track, "ana").lift(track, "ben")

    def hold(
        self, *parties: str, until: str, by: str = "ana", id: str = "hold-1", **scope: Any
    ) -> "Story":
        return self.send(self.a_hold(*parties, until=until, by=by, id=id, **scope))

    def a_hold(
        self, *parties: str, until: str, by: str = "ana", id: str = "hold-1", **scope: Any
    ) -> c.PlaceHold:
        hold = Hold(
            id=id, until=at(until), by=by, reason=HoldReason.TALKS, parties=parties, **scope
        )
        return c.PlaceHold(inbox=self.inbox(), case=self.case.id, hold=hold)

    def a_hold_lift(self, by: str, id: str = "hold-1") -> c.LiftHold:
        return c.LiftHold(inbox=self.inbox(), case=self.case.id, hold=id, by=by)

    def a_lift(self, track: TrackName, by: str) -> c.Lift:
        return c.Lift(inbox=self.inbox(), case=self.case.id, track=track, by=by)

    def take(self, kind: str, by: str, **of: str) -> "Story":
        task = self.task(kind, **of)
        return self.send(c.TakeTask(inbox=self.inbox(), case=self.case.id, task=task.id, by=by))

    def finish(
        self,
        kind: str,
        by: str = "ana",
        result: str = "done",
        heard: Heard | None = Heard.SAFE_CHANNEL,
        **of: str,
    ) -> "Story":
        return self.send(self.a_finish(kind, by, result, heard, **of))

    def a_finish(
        self,
        kind: str,
        by: str = "ana",
        result: str = "done",
        heard: Heard | None = Heard.SAFE_CHANNEL,
        **of: str,
    ) -> c.FinishTask:
        """With what a check-in needs besides: the person was heard on the safe channel."""
        task = self.task(kind, **of)
        return c.FinishTask(
            inbox=self.inbox(), case=self.case.id, task=task.id, by=by, result=result, heard=heard
        )

    def a_task_by_hand(self, due_at: datetime, *, by: str = "ana", **more: Any) -> c.AddTask:
        return c.AddTask(
            inbox=self.inbox(),
            case=self.case.id,
            by=by,
            due_at=due_at,
            note=more.pop("note", "vault-1"),
            **more,
        )

    def proposed(self, by: str = "ana", remedy: Any = "none_sought") -> "Story":
        return self.send(
            c.ProposeResolution(
                inbox=self.inbox(),
                case=self.case.id,
                by=by,
                outcome="freed",
                residual_risk="low",
                remedy=remedy,
                heard="safe_channel",
            )
        )

    def confirmed(self, by: str = "chi") -> "Story":
        return self.send(self.a_confirmation(by))

    def a_confirmation(self, by: str = "chi") -> c.ConfirmResolution:
        return c.ConfirmResolution(inbox=self.inbox(), case=self.case.id, by=by)

    def reviewed(self, by: str = "ana", **more: Any) -> "Story":
        return self.send(self.a_review(by, **more))

    def a_review(self, by: str = "ana", **more: Any) -> c.ReviewCase:
        return c.ReviewCase(
            inbox=self.inbox(), case=self.case.id, by=by, lesson=f.Lesson.WENT_WELL, **more
        )

    def stands(
        self, *, until: datetime, by: str = "ana", agreed: str = "chi", **more: Any
    ) -> "Story":
        """Two people let it stand until this review."""
        self.send(self.a_standing(until=until, by=by, **more))
        return self.send(self.a_standing_agreed(agreed))

    def a_standing(self, *, until: datetime, by: str = "ana", **more: Any) -> c.ProposeStanding:
        why = more.pop("why", f.WhyStanding.SENTENCE)
        return c.ProposeStanding(
            inbox=self.inbox(), case=self.case.id, by=by, why=why, review_at=until, **more
        )

    def a_standing_agreed(self, by: str = "chi") -> c.ConfirmStanding:
        return c.ConfirmStanding(inbox=self.inbox(), case=self.case.id, by=by)

    def standing_ended(self, by: str = "ben") -> "Story":
        return self.send(c.EndStanding(inbox=self.inbox(), case=self.case.id, by=by))

    def reopened(self, by: str = "ana") -> "Story":
        return self.send(self.a_reopening(by))

    def a_reopening(self, by: str = "ana") -> c.Reopen:
        return c.Reopen(inbox=self.inbox(), case=self.case.id, by=by)

    # -- what the sender does

    def handed_off(self, *contacts: str) -> "Story":
        """The newest message to each of these was accepted by the next hop."""
        for contact in contacts:
            self.settled(contact, "handed_off")
        return self

    def bounced(self, contact: str, *, purpose: Purpose | None = None) -> "Story":
        return self.settled(contact, "failed_permanent", purpose=purpose)

    def settled(self, contact: str, state: Any, *, purpose: Purpose | None = None) -> "Story":
        told, notice = self._notice(contact, purpose)
        return self.send(
            c.Settled(
                key=notice.key,
                alert=told.alert,
                tell_no=told.tell_no,
                purpose=told.purpose.value,
                contact=contact,
                endpoint=notice.endpoint,
                state=state,
            )
        )

    def claimed(self, *contacts: str, purpose: Purpose | None = None) -> "Story":
        """The sender is about to send the newest message to each of these."""
        due = []
        for contact in contacts:
            told, notice = self._notice(contact, purpose)
            due.append(
                c.DueNotice(
                    key=notice.key,
                    alert=told.alert,
                    tell_no=told.tell_no,
                    purpose=told.purpose.value,
                    contact=contact,
                    endpoint=notice.endpoint,
                    decided_at=told.at,
                )
            )
        return self.send(c.Claimed(notices=tuple(due)))

    def _notice(
        self, contact: str, purpose: Purpose | None
    ) -> tuple[f.Told | f.Rerouted, f.Notice]:
        for fact in reversed(self.facts):
            if isinstance(fact, f.Told | f.Rerouted) and purpose in (None, fact.purpose):
                for notice in reversed(fact.notices):
                    if notice.contact == contact:
                        return fact, notice
        raise AssertionError(f"nothing was ever decided for {contact}")

    # -- what is asked of it

    def track(self, name: TrackName) -> TrackState:
        state = self.case.track(name)
        assert state is not None
        return state

    def alert(self, party: str) -> Alert:
        return next(a for a in self.case.alerts if a.party == party)

    def duty(self, person: str) -> Alert:
        return next(a for a in self.case.alerts if a.party == person and a.track is TrackName.DUTY)

    def alert_of_contact(self, contact: str) -> Alert:
        return next(a for a in self.case.alerts if any(ref.id == contact for ref in a.contacts))

    def task(self, kind: str, **of: str) -> Task:
        match = [
            t
            for t in self.case.tasks
            if t.kind == kind and all(getattr(t, key) == value for key, value in of.items())
        ]
        assert len(match) == 1, f"{kind}: {[t.kind for t in self.case.tasks]}"
        return match[0]

    def owes(self, kind: str, **of: str) -> bool:
        return any(
            t.kind == kind and all(getattr(t, key) == value for key, value in of.items())
            for t in self.case.tasks
        )

    def of(self, kind: type[F], *, last: bool = False) -> list[F]:
        """All facts of this kind, or those of the last command."""
        return [x for x in (self.last if last else self.facts) if isinstance(x, kind)]

    def told(
        self, *, last: bool = False, purpose: Purpose | None = None, duty: bool = False
    ) -> list[str]:
        """Contacts told, in order: outward ones, or those of duty."""
        return [
            notice.contact
            for fact in self.of(f.Told, last=last)
            if (fact.track is TrackName.DUTY) is duty and purpose in (None, fact.purpose)
            for notice in {n.contact: n for n in fact.notices}.values()
        ]

    def paged(self, *, last: bool = False) -> list[str]:
        """Who of duty was told, in order."""
        return self.told(last=last, duty=True)

    def pages(self) -> list[tuple[str, str]]:
        """Who of duty was told, with the time, as `Mon 22:00`."""
        return [
            (fact.at.strftime("%a %H:%M"), fact.party)
            for fact in self.of(f.Told)
            if fact.track is TrackName.DUTY
        ]

    def asked(self) -> list[tuple[str, str]]:
        """Outward rounds, with the time: `Mon 23:50`, and who."""
        return [
            (fact.at.strftime("%a %H:%M"), "+".join(n.contact for n in fact.notices))
            for fact in self.of(f.Told)
            if fact.track is not TrackName.DUTY
        ]

    def withheld(self) -> dict[str, Reason]:
        """Parties and contacts that planning left out, with the reason."""
        return {
            each.contact or each.party: each.reason
            for plan in self.of(f.Planned)
            for each in plan.withheld
        }


def a_case(severity: Severity = Severity.HIGH, **changes: Any) -> Story:
    """A case that opened on Monday at 22:00 and paged Ana."""
    return Story(**changes).report(severity=severity)


def a_told_case(*tracks: TrackName) -> Story:
    """Ana took it at 22:07 and released these tracks at 22:30; every message left."""
    story = a_case().when("Mon 22:07").page_answered().when("Mon 22:30")
    for name in tracks or (TrackName.MISSIONS,):
        story.release(name)
        for contact in story.told(last=True):
            story.handed_off(contact)
    return story


__all__ = ["Certainty", "Refusal", "RefusedBecause", "Story", "a_case", "a_told_case", "at"]
