"""The guard against a plain reading of the design, and what every one of its answers must say."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.graph import Registry
from rules.guard import judge
from schemas.codes import Certainty, Mode, TrackName
from schemas.consent import Community, ConsentDoor
from schemas.contact import Level
from schemas.link import LinkStatus
from schemas.party import Mark, Ownership
from schemas.pattern import Pattern
from schemas.plan import Closure, Excluded, Hop, Reason, Remedy, Verdict
from schemas.reason import REMEDIES
from schemas.safeguards import Basis, Concerned, Hold, Safeguards
from tests.unit.rules.build import (
    NOW,
    SUBJECT,
    K,
    L,
    a_consent,
    a_contact,
    a_link,
    a_party,
    an_endpoint,
    safeguards,
)
from tests.unit.rules.guard_reference import Question, reasons_against

pytestmark = pytest.mark.guard

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
BOTH = (TrackName.MISSIONS, TrackName.PROTECTION)
WAY = (Hop(kind="event", a="alleged_perpetrator", b="embassy"),)
R = Reason
Change = Callable[[Question], Question]

EMBASSY = a_party("embassy", K.MISSION, "QN")
LIST = an_endpoint("embassy.list", members=("embassy.lea", "ngo.desk"))
LEA = a_contact(
    "embassy", "lea", Level.FOCAL_POINT, endpoints=(an_endpoint("embassy.lea.mail"), LIST)
)
NGO_DESK = a_contact("ngo", "desk")
PARTIES = (EMBASSY, a_party("ngo", K.NGO), a_party("x"), a_party("y"))
CONTACTS = (LEA, NGO_DESK)
MEMBERS = (
    a_link("x", L.MEMBER_OF, "embassy"),
    a_link("twin", L.SAME_AS, "embassy", status=LinkStatus.UNVERIFIED),
    a_link("y", L.MEMBER_OF, "twin"),
    # Whoever is tied to a list in another way is not on it, nor are those who are on theirs.
    a_link("firm", L.BUYS_FROM, "embassy"),
    a_link("embassy", L.BUYS_FROM, "hub"),
    a_link("stranger", L.MEMBER_OF, "firm"),
    a_link("stranger", L.MEMBER_OF, "hub"),
)
FINE = Question(
    party=EMBASSY,
    contact=LEA,
    endpoint=LEA.endpoints[0],
    track=TrackName.MISSIONS,
    mode=Mode.QUIET,
    safeguards=safeguards(*BOTH),
    registry=Registry(PARTIES, links=MEMBERS, contacts=CONTACTS),
    now=NOW,
)


def _ask(q: Question) -> Verdict:
    return judge(
        party=q.party,
        contact=q.contact,
        endpoint=q.endpoint,
        track=q.track,
        mode=q.mode,
        safeguards=q.safeguards,
        registry=q.registry,
        now=q.now,
    )


def _case(**more: Any) -> Change:
    return lambda q: replace(q, safeguards=replace(q.safeguards, **more))


def _also(**more: tuple[Any, ...]) -> Change:
    """One more of something that the case keeps several of."""

    def change(q: Question) -> Question:
        kept = {name: (*getattr(q.safeguards, name), *new) for name, new in more.items()}
        return replace(q, safeguards=replace(q.safeguards, **kept))

    return change


def _consents(**more: Any) -> Change:
    def change(q: Question) -> Question:
        changed = tuple(replace(each, **more) for each in q.safeguards.consents)
        return replace(q, safeguards=replace(q.safeguards, consents=changed))

    return change


def _party(**more: Any) -> Change:
    return lambda q: replace(q, party=replace(q.party, **more))


def _contact(**more: Any) -> Change:
    return lambda q: replace(q, contact=None if q.contact is None else replace(q.contact, **more))


def _ask_of(**more: Any) -> Change:
    return lambda q: replace(q, **more)


def _both(first: Change, then: Change) -> Change:
    return lambda q: then(first(q))


def _out(party: str, reason: Reason, **more: Any) -> Change:
    """Excluded: unless the case has an entry for it already."""

    def change(q: Question) -> Question:
        closure = q.safeguards.closure
        if closure.find(party) is not None:
            return q
        entry = Excluded(party=party, reason=reason, path=WAY, **more)
        entries = tuple(sorted((*closure.entries, entry), key=lambda each: each.party))
        made = Closure(digest="d1", entries=entries, states=closure.states)
        return replace(q, safeguards=replace(q.safeguards, closure=made))

    return change


def _state_out(code: str) -> Change:
    def change(q: Question) -> Question:
        made = Closure(digest="d1", entries=q.safeguards.closure.entries, states=(code,))
        return replace(q, safeguards=replace(q.safeguards, closure=made))

    return change


def _hold(**more: Any) -> Change:
    return _also(holds=(Hold(**{"id": "hold-1", "until": NOW + SECOND, "by": "ana"} | more),))


def _linked(**consent: Any) -> Change:
    """Linked with a case about somebody else, who said this."""
    other = "faro/other"
    said = a_consent(*BOTH, pseudonym=other, id="theirs", **consent)
    return _also(linked=(Concerned(case="c2", subjects=(other,), consents=(said,)),))


def _registry(**more: Any) -> Change:
    given: dict[str, Any] = {"parties": PARTIES, "links": MEMBERS, "contacts": CONTACTS}
    return _ask_of(registry=Registry(**given | more))


def _small(people: int, **more: Any) -> Change:
    return _case(pattern=Pattern(people=people, at_least=5), **more)


CONSENT = f"consent-{SUBJECT}"
REFUSALS: dict[str, tuple[Change, Reason, str, Remedy]] = {
    "perpetrator": (_out("embassy", R.PERPETRATOR_CLOSURE), R.PERPETRATOR_CLOSURE, "d1",
                    Remedy.NOTHING),
    "tagged": (_out("embassy", R.UNKNOWN_PERPETRATOR_GROUP, tagged=True),
               R.UNKNOWN_PERPETRATOR_GROUP, "d1", Remedy.LIFT_BY_TWO),
    "soft": (_out("embassy", R.REPRESENTS, clearable=True), R.REPRESENTS, "d1",
             Remedy.CLEAR_BY_TWO),
    "controller": (_out("embassy", R.CONTROLLER_NEEDS_TWO, levels=("focal_point",)),
                   R.CONTROLLER_NEEDS_TWO, "d1", Remedy.RELEASE_BY_TWO),
    "state": (_state_out("QN"), R.STATE_OF_PERPETRATOR, "d1", Remedy.NOTHING),
    "revoked": (_consents(revoked=True), R.CONSENT_REVOKED, CONSENT, Remedy.GIVEN_ANEW),
    "nobody asked": (_case(consents=()), R.CONSENT_NONE, "", Remedy.ASK_THE_PERSON),
    "somebody else not asked": (_also(subjects=("faro/other",)), R.CONSENT_NONE, "",
                                Remedy.ASK_THE_PERSON),
    "community without record": (_consents(basis=Basis.COMMUNITY), R.CONSENT_NONE, CONSENT,
                                 Remedy.ASK_THE_PERSON),
    "community, one twice": (
        _consents(basis=Basis.COMMUNITY, community=Community(needed=2, of=3, agreed=("a", "a"))),
        R.CONSENT_NONE, CONSENT, Remedy.ASK_THE_PERSON),
    "only a report says that nobody can be recognised": (
        _consents(basis=Basis.NO_IDENTIFIABLE_PERSON, agreed_by=("ana", "ana")),
        R.NOBODY_UNCONFIRMED, CONSENT, Remedy.AGREE_NOBODY),
    "somebody spoke for them": (_consents(basis=Basis.GUARDIAN), R.PROXY_UNJUSTIFIED, CONSENT,
                                Remedy.JUSTIFY_PROXY),
    "a line of the other side": (
        lambda q: _case(inside=("line",))(_consents(by="line", door=ConsentDoor.EVENT)(q)),
        R.CONSENT_FROM_INSIDE, CONSENT, Remedy.ASK_ANOTHER_WAY),
    "expired": (_consents(until=NOW), R.CONSENT_EXPIRED, CONSENT, Remedy.ASK_THE_PERSON),
    "duty only": (_consents(audiences=(TrackName.DUTY,)), R.CONSENT_NONE, CONSENT,
                  Remedy.ASK_THE_PERSON),
    "others only": (_consents(audiences=(TrackName.NHRIS,)), R.CONSENT_AUDIENCE, CONSENT,
                    Remedy.ASK_THE_PERSON),
    "necessity": (_consents(basis=Basis.NECESSITY), R.CONSENT_NONE, CONSENT,
                  Remedy.ASK_THE_PERSON),
    "louder than allowed": (
        lambda q: replace(_consents(mode=Mode.QUIET)(q), mode=Mode.PRIVATE), R.CONSENT_MODE,
        CONSENT, Remedy.QUIETER),
    "linked, and nobody asked there": (
        _also(linked=(Concerned(case="c2", subjects=("faro/other",)),)), R.LINKED, "c2",
        Remedy.ASK_THE_PERSON),
    "linked, and it ran out there": (_linked(until=NOW), R.LINKED, "c2", Remedy.ASK_THE_PERSON),
    "linked, and a line of the other side says so": (
        _both(_case(inside=("line",)), _linked(by="line", door=ConsentDoor.EVENT)), R.LINKED, "c2",
        Remedy.ASK_THE_PERSON),
    "wish": (_also(refused_kinds=(TrackName.MISSIONS,)), R.WISH, "missions",
             Remedy.ASK_THE_PERSON),
    "conflict": (_also(conflicts=("embassy",)), R.CONFLICT, "embassy", Remedy.NOTHING),
    "declined": (_also(declined=("embassy",)), R.DECLINED, "embassy", Remedy.NOTHING),
    "ceiling": (
        lambda q: replace(_case(mode_ceiling=Mode.QUIET)(q), mode=Mode.PRIVATE), R.MODE, "quiet",
        Remedy.QUIETER),
    "public": (
        lambda q: replace(
            _case(mode_ceiling=Mode.PUBLIC)(_consents(mode=Mode.PUBLIC)(q)), mode=Mode.PUBLIC
        ), R.MODE, "public", Remedy.QUIETER),
    "stopped": (_case(stopped=True), R.STOPPED, "", Remedy.LIFT_STOP),
    "frozen": (_also(frozen=(TrackName.MISSIONS,)), R.FROZEN, "missions", Remedy.LIFT_FREEZE),
    "everybody held": (_hold(), R.HELD, "hold-1", Remedy.END_HOLD),
    "held by all parts": (
        _hold(tracks=(TrackName.MISSIONS,), parties=("embassy",), kinds=(K.MISSION,),
              states=("QN",)), R.HELD, "hold-1", Remedy.END_HOLD),
    "held for what it was": (
        lambda q: _hold(states=("QP",))(_party(other_states=("QP",))(q)), R.HELD, "hold-1",
        Remedy.END_HOLD),
    "another's contact": (_contact(party="ngo"), R.UNKNOWN_PARTY, "embassy.lea",
                          Remedy.NAME_PARTY),
    "site": (_contact(level=Level.SITE), R.LEVEL, "embassy.lea", Remedy.HEADQUARTERS),
    "stale address": (_contact(verified_until=NOW), R.NO_ENDPOINT, "embassy.lea",
                      Remedy.VERIFY_CONTACT),
    "on leave": (_contact(away_until=NOW.date()), R.NO_ENDPOINT, "embassy.lea",
                 Remedy.NEXT_CONTACT),
    "over": (_party(expires=NOW.date() - DAY), R.NO_ENDPOINT, "embassy", Remedy.ADD_WAY),
    "group of nobody": (
        _both(_party(kind=K.GROUP), _registry(links=())), R.ENDPOINT_FANS_OUT, "embassy",
        Remedy.TELL_MEMBERS),
    "group with one who must not": (
        lambda q: _also(conflicts=("y",))(_party(kind=K.GROUP)(q)), R.ENDPOINT_FANS_OUT, "y",
        Remedy.TELL_MEMBERS),
    "stray endpoint": (_ask_of(endpoint=an_endpoint("stray")), R.NO_ENDPOINT, "stray",
                       Remedy.ADD_WAY),
    "endpoint of nobody": (_ask_of(contact=None), R.NO_ENDPOINT, "embassy.lea.mail",
                           Remedy.ADD_WAY),
    "list with one who declined": (
        lambda q: _also(declined=("ngo",))(replace(q, endpoint=LIST)), R.ENDPOINT_FANS_OUT, "ngo",
        Remedy.PERSONAL_ADDRESS),
    "list with one whom somebody holds": (
        lambda q: _hold(parties=("ngo",))(replace(q, endpoint=LIST)), R.ENDPOINT_FANS_OUT, "ngo",
        Remedy.PERSONAL_ADDRESS),
    "list with one whom somebody holds on this track": (
        lambda q: _hold(parties=("ngo",), tracks=(TrackName.MISSIONS,))(
            replace(q, endpoint=LIST)
        ), R.ENDPOINT_FANS_OUT, "ngo", Remedy.PERSONAL_ADDRESS),
    "group with one whom somebody holds on this track": (
        lambda q: _hold(parties=("y",), tracks=(TrackName.MISSIONS,))(_party(kind=K.GROUP)(q)),
        R.ENDPOINT_FANS_OUT, "y", Remedy.TELL_MEMBERS),
    "list with one who is out": (
        lambda q: _out("ngo", R.OFFICER_OF)(replace(q, endpoint=LIST)), R.ENDPOINT_FANS_OUT,
        "ngo", Remedy.PERSONAL_ADDRESS),
    "list with one below headquarters": (
        lambda q: _case(released_controllers=("ngo",))(
            _out("ngo", R.CONTROLLER_NEEDS_TWO, levels=("general",))(replace(q, endpoint=LIST))
        ), R.ENDPOINT_FANS_OUT, "ngo", Remedy.PERSONAL_ADDRESS),
    "list with a stranger": (
        _both(_ask_of(endpoint=LIST), _registry(contacts=(LEA,))), R.ENDPOINT_FANS_OUT,
        "embassy.list", Remedy.PERSONAL_ADDRESS),
    "list with a site on it": (
        _both(
            _ask_of(endpoint=LIST),
            _registry(contacts=(LEA, replace(NGO_DESK, level=Level.SITE))),
        ), R.ENDPOINT_FANS_OUT, "ngo", Remedy.PERSONAL_ADDRESS),
    "list with a drill on it": (
        _both(
            _ask_of(endpoint=LIST), _registry(parties=(EMBASSY, a_party("ngo", exercise=True)))
        ), R.ENDPOINT_FANS_OUT, "ngo", Remedy.PERSONAL_ADDRESS),
    "unsure": (_case(certainty=Certainty.POSSIBLE), R.CERTAINTY, "possible",
               Remedy.SECOND_SOURCE),
    "few": (_small(4), R.SMALL_CELL, "k=5", Remedy.WIDER_CELL),
    "patterns only": (_party(marks=(Mark.PATTERN_ONLY,)), R.PATTERN_ONLY, "embassy",
                      Remedy.NOTHING),
    "drill at a real address": (_case(exercise=True), R.EXERCISE, "embassy.lea.mail",
                                Remedy.SAME_KIND),
    "real at a drill": (_party(exercise=True), R.EXERCISE, "embassy", Remedy.SAME_KIND),
    "as if it were duty": (_ask_of(track=TrackName.DUTY), R.UNKNOWN_PARTY, "embassy",
                           Remedy.OUTWARD_TRACK),
}  # fmt: skip

HARMLESS: dict[str, Change] = {
    "nothing": lambda q: q,
    "no contact": _ask_of(contact=None, endpoint=None),
    "no endpoint": _ask_of(endpoint=None),
    "list of people who may": _ask_of(endpoint=LIST),
    "group of people who may": _party(kind=K.GROUP),
    "protection": _ask_of(track=TrackName.PROTECTION),
    "privately": _ask_of(mode=Mode.PRIVATE),
    "one who is out": _out("ngo", R.PERPETRATOR_CLOSURE),
    "another state out": _state_out("QM"),
    "lifted": lambda q: _case(cleared=("embassy",))(
        _out("embassy", R.UNKNOWN_PERPETRATOR_GROUP, tagged=True)(q)
    ),
    "cleared": lambda q: _case(cleared=("embassy",))(
        _out("embassy", R.REPRESENTS, clearable=True)(q)
    ),
    "released at headquarters": lambda q: _case(released_controllers=("embassy",))(
        _out("embassy", R.CONTROLLER_NEEDS_TWO, levels=("site",))(q)
    ),
    "cleared by name": _case(cleared=("embassy", "ngo")),
    "released by name": _case(released_controllers=("embassy", "ngo")),
    "until later": _consents(until=NOW + SECOND),
    "of a community": _consents(
        basis=Basis.COMMUNITY, community=Community(needed=2, of=2, agreed=("a", "b"))
    ),
    "nobody identifiable": lambda q: _case(subjects=())(
        _consents(basis=Basis.NO_IDENTIFIABLE_PERSON, agreed_by=("ana", "ben"))(q)
    ),
    "another's consent": _also(consents=(a_consent(*BOTH, pseudonym="faro/other", id="other"),)),
    "linked with people who allow it": _linked(
        until=NOW + SECOND, by="line", door=ConsentDoor.EVENT
    ),
    "a hold that is over": _hold(until=NOW),
    "a hold on another track": _hold(tracks=(TrackName.NHRIS,)),
    "a hold on another party": _hold(parties=("y",)),
    "a hold on another kind": _hold(kinds=(K.COMPANY,)),
    "a hold on another state": _hold(states=("QP",)),
    "another conflict": _also(conflicts=("x",)),
    "another track frozen": _also(frozen=(TrackName.NHRIS,)),
    "back tomorrow": _contact(away_until=NOW.date() - DAY),
    "verified": _contact(verified_until=NOW + SECOND),
    "ends today": _party(expires=NOW.date()),
    "two sources": _case(certainty=Certainty.POSSIBLE, independent_sources=2),
    "a pattern of enough": _small(5),
    "about somebody too": _small(4, personal=True),
    "an independent institution": _party(kind=K.NHRI, ganhri="A"),
    "a firm of the state": _party(kind=K.COMPANY, ownership=Ownership.STATE_OWNED),
    "unknown on the list": _registry(parties=(EMBASSY,)),
}  # fmt: skip
CHANGES: dict[str, Change] = HARMLESS | {name: each[0] for name, each in REFUSALS.items()}

TIGHTENING = [
    name
    for name in REFUSALS
    if name not in (
        # These ask something else, or replace what was there.
        "as if it were duty", "public", "ceiling", "louder than allowed", "necessity", "few",
        "another's contact", "stray endpoint", "endpoint of nobody", "community without record",
        "community, one twice", "group of nobody", "group with one who must not", "others only",
        "list with one who declined", "list with one whom somebody holds", "state", "expired",
        "list with one whom somebody holds on this track",
        "group with one whom somebody holds on this track",
        "list with one below headquarters",
        "list with one who is out", "list with a stranger", "list with a site on it", "site",
        "list with a drill on it", "drill at a real address", "real at a drill", "duty only",
        "patterns only", "held for what it was", "over", "on leave", "stale address",
    )
]  # fmt: skip
"""More of a safeguard than there was, and nothing else."""


@pytest.mark.parametrize("name", REFUSALS)
def test_each_refusal_says_what_decided_it_and_what_would_turn_it(name: str) -> None:
    change, reason, evidence, remedy = REFUSALS[name]

    verdict = _ask(change(FINE))

    assert (verdict.reason, verdict.evidence, verdict.remedy) == (reason, evidence, remedy)
    assert not verdict.allowed


def test_whoever_is_excluded_is_shown_the_way_to_it_and_nobody_else_is() -> None:
    for name, (change, _, evidence, _) in REFUSALS.items():
        out = evidence == "d1" and name != "state"
        assert _ask(change(FINE)).path == (WAY if out else ()), name


def test_what_may_be_told_is_told_and_names_the_consents_it_rests_on() -> None:
    for name, change in HARMLESS.items():
        verdict = _ask(change(FINE))
        assert verdict.allowed, name
        also = ",other" if name == "another's consent" else ""
        assert (verdict.evidence, verdict.remedy) == (CONSENT + also, None), name


def test_a_released_controller_is_told_nothing_below_headquarters() -> None:
    below = _case(released_controllers=("embassy",))(
        _out("embassy", R.CONTROLLER_NEEDS_TWO, levels=("focal_point",))(FINE)
    )

    assert _ask(below).reason is R.CONTROLLER_NEEDS_TWO
    assert _ask(below).remedy is Remedy.HEADQUARTERS
    assert _ask(replace(below, contact=None, endpoint=None)).allowed


def test_any_two_things_together_are_judged_as_the_design_reads() -> None:
    for first, second in combinations(CHANGES, 2):
        _check(CHANGES[second](CHANGES[first](FINE)), f"{first}, then {second}")


@settings(max_examples=60)
@given(st.lists(st.sampled_from(sorted(CHANGES)), min_size=3, max_size=7))
def test_whatever_comes_together_is_judged_as_the_design_reads(names: list[str]) -> None:
    question = FINE
    for name in names:
        question = CHANGES[name](question)

    _check(question, ", ".join(names))


def _check(question: Question, what: str) -> None:
    against = reasons_against(question)
    verdict = _ask(question)

    assert verdict.allowed is (not against), what
    assert verdict.reason is (against[0] if against else Reason.ALLOWED), what
    assert (verdict.remedy is None) is verdict.allowed, what


@settings(max_examples=60)
@given(st.lists(st.sampled_from(sorted(CHANGES)), max_size=3), st.sampled_from(sorted(TIGHTENING)))
def test_another_safeguard_never_allows_what_was_refused(names: list[str], more: str) -> None:
    question = FINE
    for name in names:
        question = CHANGES[name](question)

    before, after = _ask(question), _ask(CHANGES[more](question))

    assert before.allowed or not after.allowed, (names, more)


def test_every_reason_has_something_that_turns_it_or_says_that_nothing_does() -> None:
    assert set(REMEDIES) == set(Reason) - {Reason.ALLOWED}
    final = {reason for reason, remedy in REMEDIES.items() if remedy is Remedy.NOTHING}
    assert final == {
        R.PERPETRATOR_CLOSURE,
        R.REPRESENTS,
        R.OFFICER_OF,
        R.STATE_OF_PERPETRATOR,
        R.REQUESTING_STATE,
        R.TRANSIT_STATE,
        R.MECHANISM_OF_COMPLAINT,
        R.CONFLICT,
        R.DECLINED,
        R.CASE_OVER,
        R.PASSED_ON_INSIDE,
        R.PATTERN_ONLY,
    }


def test_what_decided_is_an_id_or_a_code_and_never_a_name() -> None:
    names = {party.name for party in PARTIES} | {"lea@", "mail.example"}
    for name, (change, *_) in REFUSALS.items():
        said = _ask(change(FINE)).evidence
        assert not any(each in said for each in names), name


def test_nobody_is_told_of_a_case_of_which_nothing_is_known() -> None:
    assert not _ask(replace(FINE, safeguards=Safeguards())).allowed
