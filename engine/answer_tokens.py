"""Tokens and codes of answer pages: derived from the deployment's key, never random.

So a message that is sent again after an unknown outcome is the same message, letter by letter, and
nothing that opens a page is stored: of a token the store holds a digest, of a code nothing.
"""

import base64
import hashlib
from datetime import datetime, timedelta

from engine.case.times import MISSED_AFTER_ASKING
from engine.vault import Secret
from engine.vault.keys import keyed

GOOD_FOR = timedelta(hours=72)
"""After the newest tell, a token opens its page at least this long."""
_LATE = timedelta(hours=24)
"""An answer that is this late still opens its page: the track asks for it in up to two weeks."""
_TOKEN_BYTES = 24
_CODE_DIGITS = 6


class AnswerTokens:
    """One token per (alert, contact), the code that opens its page, and the token's digest."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def token(self, *, alert: str, contact: str) -> str:
        """What the link in a message carries: 32 letters that nobody can guess."""
        raw = keyed(self._key, "token", alert, contact)[:_TOKEN_BYTES]
        return base64.urlsafe_b64encode(raw).decode("ascii")

    def code_of(self, token: str) -> str:
        """The six digits printed beside it: `4821-93`."""
        number = int.from_bytes(keyed(self._key, "code", token), "big") % 10**_CODE_DIGITS
        digits = f"{number:0{_CODE_DIGITS}d}"
        return f"{digits[:4]}-{digits[4:]}"


def good_until(*, told_at: datetime, answer_by: datetime | None) -> datetime:
    """When the page of this tell closes: never before the answer is due."""
    least = told_at + GOOD_FOR
    return least if answer_by is None else max(least, answer_by + _LATE)


def promise_good_until(*, ask_at: datetime) -> datetime:
    """When the page of somebody who promised may close: a day after it would be missed."""
    return ask_at + MISSED_AFTER_ASKING + _LATE


def digest(token: str) -> str:
    """What the store holds of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
