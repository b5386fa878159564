"""S5, a village: an early warning, a community's consent, two hotlines, and shots at night.

The story names `consent_audience` for Solara's investors, as the guard and the board say of them
from Friday on. The journal keeps `consent_none`, with which they were planned on Thursday, before
anybody was asked: a consent that does not name them changes nothing of them.
"""

from engine.case.state import CaseStatus
from engine.demo.stories.failing import expect
from engine.demo.stories.moments import said_at
from engine.demo.stories.places import contact, faro, link, party, place
from engine.demo.stories.reports import HOTLINES, Report, ahead, consent, report
from engine.demo.stories.scene import ASKED, Scene, shipped_with
from engine.demo.stories.teller import Teller
from schemas import facts as f

SOLARA = place(
    parties=[
        party("solara-hydro", "company", "QR"),
        party("delta-power", "company", "QN"),
        party("solara-fund", "investor", "QS"),
        party("continental-bank", "bank", "QS"),
        party("mednet", "protection"),
        party("salus", "protection"),
        party("embassy-qn", "mission", "QN"),
        party("state-qr", "state", "QR"),
        party("state-qn", "state", "QN"),
    ],
    links=[
        link("delta-power", "joint_venture_with", "solara-hydro"),
        link("solara-fund", "invests_in", "solara-hydro", share=4.0),
        link("continental-bank", "finances", "solara-hydro"),
        link("embassy-qn", "accredited_to", "state-qr"),
    ],
    contacts=[
        contact("solara-hq", "solara-hydro", "hq_human_rights"),
        contact("delta-hq", "delta-power", "hq_human_rights"),
        contact("solara-fund-office", "solara-fund"),
        contact("project-team", "continental-bank", "client_team"),
        contact("complaints-office", "continental-bank", "complaints_office", rank=1),
        contact("embassy-desk", "embassy-qn", "focal_point"),
        contact("mednet", "mednet", "duty_line"),
        contact("salus", "salus", "duty_line"),
    ],
)
"""A dam, whoever builds and pays it; two vetted responders."""

LAND = (
    '{id: land, when: event.code == "early_warning", policy: default, tell: ['
    "{track: missions, walk: home_missions}, {track: mechanisms, walk: mechanisms},"
    " {track: investors, walk: investors}], explain: [companies]}"
)
LIFE = (
    '{id: life, when: event.code == "shots_fired", policy: default, tell: ['
    "{track: protection, walk: protection}, {track: missions, walk: home_missions}]}"
)
EVICTION, WARNED, SHOTS = "eviction-1", "village-1", "shots-1"
UNKNOWN = "Nobody knows who did it, and they belong to those who run the place where it happened."
NOT_ALLOWED = "It was not allowed to tell organisations of this kind."
VILLAGE, PEOPLE = "the second bend of the river", "417"


async def tell(story: Teller) -> None:
    """From the warning to what the community's representatives read."""
    await _the_warning(story)
    await _the_consent(story)
    await _the_checks(story)
    await _the_shots(story)
    await _the_wish(story)
    for letter in story.letters():
        said = letter.said
        expect(VILLAGE not in said and PEOPLE not in said, f"a message names them:\n{said}")
    story.nothing_else_sent()


async def _the_warning(story: Teller) -> None:
    ana = story.phone("Ana")
    story.say("A village hears that it is to be cleared for a dam. Nobody has agreed to anything.")
    await story.publish(_warning("warning-1"))
    ana.expects("Tocsin elevated", "new case")
    await story.until("08:20")
    await ana.replies("1")
    await story.until("09:00")
    await story.finish("first_contact", by="Ana")
    story.withheld("embassy-qn", reason="consent_none", of=WARNED)
    story.withheld("continental-bank", reason="consent_none", of=WARNED)


