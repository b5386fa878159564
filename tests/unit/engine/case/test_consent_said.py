"""What an event says of a consent is kept as its publisher said it, and when it was given."""

from datetime import timedelta
from typing import Any

from engine.case.said import said_in
from schemas.codes import Mode, TrackName
from schemas.consent import Basis, Community, Consent, ConsentDoor, Inability, Obtained
from schemas.event import ConsentGiven
from tests.unit.engine.case.builders import SUBJECT, an_event, at

NOW = at("Tue 10:00")
HOUR = timedelta(hours=1)


def _said(*, event: dict[str, Any] | None = None, **given: Any) -> tuple[Consent, bool]:
    return said_in(
        an_event(**(event or {})),
        ConsentGiven.model_validate({"basis": "person", **given}),
        pseudonym=SUBJECT,
        id="consent-1",
        source="hotline",
        now=NOW,
    )


def _consent_event(precision: str = "minute", *, ago: timedelta = HOUR) -> dict[str, Any]:
    occurred = {"at": NOW - ago, "precision": precision}
    return {"code": "consent_granted", "occurred": occurred}


def test_every_word_of_it_is_kept() -> None:
    consent, certain = _said(
        basis="guardian",
        audiences=["missions", "companies"],
        mode="private",
        fields=["act"],
        until=NOW + HOUR,
        obtained="spoken",
        given_at=NOW - HOUR,
        holder="holder-1",
        witness="witness-1",
        inability="detained",
    )
    assert certain
    assert consent == Consent(
        id="consent-1",
        pseudonym=SUBJECT,
        audiences=(TrackName.MISSIONS, TrackName.COMPANIES),
        mode=Mode.PRIVATE,
        basis=Basis.GUARDIAN,
        given_at=NOW - HOUR,
        fields=consent.fields,
        until=NOW + HOUR,
        revoked=False,
        obtained=Obtained.SPOKEN,
        holder="holder-1",
        witness="witness-1",
        inability=Inability.DETAINED,
        community=None,
        recorded_at=NOW,
        by="hotline",
        door=ConsentDoor.EVENT,
    )
    assert [field.value for field in consent.fields] == ["act"]


def test_what_it_leaves_out_is_left_open() -> None:
    consent, _ = _said()
    assert (consent.holder, consent.witness, consent.inability, consent.community) == (
        "", "", None, None,
    )  # fmt: skip
    assert (consent.audiences, consent.until, consent.obtained) == ((), None, Obtained.UNKNOWN)


def test_a_community_counts_its_own() -> None:
    agreed = {"needed": 2, "of": 5, "agreed": ["rep-1", "rep-2"]}
    consent, _ = _said(basis="community", community=agreed)
    assert consent.community == Community(needed=2, of=5, agreed=("rep-1", "rep-2"))


def test_only_a_word_taken_back_is_taken_back() -> None:
    for state in ("granted", "narrowed", "revoked"):
        assert _said(state=state)[0].revoked is (state == "revoked")


def test_without_a_time_nobody_knows_when_it_was_given() -> None:
    consent, certain = _said()
    assert (consent.given_at, certain) == (NOW, False)


def test_a_time_ahead_of_ours_is_a_wrong_clock_and_now_is_no_such_time() -> None:
    assert _said(given_at=NOW) == (_said(given_at=NOW)[0], True)
    consent, certain = _said(given_at=NOW + HOUR)
    assert (consent.given_at, certain) == (NOW, False)


def test_of_a_consent_event_the_time_to_the_minute_is_when_it_was_given() -> None:
    consent, certain = _said(event=_consent_event())
    assert (consent.given_at, certain) == (NOW - HOUR, True)
    consent, certain = _said(event=_consent_event("day", ago=timedelta(days=2)))
    assert (consent.given_at, certain) == (NOW, False), "on which part of the day?"
    consent, certain = _said(event=_consent_event(), given_at=NOW - 3 * HOUR)
    assert (consent.given_at, certain) == (NOW - 3 * HOUR, True), "its own time comes first"


def test_of_an_act_the_time_says_nothing_of_the_consent_beside_it() -> None:
    event = {"occurred": {"at": NOW - HOUR, "precision": "minute"}}
    assert _said(event=event)[1] is False
