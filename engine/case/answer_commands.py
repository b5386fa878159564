"""Commands about what was answered, promised and done."""

from dataclasses import dataclass

from engine.case.identity import Inbox
from schemas.responses import AnswerClass, Response, Way, WithdrawnBecause


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond:
    """Somebody answered an alert."""

    inbox: Inbox
    alert: str
    response: Response


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassAnswer:
    """A person says what an answer is worth. Token, counter-productive and none quieten nothing."""

    inbox: Inbox
    case: str
    alert: str
    by: str
    answer_class: AnswerClass
    action: str = ""
    """The promise or act; empty: the one there is, or what was answered without one."""
    note: str = ""
    """Vault id of what was written in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawPromise:
    """A person of ours records that a promise is no longer one."""

    inbox: Inbox
    case: str
    alert: str
    by: str
    reason: WithdrawnBecause
    action: str = ""
    """Empty: the only open one."""
    way: Way = Way.CONSOLE
    note: str = ""
    """Vault id of what was written in words."""
