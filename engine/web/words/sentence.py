"""A sentence made of our words and of names that somebody else chose."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "good", "warm", "alarm"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name from the registry or from a person: shown literally and set apart."""

    text: str


Said = tuple[str | Name, ...]


def plain(said: Said) -> str:
    """The sentence as text, for tests and for the command line."""
    return "".join(part.text if isinstance(part, Name) else part for part in said)
