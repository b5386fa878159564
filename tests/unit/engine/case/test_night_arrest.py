"""Scenario S1, line by line, through real matching and the core: hours, home embassy, home NHRI."""

from datetime import timedelta

import pytest

from engine.case import commands as c
from engine.case.due import due_at
from engine.case.state import CaseStatus
from rules import rulebook
from rules.candidates import World, candidates
from rules.graph import Registry
from schemas import facts as f
from schemas.codes import ActionKind, Effect, FieldName, Mode, Severity, TrackName
from schemas.contact import Contact, Endpoint, Level
from schemas.event import ThreatEvent
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind
from schemas.plan import Reason
from schemas.projection import Purpose
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import Story, a_consent, at

RULES = """
version: "1"
name: night
policies:
  quiet:
    tracks:
      missions:
        gate: release
        mode: quiet
        answer_by: {critical: 4h, high: 24h, elevated: 72h, watch: 72h}
      nhris:
        gate: release
        mode: quiet
        answer_by: {critical: 4h, high: 24h, elevated: 72h, watch: 72h}
rules:
  - id: arrest
    when: event.code in ["arrest", "summons"]
    policy: quiet
    tell:
      - {track: missions, walk: home_missions}
      - {track: nhris, walk: home_nhri}
    explain: [companies]
field_classes:
  missions: [country, act, sector, company]
  nhris: [country, act, sector, company]
duty:
  steps:
    critical: &ladder
      - {after: 0, roles: [handler]}
      - {after: 15m, roles: [second]}
      - {after: 30m, roles: [shift_lead]}
      - {after: 60m, roles: [director]}
    high:
      - {after: 0, roles: [handler]}
      - {after: 60m, roles: [second]}
      - {after: 90m, roles: [shift_lead, director]}
    elevated: *ladder
    watch: *ladder
  answer_holds_for: {critical: 30m, high: 4h, elevated: 24h, watch: 24h}
  repeat_every:
    critical: [15m, 15m, 15m, 15m, 1h]
    high: [1h, 1h, 1h, 1h, 4h]
    elevated: [4h, 4h, 4h, 4h, 1d]
    watch: [4h, 4h, 1d]
"""


def _contact(id: str, party: str, level: Level, *, hours: str = "", rank: int = 0) -> Contact:
    end = Endpoint(id=f"mail-{id}", channel="email", address=f"{id}@desk.example")
    return Contact(
        id=id, party=party, label=level.value, level=level, endpoints=(end,), hours=hours, rank=rank
    )


def _link(id: str, kind: LinkKind, a: str, b: str) -> Link:
    return Link(id=id, kind=kind, a=a, b=b, status=LinkStatus.VERIFIED, source="register")


WORLD = Registry(
    (
        Party(id="pit", kind=PartyKind.SITE, name="Cerro Pit", state="QM"),
        Party(id="minera", kind=PartyKind.COMPANY, name="Cerro Minera", state="QM"),
        Party(id="nordstein", kind=PartyKind.COMPANY, name="Nordstein", state="QN"),
        Party(id="guardia", kind=PartyKind.COMPANY, name="Guardia Sur", state="QM"),
        Party(id="police", kind=PartyKind.STATE_BODY, name="Police", state="QM"),
        Party(id="qm", kind=PartyKind.STATE, name="QM", state="QM"),
        Party(id="embassy", kind=PartyKind.MISSION, name="Embassy QN in QM", state="QN"),
        Party(id="nhri-qn", kind=PartyKind.NHRI, name="NHRI QN", state="QN", ganhri="A"),
        Party(id="nhri-qm", kind=PartyKind.NHRI, name="NHRI QM", state="QM", ganhri="B"),
    ),
    links=(
        _link("l1", LinkKind.OPERATES, "minera", "pit"),
        _link("l2", LinkKind.PARENT_OF, "nordstein", "minera"),
        _link("l3", LinkKind.CONTRACTS_SECURITY, "minera", "guardia"),
        _link("l4", LinkKind.BODY_OF, "police", "qm"),
        _link("l5", LinkKind.ACCREDITED_TO, "embassy", "qm"),
        _link("l6", LinkKind.BODY_OF, "nhri-qm", "qm"),
    ),
    contacts=(
        _contact("lea", "embassy", Level.FOCAL_POINT, hours="Mon-Fri 08:00-16:00 UTC"),
        _contact("desk", "embassy", Level.CAPITAL_DESK, rank=1),
        _contact("vik", "embassy", Level.COMMERCIAL, rank=2),
        _contact("nhri-mail", "nhri-qn", Level.GENERAL, hours="Mon-Fri 10:00-17:00 UTC"),
        _contact("nhri-qm-mail", "nhri-qm", Level.GENERAL),
        _contact("stein", "nordstein", Level.HQ_HUMAN_RIGHTS),
    ),
)


