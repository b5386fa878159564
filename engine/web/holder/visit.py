"""Where a visit to the holder's page stands, carried in its forms, signed and short-lived."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.vault import Secret
from engine.vault.keys import keyed
from engine.web.carried import carried, carry

VISIT = timedelta(hours=1)
"""How long a visit may last; after that the code is asked again."""
_FIRST = "holder page first"
_LATER = "holder page visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One opening of the page with the right code."""

    nonce: str
    """Drawn when the code was right: pressed twice, a button has one effect."""
    ends_at: int
    """Seconds since 1970."""
    part: int = 0
    """Which part of a long list is shown."""


def begin(*, nonce: str, now: datetime) -> Visit:
    """A new visit."""
    return Visit(nonce=nonce, ends_at=int((now + VISIT).timestamp()))


def first_mark(key: Secret, token: str) -> str:
    """What the constant page's form must bring back; the same at every look at one address."""
    return keyed(key, _FIRST, token).hex()[:36]


def seal(visit: Visit, *, key: Secret, link: str) -> str:
    """The visit as a form field; only this link's page accepts it again."""
    return carry([visit.nonce, visit.ends_at, visit.part], key=key, about=f"{_LATER} {link}")


def unseal(state: str, *, key: Secret, link: str, now: datetime) -> Visit | None:
    """The visit of a form field, or None when it is forged, another link's, or over."""
    values = carried(state, key=key, about=f"{_LATER} {link}")
    if values is None:
        return None
    nonce, ends_at, part = values
    if ends_at <= now.timestamp():
        return None
    return Visit(nonce=nonce, ends_at=ends_at, part=part)
