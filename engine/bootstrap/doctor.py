"""Looking at everything that must work before a night begins, and saying what to do."""

import asyncio
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from aiokafka.errors import KafkaError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from engine import import_names
from engine.clock import SystemClock
from engine.duty.ways import by_settings
from engine.intake import durability
from engine.intake.durability import NotDurableError
from engine.intake.trouble import why_unreached
from engine.registry import ImportRefused, OutOfReachError, check_reach, load_world, read_files
from engine.registry.importer import warnings
from engine.registry.standing_for import Trust, trust_in
from engine.settings import Settings
from engine.signs import SILENT_AFTER, amiss, expects, read
from engine.store import journal, retention, signs
from engine.store.database import Database, StoreError
from engine.store.people import list_people
from engine.store.schema import SchemaVersionError, check_version
from engine.store.server_check import weaknesses
from engine.vault import DeploymentKeys, EpochKeys, UnsafeFileError
from engine.web.api.inbound import inbound_path, mail_channels, sms_channels
from notifiers.registry import ChannelSettingsError, build_channels
from rules.rota.lint import Flaw
from rules.rulebook import RulebookError
from schemas.roster import Roster

REACH_WITHIN = 5.0  # seconds to a mail server or gateway
Level = Literal["good", "warning", "bad"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    what: str
    next_step: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


async def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at everything; nothing is changed and nobody is told."""
    found: list[Finding] = [
        *_import_names(),
        *_keys(settings),
        *_database(settings),
        *_duty(settings),
        *_words(settings),
    ]
    found += await _channels(settings)
    found += [*_answers(settings), *await _kafka(settings)]
    return tuple(found)


def _import_names() -> Iterator[Finding]:
    foreign = import_names.foreign_owners()
    if foreign:
        yield Finding(level="bad", what=import_names.complaint(foreign), next_step="See above.")
    else:
        yield Finding(level="good", what="The four package names are ours alone.")


def _keys(settings: Settings) -> Iterator[Finding]:
    try:
        DeploymentKeys.load(settings.keys_dir)
        keys = EpochKeys.load(settings.keys_dir, now=SystemClock().now())
    except UnsafeFileError as error:
        yield Finding(level="bad", what=str(error), next_step="tocsin init makes missing keys.")
        return
    yield Finding(
        level="good",
        what=f"Keys are there and only their owner reads them. Reports are sealed to "
        f"{keys.current}.",
    )


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        database = Database(settings.database.get_secret_value(), exclusive=False)
        conn = database.reader()
        try:
            check_version(conn)
            people = [person for person in list_people(conn) if not person.disabled]
            newest = journal.newest_at(conn)
            in_force = _in_force(conn)
            found = signs.known(conn)
            weak = weaknesses(conn)
            coming = retention.coming(conn)
        finally:
            conn.close()
            database.close()
    except (StoreError, SchemaVersionError, SQLAlchemyError, OSError) as error:
        what = str(error) if isinstance(error, StoreError) else type(error).__name__
        yield Finding(
            level="bad", what=f"The database cannot be used. {what}", next_step="tocsin init"
        )
        return
    yield Finding(level="good", what="The database answers, with the tables of this release.")
    for each in weak:
        level: Level = "bad" if each.bad else "warning"
        yield Finding(level=level, what=each.what, next_step=each.next_step)
    yield from in_force
    yield from _people(len(people))
    yield from _running(found, settings)
    yield from erasures(coming)
    if newest is not None and newest > SystemClock().now():
        ahead = (newest - SystemClock().now()).total_seconds()
        yield Finding(
            level="bad",
            what=f"The clock of this machine is {ahead:.0f} s behind the newest entry.",
            next_step="Let it follow a time server (systemctl status systemd-timesyncd).",
        )
    else:
        yield Finding(level="good", what="The clock is not behind what was written before.")


def erasures(coming: Sequence[tuple[datetime, str]]) -> Iterator[Finding]:
    """Closed cases whose time is nearly over: the last moment to say that one is needed."""
    if coming:
        first, ref = coming[0]
        count = "1 closed case" if len(coming) == 1 else f"{len(coming)} closed cases"
        yield Finding(
            level="warning",
            what=f"What is sealed of {count} will be erased by itself, first {ref} on"
            f" {first:%Y-%m-%d}.",
            next_step="Is one still needed? tocsin case keep CASE --until TIME --why needed",
        )


def _running(found: signs.Known, settings: Settings) -> Iterator[Finding]:
    """What is amiss in an engine that runs; where none does, nothing is expected of it."""
    now = SystemClock().now()
    if not any(now - at <= SILENT_AFTER for at in found.alive.values()):
        return
    live = settings.time_factor == 1
    wrong = amiss(
        read(found, expects(settings, live=live), now=now, up_since=found.started_at or now)
    )
    if not wrong:
        yield Finding(level="good", what="The engine that runs finds everything in order.")
    for sign in wrong:
        since = "" if sign.since is None else f" Since {sign.since:%Y-%m-%d %H:%M} UTC."
        yield Finding(level="warning", what=f"{sign.says}{since}", next_step=sign.next_step)


def _in_force(conn: Connection) -> list[Finding]:
    """What is in force now, which may be other than what the files say."""
    try:
        world = load_world(conn)
    except RulebookError:
        return []  # a start takes the files again, and says what is wrong with them
    found = list(trusted(trust_in(world, now=SystemClock().now())))
    try:
        check_reach(world.roster, world.registry)
    except OutOfReachError as error:
        step = "tocsin registry import registry.yaml roster.yaml"
        found.append(Finding(level="bad", what=str(error), next_step=step))
    return found


def trusted(trust: Trust) -> Iterator[Finding]:
    """Whether anybody outside is still told by the registry, and whether that ends soon."""
    if trust.looked_at is None or trust.until is None or not (trust.old or trust.soon):
        return
    since = f"nobody has stood for the registry since {trust.looked_at:%Y-%m-%d}."
    what = (
        f"What would tell anybody outside waits: {since}"
        if trust.old
        else f"From {trust.until:%Y-%m-%d %H:%M} UTC on, what would tell anybody outside waits: "
        f"{since}"
    )
    yield Finding(
        level="bad" if trust.old else "warning",
        what=what,
        next_step="Look whether it is still right, then say so: tocsin registry look",
    )


def _people(count: int) -> Iterator[Finding]:
    if count >= 2:
        yield Finding(level="good", what=f"{count} people can log in.")
    elif count == 1:
        yield Finding(
            level="warning",
            what="Only one person can log in: nothing that needs two people can be done.",
            next_step="tocsin person add NAME --role second",
        )
    else:
        yield Finding(level="bad", what="Nobody can log in.", next_step="tocsin init --person NAME")


def _duty(settings: Settings) -> Iterator[Finding]:
    named = [path for path in (settings.registry, settings.roster) if path is not None]
    if settings.roster is None:
        yield Finding(
            level="bad",
            what="The settings name no roster: nobody would be paged.",
            next_step="Set `roster: roster.yaml`; tocsin init writes one.",
        )
        return
    try:
        texts = {str(path): path.read_text("utf-8-sig") for path in named}
        read = read_files(texts)
    except (ImportRefused, OSError, UnicodeDecodeError) as error:
        what = str(error) if isinstance(error, ImportRefused) else type(error).__name__
        yield Finding(
            level="bad",
            what=f"Registry or roster cannot be read:\n{what}",
            next_step="Correct the file.",
        )
        return
    roster = read.roster or Roster(version="")
    yield from _floor(roster)
    looked_at = warnings(
        texts,
        now=SystemClock().now(),
        zone=settings.timezone,
        ways=by_settings(settings.channels),
    )
    for each in looked_at:
        if each.flaw not in (Flaw.NO_FLOOR, Flaw.FLOOR_ONE_CHANNEL):
            what = f"{each.file}:{each.line}: {each.what}"
            yield Finding(level="warning", what=what, next_step=each.next_step)


def _floor(roster: Roster) -> Iterator[Finding]:
    if roster.floor is None or not roster.floor.endpoints:
        yield Finding(
            level="bad",
            what="There is no floor contact: an empty shift would wake nobody.",
            next_step="Name `floor` in the roster, with two ways to reach them.",
        )
    elif len({end.partition(":")[0] for end in roster.floor.endpoints}) < 2:
        yield Finding(
            level="warning",
            what="The floor contact is reached by one channel only.",
            next_step="Add a second channel to `floor`, so that one failing is not silence.",
        )
    else:
        yield Finding(level="good", what="The floor contact is reached by two channels.")


def _words(settings: Settings) -> Iterator[Finding]:
    if not settings.phone:
        yield Finding(
            level="warning",
            what="No phone number is printed in messages.",
            next_step="Set `phone` to a number that a person answers at any hour.",
        )
    url = urlsplit(str(settings.http.public_url))
    if url.scheme != "https" and url.hostname not in ("127.0.0.1", "localhost", "::1"):
        yield Finding(
            level="bad",
            what="Recipients would open their page without encryption.",
            next_step="Put a proxy with TLS in front and set http.public_url to https://…",
        )


async def _channels(settings: Settings) -> list[Finding]:
    try:
        channels = build_channels(settings.channels)
    except ChannelSettingsError as error:
        return [
            Finding(level="bad", what=f"channels.{problem}", next_step="Correct the settings.")
            for problem in error.problems
        ]
    await channels.aclose()
    if not settings.channels:
        return [
            Finding(
                level="bad",
                what="There is no channel: nobody can be told.",
                next_step="Add one under `channels` in the settings.",
            )
        ]
    found = []
    for name, given in settings.channels.items():
        found.append(await _channel(name, given))
    return found


async def _channel(name: str, given: dict[str, Any]) -> Finding:
    kind = given.get("kind")
    if given.get("enabled", True) is False:
        return Finding(
            level="warning", what=f"Channel {name} is switched off.", next_step="enabled: true"
        )
    if kind == "outbox":
        return Finding(
            level="warning",
            what=f"Channel {name} writes files and tells nobody.",
            next_step="Configure email and sms before a real night.",
        )
    if kind == "email":
        host, port = str(given["host"]), int(given.get("port", 587))
    else:
        url = urlsplit(str(given.get("url", "")))
        if not url.hostname:
            return Finding(level="good", what=f"Channel {name} is configured.")
        host, port = url.hostname, url.port or (443 if url.scheme == "https" else 80)
    reached = await _reach(host, port)
    if reached:
        return Finding(
            level="bad",
            what=f"Channel {name}: {host}:{port} is not reached ({reached}).",
            next_step="Look at host, port and firewall.",
        )
    return Finding(level="good", what=f"Channel {name}: {host}:{port} answers.")


async def _reach(host: str, port: int) -> str:
    """Empty when a connection opens, else the kind of failure."""
    try:
        async with asyncio.timeout(REACH_WITHIN):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
    except (OSError, TimeoutError, ssl.SSLError, socket.gaierror) as error:
        return type(error).__name__
    return ""


def _answers(settings: Settings) -> Iterator[Finding]:
    """Where gateways report answers; the address ends in a secret, so only the owner sees it."""
    try:
        keys = DeploymentKeys.load(settings.keys_dir)
        channels = sms_channels(settings.channels)
    except (UnsafeFileError, ValueError):
        return  # said above
    base = str(settings.http.public_url).rstrip("/")
    for name in sorted(mail_channels(settings.channels)):
        path = inbound_path(keys.pepper, name)
        yield Finding(level="good", what=f"Channel {name}: mails in answer go to {base}{path}")
    for name, channel in channels.items():
        if channel.reply is None:
            yield Finding(
                level="warning",
                what=f"Channel {name}: nobody can answer by SMS.",
                next_step="Describe `reply` in the settings of the channel.",
            )
        if channel.receipt is None:
            yield Finding(
                level="warning",
                what=f"Channel {name}: nobody hears that a text did not arrive.",
                next_step="Describe `receipt` in the settings of the channel.",
            )
        if channel.reply is None and channel.receipt is None:
            continue
        path = inbound_path(keys.pepper, name)
        yield Finding(level="good", what=f"Channel {name}: answers and receipts go to {base}{path}")


async def _kafka(settings: Settings) -> list[Finding]:
    if not settings.kafka.enabled:
        return []
    log = settings.kafka
    try:
        async with asyncio.timeout(2 * REACH_WITHIN):
            found = await durability.examine(log, log.read_topics)
        strictly = log.durability == "replicated"
        durability.refuse(durability.judge(found) if strictly else durability.unreadable(found))
    except NotDurableError as error:
        return [Finding(level="bad", what=str(error), next_step="See above.")]
    except (KafkaError, TimeoutError, OSError) as error:
        reach = await why_unreached(log)
        return [
            Finding(
                level="bad",
                what=str(reach or f"Kafka cannot be asked ({type(error).__name__})."),
                next_step="Reports over HTTP and the form work meanwhile.",
            )
        ]
    durable = settings.kafka.durability
    level: Level = "good" if durable == "replicated" else "warning"
    return [
        Finding(
            level=level,
            what=f"The topics are there; durability {durable}.",
            next_step="Three brokers, min.insync.replicas 2, then kafka.durability: replicated.",
        )
    ]
