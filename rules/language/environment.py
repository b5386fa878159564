"""The fields a condition may use, and their values for one event.

Flat on purpose: what a rule can see fits on one page, and no field names a person. A value the
event does not have is left out, so that a rule about it is unknown rather than no.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rules.language.check import Type
from rules.language.evaluate import Value
from schemas.codes import CountryRole, Severity
from schemas.event import ThreatEvent


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the environment: its type and what it holds."""

    type: Type
    meaning: str


ENVIRONMENT: Mapping[str, Field] = MappingProxyType(
    {
        "event.code": Field(Type.TEXT, "what was done, see the vocabulary"),
        "event.type": Field(Type.TEXT, "act, warning, change, relief, date, consent or exercise"),
        "event.severity": Field(Type.TEXT, "critical, high, elevated or watch, after all raises"),
        "event.danger_now": Field(Type.TEXT, "yes, no or unknown"),
        "event.certainty": Field(Type.TEXT, "confirmed, likely, possible, unlikely or unknown"),
        "event.source_reliability": Field(Type.TEXT, "highly_reliable to unreliable, or unknown"),
        "event.independent_sources": Field(Type.INT, "how many sources say so independently"),
        "event.country": Field(Type.TEXT, "where it happened; missing when nobody said"),
        "event.countries": Field(Type.TEXTS, "all countries named, in any role"),
        "event.residence": Field(Type.TEXTS, "where the subjects live"),
        "event.nationality": Field(Type.TEXTS, "the subjects' nationalities"),
        "event.transit": Field(Type.TEXTS, "states holding somebody on the way"),
        "event.requesting": Field(Type.TEXTS, "states asking for somebody's return"),
        "event.sector": Field(Type.TEXT, "the economic sector; missing when nobody said"),
        "event.subjects.kinds": Field(Type.TEXTS, "person, group, community, institution ..."),
        "event.subjects.risks": Field(Type.TEXTS, "heightened-risk codes"),
        "event.subjects.count": Field(Type.INT, "how many people, over all subjects"),
        "event.defender_kinds": Field(Type.TEXTS, "kinds of defender, as the publisher calls them"),
        "event.root_causes": Field(Type.TEXTS, "what lies behind it: land_tenure, impunity ..."),
        "event.parties.roles": Field(Type.TEXTS, "roles of the parties named"),
        "event.perpetrator.kinds": Field(Type.TEXTS, "kinds of the alleged perpetrators"),
        "event.dates.kinds": Field(Type.TEXTS, "kinds of the dates ahead, cancelled ones left out"),
        "event.wishes": Field(Type.TEXTS, "what the person wants or does not want"),
        "event.reprisal": Field(Type.BOOL, "whether it followed a complaint"),
        "event.exercise": Field(Type.BOOL, "whether it is a drill"),
    }
)

FIELDS: Mapping[str, Type] = MappingProxyType(
    {name: field.type for name, field in ENVIRONMENT.items()}
)
SCALES: frozenset[str] = frozenset(
    {"event.severity", "event.certainty", "event.danger_now", "event.source_reliability"}
)
"""Texts whose order is not the alphabet's."""


def values_of(event: ThreatEvent, *, severity: Severity) -> Mapping[str, Value]:
    """The values of one event; optional fields it lacks are left out."""
    by_role = {
        role: tuple(each.code for each in event.countries if each.role is role)
        for role in CountryRole
    }
    values: dict[str, Value] = {
        "event.code": event.code,
        "event.type": event.type.value,
        "event.severity": severity.value,
        "event.danger_now": event.danger_now.value,
        "event.certainty": event.certainty.value,
        "event.source_reliability": event.source_reliability.value,
        "event.independent_sources": event.independent_sources,
        "event.countries": tuple(each.code for each in event.countries),
        "event.residence": by_role[CountryRole.RESIDENCE],
        "event.nationality": by_role[CountryRole.NATIONALITY],
        "event.transit": by_role[CountryRole.TRANSIT],
        "event.requesting": by_role[CountryRole.REQUESTING],
        "event.subjects.kinds": tuple(each.kind.value for each in event.subjects),
        "event.subjects.risks": tuple(
            risk.value for each in event.subjects for risk in each.heightened_risk
        ),
        "event.subjects.count": sum(each.count for each in event.subjects),
        "event.defender_kinds": event.defender_kind,
        "event.root_causes": tuple(each.value for each in event.root_causes),
        "event.parties.roles": tuple(each.role for each in event.parties),
        "event.perpetrator.kinds": tuple(
            each.perpetrator_kind for each in event.parties if each.role == "alleged_perpetrator"
        ),
        "event.dates.kinds": tuple(each.kind.value for each in event.dates if not each.cancelled),
        "event.wishes": event.wishes,
        "event.reprisal": event.reprisal_of is not None,
        "event.exercise": event.exercise,
    }
    if event.happened_in is not None:
        values["event.country"] = event.happened_in
    if event.sector is not None:
        values["event.sector"] = event.sector
    return MappingProxyType(values)
