"""S2, the factory: a quick-response line, a brand, and investors asked one after the other."""

from datetime import date

from engine.case.state import CaseStatus
from engine.demo.stories.failing import expect
from engine.demo.stories.moments import said_at
from engine.demo.stories.places import contact, faro, link, party, place
from engine.demo.stories.reports import consent, report
from engine.demo.stories.scene import ASKED, Scene, shipped_with
from engine.demo.stories.teller import Teller

LOTO = place(
    parties=[
        party("loto-unit-4", "site", "QR"),
        party("loto-garments", "company", "QR"),
        party("loto-manager", "person"),
        party("loto-holdings", "company", "QR"),
        party("loto-director", "person"),
        party("ridge-capital", "company", "QS"),
        party("haldane", "company", "QS"),
        party("petrel", "company", "QS"),
        party("quince", "company", "QS"),
        party("fjord-pension", "investor", "QT"),
        party("brightwater", "investor", "QT"),
        party("fair-thread", "msi"),
        party("fair-thread-qr", "msi", "QR"),
        party("embassy-qs", "mission", "QS"),
        party("state-qr", "state", "QR"),
        party("state-qs", "state", "QS"),
    ],
    links=[
        link("loto-garments", "operates", "loto-unit-4"),
        link("loto-manager", "officer_of", "loto-garments"),
        link("loto-holdings", "parent_of", "loto-garments"),
        link("ridge-capital", "parent_of", "loto-holdings", share=55.0),
        link("haldane", "buys_from", "loto-garments"),
        link("petrel", "buys_from", "loto-garments", valid_until=date(2025, 6, 30)),
        link("quince", "buys_from", "loto-garments", status="unverified"),
        link("fjord-pension", "invests_in", "loto-holdings", share=3.0),
        link("brightwater", "invests_in", "haldane", share=2.0),
        link("loto-garments", "member_of", "fair-thread"),
        link("haldane", "member_of", "fair-thread"),
        link("fair-thread-qr", "chapter_of", "fair-thread"),
        link("loto-director", "officer_of", "loto-garments"),
        link("loto-director", "officer_of", "fair-thread-qr"),
        link("embassy-qs", "accredited_to", "state-qr"),
    ],
    contacts=[
        contact("noor", "haldane", "hq_human_rights"),
        contact("haldane-sourcing", "haldane", "sourcing", rank=1),
        contact("noor-deputy", "haldane", "deputy", rank=2),
        contact("petrel-hq", "petrel", "hq_human_rights"),
        contact("quince-hq", "quince", "hq_human_rights"),
        contact("loto-office", "loto-garments", "country_office"),
        contact("loto-hq", "loto-holdings", "hq_human_rights"),
        contact("ridge-hq", "ridge-capital", "hq_human_rights"),
        contact("fjord", "fjord-pension"),
        contact("brightwater", "brightwater"),
        contact("brightwater-deputy", "brightwater", "deputy", rank=1),
        contact("quick-response", "fair-thread", "quick_response", members=("mira", "loto-office")),
        contact("mira", "fair-thread", "secretariat", rank=1),
        contact("chair-qr", "fair-thread-qr", "secretariat"),
        contact("consul", "embassy-qs", "focal_point"),
    ],
)
"""A factory, its house and its controller; buyers of today, of once and of hearsay; investors."""

THREAT = (
    '{id: threat, when: event.code == "death_threat", policy: default, tell: ['
    "{track: msis, walk: msis}, {track: investors, walk: investors},"
    " {track: companies, walk: companies}, {track: missions, walk: home_missions}]}"
)


async def tell(story: Teller) -> None:
    """From the threat to the brand's deputy."""
    await _the_first_day(story)
    await _the_answers(story)
    await _the_silence(story)


