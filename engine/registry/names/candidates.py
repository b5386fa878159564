"""Candidates: parties that a name may mean, with what they have in common, for a human to choose.

None of this is ever a recipient. A candidate does not hold a party's id as text that a link would
take: it holds a `Suggested`, and only a person's choice (`Candidate.chosen`) turns it into one.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum


class Likeness(Enum):
    """One thing two names have in common or apart, in words, and how far apart it puts them."""

    IDENTIFIER = ("an identifier is the same", 0)
    SAME_NAME = ("the same name", 0)
    WITHOUT_LEGAL_FORM = ("same without legal form", 1)
    WITHOUT_ACCENTS = ("same letters without accents", 2)
    WITHOUT_GROUP_WORDS = ("same without words such as group or holding", 4)
    WITHOUT_BLANKS = ("same letters, other blanks", 3)
    TRANSLITERATED = ("transliterated", 5)
    ONE_WORD_DIFFERS = ("one word differs", 20)
    ONE_WORD_MORE = ("one word more or less", 15)
    ALIKE = ("spelled much alike", 12)
    SEVERAL = ("several parties bear it", 1)
    TOO_COMMON = ("too short or too common a name", 6)
    SAME_COUNTRY = ("the same country", 0)
    OTHER_COUNTRY = ("another country", 10)
    OTHER_IDENTIFIER = ("another identifier", 10)

    def __init__(self, words: str, distance: int) -> None:
        self.words = words
        self.distance = distance


class Doubt(StrEnum):
    """Why a name leads to no party by itself."""

    NO_PARTY = "no_party"
    """No party bears exactly this name."""
    SEVERAL_PARTIES = "several_parties"
    """More than one does, or an identifier belongs to more than one."""
    OTHER_COUNTRY = "other_country"
    """One does, and is seated in another country than the one given."""
    IDENTIFIERS_DISAGREE = "identifiers_disagree"
    """They lead to different parties, or the party so named has another one of the same kind."""
    COMMON_NAME = "common_name"
    """Too short, or of words that are in thousands of names: only with the country given."""
    EMPTY = "empty"
    TOO_LONG = "too_long"


class How(StrEnum):
    """What made a party certain."""

    IDENTIFIER = "identifier"
    NAME = "name"
    """Exactly one party bears this name or alias."""
    HUMAN = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Exactly one party. The only answer that carries an id to link with."""

    party: str
    how: How
    by: str | None = None
    """Who chose, if a human did."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """A party's id behind glass: to be shown to whoever chooses, not to be linked."""

    to_show: str

    def __str__(self) -> str:
        return f"perhaps {self.to_show}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One party a human may choose."""

    suggested: Suggested
    name: str
    """Its name or alias that came nearest. Need-to-know, as every name."""
    likeness: tuple[Likeness, ...]

    @property
    def distance(self) -> int:
        """The smaller, the higher in the list. A rank and no probability."""
        return sum(part.distance for part in self.likeness)

    @property
    def words(self) -> str:
        """What was found, in words: `same without legal form, another country`."""
        return ", ".join(part.words for part in self.likeness)

    def chosen(self, *, by: str) -> Resolved:
        """What a person decided. Raises ValueError when nobody did."""
        if not by.strip():
            raise ValueError("Somebody has to choose a candidate: say who.")
        return Resolved(party=self.suggested.to_show, how=How.HUMAN, by=by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """No party, and why; then whom it may mean, the likeliest first. Often none at all."""

    doubt: Doubt
    ranked: tuple[Candidate, ...] = ()


Entry = tuple[str, str, str, tuple[str, ...]]
"""A name as core, plain, Latin letters, and words without group words."""


def other_script(mine: Entry, other: Entry) -> tuple[Likeness, ...]:
    """Whether only one of two names had to be put into Latin letters."""
    return (Likeness.TRANSLITERATED,) if (mine[1] == mine[2]) != (other[1] == other[2]) else ()


def compared(mine: Entry, other: Entry) -> tuple[Likeness, ...]:
    """What two names have in common.

    Nothing: they are no candidates for each other. Legal form, country and identifiers are not
    looked at here.
    """
    core, plain, latin, words = mine
    if core == other[0]:
        return (Likeness.WITHOUT_LEGAL_FORM,)
    if plain == other[1]:
        return (Likeness.WITHOUT_ACCENTS,)
    script = other_script(mine, other)
    if latin == other[2]:
        return script or (Likeness.TRANSLITERATED,)
    if words == other[3]:
        return (Likeness.WITHOUT_GROUP_WORDS, *script)
    if "".join(words) == "".join(other[3]):
        return (Likeness.WITHOUT_BLANKS, *script)
    return ()
