"""Links by which whoever holds a consent sees who was told: signed, and stored without signature.

A link names a row (`holder_links`) and proves by its signature that this deployment made it, so
whoever copies the database can open no page, and whoever guesses addresses reads no row.
"""

import base64
import hmac
from datetime import timedelta

from engine.vault import Secret
from engine.vault.keys import keyed

GOOD_FOR = timedelta(days=7)
"""How long a link opens its page unless its maker says otherwise."""
LONGEST = timedelta(days=30)
_ID_BYTES = 8
_SIGNATURE_BYTES = 18
_ID_LETTERS = 16
_LETTERS = 40
_CODE_DIGITS = 6


class HolderLinks:
    """Tokens and codes of holders' links, under the deployment's key for answers."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def id_from(self, drawn: bytes) -> str:
        """The id of a new link, of eight bytes that nobody can guess."""
        if len(drawn) != _ID_BYTES:
            raise ValueError(f"a link's id is made of {_ID_BYTES} bytes")
        return drawn.hex()

    def token(self, id: str) -> str:
        """What the address carries: the id and its signature, 40 letters."""
        raw = keyed(self._key, "holder link", id)[:_SIGNATURE_BYTES]
        return id + base64.urlsafe_b64encode(raw).decode("ascii")

    def id_of(self, token: str) -> str | None:
        """The id of a token that we made; None for every other text."""
        if len(token) != _LETTERS or not token.isascii():
            return None
        id = token[:_ID_LETTERS]
        return id if hmac.compare_digest(token.encode(), self.token(id).encode()) else None

    def code_of(self, id: str) -> str:
        """The six digits that open the page, given by another way than the link: `4821-93`."""
        number = int.from_bytes(keyed(self._key, "holder code", id), "big") % 10**_CODE_DIGITS
        digits = f"{number:0{_CODE_DIGITS}d}"
        return f"{digits[:4]}-{digits[4:]}"
