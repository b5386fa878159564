"""The routes of the API and its description, which loads nothing from anywhere."""

from typing import Any

import orjson
from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from engine.intake.cloudevents import BATCH, STRUCTURED
from engine.program_answers import AnswerGiven
from engine.web.api.answering import Answering
from engine.web.api.answers import (
    Answer,
    BatchAnswer,
    IntakeKey,
    Ready,
    as_schema,
    never_a_traceback,
)
from engine.web.api.events import Events
from engine.web.api.health import Health
from schemas.export import event_message_schema

VERSION = "1"
_DESCRIPTION = """\
Reports and answers in, signs of health out.

A report is a CloudEvent of the type `org.tocsin.threat.reported.v1`. An answer of 202 means that it
is on disk and will reach a person; anything else means that it was not taken, and says what to do.
Sending the same again is always safe.
"""
_EVENT = {"$ref": "#/components/schemas/ThreatMessage"}


def api_routes(*, events: Events, health: Health, answering: Answering) -> list[BaseRoute]:
    """Every route for programs, to be put before those for people."""
    router = APIRouter()
    router.add_api_route(
        "/v1/events",
        never_a_traceback(events.post),
        methods=["POST"],
        operation_id="report",
        summary="Report one event, or several",
        tags=["reports"],
        status_code=202,
        response_model=None,
        responses={
            202: as_schema(Answer, "Taken: on disk. The same answer again for the same report."),
            207: as_schema(BatchAnswer, "A batch whose reports have different answers."),
            400: as_schema(Answer, "Not an event; every problem with its field path."),
            401: as_schema(Answer, "No valid key."),
            408: as_schema(Answer, "The body came too slowly."),
            409: as_schema(Answer, "This id came before with other content."),
            413: as_schema(Answer, "Too large."),
            415: as_schema(Answer, "Not JSON, or packed."),
            500: as_schema(Answer, "The fault is ours; send the same again."),
            503: as_schema(Answer, "Not stored now; send the same again after `Retry-After`."),
        },
        openapi_extra={
            "security": [{"source_key": []}],
            "requestBody": {
                "required": True,
                "content": {
                    STRUCTURED: {"schema": _EVENT},
                    "application/json": {"schema": _EVENT},
                    BATCH: {"schema": {"type": "array", "items": _EVENT, "maxItems": 500}},
                },
            },
        },
    )
    router.add_api_route(
        "/v1/answers",
        never_a_traceback(answering.post),
        methods=["POST"],
        operation_id="answer",
        summary="Answer what you were asked",
        tags=["answers"],
        status_code=202,
        response_model=None,
        responses={
            202: as_schema(Answer, "Recorded: on disk. It means what it means on the page."),
            400: as_schema(Answer, "Not an answer; what to look at."),
            403: as_schema(Answer, "Token and code open nothing. Five wrong codes close the page."),
            409: as_schema(Answer, "Nothing can be answered there any more, or something lacks."),
            500: as_schema(Answer, "The fault is ours; send the same again."),
            503: as_schema(Answer, "Not stored now; send the same again after `Retry-After`."),
        },
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/AnswerGiven"}}
                },
            },
        },
    )
    for path, endpoint, name, summary, responses in (
        ("/v1/intake-key", health.intake_key, "intake_key", "The key to seal identities to",
         {200: as_schema(IntakeKey, "This week's key.")}),
        ("/readyz", health.ready, "ready", "Whether reports are taken now",
         {200: as_schema(Ready, "They are."), 503: as_schema(Ready, "They are not.")}),
        ("/healthz", health.alive, "alive", "Whether the process answers",
         {200: {"content": {"text/plain": {}}, "description": "It does."}}),
        ("/metrics", health.metrics, "metrics", "Counters for Prometheus",
         {200: {"content": {"text/plain": {}}, "description": "Its text format."}}),
    ):  # fmt: skip
        router.add_api_route(
            path,
            never_a_traceback(endpoint),
            methods=["GET"],
            operation_id=name,
            summary=summary,
            tags=["health"] if path != "/v1/intake-key" else ["reports"],
            response_model=None,
            responses=responses,  # type: ignore[arg-type]  # mypy joins the tuples too widely
        )
    document = orjson.dumps(describe(router))

    async def description(request: Request) -> Response:
        return Response(document, media_type="application/json")

    return [*router.routes, Route("/openapi.json", description)]


def describe(router: APIRouter) -> dict[str, Any]:
    """The OpenAPI document of these routes."""
    document = get_openapi(
        title="Tocsin",
        version=VERSION,
        description=_DESCRIPTION,
        routes=router.routes,
    )
    components = document.setdefault("components", {})
    components["securitySchemes"] = {
        "source_key": {
            "type": "http",
            "scheme": "bearer",
            "description": "A publisher's key, `tocsin_<id>_<secret>`.",
        }
    }
    schemas = components.setdefault("schemas", {})
    schemas.update(event_message_schema(refs="#/components/schemas/"))
    given = AnswerGiven.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(given.pop("$defs", {}))
    schemas["AnswerGiven"] = given
    return document
