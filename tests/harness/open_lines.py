"""Connections that were still open when their event loop ended.

In a running engine the garbage collector closes them. Here the loop of their test is gone by then,
and the complaint would fall upon whichever test happens to run at that moment: so each is put away
with the test that left it, and named when all have run. aiokafka leaves one when it is closed while
it connects; a listener that ends leaves those it accepted.
"""

import functools
from asyncio import StreamReaderProtocol, selector_events
from collections.abc import Iterator
from typing import Any
from weakref import WeakSet

import pytest

LEFT_OPEN = "left open"

_made: WeakSet[Any] = WeakSet()


@pytest.fixture(autouse=True)
def _leaves_no_connection_to_the_next_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Its teardown comes after that of the test's event loop, which was made after it."""
    yield
    if left := put_away():
        request.node.user_properties.append((LEFT_OPEN, ", ".join(left)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what each test left open: a leak of ours is to be mended."""
    reports = (each for some in terminalreporter.stats.values() for each in some)
    for report in reports:
        if getattr(report, "when", "") == "teardown":
            for name, value in report.user_properties:
                if name == LEFT_OPEN:
                    terminalreporter.write_line(f"{report.nodeid} left open: {value}")


def _watch() -> None:
    """Remember every connection from now on, without keeping any alive."""
    transport = selector_events._SelectorTransport
    begin = transport.__init__

    @functools.wraps(begin)
    def remembered(self: Any, *args: Any, **more: Any) -> None:
        begin(self, *args, **more)
        _made.add(self)

    transport.__init__ = remembered


def put_away() -> list[str]:
    """Close what nobody can close any more; return the kind of each, as `AIOKafkaProtocol`."""
    open_still = [each for each in list(_made) if each._sock is not None]
    left = [each for each in open_still if each._loop.is_closed()]
    for each in left:
        each._sock.close()
        # What their destructors ask before they complain.
        each._sock, each._closing = None, True
        if isinstance(protocol := each.get_protocol(), StreamReaderProtocol):
            protocol.eof_received()
    return [type(each.get_protocol()).__name__ for each in left]


_watch()
