"""Words that nobody may ever read again, put into every field that must not be repeated."""

from collections.abc import Iterable

SEALED = "zqmark"
"""Begins every sealed word: identity, place, narrative, notes, whatever a publisher adds."""
KNOWN = "Yqmark"
"""Begins every name of a party, contact or sector: need-to-know, on a recipient's page at most."""
SECTOR = "yqmarksector"


def sealed(what: str) -> str:
    """A sealed word that says where it was put."""
    return f"{SEALED}-{what}"


def sealed_in(content: bytes) -> int:
    """How many sealed words are in it."""
    return content.lower().count(SEALED.encode())


def known_in(content: bytes) -> int:
    """How many need-to-know words are in it."""
    return content.lower().count(KNOWN.lower().encode())


def bytes_of(values: Iterable[object]) -> bytes:
    """What these come to, one after the other, as somebody would find them."""
    return b"\n".join(
        value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
        for value in values
    )
