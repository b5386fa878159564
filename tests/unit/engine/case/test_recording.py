"""What counts after one more word about a consent, whoever says it, in whatever order it comes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.case.draft import Refusal
from engine.case.recording import AGREE_WITHIN, Ruling, agree, holders_word, record
from rules import granting
from rules.consents import unconsented
from schemas.codes import FieldName, Mode, TrackName
from schemas.consent import Basis, Community, Consent, ConsentDoor, Inability
from schemas.responses import RefusedBecause
from schemas.safeguards import Safeguards
from tests.harness.strictest import AUDIENCES, FIELDS, Strictest
from tests.unit.engine.case.builders import SUBJECT, at

pytestmark = pytest.mark.guard

NOON = at("Mon 12:00")
MISSIONS, NHRIS, COMPANIES = TrackName.MISSIONS, TrackName.NHRIS, TrackName.COMPANIES
HOUR = timedelta(hours=1)


def word(*audiences: TrackName, **changes: Any) -> Consent:
    """What the publisher says at noon."""
    said = Consent(
        id="k1",
        pseudonym=SUBJECT,
        audiences=audiences,
        mode=Mode.QUIET,
        basis=Basis.PERSON,
        given_at=NOON,
        recorded_at=changes.get("given_at", NOON),
        by="hotline",
        door=ConsentDoor.EVENT,
    )
    return replace(said, **changes)


def ana(*audiences: TrackName, **changes: Any) -> Consent:
    """What a person of ours records, an hour later."""
    changes = {"given_at": NOON + HOUR, "by": "person:ana", **changes}
    return word(*audiences, door=ConsentDoor.TERMINAL, **changes)


def ben(*audiences: TrackName, **changes: Any) -> Consent:
    return ana(*audiences, by="person:ben", **changes)


def after(*words: Consent, on: Consent | None = None) -> Consent:
    """The record that counts after these words, the first of them on what was recorded already."""
    known = on
    for said in words:
        found = record(known, said, "revoked" if said.revoked else "granted")
        known = known if found is None else found.consent
    assert known is not None
    return known


def told(known: Consent, now: datetime = NOON + 2 * HOUR) -> set[TrackName]:
    """The audiences that the guard would let be told, quietly."""
    safeguards = Safeguards(subjects=(SUBJECT,), consents=(known,))
    return {a for a in AUDIENCES if not list(unconsented(a, Mode.QUIET, safeguards, now))}


def test_what_came_of_a_word_is_called_as_pages_and_programs_read_it() -> None:
    assert [ruling.value for ruling in Ruling] == [
        "in_force", "narrowed", "revoked", "waits", "nothing_new", "older",
    ]  # fmt: skip


# --- whatever a machine delivers only tightens


def test_the_first_word_of_a_publisher_counts_as_it_is() -> None:
    assert told(after(word(MISSIONS, COMPANIES))) == {MISSIONS, COMPANIES}


def test_a_narrowed_consent_is_not_widened_by_an_old_event() -> None:
    late = word(MISSIONS, NHRIS, given_at=NOON - HOUR)

    assert told(after(word(MISSIONS), late)) == {MISSIONS}


def test_two_consent_events_in_the_wrong_order_leave_what_both_allow() -> None:
    first, second = word(MISSIONS, NHRIS), word(NHRIS, COMPANIES, given_at=NOON + HOUR)

    assert told(after(first, second)) == told(after(second, first)) == {NHRIS}


def test_a_revocation_that_comes_before_the_grant_it_ends_holds() -> None:
    assert told(after(word(revoked=True), word(MISSIONS, given_at=NOON - HOUR))) == set()


def test_two_records_of_one_instant_leave_what_both_allow() -> None:
    assert told(after(ana(MISSIONS), ben(NHRIS))) == set()


def test_an_event_that_contradicts_what_a_person_recorded_narrows_it() -> None:
    said = word(NHRIS, COMPANIES, given_at=NOON + 2 * HOUR)

    assert told(after(ana(MISSIONS, NHRIS), said)) == {NHRIS}


def test_fields_that_two_words_do_not_share_are_not_shown() -> None:
    one = word(MISSIONS, fields=(FieldName.COUNTRY,))
    other = word(MISSIONS, fields=(FieldName.SECTOR,), given_at=NOON + HOUR)

    shown = after(one, other).fields

    assert set(shown) == {FieldName.ASK, FieldName.ANSWER_BY}  # never empty: that would mean all


def test_a_later_end_said_by_an_event_does_not_prolong_a_consent() -> None:
    short = word(MISSIONS, until=NOON + HOUR)
    longer = word(MISSIONS, until=NOON + 9 * HOUR, given_at=NOON + HOUR / 2)

    assert told(after(longer, on=short), NOON + 2 * HOUR) == set()


def test_the_same_word_again_is_no_news() -> None:
    known = after(word(MISSIONS))

    assert record(known, word(MISSIONS, given_at=NOON + HOUR), "granted", certain=False) is None


def test_an_event_that_allows_more_asks_people_and_opens_nothing() -> None:
    found = record(after(word(MISSIONS)), word(MISSIONS, NHRIS, given_at=NOON + HOUR), "granted")

    assert found is not None and found.ruling is Ruling.WAITS and found.state == "asked"
    assert told(found.consent) == {MISSIONS}
    assert found.consent.wider is not None and found.consent.wider.needs == 1


def test_an_event_older_than_the_newest_word_is_not_even_asked_about() -> None:
    known = after(word(MISSIONS))

    found = record(known, word(MISSIONS, NHRIS, given_at=NOON - HOUR), "granted")

    assert found is None


def test_of_a_report_nobody_knows_when_its_consent_was_given_so_it_undoes_no_revocation() -> None:
    known = after(word(MISSIONS), word(revoked=True))

    assert record(known, word(MISSIONS, given_at=NOON + HOUR), "granted", certain=False) is None


def test_what_a_person_heard_before_the_newest_word_is_older_whatever_came_in_between() -> None:
    known = after(ana(MISSIONS, NHRIS), word(MISSIONS, given_at=NOON - HOUR))

    assert told(after(ben(MISSIONS, NHRIS, given_at=NOON + HOUR / 2), on=known)) == {MISSIONS}


def test_what_waits_for_a_second_person_ends_when_the_subject_says_less_again() -> None:
    waits = after(word(MISSIONS), ana(MISSIONS, COMPANIES))
    again = word(MISSIONS, given_at=NOON + 2 * HOUR)

    assert after(again, on=waits).wider != waits.wider
    assert after(replace(again, given_at=NOON), on=waits).wider == waits.wider  # said before


def test_a_second_revocation_counts_from_its_own_time() -> None:
    """What a person heard between the two is older than what counts."""
    known = after(word(revoked=True), word(revoked=True, given_at=NOON + 3 * HOUR))

    assert told(after(ana(MISSIONS, given_at=NOON + HOUR), on=known)) == set()


# --- people widen, alone or by two


def test_a_person_widens_to_missions_alone() -> None:
    assert told(after(word(MISSIONS), ana(MISSIONS, NHRIS))) == {MISSIONS, NHRIS}


def test_a_person_gives_again_what_was_taken_back() -> None:
    assert told(after(word(MISSIONS), word(revoked=True), ana(MISSIONS))) == {MISSIONS}


def test_an_older_word_does_not_give_again_what_was_taken_back() -> None:
    heard_before = ana(MISSIONS, given_at=NOON - HOUR)

    assert told(after(word(MISSIONS), word(revoked=True), heard_before)) == set()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (ana(MISSIONS, COMPANIES), "companies"),
        (ana(MISSIONS, mode=Mode.PUBLIC), "in public"),
        (ana(MISSIONS, NHRIS, basis=Basis.NO_IDENTIFIABLE_PERSON), "nobody can be identified"),
        (
            ana(
                MISSIONS,
                NHRIS,
                basis=Basis.REPRESENTATIVE,
                inability=Inability.DETAINED,
                note="v1",
            ),
            "a representative beyond the person's own word",
        ),
    ],
)
def test_some_widening_takes_two_different_people(said: Consent, why: str) -> None:
    known = after(word(MISSIONS))

    first = record(known, said, "granted")
    assert first is not None and first.ruling is Ruling.WAITS
    assert told(first.consent) == {MISSIONS}
    with pytest.raises(Refusal) as again:
        record(first.consent, said, "granted")
    assert again.value.reason is RefusedBecause.SAME_PERSON
    second = record(first.consent, replace(said, by="person:ben"), "granted")

    assert second is not None and second.ruling is Ruling.IN_FORCE
    assert told(second.consent) == set(said.audiences)
    assert second.consent.agreed_by == ("person:ana", "person:ben")


def test_adding_missions_beside_companies_that_were_allowed_takes_one() -> None:
    known = after(word(COMPANIES))

    assert told(after(ana(COMPANIES, MISSIONS), on=known)) == {COMPANIES, MISSIONS}


def test_one_person_never_opens_companies_where_nothing_was_recorded() -> None:
    assert told(after(ana(COMPANIES))) == set()
    assert told(after(ana(COMPANIES), ben(COMPANIES))) == {COMPANIES}


def test_who_agrees_says_to_what_and_does_not_agree_to_what_came_since() -> None:
    known = after(word(MISSIONS), ana(MISSIONS, COMPANIES))
    assert known.wider is not None
    mark = granting.digest(known.wider.scope)
    other = after(ana(MISSIONS, COMPANIES, mode=Mode.PRIVATE, given_at=NOON + 2 * HOUR), on=known)

    agreed = _agree(known, mark)

    assert told(agreed) == {MISSIONS, COMPANIES}
    with pytest.raises(Refusal) as refused:
        _agree(other, mark)
    assert refused.value.reason is RefusedBecause.NOT_PROPOSED


def test_nobody_agrees_with_themself() -> None:
    known = after(word(MISSIONS), ana(MISSIONS, COMPANIES))
    assert known.wider is not None

    with pytest.raises(Refusal) as refused:
        _agree(known, granting.digest(known.wider.scope), by="person:ana")

    assert refused.value.reason is RefusedBecause.SAME_PERSON


def test_what_was_asked_for_long_ago_is_asked_of_the_person_anew() -> None:
    known = after(word(MISSIONS), ana(MISSIONS, COMPANIES))
    assert known.wider is not None

    with pytest.raises(Refusal) as refused:
        _agree(
            known,
            granting.digest(known.wider.scope),
            now=NOON + HOUR + AGREE_WITHIN + timedelta(seconds=1),
        )

    assert refused.value.reason is RefusedBecause.EXPIRED


def test_of_a_publishers_wider_word_companies_take_two_people_of_ours() -> None:
    known = after(word(MISSIONS), word(MISSIONS, COMPANIES, given_at=NOON + HOUR))
    assert known.wider is not None and known.wider.needs == 2
    mark = granting.digest(known.wider.scope)

    first = _agree(known, mark, by="person:ana")
    assert told(first) == {MISSIONS}

    assert told(_agree(first, mark, by="person:ben")) == {MISSIONS, COMPANIES}


def test_any_tightening_ends_what_waited_for_a_second_person() -> None:
    known = after(word(MISSIONS, NHRIS), ana(MISSIONS, NHRIS, COMPANIES))

    for tighter in (word(MISSIONS, given_at=NOON + 2 * HOUR), word(revoked=True)):
        assert after(tighter, on=known).wider is None


def test_the_first_of_two_already_takes_away_what_is_no_longer_said() -> None:
    assert told(after(word(MISSIONS, NHRIS), ana(NHRIS, COMPANIES))) == {NHRIS}


def _agree(
    known: Consent, mark: str, *, by: str = "person:ben", now: datetime = NOON + 2 * HOUR
) -> Consent:
    return agree(known, wider=mark, by=by, door=ConsentDoor.TERMINAL, id="k9", now=now).consent


def test_each_refusal_says_what_to_do() -> None:
    waits = after(word(MISSIONS), ana(MISSIONS, COMPANIES))
    assert waits.wider is not None
    mark, late = granting.digest(waits.wider.scope), NOON + HOUR + AGREE_WITHIN + HOUR
    proxy = ana(MISSIONS, basis=Basis.GUARDIAN)
    refused = {
        lambda: _agree(waits, "another"): "It is not asked for any more; look again.",
        lambda: _agree(waits, mark, by="person:ana"): "A second person has to agree to this.",
        lambda: _agree(waits, mark, now=late): (
            "It was asked for too long ago; ask the person anew."
        ),
        lambda: record(None, ana(MISSIONS), "narrowed"): (
            "Nothing is recorded that could be narrowed."
        ),
        lambda: record(None, ana(MISSIONS, basis=Basis.COMMUNITY), "granted"): (
            "community: how many are needed, and who agreed."
        ),
        lambda: record(None, ana(PROTECTION, basis=Basis.NECESSITY), "granted"): (
            "basis: necessity is no consent; it has a record."
        ),
        lambda: record(None, proxy, "granted"): (
            "inability: say by a code why the person could not be asked, and justify it in words."
        ),
    }
    for act, said in refused.items():
        with pytest.raises(Refusal) as found:
            act()
        assert found.value.detail == said
    assert timedelta(days=7) == AGREE_WITHIN


# --- narrowing and taking back


def test_a_person_narrows_at_once_and_never_widens_by_it() -> None:
    said = ana(NHRIS, COMPANIES, mode=Mode.PUBLIC, basis=Basis.NO_IDENTIFIABLE_PERSON)
    found = record(after(word(MISSIONS, NHRIS)), said, "narrowed")

    assert found is not None
    assert told(found.consent) == {NHRIS}
    assert (found.consent.mode, found.consent.basis) == (Mode.QUIET, Basis.PERSON)
    assert found.consent.wider is None


def test_nothing_can_be_narrowed_where_nothing_is_recorded() -> None:
    with pytest.raises(Refusal):
        record(None, ana(MISSIONS), "narrowed")


@pytest.mark.parametrize("known", [None, word(MISSIONS), word(revoked=True), ana(COMPANIES)])
def test_whoever_holds_it_takes_it_back_whatever_is_recorded(known: Consent | None) -> None:
    known = None if known is None else after(known)
    said = holders_word(known, pseudonym=SUBJECT, holder="h1", id="k9", now=NOON + 3 * HOUR)

    found = record(known, said, "revoked")

    assert found is not None and found.state == "revoked"
    assert told(found.consent) == set()
    assert (found.consent.by, found.consent.door) == ("h1", ConsentDoor.HOLDER)


def test_an_event_cannot_change_who_holds_a_consent() -> None:
    """They see who was told: nobody else gets that link by sending an event."""
    known = after(word(MISSIONS, holder="h1"))

    assert after(word(MISSIONS, holder="h2", given_at=NOON + HOUR), on=known).holder == "h1"
    assert after(ana(MISSIONS, holder="h2"), on=known).holder == "h2"


# --- what only a report says

NOBODY = Basis.NO_IDENTIFIABLE_PERSON
PROTECTION = TrackName.PROTECTION


def test_one_report_that_nobody_can_be_recognised_opens_protection_and_nobody_else() -> None:
    found = record(None, word(PROTECTION, MISSIONS, COMPANIES, basis=NOBODY), "granted")

    assert found is not None and found.ruling is Ruling.WAITS and found.state == "granted"
    assert told(found.consent) == {PROTECTION}
    assert found.consent.wider is not None and found.consent.wider.needs == 2


def test_two_people_of_ours_who_looked_let_it_count() -> None:
    known = after(word(PROTECTION, MISSIONS, basis=NOBODY))
    assert known.wider is not None
    mark = granting.digest(known.wider.scope)

    first = _agree(known, mark, by="person:ana")
    assert told(first) == {PROTECTION}
    both = _agree(first, mark, by="person:ben")

    assert told(both) == {PROTECTION, MISSIONS}
    assert told(after(ana(MISSIONS, basis=NOBODY, given_at=NOON + 3 * HOUR), on=both)) == {MISSIONS}


def test_of_nobody_in_particular_every_further_audience_takes_two_again() -> None:
    known = after(ana(MISSIONS, basis=NOBODY), ben(MISSIONS, basis=NOBODY))
    assert told(known) == {MISSIONS}

    wider = ana(MISSIONS, NHRIS, basis=NOBODY, given_at=NOON + 2 * HOUR)

    assert told(after(wider, on=known)) == {MISSIONS}
    assert told(after(wider, replace(wider, by="person:ben"), on=known)) == {MISSIONS, NHRIS}


def test_the_same_report_again_neither_counts_nor_ends_what_waits() -> None:
    known = after(word(PROTECTION, MISSIONS, basis=NOBODY))
    again = word(PROTECTION, MISSIONS, basis=NOBODY, given_at=NOON + HOUR)

    later = after(again, on=known)

    assert told(later) == {PROTECTION}
    assert later.wider is not None and known.wider is not None
    assert later.wider.scope == known.wider.scope


def test_a_report_that_names_protection_alone_asks_nobody() -> None:
    found = record(None, word(PROTECTION, basis=NOBODY), "granted")

    assert found is not None and found.ruling is Ruling.IN_FORCE and found.consent.wider is None


def test_the_word_of_a_family_counts_beyond_protection_once_it_is_said_why() -> None:
    said = word(PROTECTION, MISSIONS, basis=Basis.REPRESENTATIVE)
    known = after(said)
    assert told(known) == {PROTECTION}
    assert known.wider is not None and known.wider.needs == 1

    justified = ana(
        PROTECTION, MISSIONS, basis=Basis.REPRESENTATIVE, inability=Inability.DETAINED, note="v1"
    )

    assert told(after(justified, on=known)) == {PROTECTION, MISSIONS}
    assert told(after(replace(said, inability=Inability.DETAINED))) == {PROTECTION, MISSIONS}


def test_of_an_unjustified_proxy_companies_take_two() -> None:
    known = after(word(COMPANIES, basis=Basis.GUARDIAN))

    assert known.wider is not None and known.wider.needs == 2


def test_a_report_that_narrows_asks_for_nothing_wider() -> None:
    found = record(None, word(PROTECTION, MISSIONS, basis=NOBODY), "narrowed")

    assert found is not None and found.state == "narrowed"
    assert found.consent.wider is None and told(found.consent) == {PROTECTION}


# --- who speaks for whom


def test_whoever_speaks_for_the_person_justifies_why_they_could_not_be_asked() -> None:
    said = ana(MISSIONS, basis=Basis.GUARDIAN)

    for lacks in (said, replace(said, inability=Inability.CHILD), replace(said, note="v1")):
        with pytest.raises(Refusal) as refused:
            record(None, lacks, "granted")
        assert refused.value.reason is RefusedBecause.INCOMPLETE

    assert told(after(replace(said, inability=Inability.CHILD, note="v1"))) == {MISSIONS}


def test_a_publishers_proxy_word_is_agreed_to_only_with_its_justification() -> None:
    proxy = word(MISSIONS, NHRIS, basis=Basis.REPRESENTATIVE, given_at=NOON + HOUR)
    known = after(word(MISSIONS, basis=Basis.REPRESENTATIVE), proxy)
    assert known.wider is not None

    with pytest.raises(Refusal) as refused:
        _agree(known, granting.digest(known.wider.scope))

    assert refused.value.reason is RefusedBecause.INCOMPLETE


def test_necessity_is_no_consent() -> None:
    with pytest.raises(Refusal):
        record(None, ana(TrackName.PROTECTION, basis=Basis.NECESSITY), "granted")


def of_village(*agreed: str, needed: int = 2, of: int = 3) -> dict[str, Any]:
    return {
        "basis": Basis.COMMUNITY,
        "community": Community(needed=needed, of=of, agreed=agreed),
    }


@pytest.mark.parametrize(
    ("who", "counts"),
    [
        (of_village("r1"), False),
        (of_village("r1", "r1"), False),
        (of_village("r1", "r2"), True),
        (of_village("r1", "r2", "r3", "r4"), False),  # more than there are: somebody is wrong
        (of_village(needed=0), False),
        ({"basis": Basis.COMMUNITY}, False),
    ],
)
def test_a_community_consents_once_so_many_different_people_agreed(
    who: dict[str, Any], counts: bool
) -> None:
    assert told(after(word(MISSIONS, **who))) == ({MISSIONS} if counts else set())


def test_a_community_that_is_one_short_is_completed_by_a_person() -> None:
    short = after(word(MISSIONS, **of_village("r1")))

    assert told(after(ana(MISSIONS, **of_village("r1", "r2")), on=short)) == {MISSIONS}
    later = word(MISSIONS, **of_village("r1", "r2"), given_at=NOON + HOUR)
    assert told(after(later, on=short)) == set()  # an event only asks


def test_two_words_of_one_community_count_whom_both_name() -> None:
    one = word(MISSIONS, **of_village("r1", "r2"))
    other = word(MISSIONS, **of_village("r2", "r3"), given_at=NOON + HOUR)

    assert told(after(one, other)) == set()


def test_a_community_without_counts_is_refused_at_our_own_doors() -> None:
    with pytest.raises(Refusal):
        record(None, ana(MISSIONS, basis=Basis.COMMUNITY), "granted")


# --- narrowest: the order of words is no matter

_SCOPES = st.builds(
    granting.Scope,
    audiences=st.lists(st.sampled_from(AUDIENCES), unique=True).map(tuple),
    mode=st.sampled_from(Mode),
    basis=st.sampled_from(Basis),
    fields=st.lists(st.sampled_from(FieldName), unique=True, max_size=3).map(tuple),
    until=st.none() | st.integers(0, 5).map(lambda n: NOON + n * HOUR),
    community=st.none()
    | st.builds(
        Community,
        needed=st.integers(0, 3),
        of=st.integers(0, 3),
        agreed=st.lists(st.sampled_from(("r1", "r2", "r3"))).map(tuple),
    ),
).map(lambda s: s if s.basis is Basis.COMMUNITY else replace(s, community=None))


@given(_SCOPES, _SCOPES)
def test_what_both_allow_is_allowed_by_each_and_does_not_depend_on_which_came_first(
    one: granting.Scope, other: granting.Scope
) -> None:
    both = granting.narrowest(one, other)

    assert granting.within(both, granting.narrowest(other, one))
    assert granting.narrowest(both, one) == both
    assert granting.within(one, one)
    if granting.within(one, other) and one.audiences:
        assert granting.digest(both) == granting.digest(replace(one, basis=both.basis))


# --- everything, in any order, through every door

_ENDS = (1, 4, 8)
"""Hours after noon at which consents of the property end; what changes then is looked at."""


@st.composite
def _acts(draw: st.DrawFn) -> tuple[str, Consent, str]:
    audiences = draw(st.lists(st.sampled_from(AUDIENCES), unique=True))
    door = draw(st.sampled_from(("event", "narrowed", "revoked", "holder", "give", "narrow")))
    community = draw(st.sampled_from((None, ("r1",), ("r1", "r2"))))
    bases = [each for each in Basis if each not in (Basis.COMMUNITY, Basis.NECESSITY)]
    basis = draw(st.sampled_from(bases)) if community is None else Basis.COMMUNITY
    said = word(
        *audiences,
        mode=draw(st.sampled_from(Mode)),
        fields=tuple(
            draw(st.lists(st.sampled_from((FieldName.COUNTRY, FieldName.ACT)), max_size=1))
        ),
        until=draw(st.none() | st.sampled_from(_ENDS).map(lambda n: NOON + n * HOUR)),
        given_at=NOON + draw(st.integers(-6, 6)) * HOUR,
        basis=basis,
        community=None if community is None else Community(needed=2, of=3, agreed=community),
        inability=draw(st.sampled_from((Inability.DETAINED, None))),
        note=draw(st.sampled_from(("v1", ""))),
    )
    return door, said, draw(st.sampled_from(("person:ana", "person:ben")))


_FOR_HER = {"basis": Basis.REPRESENTATIVE, "inability": Inability.DETAINED, "note": "v1"}


def test_her_own_word_binds_whoever_speaks_for_her_though_they_spoke_first() -> None:
    """Whose word counted was once whose came first: then one person alone went beyond hers."""
    her_own = after(word(**_FOR_HER), word())
    assert her_own.basis is Basis.PERSON

    asked = record(her_own, ana(TrackName.PROTECTION, **_FOR_HER), "granted")

    assert asked is not None
    assert asked.ruling is Ruling.WAITS
    assert not told(asked.consent)


@pytest.mark.parametrize(
    "between",
    [
        word(basis=Basis.COMMUNITY, community=Community(needed=2, of=3), given_at=NOON + HOUR),
        word(given_at=NOON + HOUR, revoked=True, **_FOR_HER),
    ],
)
def test_her_own_word_binds_whoever_speaks_for_her_whatever_was_said_since(
    between: Consent,
) -> None:
    known = after(word(), between)
    asked = record(
        known, ana(TrackName.PROTECTION, given_at=NOON + 2 * HOUR, **_FOR_HER), "granted"
    )
    assert asked is not None
    assert asked.ruling is Ruling.WAITS
    assert not told(asked.consent)


@pytest.mark.parametrize(
    "unconfirmed", [{"basis": Basis.REPRESENTATIVE}, {"basis": Basis.NO_IDENTIFIABLE_PERSON}]
)
def test_her_own_word_by_a_machine_makes_nothing_firm_that_waited_for_people(
    unconfirmed: dict[str, Any],
) -> None:
    waits = word(MISSIONS, TrackName.PROTECTION, **unconfirmed)
    assert told(after(waits)) <= {TrackName.PROTECTION}

    known = after(waits, word(MISSIONS, TrackName.PROTECTION, given_at=NOON + HOUR))

    assert known.basis is Basis.PERSON
    assert told(known) <= {TrackName.PROTECTION}
    assert known.wider is not None
    agreed = ana(MISSIONS, TrackName.PROTECTION, given_at=NOON + 2 * HOUR)
    assert told(after(agreed, on=known)) >= {MISSIONS}


@given(st.lists(_acts(), max_size=7))
@example([("event", word(MISSIONS), ""), ("give", ana(COMPANIES), "person:ana")])
@example(
    [
        ("event", word(**_FOR_HER), ""),
        ("event", word(), ""),
        ("give", ana(TrackName.PROTECTION, **_FOR_HER), "person:ana"),
    ]
)
@example(
    [
        ("event", word(), ""),
        ("event", word(basis=Basis.COMMUNITY, community=Community(needed=2, of=3)), ""),
        ("give", ana(TrackName.PROTECTION, **_FOR_HER), "person:ana"),
    ]
)
def test_nothing_is_allowed_that_the_strictest_reading_of_all_words_does_not(
    acts: list[tuple[str, Consent, str]],
) -> None:
    known: Consent | None = None
    strictest = Strictest()
    for n, (door, said, by) in enumerate(acts):
        known = _do(known, strictest, door, replace(said, id=f"k{n}"), by)
        if known is None:
            continue
        for point in _open(known):
            assert strictest.allowed(point), (door, said)


def _open(known: Consent) -> Iterator[tuple[TrackName, Mode, FieldName, datetime]]:
    """Every point that the guard allows by this record."""
    safeguards = Safeguards(subjects=(SUBJECT,), consents=(known,))
    times = [NOON + hours * HOUR for end in _ENDS for hours in (end - 1, end)]
    for audience, mode, now in product(AUDIENCES, Mode, times):
        if not list(unconsented(audience, mode, safeguards, now)):
            for shown in known.fields or FIELDS:
                if shown in FIELDS:
                    yield audience, mode, shown, now


def _do(
    known: Consent | None, strictest: Strictest, door: str, said: Consent, by: str
) -> Consent | None:
    """One act, told to both readings."""
    state = "granted"
    if door in ("event", "narrowed", "revoked"):
        said = replace(said, revoked=door == "revoked")
        state = door if door != "event" else "granted"
        strictest.machine(said)
    elif door == "holder":
        said = holders_word(known, pseudonym=SUBJECT, holder="h1", id=said.id, now=said.given_at)
        state = "revoked"
        strictest.machine(said)
    else:
        said = replace(said, by=by, door=ConsentDoor.TERMINAL)
        state = "narrowed" if door == "narrow" else "granted"
    try:
        found = record(known, said, state)  # type: ignore[arg-type]
    except Refusal:
        return known
    if door == "narrow":
        strictest.narrows(said)
    elif door == "give":
        strictest.gives(said, by)
    return known if found is None else found.consent
