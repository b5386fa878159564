"""Why a row was not taken, in words: what is wrong, and what to do about it."""

from collections.abc import Mapping
from types import MappingProxyType

from engine.registry.rows import Why

_WORDS: Mapping[Why, str] = MappingProxyType(
    {
        Why.NOT_UTF8: "not UTF-8; save the file as CSV in UTF-8",
        Why.WRONG_SHAPE: "more or fewer fields than the first line; look for a missing quote",
        Why.QUOTE_NOT_CLOSED: "a quote that is never closed; close or remove it",
        Why.TOO_LONG: "longer than any such value is; look for a missing line break",
        Why.CONTROL_CHARACTER: "characters nobody sees; type the value anew",
        Why.CUT_OFF: "the file ends in the middle of it; fetch the whole file",
        Why.NOT_JSON: "no JSON; look for a missing quote or bracket",
        Why.TOO_DEEP: "nested deeper than any record is; look for a missing bracket",
        Why.KEY_TWICE: "one key twice; remove one",
        Why.FIELD_MISSING: "a value that it needs is missing; fill it in",
        Why.NOT_KNOWN: "a word that this column does not know; choose one of the documented",
        Why.NOT_A_NUMBER: "no number; write it as 12.5",
        Why.NOT_A_DATE: "no date; write it as 2026-03-31",
        Why.NOT_AN_IDENTIFIER: "no identifier of its kind; copy it again from its source",
        Why.FORMULA: "begins like a formula of a spreadsheet; remove the first character",
        Why.SHARE_IMPOSSIBLE: "a share below 0 or over 100 per cent; correct it",
        Why.DATES_REVERSED: "ends before it begins; correct the dates",
        Why.DATE_IMPOSSIBLE: "a date before 1900 or after 2200; correct the year",
        Why.LINKED_TO_ITSELF: "linked to itself; correct one end",
        Why.IDENTIFIER_TAKEN: "another party has this identifier; decide which of them",
        Why.ID_TWICE: "another row gives this id to something else; rename or merge one",
        Why.ADDRESS_UNSAFE: "not one plain address; write one, without a name or list",
        Why.PARTY_UNKNOWN: "a party that nobody knows; add it, or correct the id",
        Why.PLACEHOLDER: "names nobody",
        Why.NATURAL_PERSON: "about a private person: not kept",
        Why.VOCABULARY: "explains a word; names no party",
        Why.NOT_TRUSTED: "would weaken what protects: two people decide that, no file",
        Why.COUNTRY_DOUBTFUL: "a country that may be several, or none; say which: --word NAME=CODE",
        Why.OPERATOR_DOUBTFUL: "no state is known by the name of its operator; somebody decides",
        Why.WRONG_HOST: "a mission of a state to itself; correct the host",
        Why.SAME_NAME: "perhaps a party that is known already; it excludes until somebody decides",
        Why.CONTROL_UNKNOWN: "who controls it is unknown; somebody finds out",
        Why.MERGED_NAMES: "several names that may be one site or several; somebody decides",
    }
)


def said(why: Why) -> str:
    """One line, without any value."""
    return _WORDS.get(why, why.value.replace("_", " "))
