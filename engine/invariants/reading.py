"""I16, as far as the store tells: nobody was shown a page of a case that they were not told of."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, bindparam, select

from engine.invariants.messages import Messages
from engine.invariants.violation import Violation
from engine.store.tables import alerts, shown

_SHOWN = (
    select(alerts.c.case_id, shown.c.alert_id, shown.c.contact)
    .select_from(shown.join(alerts, alerts.c.id == shown.c.alert_id))
    .where(alerts.c.case_id.in_(bindparam("ids", expanding=True)))
    .distinct()
)


def of_cases(conn: Connection, ids: Sequence[str]) -> dict[str, set[tuple[str, str]]]:
    """Case -> (alert, contact) of everybody who was shown anything."""
    found: dict[str, set[tuple[str, str]]] = {id_: set() for id_ in ids}
    for row in conn.execute(_SHOWN, {"ids": list(ids)}) if ids else ():
        found[row.case_id].add((row.alert_id, row.contact))
    return found


def check(readers: set[tuple[str, str]], messages: Messages) -> Iterator[Violation]:
    """Whoever read was written to, under this alert."""
    told = {(message.alert, message.contact) for message in messages.values()}
    for alert in sorted({alert for alert, _ in readers - told}):  # a contact's id may be a name
        yield Violation(
            invariant="I16",
            row=alert,
            what="Somebody was shown this page who was never told of it.",
            remedy="Freeze the track, and tell the director: somebody read what was not theirs.",
        )
