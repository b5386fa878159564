"""S3, the lawsuit: a conflict of interest, a hearing that is moved, a case that stands."""

from datetime import date

from engine.case.state import CaseStatus
from engine.demo.stories.failing import expect
from engine.demo.stories.moments import said_at
from engine.demo.stories.places import OFFICE, contact, faro, link, party, place
from engine.demo.stories.reports import Report, ahead, consent, report
from engine.demo.stories.scene import ASKED, Scene, shipped_with
from engine.demo.stories.teller import Teller
from schemas import facts as f

VERDANT = place(
    parties=[
        party("verdant-palm", "company", "QR"),
        party("verdant-mills", "company", "QR"),
        party("verdant-director", "person"),
        party("palm-round-table", "msi"),
        party("lindqvist", "law_firm", "QS"),
        party("osei-partners", "law_firm", "QR"),
        party("tamaro", "law_firm", "QS"),
        party("embassy-qs", "mission", "QS"),
        party("state-qr", "state", "QR"),
        party("state-qs", "state", "QS"),
    ],
    links=[
        link("verdant-palm", "parent_of", "verdant-mills"),
        link("verdant-palm", "member_of", "palm-round-table"),
        link("verdant-director", "officer_of", "verdant-palm"),
        link("verdant-director", "officer_of", "palm-round-table"),
        link("osei-partners", "represents", "verdant-palm", valid_until=date(2024, 12, 31)),
        link("embassy-qs", "accredited_to", "state-qr"),
    ],
    contacts=[
        contact("verdant-hq", "verdant-palm", "hq_human_rights"),
        contact("verdant-mills-office", "verdant-mills", "hq_human_rights"),
        contact("round-table-office", "palm-round-table", "secretariat"),
        contact("lindqvist", "lindqvist"),
        contact("osei", "osei-partners"),
        contact("tamaro", "tamaro"),
        contact("ines", "embassy-qs", "focal_point", hours=OFFICE),
        contact("capital-qs", "embassy-qs", "capital_desk", rank=1),
    ],
)
"""A company that sues; a law firm of its past and two of nobody's; a third state's embassy."""

SUIT = (
    '{id: lawsuit, when: event.code == "slapp", policy: default, tell: ['
    "{track: legal, walk: legal}, {track: missions, walk: third_missions, ask: observe_hearing},"
    " {track: msis, walk: msis}], explain: [companies]}"
)
HEARING, SUED = "hearing-1", "suit-1"


async def tell(story: Teller) -> None:
    """From the suit to the day on which the case is made to stand."""
    await the_beginning(story)
    await the_conflict(story)
    await the_observer(story)
    await the_moved_hearing(story)
    await the_hearing(story)
    await the_standing(story)
    story.nothing_else_sent()


async def the_beginning(story: Teller) -> None:
    """The suit is known, and somebody has it."""
    ana = story.phone("Ana")
    story.say("A researcher and her organisation are sued by the company she wrote about.")
    await story.publish(_suit("suit-1", at="2027-03-17T08:00:00Z"))
    ana.expects("Tocsin elevated", "new case")
    await story.until("09:30")
    await ana.replies("1")
    expect(
        said_at(story.task("first_contact", of=SUED).due_at) == "Tue 02 Mar 09:00", "first contact"
    )
    await story.until("15:00")
    await story.finish("first_contact", by="Ana", of=SUED)


async def the_conflict(story: Teller) -> None:
    """The first firm may not: it is known from then on, and the next one is asked at once."""
    lindqvist, tamaro = story.mail("Lindqvist"), story.mail("Tamaro")
    await story.until("Tue 10:00")
    await story.release("legal", by="Ana", of=SUED)
    lindqvist.expects(ASKED, at="10:00")
    await story.hold("missions", "msis", by="Ana", until="Fri 12 Mar 10:00", why="hearing", of=SUED)
    await story.until("10:40")
    await lindqvist.answers("conflict")
    tamaro.expects(ASKED, at="10:40")
    story.in_conflict("lindqvist", of=SUED)
    expect("told_before_excluded" not in story.owed(of=SUED), story.owed(of=SUED))

    story.withheld("osei-partners", reason="represents", of=SUED)
    story.withheld("palm-round-table", reason="officer_of", of=SUED)
    story.withheld("verdant-palm", reason="perpetrator_closure", of=SUED)
    story.withheld("verdant-mills", reason="perpetrator_closure", of=SUED)
    await story.until("Tue 14:00")
    await tamaro.answers("committed", action="legal_support", due="Mon 15 Mar 12:00", date=HEARING)


