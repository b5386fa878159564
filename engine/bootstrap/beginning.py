"""The first day of a desk: samples, keys, tables, the first person. Twice is harmless."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from engine.bootstrap.alone import alone
from engine.bootstrap.refusals import CannotStartError
from engine.bootstrap.world import connected
from engine.clock import SystemClock
from engine.entropy import SystemEntropy
from engine.settings import Settings
from engine.store.database import Database, StoreError
from engine.store.locks import FileInUseError
from engine.store.people import list_people
from engine.store.schema import upgrade
from engine.vault import UnsafeFileError, init_keys

SAMPLES = ("tocsin.yaml", "roster.yaml", "registry.yaml")


def write_samples(directory: Path) -> tuple[Path, ...]:
    """Write commented samples that are not there yet; return what was written."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for name in SAMPLES:
        path = directory / name
        if not path.exists() and not path.with_suffix(".toml").exists():
            text = files("engine.bootstrap").joinpath("samples", name).read_text("utf-8")
            path.write_text(text, "utf-8")
            written.append(path)
    return tuple(written)


async def begin(settings: Settings) -> tuple[Path, ...]:
    """Make data directory, keys and tables; return what is new. Raises CannotStartError."""
    fresh = [path for path in (settings.data_dir, settings.keys_dir) if not path.exists()]
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        init_keys(settings.keys_dir, SystemEntropy(), SystemClock().now())
        database = Database(settings.database.get_secret_value())
    except FileInUseError as error:
        raise CannotStartError(str(error), next_step="Stop the engine, then repeat.") from None
    except (UnsafeFileError, StoreError) as error:
        raise CannotStartError(str(error), next_step="Correct this, then repeat.") from None
    try:
        connected(database).close()
        upgrade(database)
    finally:
        database.close()
    return tuple(fresh)


async def has_people(settings: Settings) -> bool:
    """Whether anybody could log in."""
    async with alone(settings) as house:
        return bool(await house.services.reader.run(list_people))


async def first_person(
    settings: Settings, *, name: str, label: str, password: str
) -> Mapping[str, Any]:
    """Add the first person, a handler, on behalf of whoever owns the files."""
    from pydantic import SecretStr

    from engine.access import PersonRole
    from engine.admin.keeping import Adding, new_person

    async with alone(settings) as house:
        adding = Adding(
            name=name, label=label, role=PersonRole.HANDLER, password=SecretStr(password)
        )
        return await new_person(house, adding, by="init")
