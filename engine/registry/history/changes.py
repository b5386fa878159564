"""What an import would change: the result of comparing, shown by a dry run and then applied."""

from dataclasses import dataclass

from engine.registry.rows import Why
from engine.store.versions import Record, What

DROPPED_AT_MOST = 0.1
"""Of what a source has in force: an edition that drops more is likely half a file."""


class TooMuchDroppedError(ValueError):
    """An edition drops so much of its source that a person has to say that it is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A new version of one record."""

    what: What
    id: str
    n: int
    """Its number: 1 of what was never known."""
    source: str
    """Whose edition it belongs to; of what a source did not name first, that source's."""
    line: int
    """Where in the file; 0: it is there no more."""
    record: Record | None
    """None: the contact is gone."""
    was: Record | None
    """What it follows; of a party, what the same source said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Something that a row says and that is not taken: what is known stays as it is."""

    what: What
    id: str
    line: int
    why: Why
    """NOT_TRUSTED: it would weaken what protects; ID_TWICE: the id is another source's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The difference between what is known and what a file says."""

    source: str
    base: int
    """Number of the import in force that it was compared with."""
    added: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    closed: tuple[Change, ...] = ()
    """Links that a complete edition names no more (lapsed), and contacts likewise (gone)."""
    withdrawn: tuple[Change, ...] = ()
    """Links that the source takes back."""
    unchanged: int = 0
    """Records that are already known as the file says."""
    kept: tuple[Kept, ...] = ()
    in_force: int = 0
    """Links and contacts that the source has in force."""

    @property
    def all(self) -> tuple[Change, ...]:
        """Every new version, in the order in which they are stored."""
        return tuple(
            sorted(
                (*self.added, *self.changed, *self.closed, *self.withdrawn),
                key=lambda change: (change.what, change.id, change.n),
            )
        )

    def check_dropped(self) -> None:
        """Raises TooMuchDroppedError when the file drops more than a tenth of its source."""
        check_dropped(self.source, closed=len(self.closed), of=self.in_force)


def check_dropped(source: str, *, closed: int, of: int) -> None:
    """Raises TooMuchDroppedError when that is more than a tenth of what a source has in force."""
    if closed > DROPPED_AT_MOST * of:
        raise TooMuchDroppedError(
            f"This file no longer names {closed} of the {of} links and contacts that {source} has "
            "in force. Perhaps it is half a file; if it is meant, say so."
        )
