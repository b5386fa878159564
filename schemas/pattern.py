"""A pattern: a brief about many, told only while nobody can be picked out of it (N20)."""

from dataclasses import dataclass

SMALL_CELL = 5
"""How many a pattern must be about at least, unless the rulebook asks for another number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """How many a pattern is about in its country, sector and period, and how many it must be."""

    people: int
    at_least: int
    """The rulebook's, when the pattern was reported."""
    event: str = ""
    """Row id of the report that counted them: of no other are country and sector told."""

    @property
    def hides(self) -> bool:
        """Whether nobody can be picked out of it."""
        return self.people >= self.at_least > 0
