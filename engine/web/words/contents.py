"""What recipients may be shown, class by class, in words: never a value, only what kind it is."""

from collections.abc import Iterable

from schemas.codes import FieldName

CONTENT: dict[FieldName, str] = {
    FieldName.COUNTRY: "the country",
    FieldName.ACT: "what kind of thing happened",
    FieldName.SECTOR: "the branch of business",
    FieldName.COMPANY: "the name of a linked company",
    FieldName.CERTAINTY: "how sure we are",
    FieldName.AS_OF: "as of when we know it",
    FieldName.WHY_YOU: "why it is they who are asked",
    FieldName.ASK: "what is asked of them",
    FieldName.ANSWER_BY: "by when to answer",
    FieldName.SUBJECT_KIND: "whether it is about a person, a group or a community",
    FieldName.DATE_AHEAD: "a date ahead, such as a hearing",
    FieldName.COMMITMENT: "what they themselves promised in public",
}


def contents(fields: Iterable[FieldName]) -> str:
    """`the country, how sure we are and by when to answer`; empty for nothing."""
    kinds = set(fields)
    words = [CONTENT.get(name, name.value.replace("_", " ")) for name in FieldName if name in kinds]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
