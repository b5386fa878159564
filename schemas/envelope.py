"""The CloudEvents 1.0 envelope that every record on a topic and every HTTP event travels in.

Headers and keys are read by brokers, proxies and tools, so nothing here may carry a name, a place
or a threat word: `subject` and `partitionkey` are the publisher's opaque situation.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from schemas.event import Moment, OpaqueId, Sealed, ThreatEvent

THREAT_TYPE = "org.tocsin.threat.reported.v1"
CASE_FACT_TYPE = "org.tocsin.case.fact.v1"
CONSUMER_FACT_TYPE = "org.tocsin.consumer.fact.v1"


SourceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/][A-Za-z0-9._:@/+-]{0,127}$")]
"""Who published: a short URI reference such as `hotline-a` or `/desk/form`."""


class Attributes(BaseModel):
    """What every message of ours says about itself, whatever it carries."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_max_length=2_048)

    specversion: Literal["1.0"]
    id: OpaqueId
    source: SourceId
    type: str
    subject: OpaqueId | None = None
    """The publisher's opaque situation."""
    time: Moment | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    partitionkey: OpaqueId | None = None
    tlp: Literal["RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"] = "RED"
    exercise: bool = False


class Envelope(Attributes):
    """CloudEvents 1.0 in structured JSON mode. Identity is (source, id)."""

    data: dict[str, Any]
    """`{"event": ThreatEvent, "sealed": Sealed}`; `sealed` may be absent."""


class ThreatData(BaseModel):
    """What a report carries: the open event, and beside it what only the vault may hold."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    event: ThreatEvent
    sealed: Sealed | None = None


class ThreatMessage(Attributes):
    """A report as it travels: the model behind the published schema."""

    type: Literal["org.tocsin.threat.reported.v1"]
    data: ThreatData
