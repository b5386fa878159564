"""What somebody reads on a topic of facts: of what went to themselves, and of their own answers.

The one shape that leaves on a consumer's topic. It names neither the case nor anybody else, neither
a person nor a place, and nothing of what happened: that stands on the page alone, behind the code.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import TypeAdapter

from schemas.codes import ActionKind, Effect
from schemas.projection import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerFact:
    """One thing that happened between the desk and the reader itself."""

    kind: Literal["message_left", "answered", "promised", "promise_withdrawn", "acted"]
    v: Literal[1] = 1
    ref: str
    """The reference that the reader's own messages carry, such as `7K3Q-92`."""
    at: datetime
    exercise: bool = False
    """A drill: nothing in it is real."""
    purpose: Purpose | None = None
    """Of a message: whether something is asked, or nothing more is."""
    answer_by: datetime | None = None
    answer: Literal["acknowledged", "asks", "warns", "already_acting"] | None = None
    action_kind: ActionKind | None = None
    """What the reader's own people promised, did, or warned of."""
    due_at: datetime | None = None
    effect: Effect | None = None


_CODEC: TypeAdapter[ConsumerFact] = TypeAdapter(ConsumerFact)


def dump_consumer_fact(fact: ConsumerFact) -> bytes:
    """Return the exact bytes of the record; what says nothing is left out."""
    return _CODEC.dump_json(fact, exclude_none=True)


def load_consumer_fact(body: bytes) -> ConsumerFact:
    """Return what these bytes say. Raises pydantic.ValidationError on foreign ones."""
    return _CODEC.validate_json(body)