async def _the_consent(story: Teller) -> None:
    await story.until("Fri 10:00")
    story.say("Two of the three who speak for the village agree: embassies and complaints offices.")
    agreed = {"needed": 2, "of": 3, "agreed": ["elder-1", "elder-2"]}
    await story.publish(
        report(
            "consent_granted",
            id="consent-1",
            situation=WARNED,
            country="QR",
            subjects=_village(),
            consent=[
                consent(
                    "missions",
                    "mechanisms",
                    mode="quiet",
                    basis="community",
                    community=agreed,
                    fields=["country", "sector"],
                    given_at="2027-03-05T09:50:00Z",
                )
            ],
        )
    )
    await story.until("Fri 11:00")
    await story.release("missions", by="Ana", of=WARNED)
    await story.release("mechanisms", by="Ana", of=WARNED)
    story.mail("Embassy desk").expects(ASKED, at="Fri 11:00")
    story.mail("Complaints office").expects(ASKED, at="Fri 11:00")

    story.withheld("solara-hydro", reason="unknown_perpetrator_group", of=WARNED)
    story.withheld("delta-power", reason="unknown_perpetrator_group", of=WARNED)
    story.withheld("project-team", reason="level", of=WARNED)
    # What nobody allowed is not even asked about.
    story.withheld("solara-fund", reason="consent_none", of=WARNED)
    expect("release" not in story.owed(of=WARNED), story.owed(of=WARNED))


async def _the_checks(story: Teller) -> None:
    await story.until("Fri 16:00")
    await story.mail("Complaints office").answers(
        "acted", action="complaint_opened", effect="positive", date=EVICTION
    )
    await story.until("Sat 6 Mar 06:00")  # 14 days before: no answer is late yet
    await story.until("Mon 8 Mar 08:30")
    await story.mail("Embassy desk").answers(
        "committed", action="visit", due="Thu 18 Mar 14:00", date=EVICTION
    )
    await story.until("Thu 11 Mar 08:59")  # a minute before it is due
    await story.finish("check_in", by="Ana", of=WARNED)
    await story.until("Wed 17 Mar 06:00")  # 72 hours before: a visit is promised


async def _the_shots(story: Teller) -> None:
    ana, chi = story.phone("Ana"), story.phone("Chi")
    await story.until("Thu 18 Mar 05:00")
    story.say("Another hotline: shots are fired at a village in the night. Consent: duty only.")
    await story.publish(
        report(
            "shots_fired",
            id="shots-1",
            situation=SHOTS,
            source=HOTLINES[1],
            country="QR",
            subjects=[{"kind": "community", "pseudonym": "river-people", "count": 400}],
            sealed={"exact_place": VILLAGE},
        )
    )
    ana.expects("TOCSIN CRITICAL", "new case", at="Thu 18 Mar 05:00")
    await story.until("Thu 18 Mar 05:04")
    await ana.replies("1")
    await story.until("Thu 18 Mar 05:10")
    await story.finish("first_contact", by="Ana", of=SHOTS)
    await story.until("Thu 18 Mar 05:20")
    story.say("It is the same village. Ana says so: from now on the stricter consent counts.")
    await story.link(SHOTS, WARNED, by="Ana")
    for name in (WARNED, SHOTS):
        expect(story.facts(f.ReprisalSuspected, of=name), f"{name}: no reprisal suspected")
        _all_frozen(story, name)
    story.mail("Embassy desk").expects_nothing()
    await story.until("Thu 18 Mar 05:22")
    for _ in (WARNED, SHOTS):  # one page for each of the two cases
        await ana.expects("TOCSIN CRITICAL", purpose="page", at="Thu 18 Mar 05:20").replies("1")
    for name in (WARNED, SHOTS):
        await story.finish("reprisal", by="Ana", of=name)  # she has looked: all stays frozen

    await story.until("Thu 18 Mar 05:30")
    await story.needs(by="Ana", why="life_at_stake", of=SHOTS)
    story.mail("MedNet").expects(ASKED, at="Thu 18 Mar 05:30")
    chi.expects(purpose="task", at="Thu 18 Mar 05:30")
    review = story.task("necessity_review", of=SHOTS)
    expect((review.owner, said_at(review.due_at)) == ("person:chi", "Thu 18 Mar 07:30"), review)
    await story.until("Thu 18 Mar 05:40")
    await story.take("necessity_review", by="Chi", of=SHOTS)
    await story.until("Thu 18 Mar 06:50")
    await story.needs(by="Chi", why="life_at_stake", of=SHOTS)
    await story.until("Thu 18 Mar 07:30")
    story.mail("Salus").expects(ASKED, at="Thu 18 Mar 07:30")
    await story.until("Thu 18 Mar 07:40")
    await story.finish("phone_them", by="Ana", of=SHOTS)  # MedNet does not pick up either
    await story.until("Thu 18 Mar 07:50")
    await story.mail("Salus").answers("committed", action="medical_support", due="11:00")


