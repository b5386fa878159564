"""S4, in transit: who asks for him and who holds him is never told; an embassy is kept at it.

Told up to the morning on which a joint statement is proposed.
"""

from datetime import timedelta

from engine.case.state import CaseStatus
from engine.demo.stories.failing import expect
from engine.demo.stories.moments import said_at
from engine.demo.stories.places import contact, faro, link, party, place
from engine.demo.stories.reports import report
from engine.demo.stories.scene import ASKED, Scene, shipped_with
from engine.demo.stories.teller import Teller

ROWING = place(
    parties=[
        party("state-qn", "state", "QN"),
        party("state-qp", "state", "QP"),
        party("state-qt", "state", "QT"),
        party("embassy-qn", "mission", "QN"),
        party("embassy-qp", "mission", "QP"),
        party("embassy-qt", "mission", "QT"),
        party("world-rowing", "sports_body", "QS"),
        party("rowing-qp", "sports_body", "QP"),
        party("kestrel-air", "company", "QN"),
        party("palmbank", "company", "QP"),
        party("players-union", "union", "QS"),
    ],
    links=[
        link("embassy-qn", "accredited_to", "state-qt"),
        link("embassy-qp", "accredited_to", "state-qt"),
        link("embassy-qt", "accredited_to", "state-qn"),
        link("rowing-qp", "member_of", "world-rowing"),
        link("rowing-qp", "body_of", "state-qp"),
        link("kestrel-air", "sponsors", "world-rowing"),
        link("palmbank", "sponsors", "world-rowing"),
        link("palmbank", "body_of", "state-qp"),
    ],
    contacts=[
        contact("duty-line", "embassy-qn", "duty_line"),
        contact("capital-desk", "embassy-qn", "capital_desk", rank=1),
        contact("head-of-consular", "embassy-qn", "deputy", rank=2),
        contact("embassy-qp-desk", "embassy-qp", "focal_point"),
        contact("embassy-qt-desk", "embassy-qt", "focal_point"),
        contact("integrity", "world-rowing", "hq_human_rights"),
        contact("rowing-qp-office", "rowing-qp"),
        contact("kestrel-hq", "kestrel-air", "hq_human_rights"),
        contact("palmbank-hq", "palmbank", "hq_human_rights"),
        contact("players-office", "players-union"),
    ],
)
"""Three states, their missions, a sport and whom it lives on."""

RETURN = (
    '{id: extradition, when: event.code == "extradition_risk", policy: default, tell: ['
    "{track: missions, walk: residence_missions, ask: stop_the_return},"
    " {track: sports, walk: sports}, {track: unions, walk: unions},"
    " {track: mechanisms, walk: mechanisms}], explain: [nationality_missions]}"
)
_UN_ANSWERS_IN = timedelta(days=60)


async def tell(story: Teller) -> None:
    """From the airport to the next morning."""
    await _the_night(story)
    await _the_embassy(story)
    story.nothing_else_sent()


async def _the_night(story: Teller) -> None:
    ana, ben = story.phone("Ana"), story.phone("Ben")
    story.say("A rower is held at an airport on the way home: his state wants him back.")
    await story.publish(
        report(
            "extradition_risk",
            id="airport-1",
            parties={"rowing-qp": "other"},
            countries=[
                {"code": "QP", "role": "nationality"},
                {"code": "QP", "role": "requesting"},
                {"code": "QT", "role": "transit"},
                {"code": "QN", "role": "residence"},
            ],
            country=None,
            consents=["missions", "sports", "unions", "mechanisms"],
            mode="quiet",
        )
    )
    ana.expects("TOCSIN CRITICAL", "new case")
    await story.until("03:25")
    ben.expects("TOCSIN CRITICAL", at="03:25")
    await story.until("03:31")
    await ben.replies("1")
    await story.until("03:50")  # at 03:40 Chi is not paged
    expect(said_at(story.task("first_contact").due_at) == "Fri 05 Mar 04:10", "first contact")
    await story.finish("first_contact", by="Ben")
    await story.until("03:55")
    await story.release("missions", by="Ben")
    story.mail("Duty line").expects(ASKED, at="03:55")
    story.mail("Capital desk").expects(ASKED, at="03:55")
    await story.hold("sports", "unions", by="Ben", until="Sat 12:00", why="wish")
    await story.hold("mechanisms", by="Ben", until="15:10")  # until the UN file is ready
    await story.hand_over("hold", by="Ben", to="Chi", due="Fri 05 Mar 15:10")
    story.phone("Chi").expects(purpose="task", at="03:55")

    story.withheld("embassy-qp", reason="requesting_state")
    story.withheld("palmbank", reason="requesting_state")
    story.withheld("rowing-qp", reason="requesting_state")
    story.withheld("embassy-qt", reason="transit_state")


async def _the_embassy(story: Teller) -> None:
    embassy = story.mail("Duty line")
    await story.until("04:05")
    await story.finish("handed_over", by="Chi")
    await story.until("05:00")
    await embassy.answers("acknowledged")  # holds as long as a critical answer may take: to 09:00
    await story.until("07:55")
    story.mail("Head of consular").expects(ASKED, at="07:55")
    await story.until("09:00")
    embassy.expects(ASKED, at="09:00")
    await story.until("09:10")
    await embassy.answers("committed", action="visit", due="12:00")
    await story.until("09:49")  # a minute before it is due
    await story.finish("check_in", by="Ben")
    await story.until("11:50")
    await embassy.answers("acted", action="visit", effect="positive")
    await story.until("13:30")
    await story.finish("hold", by="Chi", due="Fri 05 Mar 15:10")
    await story.add_date("un_reply", by="Chi", on=story.now + _UN_ANSWERS_IN)
    await story.until("Sat 09:48")
    await story.finish("check_in", by="Ben")
    await story.until("Sat 09:59")
    expect(story.case().status is CaseStatus.OPEN, story.case().status)
    story.mail("Integrity").expects_nothing()


_MISSIONS = "      missions:\n        gate: release\n"
_BOTH_AT_ONCE = shipped_with(RETURN).replace(
    _MISSIONS,
    _MISSIONS + "        steps: [{after: 0, contacts: 2}]\n",
)
"""The embassy and its capital in the same minute, as a desk sets it for critical cases."""

TRANSIT = Scene(
    name="transit",
    title="Held on the way home: three states, an embassy that is kept at it",
    begins="2027-03-05 03:10",
    place=ROWING,
    rules=_BOTH_AT_ONCE,
    roster=faro(),
    tell=tell,
)
