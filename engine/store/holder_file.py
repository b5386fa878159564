"""Everything that whoever holds a subject's consent may look up, read in one go.

Whatever the state of engine, case or consent: reading asks none of them (rule N29).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.store import board, consents
from engine.store.told import ToldCase, cases_of, told_cases
from schemas.consent import Consent


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderFile:
    """One subject: the consent that counts, and every case it concerns."""

    pseudonym: str
    consent: Consent | None
    consent_no: int
    """Which record of this subject it is; 0 where there is none."""
    cases: tuple[ToldCase, ...]
    """Newest first."""
    parties: Mapping[str, str]
    """Names of the parties in them, by id."""


def holder_file(conn: Connection, pseudonym: str) -> HolderFile:
    """What there is about this subject; empty for one that nobody ever reported."""
    number, consent = consents.newest(conn, (pseudonym,)).get(pseudonym, (0, None))
    found = told_cases(conn, cases_of(conn, pseudonym))
    ids = {alert.party for each in found for alert in each.case.alerts}
    ids |= {out.party for each in found for plan in each.plans for out in plan.withheld}
    return HolderFile(
        pseudonym=pseudonym,
        consent=consent,
        consent_no=number,
        cases=found,
        parties=board.party_names(conn, ids),
    )


def somebody_knows(conn: Connection, pseudonym: str) -> bool:
    """Whether a case is about this subject, or a word about its consent was ever recorded."""
    return bool(cases_of(conn, pseudonym) or consents.newest(conn, (pseudonym,)))
