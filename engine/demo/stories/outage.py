"""S6, the outage: thirty hours away, steps gone stale; then what stood comes to its end."""

from engine.case.state import CaseStatus
from engine.demo.stories import slapp
from engine.demo.stories.failing import expect
from engine.demo.stories.moments import next_moment, said_at
from engine.demo.stories.places import contact, faro, link, party, place
from engine.demo.stories.reports import report
from engine.demo.stories.scene import ASKED, Scene, shipped_with
from engine.demo.stories.slapp import SUED, VERDANT
from engine.demo.stories.teller import Teller

ORCHARD = place(
    parties=[
        *VERDANT.parties,
        party("police-qr", "state_body", "QR"),
        party("orchard-farms", "company", "QR"),
        party("haldane", "company", "QS"),
        party("state-qn", "state", "QN"),
        party("embassy-qn", "mission", "QN"),
    ],
    links=[
        *VERDANT.links,
        link("police-qr", "body_of", "state-qr"),
        link("haldane", "buys_from", "orchard-farms"),
        link("embassy-qn", "accredited_to", "state-qr"),
    ],
    contacts=[
        *VERDANT.contacts,
        contact("consul", "embassy-qn", "focal_point"),
        contact("deputy", "embassy-qn", "deputy", rank=1),
        contact("haldane-hq", "haldane", "hq_human_rights"),
    ],
)
"""Where the suit was; beside it a farm, its buyer abroad, and the embassy of a worker's home."""

HELD_AT_HOME = (
    '{id: liberty, when: event.code == "house_arrest", policy: default, tell: ['
    "{track: missions, walk: residence_missions}, {track: companies, walk: buyers}]}"
)
HELD = "held-1"


async def tell(story: Teller) -> None:
    """From the suit to its end, through thirty hours of silence."""
    await slapp.the_beginning(story)
    await slapp.the_conflict(story)
    await slapp.the_observer(story)
    await slapp.the_moved_hearing(story)
    await slapp.the_hearing(story)
    await _another_case(story)
    await slapp.the_standing(story)
    await _the_outage(story)
    await _what_was_still_right(story)
    await _the_review(story)
    await _the_end(story)
    story.nothing_else_sent()


async def _another_case(story: Teller) -> None:
    ana = story.phone("Ana")
    await story.until("Thu 1 Apr 06:00")
    story.say("Another case: a farm worker is held at his home by the police.")
    await story.publish(
        report(
            "house_arrest",
            id="held-1",
            situation=HELD,
            subject="worker-1",
            country=None,
            countries=[
                {"code": "QR", "role": "happened"},
                {"code": "QN", "role": "residence"},
            ],
            parties={"police-qr": "alleged_perpetrator", "orchard-farms": "employer"},
            consents=["missions", "companies"],
        )
    )
    ana.expects("Tocsin HIGH", "new case")
    await story.until("06:05")
    await ana.replies("1")
    await story.until("07:00")
    await story.finish("first_contact", by="Ana", of=HELD)
    await story.until("09:00")
    await story.release("missions", by="Ana", of=HELD)
    story.mail("Consul").expects(ASKED, at="09:00")
    start = next_moment("Fri 2 Apr 10:00", after=story.now)
    await story.release("companies", by="Ana", of=HELD, starts_at=start)
    await story.until("09:20")
    await story.release("companies", by="Chi", of=HELD, starts_at=start)
    story.mail("Haldane HQ").expects_nothing()


async def _the_outage(story: Teller) -> None:
    await story.until("Fri 2 Apr 06:59")  # a minute before it is due
    await story.finish("check_in", by="Ana", of=HELD)
    await story.until("Fri 2 Apr 08:00")
    story.say("The machine goes down. No sign of life leaves it any more.")
    await story.down()
    await story.until("Fri 2 Apr 08:10")
    story.say("An outside watch that hears nothing for ten minutes calls Ben and Dia by now.")
    story.say("It is not part of the desk, so nothing of it is shown here.")
    await story.until("Sat 3 Apr 14:00")
    story.say("It is up again.")
    await story.up()

    story.phone("Ana").expects(at="Sat 3 Apr 14:00")
    held = [task for task in story.case(HELD).tasks if task.kind == "still_right"]
    expect([said_at(task.due_at) for task in held] == ["Sat 03 Apr 18:00"] * 2, held)
    story.mail("Deputy").expects_nothing()
    story.mail("Haldane HQ").expects_nothing()
    await story.until("Sat 3 Apr 14:05")
    await story.phone("Ana").replies("1")


async def _what_was_still_right(story: Teller) -> None:
    await story.until("Sat 3 Apr 15:00")
    await story.finish("still_right", by="Ana", party="embassy-qn", result="yes", of=HELD)
    story.mail("Deputy").expects(ASKED, at="Sat 3 Apr 15:00")
    await story.until("Sat 3 Apr 15:10")
    story.say("He was freed on Friday: the company need not be told.")
    await story.take_back("companies", by="Ana", why="new_facts", of=HELD)
    await story.until("Sat 3 Apr 15:40")
    await story.mail("Deputy").answers("acted", action="demarche", effect="positive")
    await story.until("Sun 4 Apr 10:00")
    await story.propose(by="Ana", of=HELD)
    await story.confirm(by="Chi", of=HELD)
    expect(story.case(HELD).status is CaseStatus.MONITORED, story.case(HELD).status)
    for name in ("Consul", "Deputy"):
        story.mail(name).expects(purpose="stand_down", at="Sun 4 Apr 10:00")
    story.mail("Haldane HQ").expects_nothing()


async def _the_review(story: Teller) -> None:
    await story.until("Wed 7 Apr 14:58")  # a minute before it is due
    await story.finish("check_in", by="Ana", of=SUED)
    await story.until("Fri 30 Apr 09:00")
    story.phone("Ana").expects(purpose="task", at="Fri 30 Apr 09:00")
    await story.until("Fri 30 Apr 10:00")
    await story.stand(by="Ana", review="Wed 30 Jun 09:00", of=SUED)
    await story.agree_to_stand(by="Chi", of=SUED)
    await story.look_back(by="Ana", of=HELD)
    await story.until("Fri 7 May 14:57")
    await story.finish("check_in", by="Ana", of=SUED)


async def _the_end(story: Teller) -> None:
    ana = story.phone("Ana")
    await story.until("Wed 12 May 09:00")
    story.say("The company withdraws its suit.")
    await story.publish(
        report("suit_withdrawn", id="withdrawn-1", situation=SUED, country="QR", subject=None)
    )
    expect(story.case(SUED).status is CaseStatus.OPEN, story.case(SUED).status)
    ana.expects(purpose="page", at="Wed 12 May 09:00")
    await story.until("Wed 12 May 09:10")
    await ana.replies("1")
    await story.until("Fri 14 May 08:00")
    await story.propose(by="Ana", outcome="suit_withdrawn", of=SUED)
    await story.until("Fri 14 May 08:30")
    await story.confirm(by="Chi", of=SUED)
    until = story.case(SUED).monitored_until
    expect(until is not None and said_at(until) == "Sun 13 Jun 08:30", until)
    for name in ("Ines", "Capital QS", "Tamaro"):
        story.mail(name).expects(purpose="stand_down", at="Fri 14 May 08:30")


OUTAGE = Scene(
    name="outage",
    title="Thirty hours without an engine: what is stale waits, and a standing case ends",
    begins="2027-03-01 09:00",
    place=ORCHARD,
    rules=shipped_with(slapp.SUIT, HELD_AT_HOME).replace(
        "third_missions, states: []", "third_missions, states: [QS]"
    ),
    roster=faro(),
    tell=tell,
)
