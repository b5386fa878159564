"""What counts after one more word about a subject's consent: pure, for every door.

Tightening counts at once, by whatever door. Widening takes a person of ours, and for companies,
the public and the like a second one; until then the narrower counts and the wider is only asked
for. Absence, expiry and ambiguity mean no: what is older than the newest word, or was said at the
same instant, widens nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from engine.case.draft import Refusal
from rules import granting
from schemas.consent import Basis, Consent, ConsentDoor, Inability, Wider
from schemas.responses import RefusedBecause

AGREE_WITHIN = timedelta(days=7)
"""After this a second person asks the subject again instead of agreeing."""

State = Literal["granted", "narrowed", "revoked", "asked"]
"""What a record is for those who were told; *asked*: nothing changed yet, people have to agree."""


class Ruling(StrEnum):
    """What came of a word: shown to whoever gave it."""

    IN_FORCE = "in_force"
    """It counts now, as given."""
    NARROWED = "narrowed"
    """Only what this and the earlier record both allow counts now."""
    REVOKED = "revoked"
    """Nobody but duty is told any more."""
    WAITS = "waits"
    """It allows more than counts now; until enough people agree, nothing of that counts."""
    NOTHING_NEW = "nothing_new"
    """That is how it stands already."""
    OLDER = "older"
    """A newer word is recorded, or one of the same instant: this one widened nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The record that counts from now on, and what it changed."""

    consent: Consent
    state: State
    ruling: Ruling


def record(
    known: Consent | None, said: Consent, state: State, *, certain: bool = True
) -> Recorded | None:
    """Take in one word. None: it says nothing new.

    `certain`: whether its door knows when it was given; else its arrival stands for that.
    Raises Refusal where a person's word lacks what such a word needs.
    """
    if state == "revoked" or said.revoked:
        return _taken_back(known, said)
    if said.door.personal:
        return _from_person(known, said, narrow=state == "narrowed")
    return _from_publisher(known, said, narrow=state == "narrowed", certain=certain)


def agree(
    known: Consent | None, *, wider: str, by: str, door: ConsentDoor, id: str, now: datetime
) -> Recorded:
    """A person agrees to what was asked for. Raises Refusal."""
    asked = None if known is None else known.wider
    if known is None or asked is None or granting.digest(asked.scope) != wider:
        raise Refusal(RefusedBecause.NOT_PROPOSED, "It is not asked for any more; look again.")
    _complete(asked.scope.basis, asked.inability, asked.note)
    agreed = _one_more(asked, by, now)
    if len(agreed) < asked.needs:
        still = replace(asked, agreed=agreed)
        consent = replace(known, id=id, recorded_at=now, by=by, door=door, wider=still)
        return _recorded(known, consent, Ruling.WAITS)
    return _recorded(known, _widened(known, asked, agreed, by, door, id, now), Ruling.IN_FORCE)


def holders_word(
    known: Consent | None, *, pseudonym: str, holder: str, id: str, now: datetime
) -> Consent:
    """The word of whoever holds the consent: nothing any more."""
    scope = granting.counting(known)
    return Consent(
        id=id,
        pseudonym=pseudonym,
        audiences=(),
        mode=scope.mode,
        basis=scope.basis,
        given_at=now,
        recorded_at=now,
        revoked=True,
        holder=holder,
        by=holder,
        door=ConsentDoor.HOLDER,
    )


def _taken_back(known: Consent | None, said: Consent) -> Recorded | None:
    if known is None:
        consent = replace(said, revoked=True, wider=None)
        return Recorded(consent=consent, state="revoked", ruling=Ruling.REVOKED)
    if known.revoked and known.wider is None and said.given_at <= known.given_at:
        return None
    own = known.basis is Basis.PERSON and said.basis.proxy
    consent = replace(
        _noted(known, said),
        basis=known.basis if own else said.basis,
        revoked=True,
        wider=None,
    )
    return _recorded(known, consent, Ruling.REVOKED)


def _from_person(known: Consent | None, said: Consent, *, narrow: bool) -> Recorded:
    now = granting.counting(known)
    if narrow:
        if known is None:
            raise Refusal(RefusedBecause.INCOMPLETE, "Nothing is recorded that could be narrowed.")
        return _recorded(known, _narrowed(known, said), Ruling.NARROWED)
    _complete(said.basis, said.inability, said.note)
    if said.basis is Basis.COMMUNITY and said.community is None:
        raise Refusal(RefusedBecause.INCOMPLETE, "community: how many are needed, and who agreed.")
    needs = granting.people_needed(known, said.scope)
    if needs and known is not None and _stale(known, said):
        return _recorded(known, _narrowed(known, said), Ruling.OLDER)
    if needs > 1:
        return _by_two(known, said, needs)
    agreed = (said.by,) if needs else () if known is None else known.agreed_by
    consent = replace(_in_place(known, said), agreed_by=agreed)
    narrower = not granting.within(now, said.scope)
    return _recorded(known, consent, Ruling.NARROWED if narrower and not needs else Ruling.IN_FORCE)


def _by_two(known: Consent | None, said: Consent, needs: int) -> Recorded:
    """The first of two: nothing of it counts yet. The second says the same, and it does."""
    at = said.recorded_at or said.given_at
    asked = None if known is None else known.wider
    same = asked is not None and granting.digest(asked.scope) == granting.digest(said.scope)
    if known is not None and asked is not None and same and at - asked.asked_at <= AGREE_WITHIN:
        agreed = _one_more(asked, said.by, at)
        if len(agreed) >= asked.needs:
            return _recorded(
                known, replace(_in_place(known, said), agreed_by=agreed), Ruling.IN_FORCE
            )
        wider = replace(asked, agreed=agreed)
    else:
        wider = _asks(said, needs=needs, agreed=(said.by,), at=at)
    if known is None:
        consent = replace(said, audiences=(), wider=wider)
    else:
        consent = replace(_narrowed(known, said), given_at=known.given_at, wider=wider)
    return _recorded(known, consent, Ruling.WAITS)


def _from_publisher(
    known: Consent | None, said: Consent, *, narrow: bool, certain: bool
) -> Recorded | None:
    consent = said if known is None else _narrowed(known, said)
    needs = 0 if narrow else granting.people_needed(consent, said.scope)
    if known is None:
        return _first(consent, narrow=narrow, needs=needs)
    newer = said.given_at > known.given_at if certain else not known.revoked
    tighter = not granting.within(granting.counting(known), granting.counting(consent))
    wider = None if tighter or _contradicted(known.wider, said, certain=certain) else known.wider
    if needs and newer and (wider is None or not wider.agreed):
        at = said.recorded_at or said.given_at
        wider = _asks(said, needs=needs, agreed=(), at=at)
    own = consent.basis is Basis.PERSON and known.basis is not Basis.PERSON
    same = not own and _names(wider) == _names(known.wider)
    if not tighter and same and not (certain and newer):
        return None
    ruling = Ruling.NARROWED if tighter else Ruling.IN_FORCE
    if needs:
        ruling = Ruling.WAITS if newer else Ruling.OLDER
    return _recorded(known, replace(consent, wider=wider), ruling)


def _first(said: Consent, *, narrow: bool, needs: int) -> Recorded:
    """The first word about somebody counts as given; where it does not stand by itself, it opens
    protection at once, and the rest of it once people of ours have looked."""
    at = said.recorded_at or said.given_at
    wider = _asks(said, needs=needs, agreed=(), at=at) if needs else None
    return Recorded(
        consent=replace(said, wider=wider),
        state="narrowed" if narrow else "granted",
        ruling=Ruling.WAITS if needs else Ruling.IN_FORCE,
    )


def _contradicted(asked: Wider | None, said: Consent, *, certain: bool) -> bool:
    """Whether the subject is known to have said less since what people are asked to agree to."""
    if asked is None or not certain or said.given_at < asked.given_at:
        return False
    return not granting.within(asked.scope, said.scope)


def _narrowed(known: Consent, said: Consent) -> Consent:
    """What both allow, with the newer word's instant; whoever holds it goes on holding it.

    Where another's word counts from now on, it makes nothing firmer: what waited for a reason, or
    for people of ours to look, goes on waiting.
    """
    scope = granting.narrowest(known.scope, said.scope)
    firm = scope.audiences if scope.basis is known.basis else known.opens
    return replace(
        _noted(known, said),
        audiences=tuple(each for each in scope.audiences if each in firm),
        mode=scope.mode,
        basis=scope.basis,
        fields=scope.fields,
        until=scope.until,
        community=scope.community,
        wider=None,
    )


def _noted(known: Consent, said: Consent) -> Consent:
    """The record that counts, under the id of the word that was said."""
    return replace(
        known,
        id=said.id,
        given_at=max(known.given_at, said.given_at),
        recorded_at=said.recorded_at,
        holder=known.holder or said.holder,
        note=said.note or known.note,
        by=said.by,
        door=said.door,
    )


def _in_place(known: Consent | None, said: Consent) -> Consent:
    """A person's word in place of the one before; whoever holds it stays unless they say who."""
    return replace(
        said,
        given_at=said.given_at if known is None else max(said.given_at, known.given_at),
        holder=said.holder or ("" if known is None else known.holder),
        wider=None,
    )


