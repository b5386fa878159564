"""What somebody may do about a case, and the effect it had."""

from enum import StrEnum

from schemas.codes.scales import Mode


class ActionKind(StrEnum):
    """Kinds of action (missions' guidelines, HURIDOCS list 20)."""

    CALL = "call"
    LETTER = "letter"
    DEMARCHE = "demarche"
    VISIT = "visit"
    TRIAL_OBSERVATION = "trial_observation"
    MEETING = "meeting"
    ENQUIRY = "enquiry"
    JOINT_STATEMENT = "joint_statement"
    STATEMENT = "statement"
    SUPPLIER_WARNING = "supplier_warning"
    CONTRACT_LEVERAGE = "contract_leverage"
    """What a contract lets a buyer or lender ask for: a clause, an audit, the next order."""
    LEGAL_SUPPORT = "legal_support"
    MEDICAL_SUPPORT = "medical_support"
    RELOCATION = "relocation"
    FUNDING = "funding"
    VISA = "visa"
    COMPLAINT_OPENED = "complaint_opened"
    OTHER = "other"

    @property
    def takes_place(self) -> bool:
        """Whether its giver is asked 4 h after the due time instead of at it (design 5.6)."""
        return self in (
            ActionKind.VISIT,
            ActionKind.TRIAL_OBSERVATION,
            ActionKind.MEETING,
        )

    @property
    def mode(self) -> Mode:
        """How openly it is done by its nature: a statement is public, whoever makes it."""
        loud = self in (ActionKind.STATEMENT, ActionKind.JOINT_STATEMENT)
        return Mode.PUBLIC if loud else Mode.QUIET


class Proviso(StrEnum):
    """What a promise waits for on our side; in words it lies in the vault with the promise."""

    TEXT_CLEARED = "text_cleared"
    """A person of ours reads the text before it is used."""
    FACTS_CONFIRMED = "facts_confirmed"
    """A person of ours confirms what it rests on."""
    PERSON_AGREES = "person_agrees"
    """The person concerned, or who may speak for them, agrees to it."""
    OTHER = "other"


class Effect(StrEnum):
    """What an action changed for the person (HURIDOCS list 44)."""

    POSITIVE = "positive"
    NONE = "none"
    NEGATIVE = "negative"
    UNKNOWN = "unknown"
