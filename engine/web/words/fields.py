"""What a page has shown of a case, by the name of the field."""

from collections.abc import Iterable

from schemas.codes import FieldName

_FIELD: dict[str, str] = {
    FieldName.COUNTRY: "the country",
    FieldName.ACT: "what happened",
    FieldName.SECTOR: "the sector",
    FieldName.COMPANY: "the company",
    FieldName.CERTAINTY: "how sure we are",
    FieldName.AS_OF: "as of when",
    FieldName.WHY_YOU: "why they were asked",
    FieldName.ASK: "what was asked",
    FieldName.ANSWER_BY: "by when",
    FieldName.SUBJECT_KIND: "whether it is a person or a community",
    FieldName.DATE_AHEAD: "a date ahead",
    FieldName.COMMITMENT: "what they themselves promised in public",
}


def field_words(field: FieldName) -> str:
    """`the country`; of a field without words of its own, its name."""
    return _FIELD.get(field, field.value.replace("_", " "))


def fields_words(fields: Iterable[FieldName]) -> str:
    """`the country, how sure we are and by when`, in the order of the vocabulary."""
    named = set(fields)
    words = [field_words(name) for name in FieldName if name in named]
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
