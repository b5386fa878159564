"""What every reader is asked to keep to, in English: how far to pass it on, how openly to act, whom
not to contact, and what it has itself promised. Pure.

Each is one sentence that somebody tired can follow. Translate by people, as `english.py`.
"""

from datetime import date

from engine.web.words.sentence import Name, Said
from schemas.codes import Audience, ContactRule, FieldName, Label, Mode, SubjectKind, TrackName
from schemas.commitment import Commitment, PolicyClause
from schemas.projection import Projection

LABEL: dict[Label, str] = {
    Label.CLEAR: "You may share this with anybody.",
    Label.GREEN: "You may share this with colleagues in your field, never in public.",
    Label.AMBER: "Only for those in your organisation, and among its clients, who must act on it.",
    Label.AMBER_STRICT: (
        "Only for those in your organisation who must act on it: not for clients, members, "
        "partners or suppliers."
    ),
    Label.RED: "Only for you: tell nobody, not even in your organisation, before we have spoken.",
}
"""What the label means; the label itself is never translated."""

MODE: dict[Mode, str] = {
    Mode.QUIET: "Please act quietly, as of your own accord: nobody may learn that you were asked.",
    Mode.PRIVATE: "Please speak of it with us and with those we bring together, never in public.",
    Mode.PUBLIC: "You may speak of it in public, in the words agreed with us.",
}

_NOBODY = "Please do not contact {them}, {their} or their organisation. Speak to us."
_NOBODY_OF: dict[Audience, str] = {
    TrackName.PROTECTION: (
        "Please do not contact {them}, {their} or their organisation: "
        "we are in touch with them. Speak to us."
    ),
    TrackName.MISSIONS: (
        "Please do not contact {them}, {their} or their organisation on your own, "
        "before a visit or a hearing either. Speak to us first."
    ),
    TrackName.LEGAL: (
        "Please do not contact {them}, {their} or their organisation: "
        "we put you in touch once there is no conflict."
    ),
    TrackName.COMPANIES: (
        "Please do not contact {them}, {their} or their organisation, nor the site, its managers, "
        "security or lawyers, and do not try to find out who it is. Speak to us."
    ),
    TrackName.INVESTORS: (
        "Please do not contact {them}, {their} or their organisation, nor the company before we "
        "have spoken, and do not try to find out who it is. Speak to us."
    ),
}
_ALLOWED: dict[ContactRule, str] = {
    ContactRule.REPRESENTATIVE: (
        "You may speak to whoever represents {them}: call us, and we put you through. "
        "Please do not contact {them}, {their} or their organisation."
    ),
    ContactRule.ORGANISATION: (
        "You may speak to their organisation: call us, and we put you through. "
        "Please do not contact {them} or {their}."
    ),
}
_ONE = ("the person", "the family")
_MANY = (SubjectKind.GROUP, SubjectKind.COMMUNITY, SubjectKind.NONE_IDENTIFIABLE)
_CLAUSE: dict[PolicyClause, str] = {
    PolicyClause.NON_INTERFERENCE: "do not interfere with people who defend rights",
    PolicyClause.ENGAGE: "engage with people who defend rights",
    PolicyClause.PETITION_STATE: "speak up for them with states",
    PolicyClause.ZERO_TOLERANCE: "tolerate no reprisal against anybody who raises a concern",
}


def label_words(projection: Projection) -> tuple[str, str]:
    """The label as the protocol writes it, and what it means."""
    return projection.label.value, LABEL[projection.label]


def contact_words(projection: Projection) -> str:
    """Whom not to contact, and whom to speak to: on every page that tells or asks something."""
    kind = projection.fields.get(FieldName.SUBJECT_KIND, "")
    many = projection.pattern or kind in _MANY
    them, their = ("the people concerned", "their families") if many else _ONE
    words = _ALLOWED.get(projection.may_contact) or _NOBODY_OF.get(projection.audience, _NOBODY)
    return words.format(them=them, their=their)


def mode_words(projection: Projection) -> str:
    """How openly the reader may act; empty where the label already lets it go round."""
    if projection.label in (Label.GREEN, Label.CLEAR):
        return ""
    return MODE[projection.mode]


def promised(projection: Projection) -> tuple[Said, ...]:
    """What the reader has said in public, a paragraph for each place where it stands."""
    return tuple(_promise(each) for each in projection.commitments)


def _promise(commitment: Commitment) -> Said:
    clauses = [_CLAUSE[clause] for clause in commitment.clauses]
    said = clauses[0] if len(clauses) == 1 else f"{', '.join(clauses[:-1])} and {clauses[-1]}"
    whose: Said = (
        ("As a member of ", Name(commitment.through), " you have said publicly that you ")
        if commitment.through
        else ("You have said publicly that you ",)
    )
    when = f"as of {_day(commitment.as_of)}" if commitment.as_of else ""
    if not commitment.source:
        return (*whose, f"{said}{f' ({when})' if when else ''}.")
    return (*whose, f"{said} (", Name(commitment.source), f"{', ' if when else ''}{when}).")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
