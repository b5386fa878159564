"""What becomes of a report at the door: taken, taken with a flag, or refused with every reason."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.case.ids import event_id
from engine.intake.accept import Accepted, Unreadable, accept, reasons
from engine.intake.cloudevents import Message
from engine.intake.scope import EVERY_AUDIENCE, Scope, any_of, scope_from, words_of
from schemas.codes import Audience, EventType, RootCause, Severity
from schemas.event import ThreatEvent
from schemas.plan import Trouble
from schemas.problem import Fault
from tests.unit.engine.intake.builders import (
    NOW,
    WIDE,
    a_message,
    accepted,
    an_event,
    judged,
    raw,
    refused,
    seal,
    unsealed,
)

LOW = Scope(
    source="hotline-a",
    types=frozenset({EventType.WARNING, EventType.CHANGE}),
    ceiling=Severity.ELEVATED,
)


def test_a_report_keeps_its_identity_its_bytes_digest_and_what_it_says() -> None:
    message = raw(a_message())

    taken = accepted(message)

    assert taken.inbox.source == "hotline-a"
    assert taken.inbox.id == "evt-1"
    assert taken.inbox.digest == hashlib.sha256(message).hexdigest()
    assert taken.report.event_id == event_id("hotline-a", "evt-1")
    assert taken.report.received_at == NOW
    assert ThreatEvent.model_validate_json(taken.report.body) == taken.report.event
    assert taken.report.event.situation == "S-17"
    assert taken.troubles == ()
    assert taken.grave
    assert taken.report.sealed is None


def test_a_report_may_say_what_lies_behind_it_and_one_that_does_not_keeps_its_bytes() -> None:
    causes = ["land_tenure", "fpic_absent"]

    said = accepted(a_message(an_event(root_causes=causes)))
    silent = accepted(a_message())
    empty = accepted(a_message(an_event(root_causes=[])))

    assert said.report.event.root_causes == (RootCause.LAND_TENURE, RootCause.FPIC_ABSENT)
    assert json.loads(said.report.body)["root_causes"] == causes
    assert ThreatEvent.model_validate_json(said.report.body) == said.report.event
    assert said.report.event.type is silent.report.event.type
    assert said.grave is silent.grave
    assert said.report.sealed is None
    assert b"root_causes" not in silent.report.body
    assert empty.report.body == silent.report.body
    assert ThreatEvent.model_validate_json(silent.report.body).root_causes == ()


def test_a_cause_that_is_no_code_is_named_and_not_repeated() -> None:
    [problem] = refused(a_message(an_event(root_causes=["the mayor of Northmere"]))).problems

    assert problem.path == "data.event.root_causes[0]"
    assert "Northmere" not in str(problem)


@given(st.lists(st.sampled_from(RootCause), max_size=10))
def test_what_lies_behind_it_survives_being_stored_and_read(causes: list[RootCause]) -> None:
    event = ThreatEvent(code="threat", root_causes=causes)

    body = event.model_dump_json(exclude_none=True)

    assert ThreatEvent.model_validate_json(body) == event
    assert (b"root_causes" in body.encode()) is bool(causes)


def test_a_caller_with_a_minute_to_spare_sends_a_code_and_nothing_else() -> None:
    assert accepted(a_message({"code": "shots_fired"})).grave


def test_who_and_where_go_into_the_vault_and_nothing_of_it_stays_open() -> None:
    sealed = {"identity": "Invented Person", "exact_place": "Mill Lane 4", "mood": "afraid"}

    taken = accepted(a_message(sealed=sealed))

    assert unsealed(taken) == {"sealed": sealed}
    assert b"Invented" not in taken.report.body
    assert "Invented" not in repr(taken.report.event)


def test_what_we_do_not_recognise_goes_into_the_vault_wherever_it_stands() -> None:
    event = an_event(
        victim_name="Invented Person",
        subjects=[{"kind": "person", "pseudonym": "p1", "phone": "+00 1"}, {"kind": "group"}],
        occurred={"at": "2027-03-01T21:40:00Z", "street": "Mill Lane"},
    )
    message = a_message(event, traceparent="00-1", partitionkey="S-17")
    message["data"]["attachment"] = "aGk="

    taken = accepted(message)

    assert unsealed(taken) == {
        "unrecognised": {
            "envelope": {"traceparent": "00-1"},
            "data": {"attachment": "aGk="},
            "event": {
                "victim_name": "Invented Person",
                "subjects": [{"phone": "+00 1"}, {}],
                "occurred": {"street": "Mill Lane"},
            },
        }
    }
    for secret in (b"Invented", b"+00", b"Mill"):
        assert secret not in taken.report.body
    assert taken.report.event.subjects[0].pseudonym == "p1"


def test_a_box_the_publisher_sealed_passes_through_unopened() -> None:
    box = base64.b64encode(b"ciphertext of the hotline").decode()

    taken = accepted(a_message(sealed={"box": box, "box_key": "intake-2027w09"}))

    assert taken.report.sealed is not None
    assert taken.report.sealed.key_id == "intake-2027w09"
    assert taken.report.sealed.ciphertext == b"ciphertext of the hotline"


@pytest.mark.parametrize(
    "sealed",
    [
        {"box": "not base64!", "box_key": "k"},
        {"box": "aGk=", "box_key": "k", "narrative": "words"},
        {"box": "aGk=", "box_key": "a key with spaces"},
        {"box": "aGk="},
        {"box": 7, "box_key": []},
        "only words",
        ["a", "list"],
    ],
)
def test_a_strange_box_is_sealed_as_it_is_and_delays_no_alert(sealed: Any) -> None:
    assert unsealed(accepted(a_message(sealed=sealed))) == {"sealed": sealed}


def test_b7_every_error_is_listed_at_once_with_its_field_and_what_to_do() -> None:
    message = a_message(
        {
            "code": "Not A Code",
            "danger_now": "maybe",
            "severity": 3,
            "countries": [{"code": "QM"}, {"code": "Invented Land"}],
            "subjects": [{"kind": "person", "count": "many"}],
            "dates": [{"id": "d", "kind": "hearing", "at": "2027-03-09"}],
        },
        id="",
    )
    del message["specversion"]

    outcome = refused(message)

    assert {(one.code, one.path) for one in outcome.problems} == {
        (Fault.MISSING, "specversion"),
        (Fault.INVALID, "id"),
        (Fault.INVALID, "data.event.code"),
        (Fault.INVALID, "data.event.danger_now"),
        (Fault.INVALID, "data.event.severity"),
        (Fault.INVALID, "data.event.countries[1].code"),
        (Fault.INVALID, "data.event.subjects[0].count"),
        (Fault.INVALID, "data.event.dates[0].at"),
    }
    assert "Invented" not in reasons(outcome.problems)
    assert all(one.fix for one in outcome.problems)


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"specversion": "2.0"}, Fault.UNKNOWN_VERSION, "specversion"),
        ({"specversion": 1}, Fault.UNKNOWN_VERSION, "specversion"),
        ({"type": "com.example.someevent"}, Fault.UNKNOWN_TYPE, "type"),
        ({"source": "hotline-b"}, Fault.FOREIGN_SOURCE, "source"),
        ({"source": "a b"}, Fault.INVALID, "source"),
        ({"datacontenttype": "application/xml"}, Fault.INVALID, "datacontenttype"),
        ({"data_base64": "e30="}, Fault.CONTENT_TYPE, "data_base64"),
        ({"data": []}, Fault.INVALID, "data"),
        ({"data": {}}, Fault.MISSING, "data.event"),
        ({"data": {"event": "arrest"}}, Fault.INVALID, "data.event"),
        ({"data": {"event": {}}}, Fault.MISSING, "data.event.code"),
        ({"exercise": True}, Fault.CONTRADICTION, "data.event.exercise"),
    ],
)
def test_b7_what_we_cannot_read_is_refused_by_name(
    change: dict[str, Any], code: Fault, path: str
) -> None:
    outcome = refused(a_message(**change))

    assert (outcome.problems[0].code, outcome.problems[0].path) == (code, path)
    assert outcome.reason == f"{code} {path}"


def test_an_event_of_another_version_says_which_version_to_send() -> None:
    outcome = refused(a_message(an_event(schema_version="2")))

    assert outcome.problems[0].code is Fault.UNKNOWN_VERSION


def test_b7_an_unknown_threat_code_is_still_an_event_and_a_human_looks_now() -> None:
    taken = accepted(a_message(an_event(code="something_new")))

    assert taken.troubles == (Trouble.CODE_UNKNOWN,)
    assert taken.grave


@pytest.mark.parametrize(
    "at",
    [
        "2027-03-01T21:40:00",  # naive
        "1970-01-01T00:00:00Z",
        "2028-03-01T21:40:00Z",
        "10000-01-01T00:00:00Z",
        "2027-03-01T23:59:60Z",  # leap second
        1_803_938_400,  # seconds
        1_803_938_400_000,  # milliseconds
        "1803938400",
        "yesterday",
        "9999-12-31T23:59:59-12:00",
        "2027-02-22T21:59:59Z",  # more than seven days ago
        "2027-03-01T22:10:01Z",  # more than ten minutes ahead
    ],
)
def test_b8_a_time_that_cannot_be_right_is_flagged_and_never_holds_up_the_alert(at: Any) -> None:
    taken = accepted(a_message(an_event(occurred={"at": at, "precision": "day"})))

    assert taken.troubles == (Trouble.TIME_IMPLAUSIBLE,)
    assert taken.report.received_at == NOW


@pytest.mark.parametrize(
    ("at", "meant"),
    [
        ("2027-03-01T21:40:00Z", datetime(2027, 3, 1, 21, 40, tzinfo=UTC)),
        ("2027-03-02T03:10:00+05:30", datetime(2027, 3, 1, 21, 40, tzinfo=UTC)),
        ("2027-02-22T22:00:00Z", datetime(2027, 2, 22, 22, 0, tzinfo=UTC)),
        ("2027-03-01T22:10:00Z", datetime(2027, 3, 1, 22, 10, tzinfo=UTC)),
    ],
)
def test_b8_a_plain_time_is_taken_in_any_offset(at: str, meant: datetime) -> None:
    taken = accepted(a_message(an_event(occurred={"at": at})))

    assert taken.troubles == ()
    assert taken.report.event.occurred.at == meant
    assert taken.report.event.occurred.at.tzinfo is UTC


def test_a_time_nobody_can_read_is_kept_in_the_vault() -> None:
    event = an_event(occurred={"at": "last Tuesday", "precision": "day"})

    taken = accepted(a_message(event, time="Invented time"))

    assert taken.report.event.occurred.at is None
    assert unsealed(taken)["unrecognised"] == {
        "envelope_time": {"time": "Invented time"},
        "event_time": {"occurred": {"at": "last Tuesday"}},
    }


def test_a_date_ahead_nobody_can_read_is_refused_since_somebody_must_not_miss_it() -> None:
    dates = [{"id": "d1", "kind": "hearing", "at": "2027-03-09T08:00:00"}]

    assert refused(a_message(an_event(dates=dates))).reason == "invalid data.event.dates[0].at"


def test_b9_the_same_bytes_are_the_same_report() -> None:
    assert accepted(a_message()) == accepted(a_message())


def test_b10_other_content_under_the_same_id_shows_in_the_digest() -> None:
    first, second = accepted(a_message()), accepted(a_message(an_event(code="assault")))

    assert first.report.event_id == second.report.event_id
    assert first.inbox.digest != second.inbox.digest


def test_b14_a_claim_beyond_the_ceiling_is_capped_and_flagged() -> None:
    taken = accepted(a_message(an_event(code="early_warning", severity="critical")), scope=LOW)

    assert taken.report.event.severity is Severity.ELEVATED
    assert taken.report.capped
    assert taken.troubles == (Trouble.SEVERITY_CAPPED,)
    assert not taken.grave


@pytest.mark.parametrize("code", ["arrest", "killing", "consent_granted", "date_set"])
def test_b14_a_type_beyond_the_keys_scope_is_flagged_and_still_an_event(code: str) -> None:
    taken = accepted(a_message(an_event(code=code)), scope=LOW)

    assert taken.report.capped
    assert taken.report.event.code == code
    assert not taken.grave


def test_within_its_scope_nothing_is_capped() -> None:
    taken = accepted(a_message(an_event(code="early_warning", severity="elevated")), scope=LOW)

    assert not taken.report.capped


def test_danger_claimed_within_scope_goes_before_others_whatever_its_code() -> None:
    event = an_event(code="smear", danger_now="yes")

    assert accepted(a_message(event)).grave
    assert not accepted(a_message(an_event(code="smear"))).grave


def consents(*audiences: str, state: str = "granted") -> list[dict[str, Any]]:
    return [{"basis": "person", "state": state, "audiences": list(audiences)}]


def test_a_key_opens_no_audience_beyond_its_disclosure_ceiling() -> None:
    scope = scope_from(source="hotline-a", words="act consent to:missions", ceiling="critical")

    taken = accepted(a_message(an_event(consent=consents("missions", "companies"))), scope=scope)

    assert taken.report.event.consent[0].audiences == (Audience.MISSIONS,)
    assert taken.report.capped


def test_a_key_that_may_not_send_consents_opens_nobody_and_can_still_take_back() -> None:
    given = accepted(a_message(an_event(consent=consents("missions"))), scope=LOW)
    taken_back = accepted(a_message(an_event(consent=consents(state="revoked"))), scope=LOW)

    assert given.report.event.consent == ()
    assert given.report.capped
    assert taken_back.report.event.consent[0].state == "revoked"
    assert taken_back.touches_consent


def test_taking_consent_back_goes_before_everything_and_giving_it_need_not() -> None:
    assert accepted(a_message(an_event(code="consent_revoked"))).touches_consent
    assert accepted(a_message(an_event(consent=consents(state="narrowed")))).touches_consent
    assert not accepted(a_message(an_event(consent=consents("missions")))).touches_consent


def test_a_scope_is_the_same_after_being_written_down() -> None:
    for words in ("act", "act consent", "act consent to:", "consent to:missions to:nhris"):
        scope = scope_from(source="s", words=words, ceiling="high")

        assert scope_from(source="s", words=words_of(scope), ceiling="high") == scope
    assert scope_from(source="s", words="consent", ceiling="high").audiences == EVERY_AUDIENCE
    with pytest.raises(ValueError, match="everything"):
        scope_from(source="s", words="everything", ceiling="high")


def test_a_topic_takes_its_listed_sources_and_no_other() -> None:
    scopes = any_of([WIDE])

    assert scopes("hotline-a") is WIDE
    assert scopes("hotline-z") is None


def test_the_envelopes_subject_names_the_situation_when_the_event_does_not() -> None:
    event = an_event()
    del event["situation"]

    assert accepted(a_message(event, subject="S-9")).report.event.situation == "S-9"
    assert accepted(a_message(subject="S-9")).report.event.situation == "S-17"


def test_a_drill_is_a_drill_only_when_the_event_says_so() -> None:
    assert accepted(a_message(an_event(exercise=True))).report.event.type is EventType.EXERCISE
    assert accepted(a_message(an_event(exercise=True), exercise=True)).report.event.exercise


def test_b1_on_a_stream_bytes_that_are_no_event_keep_their_raw_form_for_quarantine() -> None:
    outcome = refused(b"\xffnonsense Invented Person")

    assert outcome.exact == b"\xffnonsense Invented Person"
    assert outcome.digest == hashlib.sha256(outcome.exact).hexdigest()
    assert outcome.reason == "not_utf8"
    assert outcome.source == ""


def test_a_refusal_says_whose_it_was_once_that_much_is_known() -> None:
    assert refused(a_message({"code": "X"})).source == "hotline-a"
    assert refused(a_message({"code": "X"}, source="hotline-b")).source == ""


_TEXT = st.text(max_size=30)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=10,
)
_EVENT_FIELDS = st.sampled_from(sorted(ThreatEvent.model_fields))


@given(st.dictionaries(_EVENT_FIELDS, _ANY, max_size=6), st.dictionaries(_TEXT, _ANY, max_size=3))
def test_accepting_never_breaks_whatever_stands_in_the_fields(
    event: dict[str, Any], envelope: dict[str, Any]
) -> None:
    body = json.dumps({**a_message({"code": "arrest", **event}), **envelope})

    outcome = judged(body.encode("utf-8", "surrogatepass"))

    assert isinstance(outcome, Accepted | Unreadable)


@given(
    st.binary(max_size=200),
    st.none() | st.lists(st.tuples(_TEXT, _TEXT), max_size=5).map(tuple),
)
def test_accepting_never_breaks_whatever_the_bytes(
    body: bytes, attributes: tuple[tuple[str, str], ...] | None
) -> None:
    outcome = accept(
        Message(body=body, attributes=attributes),
        scopes=any_of([WIDE]),
        received_at=NOW,
        seal=seal,
    )

    assert isinstance(outcome, Unreadable)
    assert outcome.problems
