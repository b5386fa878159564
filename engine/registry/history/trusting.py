"""What a file may not do to what is known: weaken what protects. That takes two people.

A file never makes a known national institution independent, never changes what a known party is
(unless into a body of its state) or whose state it speaks for, never ends that it is the state's,
that it gets patterns alone or that it is for exercises, and never takes back a refutation or a
declared conflict. The row's other news is taken. Two people may do all but the last of it
(`engine.registry.history.amending`).
"""

from dataclasses import replace

from rules.states import STATE_KINDS
from schemas.link import Link, LinkStatus
from schemas.party import Mark, Ownership, Party, PartyKind

PERSON = "person:"
"""How the ids of our own people begin."""
_PEOPLES = frozenset({LinkStatus.REFUTED, LinkStatus.DECLARED})


def trusted_party(new: Party, *, own: Party | None, known: Party | None) -> Party:
    """What is taken of `new`. `own`: what its source said before; `known`: as it counts now."""
    new = replace(new, other_states=())
    if known is None:
        return new
    taken = new
    if new.ganhri == "A" and known.ganhri != "A":
        taken = replace(taken, ganhri=known.ganhri if own is None else own.ganhri)
    if own is None:
        return taken  # beside another source it can only add
    if new.ganhri is None and own.ganhri != "A":
        taken = replace(taken, ganhri=own.ganhri)  # else another source's A would count again
    if own.independence_override:
        taken = replace(taken, independence_override=True)
    if own.ownership is Ownership.STATE_OWNED:
        taken = replace(taken, ownership=own.ownership)
    becomes_the_states = new.kind is PartyKind.STATE_BODY and own.kind not in STATE_KINDS
    if new.kind is not own.kind and not becomes_the_states:
        taken = replace(taken, kind=own.kind)
    if own.state and (own.kind in STATE_KINDS or own.ownership is Ownership.STATE_OWNED):
        taken = replace(taken, state=own.state)
    if Mark.PATTERN_ONLY in own.marks and Mark.PATTERN_ONLY not in new.marks:
        taken = replace(taken, marks=(*taken.marks, Mark.PATTERN_ONLY))
    if own.exercise:
        taken = replace(taken, exercise=True)
    return taken


def trusted_link(new: Link, known: Link | None) -> Link:
    """What is taken of `new`: two people's refutation stays, and so does a declared conflict."""
    if known is None or known.status not in _PEOPLES or new.status is known.status:
        return new
    return replace(
        new,
        status=known.status,
        verified_by=known.verified_by,
        verified_at=known.verified_at,
    )


def stood_for(new: Link, known: Link | None) -> Link:
    """The same link with the verification of one of our people, who stood for what it says.

    A source that only repeats its unverified claim takes nothing back.
    """
    if (
        known is None
        or new.status is not LinkStatus.UNVERIFIED
        or known.status is not LinkStatus.VERIFIED
        or not known.verified_by.startswith(PERSON)
        or _claim(new) != _claim(known)
    ):
        return new
    return replace(
        new,
        status=known.status,
        verified_by=known.verified_by,
        verified_at=known.verified_at,
    )


def _claim(link: Link) -> Link:
    """What somebody stands for: not the edition it was read in, nor who stood for it."""
    return replace(
        link,
        status=LinkStatus.UNVERIFIED,
        verified_by="",
        verified_at=None,
        as_of=None,
        evidence="",
        value=None,
        currency="",
    )
