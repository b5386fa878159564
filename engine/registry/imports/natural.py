"""Ids of what a source gives no id: from what it is called there, the same at every import.

Ids travel in facts and logs, where no company may be named; so they are digests and no names.
"""

from hashlib import sha256

from engine.registry.checks import of_party
from engine.registry.rows import Why
from schemas.party import Party, PartyKind


def natural_id(source: str, *key: str) -> str:
    """`nbim:6f1c…`: the source and 64 bits of what it calls this one; order of `key` counts."""
    return f"{source}:{sha256(chr(31).join(key).encode()).hexdigest()[:16]}"


def one_line(text: str) -> str:
    """The words with single blanks between them: cells of printed lists are broken in lines."""
    return " ".join(text.split())


def unfit(*names: str) -> Why | None:
    """Why one of these may be nobody's name, such as a formula; None: all may.

    A format that makes one party of several rows asks before: else one bad spelling would refuse
    every row of that party.
    """
    if not names:
        return None
    party = Party(id="any", kind=PartyKind.COMPANY, name=names[0], aliases=names[1:])
    return next((why for why, _ in of_party(party)), None)
