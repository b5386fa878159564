"""What one publisher may say: source, types, severity ceiling, disclosure ceiling."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from schemas.codes import Audience, EventType, Severity

_TO = "to:"
EVERY_AUDIENCE = frozenset(Audience)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The scope of a key or of a topic's source. What goes beyond it is capped, never dropped."""

    source: str
    types: frozenset[EventType]
    ceiling: Severity
    audiences: frozenset[Audience] = frozenset()
    """Whom its consents may open: the disclosure ceiling. Empty: its consents open nothing."""
    party: str = ""
    """Id of the party that runs it; empty: nobody of the registry."""


Scopes = Callable[[str], Scope | None]
"""The scope in which a source may be spoken for here, or None: refused by default."""


def only(scope: Scope) -> Scopes:
    """Speak for this one source: what a bearer key does."""
    return lambda source: scope if source == scope.source else None


def any_of(scopes: Iterable[Scope]) -> Scopes:
    """Speak for the listed sources: what a topic does."""
    listed = {scope.source: scope for scope in scopes}
    return listed.get


def words_of(scope: Scope) -> str:
    """The scope's types and audiences as words: `act consent to:missions`, for the key's row."""
    types = sorted(scope.types)
    if scope.audiences == EVERY_AUDIENCE and EventType.CONSENT in scope.types:
        return " ".join(types)
    audiences = [_TO + audience for audience in sorted(scope.audiences)] or [_TO]
    return " ".join([*types, *(audiences if EventType.CONSENT in scope.types else [])])


def scope_from(*, source: str, words: str, ceiling: str, party: str = "") -> Scope:
    """Read a scope back. Without any `to:` word, a key that may send consents opens every audience.

    Raises ValueError on a word that is neither an event type nor `to:` and an audience.
    """
    listed = words.split()
    types = frozenset(EventType(word) for word in listed if not word.startswith(_TO))
    to = [word.removeprefix(_TO) for word in listed if word.startswith(_TO)]
    audiences = frozenset(Audience(word) for word in to if word)
    if EventType.CONSENT not in types:
        audiences = frozenset()
    elif not to:
        audiences = EVERY_AUDIENCE
    return Scope(
        source=source, types=types, ceiling=Severity(ceiling), audiences=audiences, party=party
    )
