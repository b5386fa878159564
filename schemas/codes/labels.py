"""The five labels of the Traffic Light Protocol, version 2.0 (FIRST, August 2022).

A label is a promise that is asked of whoever reads, never a lock: what may be read is decided by
the guard. The labels themselves are never translated, only what they mean is.
"""

from collections.abc import Iterable
from enum import StrEnum


class Label(StrEnum):
    """How far what is read may be passed on, the widest first."""

    CLEAR = "TLP:CLEAR"
    """To everybody."""
    GREEN = "TLP:GREEN"
    """Within the reader's community, never in public."""
    AMBER = "TLP:AMBER"
    """To those who must know in the reader's organisation and among its clients."""
    AMBER_STRICT = "TLP:AMBER+STRICT"
    """To those who must know in the reader's own organisation."""
    RED = "TLP:RED"
    """To nobody but the reader."""

    @property
    def rank(self) -> int:
        """0 for the widest; a higher one is stricter."""
        return _RANK[self]


_RANK = {label: rank for rank, label in enumerate(Label)}


def strictest(labels: Iterable[Label | None]) -> Label | None:
    """The strictest of them; None where none of the inputs carries one."""
    return max(
        (label for label in labels if label is not None), key=_RANK.__getitem__, default=None
    )
