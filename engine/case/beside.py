"""What a linked case makes stricter: its people, wishes, label, ceiling, and who must not know.

A case that is linked and of which nothing was read counts as one whose people allowed nothing.
"""

from dataclasses import replace

from engine.case.around import Beside
from engine.case.state import Case
from schemas.codes import ContactRule, strictest
from schemas.linked import Strictures
from schemas.safeguards import Concerned, Safeguards


def strictures_of(case: Case) -> Strictures:
    """What this case asks of those that it is linked with."""
    return Strictures(
        subjects=case.subjects,
        closure=case.closure_digest,
        refused_tracks=case.refused_tracks,
        label=case.label,
        may_contact=case.may_contact,
        mode_ceiling=case.mode_ceiling,
        conflicts=case.conflicts,
        houses=tuple((each.source, each.party) for each in case.houses),
    )


def stricter(given: Safeguards, case: Case) -> Safeguards:
    """These safeguards, as strict as the strictest of the cases it is linked with."""
    for link in case.links:
        asks = link.strictures
        read = _read(case, link.case)
        concerned = Concerned(case=link.case, subjects=asks.subjects, consents=read.consents)
        narrower = asks.mode_ceiling.within(given.mode_ceiling)
        given = replace(
            given,
            linked=(*given.linked, concerned),
            refused_kinds=tuple(sorted({*given.refused_kinds, *asks.refused_tracks})),
            label=strictest((given.label, asks.label)),
            may_contact=given.may_contact
            if asks.may_contact in (None, given.may_contact)
            else ContactRule.NOBODY,
            mode_ceiling=asks.mode_ceiling if narrower else given.mode_ceiling,
            conflicts=tuple(sorted({*given.conflicts, *asks.conflicts})),
        )
    return given


def _read(case: Case, id: str) -> Beside:
    found = (each for each in case.around.linked if each.case == id)
    return next(found, Beside(case=id, consents=()))
