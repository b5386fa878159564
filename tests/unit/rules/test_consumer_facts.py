"""What a stream consumer learns of a case: what lies between the desk and itself, nothing else."""

import dataclasses
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.consumer_facts import KINDS, about, projected
from schemas import facts as f
from schemas.codes import ActionKind, Effect, TrackName
from schemas.consumer_fact import ConsumerFact, dump_consumer_fact, load_consumer_fact
from schemas.plan import Reason
from schemas.projection import Purpose
from schemas.responses import WithdrawnBecause

pytestmark = pytest.mark.guard

AT = datetime(2027, 3, 1, 22, tzinfo=UTC)
LATER = datetime(2027, 3, 3, 22, tzinfo=UTC)
ALL: tuple[Any, ...] = get_args(get_args(f.Fact)[0])
OURS = [kind for kind in ALL if kind.__dataclass_fields__["kind"].default in KINDS]
CODES = {
    "answer": st.sampled_from(["acknowledged", "asks", "warns", "already_acting"]),
    "action_kind": st.sampled_from(ActionKind),
    "effect": st.sampled_from(Effect),
    "reason": st.sampled_from(WithdrawnBecause),
    "condition": st.none(),
}
NAMES = st.text("abcdefghijklmnop-", min_size=9, max_size=30)


def _message(**changes: Any) -> f.HandedOff:
    return f.HandedOff(key="k1", alert="a1", at=AT, contact="lea", **changes)


def _read(fact: f.Fact, **of: Any) -> ConsumerFact | None:
    return projected(fact, ref="7K3Q-92", exercise=False, **of)


def _any(kind: Any) -> st.SearchStrategy[Any]:
    """Such a fact, with a name of its own for every id that it carries."""
    made: dict[str, Any] = {}
    for each in dataclasses.fields(kind):
        if each.name in ("kind", "v"):
            continue
        times = each.name.endswith("_at") or each.name in ("at", "hold_until")
        made[each.name] = CODES.get(each.name, st.just(AT) if times else NAMES)
    return st.builds(kind, **made)


def test_a_message_that_left_says_when_what_it_is_for_and_by_when_to_answer() -> None:
    read = _read(_message(), purpose=Purpose.TELL, answer_by=LATER)
    assert read == ConsumerFact(
        kind="message_left", ref="7K3Q-92", at=AT, purpose=Purpose.TELL, answer_by=LATER
    )


def test_a_drill_is_called_a_drill() -> None:
    read = projected(_message(), ref="7K3Q-92", exercise=True, purpose=Purpose.TELL)
    assert read is not None
    assert b'"exercise":true' in dump_consumer_fact(read)


def test_an_answer_of_its_own_people_says_what_they_answered() -> None:
    said = f.Answered(
        alert="a1",
        answer="warns",
        by="lea",
        way="page",
        at=AT,
        hold_until=LATER,
        action_kind=ActionKind.JOINT_STATEMENT,
    )
    assert _read(said) == ConsumerFact(
        kind="answered",
        ref="7K3Q-92",
        at=AT,
        answer="warns",
        action_kind=ActionKind.JOINT_STATEMENT,
    )


def test_a_promise_of_its_own_people_says_what_and_by_when() -> None:
    said = f.Promised(
        alert="a1",
        action="p1",
        action_kind=ActionKind.DEMARCHE,
        by="lea",
        way="page",
        at=AT,
        due_at=LATER,
        ask_at=LATER,
    )
    assert _read(said) == ConsumerFact(
        kind="promised", ref="7K3Q-92", at=AT, action_kind=ActionKind.DEMARCHE, due_at=LATER
    )


def test_a_promise_taken_back_and_a_deed_say_so() -> None:
    back = f.PromiseWithdrawn(
        alert="a1", action="p1", by="lea", way="page", at=AT, reason=WithdrawnBecause.BY_GIVER
    )
    did = f.Acted(
        alert="a1",
        action="p1",
        action_kind=ActionKind.DEMARCHE,
        effect=Effect.POSITIVE,
        by="lea",
        way="page",
        at=AT,
    )
    assert _read(back) == ConsumerFact(kind="promise_withdrawn", ref="7K3Q-92", at=AT)
    assert _read(did) == ConsumerFact(
        kind="acted",
        ref="7K3Q-92",
        at=AT,
        action_kind=ActionKind.DEMARCHE,
        effect=Effect.POSITIVE,
    )


def test_who_else_was_told_held_back_or_left_out_is_nobodys_to_read() -> None:
    told = f.Told(
        alert="a1",
        ref="7K3Q-92",
        track=TrackName.MISSIONS,
        party="embassy",
        tell_no=1,
        purpose=Purpose.TELL,
        at=AT,
        notices=(),
    )
    out = f.AlertWithheld(alert="a1", reason=Reason.PERPETRATOR_CLOSURE)
    for fact in (told, out):
        assert about(fact) == ""
        assert _read(fact) is None


def test_only_what_lies_between_the_desk_and_its_reader_is_ever_read() -> None:
    assert {kind.__name__ for kind in OURS} == {
        "HandedOff", "Answered", "Promised", "PromiseWithdrawn", "Acted",
    }  # fmt: skip
    for kind in set(ALL) - set(OURS):
        blank = object.__new__(kind)
        object.__setattr__(blank, "kind", kind.__dataclass_fields__["kind"].default)
        assert about(blank) == ""
        assert _read(blank) is None


@given(fact=st.one_of([_any(kind) for kind in OURS]))
def test_no_id_of_a_case_a_party_or_a_person_is_in_what_is_read(fact: Any) -> None:
    """Neither of somebody else nor of its own people: only the reference of its own messages."""
    read = _read(fact, purpose=Purpose.TELL)
    assert read is not None
    assert about(fact) == fact.alert
    body = dump_consumer_fact(read).decode()
    known = {getattr(fact, each.name) for each in dataclasses.fields(fact)}
    ids = {said for said in known if type(said) is str} - {fact.kind, getattr(fact, "answer", "")}
    assert not [said for said in ids if said in body]
    assert load_consumer_fact(dump_consumer_fact(read)) == read
