"""Who may ever be shown what: the field classes of a rulebook as a table, and what changed. Pure.

The table is the most that an audience may be shown; stage, consent and the size of a pattern's cell
only narrow it. Sealed fields have no name here: nothing in a rulebook can call them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from schemas.codes import FieldName, HeightenedRisk, RootCause, TrackName
from schemas.rulebook import RulebookShape


class DataClass(StrEnum):
    """The three classes of data, separated by type (design section 6)."""

    OPEN = "open"
    """Codes, country, times: may be everywhere."""
    NEED_TO_KNOW = "need-to-know"
    """In the database, and on the page of a recipient that has entered its code."""
    SEALED = "sealed"
    """In the vault alone, as ciphertext: never shown to any recipient."""


CLASS_OF: Mapping[FieldName, DataClass] = MappingProxyType(
    {
        FieldName.COUNTRY: DataClass.OPEN,
        FieldName.ACT: DataClass.OPEN,
        FieldName.SECTOR: DataClass.NEED_TO_KNOW,
        FieldName.COMPANY: DataClass.NEED_TO_KNOW,
        FieldName.CERTAINTY: DataClass.OPEN,
        FieldName.AS_OF: DataClass.OPEN,
        FieldName.WHY_YOU: DataClass.NEED_TO_KNOW,
        FieldName.ASK: DataClass.NEED_TO_KNOW,
        FieldName.ANSWER_BY: DataClass.OPEN,
        FieldName.SUBJECT_KIND: DataClass.OPEN,
        FieldName.DATE_AHEAD: DataClass.OPEN,
        FieldName.COMMITMENT: DataClass.OPEN,
    }
)

SEALED = frozenset(
    {
        "box", "box_key", "contact_protocol", "exact_place", "family", "identity", "minors", "name",
        "narrative", "party_names", "place", "source", "source_contact", "wishes_in_words",
    }
)  # fmt: skip
"""What lies in the vault alone: no audience can be given it, whatever a rulebook says (N21)."""

NEVER_PROJECTED = frozenset(
    {
        "heightened_risk", "defender_kind", "root_causes",
        *(r.value for r in HeightenedRisk), *(c.value for c in RootCause),
    }
)  # fmt: skip
"""Why somebody may be at greater risk: raises severity by rule, and is shown to nobody outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One field and who may ever be shown it."""

    field: FieldName
    data_class: DataClass
    audiences: tuple[TrackName, ...]
    """In the order of the tracks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field that an audience may be shown by one rulebook and not by another."""

    audience: TrackName
    field: FieldName
    wider: bool
    """Whether the newer one shows it."""


def table(shape: RulebookShape) -> tuple[Shown, ...]:
    """Every field, in the order of the vocabulary; audiences that are silent are shown nothing."""
    return tuple(
        Shown(
            field=name,
            data_class=CLASS_OF[name],
            audiences=tuple(a for a in TrackName if name in shape.field_classes.get(a, ())),
        )
        for name in FieldName
    )


def changes(before: RulebookShape, after: RulebookShape) -> tuple[Change, ...]:
    """What the later rulebook shows more or less of, by audience; what widens comes first."""
    found = [
        Change(audience=audience, field=name, wider=name in _shown(after, audience))
        for audience in TrackName
        for name in FieldName
        if (name in _shown(before, audience)) is not (name in _shown(after, audience))
    ]
    return tuple(sorted(found, key=lambda change: not change.wider))


def why_never(name: object) -> str:
    """Why a field of this name can be given to nobody; empty where it is merely unknown."""
    if name in SEALED:
        return "It is sealed: it lies in the vault and no page ever shows it. Remove it."
    if name in NEVER_PROJECTED:
        return "It says why somebody is at greater risk, and is shown to nobody. Remove it."
    return ""


def _shown(shape: RulebookShape, audience: TrackName) -> tuple[FieldName, ...]:
    return shape.field_classes.get(audience, ())
