"""What one event leads to: rules, tracks, whom to ask, whom to leave out, what needs a person."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rules import audiences, duty
from rules.candidates import World, candidates, fallback, stricter
from rules.graph import Registry
from rules.rulebook import Rulebook, load
from schemas.codes import CountryRole, Mode, Severity, TrackName
from schemas.codes.threats import EventType
from schemas.contact import Level
from schemas.event import ThreatEvent
from schemas.link import Link, LinkStatus
from schemas.party import Party, PartyKind
from schemas.plan import Candidates, Gate, Hop, Reason, Track, Trouble
from tests.unit.rules.build import (
    NOW,
    PACK,
    K,
    L,
    a_contact,
    a_link,
    a_party,
    a_registry,
    a_role,
    an_endpoint,
    an_event,
    the_default_pack,
)

DEFAULT = PACK.read_text("utf-8")
PARTIES = [
    a_party("mine", K.SITE, "QM"),
    a_party("operator", K.COMPANY, "QM"),
    a_party("parent", K.COMPANY, "QN"),
    a_party("buyer", K.COMPANY, "QS"),
    a_party("embassy", K.MISSION, "QN"),
    a_party("police", K.STATE_BODY, "QM"),
    a_party("mednet", K.PROTECTION),
]
LINKS = [
    a_link("operator", L.OPERATES, "mine"),
    a_link("parent", L.PARENT_OF, "operator"),
    a_link("buyer", L.BUYS_FROM, "operator"),
    a_link("embassy", L.ACCREDITED_TO, "QM"),
]


def _book(rules: str, **swaps: str) -> Rulebook:
    """The default pack with other rules."""
    start, end = DEFAULT.index("rules:\n"), DEFAULT.index("field_classes:")
    text = DEFAULT[:start] + "rules:\n" + rules + "\n" + DEFAULT[end:]
    for old, new in swaps.items():
        text = text.replace(old, new)
    return load(text, filename="test.yaml")


def _rule(id: str, when: str, tell: str = "", explain: str = "[]", policy: str = "default") -> str:
    return (
        f"  - id: {id}\n    when: '{when}'\n    policy: {policy}\n"
        f"    tell: [{tell}]\n    explain: {explain}\n"
    )


MISSIONS = "{track: missions, walk: home_missions}"
FIRMS = "{track: companies, walk: companies}"


def _find(
    event: ThreatEvent | None = None,
    *,
    rules: str | None = None,
    parties: list[Party] | None = None,
    links: list[Link] | None = None,
    contacts: list[object] | None = None,
    **more: object,
) -> Candidates:
    registry = a_registry(
        PARTIES if parties is None else parties,
        LINKS if links is None else links,
        contacts,  # type: ignore[arg-type]
    )
    book = the_default_pack() if rules is None else _book(rules)
    return candidates(World(book, registry), event or _arrest(), **more)  # type: ignore[arg-type]


def _arrest(code: str = "arrest", **more: object) -> ThreatEvent:
    parties = more.pop("parties", [a_role("police"), a_role("mine", "site")])
    return an_event(code, parties=parties, **more)  # type: ignore[arg-type]


def _told(found: Candidates, track: TrackName) -> list[str]:
    return [each.party for each in found.candidates if each.track is track]


def _withheld(found: Candidates) -> dict[str, Reason]:
    return {each.contact or each.party: each.reason for each in found.withheld}


def _track(found: Candidates, name: TrackName) -> Track:
    return next(track for track in found.tracks if track.name is name)


def test_an_arrest_leads_to_the_home_embassy_the_buyer_and_the_parent() -> None:
    found = _find()

    assert found.severity is Severity.HIGH
    assert found.rules == ("liberty",)
    assert found.policy == "default"
    assert _told(found, TrackName.MISSIONS) == ["embassy"]
    assert _told(found, TrackName.COMPANIES) == ["operator", "parent", "buyer"]
    assert _told(found, TrackName.PROTECTION) == ["mednet"]
    assert found.troubles == ()


def test_duty_is_always_there_and_always_first() -> None:
    for event in (_arrest(), _arrest("enrichment"), _arrest("unheard_of")):
        tracks = _find(event).tracks
        assert tracks[0].name is TrackName.DUTY
        assert tracks[0].steps[0].offset == 0


def test_each_candidate_says_by_which_path_it_was_found_and_how_it_is_reached() -> None:
    (embassy,) = [each for each in _find().candidates if each.party == "embassy"]

    assert embassy.path[0] == Hop(kind="event", a="site", b="mine")
    assert embassy.path[-1].kind == "accredited_to"
    assert [contact.id for contact in embassy.contacts] == ["embassy.desk"]
    assert embassy.contacts[0].endpoints == ("email:embassy.desk.mail",)


def test_candidates_of_a_track_are_ranked_from_the_nearest() -> None:
    found = [each for each in _find().candidates if each.track is TrackName.COMPANIES]

    assert [(each.party, each.rank) for each in found] == [
        ("operator", 0),
        ("parent", 1),
        ("buyer", 2),
    ]


def test_if_no_rule_matches_there_is_the_duty_plan_alone_and_a_person_is_told() -> None:
    found = _find(rules=_rule("never", "false", MISSIONS))

    assert [track.name for track in found.tracks] == [TrackName.DUTY]
    assert found.candidates == ()
    assert (found.policy, found.rules) == ("", ())
    assert Trouble.NO_RULE_MATCHED in found.troubles


@pytest.mark.parametrize("code", ["enrichment", "consent_revoked", "date_moved", "suit_withdrawn"])
def test_an_event_that_asks_for_nobody_is_no_trouble_if_no_rule_matches(code: str) -> None:
    assert _find(_arrest(code, happened=None)).troubles == ()


def test_a_rule_that_cannot_decide_is_a_trouble_and_the_other_rules_still_count() -> None:
    rules = _rule("odd", 'event.sector == "mining"', FIRMS) + _rule("arrests", "true", MISSIONS)

    found = _find(rules=rules)

    assert Trouble.RULE_ERRED in found.troubles
    assert found.rules == ("arrests",)
    assert _told(found, TrackName.MISSIONS) == ["embassy"]
    assert _told(found, TrackName.COMPANIES) == []


def test_a_rule_sees_the_severity_after_all_raises() -> None:
    rules = _rule("grave", 'event.severity == "critical"', MISSIONS)

    found = _find(_arrest(danger_now="yes"), rules=rules)

    assert found.rules == ("grave",)
    assert found.severity is Severity.CRITICAL


def test_a_publisher_who_claims_too_much_is_capped_and_a_person_sees_it() -> None:
    found = _find(_arrest(severity=Severity.CRITICAL), severity_ceiling=Severity.HIGH)

    assert found.severity is Severity.HIGH
    assert found.troubles == (Trouble.SEVERITY_CAPPED,)


def test_an_unknown_code_is_a_persons_business_now() -> None:
    found = _find(_arrest("unheard_of"))

    assert found.severity is Severity.HIGH
    assert found.troubles == (Trouble.NO_RULE_MATCHED, Trouble.CODE_UNKNOWN)


def test_without_a_country_no_mission_and_no_nhri_is_asked() -> None:
    rules = _rule("all", "true", f"{MISSIONS}, {{track: nhris, walk: home_nhri}}, {FIRMS}")
    parties = [*PARTIES, a_party("nhri", K.NHRI, "QN", ganhri="A")]

    found = _find(_arrest(happened=None), rules=rules, parties=parties)

    assert _told(found, TrackName.NHRIS) == []
    assert _withheld(found)["nhri"] is Reason.COUNTRY_UNRESOLVED
    assert _told(found, TrackName.COMPANIES) == ["operator", "parent", "buyer"]
    assert Trouble.COUNTRY_UNRESOLVED in found.troubles


def test_whoever_is_held_on_the_way_is_somewhere() -> None:
    event = _arrest(happened=None, countries=[("QM", CountryRole.TRANSIT)])

    assert Trouble.COUNTRY_UNRESOLVED not in _find(event).troubles


def test_a_party_that_the_registry_does_not_know_is_withheld_and_a_person_resolves_it() -> None:
    unnamed = _find(_arrest(parties=[a_role(None), a_role("mine", "site")]))
    stranger = _find(_arrest(parties=[a_role("police"), a_role("stranger", "buyer")]))

    assert Trouble.PARTY_UNRESOLVED in unnamed.troubles
    assert Trouble.PARTY_UNRESOLVED in stranger.troubles
    assert _withheld(stranger)["stranger"] is Reason.UNKNOWN_PARTY


def test_rules_that_matched_and_found_nobody_are_a_trouble() -> None:
    found = _find(rules=_rule("arrests", "true", MISSIONS), links=LINKS[:3])

    assert found.candidates == ()
    assert found.troubles == (Trouble.NOBODY_FOUND,)


def test_a_rule_that_only_explains_is_not_missed_when_it_finds_nobody() -> None:
    assert _find(rules=_rule("look", "true", "", "[companies]"), links=[]).troubles == ()


@pytest.mark.parametrize(("days", "trouble"), [(8, True), (1, False), (None, False)])
def test_a_report_of_another_time_is_flagged(days: int | None, trouble: bool) -> None:
    at = None if days is None else NOW + timedelta(days=days)

    assert (Trouble.TIME_IMPLAUSIBLE in _find(at=at).troubles) is trouble


def test_links_must_hold_when_it_happened_or_if_nobody_said_when_it_came() -> None:
    ended = [*LINKS[:2], a_link("buyer", L.BUYS_FROM, "operator", valid_until=date(2027, 6, 1))]
    rules = _rule("firms", "true", "{track: companies, walk: buyers}")
    timeless = _arrest(at=None)

    def buyers(event: ThreatEvent, **more: object) -> list[str]:
        return _told(_find(event, rules=rules, links=ended, **more), TrackName.COMPANIES)

    assert buyers(_arrest()) == ["buyer"]
    assert buyers(_arrest(), at=NOW + timedelta(days=200)) == ["buyer"]
    assert buyers(timeless, at=NOW) == ["buyer"]
    assert buyers(timeless, at=NOW + timedelta(days=200)) == []
    assert buyers(timeless) == []


# Contacts


def test_contacts_that_a_machine_never_tells_are_withheld_one_by_one() -> None:
    contacts = [
        a_contact("embassy", "focal", Level.FOCAL_POINT, hours="Mon-Fri 08:00-16:00 UTC"),
        a_contact("embassy", "trade", Level.COMMERCIAL, rank=1),
    ]

    found = _find(rules=_rule("arrests", "true", MISSIONS), contacts=list(contacts))

    (embassy,) = found.candidates
    assert [(each.id, each.hours) for each in embassy.contacts] == [
        ("embassy.focal", "Mon-Fri 08:00-16:00 UTC")
    ]
    (trade,) = [each for each in found.withheld if each.contact]
    assert (trade.party, trade.reason, trade.track) == ("embassy", Reason.LEVEL, TrackName.MISSIONS)


def test_a_party_that_no_machine_reaches_is_planned_for_a_person_to_phone() -> None:
    """It stood among those left out alone, and nobody was asked to phone it."""
    mute = [a_contact("embassy", endpoints=())]

    for contacts in ([], mute):
        found = _find(rules=_rule("arrests", "true", MISSIONS), contacts=list(contacts))
        assert [(each.party, each.contacts) for each in found.candidates] == [("embassy", ())]
        assert _withheld(found)["embassy"] is Reason.NO_ENDPOINT
        assert Trouble.NOBODY_FOUND in found.troubles


def test_nobody_phones_a_party_of_which_only_people_who_may_not_be_told_are_known() -> None:
    trade = [a_contact("embassy", "trade", Level.COMMERCIAL)]
    found = _find(rules=_rule("arrests", "true", MISSIONS), contacts=list(trade))
    assert found.candidates == ()
    assert _withheld(found)["embassy"] is Reason.NO_ENDPOINT


def test_nobody_phones_anybody_outside_in_a_drill() -> None:
    found = _find(_arrest(exercise=True), rules=_rule("all", "true", MISSIONS), contacts=[])
    assert found.candidates == ()


def test_a_drill_is_planned_with_drill_addresses_only_and_the_real_thing_with_real_ones() -> None:
    real, drill = an_endpoint("real"), an_endpoint("drill", exercise=True)
    contacts = [a_contact("embassy", endpoints=(real, drill))]
    rules = _rule("all", "true", MISSIONS)

    def ends(exercise: bool) -> tuple[str, ...]:
        found = _find(_arrest(exercise=exercise), rules=rules, contacts=list(contacts))
        return found.candidates[0].contacts[0].endpoints

    assert ends(False) == ("email:real",)
    assert ends(True) == ("email:drill",)


def test_on_the_mechanisms_track_a_bank_is_its_complaints_office_and_nothing_else() -> None:
    parties = [*PARTIES, a_party("bank", K.BANK), a_party("un", K.MECHANISM)]
    contacts = [
        a_contact("bank", "hq", Level.HQ_HUMAN_RIGHTS),
        a_contact("bank", "complaints", Level.COMPLAINTS_OFFICE),
        a_contact("un", "desk"),
    ]
    found = _find(
        rules=_rule("all", "true", "{track: mechanisms, walk: mechanisms}"),
        parties=parties,
        links=[*LINKS, a_link("bank", L.FINANCES, "operator")],
        contacts=list(contacts),
    )

    reached = {each.party: [ref.id for ref in each.contacts] for each in found.candidates}
    assert reached == {"un": ["un.desk"], "bank": ["bank.complaints"]}
    assert _withheld(found)["bank.hq"] is Reason.LEVEL


# Exclusion and explanation


def test_a_perpetrator_is_withheld_even_where_a_rule_chose_it() -> None:
    event = _arrest(parties=[a_role("operator")])

    found = _find(event, rules=_rule("firms", "true", FIRMS))

    assert _told(found, TrackName.COMPANIES) == ["parent", "buyer"]
    assert _withheld(found)["operator"] is Reason.PERPETRATOR_CLOSURE
    assert _withheld(found)["mine"] is Reason.PERPETRATOR_CLOSURE


def test_a_controller_stays_a_candidate_because_two_people_may_release_it() -> None:
    found = _find(_arrest(parties=[a_role("operator")]), rules=_rule("firms", "true", FIRMS))

    assert "parent" in _told(found, TrackName.COMPANIES)
    assert _withheld(found)["parent"] is Reason.CONTROLLER_NEEDS_TWO


def test_what_lies_far_from_the_perpetrator_is_shown_only_if_somebody_would_have_been_told() -> (
    None
):
    chain = [a_party(f"sub-{n}") for n in range(4)]
    links = [
        a_link("operator", L.PARENT_OF, "sub-0"),
        *(a_link(f"sub-{n}", L.PARENT_OF, f"sub-{n + 1}") for n in range(3)),
        a_link("sub-3", L.BUYS_FROM, "operator"),
    ]
    event = _arrest(parties=[a_role("operator")])

    quiet = _withheld(_find(event, parties=[*PARTIES, *chain], links=links[:4]))
    chosen = _withheld(_find(event, parties=[*PARTIES, *chain], links=links))

    assert {"operator", "sub-0", "sub-1"} <= set(quiet)
    assert not {"sub-2", "sub-3"} & set(quiet)
    assert chosen["sub-3"] is Reason.PERPETRATOR_CLOSURE


def test_states_and_persons_are_not_shown_since_nobody_would_tell_them() -> None:
    parties = [*PARTIES, a_party("state-qm", K.STATE, "QM"), a_party("boss", K.PERSON)]
    links = [*LINKS, a_link("police", L.BODY_OF, "state-qm"), a_link("boss", L.PARENT_OF, "police")]

    found = _find(parties=parties, links=links)

    assert found.closure.find("boss") is not None
    assert not {"state-qm", "boss"} & set(_withheld(found))
    assert _withheld(found)["police"] is Reason.PERPETRATOR_CLOSURE


def test_walks_that_only_explain_yield_parties_to_be_judged_but_never_told() -> None:
    links = [*LINKS, a_link("former", L.BUYS_FROM, "operator", status=LinkStatus.LAPSED)]
    parties = [*PARTIES, a_party("former")]

    found = _find(
        rules=_rule("arrests", "true", MISSIONS, "[companies]"), parties=parties, links=links
    )

    assert _told(found, TrackName.MISSIONS) == ["embassy"]
    explained = {each.party: each.track for each in found.explained}
    assert explained == {
        "buyer": TrackName.COMPANIES,
        "mine": TrackName.COMPANIES,
        "operator": TrackName.COMPANIES,
        "parent": TrackName.COMPANIES,
    }
    assert [track.name for track in found.tracks] == [TrackName.DUTY, TrackName.MISSIONS]
    assert _withheld(found)["former"] is Reason.LINK_NOT_CURRENT


def test_an_explained_party_has_one_reason_and_not_one_for_each_desk() -> None:
    contacts = [a_contact("buyer", "sourcing", Level.SOURCING), a_contact("embassy")]

    found = _find(rules=_rule("arrests", "true", MISSIONS, "[buyers]"), contacts=list(contacts))

    assert "buyer" in {each.party for each in found.explained}
    assert "buyer.sourcing" not in _withheld(found)


def test_a_walk_under_a_name_of_its_own_can_explain_too() -> None:
    found = _find(rules=_rule("arrests", "true", "", "[third_missions]"))

    assert found.explained != ()
    assert "embassy" not in {each.party for each in found.explained}


def test_a_party_of_a_kind_that_no_audience_has_is_not_explained() -> None:
    parties = [*PARTIES, a_party("army", K.STATE_BODY, "QZ")]
    event = _arrest(parties=[a_role("police"), a_role("army", "other")])

    assert "army" not in {each.party for each in _find(event, parties=parties).explained}


def test_every_walk_and_every_kind_that_can_be_told_has_an_audience() -> None:
    from rules.walks import WALKS

    never = {
        PartyKind.NGO,
        PartyKind.STATE_BODY,
        PartyKind.STATE,
        PartyKind.PERSON,
        PartyKind.GROUP,
        PartyKind.CHAMPION,  # public mode only, which this generation does not do
    }
    assert set(audiences.TRACK_OF_WALK) == set(WALKS)
    assert set(audiences.TRACK_OF_KIND) == set(PartyKind) - never


# Several rules


def test_two_rules_on_one_track_find_each_party_once_behind_the_stronger_gate() -> None:
    policy = """
  loud:
    tracks:
      missions: {gate: release_two, mode: private, answer_by: 1h}
