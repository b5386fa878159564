"""What everybody in a crash run lives by: a short night, so that steps fall due between kills."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from schemas.roster import Roster
from tests.harness.house import House
from tests.harness.people import duty, person
from tests.harness.reports import HOTLINE
from tests.harness.towns import loto

RULEBOOK = """
version: "1"
name: short_night
policies:
  quiet:
    tracks:
      missions:
        gate: release
        mode: quiet
        answer_by: {critical: 4h, high: 24h, elevated: 72h, watch: 72h}
        ask: enquire_quietly
walks:
  friends: {walk: third_missions, states: [QS]}
rules:
  - {id: everything, when: event.code != "", policy: quiet, tell: [
      {track: missions, walk: friends}]}
field_classes:
  missions: [country, act, certainty, as_of, why_you, ask, answer_by]
duty:
  steps:
    critical:
      - {after: 0, roles: [handler]}
      - {after: 1, roles: [second]}
      - {after: 3, roles: [shift_lead]}
    high:
      - {after: 0, roles: [handler]}
      - {after: 2, roles: [second]}
    elevated:
      - {after: 0, roles: [handler]}
    watch:
      - {after: 0, roles: [handler]}
  answer_holds_for: {critical: 30m, high: 4h, elevated: 24h, watch: 24h}
  repeat_every: {critical: [1h], high: [1h], elevated: [4h], watch: [4h]}
"""
SEVERITIES = {
    "abduction": "critical",
    "arrest": "high",
    "death_threat": "high",
    "surveillance": "elevated",
}
"""What is reported, and how grave each code is by itself."""
GRAVEST_FIRST = ("critical", "high", "elevated", "watch")
SENDS_AT_ONCE = 24
PROCESSES = (
    "web,intake",
    "intake,timers,relay",
    "timers,relay,sender,auditor",
    "sender",
)
"""Over PostgreSQL: whatever one of them does, another can do, except opening the door for HTTP."""


def kafka_settings(
    bootstrap: tuple[str, ...], *, run: str, runner: str, both: bool = True
) -> dict[str, object]:
    """Topics of this run alone. `both`: the critical lane too has this runner."""
    return {
        "enabled": True,
        "brokers": list(bootstrap),
        "group": run,
        "critical_topic": f"{run}.threats.critical",
        "normal_topic": f"{run}.threats",
        "cases_topic": f"{run}.cases",
        "quarantine_topic": f"{run}.quarantine",
        "critical_runner": runner if both else "aiokafka",
        "normal_runner": runner,
        "durability": "single",
        "sources": [{"source": HOTLINE}],
    }


def channels(*, slow_port: int, fast_port: int) -> dict[str, dict[str, object]]:
    """Both are mail servers; the one for phones takes its time."""
    mail: dict[str, object] = {
        "kind": "email",
        "host": "127.0.0.1",
        "tls": "off",
        "sender": "desk@tocsin.example",
        "pool_size": SENDS_AT_ONCE,
    }
    return {"sms": mail | {"port": slow_port}, "email": mail | {"port": fast_port}}


def a_house(
    directory: Path,
    *,
    channels: Mapping[str, Mapping[str, object]],
    kafka: Mapping[str, object],
    database_url: str | None,
    lasting_members: bool,
) -> House:
    """The Faro desk: one process on a database file, or several on a server."""
    return House(
        directory,
        place=loto(),
        roster=_roster(),
        rulebook=RULEBOOK,
        channels=channels,
        kafka=kafka,
        database_url=database_url,
        processes=("",) if database_url is None else PROCESSES,
        lasting_members=lasting_members,
    )


def _roster() -> Roster:
    """Whoever is paged first and last has a phone, whoever is second has mail."""
    made = duty(handlers=("Ana",), seconds=("Ben",), shift_leads=("Chi",), directors=("Dia",))
    by_mail = person("Ben", ways=("email",))
    people = tuple(by_mail if each.id == by_mail.id else each for each in made.people)
    return replace(made, people=people)
