"""What is told of a pattern: only what nobody can be picked out of. Pure (N20).

A pattern is told by country, sector and period, and only while at least k people are in that cell.
Whatever narrows the cell further is left out.
"""

from collections.abc import Iterator

from schemas.codes import FieldName, TrackName
from schemas.party import Mark, Party
from schemas.plan import Reason, Verdict, refused
from schemas.safeguards import Safeguards

OF_A_PATTERN = frozenset(FieldName) - {
    FieldName.COMPANY,
    FieldName.DATE_AHEAD,
    FieldName.SUBJECT_KIND,
}
"""A company, a hearing or the kind of people would make the cell smaller than was counted."""


def is_pattern(safeguards: Safeguards) -> bool:
    """Whether the case is about many, and nothing in it tells of somebody."""
    return safeguards.pattern is not None and not safeguards.personal


def fields_of(safeguards: Safeguards) -> frozenset[FieldName]:
    """What may be told of the case as far as its cell goes; consent and audience narrow it."""
    return OF_A_PATTERN if is_pattern(safeguards) else frozenset(FieldName)


def too_few(party: Party, track: TrackName, safeguards: Safeguards) -> Iterator[Verdict]:
    """Refusals of the small cell, and of those who get patterns and no case about a person."""
    if track is TrackName.DUTY:
        return
    pattern = safeguards.pattern if is_pattern(safeguards) else None
    if pattern is not None and not pattern.hides:
        yield refused(Reason.SMALL_CELL, evidence=f"k={pattern.at_least}")
    if pattern is None and Mark.PATTERN_ONLY in party.marks:
        yield refused(Reason.PATTERN_ONLY, evidence=party.id)
