"""The judge alone: what was said, and whether it then says no."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from schemas.codes import Label
from schemas.event import ThreatEvent
from schemas.link import Link, LinkKind, LinkStatus
from tests.harness.people import contact, party
from tests.replay_harm.allowances import standing
from tests.replay_harm.bonds import beside
from tests.replay_harm.harm import (
    AFTER_NO,
    AFTER_REVOCATION,
    AFTER_STOP,
    TOLD_EXCLUDED,
    TOLD_WITHOUT_CONSENT,
    TOO_OPEN,
    UNRELEASED,
    WHILE_HELD,
    Send,
)
from tests.replay_harm.ledger import Edition, Ledger
from tests.replay_harm.oracle import Oracle, against
from tests.replay_harm.sayings import (
    Allowed,
    Answered,
    Frozen,
    Held,
    HoldLifted,
    Linked,
    Moded,
    Necessary,
    NotNecessary,
    Parted,
    Published,
    Released,
    Saying,
    Stopped,
    TakenBack,
)

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
ALL = frozenset({"missions", "companies", "protection"})
WHOSE = "hotline/somebody"
_KINDS = MappingProxyType(
    {"missions": "mission", "companies": "company", "protection": "protection"}
)


class Told:
    """A ledger to which one saying is added after another, one commit a minute."""

    def __init__(self) -> None:
        parties = {name: party(name, kind, "QN") for name, kind in _KINDS.items()}
        parties["foe"] = party("foe", "company", "QM")
        parties["foes-lawyers"] = party("foes-lawyers", "law_firm", "QM")
        tie = Link(
            id="tie", kind=LinkKind.REPRESENTS, a="foes-lawyers", b="foe",
            status=LinkStatus.VERIFIED, source="files",
        )  # fmt: skip
        contacts = {f"{name}-desk": contact(f"{name}-desk", name) for name in (*parties, "helper")}
        self.ledger = Ledger(
            contacts={end.id: one for one in contacts.values() for end in one.endpoints},
            editions=[
                Edition(n=0, parties=parties, once=(), links=(tie,), current=frozenset({tie}))
            ],
        )
        self.oracle = Oracle(ledger=self.ledger)

    def say(
        self, *sayings: Saying, case: str = "case", critical: bool = False, at: int = 1
    ) -> None:
        """These become true with one commit, so many minutes after the one before."""
        ledger = self.ledger
        before = ledger.began.get(ledger.commits, START)
        ledger.commits += 1
        ledger.began[ledger.commits] = before + timedelta(minutes=at)
        for saying in sayings:
            ledger._became_true(saying, case)
        if critical:
            ledger.critical.add((case, ledger.commits))

    def report(self, *, case: str = "case", who: str = "somebody", **more: Any) -> None:
        event = {
            "code": "arrest", "situation": case, "countries": [{"code": "QM"}],
            "subjects": [{"kind": "person", "pseudonym": who}], **more,
        }  # fmt: skip
        said = Published(
            source="hotline", event=ThreatEvent.model_validate(event), shape="a report"
        )
        self.say(said, case=case)

    def allow(self, *audiences: str, **more: Any) -> None:
        self.say(word(*audiences, **more))

    def release(self, track: str, *by: str, case: str = "case") -> None:
        for each in by:
            self.say(Released(case=case, track=track, by=each, controllers=()))

    def tell(self, track: str = "missions", **more: Any) -> tuple[str, ...]:
        """What the judge says of a message that is handed out now."""
        self.say()
        ledger = self.ledger
        given: dict[str, Any] = {
            "at": ledger.began[ledger.commits], "n": ledger.commits, "case": "case",
            "track": track, "mode": "quiet", "purpose": "tell",
            "endpoint": f"{track}-desk.email", **more,
        }  # fmt: skip
        return self.oracle.judge(Send(**given))


def word(*audiences: str, **more: Any) -> Allowed:
    given: dict[str, Any] = {
        "pseudonym": WHOSE, "audiences": frozenset(audiences), "mode": "private", "until": None,
        **more,
    }  # fmt: skip
    return Allowed(**given)


@pytest.fixture
def told() -> Told:
    """A case about somebody who allowed everything, with every track released by two."""
    told = Told()
    told.report()
    told.allow(*ALL)
    for track in ALL:
        told.release(track, "ana", "ben")
    assert told.tell("missions") == told.tell("companies") == told.tell("protection") == ()
    return told


Does = Callable[[Told], None]


@pytest.mark.parametrize(
    ("does", "track", "harm"),
    [
        pytest.param(lambda t: t.say(TakenBack(case="case", track="missions")), "missions",
                     UNRELEASED, id="the release was taken back"),
        pytest.param(lambda t: t.say(Stopped(on=True, by="ana")), "missions", AFTER_STOP,
                     id="everything was stopped"),
        pytest.param(lambda t: t.say(Stopped(on=True), Stopped(on=False, by="ana")), "missions",
                     AFTER_STOP, id="one person alone lifted the stop"),
        pytest.param(lambda t: t.say(Frozen(case="case", track="missions", on=True)), "missions",
                     AFTER_STOP, id="the track was frozen"),
        pytest.param(lambda t: t.say(held(tracks=frozenset({"missions"}))), "missions", WHILE_HELD,
                     id="somebody asked to wait with the track"),
        pytest.param(lambda t: t.say(held(states=frozenset({"QN"}))), "companies", WHILE_HELD,
                     id="somebody asked to wait with the state"),
        pytest.param(lambda t: t.say(held(), HoldLifted(case="case", hold="h", by="ana")),
                     "missions", WHILE_HELD, id="one person alone lifted the hold"),
        pytest.param(lambda t: t.say(answered("warns")), "missions", AFTER_STOP,
                     id="a warning embargoes the track"),
        pytest.param(lambda t: t.say(answered("conflict")), "missions", AFTER_NO,
                     id="it had declared a conflict"),
        pytest.param(lambda t: t.say(answered("declined")), "missions", AFTER_NO,
                     id="it had declined"),
        pytest.param(lambda t: t.say(answered("wrong_contact")), "missions", AFTER_NO,
                     id="the contact was the wrong one"),
        pytest.param(lambda t: t.say(Moded(case="case", track="", mode="quiet")), "companies",
                     TOO_OPEN, id="the case was made quiet"),
        pytest.param(lambda t: t.allow(revoked=True), "missions", AFTER_REVOCATION,
                     id="it was taken back"),
        pytest.param(lambda t: t.allow("missions", narrows=True, by="ana"), "companies",
                     TOLD_WITHOUT_CONSENT, id="a person narrowed it"),
    ],
)  # fmt: skip
def test_the_judge_says_no(told: Told, does: Does, track: str, harm: str) -> None:
    does(told)

    mode = "private" if harm == TOO_OPEN else "quiet"
    assert harm in told.tell(track, mode=mode)


def held(**scope: Any) -> Held:
    return Held(case="case", hold="h", until=START + timedelta(hours=9), **scope)


def answered(kind: str, **more: Any) -> Answered:
    given = {"track": "missions", "party": "missions", "contact": "missions-desk", **more}
    return Answered(case="case", kind=kind, **given)


def test_what_was_stopped_goes_on_when_two_people_say_so(told: Told) -> None:
    told.say(
        Stopped(on=True), held(), answered("warns"),
        *(Stopped(on=False, by=by) for by in ("ana", "ben")),
        *(HoldLifted(case="case", hold="h", by=by) for by in ("ana", "ben")),
        *(Frozen(case="case", track="missions", on=False, by=by) for by in ("ana", "ben")),
    )  # fmt: skip
    assert told.tell() == ()


def test_what_was_stopped_goes_on_when_its_time_has_come(told: Told) -> None:
    told.say(held(), answered("warns", until=START + timedelta(hours=3)))
    told.say(at=600)
    assert told.tell() == ()


def test_what_is_passed_on_inside_closes_its_page_and_freezes_companies(told: Told) -> None:
    told.report(parties=[{"party": "foe", "role": "alleged_perpetrator"}])
    told.say(answered("passed_on", to="foes-lawyers-desk"))
    assert AFTER_NO in told.tell("missions")
    assert AFTER_STOP in told.tell("companies")
    assert told.tell("protection") == ()


def test_companies_take_two_people_and_others_one() -> None:
    told = Told()
    told.report()
    told.allow(*ALL)
    told.release("companies", "ana", "ana")
    told.release("missions", "ana")
    assert told.tell("companies") == (UNRELEASED,)
    assert told.tell("missions") == ()


# Consent


def _counts(*words: Allowed, minutes: int = 10) -> set[str]:
    """The audiences that all words allow, said so many minutes apart."""
    said = list(enumerate(words, start=1))
    began = {n: START + timedelta(minutes=minutes * n) for n, _ in said}
    layers = standing(said, len(said), began=began.__getitem__)
    return set(ALL).intersection(*(each.audiences for each in layers)) if layers else set()


def test_one_person_widens_to_embassies_and_two_to_companies() -> None:
    assert _counts(word("protection"), word("protection", "missions", by="ana")) == {
        "protection", "missions",
    }  # fmt: skip
    once = word("protection", "companies", by="ana")
    assert _counts(word("protection"), once) == {"protection"}
    assert _counts(word("protection"), once, once) == {"protection"}
    other = word("protection", "companies", by="ben")
    assert _counts(word("protection"), once, other) == {"protection", "companies"}


def test_what_waits_for_a_second_person_ends_with_any_word_that_tightens() -> None:
    once, other = word("companies", by="ana"), word("companies", by="ben")
    assert _counts(word("missions"), once, word(revoked=True), other) == set()
    assert _counts(word("missions"), once, other, word(revoked=True)) <= set()


def test_a_publisher_never_widens_and_agreeing_takes_as_many_people_as_saying() -> None:
    wider = word("missions", "companies")
    assert _counts(word("missions"), wider) == {"missions"}
    agreed = word("missions", "companies", by="ana", agrees=True)
    assert _counts(word("missions"), wider, agreed) == {"missions"}
    second = word("missions", "companies", by="ben", agrees=True)
    assert _counts(word("missions"), wider, agreed, second) == {"missions", "companies"}


def test_that_nobody_can_be_identified_holds_once_people_looked_and_a_publisher_repeats_it() -> (
    None
):
    send = Send(at=START, n=1, case="c", track="missions", mode="quiet", purpose="tell")
    by_machine = word("missions", basis="no_identifiable_person")
    looked = word("missions", basis="no_identifiable_person", by="ana")

    assert against((by_machine,), send, mode="quiet", nobody=True)
    assert not against((looked, by_machine), send, mode="quiet", nobody=True)
    narrower = word("unions", basis="no_identifiable_person")
    assert against((looked, narrower), send, mode="quiet", nobody=True)


def test_an_older_word_of_a_person_widens_nothing() -> None:
    late = word("missions", by="ana", given_at=START)
    assert _counts(word("protection", by="ben", given_at=START), late) == set()


# Necessity


def test_one_person_asks_protection_without_consent_where_life_is_in_danger_for_two_hours() -> None:
    told = Told()
    told.report()
    told.say(Necessary(case="case", by="ana"), critical=True)
    assert told.tell("protection") == ()
    assert told.tell("missions") == (TOLD_WITHOUT_CONSENT, UNRELEASED)
    assert TOLD_WITHOUT_CONSENT in told.tell("protection", fields=frozenset({"sector"}))
    told.say(at=121)
    assert TOLD_WITHOUT_CONSENT in told.tell("protection")


def test_in_any_other_case_two_agree_first_and_one_takes_it_back() -> None:
    told = Told()
    told.report()
    told.say(Necessary(case="case", by="ana"))
    assert TOLD_WITHOUT_CONSENT in told.tell("protection")
    told.say(Necessary(case="case", by="ben"))
    assert told.tell("protection") == ()
    told.say(NotNecessary(case="case"))
    assert TOLD_WITHOUT_CONSENT in told.tell("protection")


def test_necessity_never_overrules_a_no() -> None:
    told = Told()
    told.report()
    told.allow(revoked=True)
    told.say(*(Necessary(case="case", by=by) for by in ("ana", "ben")))
    assert AFTER_REVOCATION in told.tell("protection")


# Two cases


def test_a_linked_case_counts_until_two_people_part_it(told: Told) -> None:
    told.report(case="other", who="else")
    told.say(Linked(case="case", other="other"))
    assert TOLD_WITHOUT_CONSENT in told.tell("missions")
    told.say(Parted(case="other", by="ana"), Parted(case="other", by="ana"))
    assert TOLD_WITHOUT_CONSENT in told.tell("missions")
    told.say(Parted(case="other", by="ben"))
    assert told.tell("missions") == ()


def test_whoever_must_not_know_of_one_must_not_know_of_the_other(told: Told) -> None:
    told.report(case="other", parties=[{"party": "companies", "role": "alleged_perpetrator"}])
    assert told.tell("companies") == ()
    told.say(Linked(case="case", other="other"))
    assert TOLD_EXCLUDED in told.tell("companies")


def test_whoever_joins_one_of_a_group_joins_all_of_it() -> None:
    told = Told()
    told.say(Linked(case="a", other="b"), Linked(case="c", other="d"), Linked(case="b", other="c"))
    assert beside(told.ledger, "a", 1) == ("b", "c", "d")
    told.say(Parted(case="b", by="ana"), Parted(case="b", by="ben"))
    assert beside(told.ledger, "b", 2) == ()
    assert beside(told.ledger, "a", 2) == ("c", "d")
    assert beside(told.ledger, "a", 1) == ("b", "c", "d")


# Pages and streams


def test_a_label_is_never_wider_than_a_report_says(told: Told) -> None:
    strict = frozenset({Label.AMBER_STRICT.value})
    assert told.tell(purpose="page", labels=strict) == ()
    assert told.tell(purpose="page", labels=frozenset({"TLP:AMBER"})) == (TOO_OPEN,)
    told.report(label="TLP:RED")
    assert told.tell(purpose="page", labels=strict) == (TOO_OPEN,)


def test_who_reads_a_stream_is_judged_as_every_other_recipient(told: Told) -> None:
    assert told.tell("missions", purpose="stream", endpoint="", reader="missions") == ()
    whole = frozenset({"act"})
    firm = told.tell("companies", purpose="stream", endpoint="", reader="companies", fields=whole)
    assert firm == (TOO_OPEN,)
    told.report(parties=[{"party": "missions", "role": "alleged_perpetrator"}])
    assert TOLD_EXCLUDED in told.tell("missions", purpose="stream", endpoint="", reader="missions")
