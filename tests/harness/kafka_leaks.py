"""Connections that Kafka's client left open when its event loop had ended.

aiokafka forgets a connection that was being made while it was closed. In a running engine the
garbage collector closes it. Here the loop of its test is gone by then, and the complaint would fall
upon whichever test happens to run at that moment: so each is put away with the test that left it,
and counted.
"""

import functools
from typing import Any
from weakref import WeakSet

from aiokafka.conn import AIOKafkaConnection

_made: WeakSet[Any] = WeakSet()


def watch() -> None:
    """Remember every connection from now on, without keeping any alive."""
    begin = AIOKafkaConnection.__init__

    @functools.wraps(begin)
    def remembered(self: Any, *args: Any, **more: Any) -> None:
        begin(self, *args, **more)
        _made.add(self)

    AIOKafkaConnection.__init__ = remembered


def put_away() -> int:
    """Close what nobody can close any more; return how many there were."""
    left = [each for each in list(_made) if each.connected() and each._loop.is_closed()]
    for each in left:
        transport = each._writer.transport
        if (socket := getattr(transport, "_sock", None)) is not None:
            socket.close()
        # What their destructors ask before they complain.
        transport._sock, transport._closing = None, True
        each._reader.feed_eof()
    return len(left)
