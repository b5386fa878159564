"""The floor under all other tests holds: no way out of this machine, no settings from outside."""

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

FAR = "198.51.100.7"  # a documentation address: routed nowhere
FAR_6 = "2001:db8::7"


def _reaching(family: int, kind: int, call: str, *arguments: object) -> None:
    with socket.socket(family, kind) as sock:
        sock.settimeout(1)
        getattr(sock, call)(*arguments)


@pytest.mark.parametrize(
    ("family", "kind", "call", "arguments"),
    [
        (socket.AF_INET, socket.SOCK_STREAM, "connect", ((FAR, 25),)),
        (socket.AF_INET, socket.SOCK_STREAM, "connect_ex", ((FAR, 25),)),
        (socket.AF_INET6, socket.SOCK_STREAM, "connect", ((FAR_6, 25, 0, 0),)),
        (socket.AF_INET, socket.SOCK_DGRAM, "sendto", (b"", (FAR, 53))),
        (socket.AF_INET, socket.SOCK_DGRAM, "sendmsg", ([b""], [], 0, (FAR, 53))),
        (socket.AF_INET, socket.SOCK_STREAM, "bind", (("0.0.0.0", 0),)),  # noqa: S104
        (socket.AF_INET, socket.SOCK_STREAM, "bind", (("", 0),)),
    ],
)
def test_no_socket_leaves_this_machine(
    family: int, kind: int, call: str, arguments: tuple[object, ...], reached_out: list[str]
) -> None:
    with pytest.raises(AssertionError, match="loopback"):
        _reaching(family, kind, call, *arguments)

    assert reached_out
    reached_out.clear()


def test_no_name_is_looked_up_outside(reached_out: list[str]) -> None:
    with pytest.raises(AssertionError, match="loopback"):
        socket.getaddrinfo("mail.example", 25)
    with pytest.raises(AssertionError, match="loopback"):
        socket.gethostbyname("mail.example")

    reached_out.clear()


async def test_the_event_loop_is_held_to_it_too(reached_out: list[str]) -> None:
    with pytest.raises(AssertionError, match="loopback"):
        await asyncio.open_connection(FAR, 25)

    reached_out.clear()


async def test_loopback_works() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    for host in ("127.0.0.1", "localhost"):
        async with await asyncio.start_server(echo, host, 0) as server:
            address = server.sockets[0].getsockname()
            reader, writer = await asyncio.open_connection(address[0], address[1])
            writer.write(b"are you there?\n")

            assert await reader.readline() == b"are you there?\n"

            writer.close()
            await writer.wait_closed()


SWALLOWING = """
import socket

def test_swallows_the_error():
    try:
        socket.create_connection(("198.51.100.7", 25))
    except Exception:
        pass

def test_sees_no_settings(request):
    import os
    assert not [name for name in os.environ if name.startswith("TOCSIN_")]

def test_sleeps_too_long():
    import time
    time.sleep(5)
"""


def test_swallowed_attempts_slow_tests_and_outside_settings_are_caught(tmp_path: Path) -> None:
    """Run in a session of its own, because here it would fail this one."""
    (tmp_path / "conftest.py").write_text(
        (Path(__file__).parent / "conftest.py").read_text("utf-8"), "utf-8"
    )
    (tmp_path / "test_it.py").write_text(SWALLOWING, "utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--timeout=1", "-p", "no:cacheprovider", "-q", "-rfE"],
        cwd=tmp_path,
        env=os.environ | {"TOCSIN_DATABASE": "postgresql://a-real-one"},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )

    assert "2 passed, 1 error" in done.stdout.replace("1 failed, ", ""), done.stdout
    assert "ERROR test_it.py::test_swallows_the_error" in done.stdout
    assert "FAILED test_it.py::test_sleeps_too_long" in done.stdout
