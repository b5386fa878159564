"""The statements of BODS, whose editions have different shapes, in one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from engine.registry.imports.fields import NO_TIME, Data, NotTakenError, inner, moment, text, texts
from engine.registry.rows import Why

SOURCE = "bods"
KEYS = frozenset(
    """
    statementId statementID statementType statementDate recordId recordType recordStatus
    recordDetails entityType type subtype name jurisdiction incorporatedInJurisdiction identifiers
    subject interestedParty interests share exact minimum maximum exclusiveMinimum exclusiveMaximum
    startDate endDate replacesStatements personType source
    """.split()
)
STARTS = ("statementId", "statementID", "statementType", "statementDate", "source", "recordId")
_OFFICIAL = frozenset({"officialRegister", "verified"})
_AHEAD = timedelta(days=2)
"""How far a publisher's clock may be ahead of the day of the import."""
_STEPS = ("new", "updated", "closed")


class Kind(StrEnum):
    """What a statement is about."""

    ENTITY = "entity"
    PERSON = "person"
    RELATIONSHIP = "relationship"


_OF_0_3 = {
    "entityStatement": Kind.ENTITY,
    "personStatement": Kind.PERSON,
    "ownershipOrControlStatement": Kind.RELATIONSHIP,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of whatever edition."""

    number: int
    kind: Kind
    record: str
    """What it is a state of; before 0.4, where each statement stands alone, its own id."""
    at: datetime
    step: int
    """0 new, 1 updated, 2 closed."""
    replaces: tuple[str, ...]
    """Statements before 0.4 that it takes the place of."""
    official: bool
    """Out of a register, or checked; what somebody says of themselves is not."""
    details: Data
    entity_type: str
    subject: str
    """The record that the interest is in; empty if none is named."""
    holder: str
    """The record that has the interest; empty if none is named."""

    @property
    def closed(self) -> bool:
        return self.step == _STEPS.index("closed")


def statement(data: Data, number: int, *, today: date) -> Statement:
    """Reads one. Raises NotTakenError."""
    of_0_3 = text(data, "statementType")
    if of_0_3:
        kind, record = _OF_0_3.get(of_0_3), text(data, "statementID")
        details, column, entity_type = data, "statementType", text(data, "entityType")
        subject = text(data, "subject", "describedByEntityStatement")
        by = inner(data, "interestedParty")
        holder = text(by, "describedByEntityStatement") or text(by, "describedByPersonStatement")
    else:
        written = text(data, "recordType")
        kind = Kind(written) if written in list(Kind) else None
        record, column = text(data, "recordId"), "recordType"
        details = inner(data, "recordDetails")
        entity_type = text(details, "entityType", "type")
        subject, holder = text(details, "subject"), text(details, "interestedParty")
    if kind is None:
        raise NotTakenError(Why.NOT_KNOWN, column)
    if not record:
        raise NotTakenError(Why.FIELD_MISSING, "statementID" if of_0_3 else "recordId")
    status = text(data, "recordStatus")
    at = moment(data, "statementDate")
    return Statement(
        number=number,
        kind=kind,
        record=record,
        # Of a day to come it is not known when it was said, or it would outlast all later ones.
        at=at if at.date() <= today + _AHEAD else NO_TIME,
        step=_STEPS.index(status) if status in _STEPS else 0,
        replaces=texts(data, "replacesStatements"),
        official=not _OFFICIAL.isdisjoint(texts(data, "source", "type")),
        details=details,
        entity_type=entity_type,
        subject=subject,
        holder=holder,
    )