async def _the_first_day(story: Teller) -> None:
    ana = story.phone("Ana")
    story.say("A union organiser is threatened with death by a manager of the factory.")
    await story.publish(
        report(
            "death_threat",
            id="threat-1",
            country="QR",
            sector="garments",
            parties={"loto-manager": "alleged_perpetrator", "loto-unit-4": "site"},
            consent=[
                consent(
                    "msis", "investors", "companies", basis="representative", inability="in_hiding"
                )
            ],
        )
    )
    ana.expects("Tocsin HIGH", "new case")
    await story.until("06:20")
    await ana.replies("1")
    expect(said_at(story.task("first_contact").due_at) == "Wed 03 Mar 08:00", "first contact")
    await story.until("07:10")
    await story.finish("first_contact", by="Ana")
    await story.until("08:00")
    await story.release("msis", by="Ana")
    await story.release("investors", by="Ana")
    story.mail("Mira").expects(ASKED, at="08:00")
    story.mail("Fjord").expects(ASKED, at="08:00")
    await story.until("08:30")
    await story.release("companies", by="Ana")
    story.mail("Noor").expects_nothing()
    await story.until("08:45")
    await story.release("companies", by="Chi")
    story.mail("Noor").expects(ASKED, at="08:45")

    story.withheld("loto-unit-4", reason="perpetrator_closure")
    story.withheld("loto-garments", reason="perpetrator_closure")
    story.withheld("loto-holdings", reason="controller_needs_two")
    story.withheld("ridge-capital", reason="controller_needs_two")
    story.withheld("fair-thread-qr", reason="officer_of")
    story.withheld("quick-response", reason="endpoint_fans_out")
    story.withheld("petrel", reason="link_not_current")
    story.withheld("quince", reason="link_unverified")
    story.withheld("haldane-sourcing", reason="level")
    story.withheld("embassy-qs", reason="consent_audience")


async def _the_answers(story: Teller) -> None:
    fjord, mira, noor = story.mail("Fjord"), story.mail("Mira"), story.mail("Noor")
    await story.until("09:30")
    await fjord.answers("declined", reason="inside_information")
    story.mail("Brightwater").expects(ASKED, at="09:30")
    await story.until("10:00")
    await mira.answers("committed", action="meeting", due="Thu 09:00")
    await story.until("11:15")
    await noor.answers(
        "committed", action="supplier_warning", due="Fri 12:00", condition="text_cleared"
    )
    clearing = story.task("promise_condition")
    expect(
        (clearing.owner, said_at(clearing.due_at)) == ("person:ana", "Fri 05 Mar 12:00"), clearing
    )
    await story.until("Thu 07:09")  # a minute before it is due
    await story.finish("check_in", by="Ana")
    await story.until("Thu 10:10")
    await mira.answers("acted", action="meeting", effect="positive")
    await story.until("Thu 15:00")
    await story.finish("promise_condition", by="Ana")


async def _the_silence(story: Teller) -> None:
    await story.until("Fri 09:30")
    story.mail("Brightwater deputy").expects(ASKED, at="Fri 09:30")
    await story.until("Fri 12:00")
    story.mail("Noor").expects("How did it go?", purpose="ask_outcome", at="Fri 12:00")
    story.phone("Ana").expects("promise overdue", purpose="task", at="Fri 12:00")
    await story.until("Fri 12:10")
    await story.finish("promise_overdue", by="Ana")  # she phones; nobody answers
    await story.until("Fri 16:00")
    story.mail("Noor deputy").expects(ASKED, at="Fri 16:00")

    story.told("fjord-pension", "Wed 08:00")
    expect(len([a for a in story.case().alerts if a.party == "haldane"]) == 1, "one alert")
    expect(story.case().status is CaseStatus.OPEN, story.case().status)
    story.nothing_else_sent()


APPAREL = Scene(
    name="apparel",
    title="Threatened at a factory: a quick-response line, a brand, investors one at a time",
    begins="2027-03-03 06:00",
    place=LOTO,
    rules=shipped_with(THREAT),
    roster=faro(),
    tell=tell,
)
