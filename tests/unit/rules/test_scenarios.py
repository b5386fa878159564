"""The withheld lines of the scenarios that the registry alone decides, in invented registries."""

from datetime import date

from rules.candidates import Candidates, World, candidates
from rules.exclusion import closure
from rules.graph import Registry
from rules.guard import judge
from schemas.codes import CountryRole, SubjectKind, TrackName
from schemas.contact import Level
from schemas.event import PartyRole, Subject, ThreatEvent
from schemas.link import LinkStatus
from schemas.plan import Closure, Reason, Verdict
from tests.unit.rules.build import (
    NOW,
    K,
    L,
    a_contact,
    a_link,
    a_party,
    a_registry,
    a_role,
    an_endpoint,
    an_event,
    safeguards,
    the_default_pack,
)


def _reasons(shut: Closure) -> dict[str, Reason]:
    return {entry.party: entry.reason for entry in shut.entries}


def _withheld(found: Candidates) -> dict[str, Reason]:
    return {each.contact or each.party: each.reason for each in found.withheld}


def _judged(
    registry: Registry, shut: Closure, party: str, track: TrackName, *consented: TrackName
) -> Verdict:
    known = registry.party(party)
    assert known is not None
    return judge(
        party=known,
        contact=None,
        endpoint=None,
        track=track,
        mode=safeguards().mode_ceiling,
        safeguards=safeguards(*consented, closure=shut),
        registry=registry,
        now=NOW,
    )


def _night_arrest() -> tuple[Registry, ThreatEvent]:
    registry = a_registry(
        parties=[
            a_party("cerro-pit", K.SITE, "QM"),
            a_party("cerro-minera", K.COMPANY, "QM"),
            a_party("nordstein", K.COMPANY, "QN"),
            a_party("guardia-sur", K.COMPANY, "QM"),
            a_party("police-qm", K.STATE_BODY, "QM"),
            a_party("state-qm", K.STATE, "QM"),
            a_party("state-qn", K.STATE, "QN"),
            a_party("embassy-qn-in-qm", K.MISSION, "QN"),
            a_party("nhri-qn", K.NHRI, "QN", ganhri="A"),
            a_party("nhri-qm", K.NHRI, "QM", ganhri="B"),
        ],
        links=[
            a_link("cerro-minera", L.OPERATES, "cerro-pit"),
            a_link("nordstein", L.PARENT_OF, "cerro-minera"),
            a_link("cerro-minera", L.CONTRACTS_SECURITY, "guardia-sur"),
            a_link("police-qm", L.BODY_OF, "state-qm"),
            a_link("embassy-qn-in-qm", L.ACCREDITED_TO, "state-qm"),
        ],
        contacts=[
            a_contact(
                "embassy-qn-in-qm", "lea", Level.FOCAL_POINT, hours="Mon-Fri 08:00-16:00 UTC"
            ),
            a_contact("embassy-qn-in-qm", "vik", Level.COMMERCIAL, rank=1),
            a_contact("embassy-qn-in-qm", "capital", Level.CAPITAL_DESK, rank=2),
            a_contact("nhri-qn", "mailbox"),
            a_contact("nhri-qm", "mailbox"),
            a_contact("nordstein", "hq", Level.HQ_HUMAN_RIGHTS),
            a_contact("cerro-minera", "office", Level.COUNTRY_OFFICE),
            a_contact("guardia-sur", "office"),
        ],
    )
    event = an_event(
        "arrest",
        parties=[
            a_role("police-qm", perpetrator_kind="state"),
            a_role("guardia-sur", perpetrator_kind="security"),
            a_role("cerro-pit", "site"),
        ],
    )
    return registry, event


