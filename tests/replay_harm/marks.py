"""Words that nobody may ever read again, put into every field that must not be repeated."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

SEALED = "zqmark"
"""Begins every sealed word: identity, place, narrative, notes, whatever a publisher adds."""
KNOWN = "Yqmark"
"""Begins every name of a party, contact or sector: need-to-know, on a recipient's page at most."""
SECTOR = "yqmarksector"
PERSON = f"{KNOWN}-person"
"""Begins every label of somebody at a party: nobody but that party and our own desk reads it."""
_LABEL = re.compile(rb"TLP:[A-Z]+(?:\+STRICT)?")
_MODES = {
    "quiet": b"Please act quietly",
    "private": b"with those we bring together, never in public",
    "public": b"You may speak of it in public",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a recipient's page says of the case, as far as somebody outside can tell."""

    fields: frozenset[str]
    labels: frozenset[str]
    mode: str
    """How openly it asks its reader to act; empty: it asks nothing yet."""


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


def people_in(content: bytes) -> int:
    """How many labels of somebody at a party are in it."""
    return content.lower().count(PERSON.lower().encode())


def shown_in(content: bytes) -> Shown:
    """What stands on a recipient's page."""
    names = {"sector": SECTOR, "company": f"{KNOWN} "}
    return Shown(
        fields=frozenset(name for name, mark in names.items() if mark.encode() in content),
        labels=frozenset(found.decode() for found in _LABEL.findall(content)),
        mode=next((mode for mode, words in _MODES.items() if words in content), ""),
    )
