"""What the registry said when: known records, what an import changes of them, and taking it.

What lives here: merging what several sources say of one party, comparing a file with what is known,
storing the difference chunk by chunk and putting it into force with one switch, reading as of a
time. What may not: reading files, or telling which of their rows is later
(`engine.registry.imports`), SQL (`engine.store`).

An importer needs three calls: `read_known`, `compare` (all of a dry run), and `apply`.
"""

from engine.registry.history.changes import Change, Changes, Kept, TooMuchDroppedError
from engine.registry.history.comparing import compare
from engine.registry.history.known import Known, read_known
from engine.registry.history.taking import (
    Edition,
    OvertakenError,
    Taken,
    apply,
    take,
)

__all__ = [
    "Change",
    "Changes",
    "Edition",
    "Kept",
    "Known",
    "OvertakenError",
    "Taken",
    "TooMuchDroppedError",
    "apply",
    "compare",
    "read_known",
    "take",
]
