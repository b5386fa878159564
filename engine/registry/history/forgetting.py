"""Old addresses are erased: whoever left a house is not to be found in what it once said.

Parties and links stay for ever, because what they once said excludes. What a contact once said
decides nothing: only its newest version is ever told, and past plans name it by its id. So an
address that was replaced, or whose contact is gone, is emptied ninety days later by whatever
import comes next, or at once when a person says so. That there was a version, from when to when and
from which file, stays.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.store import journal, versions
from engine.store.dialect import hold
from schemas.facts.system import AddressesErased

KEPT = timedelta(days=90)
"""How long a replaced address stays, so that a mistaken import can be put right."""


def forget(conn: Connection, contact: str, *, by: str, at: datetime) -> tuple[int, bool]:
    """Erase what earlier versions of this contact say: how many, and whether it still counts.

    The version that counts stays: a contact goes by its own file.
    """
    hold(conn, "world", {"in force"})
    erased = versions.empty_contacts(conn, replaced_by=at, contact=contact)
    if erased:
        journal.note(conn, AddressesErased(contact=contact, versions=erased, by=by), at)
    return erased, versions.counts(conn, contact)


def forget_old(conn: Connection, *, by: str, at: datetime) -> int:
    """Erase what was replaced so long ago that nobody needs it; how many versions."""
    erased = versions.empty_contacts(conn, replaced_by=at - KEPT)
    if erased:
        journal.note(conn, AddressesErased(contact="", versions=erased, by=by), at)
    return erased
