"""Who is deliberately not told, why, and what would have to change. Pure."""

from dataclasses import dataclass

from engine.store.case_file import CaseFile
from engine.web.console.names import Names
from engine.web.console.present_path import tell_path
from engine.web.told import not_told
from engine.web.words.reasons import NEXT_STEP, why
from engine.web.words.sentence import Said
from schemas.plan import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """One party, or one contact of it, that is not told."""

    who: str
    contact: str
    why: str
    next: str
    path: tuple[Said, ...]
    reason: Reason


def left_out(file: CaseFile, *, names: Names) -> tuple[LeftOut, ...]:
    """Everybody left out by any plan of the case, each once, with the newest reason."""
    return tuple(
        LeftOut(
            who=names.party(each.party).text,
            contact=names.contact(each.contact).text if each.contact else "",
            why=why(each.reason),
            next=NEXT_STEP.get(each.reason, ""),
            path=tell_path(each.path, names),
            reason=each.reason,
        )
        for each in not_told(file.case, file.plans)
    )