async def _the_wish(story: Teller) -> None:
    await story.until("Thu 18 Mar 09:00")
    story.say("The village does not want the visit now. Ana phones the embassy.")
    await story.drop_promise("embassy-qn", by="Ana", of=WARNED)
    await story.until("Thu 18 Mar 10:30")
    await story.mail("Salus").answers("acted", action="medical_support", effect="positive")
    await story.until("Thu 18 Mar 11:09")  # a minute before it is due
    await story.finish("check_in", by="Ana", of=SHOTS)
    await story.until("Fri 19 Mar 05:19")  # since it is critical, a day after; a minute before
    await story.finish("check_in", by="Ana", of=WARNED)
    await story.until("Fri 19 Mar 06:00")  # 24 hours before: nothing covers the date any more
    story.phone("Ana").expects(purpose="task", at="Fri 19 Mar 06:00")
    uncovered = story.task("date_check", of=WARNED)
    expect(uncovered.owner == "person:ana", uncovered)
    await story.until("Fri 19 Mar 10:00")
    story.told("embassy-qn", "Fri 5 Mar 11:00", of=WARNED)
    story.told("continental-bank", "Fri 5 Mar 11:00", of=WARNED)
    _what_they_are_read(story)
    for name in (WARNED, SHOTS):
        _all_frozen(story, name)
        expect(story.case(name).status is CaseStatus.OPEN, story.case(name).status)


def _what_they_are_read(story: Teller) -> None:
    """The representatives hear of their own case alone; of the shots, nothing."""
    read = story.read_to_holder(f"{HOTLINES[0]}/village")
    heard = {line.audience: (line.sent, line.answers) for line in read.told}
    once = ("Fri 5 March, 11:00, asked by e-mail: sent; whether it was read we do not know.",)
    bank = ("Fri 5 March, 16:00: They did something: opening a complaint file; it helped.",)
    embassy = (
        "Mon 8 March, 08:30: They promised a visit, by Thu 18 March, 14:00.",
        "Thu 18 March, 09:00: We asked them to let be what they had promised.",
    )
    expect(
        heard == {"UN and regional bodies": (once, bank), "embassies": (once, embassy)},
        f"read to them: {heard}",
    )
    kept_out = {line.why for line in read.out}
    expect(kept_out == {UNKNOWN, NOT_ALLOWED}, f"who was not told: {kept_out}")


def _all_frozen(story: Teller, name: str) -> None:
    outward = [t for t in story.case(name).tracks if t.track.name.outward]
    expect(all(t.frozen for t in outward), f"{name}: not all that is outward is frozen")


def _village() -> list[dict[str, object]]:
    return [{"kind": "community", "pseudonym": "village", "count": int(PEOPLE)}]


def _warning(id: str) -> Report:
    return report(
        "early_warning",
        id=id,
        situation=WARNED,
        country="QR",
        sector="energy",
        parties={"solara-hydro": "operator"},
        subjects=_village(),
        dates=[ahead(EVICTION, "eviction", "2027-03-20T06:00:00Z")],
        sealed={"exact_place": VILLAGE},
    )


COMMUNITY = Scene(
    name="community",
    title="A village in the way of a dam: a community's consent, two hotlines, shots at night",
    begins="2027-03-04 08:00",
    place=SOLARA,
    rules=shipped_with(LAND, LIFE),
    roster=faro(),
    tell=tell,
)
