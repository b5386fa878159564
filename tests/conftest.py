"""What every test stands on: a clean environment, and no way out of this machine.

Loopback only, whatever library opens the socket: an audit hook sees them all. A test that tried to
reach out fails even where the code under test swallowed the error.
"""

import gc
import importlib
import ipaddress
import logging
import os
import socket
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

# Every run tries the same examples, and a busy machine is no failure.
settings.register_profile("house", deadline=None, derandomize=True, database=None, print_blob=True)
# A sweep tries others; what fails there is repeated with --hypothesis-seed.
settings.register_profile("sweep", deadline=None, database=None, print_blob=True)
# Whoever asks for the tests of the guard alone looks between two keystrokes; all of them run with
# all others, and under every mutant.
settings.register_profile("guard", settings.get_profile("house"), max_examples=30)
settings.load_profile("house")


def _forget_settings() -> None:
    for name in [each for each in os.environ if each.startswith("TOCSIN_")]:
        del os.environ[name]


# Before anything of ours is imported: no setting of the person running the tests takes part.
_forget_settings()

SERVERS = (
    "tests.harness.open_lines",
    "tests.harness.broker",
    "tests.harness.postgres",
    "tests.harness.stores",
)
"""Fixtures of the whole session that start servers; what they import takes longer than the tests
of the guard have."""


class ReachedOutError(AssertionError):
    """A test tried to leave this machine."""


_attempts: list[str] = []


def _is_here(host: object) -> bool:
    """Whether a host as given to a socket means this machine. None is `wherever I am`."""
    if host is None:
        return True
    name = host.decode(errors="replace") if isinstance(host, bytes) else str(host)
    if name in {"localhost", socket.gethostname()}:
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    match event, arguments:
        case (
            (
                "socket.connect" | "socket.bind" | "socket.sendto" | "socket.sendmsg",
                (socket.socket(family=socket.AF_INET | socket.AF_INET6), (host, *_)),
            )
            | ("socket.getaddrinfo", (host, *_))
            | ("socket.gethostbyname" | "socket.gethostbyaddr", (host,))
        ) if not _is_here(host):
            _attempts.append(f"{event} {host!r}")
            raise ReachedOutError(f"{event} to {host!r}: tests stay on loopback")


sys.addaudithook(_guard)


@pytest.fixture
def reached_out() -> list[str]:
    """Attempts to leave this machine so far in this test; clear it in a test that means to try."""
    return _attempts


@pytest.fixture(autouse=True)
def _stays_here() -> Iterator[None]:
    _attempts.clear()
    yield
    tried = list(_attempts)
    _attempts.clear()
    assert not tried, f"this test tried to leave the machine: {', '.join(tried)}"


@pytest.fixture(autouse=True)
def _bare_environment() -> None:
    """What one test sets in the environment, the next does not find."""
    _forget_settings()


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """An engine or a demo that runs in a test sets up its log; the test after it sets up its own.

    One that waited for a word in its log once waited in vain: it had gone to the log of another.
    """
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)
    structlog.reset_defaults()


def pytest_configure(config: pytest.Config) -> None:
    """Fewer examples and no servers for those who ask for the guard's tests alone."""
    if config.getoption("markexpr", "") == "guard":
        settings.load_profile("guard")
        return
    for name in SERVERS:
        config.pluginmanager.register(importlib.import_module(name), name)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Those who ask for the tests of the guard alone wait for no other test's imports."""
    if config.getoption("markexpr", "") != "guard":
        return None
    return None if collection_path in _of_the_guard() else True


@cache
def _of_the_guard() -> frozenset[Path]:
    """The files in which something is marked `guard`, and the folders they are in."""
    found = Path(__file__).parent.rglob("test_*.py")
    marked = [each for each in found if b"mark.guard" in each.read_bytes()]
    return frozenset(path for each in marked for path in (each, *each.parents))


def pytest_collection_finish() -> None:
    """What was imported stays: nobody searches it again and again for what to let go of."""
    gc.collect()
    gc.freeze()
