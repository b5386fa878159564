"""Who stands above whom, as GLEIF has it (level 2)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from engine.registry.imports.fields import (
    NO_TIME,
    Data,
    DayError,
    NotTakenError,
    day,
    each,
    inner,
    moment,
    text,
)
from engine.registry.imports.ownership.states import State
from engine.registry.names.identifiers import IdentifierError, Scheme, identifier
from engine.registry.rows import Fate, RowRead, Setting, Why
from schemas.link import Link, LinkKind, LinkStatus

SOURCE = "gleif"

_RELATIONS = {
    "IS_DIRECTLY_CONSOLIDATED_BY": ("direct", LinkKind.PARENT_OF),
    "IS_ULTIMATELY_CONSOLIDATED_BY": ("ultimate", LinkKind.PARENT_OF),
    "IS_INTERNATIONAL_BRANCH_OF": ("branch", LinkKind.PARENT_OF),
    "IS_SUBFUND_OF": ("subfund", LinkKind.PARENT_OF),
    "IS_FUND-MANAGED_BY": ("managed", LinkKind.OPERATES),
    "IS_FEEDER_TO": ("feeder", LinkKind.INVESTS_IN),
}
"""What stands in the id, and the link from the end node to the start node; of a feeder the other
way: it puts its money into its master and controls nothing."""
_STANDING = frozenset({"PUBLISHED", "PENDING_TRANSFER", "PENDING_ARCHIVAL"})
_NEVER_HELD = frozenset({"ANNULLED", "DUPLICATE"})
_ENDED = frozenset({"LAPSED", "RETIRED", "TRANSFERRED", "PENDING_VALIDATION"})
_AHEAD = timedelta(days=2)
"""How far a register's clock may be ahead of the day of the import."""
_CORROBORATED = "FULLY_CORROBORATED"
_LINK_STATES = frozenset({"ACTIVE", "INACTIVE", "NULL"})


def relationship(data: Data, line: int, setting: Setting) -> tuple[RowRead, State]:
    """Who stands above whom. Whatever is doubtful about it, that goes on excluding."""
    child = _node(data, "StartNode")
    parent = _node(data, "EndNode")
    if child == parent:
        raise NotTakenError(Why.LINKED_TO_ITSELF, "Relationship.EndNode")
    relation = text(data, "Relationship", "RelationshipType")
    where, kind = _RELATIONS.get(relation, ("other", LinkKind.PARENT_OF))
    feeds = kind is LinkKind.INVESTS_IN
    at, since, until, doubt = _times(data, setting)
    doubt = doubt or _unheard_of(data)
    status, by = _status(data, setting)
    if doubt and status is LinkStatus.VERIFIED:
        status, by = LinkStatus.UNVERIFIED, ""
    slot = f"{SOURCE}:{where}:{child}:"
    one_at_a_time = where not in ("feeder", "other")
    record = f"{slot}{parent}"
    state = State(record=record, at=at, rivals=slot if one_at_a_time else "")
    link = Link(
        id=record,
        kind=kind,
        a=f"lei:{child if feeds else parent}",
        b=f"lei:{parent if feeds else child}",
        status=status,
        source=SOURCE,
        valid_from=since,
        valid_until=until,
        as_of=state.day,
        evidence=relation if where != "other" else "",
        verified_by=by,
        verified_at=at if by and state.day else None,
    )
    state = replace(state, links=(link,))
    if doubt is None:
        return RowRead(line=line, fate=Fate.IMPORTED), state
    return RowRead(line=line, fate=Fate.AMBIGUOUS, why=doubt[0], column=doubt[1]), state


def _status(data: Data, setting: Setting) -> tuple[LinkStatus, str]:
    """What the register says of a relationship, and who stands for it."""
    registration = text(data, "Registration", "RegistrationStatus")
    if inner(data, "Extension", "Deletion") or registration in _NEVER_HELD:
        return LinkStatus.WITHDRAWN, ""
    active = text(data, "Relationship", "RelationshipStatus") == "ACTIVE"
    if registration not in _STANDING or not active:
        return LinkStatus.LAPSED, ""
    if text(data, "Registration", "ValidationSources") == _CORROBORATED:
        return LinkStatus.VERIFIED, SOURCE
    if setting.verified_by:
        return LinkStatus.VERIFIED, setting.verified_by
    return LinkStatus.UNVERIFIED, ""


def _unheard_of(data: Data) -> tuple[Why, str] | None:
    """A word that the register did not have when this was written."""
    known = (
        (("Relationship", "RelationshipType"), frozenset(_RELATIONS)),
        (("Relationship", "RelationshipStatus"), _LINK_STATES),
        (("Registration", "RegistrationStatus"), _STANDING | _NEVER_HELD | _ENDED),
    )
    for path, words in known:
        if text(data, *path) not in words:
            return Why.NOT_KNOWN, ".".join(path)
    return None


def _times(
    data: Data, setting: Setting
) -> tuple[datetime, date | None, date | None, tuple[Why, str] | None]:
    """When the register said so, since when and until when it holds, and what is wrong there.

    A period of accounts decides nothing, yet one in the year 202 says that nobody looked.
    """
    at = when(data, setting)
    if at == NO_TIME:
        return at, None, None, (Why.DATE_IMPOSSIBLE, "Registration.LastUpdateDate")
    since = until = None
    try:
        for period in each(data, "Relationship", "RelationshipPeriods"):
            start, end = day(period, "StartDate"), day(period, "EndDate", last=True)
            if start and end and start > end:
                raise DayError(Why.DATES_REVERSED)
            if text(period, "PeriodType") == "RELATIONSHIP_PERIOD":
                since, until = start, end
    except DayError as error:
        return at, None, None, (error.why, "Relationship.RelationshipPeriods")
    return at, since, until, None


def when(data: Data, setting: Setting) -> datetime:
    """When the register said so; a time to come says nothing."""
    deleted = moment(data, "Extension", "Deletion", "DeletedAt")
    at = max(moment(data, "Registration", "LastUpdateDate"), deleted)
    # Believed, it would stand against every later word of the register.
    return at if at.date() <= setting.today + _AHEAD else NO_TIME


def _node(data: Data, which: str) -> str:
    column = f"Relationship.{which}"
    if text(data, "Relationship", which, "NodeIDType") != "LEI":
        raise NotTakenError(Why.NOT_AN_IDENTIFIER, column)
    return lei(text(data, "Relationship", which, "NodeID"), column)


def lei(written: str, column: str) -> str:
    """The checked code. Raises NotTakenError."""
    try:
        return identifier(Scheme.LEI, written).value
    except IdentifierError:
        raise NotTakenError(Why.NOT_AN_IDENTIFIER, column) from None
