"""Every long check, by name: how much of the time it gets, and how it is called.

Add one: a line in CHECKS. Its command must end by itself within about the seconds it is given,
print what it did as its last line, leave with 1 when anything was wrong, and take a seed.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One long check. `command` makes its command line from seconds and seed."""

    name: str
    weight: float
    """Its share of the time, against the others'."""
    least: float
    """Seconds below which it says nothing; with fewer it is left out, and named."""
    command: Callable[[int, int], list[str]]


def _crash(store: str, runner: str) -> Check:
    def command(seconds: int, seed: int) -> list[str]:
        asked = f"--store {store} --runner {runner} --kills 100000 --seconds {seconds}"
        return _module("tests.crash", *asked.split(), "--seed", str(seed))

    return Check(name=f"crash, {store}, {runner}", weight=3, least=35, command=command)


# The two below, replay harm and the model live lives that were looked at one by one: each new one
# that finds something is settled by hand first. Fresh ones are drawn by the same commands with
# another seed, and are, by hand, before each release.


def _simulation(seconds: int, seed: int) -> list[str]:
    return _looked_at("tests.simulation", seconds, "--seeds", "140", "--from", "31000")


def _core(seconds: int, seed: int) -> list[str]:
    # At least 5,000 schedules, whatever its share is.
    return _looked_at("tests.simulation.core", seconds, "--seeds", "8000", "--from", "5000000")


def _examples(seconds: int, seed: int) -> list[str]:
    return _module("tests.sweep.examples", "--seconds", str(seconds), "--seed", str(seed))


def _replay_harm(seconds: int, seed: int) -> list[str]:
    return _looked_at("tests.replay_harm", seconds, "--events", "1680", "--seed", "88")


def _three_brokers(seconds: int, seed: int) -> list[str]:
    return _module("tests.crash.three_brokers", "--seconds", str(seconds), "--seed", str(seed))


def _faust_table(seconds: int, seed: int) -> list[str]:
    return _module("tests.sweep.faust_table", "--seconds", str(seconds), "--seed", str(seed))


def _model(seconds: int, seed: int) -> list[str]:
    return _looked_at("tests.model", seconds, "--runs", "4700", "--seed", "20261123")


def _planted(seconds: int, seed: int) -> list[str]:
    # By the seeds that are known: none is drawn, and each bug takes what it takes.
    return _module("tests.planted")


def _looked_at(name: str, seconds: int, *which: str) -> list[str]:
    return _module(name, *which, "--seconds", str(seconds))


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


CHECKS = (
    _crash("sqlite", "aiokafka"),
    _crash("sqlite", "faust"),
    _crash("postgres", "aiokafka"),
    _crash("postgres", "faust"),
    Check(name="three brokers", weight=2, least=100, command=_three_brokers),
    Check(name="simulation", weight=4, least=10, command=_simulation),
    Check(name="simulation, core", weight=1, least=150, command=_core),
    Check(name="planted bugs", weight=0.1, least=420, command=_planted),
    Check(name="model", weight=2, least=15, command=_model),
    Check(name="replay harm", weight=4, least=60, command=_replay_harm),
    Check(name="faust table", weight=0.5, least=90, command=_faust_table),
    Check(name="examples", weight=2, least=40, command=_examples),
)
