"""What is kept of one word about a consent, to the last field: who said it, when, by which door."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.case.draft import Refusal
from engine.case.recording import AGREE_WITHIN, Recorded, Ruling, agree, holders_word, record
from rules import granting
from schemas.codes import FieldName, Mode, TrackName
from schemas.consent import (
    Basis,
    Community,
    Consent,
    ConsentDoor,
    Inability,
    Obtained,
    Scope,
    Wider,
)
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import SUBJECT, at

pytestmark = pytest.mark.guard

NOON = at("Mon 12:00")
HOUR = timedelta(hours=1)
LATE = NOON + 3 * HOUR
END = NOON + timedelta(days=9)
MISSIONS, NHRIS, UNIONS = TrackName.MISSIONS, TrackName.NHRIS, TrackName.UNIONS
COMPANIES = TrackName.COMPANIES
COUNTRY, ACT = FieldName.COUNTRY, FieldName.ACT

KNOWN = Consent(
    id="k0",
    pseudonym=SUBJECT,
    audiences=(MISSIONS, NHRIS),
    mode=Mode.PRIVATE,
    basis=Basis.PERSON,
    given_at=NOON,
    obtained=Obtained.WRITTEN,
    holder="holder-0",
    witness="witness-0",
    note="note-0",
    recorded_at=NOON + HOUR,
    by="hotline",
    door=ConsentDoor.EVENT,
    agreed_by=("person:dia",),
)
SAID = Consent(
    id="k1",
    pseudonym=SUBJECT,
    audiences=(MISSIONS,),
    mode=Mode.QUIET,
    basis=Basis.PERSON,
    given_at=NOON + 2 * HOUR,
    fields=(COUNTRY, ACT),
    until=END,
    obtained=Obtained.SPOKEN,
    holder="holder-1",
    witness="witness-1",
    note="note-1",
    recorded_at=LATE,
    by="line-b",
    door=ConsentDoor.EVENT,
)
NOTED = replace(
    KNOWN,
    id="k1",
    given_at=NOON + 2 * HOUR,
    recorded_at=LATE,
    note="note-1",
    by="line-b",
    door=ConsentDoor.EVENT,
)
"""The record of before under the newer word: who holds it and how it was given stay."""
ASKED = Wider(
    scope=Scope(
        audiences=(MISSIONS, COMPANIES),
        mode=Mode.QUIET,
        basis=Basis.PERSON,
        fields=(COUNTRY,),
        until=END,
    ),
    given_at=NOON + 2 * HOUR,
    asked_at=LATE,
    needs=2,
    by="line-b",
    door=ConsentDoor.EVENT,
    obtained=Obtained.SPOKEN,
    holder="holder-1",
    witness="witness-1",
    note="note-1",
)


def ana(**changes: Any) -> Consent:
    """A person of ours says it."""
    return replace(SAID, **{"by": "person:ana", "door": ConsentDoor.CONSOLE, **changes})


def agreed(known: Consent | None, *, by: str = "person:ana", **more: Any) -> Recorded:
    wider = more.pop("wider", granting.digest(ASKED.scope))
    now = more.pop("now", LATE + HOUR)
    return agree(known, wider=wider, by=by, door=ConsentDoor.CONSOLE, id="k2", now=now)


# --- taken back


@pytest.mark.parametrize(("state", "revoked"), [("revoked", False), ("granted", True)])
def test_whoever_says_so_either_way_takes_it_back(state: Any, revoked: bool) -> None:
    said = replace(SAID, revoked=revoked, wider=ASKED)
    assert record(None, said, state) == Recorded(
        consent=replace(SAID, revoked=True, wider=None), state="revoked", ruling=Ruling.REVOKED
    )


@pytest.mark.parametrize(
    ("was", "ended_by", "then"),
    [
        (Basis.PERSON, Basis.REPRESENTATIVE, Basis.PERSON),
        (Basis.PERSON, Basis.COMMUNITY, Basis.COMMUNITY),
        (Basis.GUARDIAN, Basis.REPRESENTATIVE, Basis.REPRESENTATIVE),
        (Basis.REPRESENTATIVE, Basis.PERSON, Basis.PERSON),
    ],
)
def test_taken_back_it_stays_what_it_was_but_for_who_ended_it_and_their_own_word_stays_theirs(
    was: Basis, ended_by: Basis, then: Basis
) -> None:
    said = replace(SAID, basis=ended_by, revoked=True)
    assert record(replace(KNOWN, basis=was, wider=ASKED), said, "revoked") == Recorded(
        consent=replace(NOTED, basis=then, revoked=True, wider=None),
        state="revoked",
        ruling=Ruling.REVOKED,
    )


@pytest.mark.parametrize(
    ("known", "given_at", "news"),
    [
        (replace(KNOWN, revoked=True), NOON, False),
        (replace(KNOWN, revoked=True), NOON - HOUR, False),
        (replace(KNOWN, revoked=True), NOON + HOUR, True),
        (replace(KNOWN, revoked=True, wider=ASKED), NOON - HOUR, True),
        (KNOWN, NOON - HOUR, True),
    ],
)
def test_taken_back_twice_is_news_only_while_something_is_left_or_it_is_newer(
    known: Consent, given_at: Any, news: bool
) -> None:
    said = replace(SAID, revoked=True, given_at=given_at)
    found = record(known, said, "revoked")
    assert (found is not None) is news
    if found is not None:
        assert found.consent.given_at == max(NOON, given_at)
        assert found.consent.wider is None


def test_the_word_of_whoever_holds_it_says_who_and_when_and_nothing_is_left_of_it() -> None:
    known = replace(KNOWN, basis=Basis.REPRESENTATIVE, inability=Inability.DETAINED)
    found = holders_word(known, pseudonym=SUBJECT, holder="holder-0", id="k2", now=LATE)
    assert found == Consent(
        id="k2",
        pseudonym=SUBJECT,
        audiences=(),
        mode=Mode.PRIVATE,
        basis=Basis.REPRESENTATIVE,
        given_at=LATE,
        recorded_at=LATE,
        revoked=True,
        holder="holder-0",
        by="holder-0",
        door=ConsentDoor.HOLDER,
    )


# --- by a person of ours


def test_a_person_narrows_to_what_both_words_allow() -> None:
    known = replace(KNOWN, wider=ASKED)
    assert record(known, ana(audiences=(MISSIONS, UNIONS)), "narrowed") == Recorded(
        consent=replace(
            NOTED,
            audiences=(MISSIONS,),
            mode=Mode.QUIET,
            fields=(COUNTRY, ACT),
            until=END,
            by="person:ana",
            door=ConsentDoor.CONSOLE,
        ),
        state="narrowed",
        ruling=Ruling.NARROWED,
    )


def test_a_persons_word_takes_the_place_of_the_one_before() -> None:
    """Whoever holds it goes on holding it unless they say who; an older instant moves nothing."""
    said = ana(given_at=NOON - HOUR, holder="", wider=ASKED)
    assert record(KNOWN, said, "granted") == Recorded(
        consent=replace(
            said, given_at=NOON, holder="holder-0", wider=None, agreed_by=("person:dia",)
        ),
        state="narrowed",
        ruling=Ruling.NARROWED,
    )
    assert record(KNOWN, ana(), "granted").consent.holder == "holder-1"  # type: ignore[union-attr]


def test_the_same_again_by_a_person_is_in_force_and_narrows_nothing() -> None:
    same = ana(audiences=KNOWN.audiences, mode=KNOWN.mode, fields=(), until=None)
    found = record(KNOWN, same, "granted")
    assert found is not None
    assert (found.state, found.ruling) == ("granted", Ruling.IN_FORCE)
    assert found.consent.agreed_by == ("person:dia",)


def test_a_person_who_swaps_an_audience_opens_one_and_shuts_one() -> None:
    found = record(KNOWN, ana(audiences=(MISSIONS, UNIONS)), "granted")
    assert found is not None
    assert (found.state, found.ruling) == ("narrowed", Ruling.IN_FORCE)
    assert found.consent == ana(audiences=(MISSIONS, UNIONS), agreed_by=("person:ana",))


def test_the_first_word_of_a_person_is_kept_as_it_is() -> None:
    assert record(None, ana(), "granted") == Recorded(
        consent=ana(agreed_by=("person:ana",)), state="granted", ruling=Ruling.IN_FORCE
    )


def test_a_person_who_heard_it_before_the_newest_word_only_narrows() -> None:
    said = ana(audiences=(MISSIONS, UNIONS), given_at=NOON)
    found = record(KNOWN, said, "granted")
    assert found is not None
    assert (found.state, found.ruling) == ("narrowed", Ruling.OLDER)
    assert found.consent.audiences == (MISSIONS,)
    assert found.consent.given_at == NOON


# --- by two


def test_the_first_of_two_is_asked_for_whole_and_opens_nothing() -> None:
    said = ana(audiences=(MISSIONS, COMPANIES), fields=(COUNTRY,))
    by_ana = replace(ASKED, by="person:ana", door=ConsentDoor.CONSOLE, agreed=("person:ana",))
    assert record(KNOWN, said, "granted") == Recorded(
        consent=replace(
            NOTED,
            audiences=(MISSIONS,),
            mode=Mode.QUIET,
            fields=(COUNTRY,),
            until=END,
            given_at=NOON,
            by="person:ana",
            door=ConsentDoor.CONSOLE,
            wider=by_ana,
        ),
        state="narrowed",
        ruling=Ruling.WAITS,
    )


def test_the_first_of_two_where_nothing_is_recorded_opens_nothing() -> None:
    said = ana(audiences=(MISSIONS, COMPANIES), recorded_at=None)
    found = record(None, said, "granted")
    assert found is not None
    assert (found.state, found.ruling) == ("asked", Ruling.WAITS)
    assert found.consent.audiences == ()
    assert found.consent.wider is not None
    assert found.consent.wider.asked_at == said.given_at
    assert found.consent.wider.needs == 2


@pytest.mark.parametrize(("late", "enough"), [(timedelta(0), True), (HOUR, False)])
def test_the_second_of_two_says_the_same_within_a_week(late: timedelta, enough: bool) -> None:
    said = ana(audiences=(MISSIONS, COMPANIES), fields=(COUNTRY,))
    first = record(KNOWN, said, "granted")
    assert first is not None
    second = replace(said, by="person:ben", recorded_at=LATE + AGREE_WITHIN + late)
    found = record(first.consent, second, "granted")
    assert found is not None
    if enough:
        assert found == Recorded(
            consent=replace(second, agreed_by=("person:ana", "person:ben")),
            state="granted",
            ruling=Ruling.IN_FORCE,
        )
    else:
        assert found.ruling is Ruling.WAITS
        assert found.consent.wider is not None
        assert found.consent.wider.agreed == ("person:ben",)


def test_the_second_of_two_moves_no_instant_back_and_takes_it_from_nobody() -> None:
    first = record(KNOWN, ana(audiences=(MISSIONS, COMPANIES), fields=(COUNTRY,)), "granted")
    assert first is not None
    older = ana(
        audiences=(MISSIONS, COMPANIES),
        fields=(COUNTRY,),
        by="person:ben",
        given_at=NOON - HOUR,
        holder="",
    )
    found = record(first.consent, older, "granted")
    assert found is not None and found.ruling is Ruling.IN_FORCE
    assert found.consent.given_at == NOON
    assert found.consent.holder == "holder-0"


def test_what_a_publisher_asked_for_and_a_person_says_as_well_waits_for_one_more() -> None:
    said = ana(audiences=(MISSIONS, COMPANIES), fields=(COUNTRY,))
    found = record(replace(KNOWN, wider=ASKED), said, "granted")
    assert found is not None and found.ruling is Ruling.WAITS
    assert found.consent.wider == replace(ASKED, agreed=("person:ana",))


def test_what_takes_one_more_is_in_force_with_them_and_shuts_out_whom_it_leaves_out() -> None:
    said = ana(audiences=(MISSIONS, COMPANIES), fields=(COUNTRY,))
    found = record(replace(KNOWN, wider=replace(ASKED, needs=1)), said, "granted")
    assert found is not None
    assert (found.state, found.ruling) == ("narrowed", Ruling.IN_FORCE)


def test_who_agrees_first_is_noted_and_nothing_opens() -> None:
    known = replace(KNOWN, wider=ASKED)
    assert agreed(known) == Recorded(
        consent=replace(
            known,
            id="k2",
            recorded_at=LATE + HOUR,
            by="person:ana",
            door=ConsentDoor.CONSOLE,
            wider=replace(ASKED, agreed=("person:ana",)),
        ),
        state="asked",
        ruling=Ruling.WAITS,
    )


def test_who_agrees_last_puts_into_force_just_what_was_asked() -> None:
    """And whom it no longer names is shut out: for those told it is a narrowing."""
    known = replace(KNOWN, wider=replace(ASKED, agreed=("person:ana",)))
    assert agreed(known, by="person:ben") == Recorded(
        consent=Consent(
            id="k2",
            pseudonym=SUBJECT,
            audiences=(MISSIONS, COMPANIES),
            mode=Mode.QUIET,
            basis=Basis.PERSON,
            fields=(COUNTRY,),
            until=END,
            given_at=NOON + 2 * HOUR,
            recorded_at=LATE + HOUR,
            obtained=Obtained.SPOKEN,
            holder="holder-0",
            witness="witness-1",
            note="note-1",
            by="person:ben",
            door=ConsentDoor.CONSOLE,
            agreed_by=("person:ana", "person:ben"),
        ),
        state="narrowed",
        ruling=Ruling.IN_FORCE,
    )


def test_who_speaks_for_the_person_is_agreed_to_with_why_and_for_whom() -> None:
    community = Community(needed=1, of=2, agreed=("c1",))
    scope = replace(ASKED.scope, basis=Basis.GUARDIAN, community=community)
    asked = replace(ASKED, scope=scope, needs=1, inability=Inability.DETAINED)
    known = replace(KNOWN, holder="", given_at=LATE, wider=asked)
    found = agreed(known, wider=granting.digest(scope)).consent
    assert (found.inability, found.note) == (Inability.DETAINED, "note-1")
    assert (found.holder, found.community, found.given_at) == ("holder-1", community, LATE)


@pytest.mark.parametrize(
    ("known", "more"),
    [
        (None, {}),
        (KNOWN, {}),
        (replace(KNOWN, wider=ASKED), {"wider": "of before"}),
    ],
)
def test_what_is_not_asked_for_is_not_agreed_to(known: Consent | None, more: Any) -> None:
    with pytest.raises(Refusal) as refused:
        agreed(known, **more)
    assert refused.value.reason is RefusedBecause.NOT_PROPOSED


def test_to_the_last_moment_of_a_week_somebody_may_agree() -> None:
    known = replace(KNOWN, wider=ASKED)
    assert agreed(known, now=LATE + AGREE_WITHIN).ruling is Ruling.WAITS
    with pytest.raises(Refusal) as refused:
        agreed(known, now=LATE + AGREE_WITHIN + timedelta(seconds=1))
    assert refused.value.reason is RefusedBecause.EXPIRED


# --- by a publisher


def test_the_first_word_of_a_publisher_is_kept_as_it_is() -> None:
    said = replace(SAID, wider=ASKED)
    assert record(None, said, "granted") == Recorded(
        consent=SAID, state="granted", ruling=Ruling.IN_FORCE
    )
    found = record(None, said, "narrowed")
    assert found is not None and found.state == "narrowed"


@pytest.mark.parametrize("recorded_at", [LATE, None])
def test_what_does_not_stand_by_itself_is_asked_for_whole(recorded_at: Any) -> None:
    said = replace(
        SAID,
        basis=Basis.GUARDIAN,
        recorded_at=recorded_at,
        audiences=(TrackName.PROTECTION, MISSIONS),
        inability=None,
    )
    assert record(None, said, "granted") == Recorded(
        consent=replace(
            said,
            wider=replace(
                ASKED,
                scope=said.scope,
                asked_at=recorded_at or said.given_at,
                needs=1,
            ),
        ),
        state="granted",
        ruling=Ruling.WAITS,
    )


def test_an_event_narrows_to_what_both_words_allow() -> None:
    assert record(KNOWN, SAID, "granted") == Recorded(
        consent=replace(
            NOTED,
            audiences=(MISSIONS,),
            mode=Mode.QUIET,
            fields=(COUNTRY, ACT),
            until=END,
        ),
        state="narrowed",
        ruling=Ruling.NARROWED,
    )


def test_an_event_that_allows_more_is_asked_for_and_changes_nothing() -> None:
    said = replace(
        SAID, audiences=(MISSIONS, NHRIS, COMPANIES), mode=Mode.PRIVATE, fields=(), until=None
    )
    assert record(KNOWN, said, "granted") == Recorded(
        consent=replace(NOTED, wider=replace(ASKED, scope=said.scope)),
        state="asked",
        ruling=Ruling.WAITS,
    )


def test_an_older_event_that_allows_more_is_no_news_unless_it_narrows() -> None:
    more = replace(SAID, audiences=(MISSIONS, NHRIS, UNIONS), mode=Mode.PRIVATE, fields=())
    older = replace(more, given_at=NOON - HOUR, until=None)
    assert record(KNOWN, older, "granted") is None
    narrows = record(KNOWN, replace(older, audiences=(MISSIONS, UNIONS)), "granted")
    assert narrows is not None
    assert (narrows.state, narrows.ruling) == ("narrowed", Ruling.OLDER)
    assert narrows.consent.wider is None


def test_the_same_word_newer_moves_the_instant_and_nothing_else() -> None:
    same = replace(SAID, audiences=KNOWN.audiences, mode=KNOWN.mode, fields=(), until=None)
    assert record(KNOWN, same, "granted") == Recorded(
        consent=NOTED, state="granted", ruling=Ruling.IN_FORCE
    )
    assert record(KNOWN, same, "granted", certain=False) is None
    assert record(KNOWN, replace(same, given_at=NOON), "granted") is None


def test_a_word_of_unknown_time_asks_while_it_is_not_taken_back() -> None:
    more = replace(SAID, audiences=(MISSIONS, NHRIS, UNIONS), mode=Mode.PRIVATE, until=None)
    more = replace(more, fields=(), given_at=NOON - HOUR)
    asked = record(KNOWN, more, "granted", certain=False)
    assert asked is not None and asked.ruling is Ruling.WAITS
    assert asked.consent.wider is not None and asked.consent.wider.agreed == ()
    assert record(replace(KNOWN, revoked=True), more, "granted", certain=False) is None


def test_what_one_person_agreed_to_is_not_replaced_by_an_event() -> None:
    known = replace(KNOWN, wider=replace(ASKED, agreed=("person:ana",)))
    scope = replace(ASKED.scope, audiences=(MISSIONS, NHRIS, COMPANIES, UNIONS), mode=Mode.PRIVATE)
    said = replace(
        SAID, audiences=scope.audiences, mode=scope.mode, fields=(), until=None, given_at=LATE
    )
    found = record(known, said, "granted")
    assert found is not None
    assert found.consent.wider == known.wider
    other = record(replace(KNOWN, wider=ASKED), said, "granted")
    assert other is not None and other.consent.wider is not None
    assert other.consent.wider.scope == said.scope


def test_what_is_asked_for_ends_when_the_subject_has_said_less_since() -> None:
    known = replace(KNOWN, wider=ASKED)
    same = replace(SAID, audiences=KNOWN.audiences, mode=KNOWN.mode, fields=(), until=None)
    for given_at, certain, stays, news in (
        (ASKED.given_at, True, False, True),
        (ASKED.given_at - timedelta(seconds=1), True, True, True),
        (ASKED.given_at, False, True, False),
    ):
        found = record(known, replace(same, given_at=given_at), "granted", certain=certain)
        assert (found is not None) is news
        left = known.wider if found is None else found.consent.wider
        assert (left is not None) is stays, (given_at, certain)
        assert found is None or found.state == ("asked" if stays else "granted")


def test_what_a_consent_allows_is_all_of_what_may_be_wider_or_narrower() -> None:
    community = Community(needed=2, of=3, agreed=("c1", "c2"))
    said = replace(SAID, basis=Basis.COMMUNITY, community=community)
    assert said.scope == Scope(
        audiences=(MISSIONS,),
        mode=Mode.QUIET,
        basis=Basis.COMMUNITY,
        fields=(COUNTRY, ACT),
        until=END,
        community=community,
    )


def test_two_words_of_a_community_leave_whom_both_name_and_who_holds_it_first() -> None:
    two = Community(needed=2, of=3, agreed=("c1", "c2"))
    one = Community(needed=1, of=3, agreed=("c2", "c3"))
    known = replace(KNOWN, basis=Basis.COMMUNITY, community=two, holder="")
    found = record(known, replace(SAID, basis=Basis.COMMUNITY, community=one), "granted")
    assert found is not None
    assert found.consent.community == Community(needed=2, of=3, agreed=("c2",))
    assert found.consent.holder == "holder-1"


def test_a_community_speaks_where_a_person_did_once_a_word_says_so() -> None:
    some = Community(needed=1, of=3, agreed=("c1",))
    found = record(KNOWN, replace(SAID, basis=Basis.COMMUNITY, community=some), "granted")
    assert found is not None
    assert (found.consent.basis, found.consent.community) == (Basis.COMMUNITY, some)


def test_of_a_first_word_that_names_no_holder_nobody_holds_it() -> None:
    found = record(None, ana(holder=""), "granted")
    assert found is not None and found.consent.holder == ""


def test_why_the_person_could_not_be_asked_is_asked_for_with_it() -> None:
    said = ana(audiences=(MISSIONS, UNIONS), basis=Basis.GUARDIAN, inability=Inability.DETAINED)
    found = record(KNOWN, said, "granted")
    assert found is not None and found.consent.wider is not None
    assert found.consent.wider.needs == 2
    assert found.consent.wider.inability is Inability.DETAINED


def test_a_word_of_the_same_instant_as_what_waits_for_a_second_person_widens_nothing() -> None:
    known = replace(KNOWN, wider=replace(ASKED, agreed=("person:ana",)))
    same = ana(audiences=(MISSIONS, UNIONS), given_at=ASKED.given_at, by="person:ben")
    found = record(known, same, "granted")
    assert found is not None and found.ruling is Ruling.OLDER
    newer = replace(same, given_at=ASKED.given_at + timedelta(seconds=1))
    found = record(known, newer, "granted")
    assert found is not None and found.ruling is Ruling.IN_FORCE