class Night(Story):
    """The story as the desk runs it: candidates come from the rulebook."""

    def __init__(self) -> None:
        consent = a_consent(
            TrackName.MISSIONS,
            TrackName.NHRIS,
            mode=Mode.QUIET,
            fields=(FieldName.COUNTRY, FieldName.SECTOR, FieldName.COMPANY),
        )
        super().__init__(registry=WORLD, consents=(consent,))
        self.rules = rulebook.load(RULES, filename="night.yaml")

    def page_answered_at(self, text: str) -> "Night":
        self.when(text).page_answered("ana")
        return self

    def event(self, code: str, **more: object) -> "Night":
        event = ThreatEvent.model_validate(
            {
                "code": code,
                "situation": "sit-1",
                "certainty": "likely",
                "sector": "mining",
                "subjects": [{"kind": "person", "pseudonym": "s1"}],
                "countries": [{"code": "QM", "role": "happened"}],
                "parties": [
                    {
                        "party": "police",
                        "role": "alleged_perpetrator",
                        "perpetrator_kind": "state",
                    },
                    {"party": "guardia", "role": "alleged_perpetrator"},
                    {"party": "pit", "role": "site"},
                ],
                **more,
            }
        )
        box = self.inbox()
        self.send(
            c.EventArrived(
                inbox=box,
                report=c.Report(
                    event_id=f"e{box.id}",
                    source="hotline",
                    event=event,
                    body=b"",
                    sealed=None,
                    received_at=self.now,
                ),
                candidates=candidates(
                    World(rulebook=self.rules, registry=WORLD), event, at=self.now
                ),
            )
        )
        return self


def _a_night_until_the_release() -> Night:
    s = Night()
    s.event("arrest").page_answered_at("Mon 22:07")
    assert s.task("first_contact").due_at == at("Tue 00:00")
    s.by("Mon 23:40").finish("first_contact")
    s.when("Mon 23:50").release(TrackName.MISSIONS).release(TrackName.NHRIS)
    s.handed_off("lea", "desk", "nhri-mail")
    return s


def _the_nine_days_that_follow(s: Night) -> Night:
    s.when("Tue 00:20").answer("desk", ResponseKind.PASSED_ON, passed_on_to="lea")
    s.when("Tue 08:30").promises("lea", ActionKind.VISIT, due="Wed 14:00")
    s.when("Tue 09:00").answer("nhri-mail", ResponseKind.ASKS)
    s.when("Tue 12:10").finish("question")
    s.when("Tue 12:40").promises("nhri-mail", ActionKind.LETTER, due="Fri 12:00")
    s.by("Tue 23:40").finish("check_in")
    s.when("Wed 18:00").handed_off("lea").when("Wed 18:20").acts("lea", Effect.POSITIVE)
    s.when("Thu 10:00")
    s.event("released_from_custody")
    s.when("Fri 11:00").acts("nhri-mail", Effect.UNKNOWN)
    s.by("9 Mar 23:40").finish("check_in")
    s.when("10 Mar 09:00").proposed("ana", remedy="sought")
    s.when("10 Mar 11:00").confirmed("chi").handed_off("lea", "desk", "nhri-mail")
    return s


