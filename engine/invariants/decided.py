"""Messages against the journal: whatever was decided is owed, and nothing else is (I6, I9, I11)."""

from collections.abc import Iterator

from engine.invariants.delivering import TRIES_AT_MOST
from engine.invariants.history import History, Leaf
from engine.invariants.messages import CLOCKS_DIFFER, Messages
from engine.invariants.violation import Violation
from schemas import facts as f
from schemas.codes import TrackName

_CALLED_OFF = ("cancelled", "superseded")
_LOOK = "Look at this message on its case's page, and phone the recipient if it is grave."


def check(history: History, messages: Messages) -> Iterator[Violation]:
    """Compare what the journal decided with the messages of the case."""
    decided: dict[str, int] = {}
    called_off: set[str] = set()
    handed: dict[str, int] = {}
    arrived: set[str] = set()
    lost: set[str] = set()
    """Handed on, and then reported as not delivered."""
    failed: list[tuple[int, int, f.DeliveryFailed]] = []
    """Since when an answer or a task excuses it, since when something else must have been tried,
    and what failed."""
    by_alert: dict[str, list[str]] = {}
    for at, leaf in enumerate(history.leaves):
        match leaf.fact:
            case f.Told(notices=notices, alert=alert) | f.Rerouted(notices=notices, alert=alert):
                keys = [notice.key for notice in notices]
                for key in keys:
                    if key in decided:
                        yield _of("I6", key, "It was decided twice.")
                decided.update(dict.fromkeys(keys, at))
                by_alert.setdefault(alert, []).extend(keys)
            case f.NoticesCancelled() as fact:
                meant = {k for alert in fact.alerts for k in by_alert.get(alert, ())}
                called_off |= meant
                yield from _tried_since(
                    fact, leaf, {k: messages[k] for k in meant & messages.keys()}
                )
            case f.TellRefused(keys=keys):
                called_off.update(keys)
            case f.HandedOff(key=key):
                handed.setdefault(key, at)
            case f.Delivered(key=key):
                arrived.add(key)
            case f.DeliveryFailed() as fact:
                yield from _given_up(fact, messages, called_off=fact.key in called_off)
                late = fact.reason == "not_delivered"
                lost |= {fact.key} if late else set()
                # Since it was handed on, the ladder may have gone on by itself.
                since = handed.get(fact.key, at) if late else at
                failed.append((decided.get(fact.key, at) if late else at, since, fact))
            case _:
                pass
    for key in sorted(decided.keys() - messages.keys()):
        yield _of("I11", key, "It was decided and is owed by nobody.")
    for key in sorted(messages.keys() - decided.keys()):
        yield _of("I6", key, "It is owed and nobody decided it.")
    for key, stored in sorted(messages.items()):
        state = stored.state
        if state in _CALLED_OFF and key not in called_off:
            yield _of("I9", key, "It was called off and no fact says by whom.")
        if key in arrived and state != "delivered":
            yield _of("I13", key, f"It was delivered and counts as {state}.")
        elif key in handed and key not in lost and state not in ("handed_off", "delivered"):
            yield _of("I13", key, f"It was handed on and counts as {state}.")
    yield from _gone_on(history, failed)


def _tried_since(fact: f.NoticesCancelled, leaf: Leaf, meant: Messages) -> Iterator[Violation]:
    """What was called off is never tried again, whatever became of the try under way (I8)."""
    for key, stored in sorted(meant.items()):
        if (
            stored.purpose in fact.purposes
            and fact.contact in ("", stored.contact)
            and stored.tried_at is not None
            and stored.tried_at > leaf.at + CLOCKS_DIFFER
        ):
            yield _of("I8", key, "It was tried after it had been called off.")


def _given_up(
    fact: f.DeliveryFailed, messages: Messages, *, called_off: bool
) -> Iterator[Violation]:
    """Only a refusal for good, or as many unclear tries as there may be, ends a message (I11)."""
    tries = [each.state for each in messages[fact.key].tries] if fact.key in messages else []
    if not tries:
        return
    if fact.reason == "refused_permanent" and "failed_permanent" not in tries:
        yield _of("I11", fact.key, "It counts as refused, and no try of it was.")
    unclear = tries.count("unknown")
    if fact.reason == "unknown_exhausted" and unclear < TRIES_AT_MOST and not called_off:
        yield _of("I11", fact.key, f"It was given up after {unclear} tries of unknown outcome.")


def _gone_on(
    history: History, failed: list[tuple[int, int, f.DeliveryFailed]]
) -> Iterator[Violation]:
    """After a message failed for good, the next way is tried or a person is asked (I11).

    Whoever answered it had it, whatever its provider says afterwards; and where a person was asked
    together with it, they need not be asked twice. Of duty the ladder itself goes on; that it does
    is looked at in the replay, and I23 by its end.
    """
    for told, at, fact in failed:
        alert = history.state.alert(fact.alert)
        if alert is None or not alert.live or history.status != "open":
            continue
        if alert.track is TrackName.DUTY:
            continue
        if any(
            isinstance(leaf.fact, f.Answered | f.Promised | f.TaskRaised)
            and leaf.fact.alert == fact.alert
            for leaf in history.leaves[told + 1 :]
        ):
            continue
        later = (leaf.fact for leaf in history.leaves[at + 1 :])
        if not any(
            isinstance(x, f.Rerouted | f.Told | f.TaskRaised | f.StepFired | f.TrackWoken | f.Owned)
            or (isinstance(x, f.HandedOff) and x.alert == fact.alert)
            or (isinstance(x, f.DeliveryFailed) and x.alert == fact.alert)
            for x in later
        ):
            yield _of("I11", fact.key, "It failed for good and nothing else was tried.")


def _of(invariant: str, key: str, what: str) -> Violation:
    return Violation(invariant=invariant, row=key, what=what, remedy=_LOOK)
