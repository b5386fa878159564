"""How a case lasts, what it is linked with, and what may be done about it, for its page. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.case.state import Case, CaseStatus
from engine.web.console.names import Names
from engine.web.console.present_life import STANDS
from engine.web.words.sentence import Said

ON_PAGE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "standing_review": ("standing", "Let it stand on…"),
        "confirm_unlink": ("unlink", "Decide…"),
        "review": ("review", "Look back…"),
    }
)
"""Where these tasks are done, below the case's address, and in which words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeView:
    """What may be done about it now, as far as the case goes; roles are looked at beside."""

    may_stand: bool
    stand_words: str
    may_agree: bool
    may_open: bool
    open_words: str
    may_link: bool
    linked: bool
    may_try: bool
    may_look_back: bool

    @property
    def further(self) -> bool:
        """Whether anything of it is done seldom enough to stand behind one line."""
        return self.may_stand or self.may_try or self.may_link or self.linked


def life_view(case: Case, *, me: str) -> LifeView:
    """What this person may do about how the case lasts."""
    goes_on = case.kind == "case" and case.status.unresolved
    stands = case.status is CaseStatus.STANDING
    proposed = case.standing_proposal
    return LifeView(
        may_stand=goes_on and case.proposal is None and proposed is None,
        stand_words="Let it stand on…" if stands else "Let it stand…",
        may_agree=proposed is not None and proposed.by != me,
        may_open=stands or proposed is not None,
        open_words="Open it again" if proposed is None else "Take the proposal back",
        may_link=case.kind == "case" and case.status.alive,
        linked=bool(case.links),
        may_try=goes_on,
        may_look_back=case.kind == "case" and not goes_on,
    )


def life_notes(case: Case, names: Names) -> Iterable[tuple[str, Said]]:
    """What everybody who looks at the case must know of it."""
    proposed, standing = case.standing_proposal, case.standing
    if standing is not None:
        when = names.time(standing.review_at)
        yield "good", (f"It stands, since {STANDS[standing.why]}. Looked at again {when}.",)
    if proposed is not None:
        when = names.time(proposed.review_at)
        said = f" proposed that it stands until {when}. Another person has to agree."
        yield "good", (names.person(proposed.by), said)
    if case.links:
        refs = ", ".join(link.ref for link in case.links)
        yield "warm", (f"Linked with {refs}: only what the people of all allow is told.",)
    if case.unlinking:
        said = " wants to unlink it. Another person has to agree."
        yield "warm", (names.person(case.unlinking[0]), said)
    if case.attempts:
        count = len(case.attempts)
        tries = "1 attempt" if count == 1 else f"{count} attempts"
        yield "warm", (f"{tries} to reach the person or who speaks for them, all in vain.",)
