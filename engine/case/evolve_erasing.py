"""What facts about keeping and erasing make of a case."""

from collections.abc import Callable
from typing import Any

from engine.case.life import KeptSealed
from engine.case.replacing import replace
from engine.case.state import Case
from schemas import facts as f


def _given(case: Case, fact: f.ErasureGiven) -> Case:
    return replace(case, erasing=(*case.erasing, fact.by))


def _announced(case: Case, fact: f.ErasureAnnounced) -> Case:
    return replace(case, erase_on=fact.on)


def _erased(case: Case, fact: f.Erased) -> Case:
    return replace(case, erasing=(), erase_on=None)


def _kept(case: Case, fact: f.SealedKept) -> Case:
    kept = KeptSealed(by=fact.by, until=fact.until, why=fact.why)
    return replace(case, erasing=(), erase_on=None, kept=kept)


def _keeping_ended(case: Case, fact: f.KeepingEnded) -> Case:
    return replace(case, kept=None)


STEPS: dict[type[Any], Callable[[Case, Any], Case]] = {
    f.ErasureGiven: _given,
    f.ErasureAnnounced: _announced,
    f.Erased: _erased,
    f.SealedKept: _kept,
    f.KeepingEnded: _keeping_ended,
}
