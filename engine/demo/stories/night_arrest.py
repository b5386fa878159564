"""S1, the night arrest: hours, home embassy, home NHRI, remedy, reopening."""

from typing import Any

from engine.case.state import CaseStatus
from engine.demo.stories.failing import expect
from engine.demo.stories.inbox import Inbox
from engine.demo.stories.moments import said_at
from engine.demo.stories.places import OFFICE, contact, faro, link, party, place
from engine.demo.stories.reports import consent, report
from engine.demo.stories.scene import ASKED, Scene, shipped_with
from engine.demo.stories.teller import Teller
from schemas import facts as f
from schemas.codes import Severity, TrackName

CERRO = place(
    parties=[
        party("cerro-pit", "site", "QM"),
        party("cerro-minera", "company", "QM"),
        party("nordstein", "company", "QN"),
        party("guardia-sur", "company", "QM"),
        party("police-qm", "state_body", "QM"),
        party("state-qm", "state", "QM"),
        party("state-qn", "state", "QN"),
        party("embassy-qn", "mission", "QN"),
        party("nhri-qn", "nhri", "QN", ganhri="A"),
        party("nhri-qm", "nhri", "QM", ganhri="B"),
    ],
    links=[
        link("cerro-minera", "operates", "cerro-pit"),
        link("nordstein", "parent_of", "cerro-minera"),
        link("cerro-minera", "contracts_security", "guardia-sur"),
        link("police-qm", "body_of", "state-qm"),
        link("embassy-qn", "accredited_to", "state-qm"),
    ],
    contacts=[
        contact("lea", "embassy-qn", "focal_point", hours=OFFICE),
        contact("vik", "embassy-qn", "commercial", rank=1),
        contact("capital-desk", "embassy-qn", "capital_desk", rank=2),
        contact("nhri-qn-mailbox", "nhri-qn", hours="Mon-Fri 10:00-17:00 UTC"),
        contact("nhri-qm-mailbox", "nhri-qm"),
        contact("nordstein-hq", "nordstein", "hq_human_rights"),
        contact("cerro-office", "cerro-minera", "country_office"),
        contact("guardia-office", "guardia-sur"),
    ],
)
"""A pit, its operator, the holding; a guard firm; the home state's embassy and NHRI."""

ARREST = (
    '{id: arrest, when: event.code == "arrest", policy: default, tell: ['
    "{track: missions, walk: home_missions}, {track: nhris, walk: home_nhri}],"
    " explain: [companies]}"
)


async def tell(story: Teller) -> None:
    """From the first page to the reprisal."""
    await _the_night(story)
    await _the_next_day(story)
    await _the_visit(story)
    await _the_end_and_after(story)


async def _the_night(story: Teller) -> None:
    ana, lea, capital, nhri = _who(story)
    story.say("A defender is arrested by the police, with the guards of the pit beside them.")
    await story.publish(
        report(
            "arrest",
            id="arrest-1",
            parties={
                "police-qm": "alleged_perpetrator",
                "guardia-sur": "alleged_perpetrator",
                "cerro-pit": "site",
            },
            consent=[
                consent("missions", "nhris", mode="quiet", fields=["country", "sector", "company"])
            ],
            sector="mining",
        )
    )
    ana.expects("Tocsin HIGH", "new case")
    await story.until("22:07")
    await ana.replies("1")

    await story.until("23:40")  # 23:00 and 23:30 nobody is paged
    expect(said_at(story.task("first_contact").due_at) == "Tue 02 Mar 00:00", "first contact")
    await story.finish("first_contact", by="Ana")
    await story.until("23:50")
    await story.release("missions", by="Ana")
    await story.release("nhris", by="Ana")
    lea.expects(ASKED, at="23:50")
    capital.expects(ASKED, at="23:50")
    nhri.expects(ASKED, at="23:50")
    story.task("phone_at_opening", party="nhri-qn")

    story.withheld("guardia-sur", reason="perpetrator_closure")
    story.withheld("cerro-minera", reason="perpetrator_closure")
    story.withheld("cerro-pit", reason="perpetrator_closure")
    story.withheld("nordstein", reason="consent_audience")
    story.withheld("vik", reason="level")
    story.withheld("nhri-qm", reason="state_of_perpetrator")


