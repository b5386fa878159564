"""Vectors that others wrote: CloudEvents' own scenarios, and strings that break software."""

import json
import re
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.intake.cloudevents import from_http, from_kafka, open_envelope
from schemas.event import ThreatEvent
from schemas.limits import UnreadableJsonError
from tests.unit.engine.intake.builders import (
    a_message,
    accepted,
    an_event,
    judged,
    unsealed,
)

VECTORS = Path(__file__).parents[5] / "shared" / "conformance"
needs_vectors = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the folder ../shared/conformance is not beside this checkout"
)


class Scenario:
    """One scenario with one row of its examples filled in."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.blocks = [textwrap.dedent(b) for b in re.findall(r'"""\n(.*?)\n *"""', text, re.S)]
        outside = re.sub(r'""".*?"""', "", text, flags=re.S)
        before, _, after = outside.partition("Then the attributes are:")
        self.given = dict(_rows(before))
        self.expected = dict(_rows(after))


def _rows(text: str) -> Iterator[tuple[str, str]]:
    for row in re.findall(r"^ *\|(.*)\| *$", text, re.M):
        name, value = (cell.strip() for cell in row.split("|"))
        if name != "key":
            yield name, value


def scenarios(feature: str) -> list[Scenario]:
    path = VECTORS / "cloudevents" / feature
    if not path.exists():
        return []
    found = []
    for part in re.split(r"^ *Scenario(?: Outline)?: ", path.read_text("utf-8"), flags=re.M)[1:]:
        name, _, body = part.partition("\n")
        body, _, examples = body.partition("Examples:")
        values = re.findall(r"^ *\|(.*)\| *$", examples, re.M)[1:] or [""]
        found += [
            Scenario(f"{name} {v.strip()}", body.replace("<contentType>", v.strip()))
            for v in values
        ]
    return found


def named(scenario: Scenario) -> str:
    return scenario.name


@needs_vectors
@pytest.mark.parametrize("scenario", scenarios("http-protocol-binding.feature"), ids=named)
def test_http_requests_are_read_as_cloudevents_says(scenario: Scenario) -> None:
    request, wanted = scenario.blocks
    head, _, body = request.partition("\n\n")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head.splitlines()[1:])
    }

    attributes, data = open_envelope(from_http(headers, body.encode()))

    assert attributes == scenario.expected
    assert data == json.loads(wanted)


@needs_vectors
@pytest.mark.parametrize("scenario", scenarios("kafka-protocol-binding.feature"), ids=named)
def test_kafka_records_are_read_as_cloudevents_says(scenario: Scenario) -> None:
    payload, wanted = scenario.blocks
    headers = [(name, value.encode()) for name, value in scenario.given.items()]

    attributes, data = open_envelope(from_kafka(headers, payload.encode()))

    assert attributes == scenario.expected
    assert data == json.loads(wanted)


@needs_vectors
def test_no_scenario_of_the_features_is_left_out() -> None:
    assert len(scenarios("http-protocol-binding.feature")) == 4
    assert len(scenarios("kafka-protocol-binding.feature")) == 3


@cache
def naughty() -> list[str]:
    strings: list[str] = json.loads((VECTORS / "naughty-strings" / "blns.json").read_text("utf-8"))
    assert len(strings) > 500
    return strings


SEALED = ["identity", "exact_place", "narrative", "source_contact", "contact_protocol"]
OPEN: dict[str, Any] = {
    "code": lambda text: {"code": text},
    "situation": lambda text: {"situation": text},
    "sector": lambda text: {"sector": text},
    "severity": lambda text: {"severity": text},
    "danger_now": lambda text: {"danger_now": text},
    "defender_kind": lambda text: {"defender_kind": [text]},
    "wishes": lambda text: {"wishes": [text]},
    "root_causes": lambda text: {"root_causes": [text]},
    "pseudonym": lambda text: {"subjects": [{"kind": "person", "pseudonym": text}]},
    "party": lambda text: {"parties": [{"role": "site", "party": text}]},
    "country": lambda text: {"countries": [{"code": text}]},
    "date": lambda text: {"dates": [{"id": text, "kind": text, "at": text}]},
    "complaint": lambda text: {"reprisal_of": {"complaint": text}},
    "occurred": lambda text: {"occurred": {"at": text}},
    "consent": lambda text: {"consent": [{"basis": "person", "pseudonym": text}]},
}


@needs_vectors
@pytest.mark.parametrize("field", SEALED)
def test_whatever_people_write_in_their_own_words_is_kept_exactly_and_sealed(field: str) -> None:
    for text in naughty():
        taken = accepted(a_message(sealed={field: text}))

        assert unsealed(taken) == {"sealed": {field: text}}
        assert taken.report.body == accepted(a_message()).report.body


@needs_vectors
def test_strings_in_fields_we_do_not_know_are_kept_exactly_and_sealed() -> None:
    for text in naughty():
        taken = accepted(a_message(an_event(remark=text)))

        assert unsealed(taken) == {"unrecognised": {"event": {"remark": text}}}


@needs_vectors
@pytest.mark.parametrize("field", OPEN)
def test_a_strange_string_in_an_open_field_is_an_opaque_code_or_a_clear_refusal(
    field: str,
) -> None:
    """What may stay open is short and harmless by its shape; problems never repeat the string."""
    for text in naughty():
        outcome = judged(a_message(an_event(**OPEN[field](text))))

        if hasattr(outcome, "problems"):
            assert all(one.path.startswith("data.event.") for one in outcome.problems)
            assert len(text) < 6 or all(text not in str(one) for one in outcome.problems)
        else:
            assert ThreatEvent.model_validate_json(outcome.report.body) == outcome.report.event


@needs_vectors
@pytest.mark.parametrize("field", ["id", "source", "subject", "type", "time", "tlp"])
def test_a_strange_string_in_the_envelope_never_breaks_the_door(field: str) -> None:
    for text in naughty():
        outcome = judged(a_message(**{field: text}))

        if hasattr(outcome, "problems"):
            assert all(one.path in (field, "source") for one in outcome.problems)


def test_headers_of_the_binary_mode_may_spell_what_headers_cannot_hold() -> None:
    headers = {"content-type": "application/json", "ce-id": "caf%C3%A9", "ce-specversion": "1.0"}

    attributes, _ = open_envelope(from_http(headers, b"{}"))

    assert attributes["id"] == "café"


def test_a_report_in_binary_mode_is_the_same_report() -> None:
    message = a_message()
    headers = {
        "content-type": "application/json; charset=utf-8",
        "ce-exercise": "false",
        **{f"ce-{name}": value for name, value in message.items() if name != "data"},
    }
    kafka = [
        (name.replace("ce-", "ce_"), value.encode()) for name, value in sorted(headers.items())
    ]
    body = json.dumps(message["data"]).encode()

    by_http, by_kafka = accepted(from_http(headers, body)), accepted(from_kafka(kafka, body))

    assert by_http.report == by_kafka.report == accepted(message).report
    assert by_http.inbox == by_kafka.inbox


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([("content-type", b"application/cloudevents-batch+json")], b"[]"),
        ([("content-type", b"application/cloudevents+avro")], b"x"),
        ([("content-type", b"text/plain")], b"x"),
        ([("content-type", b"application/json; charset=utf-16")], b"{}"),
        ([("content-type", b"\xff")], b"{}"),
        ([("ce_id", b"\xff"), ("ce_specversion", b"1.0")], b"{}"),
        ([("ce_id", b"a"), ("ce_id", b"b")], b"{}"),
        ([(f"ce_x{n}", b"a") for n in range(100)], b"{}"),
        ([("ce_id", b"a" * 3_000)], b"{}"),
    ],
)
def test_a_record_in_no_mode_we_know_is_refused_with_what_to_send(
    headers: list[tuple[str, bytes]], body: bytes
) -> None:
    with pytest.raises(UnreadableJsonError) as caught:
        open_envelope(from_kafka(headers, body))

    assert caught.value.problem.fix
