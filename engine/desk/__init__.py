"""The desk: the only writer of cases. Many commands, one transaction, answered after the commit.

A batch: pull (`lanes`), read (`gather`), think (`think`, `sends`, `settling`, `faults`), write
(`engine.store.writing`), commit, answer (`desk`). `alone` is what happens when it could not be
written, `recovery` what happens at a start.
"""

from engine.desk.desk import Desk
from engine.desk.inner import Claimed, Fired, SendJob
from engine.desk.lanes import Busy, CommandFailed, Fenced, Lane, StoreUnavailable

__all__ = [
    "Busy",
    "Claimed",
    "CommandFailed",
    "Desk",
    "Fenced",
    "Fired",
    "Lane",
    "SendJob",
    "StoreUnavailable",
]
