"""What a case asks of whoever tells about it, as far as a case linked with it must keep to it."""

from dataclasses import dataclass

from schemas.codes import ContactRule, Label, Mode, TrackName


@dataclass(frozen=True, slots=True, kw_only=True)
class Strictures:
    """What one case of a link makes stricter in the other; opaque ids and codes only.

    Consents are not here: they are read by `subjects` each time somebody is judged, so that a
    word taken back counts in both cases at once.
    """

    subjects: tuple[str, ...] = ()
    """Whose consent is needed; empty: somebody must have said that nobody can be identified."""
    closure: str = ""
    """Digest of its stored closure: whoever must not know of one must not know of the other."""
    refused_tracks: tuple[TrackName, ...] = ()
    label: Label | None = None
    may_contact: ContactRule | None = None
    mode_ceiling: Mode = Mode.PRIVATE
    conflicts: tuple[str, ...] = ()
    houses: tuple[tuple[str, str], ...] = ()
    """Its publishers, each with the party that runs it: what one that must not know of either case
    says of consent opens nothing in either."""