def test_s1_the_guard_firm_its_client_and_the_clients_site_never_hear_of_the_arrest() -> None:
    registry, event = _night_arrest()

    reasons = _reasons(closure(registry, event))

    assert reasons["guardia-sur"] is Reason.PERPETRATOR_CLOSURE
    assert reasons["cerro-minera"] is Reason.PERPETRATOR_CLOSURE
    assert reasons["cerro-pit"] is Reason.PERPETRATOR_CLOSURE
    assert reasons["nhri-qm"] is Reason.STATE_OF_PERPETRATOR
    assert reasons["police-qm"] is Reason.PERPETRATOR_CLOSURE
    assert not {"nordstein", "embassy-qn-in-qm", "nhri-qn"} & set(reasons)


def test_s1_the_home_embassy_and_the_home_nhri_are_found_and_the_commercial_desk_is_not() -> None:
    registry, event = _night_arrest()

    found = candidates(World(the_default_pack(), registry), event)

    missions = [each for each in found.candidates if each.track is TrackName.MISSIONS]
    assert [each.party for each in missions] == ["embassy-qn-in-qm"]
    assert [ref.id for ref in missions[0].contacts] == [
        "embassy-qn-in-qm.lea",
        "embassy-qn-in-qm.capital",
    ]
    assert [each.party for each in found.candidates if each.track is TrackName.NHRIS] == ["nhri-qn"]
    withheld = _withheld(found)
    assert withheld["embassy-qn-in-qm.vik"] is Reason.LEVEL
    assert withheld["nhri-qm"] is Reason.STATE_OF_PERPETRATOR
    assert withheld["cerro-pit"] is Reason.PERPETRATOR_CLOSURE
    assert {"cerro-minera", "guardia-sur"} <= set(withheld)


def test_s1_the_holding_above_the_client_is_out_for_want_of_consent_only() -> None:
    registry, event = _night_arrest()
    shut = closure(registry, event)

    verdict = _judged(
        registry, shut, "nordstein", TrackName.COMPANIES, TrackName.MISSIONS, TrackName.NHRIS
    )

    assert verdict.reason is Reason.CONSENT_AUDIENCE


def _apparel() -> tuple[Registry, ThreatEvent]:
    parties = [
        a_party("loto-unit-4", K.SITE, "QR"),
        a_party("loto-garments", K.COMPANY, "QR"),
        a_party("loto-holdings", K.COMPANY, "QR"),
        a_party("ridge-capital", K.INVESTOR, "QS"),
        a_party("haldane", K.COMPANY, "QS"),
        a_party("petrel", K.COMPANY, "QS"),
        a_party("quince", K.COMPANY, "QS"),
        a_party("fjord-pension", K.INVESTOR, "QN"),
        a_party("brightwater", K.INVESTOR, "QN"),
        a_party("fair-thread", K.MSI, "QS"),
        a_party("fair-thread-qr", K.MSI, "QR"),
        a_party("a-loto-director", K.PERSON),
        a_party("embassy-qs-in-qr", K.MISSION, "QS"),
        a_party("state-qr", K.STATE, "QR"),
    ]
    links = [
        a_link("loto-garments", L.OPERATES, "loto-unit-4"),
        a_link("loto-holdings", L.PARENT_OF, "loto-garments"),
        a_link("ridge-capital", L.INVESTS_IN, "loto-holdings", share=55.0),
        a_link("haldane", L.BUYS_FROM, "loto-garments"),
        a_link("petrel", L.BUYS_FROM, "loto-garments", valid_until=date(2025, 6, 30)),
        a_link("quince", L.BUYS_FROM, "loto-garments", status=LinkStatus.UNVERIFIED),
        a_link("fjord-pension", L.INVESTS_IN, "loto-holdings", share=3.0),
        a_link("brightwater", L.INVESTS_IN, "haldane", share=2.0),
        a_link("haldane", L.MEMBER_OF, "fair-thread"),
        a_link("loto-garments", L.MEMBER_OF, "fair-thread"),
        a_link("loto-garments", L.MEMBER_OF, "fair-thread-qr"),
        a_link("fair-thread", L.PARENT_OF, "fair-thread-qr"),
        a_link("a-loto-director", L.OFFICER_OF, "loto-garments"),
        a_link("a-loto-director", L.OFFICER_OF, "fair-thread-qr"),
        a_link("embassy-qs-in-qr", L.ACCREDITED_TO, "state-qr"),
    ]
    quick = an_endpoint("quick-response", members=("loto-garments.hq", "haldane.noor"))
    contacts = [
        a_contact("loto-garments", "hq"),
        a_contact("loto-holdings", "hq", Level.HQ_HUMAN_RIGHTS),
        a_contact("ridge-capital", "hq"),
        a_contact("haldane", "noor", Level.HQ_HUMAN_RIGHTS),
        a_contact("haldane", "sourcing", Level.SOURCING, rank=1),
        a_contact("fjord-pension", "stewardship"),
        a_contact("brightwater", "stewardship"),
        a_contact("fair-thread", "mira", Level.SECRETARIAT),
        a_contact("fair-thread", "list", Level.SECRETARIAT, rank=1, endpoints=(quick,)),
        a_contact("fair-thread-qr", "chair"),
        a_contact("embassy-qs-in-qr", "ines"),
    ]
    event = an_event(
        "death_threat",
        happened="QR",
        parties=[
            a_role("loto-garments", perpetrator_kind="individual"),
            a_role("loto-unit-4", "site"),
        ],
        sector="apparel",
    )
    return a_registry(parties, links, contacts), event


