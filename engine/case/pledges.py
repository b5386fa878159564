"""What a party promised and did, as far as the case must remember it."""

from dataclasses import dataclass
from datetime import datetime

from schemas.codes import ActionKind, Proviso
from schemas.responses import AnswerClass


@dataclass(frozen=True, kw_only=True)
class Promise:
    """An open promise of an alert. `ask_at` is its next time: first to ask, then to go on."""

    action: str
    action_kind: ActionKind
    by: str
    due_at: datetime
    ask_at: datetime
    asked: bool = False
    for_date: str = ""
    """Id of the date of the case that it is for."""
    condition: Proviso | None = None
    condition_met: bool = False
    judged: AnswerClass | None = None

    @property
    def holds(self) -> bool:
        """Whether it quietens its party: one that is judged a token runs on, and holds nobody."""
        return self.judged is None or self.judged.quietens


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that a party did."""

    action: str
    by: str
    action_kind: ActionKind
    for_date: str = ""
    judged: AnswerClass | None = None

    @property
    def counts(self) -> bool:
        """Whether nothing more need be asked because of it."""
        return self.judged is None or self.judged.quietens


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What we answered to somebody's question; they read it on their page."""

    contact: str
    note: str
    """Vault id of the words."""
    at: datetime
