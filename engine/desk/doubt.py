"""After a commit of which nobody knows whether it happened: what was claimed for nobody comes back.

The same batch is run again. Reports and answers are known by their ids then, and what is due is
looked at anew; but messages may be marked as being sent by us that were never handed to anybody,
and nobody else would send them.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from engine.case.commands import TryOutcome
from engine.desk.settling import retry
from engine.store import notifications

_ALL = 100_000

WHY = "not_handed_out"
"""Of a try that never began: the store did not say whether the claim was written."""


def take_back(conn: Connection, *, instance: str, handed: Mapping[str, int], now: datetime) -> int:
    """Let messages come again at once that we claimed and never handed out; return how many.

    `handed`: key -> attempt of what the sender has. Such a try counts as failed, not as unknown:
    nothing has left.
    """
    rows = conn.execute(notifications.LEFT_BY, {"of_instance": instance, "most": _ALL})
    ours = [row for row in rows if handed.get(row.key) != row.attempts]
    changes = []
    for row in ours:
        outcome = TryOutcome(
            key=row.key, attempt_no=row.attempts, state="failed_temporary", reason=WHY
        )
        change = retry(row, outcome, now=now)
        changes.append(change | {"again_at": change["again_at"] and now})
    if changes:
        conn.execute(notifications.RETRY, changes)
        conn.execute(
            notifications.SETTLE_ATTEMPT,
            [
                {
                    "of_key": row.key,
                    "no": row.attempts,
                    "ended": "failed_temporary",
                    "why": WHY,
                    "now": now,
                }
                for row in ours
            ],
        )
    return len(ours)