async def _the_next_day(story: Teller) -> None:
    _, lea, capital, nhri = _who(story)
    await story.until("Tue 00:20")
    await capital.answers("passed_on", to="lea")
    await story.until("Tue 08:30")
    await lea.answers("committed", action="visit", due="Wed 14:00")
    await story.until("Tue 09:00")
    await nhri.answers("asks")
    story.owes("check_in", "question")  # whoever writes need not be phoned
    question = story.task("question")
    expect(
        (question.owner, said_at(question.due_at)) == ("person:ana", "Tue 02 Mar 13:00"), question
    )
    await story.until("Tue 12:10")
    await story.finish("question", by="Ana")
    await story.until("Tue 12:40")
    await nhri.answers("committed", action="letter", due="Fri 12:00")
    await story.until("Tue 23:39")  # a minute before it is due, so nobody is reminded
    await story.finish("check_in", by="Ana")
    expect(said_at(story.task("check_in").due_at) == "Tue 09 Mar 23:39", story.task("check_in"))


async def _the_visit(story: Teller) -> None:
    ana, lea, _, nhri = _who(story)
    await story.until("Wed 18:00")
    lea.expects("How did it go?", purpose="ask_outcome", at="Wed 18:00")
    ana.expects("promise overdue", purpose="task", at="Wed 18:00")
    await story.until("Wed 18:20")
    await lea.answers("acted", action="visit", effect="positive")

    await story.until("Thu 10:00")
    story.say("They are out. What was done to them is not undone by it: the case stays open.")
    await story.publish(report("released_from_custody", id="released-1"))
    expect(story.case().status is CaseStatus.OPEN, "a release closes nothing")
    await story.until("Fri 11:00")
    await nhri.answers("acted", action="letter")


async def _the_end_and_after(story: Teller) -> None:
    ana, lea, capital, nhri = _who(story)
    await story.until("Tue 9 Mar 23:38")
    await story.finish("check_in", by="Ana")
    await story.until("Wed 10 Mar 09:00")
    await story.propose(by="Ana", remedy="sought")
    await story.until("Wed 10 Mar 11:00")
    await story.confirm(by="Chi")
    until = story.case().monitored_until
    expect(until is not None and said_at(until) == "Fri 09 Apr 11:00", until)
    story.owes("remedy", "review")
    expect(said_at(story.task("remedy").due_at)[:10] == "Fri 09 Apr", story.task("remedy"))
    for inbox in (lea, capital, nhri):
        inbox.expects("nothing more is asked of you", purpose="stand_down")

    await story.until("Sat 20 Mar 07:00")
    story.say("Ten days later they are summoned: a new act, so soon after embassies were told.")
    await story.publish(report("summons", id="summons-1"))
    ana.expects("TOCSIN CRITICAL", purpose="page", at="Sat 20 Mar 07:00")
    case = story.case()
    expect(case.status is CaseStatus.OPEN, case.status)
    expect(case.severity is Severity.CRITICAL, case.severity)
    outward = [t for t in case.tracks if t.track.name is not TrackName.DUTY]
    expect(all(t.frozen for t in outward), "every outward track is frozen")
    expect(len(story.facts(f.ReprisalSuspected)) == 1, "one suspected reprisal")
    story.nothing_else_sent()


def _who(story: Teller) -> tuple[Inbox[Any], ...]:
    outside = ("Lea", "Capital desk", "NHRI QN mailbox")
    return story.phone("Ana"), *(story.mail(name) for name in outside)


NIGHT_ARREST = Scene(
    name="night_arrest",
    title="Arrested at night: home embassy, home NHRI, remedy, and a reprisal ten days later",
    begins="2027-03-01 22:00",
    place=CERRO,
    rules=shipped_with(ARREST),
    roster=faro(),
    tell=tell,
)
