"""How the people of a case are, as last said of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from schemas.codes import SubjectStatus


@dataclass(frozen=True, kw_only=True)
class Condition:
    """The newest word about one person, or about everybody of the case."""

    subject: str
    """`source/pseudonym`; empty: everybody."""
    status: SubjectStatus
    at: datetime


def gravest(conditions: Iterable[Condition]) -> SubjectStatus:
    """The status that counts for the case: of several people the gravest."""
    known = (each.status for each in conditions)
    return min(known, key=lambda status: status.rank, default=SubjectStatus.UNKNOWN)
