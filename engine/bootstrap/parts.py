"""The parts that every way of opening a house needs, wired once, here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from engine.access import Passwords, People, SecondFactor, Sessions
from engine.answer_tokens import AnswerTokens
from engine.bootstrap import limits
from engine.bootstrap.refusals import CannotStartError
from engine.bootstrap.world import open_world
from engine.case_vault import CaseVault
from engine.clock import Clock
from engine.desk import Lane
from engine.desk.desk import Desk
from engine.desk.pacing import Pacing
from engine.entropy import Entropy
from engine.intake.door import Door
from engine.intake.keys import SourceKeys
from engine.metrics import Metrics
from engine.ports import Halt
from engine.registry.world import WorldHolder
from engine.settings import Settings
from engine.store.database import Database, StoreError
from engine.store.journal import note
from engine.store.locks import FileInUseError
from engine.store.threads import ThreadReader, ThreadWriter
from engine.vault import DeploymentKeys, EpochKeys, UnsafeFileError, Vault
from engine.watchdog import Progress

NEEDED_FOR_PEOPLE = "Run `tocsin init` first; it makes what is missing and leaves the rest alone."


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """An open store with the desk over it. `close` gives everything back."""

    settings: Settings
    clock: Clock
    entropy: Entropy
    database: Database
    writer: ThreadWriter
    reader: ThreadReader
    keys: DeploymentKeys
    vault: Vault
    cases: CaseVault
    world: WorldHolder
    answers: AnswerTokens
    desk: Desk
    door: Door
    people: People
    sessions: Sessions
    sources: SourceKeys
    metrics: Metrics
    halt: Halt
    instance: str
    progress: Progress
    """The loops that the watchdog looks at."""
    people_clock: Clock = field(repr=False)

    def close(self) -> None:
        """Finish the transaction that runs, give the file back. Call it when nothing runs."""
        self.writer.close()
        self.reader.close()
        self.database.close()


def open_parts(
    settings: Settings,
    *,
    clock: Clock,
    entropy: Entropy,
    halt: Halt,
    instance: str,
    roles: str = "",
    publish: bool = False,
    people_clock: Clock | None = None,
) -> Parts:
    """Open keys and store and wire the desk. Raises CannotStartError, with nothing left open.

    `people_clock`: by which people log in, where the engine's own time runs fast.
    """
    try:
        keys = DeploymentKeys.load(settings.keys_dir)
        epochs = EpochKeys.load(settings.keys_dir, now=clock.now())
    except UnsafeFileError as error:
        raise CannotStartError(str(error), next_step=NEEDED_FOR_PEOPLE) from None
    try:
        database = Database(settings.database.get_secret_value())
    except FileInUseError as error:
        raise CannotStartError(str(error), next_step="tocsin case list works meanwhile.") from None
    except StoreError as error:
        raise CannotStartError(str(error), next_step="Correct database_url.") from None
    return _guarded(
        lambda: _wired(
            settings,
            database,
            keys,
            epochs,
            clock=clock,
            entropy=entropy,
            halt=halt,
            instance=instance,
            roles=roles,
            publish=publish,
            people_clock=people_clock or clock,
        ),
        database,
    )


def _guarded(wire: Callable[[], Parts], database: Database) -> Parts:
    try:
        return wire()
    except Exception:
        database.close()
        raise


def _wired(
    settings: Settings,
    database: Database,
    keys: DeploymentKeys,
    epochs: EpochKeys,
    *,
    clock: Clock,
    entropy: Entropy,
    halt: Halt,
    instance: str,
    roles: str,
    publish: bool,
    people_clock: Clock,
) -> Parts:
    world = WorldHolder(open_world(settings, database, now=clock.now()))
    writer, reader = ThreadWriter(database), ThreadReader(database)
    vault = Vault(epochs, entropy=entropy)
    answers = AnswerTokens(keys.answer)
    metrics = Metrics()
    progress = Progress()
    desk = Desk(
        writer=writer,
        world=world,
        clock=clock,
        entropy=entropy,
        ref_key=keys.reference,
        answers=answers,
        halt=halt,
        instance=instance,
        roles=roles,
        publish=settings.kafka.cases_topic if publish else "",
        turns=progress.loop(
            "desk", limit=limits.DESK, owes=lambda: any(desk.waiting(lane) for lane in Lane)
        ),
        pacing=Pacing(
            messages=settings.storm.messages,
            within=timedelta(seconds=settings.storm.within),
            channels=settings.storm.channels,
        ),
    )
    metrics.follow(desk.pacing)
    door = Door(
        desk=desk,
        world=world,
        clock=clock,
        vault=vault,
        receipt_key=keys.receipt,
        metrics=metrics,
    )
    people = People(
        reader=reader,
        writer=writer,
        clock=people_clock,
        entropy=entropy,
        passwords=Passwords(entropy),
        second_factor=SecondFactor(keys.totp, entropy),
        throttle_key=keys.throttle,
        note=note,
    )
    return Parts(
        settings=settings,
        clock=clock,
        entropy=entropy,
        database=database,
        writer=writer,
        reader=reader,
        keys=keys,
        vault=vault,
        cases=CaseVault(vault, under=keys.vault, entropy=entropy),
        world=world,
        answers=answers,
        desk=desk,
        door=door,
        people=people,
        sessions=Sessions(reader=reader, writer=writer, clock=people_clock, note=note),
        sources=SourceKeys(
            reader=reader, writer=writer, clock=clock, entropy=entropy, pepper=keys.pepper
        ),
        metrics=metrics,
        halt=halt,
        instance=instance,
        progress=progress,
        people_clock=people_clock,
    )
