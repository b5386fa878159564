"""Linking cases at the desk: several cases decided in one unit, each knowing what the others ask.

Whoever joins one of a group joins all of it. Where something that counts in the others changes in
one case, they hear of it in the same transaction.
"""

from collections.abc import Sequence

from engine.case import commands as c
from engine.case import linking
from engine.case.beside import strictures_of
from engine.case.decide import Refusal, run
from engine.case.state import Case
from engine.desk.setting import Setting
from engine.desk.sheet import Sheet
from schemas import facts as f
from schemas.responses import Done, RefusedBecause, Result


def link(command: c.LinkCases, fork: Sheet, setting: Setting) -> Result:
    """A person links two cases. Raises Refusal, and Unread when one of a group was not read."""
    case, other = _known(command.case, fork), _known(command.other, fork)
    linking.may_be_linked(case, other)
    ours, theirs = linking.group_of(case), linking.group_of(other)
    linking.must_fit(ours, theirs)
    act, after = _reprisal(ours, theirs, fork)
    asks = {id: (fork.case(id).ref, strictures_of(fork.case(id))) for id in (*ours, *theirs)}
    for mine, yours in ((ours, theirs), (theirs, ours)):
        for id in mine:
            for number, linked in enumerate(yours):
                ref, strictures = asks[linked]
                once = number == 0  # one freeze and one page for each case, however many join
                _run(
                    id,
                    c.BeLinked(
                        case=id,
                        other=linked,
                        ref=ref,
                        by=command.by,
                        strictures=strictures,
                        act=act if once else "",
                        after=after if once else "",
                    ),
                    fork,
                    setting,
                    beside=yours,
                )
    return Done(case=case.id, reference=fork.case(case.id).ref)


def unlink(command: c.UnlinkCase, fork: Sheet, setting: Setting) -> Result:
    """A person wants a case to stand alone; with the second one, the others let it go too."""
    before = _known(command.case, fork)
    decided = _run(command.case, command, fork, setting)
    for fact in decided:
        if isinstance(fact, f.CasesUnlinked):
            parted = c.BeUnlinked(case=fact.case, other=before.id, by=fact.by, why=fact.why)
            _run(fact.case, parted, fork, setting)
    return Done(case=before.id, reference=before.ref)


def spread(before: Case, after: Case, fork: Sheet, setting: Setting) -> None:
    """Let those linked with this case know what it asks for now, if that is not what it asked."""
    if after.links and strictures_of(before) != strictures_of(after):
        tell(after, fork, setting)


def tell(case: Case, fork: Sheet, setting: Setting) -> None:
    """Let those linked with this case look again at what its people allow and ask for."""
    asks = strictures_of(case)
    for each in case.links:
        other = fork.case(each.case)
        if other.status.alive:
            grown = c.LinkedGrew(case=each.case, other=case.id, strictures=asks)
            _run(each.case, grown, fork, setting)


def _reprisal(ours: Sequence[str], theirs: Sequence[str], fork: Sheet) -> tuple[str, str]:
    """An act in one group that followed a notice of the other too soon, and whose notice it was."""
    for acting, telling in ((ours, theirs), (theirs, ours)):
        for one in acting:
            for two in telling:
                newest = fork.case(two).last_outward_at
                told = (*fork.told_at.get(two, ()), *((newest,) if newest else ()))
                act = linking.followed(fork.acts.get(one, ()), told)
                if act:
                    return act, two
    return "", ""


def _known(id: str, fork: Sheet) -> Case:
    if id not in fork.cases:
        raise Refusal(RefusedBecause.UNKNOWN_CASE)
    return fork.case(id)


def _run(
    id: str, command: c.CaseCommand, fork: Sheet, setting: Setting, *, beside: Sequence[str] = ()
) -> tuple[f.Fact, ...]:
    case = setting.informed(fork, fork.case(id), beside=beside)
    after, decided = run(case, command, setting.now)
    fork.decide(case, after, decided)
    return decided