def test_s2_factory_group_chapter_and_bad_links_are_withheld_each_for_its_reason() -> None:
    registry, event = _apparel()

    withheld = _withheld(candidates(World(the_default_pack(), registry), event))

    assert withheld["loto-unit-4"] is Reason.PERPETRATOR_CLOSURE
    assert withheld["loto-garments"] is Reason.PERPETRATOR_CLOSURE
    assert withheld["loto-holdings"] is Reason.CONTROLLER_NEEDS_TWO
    assert withheld["ridge-capital"] is Reason.CONTROLLER_NEEDS_TWO
    assert withheld["fair-thread-qr"] is Reason.OFFICER_OF
    assert withheld["petrel"] is Reason.LINK_NOT_CURRENT
    assert withheld["quince"] is Reason.LINK_UNVERIFIED
    assert withheld["haldane.sourcing"] is Reason.LEVEL


def test_s2_secretariat_brand_and_investors_are_found_the_nearest_first() -> None:
    registry, event = _apparel()

    found = candidates(World(the_default_pack(), registry), event).candidates

    def on(track: TrackName) -> list[str]:
        return [each.party for each in found if each.track is track]

    assert on(TrackName.MSIS) == ["fair-thread"]
    # Ridge controls the factory: two people may release it, the guard refuses it until then.
    assert on(TrackName.INVESTORS) == ["fjord-pension", "ridge-capital", "brightwater"]
    assert "haldane" in on(TrackName.COMPANIES)


def test_s2_the_list_with_the_factory_on_it_is_refused_and_the_secretary_is_not() -> None:
    registry, event = _apparel()
    party = registry.party("fair-thread")
    assert party is not None
    given = safeguards(TrackName.MSIS, closure=closure(registry, event))

    def through(contact_id: str) -> Reason:
        contact = registry.contact(contact_id)
        assert contact is not None
        return judge(
            party=party,
            contact=contact,
            endpoint=contact.endpoints[0],
            track=TrackName.MSIS,
            mode=given.mode_ceiling,
            safeguards=given,
            registry=registry,
            now=NOW,
        ).reason

    assert through("fair-thread.list") is Reason.ENDPOINT_FANS_OUT
    assert through("fair-thread.mira") is Reason.ALLOWED


def test_s2_missions_are_out_because_nobody_consented_to_them() -> None:
    registry, event = _apparel()

    verdict = _judged(
        registry,
        closure(registry, event),
        "embassy-qs-in-qr",
        TrackName.MISSIONS,
        TrackName.MSIS,
        TrackName.INVESTORS,
        TrackName.COMPANIES,
    )

    assert verdict.reason is Reason.CONSENT_AUDIENCE


