"""What must hold for any registry, any event and any safeguards: nobody excluded is ever told."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.candidates import World, candidates
from rules.exclusion import closure, join
from rules.graph import Registry
from rules.guard import judge, judge_duty
from schemas.codes import Certainty, CountryRole, Mode, TrackName
from schemas.contact import Level
from schemas.event import CountryPart, PartyRole, ReprisalOf, ThreatEvent
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind
from schemas.plan import Closure, Excluded, Reason
from schemas.safeguards import Basis, Consent, Safeguards
from tests.unit.rules.build import (
    NOW,
    a_contact,
    a_party,
    a_role,
    an_endpoint,
    an_event,
    the_default_pack,
)

IDS = [f"p{number}" for number in range(7)]
STATES = ["QM", "QN", None]
PACK = the_default_pack()

_ids = st.sampled_from(IDS)
_parties = st.tuples(
    *(
        st.builds(
            a_party,
            st.just(id),
            st.sampled_from(list(PartyKind)),
            st.sampled_from(STATES),
            ganhri=st.sampled_from(["A", "B", None]),
        )
        for id in IDS
    )
)


@st.composite
def _links(draw: st.DrawFn) -> list[Link]:
    made = draw(
        st.lists(
            st.tuples(
                st.sampled_from(list(LinkKind)),
                _ids,
                _ids,
                st.sampled_from(list(LinkStatus)),
                st.sampled_from([None, date(2026, 1, 1), date(2028, 1, 1)]),
                st.sampled_from([None, 3.0, 60.0]),
            ),
            max_size=14,
        )
    )
    return [
        Link(
            id=f"l{number}", kind=kind, a=a, b=b, status=status, source="invented",
            valid_until=until, share=share,
        )
        for number, (kind, a, b, status, until, share) in enumerate(made)
    ]  # fmt: skip


_roles = st.builds(
    a_role,
    st.one_of(_ids, st.none()),
    st.sampled_from(
        ["alleged_perpetrator", "adverse_party", "operator", "site", "security_contractor",
         "technology_provider", "mechanism", "buyer"]
    ),
    perpetrator_kind=st.sampled_from(["state", "company", "unknown"]),
)  # fmt: skip


def _event(
    code: str, parties: list[PartyRole], countries: list[tuple[str, CountryRole]], reprisal: bool
) -> ThreatEvent:
    event = an_event(
        code,
        parties=parties,
        happened=None,
        reprisal_of=ReprisalOf(mechanism="p0") if reprisal else None,
    )
    where = tuple(CountryPart(code=country, role=role) for country, role in countries)
    return event.model_copy(update={"countries": where})


_events = st.builds(
    _event,
    st.sampled_from(["arrest", "spyware", "extradition_risk"]),
    st.lists(_roles, max_size=3),
    st.lists(
        st.tuples(st.sampled_from(["QM", "QN"]), st.sampled_from(list(CountryRole))), max_size=2
    ),
    st.booleans(),
)


def _registry(parties: tuple[Party, ...], links: list[Link]) -> Registry:
    return Registry(parties, links=links, contacts=[a_contact(party.id) for party in parties])


def _liftable(entry: Excluded) -> bool:
    return entry.tagged or entry.clearable or entry.reason is Reason.CONTROLLER_NEEDS_TWO


@given(parties=_parties, links=_links(), event=_events)
def test_another_link_never_frees_anybody(
    parties: tuple[Party, ...], links: list[Link], event: ThreatEvent
) -> None:
    before = closure(_registry(parties, links[1:]), event)
    after = closure(_registry(parties, links), event)

    for entry in before.entries:
        now = after.find(entry.party)
        assert now is not None
        # A seat on the board of a house that turns out to be the parent is the one exception.
        if not _liftable(entry) and entry.reason is not Reason.OFFICER_OF:
            assert not _liftable(now)
    assert set(before.states) <= set(after.states)


@given(parties=_parties, links=_links(), events=st.lists(_events, min_size=2, max_size=3))
def test_another_event_never_frees_anybody(
    parties: tuple[Party, ...], links: list[Link], events: list[ThreatEvent]
) -> None:
    registry = _registry(parties, links)
    known = Closure()

    for event in events:
        before, known = known, join(known, closure(registry, event))

        for entry in before.entries:
            now = known.find(entry.party)
            assert now is not None
            assert _liftable(entry) or not _liftable(now)
        assert set(before.states) <= set(known.states)
        assert [each.party for each in known.entries] == sorted(
            {each.party for each in known.entries}
        )


@given(parties=_parties, links=_links(), event=_events, seed=st.randoms(use_true_random=False))
def test_the_order_in_which_records_came_in_changes_nothing(
    parties: tuple[Party, ...], links: list[Link], event: ThreatEvent, seed: object
) -> None:
    shuffled = list(links)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = _registry(parties, links), _registry(parties[::-1], shuffled)

    assert one.version == two.version
    assert closure(one, event) == closure(two, event)
    assert candidates(World(PACK, one), event) == candidates(World(PACK, two), event)


@given(parties=_parties, links=_links(), event=_events)
def test_no_party_that_nobody_may_lift_is_ever_a_candidate(
    parties: tuple[Party, ...], links: list[Link], event: ThreatEvent
) -> None:
    found = candidates(World(PACK, _registry(parties, links)), event)

    for each in (*found.candidates, *found.explained):
        entry = found.closure.find(each.party)
        assert entry is None or _liftable(entry)
    assert found.tracks[0].name is TrackName.DUTY


_consents = st.builds(
    Consent,
    id=st.just("consent-1"),
    pseudonym=st.sampled_from(["faro/a", "faro/b"]),
    audiences=st.lists(st.sampled_from(list(TrackName)), max_size=11).map(tuple),
    mode=st.sampled_from(list(Mode)),
    basis=st.sampled_from(list(Basis)),
    given_at=st.just(NOW),
    until=st.sampled_from([None, NOW, NOW + timedelta(seconds=1)]),
    revoked=st.booleans(),
)
_safeguards = st.builds(
    Safeguards,
    certainty=st.sampled_from(list(Certainty)),
    independent_sources=st.integers(0, 3),
    mode_ceiling=st.sampled_from(list(Mode)),
    subjects=st.sampled_from([(), ("faro/a",), ("faro/a", "faro/b")]),
    consents=st.lists(_consents, max_size=3).map(tuple),
    conflicts=st.sampled_from([(), ("p0",)]),
    declined=st.sampled_from([(), ("p1",)]),
    frozen=st.sampled_from([(), (TrackName.COMPANIES,)]),
    stopped=st.booleans(),
    exercise=st.booleans(),
)
_tracks = st.sampled_from(list(TrackName))
_modes = st.sampled_from(list(Mode))


@settings(max_examples=150)
@given(
    parties=_parties, links=_links(), event=_events, given_=_safeguards, track=_tracks, mode=_modes
)
def test_nobody_in_the_closure_is_ever_allowed(
    parties: tuple[Party, ...],
    links: list[Link],
    event: ThreatEvent,
    given_: Safeguards,
    track: TrackName,
    mode: Mode,
) -> None:
    registry = _registry(parties, links)
    shut = closure(registry, event)
    generous = replace(given_, closure=shut)

    for party in parties:
        excluded = shut.find(party.id) is not None or (
            party.state in shut.states and party.kind is PartyKind.MISSION
        )
        verdict = judge(
            party=party, contact=None, endpoint=None, track=track, mode=mode,
            safeguards=generous, registry=registry, now=NOW,
        )  # fmt: skip
        assert not (excluded and verdict.allowed)


@settings(max_examples=300)
@given(given_=_safeguards, track=_tracks, mode=_modes)
def test_nobody_is_told_without_the_live_consent_of_every_subject(
    given_: Safeguards, track: TrackName, mode: Mode
) -> None:
    party = a_party("embassy", PartyKind.MISSION, "QN")

    verdict = judge(
        party=party, contact=None, endpoint=None, track=track, mode=mode,
        safeguards=given_, registry=Registry([party]), now=NOW,
    )  # fmt: skip

    if not verdict.allowed:
        assert verdict.reason is not Reason.ALLOWED
        return
    assert track is not TrackName.DUTY
    assert given_.consents
    for consent in given_.consents:
        assert not consent.revoked
        assert consent.until is None or consent.until > NOW
        assert mode.within(consent.mode)
        if consent.basis is Basis.NECESSITY:
            assert track is TrackName.PROTECTION
        else:
            assert track in consent.audiences
    assert set(given_.subjects) <= {consent.pseudonym for consent in given_.consents}
    assert mode.within(given_.mode_ceiling)
    assert not given_.stopped
    assert track not in given_.frozen
    assert not track.outward or (
        given_.certainty.likely_or_better or given_.independent_sources >= 2
    )


@given(given_=_safeguards, exercise=st.booleans())
def test_whatever_is_stopped_or_withdrawn_our_own_people_are_paged(
    given_: Safeguards, exercise: bool
) -> None:
    endpoint = an_endpoint("ana.sms", channel="sms", exercise=exercise)

    verdict = judge_duty(person="person:ana", endpoint=endpoint, safeguards=given_, now=NOW)

    assert verdict.allowed is (exercise is given_.exercise)


@given(level=st.sampled_from(list(Level)), given_=_safeguards)
def test_a_site_or_sales_contact_is_never_told(level: Level, given_: Safeguards) -> None:
    party = a_party("haldane")
    contact = a_contact("haldane", level=level)

    verdict = judge(
        party=party, contact=contact, endpoint=contact.endpoints[0], track=TrackName.COMPANIES,
        mode=Mode.QUIET, safeguards=given_,
        registry=Registry([party], contacts=[contact]), now=NOW,
    )  # fmt: skip

    assert level.automatic or not verdict.allowed
