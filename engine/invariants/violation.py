"""A broken promise, as a value: which one, where, what is wrong and what a person does about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One row or case that breaks an invariant. Holds opaque ids and codes, nothing personal."""

    invariant: str
    """`I1` to `I25`, as in the reliability reference."""
    row: str
    """Where to look: a case id, a notification key, `source/id`."""
    what: str
    """What is wrong, in one sentence."""
    remedy: str
    """What a person does about it."""

    def __str__(self) -> str:
        return f"{self.invariant} {self.row}: {self.what} {self.remedy}"
