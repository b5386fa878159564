"""The vocabularies: every code that an event, a rule or a fact may carry.

What lives here: enums and the one table per vocabulary that says what a code means.
What may not: behaviour, texts that recipients read (those are templates).
Add a code by adding one line to the table of its module; nothing else needs to know.
"""

from schemas.codes.actions import ActionKind, Effect, Proviso
from schemas.codes.causes import RootCause
from schemas.codes.countries import CountryRole, is_country
from schemas.codes.dates import DateKind
from schemas.codes.incidents import IncidentCode
from schemas.codes.labels import Label, strictest
from schemas.codes.people import ContactRule, HeightenedRisk, SubjectKind
from schemas.codes.scales import (
    Certainty,
    Danger,
    Mode,
    Precision,
    Reliability,
    Severity,
)
from schemas.codes.status import SAID_BY_CODE, STATUSES, Heard, StatusRow, SubjectStatus
from schemas.codes.threats import PATTERN, EventType, Threat, threat_of
from schemas.codes.tracks import Audience, FieldName, TrackName

__all__ = [
    "PATTERN",
    "SAID_BY_CODE",
    "STATUSES",
    "ActionKind",
    "Audience",
    "Certainty",
    "ContactRule",
    "CountryRole",
    "Danger",
    "DateKind",
    "Effect",
    "EventType",
    "FieldName",
    "Heard",
    "HeightenedRisk",
    "IncidentCode",
    "Label",
    "Mode",
    "Precision",
    "Proviso",
    "Reliability",
    "RootCause",
    "Severity",
    "StatusRow",
    "SubjectKind",
    "SubjectStatus",
    "Threat",
    "TrackName",
    "is_country",
    "strictest",
    "threat_of",
]
