"""How long each loop may stand still before its process ends and is started afresh.

One beside the work (`BESIDE…`) is given up alone and begun again (`engine.side_loop`).

Each figure is several times what the slowest healthy turn takes: a watchdog that kills a working
engine under load would be worse than none. Seconds of the machine's own time.
"""

from engine.settings import Settings

TIMERS = 30.0
"""Waits for the desk at the longest."""
DESK = 30.0
"""One transaction; the store's own time-outs are shorter."""
CLAIMING = 30.0
SETTLING = 30.0
"""Outcomes of tries; a try itself ends after its own time, whatever its channel does."""
STOPPING = 120.0
"""A look at the switch, behind whatever else is read: a whole registry takes the longest.
The file is looked for apart, and waits for none of it."""
BEAT = 60.0
"""One row, behind whatever else is written. After ten seconds the others take over already."""
RELAY = 120.0
"""One record: the client itself gives up on a broker within less than half of that."""
LOG = 60.0
"""A log with records that nobody takes, while the broker answers."""
PARTITION = 600.0
"""One partition of it, while others are read: a full buffer of the others on a slow machine."""
BESIDE = 120.0
"""A look beside the work, at a few rows: behind whatever else is read or written."""
BESIDE_MANY = 600.0
"""A look at all that changed: a whole registry, every conflict, one batch of cases judged again."""
BESIDE_ALL = 3_600.0
"""A look at everything there is, where nothing hangs on the hour, or a child's whole work."""


def auditor(settings: Settings) -> float:
    """Its pause, and a round over many long histories."""
    return settings.heartbeat.every + 120.0
