"""What facts about lasting, linking and looking back make of a case."""

from collections.abc import Callable
from typing import Any

from engine.case.life import Attempt, Linked, Standing, StandingProposal
from engine.case.replacing import replace
from engine.case.state import Case, CaseStatus
from schemas import facts as f

ATTEMPTS_KEPT = 6
"""The newest: what came before them is in the journal."""


def _proposed(case: Case, fact: f.StandingProposed) -> Case:
    proposal = StandingProposal(by=fact.by, at=fact.at, why=fact.why, review_at=fact.review_at)
    return replace(case, standing_proposal=proposal)


def _set(case: Case, fact: f.StandingSet) -> Case:
    standing = Standing(by=fact.by, at=fact.at, why=fact.why, review_at=fact.review_at)
    return replace(case, status=CaseStatus.STANDING, standing=standing, standing_proposal=None)


def _dropped(case: Case, fact: f.StandingDropped) -> Case:
    return replace(case, standing_proposal=None)


def _ended(case: Case, fact: f.StandingEnded) -> Case:
    return replace(case, status=CaseStatus.OPEN, standing=None, standing_proposal=None)


def _linked(case: Case, fact: f.CasesLinked) -> Case:
    linked = Linked(case=fact.case, ref=fact.ref, at=fact.at, strictures=fact.strictures)
    others = tuple(each for each in case.links if each.case != fact.case)
    # Two people released these headquarters for one case; what excludes them now may be more.
    return replace(case, links=(*others, linked), unlinking=(), released_controllers=())


def _linked_changed(case: Case, fact: f.LinkedChanged) -> Case:
    return replace(
        case,
        links=tuple(
            replace(each, strictures=fact.strictures) if each.case == fact.case else each
            for each in case.links
        ),
    )


def _unlink_given(case: Case, fact: f.UnlinkGiven) -> Case:
    return replace(case, unlinking=(*case.unlinking, fact.by))


def _unlinked(case: Case, fact: f.CasesUnlinked) -> Case:
    rest = tuple(each for each in case.links if each.case != fact.case)
    return replace(case, links=rest, unlinking=())


def _attempt(case: Case, fact: f.AttemptDocumented) -> Case:
    made = (*case.attempts, Attempt(at=fact.tried_at, way=fact.way))
    return replace(case, attempts=tuple(sorted(made, key=lambda a: a.at)[-ATTEMPTS_KEPT:]))


def _unchanged(case: Case, fact: f.Reviewed) -> Case:
    return case


STEPS: dict[type[Any], Callable[[Case, Any], Case]] = {
    f.StandingProposed: _proposed,
    f.StandingSet: _set,
    f.StandingDropped: _dropped,
    f.StandingEnded: _ended,
    f.CasesLinked: _linked,
    f.LinkedChanged: _linked_changed,
    f.UnlinkGiven: _unlink_given,
    f.CasesUnlinked: _unlinked,
    f.AttemptDocumented: _attempt,
    f.Reviewed: _unchanged,
}
