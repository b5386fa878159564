"""Receipts of what one party was told: making one to hand out, and checking one that came back."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field
from sqlalchemy import Connection

from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.meaning import the_one_meant
from engine.admin.operation import Arguments, Asked
from engine.admin.reading import loaded
from engine.store import board, journal, proofs
from engine.store.told import ToldCase, told_cases
from engine.web.proof import (
    KINDS,
    Proof,
    as_document,
    first_difference,
    knowledge_binds,
    prove,
    read,
    was_sent,
)
from engine.web.proof_words import lines, verdict
from engine.web.told import told_parties
from schemas.facts import ToldBeforeExcluded
from schemas.facts.system import ProofMade

LONGEST = 1_000_000
"""Characters of a receipt that is checked."""


class Proving(Arguments):
    """Of which case, and for whom: a party's id, its name, or the reference of its messages."""

    case: str = Field(max_length=20)
    party: str = Field(min_length=1, max_length=500)


class Checking(Arguments):
    """A receipt as it was written."""

    receipt: str = Field(max_length=LONGEST)


async def make(house: House, asked: Asked, args: Proving) -> Mapping[str, Any]:
    """A receipt for one party; the journal says who made it."""
    services, now = house.services, house.services.clock.now()
    found = await loaded(house, args.case)
    case, ref = found.file.case.id, found.file.row.ref

    def gather(conn: Connection) -> tuple[Proof, bool]:
        head = proofs.head_of(conn, case)
        (told,) = told_cases(conn, (case,))
        party, name = _meant(conn, told, args.party, ref=ref)
        own = [each for each in told_parties(told) if each.party == party]
        if head is None or not was_sent(own):
            raise NotCarriedOutError(
                "refused",
                f"As far as anybody knows nothing has reached {name}: there is nothing to prove.",
                next_step=f"See how far each message got: tocsin case told {ref}",
            )
        fault = proofs.first_fault(conn, case, most=head.n)
        if fault is not None:
            raise NotCarriedOutError(
                "unsound",
                f"The journal of this case does not hold at {fault}: nobody can stand for it.",
                next_step="Look what happened: tocsin doctor",
            )
        made = prove(
            told,
            party=party,
            name=name,
            state=knowledge_binds(services.world.registry(), party),
            journal=proofs.facts_of(conn, case, kinds=KINDS, most=head.n),
            head=head,
            now=now,
        )
        answers = (given.fact for each in own for given in each.answers)
        return made, any(isinstance(fact, ToldBeforeExcluded) for fact in answers)

    proof, must_not_know = await services.reader.run(gather)
    document = as_document(proof)
    fact = ProofMade(
        case=case,
        party=proof.party,
        n=proof.head.n,
        hash=proof.head.hash,
        digest=document["digest"],
        by=asked.by,
    )
    await services.writer.run(lambda conn: journal.note(conn, fact, now))
    return {
        "receipt": document,
        "text": list(lines(proof, digest=document["digest"])),
        "must_not_know": must_not_know,
    }


async def check(house: House, asked: Asked, args: Checking) -> Mapping[str, Any]:
    """Whether the journal still says exactly what a receipt says."""
    try:
        proof, digest = read(args.receipt)
    except (ValueError, RecursionError):
        raise NotCarriedOutError(
            "usage",
            "This is no receipt as it is made here, or not the whole of it.",
            next_step="Give the file as it was written: tocsin case receipt --to FILE",
        ) from None

    def compare(conn: Connection) -> tuple[int | None, bool]:
        most = proof.head.n
        differs_at = first_difference(
            proof,
            standing=proofs.standing(conn, proof.stream, most=most),
            fault=proofs.first_fault(conn, proof.stream, most=most),
        )
        return differs_at, proofs.was_made(conn, digest)

    differs_at, made = await house.services.reader.run(compare)
    return {
        "holds": differs_at is None and made,
        "differs_at": differs_at,
        "said": verdict(differs_at=differs_at, made=made),
    }


def _meant(conn: Connection, told: ToldCase, words: str, *, ref: str) -> tuple[str, str]:
    """Id and name of the one party that is meant. Raises NotCarriedOutError."""
    parties = told_parties(told)
    names = board.party_names(conn, {each.party for each in parties})
    known = {each.party: names.get(each.party, each.party) for each in parties}
    party = the_one_meant(words, names=known, refs={each.ref: each.party for each in parties})
    if party is None:
        raise NotCarriedOutError(
            "refused",
            "Nobody of this id or name was told anything of this case.",
            next_step=f"See who was told: tocsin case told {ref}",
        )
    return party, known[party]
