"""The judge of what goes outward can say yes, and no."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.simulation.recipients import Recipients

T0 = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
ALERTS = {"near": ("noor", "noor-deputy"), "far": ("ines",)}
"""Two companies that Northmere Metals sells to, and who is there to be told."""


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def planned(*, spread: str = "all") -> dict[str, Any]:
    track = {"name": "companies", "answer_by": 300, "steps": [{"spread": spread}]}
    alerts = [
        {
            "alert": alert,
            "candidate": {
                "track": "companies",
                "contacts": [{"id": who, "endpoints": [f"email:{who}"]} for who in contacts],
            },
        }
        for alert, contacts in ALERTS.items()
    ]
    return {"kind": "planned", "tracks": [track], "alerts": alerts}


def told(alert: str, who: str) -> dict[str, Any]:
    notices = [{"contact": who}]
    return {"kind": "told", "alert": alert, "purpose": "tell", "notices": notices}


def silent(alert: str, who: str) -> dict[str, Any]:
    return {"kind": "contact_silent", "alert": alert, "contact": who}


def of_track(kind: str) -> dict[str, Any]:
    return {"kind": kind, "track": "companies", "tracks": ["companies"]}


def lived(*facts: tuple[float, dict[str, Any]], **more: Any) -> tuple[Recipients, list[str]]:
    """What it holds against these facts, and what it waits for after them."""
    recipients, wrong = Recipients((), **more), list[str]()
    for minutes, fact in facts:
        wrong += recipients.wrong(fact, at(minutes))
        recipients.take(fact, at(minutes))
    return recipients, wrong


def owed(recipients: Recipients) -> dict[str, datetime]:
    """Who is waited for, and since when."""
    return {what.split(": ")[0]: due for due, what in recipients.owed()}


BEGUN = ((0, planned()), (1, of_track("track_released")))
BOTH = (*BEGUN, (1, told("near", "noor")), (1, told("far", "ines")))


def test_nobody_is_to_be_told_before_people_let_it_go() -> None:
    recipients, wrong = lived((0, planned()), (1, told("near", "noor")))

    assert not owed(recipients)
    assert wrong == [f"companies told somebody at {at(1)}, and may tell nobody"]


def test_a_release_owes_a_word_to_everybody_planned() -> None:
    assert owed(lived(*BEGUN)[0]) == {"near": at(1), "far": at(1)}


def test_where_parties_are_asked_in_turn_one_is_enough_until_it_says_no() -> None:
    begun = ((0, planned(spread="next")), BEGUN[1], (1, told("near", "noor")))

    waiting, _ = lived(*begun)
    declined, _ = lived(*begun, (3, {"kind": "declined", "alert": "near"}))

    assert owed(waiting) == {"near": at(6)}
    assert owed(declined) == {"far": at(3)}


def test_silence_brings_in_the_next_contact_and_after_the_last_a_person() -> None:
    recipients, wrong = lived(*BOTH, (6, silent("near", "noor")), (6, silent("far", "ines")))
    what = [what for _, what in recipients.owed()]

    assert not wrong
    assert what == [
        "near: noor-deputy is to be told and was not",
        "far: nobody is left to be told, and nobody is asked to phone",
    ]


def test_silence_that_is_noted_too_early_or_too_late_is_seen() -> None:
    _, early = lived(*BOTH, (4, silent("near", "noor")))
    late, _ = lived(*BOTH)

    assert early == [f"noor counts as silent at {at(4)}, and has until {at(6)}"]
    assert owed(late) == {"near": at(6), "far": at(6)}


def test_nobody_is_late_while_the_track_stands_still() -> None:
    frozen, _ = lived(*BOTH, (3, of_track("track_frozen")))
    lifted, _ = lived(*BOTH, (3, of_track("track_frozen")), (9, of_track("track_lifted")))

    assert not owed(frozen)
    assert owed(lifted) == {"near": at(9), "far": at(9)}


def failed(alert: str, who: str, reason: str) -> dict[str, Any]:
    message = {"alert": alert, "contact": who, "endpoint": f"email:{who}"}
    return {"kind": "delivery_failed", "reason": reason, **message}


@pytest.mark.parametrize("reason", ["refused_permanent", "unknown_exhausted", "not_delivered"])
def test_whom_no_way_reaches_leaves_it_to_the_next_contact(reason: str) -> None:
    recipients, _ = lived(*BOTH, (3, failed("near", "noor", reason)))

    assert owed(recipients)["near"] == at(3)


def test_a_network_that_gives_up_on_what_was_answered_brings_in_nobody() -> None:
    """The page was answered: however the letter is said to have fared, its reader has it."""
    answer = {"kind": "answered", "alert": "near", "contact": "noor"}
    answered = (2, {**answer, "hold_until": at(20).isoformat()})
    held, _ = lived(*BOTH, answered, (3, failed("near", "noor", "not_delivered")))
    refused, _ = lived(*BOTH, answered, (3, failed("near", "noor", "refused_permanent")))
    ended, _ = lived(
        *BOTH,
        answered,
        (3, failed("near", "noor", "not_delivered")),
        (20, {"kind": "answer_expired", "alert": "near", "contact": "noor"}),
    )

    assert owed(held)["near"] == at(20)
    assert owed(refused)["near"] == at(3)
    assert "near: noor-deputy is to be told and was not" in [what for _, what in ended.owed()]


def test_a_promise_ends_every_clock_and_is_asked_after() -> None:
    promised = {"kind": "promised", "alert": "near", "action": "p", "contact": "noor"}
    recipients, _ = lived(*BOTH, (2, {**promised, "ask_at": at(9).isoformat()}))

    assert owed(recipients) == {"near": at(9), "far": at(6)}


def test_a_promise_is_asked_after_in_a_standing_case_where_nobody_else_is_told() -> None:
    promised = {"kind": "promised", "alert": "far", "action": "p1", "contact": "ines"}
    stands = (*BOTH, (2, {"kind": "standing_set"}))
    given = (3, {**promised, "ask_at": at(9).isoformat()})
    asked = {**told("far", "ines"), "purpose": "ask_outcome"}

    _, while_it_stands = lived(*stands, given, (9, asked))
    _, somebody_new = lived(*stands, given, (9, told("near", "noor-deputy")))
    _, once_over = lived(*stands, given, (5, {"kind": "resolved"}), (9, asked))

    assert not while_it_stands
    assert f"companies told somebody at {at(9)}, and may tell nobody" in somebody_new
    assert once_over == [f"companies told somebody at {at(9)}, and may tell nobody"]


def test_a_colleague_who_is_told_while_another_may_still_answer_is_one_too_many() -> None:
    _, wrong = lived(*BOTH, (2, told("near", "noor-deputy")))

    assert wrong == [f"['noor-deputy'] were told at {at(2)}, and another contact has it"]


def test_whoever_answered_has_heard_though_a_backup_forgot_that_they_were_told() -> None:
    """Seed 31109: their answer ran out, and asking them again was called one too many."""
    said = {"kind": "answered", "alert": "near", "contact": "noor-deputy"}
    ends = {"kind": "answer_expired", "alert": "near", "contact": "noor-deputy"}
    again = told("near", "noor-deputy")
    _, wrong = lived(*BOTH, (2, {**said, "hold_until": at(4).isoformat()}), (4, ends), (4, again))

    assert not wrong


def test_whoever_has_done_something_is_told_no_more() -> None:
    acted = {"kind": "acted", "alert": "near", "action": "p"}
    recipients, wrong = lived(*BOTH, (2, acted), (8, told("near", "noor")))

    assert owed(recipients) == {"far": at(6)}
    assert wrong == [f"companies told a party at {at(8)} that has acted, or said no"]


def promised(alert: str, who: str, *, minutes: float) -> dict[str, Any]:
    asked = at(minutes).isoformat()
    return {"kind": "promised", "alert": alert, "action": "p1", "contact": who, "ask_at": asked}


def test_a_promise_whose_giver_no_way_reaches_any_more_leaves_it_to_the_next_contact() -> None:
    """The oracle held it against the engine that a deputy was told (seed 500127)."""
    bounced = {
        "kind": "delivery_failed",
        "alert": "near",
        "contact": "noor",
        "endpoint": "email:noor",
        "reason": "refused_permanent",
    }
    lost = (
        (0, planned()),
        (1, of_track("track_released")),
        (1, told("near", "noor")),
        (2, promised("near", "noor", minutes=3)),
        (
            3,
            {
                "kind": "promise_asked",
                "alert": "near",
                "action": "p1",
                "next_at": at(240).isoformat(),
            },
        ),
        (3, bounced),
        (3, silent("near", "noor")),
    )
    recipients, wrong = lived(*lost)
    assert (wrong, owed(recipients)["near"]) == ([], at(3))
    recipients, wrong = lived(*lost, (3, told("near", "noor-deputy")))
    assert not wrong
    dues = [due for due, what in recipients.owed() if what.startswith("near: ")]
    assert sorted(dues) == [at(8), at(240)], "the deputy has until then, and the promise"
    silence = (8, silent("near", "noor-deputy"))
    recipients, _ = lived(*lost, (3, told("near", "noor-deputy")), silence)
    assert owed(recipients)["near"] == at(240), "somebody of duty is after it already"
    missed = (240, {"kind": "promise_missed", "alert": "near", "action": "p1"})
    recipients, _ = lived(*lost, (3, told("near", "noor-deputy")), silence, missed)
    assert owed(recipients)["near"] == at(240), "a person is to phone"


@pytest.mark.parametrize("reason", ["linked", "represents"])
def test_whom_another_case_forbids_waits_for_another_release(reason: str) -> None:
    """The oracle waited for somebody of whom another case's consents say no (seed 500232), and for
    one that had declared a conflict there (seed 500867)."""
    forbidden = {"kind": "alert_withheld", "alert": "far", "reason": reason}
    facts = ((0, planned()), (1, of_track("track_released")), (1, forbidden))
    recipients, _ = lived(*facts)
    assert "far" not in owed(recipients)
    recipients, _ = lived(*facts, (9, of_track("track_released")))
    assert owed(recipients)["far"] == at(9)


def test_a_release_outlives_the_time_that_a_case_stands() -> None:
    """What was released before tells again afterwards, and owes it from then (seed 500172)."""
    stands = (
        (0, planned()),
        (1, of_track("track_released")),
        (2, {"kind": "standing_set"}),
    )
    recipients, _ = lived(*stands)
    assert not owed(recipients)
    recipients, wrong = lived(*stands, (60, {"kind": "standing_ended"}), (61, told("far", "ines")))
    assert not wrong
    assert owed(recipients)["near"] == at(60)


def test_of_a_contact_that_the_registry_lost_a_phone_call_is_enough_and_nothing_is_not() -> None:
    phone = {"kind": "task_raised", "task_kind": "phone_them", "alert": "near"}
    facts = (
        (0, planned()),
        (1, of_track("track_released")),
        (1, told("near", "noor")),
        (6, silent("near", "noor")),
    )
    for more, waited_for in (({}, True), ({"may_go": {"noor-deputy"}}, False)):
        recipients, _ = lived(*facts, (6, phone), **more)
        assert ("near" in owed(recipients)) is waited_for
    recipients, _ = lived(*facts, may_go={"noor-deputy"})
    assert owed(recipients)["near"] == at(6), "nobody phoned"
