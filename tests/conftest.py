"""What every test stands on: a clean environment, and no way out of this machine.

Loopback only, whatever library opens the socket: an audit hook sees them all. A test that tried to
reach out fails even where the code under test swallowed the error.
"""

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings

# Every run tries the same examples, and a busy machine is no failure.
settings.register_profile("house", deadline=None, derandomize=True, database=None, print_blob=True)
# A sweep tries others; what fails there is repeated with --hypothesis-seed.
settings.register_profile("sweep", deadline=None, database=None, print_blob=True)
# Whoever asks for the tests of the guard alone looks between two keystrokes; all of them run with
# all others, and under every mutant.
settings.register_profile("guard", settings.get_profile("house"), max_examples=30)
settings.load_profile("house")

# Before anything of ours is imported: no setting of the person running the tests takes part.
for _name in sorted(os.environ):
    if _name.startswith("TOCSIN_"):
        del os.environ[_name]

from tests.harness import kafka_leaks  # noqa: E402
from tests.harness.broker import fetch_jars, kafka, kafka_jars, wants_kafka  # noqa: E402
from tests.harness.postgres import mortal_postgres, postgres  # noqa: E402
from tests.harness.stores import store_url  # noqa: E402

__all__ = [
    "kafka",
    "kafka_jars",
    "mortal_postgres",
    "postgres",
    "store_url",
]  # fixtures of the whole session


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


kafka_leaks.watch()


@pytest.fixture(autouse=True)
def _leaves_no_connection_to_the_next_test() -> Iterator[None]:
    """Its teardown comes after that of the test's event loop, which was made after it."""
    yield
    if left := kafka_leaks.put_away():
        print(f"Kafka's client left {left} connections open")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test sets in the environment, the next does not find."""
    for name in sorted(os.environ):
        if name.startswith("TOCSIN_"):
            monkeypatch.delenv(name)


def pytest_configure(config: pytest.Config) -> None:
    """Fewer examples for those who ask for the guard's tests alone."""
    if config.getoption("markexpr", "") == "guard":
        settings.load_profile("guard")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Those who ask for the tests of the guard alone wait for no other test's imports."""
    if config.getoption("markexpr", "") != "guard":
        return None
    folder = collection_path.is_dir()
    below = sorted(collection_path.rglob("test_*.py")) if folder else [collection_path]
    return None if any("mark.guard" in each.read_text("utf-8") for each in below) else True


def pytest_collection_finish(session: pytest.Session) -> None:
    """What must come from elsewhere comes now: no test's time is spent on it."""
    if wants_kafka(session.items):
        with suppress(AssertionError):  # each test that needs it fails, and the others run
            fetch_jars()
