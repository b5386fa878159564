"""A log that is full, stuck or gone: what it would have said is lost, and nobody waits for it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.outlet import PIECE, Outlet, stacks

LEAVE = """
import json, os, signal
import structlog
from engine.bootstrap.engine import leave
from engine.bootstrap.logs import configure_logs

def doubt():
    configure_logs()
    for n in range(3000):
        structlog.get_logger().warning("something_happened", times=n)
    leave("in doubt")

full, (reading, stuck), (ours, gone) = os.open("/dev/full", os.O_WRONLY), os.pipe(), os.pipe()
os.close(ours)
ended = {}
for name, log in {"full": full, "stuck": stuck, "gone": gone, "closed": None}.items():
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        os.close(2) if log is None else os.dup2(log, 2)
        doubt()
    ended[name] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(json.dumps(ended))
"""
HALTED = 70


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """To read from, and to write to."""
    ends = os.pipe()
    yield ends
    for end in ends:
        with suppress(OSError):
            os.close(end)


def fill(descriptor: int) -> int:
    """Until nothing more goes in; how many bytes that were."""
    os.set_blocking(descriptor, False)
    count = 0
    with suppress(BlockingIOError):
        while True:
            count += os.write(descriptor, b"x" * PIECE)
    os.set_blocking(descriptor, True)
    return count


def test_lines_come_out_as_they_went_in(pipe: tuple[int, int]) -> None:
    outlet = Outlet(pipe[1])
    assert outlet.write("one\n") == 4
    outlet.write("two \udcff\n")
    assert os.read(pipe[0], 100) == b"one\ntwo \\udcff\n"
    assert outlet.lost == 0


def test_b43_a_log_that_nobody_reads_holds_nobody_up_and_says_later_what_is_missing(
    pipe: tuple[int, int],
) -> None:
    outlet = Outlet(pipe[1])
    left = fill(pipe[1])
    for n in range(3):
        outlet.write(f"lost {n}\n")
    assert outlet.lost == 3
    while left:
        left -= len(os.read(pipe[0], left))
    outlet.write("here again\n")

    missing, again = os.read(pipe[0], 1000).decode().splitlines()
    assert json.loads(missing) == {"event": "log_lines_lost", "level": "warning", "lines": 3}
    assert again == "here again"
    assert outlet.lost == 0


def test_b43_a_log_whose_reader_is_gone_is_written_to_in_vain(pipe: tuple[int, int]) -> None:
    outlet = Outlet(pipe[1])
    os.close(pipe[0])
    outlet.write("to nobody\n")
    assert outlet.lost == 1


def test_b43_a_log_on_a_full_disk_is_written_to_in_vain() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        outlet = Outlet(full.fileno())
        outlet.write("no room\n")
        outlet.flush()
        assert outlet.lost == 1


@pytest.mark.parametrize("gone", [False, True])
def test_b43_a_syslog_that_is_stuck_or_down_holds_nobody_up(gone: bool) -> None:
    """Under systemd, standard error is a socket of the journal."""
    ours, theirs = socket.socketpair()
    outlet = Outlet(ours.fileno())
    if gone:
        theirs.close()
    for _ in range(100):
        outlet.write("x" * 65_535 + "\n")
    assert outlet.lost > 0
    outlet.close()
    ours.close()
    theirs.close()


def test_a_line_that_was_torn_is_not_mixed_with_the_next(pipe: tuple[int, int]) -> None:
    outlet = Outlet(pipe[1])
    outlet.write("y" * (1 << 20) + "\n")  # no pipe takes so much at once
    torn = b""
    while len(torn) < 65_536:
        torn += os.read(pipe[0], 65_536)
    outlet.write("whole\n")

    first, second, third = (torn + os.read(pipe[0], 65_536)).decode().splitlines()
    assert set(first) == {"y"}
    assert json.loads(second)["lines"] == 1
    assert third == "whole"


@given(st.lists(st.one_of(st.text(max_size=50), st.just("z" * 40_000)), max_size=12))
def test_whatever_is_said_every_line_is_written_whole_or_counted(lines: list[str]) -> None:
    """Read only now and then, as by a machine with other things to do."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    outlet, seen, told = Outlet(writing), b"", 0
    for number, line in enumerate(lines):
        outlet.write(json.dumps({"n": number, "said": line}) + "\n")
        if number % 3 == 2:
            with suppress(BlockingIOError):
                while piece := os.read(reading, 1 << 20):
                    seen += piece
    told = outlet.lost
    with suppress(BlockingIOError):
        while piece := os.read(reading, 1 << 20):
            seen += piece
    os.close(reading)
    os.close(writing)
    whole = []
    for each in seen.splitlines():
        with suppress(ValueError):
            found = json.loads(each)
            if found.get("event") == "log_lines_lost":
                told += found["lines"]
            else:
                whole.append(found["n"])
    assert len(whole) + told == len(lines)
    assert whole == sorted(whole)


def test_where_we_stand_is_told_without_values() -> None:
    name = "a name that must not leak"
    said = stacks()
    assert "test_outlet.py" in said
    assert name not in said


def test_b43_a_process_in_doubt_leaves_although_its_log_takes_nothing() -> None:
    """It once raised at its last words, and went on; or waited for a reader, for ever."""
    done = subprocess.run(
        [sys.executable, "-c", LEAVE], capture_output=True, text=True, timeout=300, check=True
    )
    ended = json.loads(done.stdout)
    assert ended == dict.fromkeys(("full", "stuck", "gone", "closed"), HALTED)
