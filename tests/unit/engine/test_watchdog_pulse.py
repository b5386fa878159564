"""A blocked event loop, a busy interpreter: the process ends, and a stopped one does not."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from engine.watchdog_notify import READY, Supervisor

BEGIN = """
import os, re, signal, sys, threading
from engine.watchdog_pulse import Pulse

def leave(reason):
    print("left:", reason, flush=True)
    os._exit(70)

pulse = Pulse(leave, most=5, tick=0.02, burnt={burnt})
pulse.start()
print("started", flush=True)
"""


def run(code: str, *, burnt: float = 60.0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN.format(burnt=burnt) + code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_loop_that_is_blocked_in_a_call_ends_with_the_place_and_no_values() -> None:
    process = run("name = 'a name that must not leak'\nthreading.Event().wait()\n")
    out, err = process.communicate(timeout=30)
    assert process.returncode == 70
    assert "left: the event loop has been blocked" in out
    assert "File" in err and "must not leak" not in err


def test_a_loop_that_never_lets_go_of_the_interpreter_is_ended_by_the_processor_timer() -> None:
    # No other thread runs while this pattern backtracks.
    process = run("re.match(r'(a+)+$', 'a' * 40 + 'b')\n", burnt=0.2)
    _, err = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGPROF
    assert "File" in err


def test_a_process_that_was_stopped_and_goes_on_is_left_alone() -> None:
    process = run(
        "gone_on, pause = [], threading.Event()\n"  # to set an event that waits here is to hang
        "signal.signal(signal.SIGCONT, lambda *_: gone_on.append(True))\n"
        "print('listens', flush=True)\n"
        "while not gone_on:\n"
        "    pause.wait(0.005)\n"
        "    pulse.beat()\n"
        "pulse.stop()\n"
        "print('works', flush=True)\n"
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    assert process.stdout.readline() == "listens\n"  # else it never hears that it goes on
    os.kill(process.pid, signal.SIGSTOP)
    until_stopped(process.pid)
    while_it_stands_still()
    os.kill(process.pid, signal.SIGCONT)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "works\n")


def until_stopped(pid: int) -> None:
    while Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "T":
        pass


def while_it_stands_still() -> None:
    """Let as many ticks pass as would end it four times over."""
    subprocess.run(
        [sys.executable, "-c", "import select; select.select([], [], [], 0.4)"], check=True
    )


@pytest.fixture
def supervisor(tmp_path: Path) -> socket.socket:
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind(str(tmp_path / "notify"))
    heard.settimeout(5)
    return heard


def test_a_supervisor_is_told_and_without_one_nothing_is_said(
    supervisor: socket.socket, tmp_path: Path
) -> None:
    with supervisor:
        Supervisor({"NOTIFY_SOCKET": str(tmp_path / "notify")}).tell(READY)
        assert supervisor.recv(64) == b"READY=1"
    Supervisor({"NOTIFY_SOCKET": str(tmp_path / "gone")}).tell(READY)
    Supervisor({}).tell(READY)
