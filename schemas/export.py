"""The published shapes: JSON Schema 2020-12 and AsyncAPI 3, made from the models.

`tocsin schema export` writes them; a test fails while they are out of date. Nothing is fetched:
every reference stays within these files.
"""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter
from ruamel.yaml import YAML

from schemas.consumer_fact import ConsumerFact
from schemas.envelope import CASE_FACT_TYPE, CONSUMER_FACT_TYPE, THREAT_TYPE, ThreatMessage
from schemas.event import Sealed, ThreatEvent
from schemas.facts import Fact
from schemas.facts.system import SystemFact
from schemas.responses import Response
from schemas.set_aside import SET_ASIDE_TOPIC, SET_ASIDE_TYPE, SetAside

DIALECT = "https://json-schema.org/draft/2020-12/schema"
VERSION = "1.0.0"
HERE = Path(__file__).parent
_JSON = "json"
_ASYNCAPI = "asyncapi.yaml"


def files() -> dict[str, str]:
    """Return every exported file: name under `schemas/` -> content."""
    written = {
        f"{_JSON}/{name}.json": _pretty({"$schema": DIALECT, "$id": f"{name}.json", **make()})
        for name, make in _MADE
    }
    return {**written, _ASYNCAPI: _yaml(asyncapi())}


def stale(directory: Path = HERE) -> list[str]:
    """Names of the files that are missing, out of date, or of no use any more."""
    wanted = files()
    there = {f"{_JSON}/{path.name}" for path in (directory / _JSON).glob("*.json")}
    changed = [
        name
        for name, content in wanted.items()
        if not (path := directory / name).exists() or path.read_text("utf-8") != content
    ]
    return sorted({*changed, *(there - set(wanted))})


def write(directory: Path = HERE) -> list[str]:
    """Write what is stale and take away what is of no use; return the names."""
    wanted, names = files(), stale(directory)
    (directory / _JSON).mkdir(exist_ok=True)
    for name in names:
        if name in wanted:
            (directory / name).write_text(wanted[name], "utf-8")
        else:
            (directory / name).unlink()
    return names


def event_message_schema(*, refs: str) -> dict[str, Any]:
    """Return named schemas of a report and its parts, referring to one another under `refs`."""
    schema = ThreatMessage.model_json_schema(ref_template=refs + "{model}")
    parts: dict[str, Any] = schema.pop("$defs")
    return {"ThreatMessage": schema, **parts}


def asyncapi() -> dict[str, Any]:
    """Return the description of what we read from Kafka and what we write to it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tocsin",
            "version": VERSION,
            "description": "Reports in, facts out. CloudEvents 1.0, structured or binary. Keys are"
            " the publisher's opaque situation; keys and headers are read by brokers and tools, so"
            " nothing in them may be a name, a place or a kind of threat.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            "threatsCritical": _channel(
                "tocsin.threats.critical",
                "Grave reports, and every consent that is taken back.",
                "threat",
            ),
            "threats": _channel("tocsin.threats", "All other reports.", "threat"),
            "cases": _channel(
                "tocsin.cases",
                "What happened to cases, in order per case; open class only. Consumers drop"
                " repeats and notice gaps by the key and `n`.",
                "fact",
            ),
            "consumer": _channel(
                "{topic}",
                "For one reader outside the desk, on a topic of its own: that a message left for it"
                " and what it answered. Its key is the reference of its own messages. It drops"
                " repeats by `id`; nothing is numbered.",
                "consumerFact",
                parameters=("topic",),
            ),
            "quarantine": _channel(
                SET_ASIDE_TOPIC,
                "That bytes were put aside, and why; never the bytes. Consumers drop repeats by"
                " `id`.",
                "setAside",
            ),
        },
        "operations": {
            "takeCriticalReport": _operation("receive", "threatsCritical"),
            "takeReport": _operation("receive", "threats"),
            "tellFact": _operation("send", "cases"),
            "tellConsumer": _operation("send", "consumer"),
            "tellSetAside": _operation("send", "quarantine"),
        },
        "components": {
            "messages": {
                "threat": {
                    "name": THREAT_TYPE,
                    "title": "A threat report",
                    "contentType": "application/cloudevents+json",
                    "payload": _external("threat-message.json"),
                },
                "fact": {
                    "name": CASE_FACT_TYPE,
                    "title": "One thing that happened to a case",
                    "contentType": "application/json",
                    "payload": _external("fact.json"),
                },
                "consumerFact": {
                    "name": CONSUMER_FACT_TYPE,
                    "title": "What a reader outside learns of its own messages and answers",
                    "contentType": "application/json",
                    "payload": _external("consumer-fact.json"),
                },
                "setAside": {
                    "name": SET_ASIDE_TYPE,
                    "title": "Something was put aside that is not an event",
                    "contentType": "application/json",
                    "payload": _external("set-aside.json"),
                },
            }
        },
    }


def _channel(
    address: str, description: str, message: str, *, parameters: tuple[str, ...] = ()
) -> dict[str, Any]:
    channel: dict[str, Any] = {
        "address": address,
        "description": description,
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
    }
    if parameters:
        channel["parameters"] = {
            name: {"description": "As the settings name it."} for name in parameters
        }
    return channel


def _operation(action: str, channel: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}}


def _external(name: str) -> dict[str, Any]:
    return {
        "schemaFormat": "application/schema+json;version=draft-2020-12",
        "schema": {"$ref": f"./{_JSON}/{name}"},
    }


def _of_model(model: type[BaseModel]) -> Callable[[], dict[str, Any]]:
    return model.model_json_schema


def _of_type(type_: Any) -> Callable[[], dict[str, Any]]:
    return lambda: TypeAdapter(type_).json_schema()


_MADE: tuple[tuple[str, Callable[[], dict[str, Any]]], ...] = (
    ("threat-message", _of_model(ThreatMessage)),
    ("threat-event", _of_model(ThreatEvent)),
    ("sealed", _of_model(Sealed)),
    ("response", _of_type(Response)),
    ("fact", _of_type(Fact)),
    ("consumer-fact", _of_type(ConsumerFact)),
    ("system-fact", _of_type(SystemFact)),
    ("set-aside", _of_model(SetAside)),
)


def _pretty(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _yaml(document: dict[str, Any]) -> str:
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 100
    stream = io.StringIO()
    yaml.dump(document, stream)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"
