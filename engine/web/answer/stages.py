"""Where a visit to the page stands, carried in the form itself, signed and short-lived."""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from engine.vault import Secret
from engine.web.carried import carried, carry
from schemas.codes import TrackName

VISIT = timedelta(hours=2)
"""How long a visit may last; after that the code is asked again."""
_FIRST = "answer-page-first"
_LATER = "answer-page-visit"


class Stage(StrEnum):
    """What the next form decides."""

    UNDERTAKING = "undertaking"
    """Agree, may have a conflict, or not for me."""
    NOT_FOR_ME = "not_for_me"
    """The wrong person, or the wrong organisation."""
    KIND = "kind"
    """Told: country and kind. Go on, or not for me."""
    ADVERSE = "adverse"
    """Told: the other side. A conflict, or none."""
    CONTENT = "content"
    """Told: everything this audience may know. Choose an answer."""
    DETAIL = "detail"
    """An answer was chosen; its particulars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One opening of the page with the right code."""

    stage: Stage
    nonce: str
    """Drawn when the code was right: one visit has one effect."""
    ends_at: int
    """Seconds since 1970."""
    chosen: str = ""
    """The answer whose particulars are asked."""


def first_stage(audience: TrackName, *, agreed: bool) -> Stage:
    """Lawyers learn in stages whatever they say; others who agreed before need not again."""
    if audience is TrackName.LEGAL and agreed:
        return Stage.KIND
    return Stage.CONTENT if agreed else Stage.UNDERTAKING


def begin(*, nonce: str, stage: Stage, now: datetime) -> Visit:
    """A new visit."""
    return Visit(stage=stage, nonce=nonce, ends_at=int((now + VISIT).timestamp()))


def first_mark(key: Secret, digest: str) -> str:
    """What the constant page's form must bring back; the same at every look at one address."""
    mac = hmac.digest(key.reveal(), f"{_FIRST}\0{digest}".encode(), "sha256")
    return base64.urlsafe_b64encode(mac[:18]).decode("ascii")


def seal(visit: Visit, *, key: Secret, digest: str) -> str:
    """The visit as a form field; only this token's page accepts it again."""
    values = [visit.stage, visit.nonce, visit.ends_at, visit.chosen]
    return carry(values, key=key, about=_about(digest))


def unseal(state: str, *, key: Secret, digest: str, now: datetime) -> Visit | None:
    """The visit of a form field, or None when it is forged, another page's, or over."""
    values = carried(state, key=key, about=_about(digest))
    if values is None:
        return None
    stage, nonce, ends_at, chosen = values
    if ends_at <= now.timestamp():
        return None
    return Visit(stage=Stage(stage), nonce=nonce, ends_at=ends_at, chosen=chosen)


def _about(digest: str) -> str:
    return f"{_LATER}\0{digest}"