def test_s1_ana_is_paged_once_and_the_right_ones_are_told_in_the_same_minute() -> None:
    s = _a_night_until_the_release()
    assert s.case.severity is Severity.HIGH
    assert s.pages() == [("Mon 22:00", "ana")], "neither at 23:00 nor at 23:30"
    assert s.asked() == [("Mon 23:50", "lea+desk"), ("Mon 23:50", "nhri-mail")]
    task = s.task("phone_at_opening")
    assert (task.owner, task.due_at) == ("ana", at("Tue 10:00"))


def test_s1_who_is_left_out_and_why() -> None:
    withheld = _a_night_until_the_release().withheld()
    assert {party: withheld[party] for party in ("guardia", "minera", "pit")} == dict.fromkeys(
        ("guardia", "minera", "pit"), Reason.PERPETRATOR_CLOSURE
    )
    assert withheld["nordstein"] is Reason.CONSENT_AUDIENCE
    assert withheld["vik"] is Reason.LEVEL
    assert withheld["nhri-qm"] is Reason.STATE_OF_PERPETRATOR


def test_s1_a_question_in_the_morning_is_anas_with_four_hours() -> None:
    s = _a_night_until_the_release()
    s.when("Tue 00:20").answer("desk", ResponseKind.PASSED_ON, passed_on_to="lea")
    assert not s.told(last=True), "Lea was told already"
    s.when("Tue 09:00").answer("nhri-mail", ResponseKind.ASKS)
    assert (s.task("question").owner, s.task("question").due_at) == ("ana", at("Tue 13:00"))
    assert not s.owes("phone_at_opening")


def test_s1_nothing_else_is_sent_until_it_is_resolved_by_two() -> None:
    s = _the_nine_days_that_follow(_a_night_until_the_release())
    assert s.pages() == [("Mon 22:00", "ana"), ("Wed 18:00", "ana")]
    assert s.asked() == [
        ("Mon 23:50", "lea+desk"),
        ("Mon 23:50", "nhri-mail"),
        ("Wed 18:00", "lea"),
        ("Wed 11:00", "lea+desk"),
        ("Wed 11:00", "nhri-mail"),
    ]
    assert s.told(purpose=Purpose.ASK_OUTCOME) == ["lea"]
    assert s.told(purpose=Purpose.STAND_DOWN) == ["lea", "desk", "nhri-mail"]
    checks = [x.due_at for x in s.of(f.TaskRaised) if x.task_kind == "check_in"]
    assert checks == [at("Tue 23:40"), at("9 Mar 23:40"), at("16 Mar 23:40")]


def test_s1_it_is_watched_to_the_ninth_of_april_with_the_remedy_owed() -> None:
    s = _the_nine_days_that_follow(_a_night_until_the_release())
    assert s.case.status is CaseStatus.MONITORED
    assert s.case.monitored_until == at("9 Apr 11:00")
    assert (s.task("remedy").owner, s.task("remedy").due_at) == ("ana", at("9 Apr 11:00"))


def test_s1_a_summons_while_watched_reopens_it_frozen_and_pages_as_critical() -> None:
    s = _the_nine_days_that_follow(_a_night_until_the_release()).when("20 Mar 07:00")
    messages = len(s.of(f.Told))
    assert isinstance(s, Night)
    s.event("summons")
    assert s.case.status is CaseStatus.OPEN
    assert s.of(f.ReprisalSuspected)
    assert s.case.severity is Severity.CRITICAL
    assert s.pages()[-1] == ("Sat 07:00", "ana")
    assert len(s.of(f.Told)) == messages + 1, "nothing else was sent"
    assert all(t.frozen and t.lift_needs_two for t in s.case.tracks if t.track.name.outward)
    assert due_at(s.case) == at("20 Mar 07:15")


@pytest.mark.parametrize("days", [29, 31])
def test_s1_a_summons_after_the_window_is_no_reprisal_of_the_old_notice(days: int) -> None:
    s = Night()
    s.event("arrest").page_answered("ana").release(TrackName.MISSIONS).handed_off("lea", "desk")
    s.acts("lea").until(s.now + timedelta(days=days))
    s.event("summons")
    assert bool(s.of(f.ReprisalSuspected)) is (days == 29)