def test_s3_a_law_firm_that_once_acted_for_the_plaintiff_is_out_and_so_is_its_round_table() -> None:
    registry = a_registry(
        parties=[
            a_party("verdant-palm", K.COMPANY, "QR"),
            a_party("verdant-mill", K.SITE, "QR"),
            a_party("osei", K.LAW_FIRM, "QR"),
            a_party("lindqvist", K.LAW_FIRM, "QS"),
            a_party("palm-round-table", K.ASSOCIATION, "QS"),
            a_party("a-verdant-director", K.PERSON),
        ],
        links=[
            a_link("verdant-palm", L.OPERATES, "verdant-mill"),
            a_link("osei", L.REPRESENTS, "verdant-palm", valid_until=date(2024, 12, 31)),
            a_link("a-verdant-director", L.OFFICER_OF, "verdant-palm"),
            a_link("a-verdant-director", L.OFFICER_OF, "palm-round-table"),
        ],
    )
    event = an_event("slapp", happened="QR", parties=[a_role("verdant-palm", "adverse_party")])

    reasons = _reasons(closure(registry, event))

    assert reasons["osei"] is Reason.REPRESENTS
    assert reasons["palm-round-table"] is Reason.OFFICER_OF
    assert reasons["verdant-palm"] is reasons["verdant-mill"] is Reason.PERPETRATOR_CLOSURE
    assert "lindqvist" not in reasons


def _extradition(*, parties: tuple[PartyRole, ...] = ()) -> tuple[Registry, ThreatEvent]:
    registry = a_registry(
        parties=[
            a_party("state-qp", K.STATE, "QP"),
            a_party("state-qt", K.STATE, "QT"),
            a_party("embassy-qn-in-qt", K.MISSION, "QN"),
            a_party("embassy-qp-in-qt", K.MISSION, "QP"),
            a_party("embassy-qt-in-qn", K.MISSION, "QT"),
            a_party("world-rowing", K.SPORTS_BODY, "QN"),
            a_party("rowing-qp", K.SPORTS_BODY, "QP"),
            a_party("kestrel-air", K.COMPANY, "QN"),
            a_party("palmbank", K.BANK, "QP"),
            a_party("players-union", K.UNION, "QN"),
        ],
        links=[
            a_link("embassy-qn-in-qt", L.ACCREDITED_TO, "state-qt"),
            a_link("embassy-qp-in-qt", L.ACCREDITED_TO, "state-qt"),
            a_link("rowing-qp", L.MEMBER_OF, "world-rowing"),
            a_link("rowing-qp", L.BODY_OF, "state-qp"),
            a_link("kestrel-air", L.SPONSORS, "world-rowing"),
            a_link("palmbank", L.SPONSORS, "world-rowing"),
            a_link("state-qp", L.PARENT_OF, "palmbank"),
        ],
    )
    event = an_event(
        "extradition_risk",
        happened=None,
        countries=[
            ("QP", CountryRole.NATIONALITY),
            ("QP", CountryRole.REQUESTING),
            ("QT", CountryRole.TRANSIT),
            ("QN", CountryRole.RESIDENCE),
        ],
        parties=[a_role("world-rowing", "organiser"), *parties],
    )
    return registry, event


def test_s4_the_requesting_and_the_transit_state_and_all_they_own_are_out() -> None:
    reasons = _reasons(closure(*_extradition()))

    assert reasons["embassy-qp-in-qt"] is Reason.REQUESTING_STATE
    assert reasons["palmbank"] is Reason.REQUESTING_STATE
    assert reasons["rowing-qp"] is Reason.REQUESTING_STATE
    assert reasons["embassy-qt-in-qn"] is Reason.TRANSIT_STATE
    assert not {"embassy-qn-in-qt", "world-rowing", "kestrel-air", "players-union"} & set(reasons)


def test_s4_the_reason_stays_when_the_requesting_state_is_also_alleged() -> None:
    alleged = a_role(None, perpetrator_kind="state")

    reasons = _reasons(closure(*_extradition(parties=(alleged,))))

    assert reasons["palmbank"] is Reason.REQUESTING_STATE


