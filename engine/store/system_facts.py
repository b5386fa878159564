"""Facts about the deployment itself, as leaves of the journal's stream `system`."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection

from engine.store.journal import append_system
from schemas.facts.system import SystemFact


def note(connection: Connection, fact: SystemFact, at: datetime) -> None:
    """Append the fact in the caller's transaction."""
    append_system(connection, at=at, kind=fact.kind, entry=asdict(fact))