def _asks(said: Consent, *, needs: int, agreed: tuple[str, ...], at: datetime) -> Wider:
    return Wider(
        scope=said.scope,
        given_at=said.given_at,
        asked_at=at,
        needs=needs,
        agreed=agreed,
        by=said.by,
        door=said.door,
        obtained=said.obtained,
        holder=said.holder,
        witness=said.witness,
        inability=said.inability,
        note=said.note,
    )


def _widened(
    known: Consent,
    asked: Wider,
    agreed: tuple[str, ...],
    by: str,
    door: ConsentDoor,
    id: str,
    now: datetime,
) -> Consent:
    scope = asked.scope
    return Consent(
        id=id,
        pseudonym=known.pseudonym,
        audiences=scope.audiences,
        mode=scope.mode,
        basis=scope.basis,
        fields=scope.fields,
        until=scope.until,
        community=scope.community,
        given_at=max(asked.given_at, known.given_at),
        recorded_at=now,
        obtained=asked.obtained,
        holder=known.holder or asked.holder,
        witness=asked.witness,
        inability=asked.inability,
        note=asked.note,
        by=by,
        door=door,
        agreed_by=agreed,
    )


def _one_more(asked: Wider, by: str, now: datetime) -> tuple[str, ...]:
    if now - asked.asked_at > AGREE_WITHIN:
        raise Refusal(RefusedBecause.EXPIRED, "It was asked for too long ago; ask the person anew.")
    if by in asked.agreed:
        raise Refusal(RefusedBecause.SAME_PERSON, "A second person has to agree to this.")
    return (*asked.agreed, by)


