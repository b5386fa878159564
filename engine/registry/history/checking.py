"""Whether what somebody compared elsewhere holds here and now, looked at where it is stored.

The command line reads files, compares them and hands over new versions. Between its look and the
store's, others change the registry; and it may be of an older release. So nothing of its comparison
is believed: each version must follow the newest one that counts, belong to the same source, be free
of traps, and weaken nothing that takes two people. What a source drops is counted once more before
it counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from engine.registry.checks import of_contact, of_link, of_party
from engine.registry.history import changes
from engine.registry.history.comparing import OPEN
from engine.registry.history.known import claims_of
from engine.registry.history.merging import merge
from engine.registry.history.taking import OvertakenError, Rows
from engine.registry.history.trusting import trusted_link, trusted_party
from engine.store import versions
from engine.store.imports import Import
from engine.store.versions import What
from schemas.link import Link, LinkStatus
from schemas.party import Party


class UntrustedError(ValueError):
    """A version says what no file may say. Names its id and nothing else of it."""


def check_versions(conn: Connection, rows: Rows, *, source: str) -> None:
    """Look at some versions of an edition of `source` before they are stored.

    Raises OvertakenError: others changed one of these records meanwhile; UntrustedError.
    """
    for what in What:
        some = {row["id"]: row for of, row in rows if of is what}
        if len(some) < sum(of is what for of, _ in rows):
            raise UntrustedError("One import says two things of one record.")
        known = dict(versions.read_some(conn, what, some))
        for id, row in some.items():
            before = known.get(id, ())
            if row["n"] != (before[-1].n if before else 0) + 1:
                raise OvertakenError("Something that this import brings was changed meanwhile.")
            if not _sound(what, row, before, source=source):
                raise UntrustedError(f"{what.value} {id}: no file may say this of it.")


def check_dropped(conn: Connection, new: Import) -> None:
    """Count what this edition drops of its source, before it counts.

    Raises TooMuchDroppedError.
    """
    links = [row for row in versions.dropped_by(conn, What.LINK, new.id) if _lapses(row.body)]
    contacts = [row for row in versions.dropped_by(conn, What.CONTACT, new.id) if not row.body]
    closed = len(links) + len(contacts)
    if closed:
        changes.check_dropped(new.source, closed=closed, of=_in_force(conn, new.source))


def _sound(what: What, row: Mapping[str, Any], before: Sequence[Any], *, source: str) -> bool:
    record = versions.load(what, row["body"])
    if row["source"] != source:
        return False
    if what is What.PARTY:
        return _sound_party(record, before, source=source)
    if before and before[-1].source != source:
        return False
    if what is What.LINK:
        return _sound_link(record, before)
    return record is None or not any(True for _ in of_contact(record))


def _sound_party(party: Party, before: Sequence[Any], *, source: str) -> bool:
    claims = claims_of(before)
    known = merge(list(claims.values())) if claims else None
    taken = trusted_party(party, own=claims.get(source), known=known)
    return taken == party and not any(True for _ in of_party(party))


def _sound_link(link: Link, before: Sequence[Any]) -> bool:
    known = versions.load(What.LINK, before[-1].body) if before else None
    if trusted_link(link, known) != link:
        return False
    refuted = link.status is LinkStatus.REFUTED
    if refuted:  # two people said so before, and the file leaves it so
        return known is not None and known.status is LinkStatus.REFUTED
    return not any(True for _ in of_link(link))


def _lapses(body: bytes) -> bool:
    return bool(versions.load(What.LINK, body).status is LinkStatus.LAPSED)


def _in_force(conn: Connection, source: str) -> int:
    """Links and contacts that a source has in force, this edition not counted."""
    links = versions.read_of(conn, What.LINK, source)
    contacts = versions.read_of(conn, What.CONTACT, source)
    return _open(links) + sum(1 for _, rows in contacts if rows[-1].body)


def _open(grouped: Iterable[tuple[str, Sequence[Any]]]) -> int:
    return sum(versions.load(What.LINK, rows[-1].body).status in OPEN for _, rows in grouped)
