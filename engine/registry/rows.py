"""What reading one row of a file gives: records, a doubt for a person, or a refusal.

Every row that a file has comes out exactly once, so that the counts add up: rows read = imported +
ambiguous + refused. What a row says is never repeated in a reason: the file, the line and the
column are enough to find it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from schemas.contact import Contact
from schemas.link import Link
from schemas.party import Party


class Fate(StrEnum):
    """What became of a row."""

    IMPORTED = "imported"
    AMBIGUOUS = "ambiguous"
    """Somebody has to decide; what is certain of it is imported, what is not is left out."""
    REFUSED = "refused"
    """Nothing of it is taken."""


class Why(StrEnum):
    """Why a row is ambiguous or refused."""

    # Refused: the row cannot be read.
    NOT_UTF8 = "not_utf8"
    WRONG_SHAPE = "wrong_shape"
    """More or fewer fields than the header has."""
    QUOTE_NOT_CLOSED = "quote_not_closed"
    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"
    """Characters that nobody sees, such as NUL."""
    CUT_OFF = "cut_off"
    """The file ends in the middle of it."""
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"
    """Nested deeper than any record needs."""
    KEY_TWICE = "key_twice"
    """One key twice in one object: nobody knows which one was meant."""
    FIELD_MISSING = "field_missing"
    NOT_KNOWN = "not_known"
    """A value that this column never has: a kind, a level, a status."""
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    NOT_AN_IDENTIFIER = "not_an_identifier"
    # Refused: it can be read and cannot be true, or is a trap.
    FORMULA = "formula"
    """Begins like a formula of a spreadsheet: it would run where a person opens an export."""
    SHARE_IMPOSSIBLE = "share_impossible"
    """Below 0 or over 100 per cent."""
    DATES_REVERSED = "dates_reversed"
    DATE_IMPOSSIBLE = "date_impossible"
    """Before 1900 or too far ahead."""
    LINKED_TO_ITSELF = "linked_to_itself"
    IDENTIFIER_TAKEN = "identifier_taken"
    """Another party has this identifier."""
    ID_TWICE = "id_twice"
    """Another row of this file gives this id to something else."""
    ADDRESS_UNSAFE = "address_unsafe"
    """An endpoint with several addresses, a display name, or hidden characters."""
    PARTY_UNKNOWN = "party_unknown"
    """A link or contact of a party that neither the files nor the registry has."""
    PLACEHOLDER = "placeholder"
    """`NA`, `n/a`, `-`: the row names nobody."""
    NATURAL_PERSON = "natural_person"
    """About a private person: not kept."""
    VOCABULARY = "vocabulary"
    """Explains the words of a format; names no party."""
    NOT_TRUSTED = "not_trusted"
    """Would weaken what protects: needs two people, not a file."""
    # Ambiguous: a person has to decide.
    COUNTRY_DOUBTFUL = "country_doubtful"
    """A country that is unknown, or may be several (`docs/reference/names.md`)."""
    OPERATOR_DOUBTFUL = "operator_doubtful"
    """No state that is known by this name sends this mission."""
    WRONG_HOST = "wrong_host"
    """A mission of a state to itself: the city lies abroad."""
    SAME_NAME = "same_name"
    """Another party bears the name: perhaps the same, so it excludes, and includes nobody."""
    CONTROL_UNKNOWN = "control_unknown"
    """The source says that it cannot say who controls it."""
    MERGED_NAMES = "merged_names"
    """Several names that may be one site or several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRead:
    """One row. `line` is where it begins, from 1; of a file without lines, its record's number."""

    line: int
    fate: Fate
    why: Why | None = None
    column: str = ""
    """Where in the row; empty: all of it."""
    parties: tuple[Party, ...] = ()
    links: tuple[Link, ...] = ()
    contacts: tuple[Contact, ...] = ()
    gone: tuple[str, ...] = ()
    """Ids of links that the source takes back; they go on excluding."""
    ahead: bool = False
    """Its links may name parties that come with another file (an LEI is the same everywhere). They
    are taken: a link left out would let somebody be told who must not be."""
    left_out: tuple[str, ...] = ()
    """Ids of parties that it is about and does not bring. Links may name them all the same, and
    exclude: a row that waits for a person must not open a way around it."""
    as_of: date | None = None
    """The day its source said so, of a source that publishes changes: what the registry has from
    it of a later day stays as it is (`engine.registry.imports.order`)."""
    replaces: tuple[str, ...] = ()
    """Beginnings of link ids. What its source said under them up to that day and this row does not
    name, lapses: an earlier state of the same record."""
    rivals: str = ""
    """Beginning of the ids of links of which one at a time holds: direct parents of one child."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file as it came. `name` is what messages say; it is never opened again."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the person who imports says about the file."""

    today: date
    as_of: date | None = None
    """The day the file describes, where the file does not say."""
    verified_by: str = ""
    """Who stands for all of it; empty: what is no official register comes in unverified."""
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What a doubtful country word means in this file, as ISO codes: `Korea` is KR."""


Read = Callable[[SourceFile, Setting], Iterator[RowRead]]
"""Reads one file, a row at a time. Raises FileRefusedError when it is not of this format."""


class FileRefusedError(ValueError):
    """Nothing of the file was taken. Says where, what and what to do; repeats nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One documented format that can be imported."""

    name: str
    """As the command takes it: `missions`, `nbim-holdings`, `gleif` …"""
    title: str
    source: str
    """What its records have as `source`; what a complete file closes is told by it."""
    read: Read
    complete: bool = False
    """Each file is the whole truth of its source: what it names no more is closed. Of another
    format a person may say so (`engine.registry.imports.closing`)."""
    whole: Callable[[SourceFile], bool] = lambda file: False
    """Whether a file says of itself that it is all its source says."""
    updates: bool = False
    """A file is a stream of updates: what it says last of an id counts. Else saying two things of
    one id is a mistake."""
    recognises: Callable[[SourceFile], bool] = lambda file: False
    """Whether a file looks like it, by its header or first keys."""
