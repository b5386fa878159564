"""Lives of a whole engine in which nobody is told who must not know; and the judge can say no."""

from collections.abc import Callable
from typing import Any

import pytest
import structlog

from engine import sender
from engine.intake.door import Door
from notifiers.message import Message
from rules import exclusion, guard
from rules.graph import Registry
from schemas.plan import Reason, Verdict
from tests.harness.people import contact
from tests.replay_harm.harm import AFTER_REVOCATION, TOLD_EXCLUDED, TOLD_WITHOUT_CONSENT, Send
from tests.replay_harm.ledger import Edition, Ledger
from tests.replay_harm.life import live
from tests.replay_harm.machine import START
from tests.replay_harm.marks import KNOWN
from tests.replay_harm.oracle import Oracle
from tests.replay_harm.total import Total

SEED = 12
UNCONSENTED = frozenset({Reason.CONSENT_NONE, Reason.CONSENT_AUDIENCE, Reason.CONSENT_MODE})


def test_nobody_is_told_who_must_not_know() -> None:
    total = Total()
    result = live(SEED, events=30)
    total.add(result)

    assert not result.said, "\n".join(result.said)
    assert not total.harmed, total.line()
    assert not [name for name in total.missing(asked=False) if name], total.sometimes()
    assert result.counts["withheld"] > result.counts["sent"] > 0
    assert result.counts["kafka_records"] > 0


def test_the_same_seed_comes_to_the_same_twice() -> None:
    one, other = live(5, events=5), live(5, events=5)

    assert one.trace == other.trace
    counted = [name for name in one.counts if not name.startswith("bytes")]  # metrics tell the time
    assert [one.counts[name] for name in counted] == [other.counts[name] for name in counted]


def _allowing(monkeypatch: pytest.MonkeyPatch, forgiven: frozenset[Reason]) -> None:
    """A guard that overlooks these."""
    judge: Callable[..., Verdict] = guard.judge

    def careless(**given: Any) -> Verdict:
        verdict = judge(**given)
        if verdict.reason in forgiven:
            return Verdict(allowed=True, reason=Reason.ALLOWED)
        return verdict

    monkeypatch.setattr(guard, "judge", careless)


def _caught(name: str, *, events: int = 6) -> bool:
    """Whether some life with this fault planted is judged to have done this harm."""
    return any(live(seed, events=events).counts[name] > 0 for seed in range(SEED + 1, SEED + 12))


def test_a_guard_that_skips_consent_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    _allowing(monkeypatch, UNCONSENTED)

    assert _caught(TOLD_WITHOUT_CONSENT)


def test_a_guard_that_overlooks_a_revocation_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    _allowing(monkeypatch, frozenset({Reason.CONSENT_REVOKED}))

    assert _caught(AFTER_REVOCATION, events=20)


def test_an_exclusion_without_old_links_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only links that hold today keep anybody out."""
    closure, closure_on = exclusion.closure, exclusion.closure_on

    def today(registry: Registry) -> Registry:
        links = [link for link in registry.links() if link.status.value == "verified"]
        return Registry(registry.parties(), links=links)

    monkeypatch.setattr(exclusion, "closure", lambda r, event: closure(today(r), event))
    monkeypatch.setattr(exclusion, "closure_on", lambda r, grounds: closure_on(today(r), grounds))

    assert _caught(TOLD_EXCLUDED, events=20)


def _stood_down(*, maybe_told: bool) -> tuple[str, ...]:
    office = contact("office", "protection-1")
    nothing = Edition(n=0, parties={}, once=(), links=(), current=frozenset())
    ledger = Ledger(contacts={each.id: office for each in office.endpoints}, editions=[nothing])
    return Oracle(ledger=ledger).judge(
        Send(
            at=START,
            n=1,
            case="case",
            track="protection",
            mode="quiet",
            endpoint=office.endpoints[0].id,
            purpose="stand_down",
            maybe_told=maybe_told,
        )
    )


def test_whoever_may_have_been_told_as_the_process_died_is_stood_down_without_blame() -> None:
    assert _stood_down(maybe_told=True) == ()


def test_whoever_was_never_told_is_not_stood_down() -> None:
    assert _stood_down(maybe_told=False) == (TOLD_WITHOUT_CONSENT,)


def test_a_message_with_a_name_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    render = vars(sender)["render"]

    def talkative(*given: Any, **more: Any) -> Message:
        message: Message = render(*given, **more)
        object.__setattr__(message, "body", f"{message.body}\nIt is about {KNOWN} 7.")
        return message

    monkeypatch.setattr(sender, "render", talkative)

    assert _caught("marks")


def test_a_log_line_with_a_report_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    take = Door.take

    async def chatty(self: Door, raw: bytes, **more: Any) -> Any:
        structlog.get_logger().info("taking", raw=raw.decode())
        return await take(self, raw, **more)

    monkeypatch.setattr(Door, "take", chatty)

    assert _caught("marks")