def _complete(basis: Basis, inability: Inability | None, note: str) -> None:
    """Whoever speaks for the person says why they cannot, in a code and in words (row P14)."""
    if basis is Basis.NECESSITY:
        raise Refusal(RefusedBecause.INCOMPLETE, "basis: necessity is no consent; it has a record.")
    if basis.proxy and (inability is None or not note):
        raise Refusal(
            RefusedBecause.INCOMPLETE,
            "inability: say by a code why the person could not be asked, and justify it in words.",
        )


def _recorded(known: Consent | None, consent: Consent, ruling: Ruling) -> Recorded:
    return Recorded(consent=consent, state=_state(known, consent), ruling=ruling)


def _state(known: Consent | None, consent: Consent) -> State:
    """What it is for those who were told: anything that shuts somebody out is a narrowing."""
    if consent.revoked:
        return "revoked"
    if not granting.within(granting.counting(known), granting.counting(consent)):
        return "narrowed"
    return "granted" if consent.wider is None else "asked"


def _stale(known: Consent, said: Consent) -> bool:
    """Whether a newer word is recorded. What waits for a second person is none for its repetition:
    anything newer that contradicts it has ended it."""
    asked = known.wider
    if asked is None or not asked.agreed:
        return said.given_at <= known.given_at
    if _names(asked) == granting.digest(said.scope):
        return False
    return said.given_at <= max(known.given_at, asked.given_at)


def _names(wider: Wider | None) -> str:
    return "" if wider is None else granting.digest(wider.scope)
