"""Messages against the journal: whatever was decided is owed, and nothing else is (I6, I9, I11)."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, bindparam, select

from engine.invariants.history import History
from engine.invariants.violation import Violation
from engine.store.tables import notifications
from schemas import facts as f

_n = notifications.c
_OF_CASES = select(_n.key, _n.case_id, _n.state, _n.reason).where(
    _n.case_id.in_(bindparam("ids", expanding=True))
)
_CALLED_OFF = ("cancelled", "superseded")
_LOOK = "Look at this message on its case's page, and phone the recipient if it is grave."


def messages_of(conn: Connection, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Case -> key -> state, of every message of these cases."""
    found: dict[str, dict[str, str]] = {id_: {} for id_ in ids}
    for row in conn.execute(_OF_CASES, {"ids": list(ids)}):
        found[row.case_id][row.key] = row.state
    return found


def check(history: History, messages: dict[str, str]) -> Iterator[Violation]:
    """Compare what the journal decided with the messages of the case."""
    decided: set[str] = set()
    called_off: set[str] = set()
    handed: set[str] = set()
    failed: list[tuple[int, f.DeliveryFailed]] = []
    by_alert: dict[str, list[str]] = {}
    for at, leaf in enumerate(history.leaves):
        match leaf.fact:
            case f.Told(notices=notices, alert=alert) | f.Rerouted(notices=notices, alert=alert):
                keys = [notice.key for notice in notices]
                for key in keys:
                    if key in decided:
                        yield _of("I6", key, "It was decided twice.")
                decided.update(keys)
                by_alert.setdefault(alert, []).extend(keys)
            case f.NoticesCancelled(alerts=alerts):
                called_off.update(k for alert in alerts for k in by_alert.get(alert, ()))
            case f.TellRefused(keys=keys):
                called_off.update(keys)
            case f.HandedOff(key=key):
                handed.add(key)
            case f.DeliveryFailed() as fact:
                failed.append((at, fact))
            case _:
                pass
    for key in sorted(decided - messages.keys()):
        yield _of("I11", key, "It was decided and is owed by nobody.")
    for key in sorted(messages.keys() - decided):
        yield _of("I6", key, "It is owed and nobody decided it.")
    for key, state in sorted(messages.items()):
        if state in _CALLED_OFF and key not in called_off:
            yield _of("I9", key, "It was called off and no fact says by whom.")
        if key in handed and state not in ("handed_off", "delivered"):
            yield _of("I13", key, f"It was handed on and counts as {state}.")
    yield from _gone_on(history, failed)


def _gone_on(history: History, failed: list[tuple[int, f.DeliveryFailed]]) -> Iterator[Violation]:
    """After a message failed for good, the next way is tried or a person is asked (I11)."""
    for at, fact in failed:
        alert = history.state.alert(fact.alert)
        if alert is None or not alert.live or history.status != "open":
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