async def the_observer(story: Teller) -> None:
    """Nobody is to watch the hearing yet; the check three days before brings in the capital."""
    ana, ines = story.phone("Ana"), story.mail("Ines")
    await story.until("Wed 3 Mar 08:00")  # 14 days before: a defence is promised
    await story.until("Mon 8 Mar 14:59")  # a minute before it is due
    await story.finish("check_in", by="Ana", of=SUED)
    await story.until("Fri 12 Mar 10:00")
    ana.expects(purpose="task", at="Fri 12 Mar 10:00")  # the hold, which is hers, has ended
    await story.finish("hold", by="Ana", of=SUED)
    await story.release("missions", by="Ana", of=SUED)
    ines.expects(ASKED, at="Fri 12 Mar 10:00")
    await story.until("Sun 14 Mar 08:00")  # 72 hours before: nobody has said that they will come
    nobody = story.task("date_check", of=SUED)
    expect((nobody.owner, said_at(nobody.due_at)) == ("person:ana", "Tue 16 Mar 08:00"), nobody)
    story.mail("Capital QS").expects(ASKED, at="Sun 14 Mar 08:00")
    await story.until("Mon 15 Mar 09:00")
    await ines.answers(
        "committed", action="trial_observation", due="Wed 17 Mar 08:00", date=HEARING
    )
    await story.until("Mon 15 Mar 11:30")
    await story.mail("Tamaro").answers("acted", action="legal_support")


async def the_moved_hearing(story: Teller) -> None:
    """The court moves it: whoever promised is asked whether that still holds."""
    ana, ines, tamaro = story.phone("Ana"), story.mail("Ines"), story.mail("Tamaro")
    await story.until("Mon 15 Mar 15:00")
    story.say("The court moves the hearing by two weeks.")
    await story.publish(_suit("moved-1", code="date_moved", at="2027-03-31T08:00:00Z"))
    gone = [(said_at(x.due_at), x.reason) for x in story.facts(f.CheckSuperseded, of=SUED)]
    expect(gone == [("Tue 16 Mar 08:00", "date_moved")], f"looks at the date given up: {gone}")
    ines.expects(purpose="confirm", at="Mon 15 Mar 15:00")
    tamaro.expects(purpose="confirm", at="Mon 15 Mar 15:00")
    await story.until("Tue 16 Mar 09:00")
    await ines.answers("acknowledged")
    await story.until("Tue 16 Mar 10:00")
    await tamaro.answers("acknowledged")
    await story.until("Wed 17 Mar 08:00")
    await story.until("Sun 28 Mar 08:00")
    await story.until("Tue 30 Mar 08:00")
    ines.expects(purpose="remind", at="Tue 30 Mar 08:00")
    tamaro.expects(purpose="remind", at="Tue 30 Mar 08:00")
    ana.expects(purpose="task", at="Tue 30 Mar 08:00")


async def the_hearing(story: Teller) -> None:
    """It takes place; how did it go?"""
    ana, ines = story.phone("Ana"), story.mail("Ines")
    await story.until("Wed 31 Mar 12:00")
    ines.expects("How did it go?", purpose="ask_outcome", at="Wed 31 Mar 12:00")
    ana.expects("promise overdue", purpose="task", at="Wed 31 Mar 12:00")
    await story.until("Wed 31 Mar 16:00")
    story.mail("Capital QS").expects(ASKED, at="Wed 31 Mar 16:00")
    await story.until("Wed 31 Mar 18:00")
    await ines.answers("acted", action="trial_observation", effect="none")


async def the_standing(story: Teller) -> None:
    """It will take years: two people let the case stand, and say when they look again."""
    await story.until("Thu 1 Apr 10:00")
    await story.stand(by="Ana", review="Fri 30 Apr 09:00", of=SUED)
    await story.agree_to_stand(by="Chi", of=SUED)
    expect(story.case(SUED).status is CaseStatus.STANDING, story.case(SUED).status)
    expect(said_at(story.task("standing_review", of=SUED).due_at) == "Fri 30 Apr 09:00", "review")
    due = story.due_at(of=SUED)
    expect(due is not None and said_at(due) == "Wed 07 Apr 14:59", due)  # the next check-in


def _suit(id: str, *, code: str = "slapp", at: str) -> Report:
    return report(
        code,
        id=id,
        situation=SUED,
        country="QR",
        certainty="confirmed",
        parties={"verdant-palm": "adverse_party"},
        subjects=[
            {"kind": "person", "pseudonym": "subject-1"},
            {"kind": "institution", "pseudonym": "subject-2"},
        ],
        consent=[consent("legal", "missions", "msis", mode="quiet")],
        dates=[ahead(HEARING, "hearing", at)],
    )


SLAPP = Scene(
    name="slapp",
    title="Sued for what she wrote: a conflict of interest, a moved hearing, a case that stands",
    begins="2027-03-01 09:00",
    place=VERDANT,
    rules=shipped_with(SUIT).replace("third_missions, states: []", "third_missions, states: [QS]"),
    roster=faro(),
    tell=tell,
)
