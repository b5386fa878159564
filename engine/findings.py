"""From what the auditor found to what duty is called about: once for each finding. Pure.

What is late or unreached may come again tomorrow and calls again then. A row that says what must
not be stays as it is, often for ever: duty is called about it once, and what two people closed is
known from then on.
"""

import hashlib
from collections.abc import Sequence

from engine.case.commands import RaiseIncident
from engine.invariants import Violation
from engine.invariants.promises import BY_ID
from schemas.codes import IncidentCode

NAMED_AT_MOST = 5
"""Cases nobody was reached about, or broken rows, that get an incident each in one round; more of
them are one incident."""

OPEN_AT_MOST = 20
"""Incidents about single rows that are open at once; what is found besides is one more."""

MANY = "many"
_KEY = 64
_MILD = ("I3", "I12")
"""Of these nobody missed anything."""


def key_of(violation: Violation) -> str:
    """Names a finding about a row: the same one the next time it is walked over."""
    said = f"{violation.invariant}:{violation.row}:{violation.what}"
    mark = hashlib.sha256(said.encode()).hexdigest()[:8]
    return f"{violation.invariant}:{violation.row[:_KEY]}:{mark}"


def incidents_now(found: Sequence[Violation]) -> list[RaiseIncident]:
    """One for each kind of promise that is broken now, and for each case nobody was reached about.

    None about an incident: where those reach nobody, another one would not either, and the outside
    watch is the one that calls.
    """
    unreached = sorted({v.row for v in found if v.invariant == "I23" and v.row.startswith("c")})
    if len(unreached) > NAMED_AT_MOST:
        unreached = [MANY]
    broken = sorted({v.invariant for v in found} - {"I23"})
    return [RaiseIncident(code=IncidentCode.REACHED_NOBODY, key=case) for case in unreached] + [
        _broken(each, each) for each in broken
    ]


def incidents_of_rows(found: Sequence[Violation], *, standing: int) -> list[RaiseIncident]:
    """One for each broken row; where they are many, one for each promise.

    `standing`: how many such incidents are open already.
    """
    named = {key_of(each): each.invariant for each in found}
    if len(named) > NAMED_AT_MOST or standing >= OPEN_AT_MOST:
        named = {f"{each.invariant}:{MANY}:": each.invariant for each in found}
    return [_broken(invariant, key) for key, invariant in sorted(named.items())]


def in_words(name: str) -> str:
    """A finding in words, by its name: the promise, where it is broken, what a person does."""
    invariant, _, rest = name.partition(":")
    promise = BY_ID.get(invariant)
    if promise is None:
        return ""
    row = rest.rpartition(":")[0]
    where = "" if row in ("", MANY) else f" Look at {row}."
    return f"Not kept ({invariant}): {promise.says}{where} {promise.do}"


def _broken(invariant: str, key: str) -> RaiseIncident:
    return RaiseIncident(code=IncidentCode.INVARIANT_BROKEN, key=key, severe=invariant not in _MILD)
