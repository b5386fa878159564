"""What a channel is given to send: words already chosen, nothing left to decide.

A `Message` is made by `notifiers.render` alone; a test walks the code and fails if anything else
calls `_make_message`.
"""

from dataclasses import InitVar, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from schemas.projection import Purpose


class ChannelKind(StrEnum):
    """Whose wording suits a channel."""

    EMAIL = "email"
    """A subject and a short letter."""
    SMS = "sms"
    """One line of one segment, answered by a digit."""
    WEBHOOK = "webhook"
    """Data for a machine, with the letter as its text."""
    OUTBOX = "outbox"
    """The letter, into a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HowToAnswer:
    """Where and with what a recipient answers. Empty strings leave that way out."""

    url: str = field(default="", repr=False)
    """The recipient's own page; for duty the board."""
    code: str = field(default="", repr=False)
    """What opens the page, as printed in the message: `4821-93`."""
    phone: str = ""
    """The desk's number, answered at any hour."""


class _Sealed:
    """Held by the one function that may construct a message."""


_SEAL = _Sealed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message in the words its recipient reads. Holds no case content by construction."""

    _seal: InitVar[_Sealed]
    key: str
    """The notification key: opaque, the same for every try; Message-ID and provider key."""
    also: tuple[str, ...] = ()
    """Keys of other notifications that this one message tells as well."""
    at: datetime
    """When it was rendered for this try, aware and in UTC: Date header and signed timestamp."""
    purpose: Purpose
    reference: str
    deadline: datetime | None
    subject: str
    """A constant of the purpose, never of the case; empty for `ChannelKind.SMS`."""
    body: str = field(repr=False)
    """Plain text, lines ended by a single newline, no control or bidi characters."""
    how: HowToAnswer = field(repr=False)
    language: str
    """Of the words, which may not be the one asked for."""
    reply_code: str
    """What an answer by SMS has to name: `1 7K3Q-92` names `7K3Q-92`."""
    exercise: bool
    fallback: bool
    """The template failed and these are the built-in words: a human should look at it."""

    def __post_init__(self, _seal: _Sealed) -> None:
        if _seal is not _SEAL:  # not kept: a copy with other words would need it again
            raise TypeError("Only notifiers.render makes a Message; give it a Projection.")


def _make_message(**values: Any) -> Message:
    return Message(_seal=_SEAL, **values)