rules:
"""
    book = load(
        _text_with(
            policy, _rule("b", "true", MISSIONS, policy="loud") + _rule("a", "true", MISSIONS)
        ),
        filename="test.yaml",
    )
    found = candidates(World(book, a_registry(PARTIES, LINKS)), _arrest())

    missions = _track(found, TrackName.MISSIONS)
    assert found.rules == ("b", "a")
    assert found.policy == "loud"
    assert (missions.gate, missions.mode, missions.answer_by) == (
        Gate.RELEASE_TWO,
        Mode.QUIET,
        3_600,
    )
    assert _told(found, TrackName.MISSIONS) == ["embassy"]


def _text_with(policy: str, rules: str) -> str:
    start, end = DEFAULT.index("rules:\n"), DEFAULT.index("field_classes:")
    return DEFAULT[:start].rstrip() + policy + rules + "\n" + DEFAULT[end:]


def test_the_first_rules_mode_stays_if_it_is_the_quieter_one() -> None:
    policy = """
  loud:
    tracks:
      missions: {gate: release, mode: private, answer_by: 9d}
rules:
"""
    rules = _rule("a", "true", MISSIONS) + _rule("b", "true", MISSIONS, policy="loud")
    book = load(_text_with(policy, rules), filename="test.yaml")

    missions = _track(
        candidates(World(book, a_registry(PARTIES, LINKS)), _arrest()), TrackName.MISSIONS
    )

    assert (missions.mode, missions.gate, missions.answer_by) == (
        Mode.QUIET,
        Gate.RELEASE,
        86_400,
    )


def test_a_party_found_by_two_walks_keeps_its_nearer_path() -> None:
    event = _arrest(countries=[("QN", CountryRole.RESIDENCE)])
    both = f"{MISSIONS}, {{track: missions, walk: residence_missions}}"
    turned = f"{{track: missions, walk: residence_missions}}, {MISSIONS}"

    for tell in (both, turned):
        (embassy,) = _find(event, rules=_rule("a", "true", tell)).candidates
        assert embassy.path[0].a == "residence"


def test_a_bad_link_does_not_withhold_whom_another_walk_brings_in() -> None:
    links = [*LINKS[:3], a_link("embassy", L.ACCREDITED_TO, "QM", status=LinkStatus.LAPSED)]
    rules = _rule("a", "true", f"{MISSIONS}, {{track: protection, walk: protection}}")
    parties = [party for party in PARTIES if party.id != "embassy"]
    parties.append(a_party("embassy", K.PROTECTION, "QN"))

    found = _find(rules=rules, parties=parties, links=links)

    assert "embassy" in _told(found, TrackName.PROTECTION)
    assert "embassy" not in _withheld(found)


# World and fallback


def test_a_world_is_named_by_its_rules_and_its_records() -> None:
    book, registry = the_default_pack(), a_registry(PARTIES, LINKS)

    world = World(book, registry)

    assert world.version == World(the_default_pack(), a_registry(PARTIES, LINKS)).version
    assert world.version != World(book, a_registry(PARTIES)).version
    assert world.version != World(_book(_rule("a", "true")), registry).version
    assert candidates(world, _arrest()).world == world.version


@pytest.mark.parametrize("severity", list(Severity))
def test_when_planning_fails_duty_is_woken_all_the_same(severity: Severity) -> None:
    found = fallback(severity)

    assert found.tracks == (duty.built_in(severity),)
    assert found.troubles == (Trouble.PLANNING_FAILED,)
    assert found.severity is severity
    assert found.candidates == found.withheld == ()
    assert (found.world, found.policy, found.rules) == ("", "", ()), "nothing was looked up"


# The shipped pack


def test_the_shipped_duty_ladder_is_the_built_in_one() -> None:
    book = the_default_pack()

    for severity in Severity:
        assert book.duty_track(severity) == duty.built_in(severity)


def test_the_shipped_times_are_those_of_the_policy_pack() -> None:
    minutes = {
        severity: [step.offset // 60 for step in duty.built_in(severity).steps]
        for severity in Severity
    }
    hours = {
        name: [spec.answer_by[severity] // 3_600 for severity in Severity]
        for name, spec in the_default_pack().shape.policies["default"].tracks.items()
    }

    assert minutes == {
        Severity.CRITICAL: [0, 15, 30, 60],
        Severity.HIGH: [0, 60, 90],
        Severity.ELEVATED: [0, 240, 480, 1440],
        Severity.WATCH: [0, 1440],
    }
    assert hours[TrackName.PROTECTION] == [2, 24, 72, 72]
    assert hours[TrackName.MISSIONS] == [4, 24, 72, 72]
    for name in ("nhris", "legal", "mechanisms", "sports", "unions"):
        assert hours[TrackName(name)] == hours[TrackName.MISSIONS]
    assert hours[TrackName.MSIS] == hours[TrackName.INVESTORS] == [24, 48, 168, 336]
    assert hours[TrackName.COMPANIES] == [24, 48, 168, 168]


def test_the_shipped_pack_has_a_rule_for_every_act_and_every_warning() -> None:
    from schemas.codes.threats import THREATS

    world = World(the_default_pack(), Registry())
    missed = [
        code
        for code, threat in THREATS.items()
        if threat.type in (EventType.ACT, EventType.WARNING, EventType.EXERCISE)
        and not candidates(world, an_event(code)).rules
    ]

    assert missed == []


def test_the_shipped_rules_can_always_decide() -> None:
    from schemas.codes.threats import THREATS

    world = World(the_default_pack(), Registry())

    for code in THREATS:
        bare = ThreatEvent(code=code)
        assert Trouble.RULE_ERRED not in candidates(world, bare).troubles


def test_the_shipped_pack_asks_companies_only_through_two_people() -> None:
    tracks = the_default_pack().shape.policies["default"].tracks

    for name, spec in tracks.items():
        expected = Gate.RELEASE_TWO if name is TrackName.COMPANIES else Gate.RELEASE
        assert spec.gate is expected
        assert spec.mode is not Mode.PUBLIC


def test_of_two_rules_on_one_track_the_shorter_times_count_in_graver_cases_too() -> None:
    plain = fallback(Severity.HIGH).tracks[0]
    one = replace(plain, graver=((Severity.CRITICAL, 60, 900),))
    other = replace(plain, graver=((Severity.CRITICAL, 120, 300), (Severity.HIGH, 500, 500)))
    expected = ((Severity.CRITICAL, 60, 300), (Severity.HIGH, 500, 500))
    assert stricter(one, other).graver == stricter(other, one).graver == expected
    assert stricter(plain, plain).graver == ()


def test_a_rulebook_says_how_many_hide_one() -> None:
    book = _book(_rule("any", "true", MISSIONS), **{"small_cell: 5": "small_cell: 7"})
    registry = a_registry(PARTIES, LINKS, None)
    assert candidates(World(book, registry), _arrest()).small_cell == 7
