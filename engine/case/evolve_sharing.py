"""What facts about passing on and speaking make of a case."""

from collections.abc import Callable
from typing import Any

from engine.case.replacing import replace
from engine.case.state import Case
from engine.case.wider_sharing import WiderSharing
from schemas import facts as f


def _asked(case: Case, fact: f.WiderSharingAsked) -> Case:
    asked = WiderSharing(by=fact.by, at=fact.at, label=fact.label, may_contact=fact.may_contact)
    return replace(case, wider_sharing=asked)


def _set(case: Case, fact: f.SharingSet) -> Case:
    return replace(
        case,
        label=case.label if fact.label is None else fact.label,
        may_contact=case.may_contact if fact.may_contact is None else fact.may_contact,
        wider_sharing=None,
    )


STEPS: dict[type[Any], Callable[[Case, Any], Case]] = {
    f.WiderSharingAsked: _asked,
    f.SharingSet: _set,
}
