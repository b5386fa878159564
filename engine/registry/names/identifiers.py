"""Identifiers that name exactly one party: read, checked, written in one way."""

import re
from dataclasses import dataclass
from enum import StrEnum

_LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
_OS_ID = re.compile(r"[A-Z]{2}[0-9]{7}[0-9A-HJKMNP-TV-Z]{6}")
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LONGEST_OWN = 200
"""Characters of an identifier of our own or of a source."""


class Scheme(StrEnum):
    """Whose identifiers they are."""

    OWN = "own"
    """The party's id in this registry."""
    LEI = "lei"
    """Legal Entity Identifier, ISO 17442."""
    OS_ID = "os_id"
    """Facility id of Open Supply Hub."""
    SOURCE = "source"
    """What one source calls it, with the source in front: `wikidata:Q42`, `eiti:GH:123`."""


class IdentifierError(ValueError):
    """It is no identifier of its scheme. Says why; a value is never repeated in the message."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A checked identifier; made by `identifier`."""

    scheme: Scheme
    value: str


def identifier(scheme: Scheme, text: str) -> Identifier:
    """Reads one. Raises IdentifierError when shape or check digits are wrong."""
    value = text.strip()
    if scheme in (Scheme.LEI, Scheme.OS_ID):
        value = value.upper()
    problem = _PROBLEM[scheme](value)
    if problem:
        raise IdentifierError(f"{problem} Copy it again from its source.")
    return Identifier(scheme, value)


def _lei_problem(value: str) -> str:
    if not _LEI.fullmatch(value):
        return "An LEI has 18 letters or digits and two check digits."
    # ISO 7064, MOD 97-10: letters count from A = 10.
    if int("".join(str(int(letter, 36)) for letter in value)) % 97 != 1:
        return "The check digits of this LEI do not fit."
    return ""


def _os_id_problem(value: str) -> str:
    if not _OS_ID.fullmatch(value):
        return "An OS ID has a country, a year, a day and six more letters or digits."
    total = ord(value[0]) + ord(value[1]) + sum(_BASE32.index(each) for each in value[2:-1])
    return "" if _BASE32[total % 32] == value[-1] else "The last letter of this OS ID does not fit."


def _own_problem(value: str) -> str:
    return "" if 0 < len(value) <= LONGEST_OWN else f"An id has 1 to {LONGEST_OWN} characters."


def _source_problem(value: str) -> str:
    source, _, rest = value.partition(":")
    return _own_problem(value) if source and rest else "Put the source in front: source:id."


_PROBLEM = {
    Scheme.OWN: _own_problem,
    Scheme.LEI: _lei_problem,
    Scheme.OS_ID: _os_id_problem,
    Scheme.SOURCE: _source_problem,
}
