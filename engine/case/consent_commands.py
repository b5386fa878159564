"""Commands that change what a subject allows."""

from dataclasses import dataclass
from typing import Literal

from engine.case.identity import Inbox
from schemas.consent import Consent, ConsentDoor


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanged:
    """A subject's consent was granted, narrowed or revoked."""

    inbox: Inbox
    consent: Consent
    """As it is said now; what counts afterwards is decided where it is stored."""
    state: Literal["granted", "narrowed", "revoked", "asked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeToConsent:
    """Desk-level: a person agrees that a subject allows more, as somebody said it does."""

    inbox: Inbox
    pseudonym: str
    wider: str
    """Digest of what is agreed to, as it was shown: nobody agrees to what came since."""
    id: str
    """Of the record that this leads to."""
    by: str
    door: ConsentDoor


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeByHolder:
    """Desk-level: whoever holds a subject's consent takes it back, by their signed link."""

    inbox: Inbox
    pseudonym: str
    holder: str
    """Opaque id of the holder, as the link names it."""
    id: str
    """Of the record that this leads to."""
