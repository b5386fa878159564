"""Which edition of its address each calendar has: another one ends the one before."""

from sqlalchemy import Connection

from engine.store import meta

_KEY = "duty_calendar:"
"""In `meta`, before a person's id."""


def editions(conn: Connection) -> dict[str, str]:
    """Person's id -> edition, of those whose address was ever changed."""
    known = meta.read_all(conn)
    return {key.removeprefix(_KEY): value for key, value in known.items() if key.startswith(_KEY)}


def another(conn: Connection, person: str) -> str:
    """Give this calendar another edition and return it."""
    edition = str(int(meta.read(conn, _KEY + person) or "0") + 1)
    meta.write(conn, _KEY + person, edition)
    return edition


def of(conn: Connection, person: str) -> str:
    """The edition of one calendar."""
    return meta.read(conn, _KEY + person)
