"""A receipt of what was told, without a desk: what counts as an answer, and what differs where."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.case.state import Alert, Case
from engine.store.proofs import Head, Leaf
from engine.store.told import Message, ToldCase
from engine.web.proof import Proof, as_document, first_difference, prove, read
from engine.web.proof_words import binds, lines, verdict
from schemas import facts as f
from schemas.codes import TrackName
from schemas.facts import Fact
from schemas.plan import Reason
from schemas.responses import DeclineReason, WithdrawnBecause

T0 = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)
OWN, OTHER = "alert-1", "alert-2"


def _leaf(n: int, kind: str = "told") -> Leaf:
    return Leaf(n=n, at=T0 + timedelta(minutes=n), kind=kind, hash=f"{n:064x}")


def _message(alert: str, key: str) -> Message:
    return Message(
        key=key, alert=alert, tell_no=1, purpose="tell", contact="lea", channel="email",
        state="handed_off", reason="", decided_at=T0, settled_at=T0,
    )  # fmt: skip


def _alert(id: str, party: str) -> Alert:
    return Alert(id=id, ref="7K3Q-92", track=TrackName.COMPANIES, party=party, contacts=())


def _handed(alert: str, key: str) -> Fact:
    return f.HandedOff(key=key, alert=alert, at=T0, contact="lea")


def _proof(*facts: Fact) -> Proof:
    """Of a case in which its company and another party were told, and these facts followed."""
    told = ToldCase(
        case=Case(
            id="case-1", ref="TC-4F2M9", alerts=(_alert(OWN, "haldane"), _alert(OTHER, "fjord"))
        ),
        plans=(),
        messages=(_message(OWN, "k1"), _message(OTHER, "k2")),
        shown=(),
        answers=(),
    )
    journal = [
        (_leaf(n, fact.kind), fact) for n, fact in enumerate((_handed(OWN, "k1"), *facts), 3)
    ]
    return prove(
        told,
        party="haldane",
        name="Haldane",
        state=("", False),
        journal=journal,
        head=Head(n=9, at=T0, hash="f" * 64),
        now=T0,
    )


def _standing(proof: Proof) -> dict[int, Leaf]:
    """The journal as the receipt has it."""
    known = {leaf.n: leaf for leaf in proof.leaves}
    known[proof.head.n] = Leaf(n=9, at=proof.head.at, kind="told", hash=proof.head.hash)
    return {n: known.get(n, _leaf(n)) for n in range(1, 10)}


def test_what_another_party_was_told_or_answered_is_not_in_it() -> None:
    answer = f.Declined(
        alert=OTHER, party="fjord", by="lea", way="page", at=T0, reason=DeclineReason.OTHER
    )

    proof = _proof(_handed(OTHER, "k2"), answer)

    assert [leaf.n for leaf in proof.leaves] == [3]
    assert len(proof.notices) == 1
    assert proof.answers == ()


def test_that_it_must_not_know_or_missed_a_promise_is_our_word_and_not_in_it() -> None:
    found_out = f.ToldBeforeExcluded(alert=OWN, party="haldane", reason=Reason.OFFICER_OF, tells=1)
    missed = f.PromiseMissed(alert=OWN, action="p1")

    proof = _proof(found_out, missed)

    assert [leaf.n for leaf in proof.leaves] == [3]
    assert proof.answers == ()


@pytest.mark.parametrize("reason", WithdrawnBecause)
def test_a_promise_taken_back_is_an_answer_only_where_its_giver_took_it_back(
    reason: WithdrawnBecause,
) -> None:
    back = f.PromiseWithdrawn(alert=OWN, action="p1", by="lea", way="page", at=T0, reason=reason)

    kinds = [answer.kind.value for answer in _proof(back).answers]

    assert kinds == (["withdraws"] if reason is WithdrawnBecause.BY_GIVER else [])


@pytest.mark.parametrize("said", ["acknowledged", "asks", "warns", "already_acting"])
def test_an_answer_is_its_kind_and_its_time_and_not_who_gave_it(said: str) -> None:
    fact = f.Answered(
        alert=OWN,
        answer=said,
        by="lea",
        way="page",
        at=T0,
        hold_until=T0,
        note="v-1",  # type: ignore[arg-type]
    )

    (answer,) = _proof(fact).answers

    assert (answer.kind.value, answer.at, answer.leaf) == (said, _leaf(4).at, 4)


def test_a_journal_that_says_the_same_differs_nowhere() -> None:
    proof = _proof()

    assert first_difference(proof, standing=_standing(proof), fault=None) is None


@pytest.mark.parametrize(
    ("gone", "changed", "fault", "first"),
    [
        ((), 3, None, 3),
        ((), 9, None, 9),
        ((5,), None, None, 5),
        ((5, 6, 7, 8, 9), None, None, 5),
        (tuple(range(1, 10)), None, None, 1),
        ((), None, 2, 2),
        ((), 3, 2, 2),
        ((8,), 3, 7, 3),
    ],
)
def test_the_first_place_that_differs_is_named_whatever_else_does(
    gone: tuple[int, ...], changed: int | None, fault: int | None, first: int
) -> None:
    proof = _proof()
    standing = {n: leaf for n, leaf in _standing(proof).items() if n not in gone}
    if changed is not None:
        standing[changed] = replace(standing[changed], hash="0" * 64)

    assert first_difference(proof, standing=standing, fault=fault) == first


@pytest.mark.parametrize("part", ["at", "kind"])
def test_another_time_or_kind_at_the_same_place_differs(part: str) -> None:
    proof = _proof()
    other = {"at": T0 - timedelta(days=1), "kind": "acted"}[part]
    standing = _standing(proof)
    standing[3] = replace(standing[3], **{part: other})  # type: ignore[arg-type]

    assert first_difference(proof, standing=standing, fault=None) == 3


def test_a_receipt_that_was_written_is_read_as_it_was() -> None:
    proof = _proof()
    document = as_document(proof)

    assert read(json.dumps(document, indent=3)) == (proof, document["digest"])


def test_anybody_can_make_its_digest_again_with_any_tool() -> None:
    document = as_document(_proof())
    given = document.pop("digest")
    plain = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert hashlib.sha256(plain.encode()).hexdigest() == given


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Another"},
        {"also": "a line of somebody's own"},
        {"digest": "0" * 64},
        {"head": {"n": 2**40, "at": "2027-03-01T22:00:00Z", "hash": "f" * 64}},
        {"v": 2},
        {"leaves": [{"n": "3", "at": "2027-03-01T22:03:00Z", "kind": "told", "hash": "a"}]},
    ],
)
def test_a_receipt_that_was_written_over_is_not_read(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        read(json.dumps({**as_document(_proof()), **change}))


@pytest.mark.parametrize("text", ["", "null", "[]", "3", '"receipt"', "{"])
def test_what_is_no_receipt_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):
        read(text)


def test_an_exercise_says_that_it_was_one() -> None:
    proof = replace(_proof(), exercise=True)

    assert "This was an exercise: nothing of it happened." in list(lines(proof, digest="d"))


def test_no_words_say_that_being_told_binds_nobody() -> None:
    known = replace(_proof(), state="DE")

    for proof in (_proof(), known):
        assert "not" in binds(proof)
        assert "does not bind" not in binds(proof)
    assert "can bind it in law" in binds(replace(known, knowledge_binds=True))


def test_the_verdict_names_a_place_before_it_doubts_the_paper() -> None:
    assert verdict(differs_at=None, made=True) == "The journal still says exactly this."
    assert "first place that differs is 4" in verdict(differs_at=4, made=False)
    assert "never made here" in verdict(differs_at=None, made=False)
