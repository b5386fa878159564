"""What a page has shown of a case, by the name of the field."""

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
}


def field_words(field: FieldName) -> str:
    """`the country`; of a field without words of its own, its name."""
    return _FIELD.get(field, field.value.replace("_", " "))
