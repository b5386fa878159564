"""What integrators build against is what the models say, and needs nothing from elsewhere."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from schemas.codes import Severity
from schemas.export import asyncapi, event_message_schema, files, stale, write
from schemas.facts import CaseOpened, dump_fact
from tests.unit.engine.intake.builders import NOW, a_message, an_event

SCHEMAS = Path(__file__).parents[3] / "schemas"


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(files()[f"json/{name}.json"])
    return loaded


def refs(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [ref for inner in value.values() for ref in refs(inner)]
    return [ref for inner in value for ref in refs(inner)] if isinstance(value, list) else []


def test_the_committed_schemas_are_those_of_the_models() -> None:
    assert stale(SCHEMAS) == [], "run `make schemas` and commit what it writes"


def test_a_report_that_the_door_takes_is_valid_by_the_published_schema() -> None:
    validator = Draft202012Validator(schema("threat-message"))
    event = an_event(
        consent=[{"basis": "person", "audiences": ["missions"]}],
        subjects=[{"kind": "person", "pseudonym": "p1"}],
    )

    validator.validate(a_message(event, sealed={"identity": "x", "more": 1}))
    validator.validate(a_message({"code": "arrest"}))


@pytest.mark.parametrize(
    "message",
    [
        a_message({}),
        a_message(an_event(severity="dire")),
        a_message(specversion="2.0"),
        a_message(type="org.tocsin.case.fact.v1"),
        a_message(id=""),
    ],
)
def test_a_report_that_the_door_refuses_is_invalid_by_the_published_schema(
    message: dict[str, Any],
) -> None:
    assert not Draft202012Validator(schema("threat-message")).is_valid(message)


def test_a_fact_is_valid_by_the_published_schema() -> None:
    fact = CaseOpened(
        case="c1",
        ref="TC-4F2M9",
        case_kind="case",
        severity=Severity.HIGH,
        generation=1,
        opened_at=NOW,
    )

    Draft202012Validator(schema("fact")).validate(json.loads(dump_fact(fact)))


@pytest.mark.parametrize("name", [name for name in files() if name.endswith(".json")])
def test_every_schema_is_a_schema_and_refers_to_nothing_outside(name: str) -> None:
    loaded = json.loads(files()[name])

    Draft202012Validator.check_schema(loaded)
    assert all(ref.startswith("#/$defs/") for ref in refs(loaded))


def test_the_description_of_the_topics_refers_only_to_what_is_there() -> None:
    document = YAML(typ="safe").load(files()["asyncapi.yaml"])

    assert document == asyncapi()
    for ref in refs(document):
        if ref.startswith("./"):
            assert ref.removeprefix("./") in files()
        else:
            found: Any = document
            for part in ref.removeprefix("#/").split("/"):
                found = found[part]
            assert found


def test_the_parts_of_a_report_refer_to_one_another_where_they_are_put() -> None:
    parts = event_message_schema(refs="#/components/schemas/")

    assert {ref.removeprefix("#/components/schemas/") for ref in refs(parts)} <= set(parts)


def test_writing_mends_what_is_stale_and_takes_away_what_is_of_no_use(tmp_path: Path) -> None:
    assert write(tmp_path) == sorted(files())
    (tmp_path / "json" / "fact.json").write_text("{}")
    (tmp_path / "json" / "old.json").write_text("{}")

    assert write(tmp_path) == ["json/fact.json", "json/old.json"]
    assert stale(tmp_path) == []