def test_s4_the_embassy_of_the_country_where_they_live_is_found_where_they_are_held() -> None:
    registry, event = _extradition()

    found = candidates(World(the_default_pack(), registry), event)

    told = {each.party for each in found.candidates}
    assert {"world-rowing", "kestrel-air", "players-union"} <= told
    assert not {"palmbank", "rowing-qp", "embassy-qp-in-qt"} & told
    assert _withheld(found)["palmbank"] is Reason.REQUESTING_STATE
    assert "embassy-qn-in-qt" in told


def _eviction() -> tuple[Registry, ThreatEvent]:
    registry = a_registry(
        parties=[
            a_party("solara-hydro", K.COMPANY, "QR"),
            a_party("delta-power", K.COMPANY, "QN"),
            a_party("state-qr", K.STATE, "QR"),
            a_party("embassy-qn-in-qr", K.MISSION, "QN"),
            a_party("continental-bank", K.BANK, "QS"),
            a_party("an-investor", K.INVESTOR, "QS"),
            a_party("mednet", K.PROTECTION),
        ],
        links=[
            a_link("solara-hydro", L.JOINT_VENTURE_WITH, "delta-power"),
            a_link("embassy-qn-in-qr", L.ACCREDITED_TO, "state-qr"),
            a_link("continental-bank", L.FINANCES, "solara-hydro"),
            a_link("an-investor", L.INVESTS_IN, "solara-hydro", share=4.0),
        ],
        contacts=[
            a_contact("embassy-qn-in-qr", "desk", Level.FOCAL_POINT),
            a_contact("continental-bank", "project", Level.CLIENT_TEAM),
            a_contact("continental-bank", "complaints", Level.COMPLAINTS_OFFICE, rank=1),
            a_contact("continental-bank", "press", Level.GENERAL, rank=2),
            a_contact("an-investor"),
            a_contact("solara-hydro"),
            a_contact("delta-power", "hq", Level.HQ_HUMAN_RIGHTS),
            a_contact("mednet"),
        ],
    )
    event = an_event(
        "early_warning",
        happened="QR",
        parties=[a_role("solara-hydro", "operator")],
        subjects=(Subject(kind=SubjectKind.COMMUNITY, pseudonym="subject-1", count=400),),
    )
    return registry, event


def test_s5_while_nobody_knows_who_did_it_operator_and_partner_are_out_but_can_be_lifted() -> None:
    entries = {entry.party: entry for entry in closure(*_eviction()).entries}

    assert entries["solara-hydro"].reason is Reason.UNKNOWN_PERPETRATOR_GROUP
    assert entries["delta-power"].reason is Reason.UNKNOWN_PERPETRATOR_GROUP
    assert all(entry.tagged for entry in entries.values())
    assert "embassy-qn-in-qr" not in entries


def test_s5_the_banks_complaints_office_is_reached_and_its_project_team_is_not() -> None:
    registry, event = _eviction()

    found = candidates(World(the_default_pack(), registry), event)

    bank = next(each for each in found.candidates if each.party == "continental-bank")
    assert bank.track is TrackName.MECHANISMS
    assert [ref.id for ref in bank.contacts] == ["continental-bank.complaints"]
    withheld = _withheld(found)
    assert withheld["continental-bank.project"] is Reason.LEVEL
    assert withheld["solara-hydro"] is withheld["delta-power"] is Reason.UNKNOWN_PERPETRATOR_GROUP
    assert "embassy-qn-in-qr" in {each.party for each in found.candidates}


def test_s5_investors_are_out_for_want_of_consent_and_before_any_consent_everybody_is() -> None:
    registry, event = _eviction()
    shut = closure(registry, event)
    given = (TrackName.MISSIONS, TrackName.MECHANISMS)

    investor = _judged(registry, shut, "an-investor", TrackName.INVESTORS, *given)
    before = _judged(registry, shut, "embassy-qn-in-qr", TrackName.MISSIONS)

    assert investor.reason is Reason.CONSENT_AUDIENCE
    assert before.reason is Reason.CONSENT_NONE
