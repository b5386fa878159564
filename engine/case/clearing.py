"""Two people let somebody be asked, in one case, whom its closure leaves out (design 6.1).

What may be cleared is the set left out because nobody knows the perpetrator, and what rests on an
ended or unverified link that is no control. Cleared are the grounds that both people saw and no
others: whatever comes up later, a link of control above all, leaves the party out again. Clearing
tells nobody; a person may then release.
"""

from collections.abc import Sequence

from engine.case import commands as c
from engine.case.arrival import ask_for_releases
from engine.case.draft import Draft, Refusal, id_only
from engine.case.freezing import must_be_open
from engine.case.protect import clearable, grounds_of
from engine.case.state import Case
from schemas import facts as f
from schemas.plan import Excluded, Reason
from schemas.responses import RefusedBecause


def clear(draft: Draft, command: c.ClearExclusion) -> None:
    """Agree to clear these parties. Raises Refusal for all of them if one of them cannot be."""
    must_be_open(draft.case)
    parties = tuple(dict.fromkeys(command.parties))
    if not parties:
        raise Refusal(RefusedBecause.INCOMPLETE, "parties: name whom to clear.")
    for party in parties:
        _must_be_clearable(draft.case, party)
    for party in parties:
        _agree(draft, command, party)
    ask_for_releases(draft)


def _agree(draft: Draft, command: c.ClearExclusion, party: str) -> None:
    grounds = grounds_of(draft.case, party)
    known = next((each for each in draft.case.clearings if each.party == party), None)
    same = known is not None and set(known.grounds) == set(grounds)
    if known is not None and same and command.by in known.by:
        raise Refusal(RefusedBecause.SAME_PERSON, f"{party}: a second person has to clear it.")
    draft.add(
        f.ClearanceGiven(
            party=party,
            by=command.by,
            at=draft.now,
            why=command.why,
            grounds=grounds,
            note=command.note,
        )
    )
    if known is not None and same:
        by = (*known.by, command.by)
        draft.add(f.ExclusionCleared(party=party, at=draft.now, by=by, grounds=grounds))


def _must_be_clearable(case: Case, party: str) -> None:
    """Raises Refusal that names the link in the way, or who could turn it instead."""
    found = case.around.excluded.grounds(party)
    if not found:
        id_only(party, of="party")
        raise Refusal(RefusedBecause.INCOMPLETE, f"{party}: nothing leaves it out of this case.")
    in_the_way = next((entry for entry in found if not clearable(entry)), None)
    if in_the_way is not None:
        raise Refusal(RefusedBecause.GUARD, f"{party}: {stands_in_the_way(in_the_way)}")
    if not set(grounds_of(case, party)) - _cleared(case, party):
        raise Refusal(RefusedBecause.INCOMPLETE, f"{party}: two people cleared it already.")


def _cleared(case: Case, party: str) -> set[str]:
    return {
        ground
        for each in case.clearings
        if each.party == party and each.agreed
        for ground in each.grounds
    }


def stands_in_the_way(entry: Excluded) -> str:
    """What keeps an exclusion from being cleared, in ids and codes."""
    if entry.reason is Reason.CONTROLLER_NEEDS_TWO:
        return (
            f"it controls somebody excluded ({_hops(entry)}). Its headquarters are named by two "
            "people who release its track."
        )
    if len(entry.path) <= 1:
        return "the event itself names it. No two people may clear that."
    return f"it is tied by {_hops(entry)}, a link that holds or controls. It is never cleared."


def _hops(entry: Excluded) -> str:
    return _named([hop.link or f"{hop.kind} {hop.a} {hop.b}" for hop in entry.path[1:]])


def _named(links: Sequence[str]) -> str:
    return ", then ".join(links) if links else "the event itself"
