"""The CloudEvents 1.0 envelope that every record on a topic and every HTTP event travels in.

Headers and keys are read by brokers, proxies and tools, so nothing here may carry a name, a place
or a threat word: `subject` and `partitionkey` are the publisher's opaque situation.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from schemas.event import Moment, OpaqueId

THREAT_TYPE = "org.tocsin.threat.reported.v1"
CASE_FACT_TYPE = "org.tocsin.case.fact.v1"


SourceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/][A-Za-z0-9._:@/+-]{0,127}$")]
"""Who published: a short URI reference such as `hotline-a` or `/desk/form`."""


class Envelope(BaseModel):
    """CloudEvents 1.0 in structured JSON mode. Identity is (source, id)."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_max_length=2_048)

    specversion: Literal["1.0"]
    id: OpaqueId
    source: SourceId
    type: str
    subject: OpaqueId | None = None
    time: Moment | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    partitionkey: OpaqueId | None = None
    tlp: Literal["RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"] = "RED"
    exercise: bool = False
    data: dict[str, Any]
    """`{"event": ThreatEvent, "sealed": Sealed}`; `sealed` may be absent."""
